/** Document -> the HTML that is sent: what the reader sees, and nothing about the reader. */
import { walk } from "./readable";
import { inSlices } from "./slices";

/** Attributes that tell the service how a page is built. Links lose their address: it can name a reader. */
const KEPT = new Set(
  "class id lang dir role itemprop itemtype itemscope datetime property data-testid".split(" "),
);
/** What the service reads, and no more: the kind of page, its title, language and date. */
const META =
  /^(og:(title|type|locale)|article:(published_time|section)|(parsely-)?section|date|dc\.date.*)$/i;
const ADDRESS_META = /^og:url$/i;
const SCHEMA_KEYS = new Set(
  "@context @type @graph datePublished inLanguage headline articleSection genre".split(" "),
);
const ADDRESS_KEYS = new Set(["url", "@id"]);
const LONGEST_VALUE = 300;

export interface SnapshotOptions {
  /** May the snapshot hold the page's own address (canonical link, markup)? */
  withAddress: boolean;
}

export async function snapshot(document: Document, options: SnapshotOptions): Promise<string> {
  const out = ["<!DOCTYPE html><html", attributes(document.documentElement), "><head>"];
  out.push(...head(document, options), "</head>");
  if (document.body) await writeBody(document.body, out);
  out.push("</html>");
  return out.join("");
}

/** An address as it may be sent: without query, fragment, user name or password; null where it is none. */
export function bareAddress(href: string, base?: string): string | null {
  if (!URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  return url.protocol === "http:" || url.protocol === "https:" ? url.origin + url.pathname : null;
}

/** What an address shows: without the fragment, which only names a place in it. */
export function placeOf(href: string): string {
  const { origin, pathname, search } = new URL(href);
  return origin + pathname + search;
}

async function writeBody(body: HTMLElement, out: string[]): Promise<void> {
  const steps = walk(body, {
    enter: (element) => out.push("<", tag(element), attributes(element), ">"),
    leave: (element) => {
      if (!isVoid(element)) out.push("</", tag(element), ">");
    },
    text: (node) => out.push(escapeText(node.data)),
  });
  await inSlices(steps);
}

const tag = (element: Element) => element.localName;
const isVoid = (element: Element) => ["br", "hr", "wbr", "col"].includes(element.localName);

function attributes(element: Element): string {
  let out = "";
  for (const name of element.getAttributeNames()) {
    const value = element.getAttribute(name) ?? "";
    if (KEPT.has(name) && value.length <= LONGEST_VALUE) out += ` ${name}="${escapeAttribute(value)}"`;
    // Only the fact that it is a link: the service judges blocks by how much of them is links.
    else if (name === "href") out += ' href="#"';
  }
  return out;
}

function head(document: Document, { withAddress }: SnapshotOptions): string[] {
  // Not `document.title`, nor `attributes` below: a picture or field of that name would come in its place.
  const title = document.querySelector("head > title")?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  const base = withAddress ? document.documentElement.baseURI : null;
  const out = ["<title>", escapeText(title.slice(0, LONGEST_VALUE)), "</title>"];
  for (const meta of document.head?.querySelectorAll("meta[content]") ?? []) {
    const name = meta.getAttribute("property") ?? meta.getAttribute("name") ?? "";
    const stated = meta.getAttribute("content") ?? "";
    const content = ADDRESS_META.test(name) ? base && bareAddress(stated, base) : META.test(name) && stated;
    if (content && content.length <= LONGEST_VALUE)
      out.push(`<meta property="${escapeAttribute(name)}" content="${escapeAttribute(content)}">`);
  }
  for (const script of document.querySelectorAll('script[type="application/ld+json"]'))
    out.push(...schema(script.textContent ?? "", base));
  return out;
}

/**
 * Structured data cut down to what kind of page this is, its title, its language and when it appeared. `base`: what
 * its addresses start from; null where none may be sent.
 */
function schema(source: string, base: string | null): string[] {
  let data: unknown;
  try {
    data = JSON.parse(source);
  } catch {
    return [];
  }
  const json = JSON.stringify(reduced(data, base, 0)).replaceAll("<", "\\u003c");
  return json.length > 2 ? ['<script type="application/ld+json">', json, "</script>"] : [];
}

function reduced(value: unknown, base: string | null, depth: number, key = ""): unknown {
  if (depth > 6) return undefined;
  if (Array.isArray(value)) return value.slice(0, 50).map((one) => reduced(one, base, depth + 1, key));
  if (typeof value === "string")
    return (base && ADDRESS_KEYS.has(key) ? bareAddress(value, base) : value)?.slice(0, LONGEST_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => SCHEMA_KEYS.has(key) || (base && ADDRESS_KEYS.has(key)))
    .map(([key, inner]) => [key, reduced(inner, base, depth + 1, key)]);
  return Object.fromEntries(entries);
}

const escapeText = (s: string) =>
  s.replace(/[&<>]/g, (c) => (c === "&" ? "&amp;" : c === "<" ? "&lt;" : "&gt;"));
const escapeAttribute = (s: string) => escapeText(s).replaceAll('"', "&quot;");
