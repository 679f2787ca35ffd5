/** Ranges -> marks, by the CSS Custom Highlight API: no element of the page is touched. */
import type { Level } from "./types";

export type Strength = "full" | "quiet" | "off";

export interface Mark {
  id: string;
  level: Level;
  range: Range;
}

const NAMES = [
  "obelism-flag",
  "obelism-flag-on-dark",
  "obelism-context",
  "obelism-context-on-dark",
  "obelism-current",
] as const;
type Name = (typeof NAMES)[number];

/** Draws exactly these marks; earlier ones go. `quiet` draws flags only. */
export function draw(marks: readonly Mark[], strength: Strength): void {
  const shown = strength === "off" ? [] : marks.filter((m) => strength === "full" || m.level === "flag");
  const byName = new Map<Name, Range[]>();
  for (const { level, range } of shown) {
    const name: Name = `obelism-${level}${isOnDark(range) ? "-on-dark" : ""}`;
    byName.set(name, [...(byName.get(name) ?? []), range]);
  }
  for (const name of NAMES) set(name, byName.get(name) ?? []);
}

/** Draws one mark more strongly, or none. */
export function drawCurrent(range: Range | null): void {
  set("obelism-current", range ? [range] : [], 1);
}

function set(name: Name, ranges: readonly Range[], priority = 0): void {
  if (!ranges.length) {
    CSS.highlights.delete(name);
    return;
  }
  const highlight = new Highlight(...ranges);
  highlight.priority = priority;
  CSS.highlights.set(name, highlight);
}

/** Light letters mean a dark ground, whatever the reader's system prefers. */
function isOnDark(range: Range): boolean {
  const parent = range.startContainer.parentElement;
  const channels = parent
    ? getComputedStyle(parent)
        .color.match(/[\d.]+/g)
        ?.map(Number)
    : null;
  if (!channels || channels.length < 3) return false;
  const [red, green, blue] = channels as [number, number, number];
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}

/** The mark under a point of the window, or null. */
export function markAt(x: number, y: number, marks: readonly Mark[]): Mark | null {
  return marks.find(({ range }) => [...range.getClientRects()].some((r) => contains(r, x, y))) ?? null;
}

const contains = (r: DOMRect, x: number, y: number) =>
  x >= r.left && x <= r.right && y >= r.top - 2 && y <= r.bottom + 2;
