/** The browsers that every end-to-end test runs in; `OBELISM_BROWSER` picks one. */
import { openChromium } from "./chromium";
import { openFirefox } from "./firefox";
import type { BrowserName } from "./program";
import type { Reader } from "./reader";

const ALL: [BrowserName, () => Promise<Reader>][] = [
  ["chromium", openChromium],
  ["firefox", openFirefox],
];

export const BROWSERS = ALL.filter(([name]) => (process.env.OBELISM_BROWSER ?? name) === name);
