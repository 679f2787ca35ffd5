/**
 * Quote -> Range. The service answers in words; the page keeps them in thousands of text nodes.
 *
 * The page's text nodes are read into one string without any white space or invisible characters, with the
 * place where each node begins. A quote, folded the same way, is then found by the browser's own string
 * search, whatever inline tags, line ends, no-break spaces or soft hyphens lie inside it. Where it occurs
 * more than once, its prefix and suffix decide; where they do not do so clearly, nothing is drawn.
 *
 * What is hidden is in no snapshot, so a quote may run across hidden text, or stand beside some. Asking the
 * browser whether each element is shown takes ten times as long as all the rest (16 ms against 2 ms on 20,000
 * text nodes), so that is done only for quotes that were not found without.
 */

import { isTextShown, treesOf } from "./readable";
import { type Pause, Slices } from "./slices";
import type { Quote } from "./types";

const INVISIBLE = /[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]+/g;
const ONE_INVISIBLE = /[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]/;

/** Below this many characters a sentence may stand anywhere ("He denied it."): its context must agree. */
const SURE_LENGTH = 24;
/** So many agreeing characters are no chance: a full stop is, and hidden text may stand beside the right place. */
const SURE_CONTEXT = 8;
/** Text nodes between two looks at the clock. */
const STRIDE = 256;
/** A quote that stands in more places than this is no sentence, and looking at each would stop the page. */
const MOST_PLACES = 500;

export const fold = (s: string): string => s.replace(INVISIBLE, "");

export interface Anchored {
  /** By note id; null where the quote is not on the page, or not surely. */
  ranges: Map<string, Range | null>;
}

interface NoteQuote {
  id: string;
  quote: Quote;
}

export async function anchorAll(
  root: Element,
  quotes: readonly NoteQuote[],
  pause?: Pause,
): Promise<Anchored> {
  const slices = new Slices(pause);
  const found: Anchored = { ranges: new Map() };
  await anchorIn(await readIndex(root, slices, false), quotes, found, slices);
  const missing = quotes.filter(({ id }) => !found.ranges.get(id));
  if (missing.length) await anchorIn(await readIndex(root, slices, true), missing, found, slices);
  return found;
}

async function anchorIn(index: TextIndex, quotes: readonly NoteQuote[], found: Anchored, slices: Slices) {
  for (const { id, quote } of quotes) {
    const start = locate(index, quote);
    const range = start === null ? null : rangeAt(index, start, fold(quote.exact).length);
    found.ranges.set(id, range);
    if (slices.isOver) await slices.next();
  }
}

interface TextIndex {
  /** All text, folded. */
  text: string;
  nodes: Text[];
  /** `starts[i]`: where `nodes[i]` begins in `text`. */
  starts: number[];
}

/** Reads all text nodes, or only those that are shown. */
async function readIndex(root: Element, slices: Slices, shownOnly: boolean): Promise<TextIndex> {
  const parts: string[] = [];
  const index: TextIndex = { text: "", nodes: [], starts: [] };
  let length = 0;
  let seen = 0;
  for (const tree of treesOf(root)) {
    const walker = document.createTreeWalker(tree, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      if (++seen % STRIDE === 0 && slices.isOver) await slices.next();
      const folded = fold(node.data);
      if (!folded || (shownOnly && !isTextShown(node))) continue;
      index.nodes.push(node);
      index.starts.push(length);
      parts.push(folded);
      length += folded.length;
    }
  }
  index.text = parts.join("");
  return index;
}

/** In the order of reading, for sorting: a shadow tree stands where its host does. */
export function byPlace(a: Range, b: Range): number {
  const [over, under] = [hostsOf(a.startContainer), hostsOf(b.startContainer)];
  for (const x of over)
    for (const y of under) {
      if (x.getRootNode() !== y.getRootNode()) continue;
      if (x === y) return a.startContainer === b.startContainer ? a.startOffset - b.startOffset : 0;
      return x.compareDocumentPosition(y) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
    }
  return 0;
}

/** The node, then the host of its shadow tree, and so on up to the page. */
function hostsOf(node: Node): Node[] {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? [node, ...hostsOf(root.host)] : [node];
}

/** Where the quote begins in the folded text, or null. */
function locate(index: TextIndex, quote: Quote): number | null {
  const exact = fold(quote.exact);
  if (!exact) return null;
  const [prefix, suffix] = [fold(quote.prefix), fold(quote.suffix)];
  let best: number | null = null;
  let [bestContext, otherContext] = [-Infinity, -Infinity];
  let places = 0;
  for (let at = index.text.indexOf(exact); at >= 0; at = index.text.indexOf(exact, at + 1)) {
    if (++places > MOST_PLACES) return null;
    const context = contextAt(index.text, at, exact.length, prefix, suffix);
    if (context <= otherContext || !isShown(index, at, exact.length)) continue;
    if (context > bestContext) [best, bestContext, otherContext] = [at, context, bestContext];
    else otherContext = context;
  }
  if (bestContext - otherContext < SURE_CONTEXT) return null;
  const sure =
    exact.length >= SURE_LENGTH || bestContext >= Math.min(SURE_CONTEXT, prefix.length + suffix.length);
  return sure ? best : null;
}

const isShown = (index: TextIndex, start: number, length: number) =>
  index.nodes.slice(nodeAt(index, start), nodeAt(index, start + length - 1) + 1).every(isTextShown);

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
