/**
 * All golden pages in both browsers: how many of their sentences are found again, how long that holds the
 * page's thread, and how much of a page is sent. `tsx tests/browser/bench-golden.ts [every n-th real page]`.
 */
import { BROWSERS } from "./driver/browsers";
import { type Golden, ownPages, readGolden, realPages, shareAnchored } from "./driver/golden";

const every = Number(process.argv[2] ?? 1);
const files = [...ownPages(), ...realPages(every)];

for (const [name] of BROWSERS) {
  let read = 0;
  const all = await readGolden(name, files, () => {
    if (++read % 20 === 0) console.error(`${name}: ${read} of ${files.length} pages`);
  });
  const per = (value: (one: Golden) => number) => all.map(value).sort((a, b) => a - b);
  const median = (values: number[]) => values[Math.floor(values.length / 2)]!;
  const share = per((one) => one.sentBytes / one.pageBytes);
  const times = per((one) => one.total);
  const sentences = all.reduce((sum, one) => sum + one.sentences, 0);
  console.log(
    `${name}: ${all.length} pages, ${sentences} sentences, ${(100 * shareAnchored(all)).toFixed(2)} % found again; ` +
      `${all.filter((one) => !one.unchanged).length} pages changed; ` +
      `${median(times).toFixed(1)} ms of the page's thread (median; most ${times.at(-1)!.toFixed(1)} ms), ` +
      `longest task ${per((one) => one.longest)
        .at(-1)!
        .toFixed(1)} ms; ` +
      `sent ${(100 * median(share)).toFixed(0)} % of the page's bytes (median; most ${(100 * share.at(-1)!).toFixed(0)} %)`,
  );
  for (const one of all) for (const text of one.lost) console.error(`  ${one.name}: not found: ${text}`);
}
