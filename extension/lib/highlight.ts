/** Ranges -> marks, by the CSS Custom Highlight API: no element of the page is touched. */
import { elementOf } from "./readable";
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

/** `quiet` draws flags only. */
export const isDrawn = ({ level }: Mark, strength: Strength) =>
  strength === "full" || (strength === "quiet" && level === "flag");

/** Draws exactly these marks; earlier ones go. */
export function draw(marks: readonly Mark[], strength: Strength): void {
  const byName = new Map<Name, Range[]>();
  for (const { level, range } of marks.filter((mark) => isDrawn(mark, strength))) {
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
  const element = elementOf(range.startContainer);
  return element !== null && lightness(getComputedStyle(element).color) > 0.55;
}

/** From 0 to 1, of a computed colour: `rgb(0, 0, 0)`, `oklch(0.9 0.03 90)`, `lab(90 1 1)`, `color(srgb 1 1 1)`. */
function lightness(color: string): number {
  const [, form = "", values = ""] = /^(\w+)\((?:[a-z][\w-]* )?(.*)\)$/.exec(color) ?? [];
  const [a = 0, b = 0, c = 0] = values.split(/[, /]+/).map((value) => Number.parseFloat(value) || 0);
  if (form.startsWith("ok")) return a;
  if (form === "lab" || form === "lch") return a / 100;
  return (0.299 * a + 0.587 * b + 0.114 * c) / (form === "color" ? 1 : 255);
}

/** The mark under a point of the window, or null. */
export function markAt(x: number, y: number, marks: readonly Mark[]): Mark | null {
  return marks.find(({ range }) => [...range.getClientRects()].some((r) => contains(r, x, y))) ?? null;
}

const contains = (r: DOMRect, x: number, y: number) =>
  x >= r.left && x <= r.right && y >= r.top - 2 && y <= r.bottom + 2;
