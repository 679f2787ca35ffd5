/** Quote -> an address that leads straight to the sentence, by a text fragment. */
import type { Quote } from "./types";

/** Words at each end: enough to be unique in an article, short enough for any address line. */
const END_WORDS = 6;

/** https://wicg.github.io/scroll-to-text-fragment/ : the sentence, or its two ends when it is long. */
export function fragmentLink(href: string, { exact }: Quote): string {
  const words = exact.trim().split(/\s+/);
  const text =
    words.length <= 2 * END_WORDS
      ? encode(exact.trim())
      : `${encode(words.slice(0, END_WORDS).join(" "))},${encode(words.slice(-END_WORDS).join(" "))}`;
  const url = new URL(href);
  url.hash = "";
  return `${url.href}#:~:text=${text}`;
}

/** A hyphen and a comma have a meaning in the directive. */
const encode = (s: string) => encodeURIComponent(s).replaceAll("-", "%2D");
