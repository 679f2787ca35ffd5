/**
 * Firefox ESR with the extension, driven as a reader would. WebDriver BiDi reaches the pages in tabs; the
 * popup, the sidebar and the background are reached through the browser's own window (`moz:scope: chrome`),
 * where a frame script runs the given code inside of them.
 */
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { programOf } from "./program";
import { asExpression, PATIENCE, type Reader, type Surface, type Tab, until } from "./reader";

const EXTENSION = `${process.cwd()}/.output/firefox-mv3`;

interface Connection {
  send(method: string, params: object): Promise<{ result: Record<string, unknown> }>;
}

export async function openFirefox(): Promise<Reader> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: programOf("firefox"),
    headless: true,
    args: ["--remote-allow-system-access", "--width=1280", "--height=1000"],
    defaultViewport: null,
    timeout: PATIENCE,
    extraPrefsFirefox: {
      // The question "allow this site?" is the browser's own; here the answer is yes.
      "extensions.webextOptionalPermissionPrompts": false,
      "network.dns.localDomains": "news.example,other.example",
    },
  });
  const connection = (browser as unknown as { connection: Connection }).connection;
  const id = await browser.installExtension(EXTENSION);
  const { result } = await connection.send("browsingContext.getTree", { "moz:scope": "chrome" });
  const [window] = result.contexts as { context: string }[];
  return new Firefox(browser, connection, window!.context, id);
}

class Firefox implements Reader {
  constructor(
    readonly browser: Browser,
    private readonly connection: Connection,
    private readonly window: string,
    private readonly id: string,
  ) {}

  async visit(address: string): Promise<Tab> {
    const page = await this.browser.newPage();
    await page.goto(address, { timeout: PATIENCE });
    await page.bringToFront();
    return new FirefoxTab(page);
  }

  async pressButton(tab: Tab): Promise<Surface> {
    await tab.front();
    // A second click on the button would close an open popup.
    await this.inWindow(`(${POPUP})?.closest("panel")?.hidePopup();`);
    await until(() => this.inWindow<boolean>(`return !(${POPUP});`), "the popup is closed");
    await this.inWindow(`
      const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
      const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(this.id)});
      await ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(window);`);
    return this.surface(POPUP);
  }

  panel(): Promise<Surface> {
    return this.surface(SIDEBAR);
  }

  panelIsOpen(): Promise<boolean> {
    return this.inWindow<boolean>(`return !!(${SIDEBAR});`);
  }

  async openPage(path: string): Promise<Tab> {
    const address = await this.inWindow<string>(`
      const address = "moz-extension://" + ${this.extension}.uuid + "/" + ${JSON.stringify(path)};
      gBrowser.selectedTab = gBrowser.addTrustedTab(address);
      return address;`);
    const finder = `gBrowser.browsers.findLast((b) => b.currentURI.spec.startsWith(${JSON.stringify(address)}))`;
    const surface = await this.surface(finder);
    const inWindow = (statements: string) => this.inWindow<void>(`const browser = ${finder}; ${statements}`);
    const refuse = () => Promise.reject(new Error("not on the extension's own pages in Firefox"));
    return {
      ...surface,
      address: () => address,
      front: () => inWindow("gBrowser.selectedTab = gBrowser.getTabForBrowser(browser);"),
      close: () => inWindow("gBrowser.removeTab(gBrowser.getTabForBrowser(browser));"),
      clickAt: refuse,
      goto: refuse,
    };
  }

  async badge(_tab: Tab): Promise<string> {
    return this.inBackground(async () => {
      const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
      return chrome.action.getBadgeText({ tabId: tab?.id });
    });
  }

  async chooseMenu(item: string, selectionText: string): Promise<void> {
    const info = JSON.stringify({ menuItemId: item, selectionText, editable: false, modifiers: [] });
    await this.inWindow(`
      await ${this.extension}.wakeupBackground?.();
      ${this.extension}.emit("webext-menu-menuitem-click", ${info}, gBrowser.selectedTab);`);
  }

  async command(name: string): Promise<void> {
    await this.inWindow(`
      await ${this.extension}.wakeupBackground?.();
      ${this.extension}.tabManager.addActiveTabPermission();
      ${this.extension}.shortcuts.onCommand(${JSON.stringify(name)});`);
  }

  async typeAddress(text: string): Promise<void> {
    await this.inWindow(`
      await ${this.extension}.wakeupBackground?.();
      ${this.extension}.emit("webext-omnibox-input-entered", ${JSON.stringify(text)}, "currentTab");`);
  }

