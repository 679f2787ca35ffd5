/** Where a browser lies: `CHROMIUM` or `FIREFOX` says it, else it has one of the names that `.ci/tools` knows. */
import { spawnSync } from "node:child_process";

const NAMES = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  firefox: ["firefox-esr", "firefox"],
};
export type BrowserName = keyof typeof NAMES;

export function programOf(browser: BrowserName): string {
  const said = process.env[browser.toUpperCase()];
  const found = said ?? NAMES[browser].map(which).find(Boolean);
  if (!found)
    throw new Error(
      `no ${NAMES[browser].join(", ")} was found: install one, or say where it is by ${browser.toUpperCase()}`,
    );
  return found;
}

const which = (name: string): string =>
  spawnSync("sh", ["-c", 'command -v "$0"', name], { encoding: "utf8" }).stdout.trim();
