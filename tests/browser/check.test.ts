import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { BROWSERS } from "./driver/browsers";
import { marksIn, press, seen, type Tab, textOf, until } from "./driver/reader";
import { ASSERTION, DENIAL, note, reading, SOFT_HYPHEN } from "./driver/samples";
import { noArticle } from "./driver/servers";
import { type Stage, setStage } from "./driver/stage";

const NOTES = [
  note("n1", ASSERTION),
  note("n2", DENIAL, { framing: "denied", level: "context", speaker: "Dmitri Peskov" }),
  note("n3", SOFT_HYPHEN, { framing: "denied", level: "context", speaker: "Donald Trump" }),
];
const ARTICLE = "/appels-secrets/";

/** A page that draws its article anew, as single-page applications do, and can go to another. */
const REDRAWN = `<!doctype html><html lang=fr><title>App</title><body><p id=clock></p><main id=app></main><script>
  const first = "<article><p>${ASSERTION.replace("Elon Musk", "<b>Elon Musk</b>")}</p><p>${DENIAL}</p></article>";
  const draw = (html) => { document.getElementById("app").innerHTML = html; };
  draw(first);
  window.redraw = () => { draw(""); draw(first); };
  window.lazy = () => document.querySelector("article").insertAdjacentHTML("beforeend", "<p>M.&nbsp;Trump l’a nié, et la présidence russe aussi.</p>");
  window.reuse = () => { document.querySelector("article p").firstChild.data = "Les mots d’une tout autre phrase, mis là "; };
  window.shade = () => { const host = document.querySelector("article").appendChild(document.createElement("late-body")); host.attachShadow({ mode: "open" }); };
  window.fill = () => { document.querySelector("late-body").shadowRoot.innerHTML = "<p>M.&nbsp;Trump l’a nié, et la présidence russe aussi.</p>"; };
  window.tick = () => setInterval(() => { document.title = String(performance.now()); document.getElementById("clock").textContent = document.title; }, 40);
  window.leave = () => { history.pushState({}, "", "/app/other"); draw("<article><p>Un tout autre article.</p></article>"); };
</script></body></html>`;

/** A page whose text stands in one element, far longer than the window. */
const LINES = `<!doctype html><html lang=fr><title>Lines</title><body><div>
  ${"Une ligne.<br>".repeat(400)}${ASSERTION}<br>${"Une ligne.<br>".repeat(100)}</div></body></html>`;

const run = (tab: Tab, name: string) =>
  tab.evaluate((name) => void (window as unknown as Record<string, () => void>)[name]!(), name);

const clickOn = async (tab: Tab, words: string): Promise<void> => {
  const place = await tab.evaluate((words) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = (walker.currentNode as Text).data.indexOf(words);
      if (at < 0) continue;
      const range = new Range();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + words.length);
      range.startContainer.parentElement!.scrollIntoView({ block: "center" });
      const box = range.getClientRects()[0]!;
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    }
    throw new Error(`not in the page: ${words}`);
  }, words);
  await tab.clickAt(place.x, place.y);
};

