/**
 * Takes the pictures of the documentation and the stores: popup, side panel, marks and options; light, dark,
 * French, narrow, high contrast. Real pages, the real service, the real extension in Chromium.
 */
import type { ChromiumPage } from "../../tests/browser/driver/chromium";
import { openChromium } from "../../tests/browser/driver/chromium";
import { serveLive } from "../../tests/browser/driver/live";
import { press, type Surface, seen, type Tab, until } from "../../tests/browser/driver/reader";
import { servePages } from "../../tests/browser/driver/servers";

const OUT = "docs/screenshots";
const ARTICLE = "/appels-secrets/";

const LOOKS = [
  { name: "light", language: "en", features: [{ name: "prefers-color-scheme", value: "light" }] },
  { name: "dark", language: "en", features: [{ name: "prefers-color-scheme", value: "dark" }] },
  { name: "french", language: "fr", features: [{ name: "prefers-color-scheme", value: "light" }] },
  { name: "contrast", language: "en", features: [{ name: "forced-colors", value: "active" }] },
] as const;

const WORDS = {
  en: { check: "Check this page", agree: "I agree", read: "read.", unasked: "has not been checked" },
  fr: { check: "Vérifier cette page", agree: "J’accepte", read: "lues.", unasked: "n’a pas été vérifiée" },
};

const pages = await servePages();
const service = await serveLive();
const reader = await openChromium();
try {
  for (const look of LOOKS) await takeAll(look);
  await takeNarrow();
} finally {
  await reader.close();
  await service.close();
  await pages.close();
}

async function takeAll({ name, language, features }: (typeof LOOKS)[number]): Promise<void> {
  const words = WORDS[language];
  const take = async (surface: Surface, what: string) => {
    await dress(surface, features);
    await surface.screenshot(`${OUT}/${what}-${name}.png`);
  };
  await settle({ language });
  const tab = await reader.visit(pages.address + ARTICLE);
  const asking = await reader.pressButton(tab);
  await seen(asking, words.agree);
  await take(asking, "agreement");
  await settle({ language, consent: service.address });
  const popup = await reader.pressButton(tab);
  await seen(popup, words.check, "button");
  await take(popup, "popup");
  await press(popup, words.check);
  const panel = await reader.panel();
  await seen(panel, words.read);
  await until(() => tab.evaluate(() => CSS.highlights.size > 0), "marks", 40_000);
  await take(panel, "panel");
  await take(tab, "marks");
  await tab.close();
  const options = await reader.openPage("options.html");
  await seen(options, "Obelism");
  await take(options, "options");
  await options.close();
}

/** At 280 pixels: the options and a look-up, as pages of their own. */
async function takeNarrow(): Promise<void> {
  await settle({ language: "en", consent: service.address });
  for (const [what, path] of [
    ["options", "options.html"],
    ["lookup", "sidepanel.html?q=Elon%20Musk%20talks%20to%20Vladimir%20Putin"],
  ] as const) {
    const page: Tab = await reader.openPage(path);
    await (page as ChromiumPage).page.setViewport({ width: 280, height: 900 });
    if (what === "lookup")
      await until(() => page.evaluate(() => !!document.querySelector(".claim-text")), "results", 40_000);
    await dress(page, LOOKS[0].features);
    await page.screenshot(`${OUT}/${what}-narrow.png`);
    await page.close();
  }
}

function dress(surface: Surface, features: readonly { name: string; value: string }[]): Promise<void> {
  return (surface as ChromiumPage).page.emulateMediaFeatures([...features]);
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
