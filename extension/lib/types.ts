/** The nouns that cross the wire, checked at the edge: what the service answers is not trusted. */
import * as v from "valibot";

const MAX_NOTES = 500;
const MAX_RESULTS = 100;
const MAX_ITEMS = 60;

/** Text of the service, cut to a length that no layout chokes on; never read as HTML. */
const text = (most: number) =>
  v.pipe(
    v.string(),
    v.transform((s) => (s.length > most ? `${s.slice(0, most - 1)}…` : s)),
  );
const label = text(300);
const prose = text(2000);
// A quote is compared with the page, so it is never shortened: one too long for a sentence is refused.
const verbatim = v.pipe(v.string(), v.maxLength(8000));
const date = v.fallback(v.nullish(v.pipe(v.string(), v.regex(/^\d{4}(-\d{2}(-\d{2})?)?/))), null);

/** An http or https address, or null: `javascript:` and the like become no link at all. */
const link = v.fallback(
  v.pipe(
    v.string(),
    v.maxLength(4000),
    v.check((s) => isWebAddress(s)),
    v.transform((s): string | null => s),
  ),
  null,
);

export function isWebAddress(address: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** A list that keeps its good items and drops the others; what is no list is refused. */
function listOf<T extends v.GenericSchema>(item: T, most = MAX_ITEMS) {
  return v.pipe(
    v.array(v.unknown()),
    v.transform((all) =>
      all.slice(0, most).flatMap((one) => {
        const result = v.safeParse(item, one);
        return result.success ? [result.output] : [];
      }),
    ),
  );
}

/** The same, and empty where there is no list. */
export function kept<T extends v.GenericSchema>(item: T, most = MAX_ITEMS) {
  return v.fallback(listOf(item, most), []);
}

export const FRAMINGS = ["asserted", "attributed", "denied", "questioned"] as const;
export const STATUSES = ["refuted", "supported", "disputed", "unproven", "satire", "unrated"] as const;
export const STANCES = ["asserts", "disputes", "denies", "no comment"] as const;
export const REVIEW_STATES = ["current", "corrected", "superseded", "retracted"] as const;
export const LEVELS = ["flag", "context"] as const;
export const PAGE_KINDS = ["news", "fact-check", "opinion", "satire"] as const;

const Review = v.object({
  publisher: label,
  rating: label,
  url: link,
  title: v.fallback(prose, ""),
  date,
  language: v.fallback(v.string(), "und"),
  state: v.fallback(v.picklist(REVIEW_STATES), "current"),
});
const Position = v.object({
  party: label,
  stance: v.picklist(STANCES),
  url: link,
  title: v.fallback(prose, ""),
  date,
});
const Phrasing = v.object({ text: prose, language: v.fallback(v.string(), "und") });
const Claim = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
  text: v.pipe(prose, v.minLength(1)),
  language: v.fallback(v.string(), "und"),
  claimant: v.fallback(v.nullish(label), null),
  phrasings: kept(Phrasing),
  reviews: kept(Review),
  positions: kept(Position),
  status: v.fallback(v.picklist(STATUSES), "unrated"),
});
const Reason = v.object({ kind: label, detail: prose });
const score = v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0);

/** What the page denies or asks is context, whatever the answer says: a denial never looks like a falsehood. */
const CALM = ["denied", "questioned"];

const Note = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
    quote: v.object({
      exact: v.pipe(verbatim, v.minLength(1)),
      prefix: v.fallback(verbatim, ""),
      suffix: v.fallback(verbatim, ""),
    }),
    claim: Claim,
    framing: v.picklist(FRAMINGS),
    speaker: v.fallback(v.nullish(label), null),
    level: v.picklist(LEVELS),
    score,
    reasons: kept(Reason),
    cues: kept(label),
  }),
  v.transform((note) => (CALM.includes(note.framing) ? { ...note, level: "context" as const } : note)),
);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const ReadingSchema = v.object({
  page: v.object({
    url: v.fallback(v.nullish(v.string()), null),
    title: v.fallback(prose, ""),
    language: v.fallback(v.string(), "und"),
    published: date,
    kind: v.fallback(v.picklist(PAGE_KINDS), "news"),
  }),
  counts: v.object({ statements: count, notes: count, flags: count }),
  notes: listOf(Note, MAX_NOTES),
});

const Result = v.object({ claim: Claim, score, same: v.fallback(v.boolean(), false), reasons: kept(Reason) });

export const LookupSchema = v.object({ results: listOf(Result, MAX_RESULTS) });

/** What says that an Obelism service answers, and not just any program that listens there. */
export const ReadySchema = v.object({ status: v.picklist(["ready", "degraded"]) });

export const ProblemSchema = v.object({
  type: v.fallback(v.string(), ""),
  title: v.fallback(label, ""),
  detail: v.fallback(prose, ""),
});

export type Review = v.InferOutput<typeof Review>;
export type Position = v.InferOutput<typeof Position>;
export type Claim = v.InferOutput<typeof Claim>;
export type Reason = v.InferOutput<typeof Reason>;
export type Note = v.InferOutput<typeof Note>;
export type Quote = Note["quote"];
export type Reading = v.InferOutput<typeof ReadingSchema>;
export type LookupResult = v.InferOutput<typeof Result>;
export type Framing = Note["framing"];
export type Level = Note["level"];
export type FeedbackKind = "wrong-match" | "wrong-framing";
