import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import type { ChromiumPage } from "./driver/chromium";
import { press, type Surface, seen, until } from "./driver/reader";
import { ASSERTION, CALLS_CLAIM, DENIAL, note, reading } from "./driver/samples";
import type { Answer } from "./driver/servers";
import { type Stage, setStage } from "./driver/stage";

const ARTICLE = "/appels-secrets/";
const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const REVIEW = {
  publisher: "PolitiFact",
  rating: "Half True",
  url: "https://www.politifact.com/x",
  title: "What is known of the calls",
  date: "2024-11-02",
  language: "en",
  state: "superseded" as const,
};
const NOTES = [
  note("n1", ASSERTION, { claim: { ...CALLS_CLAIM, reviews: [REVIEW] } }),
  note("n2", DENIAL, { framing: "denied", level: "context", speaker: "Dmitri Peskov" }),
  note("n3", "A sentence that is not there, so that it has no mark."),
];

const RESULTS = {
  results: [
    { claim: CALLS_CLAIM, score: 0.9, same: true, reasons: [] },
    { claim: { ...CALLS_CLAIM, id: "b" }, score: 0.3, same: false, reasons: [] },
  ],
};
const answer: Answer = (call) => (call.path === "/v1/lookups" ? RESULTS : reading(NOTES));

interface Violation {
  id: string;
  help: string;
  where: string[];
}

const pageOf = (surface: Surface) => (surface as ChromiumPage).page;

/** What axe finds against WCAG 2.2, levels A and AA, and its best practices. */
async function violations(surface: Surface): Promise<Violation[]> {
  // The debugger defines the function, whatever the page's policy says of scripts.
  await pageOf(surface).evaluate(AXE);
  return surface.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Found[] }> };
    };
    type Found = { id: string; help: string; nodes: { html: string }[] };
    const result = await axe.run({
      resultTypes: ["violations"],
      // The one rule of 2.2 AA that axe leaves out unless told.
      rules: { "target-size": { enabled: true } },
    });
    return result.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map((n) => n.html.slice(0, 160)),
    }));
  });
}

