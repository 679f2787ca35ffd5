import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import type { ChromiumPage } from "./driver/chromium";
import { press, type Surface, seen, until } from "./driver/reader";
import { ASSERTION, CALLS_CLAIM, DENIAL, note, reading } from "./driver/samples";
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
    const result = await axe.run({ resultTypes: ["violations"] });
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
    stage = await setStage("chromium", (call) =>
      call.path === "/v1/lookups"
        ? {
            results: [
              { claim: CALLS_CLAIM, score: 0.9, same: true, reasons: [] },
              { claim: { ...CALLS_CLAIM, id: "b" }, score: 0.3, same: false, reasons: [] },
            ],
          }
        : reading(NOTES),
    );
  });
  beforeEach(() => stage.settle());
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

  it("each surface fits into 280 pixels, and mirrors for right-to-left scripts", async () => {
    for (const path of ["popup.html", "options.html", "sidepanel.html?q=x"]) {
      const surface = await stage.reader.openPage(path);
      await pageOf(surface).setViewport({ width: 280, height: 900 });
      await until(() => surface.evaluate(() => !!document.querySelector("h1")), path);
      for (const direction of ["ltr", "rtl"]) {
        const wide = await surface.evaluate((direction) => {
          document.documentElement.dir = direction;
          return [...document.querySelectorAll("main *")]
            .filter((e) => !e.closest(".unseen, pre") && e.getClientRects().length)
            .filter(
              (e) => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1,
            )
            .map((e) => e.outerHTML.slice(0, 120));
        }, direction);
        assert.deepEqual(wide, [], `${path} ${direction}`);
      }
      await surface.close();
    }
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
