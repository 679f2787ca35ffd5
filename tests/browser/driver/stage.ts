/** A browser with the extension, pages to read, and a service that plays its part: set up and taken down. */
import { BROWSERS } from "./browsers";
import type { Reader, Surface, Tab } from "./reader";
import { press, seen } from "./reader";
import { type Answer, type PlayedService, playService, type Running, servePages } from "./servers";

export interface Stage {
  reader: Reader;
  service: PlayedService;
  pages: Running;
  /** Replaces the settings: agreement to the played service, and what else is given. */
  settle(settings?: Record<string, unknown>): Promise<void>;
  /** Visits a page, presses the button and asks for a check. */
  check(path: string): Promise<{ tab: Tab; panel: Surface }>;
  close(): Promise<void>;
}

interface Options {
  made?: Record<string, string>;
}

export async function setStage(browser: string, answer: Answer, { made }: Options = {}): Promise<Stage> {
  const [, open] = BROWSERS.find(([name]) => name === browser)!;
  const pages = await servePages(made);
  const service = await playService(answer);
  const reader = await open();
  const stage: Stage = {
    reader,
    service,
    pages,
    settle: (settings = {}) =>
      reader.inBackground(
        async (address, settings) => {
          await chrome.storage.local.clear();
          await chrome.storage.local.set({ settings: { service: address, consent: address, ...settings } });
        },
        service.address,
        settings,
      ),
    check: async (path) => {
      const tab = await reader.visit(pages.address + path);
      // An open panel may still show the tab before, or a look-up.
      if (await reader.panelIsOpen()) {
        await press(await reader.panel(), "Notes");
        await seen(await reader.panel(), "not been checked");
      }
      const popup = await reader.pressButton(tab);
      await press(popup, "Check this page");
      const panel = await reader.panel();
      await seen(panel, "read.");
      return { tab, panel };
    },
    close: async () => {
      await reader.close();
      await service.close();
      await pages.close();
    },
  };
  await stage.settle();
  return stage;
}
