/** Notes that travel: W3C Web Annotation, Markdown, CSV, plain text. */
import type { Words } from "./i18n";
import type { Done } from "./state";
import type { Claim, Note, Position, Review } from "./types";
import { visibleNotes } from "./visible";
import { framingOf, reviewStateOf, stanceOf, statusOf, tellingOf } from "./wording";

/** https://www.w3.org/TR/annotation-model/ : one annotation a note, in a page of annotations. */
export function asAnnotations(state: Done, words: Words): string {
  const items = visibleNotes(state).map((note) => ({
    id: newId(),
    type: "Annotation",
    motivation: note.level === "flag" ? "questioning" : "commenting",
    created: new Date(state.at).toISOString(),
    creator: { type: "Software", name: words.t("wordmark") },
    body: {
      type: "TextualBody",
      format: "text/markdown",
      language: words.language,
      value: noteBody(note, words),
    },
    target: {
      source: state.url,
      selector: { type: "TextQuoteSelector", ...note.quote },
    },
  }));
  const context = "http://www.w3.org/ns/anno.jsonld";
  return JSON.stringify({ "@context": context, id: newId(), type: "AnnotationPage", items }, null, 2);
}

/** The standard asks each annotation and page for exactly one. */
const newId = () => `urn:uuid:${crypto.randomUUID()}`;

export function asMarkdown(state: Done, words: Words): string {
  const title = state.reading.page.title || state.url;
  const notes = visibleNotes(state).map(
    (note) => `> ${markdown(note.quote.exact)}\n\n${noteBody(note, words)}\n`,
  );
  return [`# ${markdown(title)}`, `<${state.url}>`, words.t("noCleanBill"), ...notes].join("\n\n");
}

export function asCsv(state: Done, words: Words): string {
  const header = ["sentence", "level", "framing", "speaker", "claim", "status", "sources"];
  const rows = visibleNotes(state).map((note) => [
    note.quote.exact,
    note.level,
    note.framing,
    note.speaker ?? "",
    tellingOf(note.claim, words).text,
    note.claim.status,
    sourcesOf(note.claim, words).map(asLine).join(" | "),
  ]);
  // The mark at the start tells spreadsheets that this is UTF-8.
  return `\ufeff${[header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** One note to paste into a message. */
export function noteAsText(note: Note, state: Done, words: Words): string {
  return [
    words.t("quoted", note.quote.exact),
    framingOf(note, words),
    `${tellingOf(note.claim, words).text} (${statusOf(note.claim, words)})`,
    ...sourcesOf(note.claim, words).map(asLine),
    state.url,
  ].join("\n");
}

function noteBody(note: Note, words: Words): string {
  const { claim } = note;
  return [
    `${framingOf(note, words)}.`,
    `**${markdown(tellingOf(claim, words).text)}** (${statusOf(claim, words)})`,
    sourcesOf(claim, words)
      .map(({ said, url }) => `- ${markdown(said)}${url ? `, <${new URL(url).href}>` : ""}`)
      .join("\n"),
  ].join("\n\n");
}

interface Source {
  said: string;
  url: string | null;
}

const sourcesOf = (claim: Claim, words: Words): Source[] => [
  ...claim.positions.map((position) => positionSource(position, words)),
  ...claim.reviews.map((review) => reviewSource(review, words)),
];

function positionSource(position: Position, words: Words): Source {
  return { said: joined(position.party, stanceOf(position, words), position.date), url: position.url };
}

function reviewSource(review: Review, words: Words): Source {
  const rating = words.t("quoted", review.rating);
  const said = joined(review.publisher, rating, reviewStateOf(review, words), review.date);
  return { said, url: review.url };
}

const asLine = ({ said, url }: Source) => joined(said, url);
const joined = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(", ");

/** Text of others stays text: no headings, links or HTML of its own. */
const markdown = (s: string) => s.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|]/g, "\\$&");

/** RFC 4180; a cell that a spreadsheet would run as a formula gets an apostrophe first. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
