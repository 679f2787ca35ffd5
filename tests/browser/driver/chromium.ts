/** Debian's Chromium with the extension, driven as a reader would: by its toolbar button. */
import puppeteer, { type Browser, type Page, type Target } from "puppeteer-core";
import { programOf } from "./program";
import { asExpression, PATIENCE, type Reader, type Surface, type Tab, until } from "./reader";

const EXTENSION = `${process.cwd()}/.output/chrome-mv3`;
const QUIET = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

export async function openChromium(): Promise<Reader> {
  const browser = await puppeteer.launch({
    executablePath: programOf("chromium"),
    headless: true,
    pipe: true,
    enableExtensions: [EXTENSION],
    args: [...QUIET, "--lang=en", "--window-size=1280,1500", "--host-resolver-rules=MAP *.example 127.0.0.1"],
    defaultViewport: null,
    timeout: PATIENCE,
  });
  const worker = await browser.waitForTarget(isWorker, { timeout: PATIENCE });
  const id = new URL(worker.url()).host;
  return new Chromium(browser, id);
}

class Chromium implements Reader {
  constructor(
    readonly browser: Browser,
    readonly extensionId: string,
  ) {}

  async visit(address: string): Promise<Tab> {
    const page = await this.browser.newPage();
    await page.goto(address, { timeout: PATIENCE });
    await page.bringToFront();
    return new ChromiumPage(page);
  }

  async pressButton(tab: Tab): Promise<Surface> {
    await this.closeSurface("popup.html");
    const session = await this.browser.target().createCDPSession();
    const targetId = await this.tabTarget((tab as ChromiumPage).page);
    // The same as a click on the toolbar button: it gives `activeTab` and opens the popup.
    await session.send("Extensions.triggerAction" as never, { id: this.extensionId, targetId } as never);
    await session.detach();
    return this.surface("popup.html");
  }

  panel(): Promise<Surface> {
    return this.surface("sidepanel.html");
  }

  async panelIsOpen(): Promise<boolean> {
    return this.browser.targets().some((target) => isSurface(target, "sidepanel.html"));
  }

  async openPage(path: string): Promise<Tab> {
    return this.visit(`chrome-extension://${this.extensionId}/${path}`);
  }

  async badge(tab: Tab): Promise<string> {
    return this.inBackground(async (address: string) => {
      const [found] = await chrome.tabs.query({ active: true, url: address }).catch(() => []);
      const id = found?.id ?? (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0]?.id;
      return chrome.action.getBadgeText({ tabId: id });
    }, tab.address());
  }

  async inBackground<T, A extends unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    const target = await this.wake();
    const worker = await target.worker();
    // The target is there a moment before the extension interface is.
    await until(
      async () => (await worker!.evaluate("typeof globalThis.chrome?.storage")) === "object",
      "background",
    );
    return (await worker!.evaluate(asExpression(run, args))) as T;
  }

  async chooseMenu(item: string, selectionText: string): Promise<void> {
    await this.inBackground(
      async (item, selectionText) => {
        const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        const event = chrome.contextMenus.onClicked as unknown as {
          dispatch(info: object, tab: unknown): void;
        };
        event.dispatch({ menuItemId: item, selectionText }, tab);
      },
      item,
      selectionText,
    );
  }

  /** Headless Chromium hears no keys but the page's: the event is given, the right to the page is not. */
  async command(name: string): Promise<void> {
    await this.inBackground(async (name) => {
      const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
      const event = chrome.commands.onCommand as unknown as { dispatch(name: string, tab: unknown): void };
      event.dispatch(name, tab);
    }, name);
  }

  async typeAddress(text: string): Promise<void> {
    await this.inBackground((text) => {
      const event = chrome.omnibox.onInputEntered as unknown as { dispatch(...args: string[]): void };
      event.dispatch(text, "currentTab");
    }, text);
  }

  /** What the browser does to a background that has been idle. */
  async killBackground(): Promise<void> {
    const worker = await this.worker()!.worker();
    await worker!.close();
    await until(() => !this.worker(), "the background has ended");
  }

  private worker(): Target | undefined {
    return this.browser.targets().find(isWorker);
  }

  /** The background, started if the browser had ended it. */
  private async wake(): Promise<Target> {
    const running = this.worker();
    if (running) return running;
    // The popup asks the background whether the service is ready, wherever it is shown.
    const page = await this.browser.newPage();
    await page.goto(`chrome-extension://${this.extensionId}/popup.html`);
    const target = await this.browser.waitForTarget(isWorker, { timeout: PATIENCE });
    await page.close();
    return target;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private async surface(file: string): Promise<Surface> {
    const target = await this.browser.waitForTarget((t) => isSurface(t, file), { timeout: PATIENCE });
    const page = await target.asPage();
    return new ChromiumPage(page);
  }

  private async closeSurface(file: string): Promise<void> {
    for (const target of this.browser.targets().filter((one) => isSurface(one, file))) {
      const page = await target.asPage();
      // It may be about to close itself.
      await page.close().catch(() => {});
    }
    await until(() => !this.browser.targets().some((one) => isSurface(one, file)), `${file} is closed`);
  }

  private async tabTarget(page: Page): Promise<string> {
    const session = await this.browser.target().createCDPSession();
    const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "tab" }] });
    await session.detach();
    const address = page.url();
    const found = targetInfos.filter((info) => info.url === address).at(-1);
    if (!found) throw new Error(`no tab shows ${address}`);
    return found.targetId;
  }
}

const isWorker = (target: Target) =>
  target.type() === "service_worker" && target.url().endsWith("background.js");

const isSurface = (target: Target, file: string) =>
  new URL(target.url() || "about:blank").pathname === `/${file}`;

export class ChromiumPage implements Tab {
  constructor(readonly page: Page) {}
  evaluate<T, A extends unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    return this.page.evaluate(asExpression(run, args)) as Promise<T>;
  }
  address = () => this.page.url();
  clickAt = (x: number, y: number) => this.page.mouse.click(x, y);
  front = () => this.page.bringToFront();
  goto = async (address: string) => void (await this.page.goto(address, { timeout: PATIENCE }));
  close = () => this.page.close();
}
