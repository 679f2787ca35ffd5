/**
 * Takes the pictures of the documentation and the stores: light, dark, French, narrow, high contrast. Real
 * pages, the real service with its starter claims, the real extension in Chromium. A browser takes no
 * picture of its own window, so `article-*.png` puts the article and the side panel side by side, each as
 * Chromium draws it, in the size that the stores ask for.
 */
import { readFileSync, rmSync } from "node:fs";
import type { Page } from "puppeteer-core";
import type { ChromiumPage } from "../../tests/browser/driver/chromium";
import { openChromium } from "../../tests/browser/driver/chromium";
import { serveLive } from "../../tests/browser/driver/live";
import {
  PATIENCE,
  press,
  type Surface,
  seen,
  type Tab,
  textOf,
  until,
} from "../../tests/browser/driver/reader";
import { servePages } from "../../tests/browser/driver/servers";

const OUT = "docs/screenshots";
const ARTICLE = "/appels-secrets/";
// Browsers show no more of a popup at once.
const POPUP_HEIGHT = 600;
const STORE = { width: 1280, height: 800 };
const PANEL_WIDTH = 420;

interface Look {
  name: string;
  language: "en" | "fr";
  features: { name: string; value: string }[];
}
const LIGHT: Look = {
  name: "light",
  language: "en",
  features: [{ name: "prefers-color-scheme", value: "light" }],
};
const DARK: Look = {
  name: "dark",
  language: "en",
  features: [{ name: "prefers-color-scheme", value: "dark" }],
};
const FRENCH: Look = { ...LIGHT, name: "french", language: "fr" };
const CONTRAST: Look = {
  name: "contrast",
  language: "en",
  features: [...DARK.features, { name: "forced-colors", value: "active" }],
};

const WORDS = {
  en: {
    check: "Check this page",
    agree: "I agree",
    read: "read.",
    again: "Try again",
    options: "Obelism: options",
  },
  fr: {
    check: "Vérifier cette page",
    agree: "J’accepte",
    read: "lues.",
    again: "Réessayer",
    options: "Obelism : options",
  },
};

const pages = await servePages();
const service = await serveLive();
const reader = await openChromium();
try {
  for (const look of [LIGHT, DARK]) await takeFront(look);
  await takeNarrow();
  for (const look of [LIGHT, DARK, FRENCH, CONTRAST]) await takeAll(look);
} finally {
  await reader.close();
  await service.close();
  await pages.close();
}

async function takeAll(look: Look): Promise<void> {
  const { name, language } = look;
  const words = WORDS[language];
  await settle({ language });
  const tab = await reader.visit(pages.address + ARTICLE);
  await dress(tab, look, { width: STORE.width - PANEL_WIDTH, height: STORE.height });
  const asking = await reader.pressButton(tab);
  await seen(asking, words.agree);
  await takeWhole(asking, look, `agreement-${name}`, POPUP_HEIGHT);
  await settle({ language, consent: service.address });
  const popup = await reader.pressButton(tab);
  await seen(popup, words.check, "button");
  await until(() => popup.evaluate(() => !!document.querySelector(".service[data-state=up]")), "the service");
  await takeWhole(popup, look, `popup-${name}`, POPUP_HEIGHT);
  await press(popup, words.check);
  const panel = await reader.panel();
  await until(async () => {
    const text = await textOf(panel);
    if (text.includes(words.again)) await press(panel, words.again);
    return text.includes(words.read);
  }, "notes");
  await until(() => tab.evaluate(() => CSS.highlights.size > 0), "marks");
  await takeSideBySide(tab, panel, look);
  await dress(panel, look, { width: PANEL_WIDTH, height: 1400 });
  await pageOf(panel).screenshot({ path: `${OUT}/panel-${name}.png` });
  await tab.close();
  const options = await reader.openPage("options.html");
  await seen(options, words.options);
  await dress(options, look, { width: 760, height: 800 });
  await takeWhole(options, look, `options-${name}`);
  await options.close();
}

/** At 280 pixels: the options and a look-up, as pages of their own. */
async function takeNarrow(): Promise<void> {
  await settle({ language: "en", consent: service.address });
  const statement = encodeURIComponent("Elon Musk has talked in secret with Vladimir Putin since 2022");
  for (const [what, path] of [
    ["options", "options.html"],
    ["lookup", `sidepanel.html?q=${statement}`],
  ] as const) {
    const page: Tab = await reader.openPage(path);
    const selector = what === "lookup" ? ".card" : "input";
    await until(() => page.evaluate((s) => !!document.querySelector(s), selector), what);
    await dress(page, LIGHT, { width: 280, height: 900 });
    await pageOf(page).screenshot({ path: `${OUT}/${what}-narrow.png` });
    await page.close();
  }
}

/** The page of the service itself, for readers without an extension. */
async function takeFront(look: Look): Promise<void> {
  const tab = await reader.visit(`${service.address}/`);
  await dress(tab, look, { width: 1280, height: 1000 });
  const page = pageOf(tab);
  const article = readFileSync(`tests/pages${ARTICLE}page.html`, "utf8");
  await page.$eval("textarea", (field, text) => Object.assign(field, { value: text }), article);
  await Promise.all([page.waitForNavigation({ timeout: PATIENCE }), page.click("form button:not([name])")]);
  await page.screenshot({ path: `${OUT}/front-${look.name}.png` });
  await tab.close();
}

/** A surface from its top to its end, or to the `most` that the browser shows of it. */
async function takeWhole(surface: Surface, look: Look, name: string, most = Infinity): Promise<void> {
  await dress(surface, look);
  const { width, height } = await surface.evaluate(() => {
    const body = document.body.getBoundingClientRect();
    // As much room to its right as to its left.
    return { width: body.left + body.right, height: document.querySelector("main")!.scrollHeight };
  });
  await pageOf(surface).screenshot({
    path: `${OUT}/${name}.png`,
    clip: { x: 0, y: 0, width, height: Math.min(height, most) },
  });
}

async function takeSideBySide(tab: Tab, panel: Surface, look: Look): Promise<void> {
  await dress(panel, look, { width: PANEL_WIDTH - 1, height: STORE.height });
  const parts: string[] = [];
  for (const surface of [tab, panel]) {
    const path = `${OUT}/part.png`;
    await pageOf(surface).screenshot({ path });
    parts.push(`<img src="data:image/png;base64,${readFileSync(path).toString("base64")}">`);
    rmSync(path);
  }
  const sheet = await reader.visit("about:blank");
  await dress(sheet, LIGHT, STORE);
  await pageOf(sheet).setContent(
    `<body style="display:flex;gap:1px;margin:0;background:#777">${parts.join("")}</body>`,
  );
  await pageOf(sheet).screenshot({ path: `${OUT}/article-${look.name}.png` });
  await sheet.close();
  await tab.front();
}

async function dress(
  surface: Surface,
  { features }: Look,
  size?: { width: number; height: number },
): Promise<void> {
  const page = pageOf(surface);
  const session = await page.createCDPSession();
  // The library knows no forced colours.
  await session.send("Emulation.setEmulatedMedia", { features });
  if (size) await page.setViewport({ ...size, deviceScaleFactor: 1 });
}

function pageOf(surface: Surface): Page {
  return (surface as ChromiumPage).page;
}

async function settle(settings: Record<string, unknown>): Promise<void> {
  await reader.inBackground(
    async (service, settings) => {
      await chrome.storage.local.set({ settings: { service, ...settings } });
    },
    service.address,
    settings,
  );
}
