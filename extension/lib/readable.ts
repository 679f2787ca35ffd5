/** The page as the reader sees it: which elements count, shared by the snapshot and the anchors. */

/** Elements whose content is never the reader's text: code, forms, embedded documents, pictures. */
const NEVER = new Set(
  (
    "script style noscript template link meta base head title input textarea select datalist option output " +
    "iframe frame object embed applet canvas svg math audio video source track picture img map " +
    "dialog progress meter area param"
  ).split(" "),
);

/** Fields by role, and the marks by which sites themselves name private text for recording tools. */
const PRIVATE = [
  "[contenteditable]:not([contenteditable=false])",
  "[role=textbox]",
  "[role=searchbox]",
  "[role=combobox]",
  "[itemprop=email]",
  "[itemprop=telephone]",
  "[data-private]",
  "[data-sentry-mask]",
  "[data-sentry-block]",
  "[data-hj-suppress]",
  "[data-dd-privacy^=mask]",
  "[data-dd-privacy=hidden]",
  ".ph-no-capture",
  ".rr-block",
  ".rr-mask",
  ".fs-exclude",
  ".fs-mask",
].join(",");

/** What a walk over the page meets, in the order in which it is shown. */
export interface Visitor {
  enter(element: Element): void;
  leave(element: Element): void;
  text(node: Text): void;
}

/** Nodes between two chances to pause: asking for the time at each costs more than the node. */
const STRIDE = 64;

/**
 * Walks what is rendered under `root`: open shadow trees in place of their hosts' content, slotted nodes
 * where they are slotted; no hidden, private, form or script content.
 *
 * An iterator, so that a long page can be read in slices. It keeps its own stack: pages nest deeper than
 * the call stack allows.
 */
export function* walk(root: Element, visitor: Visitor): Generator<void, void, void> {
  // A page that is one field, as an editor's is: all of it is the reader's.
  if (root instanceof HTMLElement && root.isContentEditable) return;
  const hidden = new Set<Element>(root.querySelectorAll(PRIVATE));
  const stack: Open[] = [];
  const push = (element: Element, textShown: boolean) => {
    visitor.enter(element);
    const slotted = slottedIn(element);
    stack.push({
      element,
      next: slotted ? (slotted.shift() ?? null) : firstChildOf(element, hidden),
      textShown,
      slotted,
    });
  };
  push(root, true);
  for (let steps = 1; stack.length; steps++) {
    if (steps % STRIDE === 0) yield;
    const top = stack[stack.length - 1]!;
    const child = top.next;
    if (!child) {
      visitor.leave(top.element);
      stack.pop();
      continue;
    }
    top.next = top.slotted ? (top.slotted.shift() ?? null) : child.nextSibling;
    if (child.nodeType === Node.TEXT_NODE) {
      if (top.textShown) visitor.text(child as Text);
    } else if (
      child.nodeType === Node.ELEMENT_NODE &&
      !NEVER.has((child as Element).localName) &&
      !hidden.has(child as Element)
    ) {
      const shown = visibilityOf(child as Element);
      if (shown !== "none") push(child as Element, shown === "all");
    }
  }
}

interface Open {
  element: Element;
  next: Node | null;
  /** The rest of what is slotted here; null where the element shows its own children. */
  slotted: Node[] | null;
  textShown: boolean;
}

/** What another tree puts into this slot; null for a slot with its own content, and for all else. */
function slottedIn(element: Element): Node[] | null {
  const assigned = element instanceof HTMLSlotElement ? element.assignedNodes() : [];
  return assigned.length ? [...assigned] : null;
}

function firstChildOf(element: Element, hidden: Set<Element>): Node | null {
  const shadow = element.shadowRoot;
  if (!shadow) return element.firstChild;
  for (const one of shadow.querySelectorAll(PRIVATE)) hidden.add(one);
  return shadow.firstChild;
}

/** The tree of `root`, and every open shadow tree in it. */
export function* treesOf(root: Element | ShadowRoot): Generator<Element | ShadowRoot> {
  yield root;
  for (const element of root.querySelectorAll("*"))
    if (element.shadowRoot) yield* treesOf(element.shadowRoot);
}

/** The element in which a text stands: right under a shadow root, its host; null where the page took it out. */
export function elementOf(text: Node): Element | null {
  return text.parentElement ?? (text.parentNode as ShadowRoot | null)?.host ?? null;
}

/** Is this text there to be read, as far as its own element tells? */
export function isTextShown(text: Text): boolean {
  const element = elementOf(text);
  return element !== null && !NEVER.has(element.localName) && visibilityOf(element) === "all";
}

/**
 * "all": it and its text are shown; "children": its own text is not, what is in it may be.
 *
 * `content-visibility: auto` and transparency are no hiding: pages use both for text that appears as the
 * reader scrolls. `display: contents` has no box, yet its children are shown.
 */
function visibilityOf(element: Element): "all" | "children" | "none" {
  // Bare text in closed details is no element that could be asked.
  if (element instanceof HTMLDetailsElement && !element.open) return "children";
  if (element.checkVisibility({ visibilityProperty: true })) return "all";
  if (element.checkVisibility()) return "children";
  const { display, visibility } = getComputedStyle(element);
  if (display !== "contents") return "none";
  return visibility === "visible" ? "all" : "children";
}
