import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import * as v from "valibot";
import type { Sender } from "../../extension/lib/messages";
import { ReadingSchema, ReadySchema } from "../../extension/lib/types";
import { DENIAL, note, reading } from "./driver/samples";

const OWN = "chrome-extension://ourselves/";
const runtime = { id: "ourselves", getURL: (path: string) => OWN.slice(0, -1) + path };
// Before the modules look for their browser.
const area = (kept: Record<string, unknown>) => ({
  // What was there when it was asked for, a moment later: others may write meanwhile.
  get: async (key: string) => {
    const found = { [key]: kept[key] };
    await new Promise(setImmediate);
    return found;
  },
  set: async (items: object) => {
    if (isFull) throw new Error("quota exceeded");
    Object.assign(kept, items);
  },
});
let isFull = false;
const kept: Record<string, unknown> = {};
const tabs = { sendMessage: async () => [] };
const storage = { session: area(kept), local: area({}) };
Object.assign(globalThis, { chrome: { runtime, storage, tabs } });
// Node has Web Locks from version 24 on: one after another, as in browsers.
let held: Promise<unknown> = Promise.resolve();
const request = (_name: string, work: () => Promise<unknown>) => {
  const done = held.then(work);
  held = done.catch(() => {});
  return done;
};
Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
const { putAway } = await import("../../extension/entrypoints/background/check");
const { isOwnPage, isOwnScript } = await import("../../extension/lib/messages");
const { isExcluded, loadSettings, readSettings } = await import("../../extension/lib/settings");
const { changeDone, current, loadPage, recallReading, rememberReading, savePage } = await import(
  "../../extension/lib/state"
);

describe("what comes from the service", () => {
  for (const framing of ["denied", "questioned"] as const)
    it(`never makes a flag of a sentence that is ${framing}`, () => {
      const answer = reading([note("n1", DENIAL, { framing, level: "flag" })]);
      assert.equal(v.parse(ReadingSchema, answer).notes[0]!.level, "context");
    });

  it("is no answer without a list of notes: nobody is told that there are none", () => {
    const { notes: _, ...answer } = reading([]);
    assert.equal(v.safeParse(ReadingSchema, answer).success, false);
  });

  it("is taken for a service only where it says that it is one", () => {
    for (const answer of [{}, "ok", { status: "up" }, null])
      assert.equal(v.safeParse(ReadySchema, answer).success, false);
    for (const status of ["ready", "degraded"])
      assert.equal(v.safeParse(ReadySchema, { status, claims: 3 }).success, true);
  });
});

describe("who may speak to the background", () => {
  const senders: [string, Sender, "page" | "script" | null][] = [
    ["our own page", { id: "ourselves", url: `${OWN}popup.html` }, "page"],
    [
      "our own page in a tab",
      { id: "ourselves", url: `${OWN}sidepanel.html`, tab: { id: 1 }, frameId: 0 },
      "page",
    ],
    [
      "our script in a page",
      { id: "ourselves", url: "https://a.example/", tab: { id: 1 }, frameId: 0 },
      "script",
    ],
    [
      "our script in a frame",
      { id: "ourselves", url: "https://a.example/", tab: { id: 1 }, frameId: 3 },
      null,
    ],
    ["a page", { url: "https://a.example/", tab: { id: 1 }, frameId: 0 }, null],
    ["another extension", { id: "another", url: "chrome-extension://another/x.html" }, null],
    ["another extension that names our page", { id: "another", url: `${OWN}popup.html` }, null],
    [
      "a page named like ours",
      { id: "ourselves", url: "https://a.example/chrome-extension://ourselves/" },
      null,
    ],
  ];
  for (const [name, sender, as] of senders)
    it(`${name}: ${as ?? "not at all"}`, () => {
      assert.equal(isOwnPage(sender) ? "page" : isOwnScript(sender) ? "script" : null, as);
    });
});

describe("a site that is never checked", () => {
  const cases: [string, string, boolean][] = [
    ["example.org", "https://example.org/a", true],
    ["example.org", "https://www.example.org/a", true],
    ["www.example.org", "https://example.org/a", false],
    ["example.org", "https://notexample.org/a", false],
    ["example.org", "https://www.example.org:8443/a", true],
    ["example.org:8443", "https://example.org/a", false],
    ["my_blog.example.org", "https://my_blog.example.org/a", true],
  ];
  for (const [never, href, excluded] of cases)
    it(`${never} ${excluded ? "covers" : "leaves"} ${href}`, () => {
      assert.equal(isExcluded(href, readSettings({ never: [never] })), excluded);
    });
});

describe("settings that were damaged", () => {
  it("keep what is sound: one bad site does not let all the others be checked", () => {
    assert.deepEqual(readSettings({ never: ["example.org", "*.example.net", 7] }).never, ["example.org"]);
  });
});

describe("a check that never ended", () => {
  it("counts as interrupted once its time is over", () => {
    const working = { phase: "working", since: 0 } as const;
    assert.equal(current(working, 20_000), working);
    assert.deepEqual(current(working, 22_001), { phase: "failed", failure: { kind: "interrupted" } });
  });
});

describe("a change of what is known of a page", () => {
  it("that cannot be written holds up none of those after it", async () => {
    const page = { url: "https://news.example/", document: "one", reading: reading([]), hidden: [] };
    await savePage(1, { ...page, phase: "done", at: 0, anchored: [], stale: false });
    isFull = true;
    await assert.rejects(changeDone(1, (done) => ({ ...done, anchored: ["n1"] })));
    isFull = false;
    await changeDone(1, (done) => ({ ...done, anchored: ["n2"] }));
    const state = await loadPage(1);
    assert.deepEqual(state.phase === "done" && state.anchored, ["n2"]);
  });

  it("undoes none that comes at the same time: of two notes put away, both stay away", async () => {
    const notes = [note("n1", "A first sentence."), note("n2", "A second sentence.")];
    const page = { url: "https://news.example/", document: "one", reading: reading(notes) };
    await savePage(2, { ...page, phase: "done", at: 0, anchored: [], hidden: [], stale: false });
    await Promise.all([putAway(2, "n1"), putAway(2, "n2")]);
    const state = await loadPage(2);
    assert.deepEqual(state.phase === "done" && state.hidden.sort(), ["n1", "n2"]);
    assert.equal((await loadSettings()).dismissed.length, 2);
  });
});

describe("the last notes of pages", () => {
  it("stay far from what the browser keeps for a session, the latest page first", async () => {
    const long = reading(Array.from({ length: 60 }, (_, n) => note(`n${n}`, "A sentence. ".repeat(400))));
    for (let n = 0; n < 12; n++) await rememberReading(`https://news.example/${n}`, long);
    assert.ok(JSON.stringify(kept).length < 2_100_000);
    assert.equal((await recallReading("https://news.example/11"))?.reading, long);
    assert.equal(await recallReading("https://news.example/0"), null);
  });
});

describe("the look of the marks", () => {
  const rules = [
    ...readFileSync("extension/public/marks.css", "utf8").matchAll(/((?:::highlight[^{]+))\{([^}]*)\}/g),
  ];

  it("tells flag from context by the line and not by colour alone, in each mode", () => {
    const lines = (level: string) =>
      rules.filter(([, names]) => names!.includes(`obelism-${level}`)).map(([, , body]) => body!);
    assert.equal(lines("flag").length, lines("context").length);
    for (const body of lines("flag")) assert.match(body, /underline solid/);
    for (const body of lines("context")) {
      assert.match(body, /underline dotted/);
      assert.doesNotMatch(body, /background/, "a denial has no tint");
    }
  });
});