describe("for everyone", () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage("chromium", answer);
  });
  beforeEach(() => {
    stage.service.answer = answer;
    return stage.settle();
  });
  after(() => stage?.close());

  const clean = async (surface: Surface, what: string) => {
    for (const value of ["light", "dark"]) {
      await pageOf(surface).emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      assert.deepEqual(await violations(surface), [], `${what}, ${value}`);
    }
  };
  const popup = async () => stage.reader.pressButton(await stage.reader.visit(stage.pages.address + ARTICLE));

  it("axe finds nothing against the popup: agreement and preview", async () => {
    await stage.settle({ consent: null });
    const surface = await popup();
    await press(surface, "Show what would be sent");
    await seen(surface, "Exactly this");
    await clean(surface, "agreement");
  });

  it("axe finds nothing against the popup: check, look-up and results", async () => {
    const surface = await popup();
    await press(surface, "Filters");
    await surface.evaluate(() => {
      const field = document.querySelector<HTMLInputElement>("#lookup-text")!;
      field.value = "Musk";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await press(surface, "Look up");
    await seen(surface, CALLS_CLAIM.text);
    await clean(surface, "popup");
  });

  it("axe finds nothing against the side panel, with everything open", async () => {
    const { panel } = await stage.check(ARTICLE);
    await press(panel, "Why this note?");
    await press(panel, "Report");
    await clean(panel, "panel");
  });

  it("axe finds nothing against the popup once the page is checked, nor where it asks first", async () => {
    const { tab } = await stage.check(ARTICLE);
    const surface = await stage.reader.pressButton(tab);
    await seen(surface, "Remove the marks");
    await clean(surface, "popup, checked");
    const local = stage.pages.address.replace("news.example", "127.0.0.1");
    const other = await stage.reader.visit(local + ARTICLE);
    await press(await stage.reader.pressButton(other), "Check this page");
    const asking = await stage.reader.pressButton(other);
    await seen(asking, "Nothing has been sent.");
    await clean(asking, "popup, asking");
  });

  it("axe finds nothing against a look-up in the side panel", async () => {
    const surface = await stage.reader.openPage("sidepanel.html?q=Musk");
    await seen(surface, CALLS_CLAIM.text);
    await press(surface, "Filters");
    await press(surface, "Why this claim?");
    await clean(surface, "look-up");
    await surface.close();
  });

  it("axe finds nothing against the side panel in trouble", async () => {
    await stage.settle({ service: "http://127.0.0.1:9", consent: "http://127.0.0.1:9" });
    await press(await popup(), "Check this page");
    const panel = await stage.reader.panel();
    await seen(panel, "The service does not answer.");
    await clean(panel, "panel in trouble");
  });

  it("axe finds nothing against the options", async () => {
    const options = await stage.reader.openPage("options.html");
    await press(options, "Reset everything");
    await clean(options, "options");
    await options.close();
  });

  /** Nothing sticks out of a narrow window, in either direction of writing. */
  const fits = async (surface: Surface, what: string) => {
    await pageOf(surface).setViewport({ width: 280, height: 900 });
    for (const direction of ["rtl", "ltr"]) {
      const wide = await surface.evaluate((direction) => {
        document.documentElement.dir = direction;
        return [...document.querySelectorAll("main *")]
          .filter((e) => !e.closest(".unseen, pre") && e.getClientRects().length)
          .filter(
            (e) => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1,
          )
          .map((e) => e.outerHTML.slice(0, 120));
      }, direction);
      assert.deepEqual(wide, [], `${what} ${direction}`);
    }
  };

  it("each surface fits into 280 pixels, and mirrors for right-to-left scripts", async () => {
    for (const path of ["popup.html", "options.html", "sidepanel.html?q=x"]) {
      const surface = await stage.reader.openPage(path);
      await until(() => surface.evaluate(() => !!document.querySelector("h1")), path);
      await fits(surface, path);
      await surface.close();
    }
  });

  it("notes with everything open fit too, and long words of others with them", async () => {
    const long = `https://example.org/${"a".repeat(300)}`;
    const claim = {
      ...CALLS_CLAIM,
      text: `${CALLS_CLAIM.text} ${long}`,
      reviews: [{ ...REVIEW, title: long }],
    };
    stage.service.answer = () =>
      reading([note("n1", ASSERTION, { claim, speaker: "X".repeat(200) }), ...NOTES.slice(1)]);
    const { panel } = await stage.check(ARTICLE);
    await press(panel, "Why this note?");
    await press(panel, "Report");
    await fits(panel, "notes");
  });

  it("closes a report and the question of a reset with Esc, and gives the focus back", async () => {
    const { panel } = await stage.check(ARTICLE);
    await press(panel, "Report");
    await seen(panel, "Wrong match: hide it");
    await pageOf(panel).focus(".actions .row button");
    await pageOf(panel).keyboard.press("Escape");
    await until(async () => !(await panel.evaluate(() => document.querySelector(".actions .row"))), "closed");
    assert.match((await panel.evaluate(() => document.activeElement?.textContent)) ?? "", /Report/);
    const options = await stage.reader.openPage("options.html");
    await press(options, "Reset everything");
    await seen(options, "Really?");
    assert.equal(await options.evaluate(() => document.activeElement?.textContent), "Cancel");
    await pageOf(options).keyboard.press("Escape");
    await until(
      async () => !(await options.evaluate(() => document.querySelector("[role=alertdialog]"))),
      "closed",
    );
    assert.equal(await options.evaluate(() => document.activeElement?.textContent), "Reset everything");
    await options.close();
  });

  it("moves the focus to the next note when one is hidden, and says so again when it happens again", async () => {
    const { panel } = await stage.check(ARTICLE);
    await press(panel, "Report");
    await press(panel, "Wrong match: hide it");
    await seen(panel, "2 notes (1 flag)");
    assert.equal(await panel.evaluate(() => document.activeElement?.id), "note-n2");
    await panel.evaluate(() => {
      const live = document.querySelector("[aria-live]")!;
      const world = window as unknown as { spoken: string[] };
      world.spoken = [];
      new MutationObserver(() => world.spoken.push(live.textContent!)).observe(live, { childList: true });
    });
    for (const name of ["Flags", "Context", "Flags"]) await press(panel, name);
    await until(
      () =>
        panel.evaluate(() => {
          const { spoken } = window as unknown as { spoken: string[] };
          return spoken.join() === "1 note shown,1 note shown,1 note shown";
        }),
      "each is said",
    );
  });

  it("says aloud how many notes there are, and what became of one", async () => {
    const { panel } = await stage.check(ARTICLE);
    const spoken = () => panel.evaluate(() => document.querySelector("[aria-live]")!.textContent);
    await until(async () => (await spoken()) === "3 notes, 2 flags", "the count is said");
    await press(panel, "Report");
    await press(panel, "Wrongly described");
    await until(async () => (await spoken()) === "Thank you.", "the report is confirmed");
    assert.match((await panel.evaluate(() => document.activeElement?.textContent)) ?? "", /Report/);
  });

  it("closes the preview with Esc and gives the focus back", async () => {
    const surface = await popup();
    await press(surface, "Show what would be sent");
    await seen(surface, "Exactly this");
    await surface.evaluate(() => {
      document.activeElement!.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }),
      );
    });
    await until(() => surface.evaluate(() => !document.querySelector("pre")), "the preview is closed");
    assert.equal(
      await surface.evaluate(() => document.activeElement?.textContent),
      "Show what would be sent",
    );
  });
});
