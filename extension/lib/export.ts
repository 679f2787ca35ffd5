/** Notes that travel: W3C Web Annotation, Markdown, CSV, plain text. */
import type { Words } from "./i18n";
import type { Done } from "./state";
import type { Claim, Note, Position, Review } from "./types";
import { visibleNotes } from "./visible";
import { framingOf, reviewStateOf, stanceOf, statusOf, tellingOf } from "./wording";

/** https://www.w3.org/TR/annotation-model/ : one annotation a note, in a page of annotations. */
export function asAnnotations(state: Done, words: Words): string {
  const items = visibleNotes(state).map((note) => ({
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
  const page = { "@context": "http://www.w3.org/ns/anno.jsonld", type: "AnnotationPage", items };
  return JSON.stringify(page, null, 2);
}

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
    sourcesOf(note.claim, words).join(" | "),
  ]);
  // The mark at the start tells spreadsheets that this is UTF-8.
  return `\ufeff${[header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** One note to paste into a message. */
export function noteAsText(note: Note, state: Done, words: Words): string {
  return [
    `“${note.quote.exact}”`,
    framingOf(note, words),
    `${tellingOf(note.claim, words).text} (${statusOf(note.claim, words)})`,
    ...sourcesOf(note.claim, words),
    state.url,
  ].join("\n");
}

function noteBody(note: Note, words: Words): string {
  const { claim } = note;
  return [
    `${framingOf(note, words)}.`,
    `**${markdown(tellingOf(claim, words).text)}** (${statusOf(claim, words)})`,
    sourcesOf(claim, words)
      .map((source) => `- ${markdown(source)}`)
      .join("\n"),
  ].join("\n\n");
}

const sourcesOf = (claim: Claim, words: Words): string[] => [
  ...claim.positions.map((position) => positionLine(position, words)),
  ...claim.reviews.map((review) => reviewLine(review, words)),
];

const positionLine = (position: Position, words: Words) =>
  joined(position.party, stanceOf(position, words), position.date, position.url);

function reviewLine(review: Review, words: Words): string {
  return joined(
    review.publisher,
    `“${review.rating}”`,
    reviewStateOf(review, words),
    review.date,
    review.url,
  );
}

const joined = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(", ");

/** Text of others stays text: no headings, links or HTML of its own. */
const markdown = (s: string) => s.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|]/g, "\\$&");

/** RFC 4180; a cell that a spreadsheet would run as a formula gets an apostrophe first. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
