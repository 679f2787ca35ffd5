/** Notes -> sentences for people. What a note says is decided by the service; how it is said, here. */
import type { Key, Words } from "./i18n";
import type { Failure } from "./state";
import type { Claim, Note, Position, Reading, Reason, Review } from "./types";

const FRAMING: Record<Note["framing"], Key> = {
  asserted: "framingAsserted",
  attributed: "framingAttributed",
  denied: "framingDenied",
  questioned: "framingQuestioned",
};

/** "Reported here as an allegation (source: Wall Street Journal)". */
export function framingOf({ framing, speaker }: Pick<Note, "framing" | "speaker">, { t }: Words): string {
  const said = t(FRAMING[framing]);
  return speaker && framing !== "asserted" ? t("framingBy", said, nameOf(speaker, t)) : said;
}

/**
 * The page names whoever speaks in its own language, the reader reads the note in another: so the name stands
 * apart from the grammar of our sentence. The article of "le Wall Street Journal" goes; that of "Le Monde" or
 * "Le Pen" belongs to the name; "le porte-parole" and "Le porte-parole" are no names and stay quotations.
 */
function nameOf(speaker: string, t: Words["t"]): string {
  const name = speaker.replace(/^(?:(?:le|la|les|the)\s+|l[’'])(?=\p{Lu})/u, "");
  return /^(?:(?:Le|La|Les|Une?|Des|The|An?)\s|L[’'])?\p{Ll}/u.test(name) ? t("quoted", name) : name;
}

/** The claim in the reader's language where the database has it so, else in its own. */
export function tellingOf(claim: Claim, { language }: Words): { text: string; language: string } {
  const tellings = [claim, ...claim.phrasings];
  return tellings.find((one) => one.language.split("-")[0] === language) ?? claim;
}

const PAGE_KIND: Record<Reading["page"]["kind"], Key | null> = {
  news: null,
  "fact-check": "pageIsFactCheck",
  opinion: "pageIsOpinion",
  satire: "pageIsSatire",
};
/** What a reader should know of the whole page; nothing to say of news. */
export function pageKindOf({ kind }: Reading["page"], { t }: Words): string | null {
  const key = PAGE_KIND[kind];
  return key && t(key);
}

const STATUS: Record<Claim["status"], Key> = {
  refuted: "statusRefuted",
  supported: "statusSupported",
  disputed: "statusDisputed",
  unproven: "statusUnproven",
  satire: "statusSatire",
  unrated: "statusUnrated",
};
const STATUS_WHY: Record<Claim["status"], Key> = {
  refuted: "statusRefutedWhy",
  supported: "statusSupportedWhy",
  disputed: "statusDisputedWhy",
  unproven: "statusUnprovenWhy",
  satire: "statusSatireWhy",
  unrated: "statusUnratedWhy",
};
export const statusOf = ({ status }: Pick<Claim, "status">, { t }: Words) => t(STATUS[status]);
export const statusWhy = ({ status }: Claim, { t }: Words) => t(STATUS_WHY[status]);

const STANCE: Record<Position["stance"], Key> = {
  asserts: "stanceAsserts",
  disputes: "stanceDisputes",
  denies: "stanceDenies",
  "no comment": "stanceNoComment",
};
export const stanceOf = ({ stance }: Position, { t }: Words) => t(STANCE[stance]);

const REVIEW_STATE: Record<Review["state"], Key | null> = {
  current: null,
  corrected: "reviewCorrected",
  superseded: "reviewSuperseded",
  retracted: "reviewRetracted",
};
export function reviewStateOf({ state }: Review, { t }: Words): string | null {
  const key = REVIEW_STATE[state];
  return key && t(key);
}

const REASONS = new Map<string, Key>([
  ["names", "reasonNames"],
  ["words", "reasonWords"],
  ["numbers", "reasonNumbers"],
  ["veto:number", "vetoNumber"],
  ["veto:date", "vetoDate"],
  ["veto:name", "vetoName"],
  ["veto:roles", "vetoRoles"],
  ["veto:modality", "vetoModality"],
  ["veto:fragment", "vetoFragment"],
]);

/**
 * "Names in both: Musk, Putin". A kind that we do not know keeps the service's own word; null for what the
 * note already says in another way.
 */
export function reasonOf({ kind, detail }: Reason, words: Words): string | null {
  if (kind === "score") return null;
  if (kind === "checked") return words.t("reasonChecked");
  if (kind === "meaning" && Number(detail) >= 0)
    return words.t("reasonMeaning", Math.round(Number(detail) * 100));
  if (kind === "languages") {
    const codes = detail.split("/").map((code) => code.trim());
    if (codes.every((code) => /^[a-z]{2,3}$/.test(code)))
      return words.t("reasonLanguages", codes.map(words.languageName).join(", "));
  }
  const key = REASONS.get(kind);
  return words.t("reasonLine", key ? words.t(key) : kind, detail);
}

const FAILURE: Record<Failure["kind"], Key> = {
  unreachable: "failureUnreachable",
  slow: "failureSlow",
  "not-article": "failureNotArticle",
  "too-large": "failureTooLarge",
  nonsense: "failureNonsense",
  refused: "failureRefused",
  busy: "failureBusy",
  token: "failureToken",
  unreadable: "failureUnreadable",
  interrupted: "failureInterrupted",
  excluded: "siteIsOff",
};
const ADVICE: Record<Failure["kind"], Key> = {
  unreachable: "adviceUnreachable",
  slow: "adviceSlow",
  "not-article": "adviceNotArticle",
  "too-large": "adviceTooLarge",
  nonsense: "adviceNonsense",
  refused: "adviceRefused",
  busy: "adviceBusy",
  token: "adviceToken",
  unreadable: "adviceUnreadable",
  interrupted: "adviceInterrupted",
  excluded: "siteIsOffAdvice",
};
export const failureOf = ({ kind }: Failure, { t }: Words) => t(FAILURE[kind]);
/** The service speaks English: readers of other languages see its words only where ours tell too little. */
export const detailOf = ({ kind, detail }: Failure, { language }: Words) =>
  language === "en" || kind === "refused" ? detail : undefined;
export const adviceFor = ({ kind }: Failure, service: string, { t }: Words) => t(ADVICE[kind], service);
