/** The words of the interface. Chosen in the options, so not the browser's own `i18n`, which cannot be told. */
import { browser } from "wxt/browser";
import type en from "../public/_locales/en/messages.json";
import type { Settings } from "./settings";

export type Key = keyof typeof en;
/** Keys that come in several numbers: `x_one`, `x_other`. */
export type CountKey = { [K in Key]: K extends `${infer Stem}_other` ? Stem : never }[Key];

type Catalogue = Record<string, { message: string } | undefined>;

export interface Words {
  language: string;
  direction: "ltr" | "rtl";
  t(key: Key, ...values: (string | number)[]): string;
  /** The form for this number; `$1` is the number as it is written in this language. */
  n(key: CountKey, count: number): string;
  /** A day as it is written: "24 October 2024". */
  day(iso: string): string;
  /** How long ago, in the largest unit: "2 years ago". */
  age(iso: string, now?: number): string;
  /** The name of a language: "French". */
  languageName(code: string): string;
}

export const LANGUAGES = ["en", "fr"] as const;
/** `Intl.Locale` knows this, but not in every browser. */
const FROM_RIGHT = ["ar", "fa", "he", "ur"];

export async function openWords(choice: Settings["language"]): Promise<Words> {
  const wanted = choice === "auto" ? browser.i18n.getUILanguage() : choice;
  const code = LANGUAGES.find((one) => wanted.toLowerCase().startsWith(one)) ?? "en";
  const response = await fetch(browser.runtime.getURL(`/_locales/${code}/messages.json`));
  return wordsFrom(code, (await response.json()) as Catalogue);
}

export function wordsFrom(language: string, catalogue: Catalogue): Words {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  const written = (value: string | number) => (typeof value === "number" ? number.format(value) : value);
  const fill = (key: string, ...values: (string | number)[]) =>
    (catalogue[key]?.message ?? key).replace(/\$(\d)/g, (_, n) => written(values[Number(n) - 1] ?? ""));
  return {
    language,
    direction: FROM_RIGHT.includes(language) ? "rtl" : "ltr",
    t: fill,
    n: (key, count) => {
      const form = `${key}_${plural.select(count)}`;
      return fill(form in catalogue ? form : `${key}_other`, count);
    },
    day: (iso) => writtenDay(iso, language),
    age: (iso, now = Date.now()) => writtenAge(iso, language, now),
    languageName: (code) =>
      new Intl.DisplayNames([language], { type: "language", fallback: "code" }).of(code) ?? code,
  };
}

/** "2024" and "2024-10" stay as exact as they are. */
function writtenDay(iso: string, language: string): string {
  const exact =
    iso.length >= 10
      ? ({ day: "numeric", month: "long" } as const)
      : iso.length >= 7
        ? ({ month: "long" } as const)
        : {};
  const date = new Date(iso.slice(0, 10));
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(language, { ...exact, year: "numeric", timeZone: "UTC" }).format(date);
}

const DAY = 86_400_000;

function writtenAge(iso: string, language: string, now: number): string {
  const days = Math.round((now - new Date(iso.slice(0, 10)).getTime()) / DAY);
  if (Number.isNaN(days)) return "";
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (Math.abs(days) < 31) return format.format(-days, "day");
  if (Math.abs(days) < 365) return format.format(-Math.round(days / 30.44), "month");
  return format.format(-Math.floor(days / 365.25) || -1, "year");
}
