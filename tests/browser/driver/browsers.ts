/** The browsers that every end-to-end test runs in; `OBELISM_BROWSER` picks one. */
import { openChromium } from "./chromium";
import { openFirefox } from "./firefox";
import type { Reader } from "./reader";

const ALL: [Reader["name"], () => Promise<Reader>][] = [
  ["chromium", openChromium],
  ["firefox", openFirefox],
];

export const BROWSERS = ALL.filter(([name]) => (process.env.OBELISM_BROWSER ?? name) === name);
