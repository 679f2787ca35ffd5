/**
 * The script in a page. It comes only after the reader asked (or chose "always" for the site), reads the
 * page, draws the marks, and leaves the page's elements alone.
 */
import * as v from "valibot";
import { browser } from "wxt/browser";
import { defineContentScript } from "wxt/utils/define-content-script";
import { anchorAll } from "../lib/anchor";
import { draw, drawCurrent, type Mark, markAt, type Strength } from "../lib/highlight";
import { type Order, OrderSchema, type PageSnapshot, type Report } from "../lib/messages";
import { sensitiveFields } from "../lib/sensitive";
import { snapshot } from "../lib/snapshot";

type NoteToMark = Extract<Order, { type: "mark" }>["notes"][number];

/** Pages redraw in bursts; one look after each burst is enough. */
const SETTLE_MS = 250;

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
      void obey(marker, parsed.output).then(answer);
      return true;
    });
  },
});

async function obey(marker: Marker, order: Order): Promise<unknown> {
  switch (order.type) {
    case "snapshot":
      return takeSnapshot(order.withAddress);
    case "mark":
      return marker.mark(order.notes, order.strength);
    case "strength":
      return marker.setStrength(order.strength);
    case "show":
      return marker.show(order.id);
    case "next":
      return marker.step(order.step);
    case "clear":
      return marker.clear();
    case "alive":
      return true;
  }
}

async function takeSnapshot(withAddress: boolean): Promise<PageSnapshot> {
  return {
    html: await snapshot(document, { withAddress }),
    url: location.href,
    language: document.documentElement.lang,
    sensitive: sensitiveFields(document),
  };
}

/** Keeps the marks of one page in step with a page that may redraw itself at any time. */
class Marker {
  private notes: NoteToMark[] = [];
  private marks: Mark[] = [];
  private strength: Strength = "full";
  private shown: string | null = null;
  private watching: AbortController | null = null;
  private address = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly page: Document) {}

  async mark(notes: NoteToMark[], strength: Strength): Promise<string[]> {
    this.clear();
    this.notes = notes;
    this.strength = strength;
    this.address = location.pathname + location.search;
    await this.anchor();
    this.watch();
    return this.marks.map((m) => m.id);
  }

  setStrength(strength: Strength): void {
    this.strength = strength;
    this.redraw();
  }

  /** Scrolls to a note's sentence and draws it more strongly; false when it has none. */
  show(id: string): boolean {
    const mark = this.marks.find((m) => m.id === id);
    if (!mark) return false;
    this.shown = id;
    this.redraw();
    scrollTo(mark.range);
    return true;
  }

  /** Goes to the next mark from the one shown, or from the top of the window. */
  step(step: 1 | -1): string | null {
    if (!this.marks.length) return null;
    const at = this.marks.findIndex((m) => m.id === this.shown);
    const below = this.marks.findIndex((m) => m.range.getBoundingClientRect().top >= 0);
    const next = at >= 0 ? at + step : Math.max(below, 0);
    const { id } = this.marks[(next + this.marks.length) % this.marks.length]!;
    this.show(id);
    tell({ type: "mark-clicked", id });
    return id;
  }

  clear(): void {
    this.watching?.abort();
    this.watching = null;
    clearTimeout(this.timer);
    [this.notes, this.marks, this.shown] = [[], [], null];
    this.redraw();
  }

  private async anchor(): Promise<void> {
    const { notes } = this;
    const { ranges, offsets } = await anchorAll(this.page.body, notes);
    if (notes !== this.notes) return;
    this.marks = notes
      .flatMap(({ id, level }) => {
        const range = ranges.get(id);
        return range ? [{ id, level, range }] : [];
      })
      .sort((a, b) => offsets.get(a.id)! - offsets.get(b.id)!);
    this.redraw();
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
    const observer = new MutationObserver(() => this.settle());
    for (const root of [this.page, ...shadowRoots(this.page.body)])
      observer.observe(root, { subtree: true, childList: true, characterData: true });
    signal.addEventListener("abort", () => observer.disconnect());
    this.page.addEventListener("click", (event) => this.clicked(event), {
      signal,
      capture: true,
      passive: true,
    });
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.lookAgain(), SETTLE_MS);
  }

  /** After the page changed: marks that lost their words are looked for again. */
  private async lookAgain(): Promise<void> {
    const before = this.marks.map((m) => m.id).join();
    if (this.marks.length === this.notes.length && this.marks.every(isWhole)) return;
    await this.anchor();
    const ids = this.marks.map((m) => m.id);
    const moved = location.pathname + location.search !== this.address;
    const stale = moved && this.notes.length > 0 && !ids.length;
    if (ids.join() !== before || stale) tell({ type: "anchored", ids, stale });
  }

  private clicked(event: MouseEvent): void {
    const target = event.composedPath()[0];
    if (event.button !== 0 || !(target instanceof Element) || target.closest("a,button,input,summary"))
      return;
    if (this.strength === "off" || !getSelection()?.isCollapsed) return;
    const mark = markAt(event.clientX, event.clientY, this.marks);
    if (!mark?.range.intersectsNode(target)) return;
    this.shown = mark.id;
    this.redraw();
    tell({ type: "mark-clicked", id: mark.id });
  }
}

const isWhole = ({ range }: Mark) =>
  !range.collapsed && range.startContainer.isConnected && range.endContainer.isConnected;

function scrollTo(range: Range): void {
  const element = range.startContainer.parentElement;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element?.scrollIntoView({ block: "center", behavior: calm ? "instant" : "smooth" });
}

function* shadowRoots(root: Element): Generator<ShadowRoot> {
  for (const element of root.querySelectorAll("*")) {
    if (!element.shadowRoot) continue;
    yield element.shadowRoot;
    for (const child of element.shadowRoot.children) yield* shadowRoots(child);
  }
}

function tell(report: Report): void {
  // The extension may just have been updated or removed: then nobody is there to hear it.
  void browser.runtime.sendMessage(report).catch(() => {});
}
