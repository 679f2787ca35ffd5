/** How long anchoring holds the page's own thread: 50 notes on 20,000 text nodes, in both browsers. */
import { openPlain } from "./driver/plain";

const NODES = 20_000;
const NOTES = 50;
const RUNS = 9;

for (const name of ["chromium", "firefox"] as const) {
  const browser = await openPlain(name);
  const page = await browser.newPage();
  await page.show(longPage());
  const runs = await page.run(measure, NOTES, RUNS);
  const total = median(runs.map((run) => run.total));
  const longest = Math.max(...runs.map((run) => run.longest));
  console.log(
    `${name}: ${NOTES} notes, ${NODES} text nodes: ${total.toFixed(1)} ms of the page's thread (median of ${RUNS}), ` +
      `longest task ${longest.toFixed(1)} ms, ${runs[0]!.found} anchored`,
  );
  await browser.close();
}

function longPage(): string {
  const blocks: string[] = [];
  // Five text nodes a paragraph, as news pages have them: words, link, words, emphasis, words.
  for (let n = 0; n < NODES / 5; n++)
    blocks.push(
      `<div class="block"><p>Paragraph ${n} tells how the <a href="#">council number ${n}</a> met on a rainy ` +
        `evening and <em>argued at length</em> about the price of bread in street ${n}.</p></div>`,
    );
  return blocks.join("");
}

async function measure(
  notes: number,
  runs: number,
): Promise<{ total: number; longest: number; found: number }[]> {
  const quotes = Array.from({ length: notes }, (_, n) => {
    const k = n * 79;
    const exact = `Paragraph ${k} tells how the council number ${k} met on a rainy evening and argued at length about the price of bread in street ${k}.`;
    return { id: String(n), quote: { exact, prefix: "", suffix: "" } };
  });
  const out = [];
  for (let run = 0; run < runs; run++) {
    const slices: number[] = [];
    let since = performance.now();
    const pause = async () => {
      slices.push(performance.now() - since);
      await new Promise((done) => setTimeout(done));
      since = performance.now();
    };
    const { ranges } = await lib.anchorAll(document.body, quotes, pause);
    slices.push(performance.now() - since);
    const found = [...ranges.values()].filter(Boolean).length;
    out.push({ total: slices.reduce((a, b) => a + b, 0), longest: Math.max(...slices), found });
  }
  return out;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
