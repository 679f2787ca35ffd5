import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { BROWSERS } from "./driver/browsers";
import { press, type Surface, seen, textOf, until } from "./driver/reader";
import { ASSERTION, CALLS_CLAIM, note, reading } from "./driver/samples";
import type { Answer } from "./driver/servers";
import { type Stage, setStage } from "./driver/stage";

const ARTICLE = "/appels-secrets/";
const RESULT = {
  claim: CALLS_CLAIM,
  score: 0.93,
  same: true,
  reasons: [
    { kind: "names", detail: "Musk, Putin" },
    { kind: "veto:date", detail: "2022 / 2024" },
  ],
};
const answer: Answer = (call) =>
  call.path === "/v1/lookups" ? { results: [RESULT] } : reading([note("n1", ASSERTION)]);

for (const [name] of BROWSERS)
  describe(`${name}: the two views of the panel`, () => {
    let stage: Stage;
    before(async () => {
      stage = await setStage(name, answer);
    });
    beforeEach(async () => {
      await stage.settle();
      stage.service.answer = answer;
      stage.service.calls.length = 0;
    });
    after(() => stage?.close());

    const isShown = (panel: Surface, selector: string) =>
      until(
        () => panel.evaluate((selector) => !!document.querySelector(selector), selector),
        `${selector} is shown`,
      );

    it("turns from a look-up to the note whose mark was clicked", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      await press(panel, "Look-up");
      await isShown(panel, "#lookup-text");
      const place = await tab.evaluate(() => {
        const [range] = [...CSS.highlights.get("obelism-flag")!] as Range[];
        range!.startContainer.parentElement!.scrollIntoView({ block: "center" });
        const [box] = range!.getClientRects();
        return { x: box!.left + box!.width / 2, y: box!.top + box!.height / 2 };
      });
      await tab.clickAt(place.x, place.y);
      await isShown(panel, "#note-n1[aria-current]");
      assert.equal(await panel.evaluate(() => document.activeElement?.id), "note-n1");
    });

    it("keeps what was looked up while the notes are shown, and asks nothing again", async () => {
      const { panel } = await stage.check(ARTICLE);
      await stage.reader.chooseMenu("look-up", "a statement of the page");
      await seen(panel, CALLS_CLAIM.text, ".results");
      await press(panel, "Notes");
      await isShown(panel, ".sentence");
      const asked = stage.service.calls.length;
      await press(panel, "Look-up");
      await seen(panel, CALLS_CLAIM.text, ".results");
      const typed = () =>
        panel.evaluate(() => document.querySelector<HTMLInputElement>("#lookup-text")!.value);
      assert.equal(await typed(), "a statement of the page");
      assert.equal(stage.service.calls.length, asked);
    });

    it("says why a claim was found for a statement, and what is different", async () => {
      const { panel } = await stage.check(ARTICLE);
      await stage.reader.chooseMenu("look-up", "a statement of the page");
      await until(() => stage.service.calls.some((call) => call.path === "/v1/lookups"), "it is looked up");
      await press(panel, "Why this claim?");
      await seen(panel, "Names in both: Musk, Putin Other date: 2022 / 2024", ".why");
    });

    for (const [kind, said] of [
      ["fact-check", "This page is itself a fact-check."],
      ["opinion", "This page is marked as opinion."],
      ["satire", "This page is marked as satire."],
    ] as const)
      it(`says that a page is ${kind}`, async () => {
        const found = reading([]);
        stage.service.answer = () => ({ ...found, page: { ...found.page, kind } });
        const { panel } = await stage.check(ARTICLE);
        assert.ok((await textOf(panel, ".summary")).includes(said));
      });
  });
