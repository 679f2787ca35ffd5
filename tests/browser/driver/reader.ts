/** What a test can do with a browser that has the extension: the same in both browsers. */

export interface Surface {
  /** Runs in the page, as if in answer to the reader's own click. */
  evaluate<T, A extends unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  close(): Promise<void>;
}

export interface Tab extends Surface {
  address(): string;
  clickAt(x: number, y: number): Promise<void>;
  front(): Promise<void>;
  goto(address: string): Promise<void>;
}

export interface Reader {
  visit(address: string): Promise<Tab>;
  /** Clicks the toolbar button; the popup panel. */
  pressButton(tab: Tab): Promise<Surface>;
  panel(): Promise<Surface>;
  panelIsOpen(): Promise<boolean>;
  /** One of the extension's own pages, in a tab. */
  openPage(path: string): Promise<Tab>;
  badge(tab: Tab): Promise<string>;
  /** Chooses an entry of the context menu, over a selection. */
  chooseMenu(item: string, selectionText: string): Promise<void>;
  /** Presses the keys of a command of the extension, over the tab in front. */
  command(name: string): Promise<void>;
  /** Types into the address bar, after the extension's keyword, and presses Enter. */
  typeAddress(text: string): Promise<void>;
  inBackground<T, A extends unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  killBackground(): Promise<void>;
  close(): Promise<void>;
}

declare global {
  /** The extension interface, inside of `inBackground` and on the extension's own pages. */
  const chrome: typeof import("wxt/browser").browser;
}

/** A function and its arguments as one expression, to be run in another program. */
export function asExpression(run: (...args: never[]) => unknown, args: readonly unknown[]): string {
  // The compiler of the tests names inner functions by a helper that pages do not have.
  return `(() => { const __name = (f) => f; return (${run})(...${JSON.stringify(args)}); })()`;
}

/** How long anything may take, in milliseconds: a busy machine is no failure. */
export const PATIENCE = 90_000;

/** Waits for the thing, and says what it was when it does not come. */
export async function until(
  test: () => boolean | Promise<boolean>,
  what: string,
  patience = PATIENCE,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Presses the button, link or field label with this name; waits until it is there. */
export async function press(surface: Surface, name: string): Promise<void> {
  const CONTROLS = "button, a, summary, label";
  await seen(surface, name, CONTROLS);
  const click = surface.evaluate(
    (name, controls) => {
      const plain = (text: string) =>
        text
          .replace(/\u00ad/g, "")
          .replace(/\s+/g, " ")
          .trim();
      const all = [...document.querySelectorAll<HTMLElement>(controls)];
      const named = (e: HTMLElement) => plain(e.getAttribute("aria-label") ?? e.textContent ?? "");
      (all.find((e) => named(e) === name) ?? all.find((e) => named(e).includes(name)))!.click();
    },
    plain(name),
    CONTROLS,
  );
  // The popup closes at some of its buttons, and its answer goes with it.
  await click.catch((error: Error) => {
    if (!/closed|detached|no answer/i.test(error.message)) throw error;
  });
}

/** All the text that a surface shows. */
export async function textOf(surface: Surface, within = "body"): Promise<string> {
  const texts = (within: string) =>
    [...document.querySelectorAll<HTMLElement>(within)].map((e) => `${e.ariaLabel ?? ""} ${e.innerText}`);
  return plain((await surface.evaluate(texts, within)).join(" "));
}

/** Waits until the text is there. */
export async function seen(surface: Surface, text: string, within = "body"): Promise<void> {
  await until(async () => (await textOf(surface, within)).includes(plain(text)), `“${text}”`).catch(
    async (error: Error) => {
      throw new Error(`${error.message} in: ${await textOf(surface)}`);
    },
  );
}

/** White space as one space, soft hyphens away. */
export const plain = (text: string) =>
  text
    .replace(/\u00ad/g, "")
    .replace(/\s+/g, " ")
    .trim();

/** The text under each kind of mark in the page, in its order. */
export const marksIn = (tab: Tab): Promise<{ flag: string[]; context: string[]; current: string[] }> =>
  tab.evaluate(() => {
    const texts = (...names: string[]) =>
      names.flatMap((name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString()));
    return {
      flag: texts("obelism-flag", "obelism-flag-on-dark"),
      context: texts("obelism-context", "obelism-context-on-dark"),
      current: texts("obelism-current"),
    };
  });