  async inBackground<T, A extends unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    await this.inWindow(`await ${this.extension}.wakeupBackground?.();`);
    return this.inBrowser(this.background, run, args);
  }

  async killBackground(): Promise<void> {
    await this.inWindow(`await ${this.extension}.terminateBackground({ ignoreDevToolsAttached: true });`);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private get extension(): string {
    return `WebExtensionPolicy.getByID(${JSON.stringify(this.id)}).extension`;
  }

  private get background(): string {
    return `[...${this.extension}.views].find((view) => view.viewType === "background")?.xulBrowser`;
  }

  private async surface(finder: string): Promise<Surface> {
    await until(() => this.inWindow<boolean>(`return !!(${finder});`), "surface");
    const surface: Surface = {
      evaluate: (run, ...args) => this.inBrowser(finder, run, args),
      close: async () => void (await this.inBrowser(finder, () => window.close(), [])),
    };
    // While the page is still loading, nobody is there to answer.
    const isDrawn = () => surface.evaluate(() => !!document.querySelector("h1")).catch(() => false);
    await until(isDrawn, "the surface is drawn");
    return surface;
  }

  /** Runs a function in the page that a `<browser>` of the window shows, with the rights of a reader's click. */
  private async inBrowser<T, A extends unknown[]>(
    finder: string,
    run: (...args: A) => T | Promise<T>,
    args: A,
  ): Promise<T> {
    const code = `Promise.resolve(${asExpression(run, args)}).then((value) => JSON.stringify({ value }))`;
    const frame = `(async () => {
      let answer;
      try {
        content.document.notifyUserGestureActivation();
        const box = Cu.Sandbox(content, { sandboxPrototype: content, wantXrays: false });
        const gesture = content.windowUtils.setHandlingUserInput(true);
        const running = Cu.evalInSandbox(${JSON.stringify(code)}, box);
        gesture.destruct();
        answer = await running;
      } catch (error) {
        answer = JSON.stringify({ error: String(error) });
      }
      sendAsyncMessage(NAME, answer);
    })()`;
    const answer = await this.inWindow<string>(`
      const browser = ${finder};
      if (!browser) return JSON.stringify({ error: "not there" });
      const name = "obelism-test-" + Math.random();
      const heard = new Promise((done) => browser.messageManager.addMessageListener(name, (m) => done(m.data)));
      const script = ${JSON.stringify(frame)}.replace("NAME", JSON.stringify(name));
      browser.messageManager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(script), false);
      const gone = new Promise((done) => {
        const timer = setInterval(() => {
          if (browser.isConnected && browser.messageManager) return;
          clearInterval(timer);
          done('{"error":"closed before it answered"}');
        }, 50);
        heard.then(() => clearInterval(timer));
      });
      return Promise.race([heard, gone, new Promise((done) => setTimeout(() => done('{"error":"no answer"}'), 30000))]);`);
    const { value, error } = JSON.parse(answer) as { value: T; error?: string };
    if (error) throw new Error(error);
    return value;
  }

  /** Runs statements in the browser's own window. */
  private async inWindow<T>(statements: string): Promise<T> {
    const { result } = await this.connection.send("script.evaluate", {
      expression: `(async () => { ${statements} })().then((value) => JSON.stringify({ value }))`,
      target: { context: this.window },
      awaitPromise: true,
      userActivation: true,
    });
    const outcome = result as { result?: { value: string }; exceptionDetails?: { text: string } };
    if (!outcome.result) throw new Error(outcome.exceptionDetails?.text ?? "the window did not answer");
    return (JSON.parse(outcome.result.value) as { value: T }).value;
  }
}

const POPUP = `[...document.querySelectorAll("browser")].find((b) => b.currentURI?.spec.endsWith("/popup.html"))`;
const SIDEBAR = `document.getElementById("sidebar")?.contentDocument?.getElementById("webext-panels-browser")`;

class FirefoxTab implements Tab {
  constructor(private readonly page: Page) {}
  evaluate<T, A extends unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    return this.page.evaluate(asExpression(run, args)) as Promise<T>;
  }
  address = () => this.page.url();
  clickAt = (x: number, y: number) => this.page.mouse.click(x, y);
  front = () => this.page.bringToFront();
  goto = async (address: string) => void (await this.page.goto(address, { timeout: PATIENCE }));
  close = () => this.page.close();
}