for (const [name] of BROWSERS)
  describe(`${name}: checking a page`, () => {
    let stage: Stage;
    before(async () => {
      stage = await setStage(name, () => reading(NOTES), { made: { "/app": REDRAWN, "/lines": LINES } });
    });
    beforeEach(async () => {
      stage.service.calls.length = 0;
      await stage.settle();
      stage.service.answer = () => reading(NOTES);
    });
    after(() => stage?.close());

    it("sends nothing before the reader asks, and then one request with the page and nothing else", async () => {
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      const popup = await stage.reader.pressButton(tab);
      await seen(popup, "This page has not been checked.");
      assert.equal(stage.service.calls.length, 0);
      await press(popup, "Check this page");
      await seen(await stage.reader.panel(), "14 sentences read.");
      assert.equal(stage.service.calls.length, 1);
      const call = stage.service.calls[0]!;
      assert.equal(`${call.method} ${call.path}`, "POST /v1/notes");
      assert.deepEqual(Object.keys(call.body as object).sort(), ["html", "language"]);
      assert.equal(call.headers["content-encoding"], "gzip");
      assert.equal(call.headers.cookie, undefined);
      assert.equal(call.headers.referer, undefined);
      const { html } = call.body as { html: string };
      assert.match(html, /Elon Musk parle régulièrement/);
      assert.doesNotMatch(html, /Odile&|odile@|Brouillon|fromage|visiteur|news\.example|session=/);
      assert.ok(call.bytes < 3000, `${call.bytes} bytes`);
    });

    it("marks the sentences without touching the page, and counts the flags on the button", async () => {
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      const before = await tab.evaluate(() => document.documentElement.outerHTML);
      await press(await stage.reader.pressButton(tab), "Check this page");
      await seen(await stage.reader.panel(), "14 sentences read. 3 notes (1 flag)");
      assert.deepEqual(await marksIn(tab), {
        flag: [ASSERTION],
        context: [DENIAL, SOFT_HYPHEN],
        current: [],
      });
      await until(async () => (await stage.reader.badge(tab)) === "1", "badge");
      assert.equal(await tab.evaluate(() => document.documentElement.outerHTML), before);
    });

    it("says how the page speaks of the claim, who is on which side, and when", async () => {
      const { panel } = await stage.check(ARTICLE);
      const text = await textOf(panel);
      for (const part of [
        "Flag Reported here as an allegation (source: Wall Street Journal)",
        "Context Denial reported here (source: Dmitri Peskov)",
        "Disputed the sources disagree; disputed does not mean wrong.",
        "Wall Street Journal asserts",
        "Kremlin (Dmitry Peskov) denies",
        "October 24, 2024",
        "Elon Musk no comment",
        "No note is no clean bill",
      ])
        assert.ok(text.includes(part), `${part} is not in: ${text}`);
    });

    it("goes from a note to its sentence", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      await press(panel, SOFT_HYPHEN);
      await until(
        async () => (await marksIn(tab)).current[0] === SOFT_HYPHEN,
        "the sentence is marked as current",
      );
    });

    it("goes to a sentence deep in a text that is one long element", async () => {
      const { tab, panel } = await stage.check("/lines");
      await press(panel, ASSERTION);
      const isInView = () =>
        tab.evaluate(() => {
          const [current] = [...(CSS.highlights.get("obelism-current") ?? [])] as Range[];
          const box = current?.getBoundingClientRect();
          return !!box && box.top >= 0 && box.bottom <= innerHeight;
        });
      await until(isInView, "the sentence is in the window", 10_000);
    });

    it("goes from a marked sentence to its note, and leaves links and other text alone", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      const current = () => panel.evaluate(() => document.querySelector("[aria-current]")?.id ?? null);
      await clickOn(tab, "tenir ces informations");
      await clickOn(tab, "a démenti qu");
      await until(async () => (await current()) === "note-n2", "the note is current");
      assert.equal(await panel.evaluate(() => document.activeElement?.id), "note-n2");
    });

    it("keeps the marks when the page draws itself anew, and marks what comes late", async () => {
      const { tab, panel } = await stage.check("/app");
      assert.deepEqual((await marksIn(tab)).flag, [ASSERTION]);
      await seen(panel, "could not be found again");
      await run(tab, "redraw");
      await until(async () => (await marksIn(tab)).flag[0] === ASSERTION, "the mark is back");
      await run(tab, "lazy");
      await until(async () => (await marksIn(tab)).context.length === 2, "the late sentence is marked");
      await until(async () => !(await textOf(panel)).includes("could not be found"), "the panel knows");
    });

    it("keeps the marks of a page that never rests", async () => {
      const { tab } = await stage.check("/app");
      await run(tab, "tick");
      await run(tab, "redraw");
      await until(async () => (await marksIn(tab)).flag[0] === ASSERTION, "the mark is back", 10_000);
    });

    it("takes the mark off where the page puts other words into the same nodes", async () => {
      const { tab, panel } = await stage.check("/app");
      await run(tab, "reuse");
      await until(async () => (await marksIn(tab)).flag.length === 0, "the mark is gone");
      await until(
        () => panel.evaluate(() => !document.querySelector(".sentence[data-level=flag] button.quote")),
        "the panel knows",
      );
    });

    it("marks what comes late into a shadow tree that came late", async () => {
      const { tab } = await stage.check("/app");
      await run(tab, "shade");
      await run(tab, "fill");
      await until(async () => (await marksIn(tab)).context.length === 2, "the late sentence is marked");
    });

    it("takes no notes to the page that the reader went on to", async () => {
      let reply: (() => void) | undefined;
      let taken = false;
      stage.service.answer = (_, response) => {
        response.once("close", () => {
          taken = true;
        });
        reply = () => response.end(JSON.stringify(reading(NOTES)));
      };
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      await press(await stage.reader.pressButton(tab), "Check this page");
      await until(() => reply !== undefined, "the request has come");
      await tab.goto(`${stage.pages.address}/app`);
      reply!();
      await until(() => taken, "the answer is taken");
      const states = () =>
        stage.reader.inBackground(async () => {
          const [front] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
          return Object.keys(await chrome.storage.session.get(`tab:${front!.id}`));
        });
      await until(async () => (await states()).length === 0, "nothing is known of the new page");
      await seen(await stage.reader.panel(), "This page has not been checked.");
    });

    it("takes the notes along as files, and a link to the sentence", async () => {
      const { panel } = await stage.check(ARTICLE);
      await panel.evaluate(() => {
        const world = window as unknown as { taken: string[] };
        world.taken = [];
        HTMLAnchorElement.prototype.click = function () {
          world.taken.push(this.download);
        };
        navigator.clipboard.writeText = async (text) => void world.taken.push(text);
      });
      for (const name of ["Web annotations (JSON)", "Markdown", "Table (CSV)"]) await press(panel, name);
      await press(panel, "Copy link");
      await seen(panel, "Link copied");
      const taken = await panel.evaluate(() => (window as unknown as { taken: string[] }).taken);
      assert.deepEqual(taken.slice(0, 3), ["obelism.jsonld", "obelism.md", "obelism.csv"]);
      assert.match(taken[3]!, /\/appels-secrets\/#:~:text=Selon/);
    });

    it("says so when the page turned into another one", async () => {
      const { tab, panel } = await stage.check("/app");
      await run(tab, "leave");
      await seen(panel, "The page now shows other text than when it was checked.");
      assert.deepEqual((await marksIn(tab)).flag, []);
    });

    it("forgets a page that was left, and the panel follows from tab to tab", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      const other = await stage.reader.visit(`${stage.pages.address}/app`);
      await seen(panel, "This page has not been checked.");
      await other.close();
      await tab.front();
      await seen(panel, "14 sentences read.");
      await tab.goto(`${stage.pages.address}/app`);
      await seen(panel, "This page has not been checked.");
      assert.equal(await stage.reader.badge(tab), "");
    });

    it("shows no other page's notes beside one that the back button brought back with its marks", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      await tab.evaluate(() => Object.assign(window, { isTheSame: true }));
      await tab.goto(`${stage.pages.address}/app`);
      await seen(panel, "This page has not been checked.");
      stage.service.answer = () => reading(NOTES.slice(0, 1));
      await press(await stage.reader.pressButton(tab), "Check this page");
      await seen(panel, "1 note (1 flag)");
      await tab.evaluate(() => history.back());
      await until(() => tab.evaluate(() => "isTheSame" in window).catch(() => false), "the same document");
      await seen(panel, "This page has not been checked.");
      await until(() => tab.evaluate(() => CSS.highlights.size === 0), "no mark is left");
      assert.equal(await stage.reader.badge(tab), "");
    });

    it("leaves no marks of an earlier check when the next one fails", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      stage.service.answer = (_, response) => void response.writeHead(500).end("{}");
      await press(await stage.reader.pressButton(tab), "Check again");
      await seen(panel, "The service refused the request.");
      assert.equal(await tab.evaluate(() => CSS.highlights.size), 0);
    });

    it("leaves no marks of an earlier check when the next one is called off", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      stage.service.answer = () => undefined;
      await press(await stage.reader.pressButton(tab), "Check again");
      await press(panel, "Cancel");
      await seen(panel, "This page has not been checked.");
      await until(() => tab.evaluate(() => CSS.highlights.size === 0), "no mark is left");
    });

    it("says nothing of a page in which the last one failed, once it shows another in its place", async () => {
      stage.service.answer = noArticle;
      const tab = await stage.reader.visit(`${stage.pages.address}/app`);
      await press(await stage.reader.pressButton(tab), "Check this page");
      const panel = await stage.reader.panel();
      await seen(panel, "There is no article on this page.");
      await run(tab, "leave");
      await seen(panel, "This page has not been checked.");
    });

    it("leaves a sentence alone that bears no mark, as the reader chose flags only", async () => {
      const calm = note("n1", ASSERTION, { framing: "denied", level: "context" });
      stage.service.answer = () => reading([calm, note("n2", DENIAL)]);
      await stage.settle({ marks: "quiet" });
      const { tab } = await stage.check(ARTICLE);
      await clickOn(tab, "parle régulièrement");
      assert.deepEqual((await marksIn(tab)).current, []);
      await stage.reader.command("next-note");
      await until(async () => (await marksIn(tab)).current.length > 0, "a mark is current");
      assert.deepEqual((await marksIn(tab)).current, [DENIAL]);
    });

    it("removes the marks when asked", async () => {
      const { tab } = await stage.check(ARTICLE);
      await press(await stage.reader.pressButton(tab), "Remove the marks");
      await until(() => tab.evaluate(() => CSS.highlights.size === 0), "no mark is left");
      await until(async () => (await stage.reader.badge(tab)) === "", "no badge is left");
    });

    it("hides a wrong match at once, tells the service which claim it was, and remembers", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      await press(panel, "Report");
      await press(panel, "Wrong match: hide it");
      await seen(panel, "2 notes (0 flags)");
      await until(() => stage.service.calls.some((call) => call.path === "/v1/feedback"), "feedback");
      const sent = stage.service.calls.find((call) => call.path === "/v1/feedback")?.body;
      assert.deepEqual(sent, {
        claim: "musk-putin-regular-contact",
        framing: "attributed",
        kind: "wrong-match",
      });
      await until(async () => (await marksIn(tab)).flag.length === 0, "its mark is gone");
      const again = await stage.check(ARTICLE);
      await seen(again.panel, "2 notes (0 flags)");
    });

    it("filters by kind", async () => {
      const { panel } = await stage.check(ARTICLE);
      await press(panel, "Flags");
      await until(
        () => panel.evaluate(() => document.querySelectorAll(".sentence").length === 1),
        "one note is left",
      );
    });

    it("tells when nothing was found that this is no praise", async () => {
      stage.service.answer = () => reading([]);
      const { tab, panel } = await stage.check(ARTICLE);
      await seen(panel, "No sentence of this page was matched with a known contested claim.");
      await seen(panel, "No note is no clean bill");
      assert.equal(await stage.reader.badge(tab), "");
    });
  });
