/**
 * The script in a page. It comes only after the reader asked (or chose "always" for the site), reads the
 * page, draws the marks, and leaves the page's elements alone.
 */
import * as v from "valibot";
import { browser } from "wxt/browser";
import { defineContentScript } from "wxt/utils/define-content-script";
import { anchorAll, byPlace } from "../lib/anchor";
import { draw, drawCurrent, isDrawn, type Mark, markAt, type Strength } from "../lib/highlight";
import { type Order, OrderSchema, type PageSnapshot, type Report } from "../lib/messages";
import { elementOf, treesOf } from "../lib/readable";
import { sensitiveFields } from "../lib/sensitive";
import { placeOf, snapshot } from "../lib/snapshot";

type NoteToMark = Extract<Order, { type: "mark" }>["notes"][number];

/** Pages redraw in bursts; one look in this time is enough. */
const SETTLE_MS = 250;
/** A page that never rests, with a sentence that never comes back, is searched ever more rarely. */
const SETTLE_MOST_MS = 2000;
/** The name of this document: the next one of the tab, and one that comes back, have another. */
const DOCUMENT = String(Math.random());

interface Found extends Mark {
  /** The words under the mark when it was drawn: a page may put others into the same nodes. */
  read: string;
}

export default defineContentScript({
  registration: "runtime",
  matches: [],
  main() {
    const world = globalThis as { obelismIsHere?: true };
    if (world.obelismIsHere) return;
    world.obelismIsHere = true;
    const marker = new Marker(document);
    browser.runtime.onMessage.addListener((message: unknown, sender, answer) => {
      const parsed = v.safeParse(OrderSchema, message);
      if (!parsed.success || sender.id !== browser.runtime.id) return;
      // A page may be built so that reading it fails: the background still hears of it.
      void obey(marker, parsed.output).then(answer, () => answer(null));
      return true;
    });
  },
});

async function obey(marker: Marker, order: Order): Promise<unknown> {
  switch (order.type) {
    case "snapshot":
      return takeSnapshot(order.withAddress);
    case "mark":
      return marker.mark(order.notes, order.strength, order.url);
    case "strength":
      return marker.setStrength(order.strength);
    case "show":
      return marker.show(order.id);
    case "next":
      return marker.next();
    case "clear":
      return marker.clear();
    case "alive":
      return DOCUMENT;
  }
}

async function takeSnapshot(withAddress: boolean): Promise<PageSnapshot> {
  return {
    html: await snapshot(document, { withAddress }),
    url: location.href,
    document: DOCUMENT,
    language: document.documentElement.lang,
    sensitive: sensitiveFields(document),
  };
}

/** Keeps the marks of one page in step with a page that may redraw itself at any time. */
class Marker {
  private notes: NoteToMark[] = [];
  private marks: Found[] = [];
  private strength: Strength = "full";
  private shown: string | null = null;
  private watching: AbortController | null = null;
  private observer: MutationObserver | null = null;
  private address = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private patience = SETTLE_MS;
  private stale = false;

  constructor(private readonly page: Document) {}

  async mark(notes: NoteToMark[], strength: Strength, url: string): Promise<string[]> {
    this.clear();
    this.notes = notes;
    this.strength = strength;
    this.address = placeOf(url);
    await this.anchor();
    if (notes !== this.notes) return [];
    this.watch();
    // The page may have gone on to another text while the service was reading this one.
    this.settle();
    return this.marks.map((m) => m.id);
  }

  setStrength(strength: Strength): void {
    this.strength = strength;
    this.redraw();
  }

  /** Scrolls to a note's sentence and draws it more strongly, where it has one. */
  show(id: string): void {
    const mark = this.marks.find((m) => m.id === id);
    if (!mark) return;
    this.shown = id;
    this.redraw();
    scrollTo(mark.range);
  }

  /** Goes to the mark after the one shown, or to the first from the top of the window. */
  next(): void {
    const { drawn } = this;
    if (!drawn.length) return;
    const at = drawn.findIndex((m) => m.id === this.shown);
    const below = drawn.findIndex((m) => m.range.getBoundingClientRect().top >= 0);
    const { id } = drawn[at >= 0 ? (at + 1) % drawn.length : Math.max(below, 0)]!;
    this.show(id);
    tell({ type: "mark-clicked", id });
  }

