/** The page as the reader sees it: which elements count, shared by the snapshot and the anchors. */

/** Elements whose content is never the reader's text: code, forms, embedded documents, pictures. */
const NEVER = new Set(
  (
    "SCRIPT STYLE NOSCRIPT TEMPLATE LINK META BASE HEAD TITLE INPUT TEXTAREA SELECT DATALIST OPTION OUTPUT " +
    "IFRAME FRAME OBJECT EMBED APPLET CANVAS SVG svg MATH math AUDIO VIDEO SOURCE TRACK PICTURE IMG MAP " +
    "DIALOG PROGRESS METER AREA PARAM"
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

/**
 * Walks what is rendered under `root`: open shadow trees in place of their hosts' content, slotted nodes
 * where they are slotted; no hidden, private, form or script content.
 *
 * An iterator, so that a long page can be read in slices. It keeps its own stack: pages nest deeper than
 * the call stack allows.
 */
export function* walk(root: Element, visitor: Visitor): Generator<void, void, void> {
  const stack: { element: Element; children: readonly Node[]; next: number; textShown: boolean }[] = [];
  const push = (element: Element) => {
    visitor.enter(element);
    stack.push({ element, children: childrenOf(element), next: 0, textShown: showsText(element) });
  };
  push(root);
  while (stack.length) {
    const top = stack[stack.length - 1]!;
    const child = top.children[top.next++];
    if (child === undefined) {
      visitor.leave(top.element);
      stack.pop();
      continue;
    }
    if (child.nodeType === Node.TEXT_NODE) {
      if (top.textShown) visitor.text(child as Text);
    } else if (child.nodeType === Node.ELEMENT_NODE && isReadable(child as Element)) {
      push(child as Element);
    }
    yield;
  }
}

function childrenOf(element: Element): readonly Node[] {
  const shadow = element.shadowRoot;
  if (shadow) return [...shadow.childNodes];
  if (element instanceof HTMLSlotElement) {
    const assigned = element.assignedNodes();
    if (assigned.length) return assigned;
  }
  return [...element.childNodes];
}

function isReadable(element: Element): boolean {
  return !NEVER.has(element.tagName) && isRendered(element) && !element.matches(PRIVATE);
}

/**
 * Is a box made for it? `content-visibility: auto` and transparency are no hiding: pages use both for
 * text that appears as the reader scrolls. `display: contents` has no box, yet its children are shown.
 */
function isRendered(element: Element): boolean {
  return element.checkVisibility() || getComputedStyle(element).display === "contents";
}

function showsText(element: Element): boolean {
  return element.checkVisibility({ visibilityProperty: true }) || isShownContents(element);
}

function isShownContents(element: Element): boolean {
  const style = getComputedStyle(element);
  return style.display === "contents" && style.visibility === "visible";
}
