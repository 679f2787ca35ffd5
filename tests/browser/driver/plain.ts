/** A page of a real browser with our plain modules in it, for tests of what has no interface. */
import { build } from "esbuild";
import puppeteer, { type Browser } from "puppeteer-core";
import type * as anchor from "../../../extension/lib/anchor";
import type * as highlight from "../../../extension/lib/highlight";
import type * as sensitive from "../../../extension/lib/sensitive";
import type * as snapshot from "../../../extension/lib/snapshot";
import { type BrowserName, programOf } from "./program";
import { asExpression, PATIENCE } from "./reader";

declare global {
  /** The modules under test, inside the page. */
  const lib: typeof anchor & typeof highlight & typeof snapshot & Pick<typeof sensitive, "sensitiveFields">;
}

export interface PlainPage {
  /** Shows this HTML, and nothing of what was there before. */
  show(html: string): Promise<void>;
  /** Goes to a page that somebody serves. */
  visit(address: string): Promise<void>;
  run<T, A extends unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
}

export interface PlainBrowser {
  newPage(): Promise<PlainPage>;
  close(): Promise<void>;
}

const SOURCE = `
export * from "./extension/lib/anchor";
export * from "./extension/lib/highlight";
export * from "./extension/lib/snapshot";
export { sensitiveFields } from "./extension/lib/sensitive";
`;

async function bundle(): Promise<string> {
  const result = await build({
    stdin: { contents: SOURCE, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "lib",
    // The extension's own interface is not needed for these modules, only named by their neighbours.
    alias: { "wxt/browser": "./tests/browser/driver/no-extension.ts" },
  });
  return result.outputFiles[0]!.text;
}

export async function openPlain(name: BrowserName): Promise<PlainBrowser> {
  const [browser, code] = await Promise.all([launch(name), bundle()]);
  return {
    close: () => browser.close(),
    newPage: async () => {
      const page = await browser.newPage();
      return {
        show: async (html) => {
          await page.setContent(html);
          await page.evaluate(`${code}; globalThis.lib = lib;`);
        },
        visit: async (address) => {
          await page.goto(address, { waitUntil: "domcontentloaded", timeout: PATIENCE });
          await page.evaluate(`${code}; globalThis.lib = lib;`);
        },
        run: (run, ...args) => page.evaluate(asExpression(run, args)) as never,
      };
    },
  };
}

const launch = (name: BrowserName): Promise<Browser> =>
  puppeteer.launch({
    browser: name === "firefox" ? "firefox" : "chrome",
    executablePath: programOf(name),
    args: name === "chromium" ? ["--no-sandbox", "--no-first-run"] : [],
    timeout: PATIENCE,
  });
