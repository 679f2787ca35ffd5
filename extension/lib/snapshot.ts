/** Document -> the HTML that is sent: what the reader sees, and nothing about the reader. */
import { walk } from "./readable";
import { inSlices } from "./slices";

/** Attributes that tell the service how a page is built. Links lose their address: it can name a reader. */
const KEPT = new Set(
  "class id lang dir role itemprop itemtype itemscope datetime cite property data-testid".split(" "),
);
const META =
  /^(og:(title|type|locale)|article:(published_time|modified_time|section)|date|dc\.date.*|author)$/i;
const ADDRESS_META = /^og:url$/i;
const SCHEMA_KEYS = new Set(
  "@context @type @graph datePublished dateModified inLanguage headline claimReviewed itemReviewed".split(
    " ",
  ),
);
const ADDRESS_KEYS = new Set("url appearance mainEntityOfPage @id".split(" "));
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

/** The page's address as it may be sent: without query, fragment, user name or password. */
export function bareAddress(href: string): string | null {
  const url = new URL(href);
  return url.protocol === "http:" || url.protocol === "https:" ? url.origin + url.pathname : null;
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
  const out = ["<title>", escapeText(title.slice(0, LONGEST_VALUE)), "</title>"];
  for (const meta of document.head?.querySelectorAll("meta[content]") ?? []) {
    const name = meta.getAttribute("property") ?? meta.getAttribute("name") ?? "";
    const content = meta.getAttribute("content") ?? "";
    const wanted = META.test(name) || (withAddress && ADDRESS_META.test(name));
    if (wanted && content.length <= LONGEST_VALUE)
      out.push(`<meta property="${escapeAttribute(name)}" content="${escapeAttribute(content)}">`);
  }
  for (const script of document.querySelectorAll('script[type="application/ld+json"]'))
    out.push(...schema(script.textContent ?? "", withAddress));
  return out;
}

/** Structured data cut down to what kind of page this is, when it appeared and which claim it reviews. */
function schema(source: string, withAddress: boolean): string[] {
  let data: unknown;
  try {
    data = JSON.parse(source);
  } catch {
    return [];
  }
  const json = JSON.stringify(reduced(data, withAddress, 0)).replaceAll("<", "\\u003c");
  return json.length > 2 ? ['<script type="application/ld+json">', json, "</script>"] : [];
}

function reduced(value: unknown, withAddress: boolean, depth: number): unknown {
  if (depth > 6) return undefined;
  if (Array.isArray(value)) return value.slice(0, 50).map((one) => reduced(one, withAddress, depth + 1));
  if (typeof value === "string") return value.slice(0, LONGEST_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => SCHEMA_KEYS.has(key) || (withAddress && ADDRESS_KEYS.has(key)))
    .map(([key, inner]) => [key, reduced(inner, withAddress, depth + 1)]);
  return Object.fromEntries(entries);
}

const escapeText = (s: string) =>
  s.replace(/[&<>]/g, (c) => (c === "&" ? "&amp;" : c === "<" ? "&lt;" : "&gt;"));
const escapeAttribute = (s: string) => escapeText(s).replaceAll('"', "&quot;");
