import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPlain, type PlainBrowser, type PlainPage } from "./driver/plain";

type Quote = { exact: string; prefix?: string; suffix?: string };

/** The text of the range that each quote gets in the page, white space as one space; null where none. */
async function anchored(page: PlainPage, html: string, ...quotes: Quote[]): Promise<(string | null)[]> {
  await page.show(html);
  return page.run(async (quotes) => {
    const notes = quotes.map((quote, n) => ({ id: String(n), quote: { prefix: "", suffix: "", ...quote } }));
    const { ranges } = await lib.anchorAll(document.body, notes);
    return notes.map(
      ({ id }) =>
        ranges
          .get(id)
          ?.toString()
          .replace(/[ \n\t]+/g, " ") ?? null,
    );
  }, quotes);
}

for (const name of ["chromium", "firefox"] as const)
  describe(`${name}: finding a sentence again`, () => {
    let browser: PlainBrowser;
    let page: PlainPage;
    before(async () => {
      browser = await openPlain(name);
      page = await browser.newPage();
    });
    after(() => browser?.close());

    it("crosses inline tags and line ends", async () => {
      const html =
        "<p>Before. The <em>quick</em> brown\n   <a href='#'><b>fox</b> jumped</a> over it. After.</p>";
      assert.deepEqual(await anchored(page, html, { exact: "The quick brown fox jumped over it." }), [
        "The quick brown fox jumped over it.",
      ]);
    });

    it("does not care about no-break spaces, soft hyphens and zero-width characters", async () => {
      const html =
        "<p>Il a dit&nbsp;: «&#8239;la prési&shy;dence s’est trom&#8203;pée&#8239;» hier soir.</p>";
      const [found] = await anchored(page, html, {
        exact: "Il a dit : « la présidence s’est trompée » hier soir.",
      });
      assert.equal(
        found?.replace(/[\u00ad\u200b]/g, ""),
        "Il a dit\u00a0: «\u202fla présidence s’est trompée\u202f» hier soir.",
      );
    });

    it("takes the occurrence that stands between the same words", async () => {
      const html =
        "<ul><li id=teaser>Poutine a appelé Musk, selon un journal américain.</li></ul>" +
        "<p>Le récit continue. <span id=right>Poutine a appelé Musk, selon un journal américain.</span> Le Kremlin dément.</p>";
      await page.show(html);
      const place = await page.run(async () => {
        const quote = {
          exact: "Poutine a appelé Musk, selon un journal américain.",
          prefix: "Le récit continue. ",
          suffix: " Le Kremlin dément.",
        };
        const { ranges } = await lib.anchorAll(document.body, [{ id: "a", quote }]);
        return ranges.get("a")?.startContainer.parentElement?.id;
      });
      assert.equal(place, "right");
    });

    it("takes the place in the text, not the teaser that has but a full stop in common, beside an inline script", async () => {
      const sentence = "Poutine a appelé Musk, selon un journal américain.";
      const html =
        `<p>Le récit continue.</p><script>ad()</script><p id=right>${sentence}</p><script>ad()</script><p>Le Kremlin dément.</p>` +
        `<aside><h3>À lire.</h3><a id=teaser href="#">${sentence}</a></aside>`;
      await page.show(html);
      const place = await page.run(async (exact) => {
        const quote = { exact, prefix: "Le récit continue. ", suffix: " Le Kremlin dément." };
        const { ranges } = await lib.anchorAll(document.body, [{ id: "a", quote }]);
        return ranges.get("a")?.startContainer.parentElement?.id;
      }, sentence);
      assert.equal(place, "right");
    });

    it("draws nothing where no more than a full stop tells two places apart", async () => {
      const html =
        "<p>One story. Nobody knows who called whom.</p><p>Another tale! Nobody knows who called whom.</p>";
      const quote = { exact: "Nobody knows who called whom.", prefix: "A third one was told.", suffix: "" };
      assert.deepEqual(await anchored(page, html, quote), [null]);
    });

    it("draws nothing when two places fit equally well", async () => {
      const html = "<p>Nobody knows who called whom.</p><p>Nobody knows who called whom.</p>";
      assert.deepEqual(await anchored(page, html, { exact: "Nobody knows who called whom." }), [null]);
    });

    it("draws a short sentence only where its neighbours agree", async () => {
      const html = "<p>Asked about it, she paused. He denied it. The hearing went on.</p>";
      assert.deepEqual(
        await anchored(
          page,
          html,
          { exact: "He denied it.", prefix: "she paused. ", suffix: " The hearing" },
          { exact: "He denied it.", prefix: "Quite another story. ", suffix: " The end of it" },
        ),
        ["He denied it.", null],
      );
    });

    it("gives null for a sentence that is not there", async () => {
      assert.deepEqual(
        await anchored(page, "<p>One thing.</p>", { exact: "Another thing that nobody wrote here." }),
        [null],
      );
    });

    it("skips what the reader does not see, within a sentence too", async () => {
      const html =
        "<p>The minister <span style='display:none'>(advertisement)</span>resigned <script>x</script>on Monday morning.</p>";
      const [found] = await anchored(page, html, { exact: "The minister resigned on Monday morning." });
      assert.ok(found?.startsWith("The minister") && found.endsWith("morning."));
    });

    it("reaches into open shadow trees and slots", async () => {
      await page.show("<news-body><p slot=lead>The lead was written by somebody else.</p></news-body>");
      const found = await page.run(async () => {
        const root = document.querySelector("news-body")!.attachShadow({ mode: "open" });
        root.innerHTML = "<slot name=lead></slot><p>The body of it lies in a shadow tree.</p>";
        const texts = ["The lead was written by somebody else.", "The body of it lies in a shadow tree."];
        const notes = texts.map((exact) => ({ id: exact, quote: { exact, prefix: "", suffix: "" } }));
        const { ranges } = await lib.anchorAll(document.body, notes);
        lib.draw(
          notes.map(({ id }) => ({ id, level: "flag" as const, range: ranges.get(id)! })),
          "full",
        );
        const colour = getComputedStyle(
          root.querySelector("p")!,
          "::highlight(obelism-flag)",
        ).backgroundColor;
        return {
          texts: [...ranges.values()].map(String),
          drawn: CSS.highlights.get("obelism-flag")?.size,
          colour,
        };
      });
      assert.deepEqual(found.texts, [
        "The lead was written by somebody else.",
        "The body of it lies in a shadow tree.",
      ]);
      assert.equal(found.drawn, 2);
    });

    it("says in which order the sentences stand", async () => {
      await page.show("<h1>A first sentence, as the title.</h1><p>A second sentence, in the text.</p>");
      const order = await page.run(async () => {
        const notes = ["A second sentence, in the text.", "A first sentence, as the title."].map((exact) => ({
          id: exact,
          quote: { exact, prefix: "", suffix: "" },
        }));
        const { ranges } = await lib.anchorAll(document.body, notes);
        return [...ranges].sort((a, b) => lib.byPlace(a[1]!, b[1]!)).map(([id]) => id);
      });
      assert.deepEqual(order, ["A first sentence, as the title.", "A second sentence, in the text."]);
    });

    it("puts a sentence of a shadow tree where the reader reads it", async () => {
      const texts = [
        "One stands before the tree.",
        "Two stands in the shadow.",
        "Three stands in a tree in it.",
      ];
      texts.push("Four stands in the shadow again.", "Five stands after the tree.");
      await page.show(`<p>${texts[0]}</p><news-body></news-body><p>${texts[4]}</p>`);
      const order = await page.run(async (texts) => {
        const root = document.querySelector("news-body")!.attachShadow({ mode: "open" });
        root.innerHTML = `<p>${texts[1]}</p><inner-body></inner-body><p>${texts[3]}</p>`;
        const inner = root.querySelector("inner-body")!.attachShadow({ mode: "open" });
        inner.innerHTML = texts[2]!;
        const notes = [3, 0, 4, 2, 1].map((n) => ({
          id: texts[n]!,
          quote: { exact: texts[n]!, prefix: "", suffix: "" },
        }));
        const { ranges } = await lib.anchorAll(document.body, notes);
        return [...ranges].sort((a, b) => lib.byPlace(a[1]!, b[1]!)).map(([id]) => id);
      }, texts);
      assert.deepEqual(order, texts);
    });

    it("spends no time on a quote that stands everywhere", async () => {
      await page.show(`<p>${"a ".repeat(100_000)}</p>`);
      const looked = await page.run(async () => {
        let looked = 0;
        const style = Element.prototype.checkVisibility;
        Element.prototype.checkVisibility = function (options) {
          looked++;
          return style.call(this, options);
        };
        const quote = { exact: "a", prefix: "", suffix: "" };
        const { ranges } = await lib.anchorAll(document.body, [{ id: "a", quote }]);
        Element.prototype.checkVisibility = style;
        return { looked, range: ranges.get("a") };
      });
      assert.equal(looked.range, null);
      assert.ok(looked.looked < 2000, `looked ${looked.looked} times`);
    });

    it("loses only what the page takes away while it is being searched", async () => {
      await page.show("<p>A first sentence stands here.</p><p>A second sentence stands there.</p>");
      const found = await page.run(async () => {
        const now = performance.now;
        let time = 0;
        // Each look at the clock finds the slice over.
        performance.now = () => (time += 100);
        const texts = ["A first sentence stands here.", "A second sentence stands there."];
        const notes = texts.map((exact) => ({ id: exact, quote: { exact, prefix: "", suffix: "" } }));
        const takeAway = async () => {
          document.querySelectorAll("p")[1]!.textContent = "";
        };
        const { ranges } = await lib.anchorAll(document.body, notes, takeAway);
        performance.now = now;
        return texts.map((text) => String(ranges.get(text)));
      });
      assert.deepEqual(found, ["A first sentence stands here.", "null"]);
    });

    it("draws quiet marks for flags only, none when off, and leaves the page as it was", async () => {
      await page.show("<p>A flagged sentence stands here. A context sentence stands there.</p>");
      const counts = await page.run(async () => {
        const before = document.documentElement.outerHTML;
        const texts = {
          flag: "A flagged sentence stands here.",
          context: "A context sentence stands there.",
        };
        const notes = Object.entries(texts).map(([id, exact]) => ({
          id,
          quote: { exact, prefix: "", suffix: "" },
        }));
        const { ranges } = await lib.anchorAll(document.body, notes);
        const marks = notes.map(({ id }) => ({
          id,
          level: id as "flag" | "context",
          range: ranges.get(id)!,
        }));
        const drawn = (["full", "quiet", "off"] as const).map((strength) => {
          lib.draw(marks, strength);
          return [...CSS.highlights.keys()];
        });
        return { drawn, same: document.documentElement.outerHTML === before };
      });
      assert.deepEqual(counts, {
        drawn: [["obelism-flag", "obelism-context"], ["obelism-flag"], []],
        same: true,
      });
    });

    it("tells light letters from dark ones, in whatever form the page gives their colour", async () => {
      const light = [
        "#eee",
        "oklch(0.95 0.02 90)",
        "oklab(0.9 0 0)",
        "lab(92 1 1)",
        "color(display-p3 0.9 0.9 0.9)",
      ];
      const dark = [
        "#222",
        "oklch(0.25 0.02 250)",
        "oklab(0.2 0 0)",
        "lch(20 2 90)",
        "color(srgb 0.1 0.1 0.1)",
      ];
      const paragraphs = [...light, ...dark].map((colour) => `<p style="color:${colour}">${colour}</p>`);
      await page.show(paragraphs.join(""));
      const drawn = await page.run(() => {
        const marks = [...document.querySelectorAll("p")].map((p) => {
          const range = new Range();
          range.selectNodeContents(p.firstChild!);
          return { id: p.textContent!, level: "flag" as const, range };
        });
        lib.draw(marks, "full");
        const texts = (name: string) => [...(CSS.highlights.get(name) ?? [])].map(String);
        return [texts("obelism-flag-on-dark"), texts("obelism-flag")];
      });
      assert.deepEqual(drawn, [light, dark]);
    });
  });
