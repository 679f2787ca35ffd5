import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { BROWSERS } from "./driver/browsers";
import { serveLive } from "./driver/live";
import {
  marksIn,
  plain,
  press,
  type Reader,
  type Surface,
  seen,
  type Tab,
  textOf,
  until,
} from "./driver/reader";
import { ASSERTION, DENIAL } from "./driver/samples";
import { type Running, servePages } from "./driver/servers";

const SEED = "../shared/data/pages/seed";

for (const [name, open] of BROWSERS)
  describe(`${name}: with the live service and its starter claims`, () => {
    let reader: Reader;
    let pages: Running;
    let service: Running;
    before(async () => {
      const seed = existsSync(SEED) ? readFileSync(`${SEED}/page.html`, "utf8") : "";
      service = await serveLive();
      pages = await servePages({ "/seed/": seed });
      reader = await open();
      await reader.inBackground(async (address) => {
        await chrome.storage.local.set({ settings: { service: address, consent: address } });
      }, service.address);
    });
    after(async () => {
      await reader?.close();
      await pages?.close();
      await service?.close();
    });

    const check = async (path: string): Promise<{ tab: Tab; panel: Surface }> => {
      const tab = await reader.visit(pages.address + path);
      const before = await tab.evaluate(() => document.documentElement.outerHTML);
      await press(await reader.pressButton(tab), "Check this page");
      const panel = await reader.panel();
      await until(async () => /sentences read\./.test(await textOf(panel)), "notes").catch(
        async (error: Error) => {
          throw new Error(`${error.message}: ${await textOf(panel)}`);
        },
      );
      await until(async () => (await marksIn(tab)).flag.length > 0, "marks");
      assert.equal(await tab.evaluate(() => document.documentElement.outerHTML), before);
      return { tab, panel };
    };

    it("marks what the article reports and denies, and nothing of its teasers, comments and hidden text", async () => {
      const { tab, panel } = await check("/appels-secrets/");
      const marks = await marksIn(tab);
      const [flags, context] = [marks.flag.map(plain), marks.context.map(plain)];
      assert.ok(flags.includes(plain(ASSERTION)), `flags: ${flags.join(" | ")}`);
      assert.ok(context.includes(plain(DENIAL)), `context: ${context.join(" | ")}`);
      const all = [...flags, ...context].join(" | ");
      assert.doesNotMatch(all, /Lecteur du Nord|vaccins|tests du Covid|couper Starlink|fromage/);
      const text = await textOf(panel);
      assert.match(text, /Wall Street Journal asserts/);
      assert.match(text, /Kremlin.{0,40} denies/);
      assert.match(text, /No note is no clean bill/);
      await until(
        async () => (await reader.badge(tab)) === String(flags.length),
        "the badge counts the flags",
      );
    });

    it("goes both ways between notes and sentences", async () => {
      const { tab, panel } = await check("/appels-secrets/");
      await press(panel, plain(ASSERTION));
      await until(
        async () => (await marksIn(tab)).current.map(plain)[0] === plain(ASSERTION),
        "the sentence is current",
      );
      const place = await tab.evaluate(() => {
        const [range] = CSS.highlights.get("obelism-context")!;
        const live = range as Range;
        live.startContainer.parentElement!.scrollIntoView({ block: "center" });
        const box = live.getClientRects()[0]!;
        return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      });
      await tab.clickAt(place.x, place.y);
      await until(
        () =>
          panel.evaluate(
            () => document.querySelector("[aria-current]")?.getAttribute("data-level") === "context",
          ),
        "the note is current",
      );
    });

    it("looks up a statement in one language and finds the claim in another", async () => {
      const tab = await reader.visit(`${pages.address}/appels-secrets/`);
      const popup = await reader.pressButton(tab);
      await seen(popup, "Service ready");
      await popup.evaluate(() => {
        const field = document.querySelector<HTMLInputElement>("#lookup-text")!;
        field.value = "Elon Musk est en contact régulier avec Vladimir Poutine depuis 2022";
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      await press(popup, "Look up");
      await until(async () => /Musk.*Putin/.test(await textOf(popup)), "the claim");
    });

    it("reads the article that started the project", {
      skip: existsSync(SEED) ? false : `${SEED} is not there`,
    }, async () => {
      const { tab, panel } = await check("/seed/");
      const marks = await marksIn(tab);
      const marked = [...marks.flag, ...marks.context].map(plain);
      const listed = await panel.evaluate(() =>
        [...document.querySelectorAll("blockquote")].map((quote) => quote.textContent!),
      );
      assert.deepEqual(listed.map(plain).sort(), [...marked].sort(), "each note has its mark");
      // How many of them the service finds is measured by the benchmarks, with the claims of that article.
      const gold = JSON.parse(readFileSync(`${SEED}/gold.json`, "utf8")) as { notes: { quote: string }[] };
      assert.ok(
        gold.notes.some(({ quote }) => marked.includes(plain(quote))),
        marked.join(" | "),
      );
      const { chrome } = JSON.parse(readFileSync(`${SEED}/meta.json`, "utf8")) as {
        chrome: Record<string, string[]>;
      };
      for (const text of Object.values(chrome).flat()) assert.ok(!marked.includes(plain(text)), text);
    });
  });
