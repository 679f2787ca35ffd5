/** Whole pages of news sites: each sentence that the service reads in them, quoted, found again and marked. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Quote } from "../../../extension/lib/types";
import { openPlain, type PlainPage } from "./plain";
import type { BrowserName } from "./program";

const OWN = "tests/pages";
export const REAL = "../shared/data/extraction/pages";
/** Pages as their publisher sent them: no script runs and nothing is fetched. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export interface Golden {
  name: string;
  sentences: number;
  anchored: number;
  /** What was not found, for people to look at. */
  lost: string[];
  /** Reads the same, byte for byte, after marks were drawn, moved and removed. */
  unchanged: boolean;
  /** Milliseconds of the page's thread for all sentences, and its longest task. */
  total: number;
  longest: number;
  /** Bytes of the page and of what would be sent, each compressed as it travels. */
  pageBytes: number;
  sentBytes: number;
}

export const ownPages = () =>
  readdirSync(OWN)
    .sort()
    .map((folder) => `${OWN}/${folder}/page.html`)
    .filter(existsSync);

/** Every n-th of the real pages; none where they are not at hand. */
export const realPages = (every = 1) =>
  (existsSync(REAL) ? readdirSync(REAL).sort() : [])
    .filter((_, n) => n % every === 0)
    .map((file) => `${REAL}/${file}`);

export async function readGolden(
  browserName: BrowserName,
  files: readonly string[],
  each: (golden: Golden) => void = () => {},
): Promise<Golden[]> {
  const sources = files.map((file) =>
    file.endsWith(".gz") ? gunzipSync(readFileSync(file)) : readFileSync(file),
  );
  const server = createServer((request, response) => {
    const html = sources[Number(request.url?.slice(1))];
    response.writeHead(html ? 200 : 404, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": POLICY,
    });
    response.end(html);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const browser = await openPlain(browserName);
  const service = openQuotes();
  try {
    const page = await browser.newPage();
    const all: Golden[] = [];
    for (const [n, file] of files.entries()) {
      await page.visit(`http://127.0.0.1:${port}/${n}`);
      const golden = await readOne(page, service.quotesIn);
      all.push({ ...golden, name: file, pageBytes: gzipSync(sources[n]!).length });
      each(all.at(-1)!);
    }
    return all;
  } finally {
    service.close();
    await browser.close();
    server.close();
  }
}

async function readOne(
  page: PlainPage,
  quotesIn: (html: string) => Promise<Quote[]>,
): Promise<Omit<Golden, "name" | "pageBytes">> {
  const { before, html } = await page.run(async () => ({
    before: document.documentElement.outerHTML,
    html: await lib.snapshot(document, { withAddress: false }),
  }));
  const quotes = await quotesIn(html);
  const { after, ...found } = await page.run(async (quotes) => {
    const notes = quotes.map((quote, n) => ({ id: String(n), quote }));
    const slices: number[] = [];
    let since = performance.now();
    const pause = async () => {
      slices.push(performance.now() - since);
      await new Promise((done) => setTimeout(done));
      since = performance.now();
    };
    const { ranges } = await lib.anchorAll(document.body, notes, pause);
    slices.push(performance.now() - since);
    const right = notes.filter(({ id, quote }) => {
      const range = ranges.get(id);
      const [read, exact] = [lib.fold(String(range ?? "")), lib.fold(quote.exact)];
      // Hidden text may lie between its words.
      return read.startsWith(exact.slice(0, 20)) && read.endsWith(exact.slice(-20));
    });
    const marks = right.map(({ id }) => ({ id, level: "flag" as const, range: ranges.get(id)! }));
    lib.draw(marks, "full");
    lib.drawCurrent(marks[0]?.range ?? null);
    lib.draw([], "off");
    lib.drawCurrent(null);
    return {
      anchored: right.length,
      lost: notes.filter((one) => !right.includes(one)).map(({ quote }) => quote.exact),
      total: slices.reduce((sum, slice) => sum + slice, 0),
      longest: Math.max(...slices),
      after: document.documentElement.outerHTML,
    };
  }, quotes);
  return {
    ...found,
    sentences: quotes.length,
    unchanged: before === after,
    sentBytes: gzipSync(html).length,
  };
}

/** The service's own reading, without its server. */
function openQuotes(): { quotesIn: (html: string) => Promise<Quote[]>; close: () => void } {
  const reader = spawn(".venv/bin/python", ["tests/browser/driver/quotes.py"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: reader.stdout })[Symbol.asyncIterator]();
  return {
    quotesIn: async (html) => {
      reader.stdin.write(`${JSON.stringify(html)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("the reading of the service ended");
      return JSON.parse(value) as Quote[];
    },
    close: () => reader.stdin.end(),
  };
}

/** Of all sentences, how many were found again. */
export const shareAnchored = (all: readonly Golden[]) =>
  all.reduce((sum, one) => sum + one.anchored, 0) / all.reduce((sum, one) => sum + one.sentences, 0);