  clear(): void {
    this.watching?.abort();
    this.watching = null;
    clearTimeout(this.timer);
    [this.timer, this.patience, this.stale] = [undefined, SETTLE_MS, false];
    [this.notes, this.marks, this.shown] = [[], [], null];
    this.redraw();
  }

  private async anchor(): Promise<void> {
    const { notes } = this;
    const { ranges } = await anchorAll(this.page.body, notes);
    if (notes !== this.notes) return;
    this.marks = notes
      .flatMap(({ id, level }) => {
        const range = ranges.get(id);
        return range ? [{ id, level, range, read: range.toString() }] : [];
      })
      .sort((a, b) => byPlace(a.range, b.range));
    this.redraw();
  }

  /** The marks that the reader sees. */
  private get drawn(): Found[] {
    return this.marks.filter((mark) => isDrawn(mark, this.strength));
  }

  private redraw(): void {
    draw(this.marks, this.strength);
    drawCurrent(
      this.strength === "off" ? null : (this.marks.find((m) => m.id === this.shown)?.range ?? null),
    );
  }

  private watch(): void {
    this.watching = new AbortController();
    const { signal } = this.watching;
    this.observer = new MutationObserver(() => this.settle());
    this.observe();
    signal.addEventListener("abort", () => this.observer?.disconnect());
    this.page.addEventListener("click", (event) => this.clicked(event), {
      signal,
      capture: true,
      passive: true,
    });
  }

  /** Watches every tree of the page: no mutation of a shadow tree is told outside of it. */
  private observe(): void {
    for (const tree of [this.page, ...treesOf(this.page.body)])
      if (tree !== this.page.body)
        this.observer?.observe(tree, { subtree: true, childList: true, characterData: true });
  }

  /** Not put off by each further change: a page with a ticking clock never comes to rest. */
  private settle(): void {
    this.timer ??= setTimeout(() => void this.lookAgain(), this.patience);
  }

  /** After the page changed: marks that lost their words are looked for again. */
  private async lookAgain(): Promise<void> {
    this.timer = undefined;
    const { notes } = this;
    const before = this.marks.map((m) => m.id).join();
    const searched = this.marks.length !== notes.length || !this.marks.every(isWhole);
    if (searched) {
      this.observe();
      await this.anchor();
    }
    if (notes !== this.notes) return;
    const ids = this.marks.map((m) => m.id);
    const moved = ids.join() !== before;
    this.patience = searched && !moved ? Math.min(2 * this.patience, SETTLE_MOST_MS) : SETTLE_MS;
    const stale = !ids.length && placeOf(location.href) !== this.address;
    if (!moved && stale === this.stale) return;
    this.stale = stale;
    tell({ type: "anchored", ids, stale });
  }

  private clicked(event: MouseEvent): void {
    const target = event.composedPath()[0];
    if (event.button !== 0 || !(target instanceof Element) || target.closest("a,button,input,summary"))
      return;
    if (!getSelection()?.isCollapsed) return;
    const mark = markAt(event.clientX, event.clientY, this.drawn);
    if (!mark?.range.intersectsNode(target)) return;
    this.shown = mark.id;
    this.redraw();
    tell({ type: "mark-clicked", id: mark.id });
  }
}

const isWhole = ({ range, read }: Found) =>
  range.startContainer.isConnected && range.endContainer.isConnected && range.toString() === read;

function scrollTo(range: Range): void {
  const element = elementOf(range.startContainer);
  if (!element) return;
  const isLong = element.getBoundingClientRect().height > innerHeight;
  const isCalm = isLong || matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "center", behavior: isCalm ? "instant" : "smooth" });
  if (!isLong) return;
  // The middle of an element that is longer than the window may be far from the sentence.
  const { top, height } = range.getBoundingClientRect();
  scrollBy({ top: top + height / 2 - innerHeight / 2, behavior: "instant" });
}

function tell(report: Report): void {
  // The extension may just have been updated or removed: then nobody is there to hear it.
  void browser.runtime.sendMessage(report).catch(() => {});
}
