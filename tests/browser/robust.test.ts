import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { BROWSERS } from "./driver/browsers";
import { marksIn, press, seen, textOf, until } from "./driver/reader";
import { ASSERTION, CALLS_CLAIM, DENIAL, note, reading } from "./driver/samples";
import { type Stage, setStage } from "./driver/stage";

const ARTICLE = "/appels-secrets/";
const HOSTILE = `<img src=x onerror="document.title='owned'">`;

const PAGES = {
  "/login":
    "<!doctype html><title>In</title><article><p>Welcome back to the paper.</p><input type=password></article>",
  "/checkout/": "<!doctype html><title>Pay</title><p>Your card, please.</p>",
};

for (const [name] of BROWSERS)
  describe(`${name}: when things go wrong`, () => {
    let stage: Stage;
    before(async () => {
      stage = await setStage(name, () => reading([]), { made: PAGES });
    });
    beforeEach(async () => {
      await stage.settle();
      stage.service.calls.length = 0;
    });
    after(() => stage?.close());

    /** Asks for a check and gives the panel, whatever comes of it. */
    const ask = async (path = ARTICLE) => {
      const tab = await stage.reader.visit(stage.pages.address + path);
      if (await stage.reader.panelIsOpen()) await seen(await stage.reader.panel(), "not been checked");
      const popup = await stage.reader.pressButton(tab);
      await press(popup, "Check this page");
      return { tab, panel: await stage.reader.panel() };
    };

    it("says what to do when no service is there", async () => {
      await stage.settle({ service: "http://127.0.0.1:9", consent: "http://127.0.0.1:9" });
      const { panel } = await ask();
      await seen(panel, "The service does not answer.");
      await seen(
        panel,
        "Start it with “obelism serve”, or correct its address in the options. It is expected at http://127.0.0.1:9.",
      );
    });

    const problems: [number, string, string, string][] = [
      [422, "not-an-article", "There is no article on this page.", "page without text"],
      [413, "too-large", "This page is too long.", "over 5 MB"],
      [429, "too-many-requests", "The service is busy.", "slow down"],
      [401, "unauthorized", "The service does not accept the token.", "no token"],
      [500, "internal", "The service refused the request.", "a mistake"],
    ];
    for (const [status, name, said, detail] of problems)
      it(`says what a ${status} means, with the service's own words`, async () => {
        stage.service.answer = (_, response) => {
          response.writeHead(status, { "Content-Type": "application/problem+json" });
          response.end(JSON.stringify({ type: `urn:obelism:problem:${name}`, title: "x", detail }));
        };
        const { panel } = await ask();
        await seen(panel, said);
        await seen(panel, detail);
      });

    for (const [what, reply] of [
      ["no JSON", "<html>another program</html>"],
      ["JSON of another kind", '{"hello":["world"]}'],
      ["JSON that breaks off", '{"page":{"url":'],
    ] as const)
      it(`does not believe an answer that is ${what}`, async () => {
        stage.service.answer = (_, response) => void response.end(reply);
        const { panel } = await ask();
        await seen(panel, "The answer cannot be understood.");
      });

    it("drops a bad note and keeps the good ones", async () => {
      const bad = { ...note("bad", DENIAL), framing: "screamed" };
      stage.service.answer = () => ({
        ...reading([note("n1", ASSERTION)]),
        notes: [bad, null, note("n1", ASSERTION)],
      });
      const { panel } = await ask();
      await seen(panel, "1 note (1 flag)");
    });

    it("shows hostile text as text, drops links that are no web address, and survives a title of a megabyte", async () => {
      const claim = {
        ...CALLS_CLAIM,
        text: `Claim ${HOSTILE}`,
        positions: [
          {
            party: `Party ${HOSTILE}`,
            stance: "asserts" as const,
            url: "javascript:alert(1)",
            title: HOSTILE,
            date: "2024-10-24",
          },
          {
            party: "Data",
            stance: "denies" as const,
            url: "data:text/html,x",
            title: "x".repeat(1_000_000),
            date: "nonsense",
          },
        ],
        reviews: [
          {
            publisher: HOSTILE,
            rating: HOSTILE,
            url: "file:///etc/passwd",
            title: "",
            date: null,
            language: "en",
            state: "current" as const,
          },
        ],
      };
      stage.service.answer = () => ({
        ...reading([
          note("n1", ASSERTION, {
            claim,
            speaker: HOSTILE,
            cues: [HOSTILE],
            reasons: [{ kind: HOSTILE, detail: HOSTILE }],
          }),
        ]),
        page: {
          url: "javascript:alert(1)",
          title: HOSTILE.repeat(20_000),
          language: "fr",
          published: null,
          kind: "news",
        },
      });
      const { panel } = await ask();
      await seen(panel, `Claim ${HOSTILE}`);
      const found = await panel.evaluate(() => ({
        pictures: document.querySelectorAll("img").length,
        links: [...document.querySelectorAll("a")].map((a) => a.href),
        title: document.title,
        longest: Math.max(...[...document.querySelectorAll("li, p")].map((e) => e.textContent!.length)),
      }));
      assert.equal(found.pictures, 0);
      assert.deepEqual(found.links, []);
      assert.doesNotMatch(found.title, /owned/);
      assert.ok(found.longest < 12_000, `${found.longest} characters in one element`);
    });

    it("shows that it works, lets the reader cancel, and takes no late answer", async () => {
      let reply: (() => void) | undefined;
      stage.service.answer = (_, response) => {
        reply = () => response.end(JSON.stringify(reading([note("n1", ASSERTION)])));
      };
      const { tab, panel } = await ask();
      await seen(panel, "Reading the page and looking for contested claims…");
      await until(() => reply !== undefined, "the request has come");
      await press(panel, "Cancel");
      await seen(panel, "This page has not been checked.");
      reply!();
      assert.deepEqual((await marksIn(tab)).flag, []);
      assert.equal(await stage.reader.badge(tab), "");
    });

    it("says that it takes long, and stops by itself", async () => {
      stage.service.answer = () => undefined;
      const { panel } = await ask();
      await seen(panel, "This takes longer than usual. It stops by itself after 20 seconds.");
      await seen(panel, "The service takes too long.");
    });

    it("says at once that a check ended with its background", async () => {
      let come = false;
      stage.service.answer = () => {
        come = true;
      };
      const { tab } = await ask();
      await until(() => come, "the request has come");
      await stage.reader.killBackground();
      const popup = await stage.reader.pressButton(tab);
      const told = async () => (await textOf(popup)).includes("The check was interrupted.");
      await until(told, "it says so before the time of a check is over", 15_000);
    });

    it("brings the last notes back when the service is gone", async () => {
      stage.service.answer = () => reading([note("n1", ASSERTION)]);
      const first = await ask();
      await seen(first.panel, "1 note (1 flag)");
      stage.service.answer = (_, response) => void response.destroy();
      const popup = await stage.reader.pressButton(first.tab);
      await press(popup, "Check again");
      await seen(first.panel, "The service does not answer.");
      await seen(first.panel, "These are the last notes of this page.");
      await seen(first.panel, "1 note (1 flag)");
      assert.deepEqual((await marksIn(first.tab)).flag, [ASSERTION]);
    });

    it("goes on after the browser ended the background", async () => {
      stage.service.answer = () =>
        reading([note("n1", ASSERTION), note("n2", DENIAL, { level: "context", framing: "denied" })]);
      const { tab, panel } = await ask();
      await seen(panel, "2 notes (1 flag)");
      await stage.reader.killBackground();
      await press(panel, ASSERTION);
      await until(
        async () => (await marksIn(tab)).current[0] === ASSERTION,
        "the note still leads to its sentence",
      );
      await press(panel, "Report");
      await press(panel, "Wrong match: hide it");
      await seen(panel, "1 note (0 flags)");
      await until(async () => (await marksIn(tab)).flag.length === 0, "its mark is gone");
    });

    it("refuses what comes from the page", async () => {
      stage.service.answer = () => reading([note("n1", ASSERTION)]);
      const { tab, panel } = await ask();
      await seen(panel, "1 note (1 flag)");
      const before = stage.service.calls.length;
      const answers = await tab.evaluate(async () => {
        const messages = [{ type: "clear" }, { type: "check", tabId: 1 }, { type: "mark-clicked", id: "n1" }];
        for (const message of messages) window.postMessage(message, "*");
        const runtime = (globalThis as { chrome?: { runtime?: { sendMessage?: unknown } } }).chrome?.runtime;
        return typeof runtime?.sendMessage;
      });
      assert.equal(answers, "undefined");
      assert.deepEqual((await marksIn(tab)).flag, [ASSERTION]);
      assert.equal(stage.service.calls.length, before);
    });

    for (const [path, why] of [
      ["/login", "This page has a password field."],
      ["/checkout/", "This looks like a page for payments or banking."],
    ] as const)
      it(`asks before it reads ${path}, and sends nothing without a yes`, async () => {
        stage.service.answer = () => reading([]);
        const { tab } = await ask(path);
        const popup = await stage.reader.pressButton(tab);
        await seen(popup, why);
        await seen(popup, "Nothing has been sent.");
        assert.equal(stage.service.calls.length, 0);
        await press(popup, "Check it all the same, this once");
        await until(() => stage.service.calls.length === 1, "the page is sent now");
      });

    it("asks before it reads a page of the reader's own computer", async () => {
      const local = stage.pages.address.replace("news.example", "127.0.0.1");
      const tab = await stage.reader.visit(local + ARTICLE);
      await press(await stage.reader.pressButton(tab), "Check this page");
      await seen(await stage.reader.pressButton(tab), "This page comes from your own computer or network.");
      assert.equal(stage.service.calls.length, 0);
    });

    it("says that the browser's own pages cannot be read", async () => {
      const tab = await stage.reader.openPage("options.html");
      const popup = await stage.reader.pressButton(tab);
      await seen(popup, "This page cannot be read.");
      assert.ok((await textOf(popup)).includes("Look up a statement"));
    });
  });
