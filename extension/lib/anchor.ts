/**
 * Quote -> Range. The service answers in words; the page keeps them in thousands of text nodes.
 *
 * The page is read once, in slices, into one string without any white space or invisible characters, with
 * the place where each text node begins. A quote, folded the same way, is then found by the browser's own
 * string search, whatever inline tags, line ends, no-break spaces or soft hyphens lie inside it. Where it
 * occurs more than once, its prefix and suffix decide; where they do not, nothing is drawn.
 */
import { walk } from "./readable";
import type { Quote } from "./types";

const INVISIBLE = /[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]+/gu;
const ONE_INVISIBLE = /[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]/u;

/** A slice this long leaves the page room to answer its reader; a task of 50 ms counts as a long one. */
const SLICE_MS = 12;
/** Below this many characters a sentence may stand anywhere ("He denied it."): its context must agree. */
const SURE_LENGTH = 24;
const SURE_CONTEXT = 8;

export interface TextIndex {
  /** All text, folded. */
  text: string;
  nodes: Text[];
  /** `starts[i]`: where `nodes[i]` begins in `text`. */
  starts: number[];
}

export const fold = (s: string): string => s.replace(INVISIBLE, "");

export interface Anchored {
  /** By note id; null where the quote is not on the page, or not surely. */
  ranges: Map<string, Range | null>;
  /** Where each anchored quote begins in the page's text: the order of reading. */
  offsets: Map<string, number>;
}

export async function anchorAll(
  root: Element,
  quotes: ReadonlyArray<{ id: string; quote: Quote }>,
  pause: () => Promise<void> = nextTask,
): Promise<Anchored> {
  const index = await readIndex(root, pause);
  const found: Anchored = { ranges: new Map(), offsets: new Map() };
  let since = performance.now();
  for (const { id, quote } of quotes) {
    const start = locate(index, quote);
    found.ranges.set(id, start === null ? null : rangeAt(index, start, fold(quote.exact).length));
    if (start !== null) found.offsets.set(id, start);
    if (performance.now() - since > SLICE_MS) {
      await pause();
      since = performance.now();
    }
  }
  return found;
}

export async function readIndex(root: Element, pause: () => Promise<void> = nextTask): Promise<TextIndex> {
  const parts: string[] = [];
  const index: TextIndex = { text: "", nodes: [], starts: [] };
  let length = 0;
  const steps = walk(root, {
    enter: () => {},
    leave: () => {},
    text: (node) => {
      const folded = fold(node.data);
      if (!folded) return;
      index.nodes.push(node);
      index.starts.push(length);
      parts.push(folded);
      length += folded.length;
    },
  });
  let since = performance.now();
  for (let n = 1; !steps.next().done; n++) {
    // Asking for the time costs as much as a step: every 64th is enough.
    if (n % 64 === 0 && performance.now() - since > SLICE_MS) {
      await pause();
      since = performance.now();
    }
  }
  index.text = parts.join("");
  return index;
}

/** Where the quote begins in the folded text, or null. */
export function locate(index: TextIndex, quote: Quote): number | null {
  const exact = fold(quote.exact);
  if (!exact) return null;
  const [prefix, suffix] = [fold(quote.prefix), fold(quote.suffix)];
  let best: number | null = null;
  let bestContext = -1;
  let tied = false;
  for (let at = index.text.indexOf(exact); at >= 0; at = index.text.indexOf(exact, at + 1)) {
    const context = contextAt(index.text, at, exact.length, prefix, suffix);
    tied = context === bestContext;
    if (context > bestContext) {
      best = at;
      bestContext = context;
      tied = false;
    }
  }
  if (tied) return null;
  return exact.length >= SURE_LENGTH || bestContext >= Math.min(SURE_CONTEXT, prefix.length + suffix.length)
    ? best
    : null;
}

/** How many characters before and after agree with the prefix and suffix. */
function contextAt(text: string, at: number, length: number, prefix: string, suffix: string): number {
  let before = 0;
  while (before < prefix.length && text[at - 1 - before] === prefix[prefix.length - 1 - before]) before++;
  let after = 0;
  while (after < suffix.length && text[at + length + after] === suffix[after]) after++;
  return before + after;
}

function rangeAt(index: TextIndex, start: number, length: number): Range | null {
  const first = nodeAt(index, start);
  const last = nodeAt(index, start + length - 1);
  const [from, to] = [index.nodes[first]!, index.nodes[last]!];
  // A range cannot cross from one shadow tree into another.
  if (from.getRootNode() !== to.getRootNode()) return null;
  const range = from.ownerDocument.createRange();
  range.setStart(from, rawOffset(from.data, start - index.starts[first]!));
  range.setEnd(to, rawOffset(to.data, start + length - 1 - index.starts[last]!) + 1);
  return range;
}

/** The node that holds the folded character at `offset`. */
function nodeAt({ starts }: TextIndex, offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the `nth` visible character stands in the node's own text. */
function rawOffset(data: string, nth: number): number {
  let seen = -1;
  for (let i = 0; i < data.length; i++) {
    if (!ONE_INVISIBLE.test(data[i]!)) seen++;
    if (seen === nth) return i;
  }
  return data.length;
}

function nextTask(): Promise<void> {
  const scheduler = (globalThis as { scheduler?: { yield?: () => Promise<void> } }).scheduler;
  return scheduler?.yield ? scheduler.yield() : new Promise((done) => setTimeout(done));
}
