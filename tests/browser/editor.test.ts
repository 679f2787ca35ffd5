/** The editor's pages as a person uses them: the real service, real Chromium, and the keyboard alone. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { programOf } from "./driver/program";
import { PATIENCE, until } from "./driver/reader";
import { freePort } from "./driver/servers";

const OBELISM = `${process.cwd()}/.venv/bin/obelism`;
const BRIDGE = {
  id: "bridge-closed",
  text: "The old harbour bridge in Larnoc was closed in 2019 because of cracks in its pillars.",
  language: "en",
  claimant: "Larnoc Gazette",
  phrasings: [
    {
      text: "Le vieux pont du port de Larnoc a été fermé en 2019 à cause de fissures dans ses piliers.",
      language: "fr",
    },
  ],
  reviews: [
    {
      publisher: "Checkers",
      rating: "False",
      url: "https://checkers.example/b",
      date: "2020-02-03",
      language: "en",
    },
  ],
  positions: [{ party: "City of Larnoc", stance: "denies", url: "https://larnoc.example/b" }],
};
const MAYOR = {
  id: "mayor-salary",
  text: "Mayor Odile Varenne of Larnoc doubled her own salary in March 2021.",
  language: "en",
};
const LAKE = "The lake of Brenning has been frozen since the first week of June 2018.";

interface Service {
  address: string;
  token: string;
  stop(): Promise<void>;
}

async function startService(): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "obelism-editor-"));
  const port = await freePort();
  const env = {
    ...process.env,
    OBELISM_DATABASE_URL: `sqlite:///${folder}/claims.db`,
    OBELISM_INDEX_FOLDER: `${folder}/index`,
    OBELISM_STARTER_CLAIMS: "0",
    OBELISM_PORT: String(port),
    OBELISM_WORKERS: "1",
    OBELISM_REQUEST_SECONDS: "30",
  };
  await writeFile(`${folder}/claims.jsonl`, [BRIDGE, MAYOR].map((claim) => JSON.stringify(claim)).join("\n"));
  const command = (...args: string[]) =>
    execFileSync(OBELISM, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  command("claims", "import", `${folder}/claims.jsonl`);
  const token = command("token", "create", "anna", "--scope", "edit");
  const server = spawn(OBELISM, ["serve"], { env, stdio: "ignore" });
  const ended = new Promise((done) => server.once("exit", done));
  const address = `http://127.0.0.1:${port}`;
  const ready = async () => {
    if (server.exitCode !== null) throw new Error("the service did not start");
    return (await fetch(`${address}/readyz`).catch(() => null))?.ok ?? false;
  };
  await until(ready, "the service is ready", 2 * PATIENCE);
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { address, token, stop };
}

/** What a screen reader would call the element that has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    if (!element || element === document.body) return "";
    const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.innerText;
    return label.replace(/\s+/g, " ").trim();
  });

/** Waits for the focus: `autofocus` is heeded with a page's first frame, which may come after its load event. */
async function hasFocus(page: Page, name: string): Promise<void> {
  await until(async () => (await focused(page)).includes(name), `the focus on “${name}”`);
}

/** Presses Tab until the element of that name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let n = 0; n < 90; n++) {
    await page.keyboard.press("Tab");
    const here = await focused(page);
    if (here.replace(/ optional$/, "") === name) return;
    passed.push(here);
  }
  throw new Error(`Tab never reaches “${name}”; it passes ${passed.join(" | ")}`);
}

async function enter(page: Page): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

const textOf = (page: Page, selector = "main"): Promise<string> =>
  page.$eval(selector, (element) => (element as HTMLElement).innerText.replace(/\s+/g, " "));

async function signIn(page: Page, service: Service, to = "/editor/"): Promise<void> {
  await page.goto(`${service.address}/editor/sign-in?to=${encodeURIComponent(to)}`);
  await page.type("#token", service.token);
  await enter(page);
}

/** What axe finds wrong with the page, in words. */
async function violations(page: Page): Promise<string[]> {
  // By the debugger, which the page's own policy does not bind.
  await page.evaluate(await readFile("node_modules/axe-core/axe.min.js", "utf8"));
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)} })
      .then(({ violations }) => violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" ")))`,
  )) as string[];
  return found;
}

const wider = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("chromium: the editor's pages", () => {
  let service: Service;
  let browser: Browser;
  before(async () => {
    service = await startService();
    browser = await puppeteer.launch({
      executablePath: programOf("chromium"),
      args: ["--no-sandbox", "--no-first-run", "--disable-background-networking"],
    });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  /** A page of a browser profile of its own, which fails the test when the policy blocks something. */
  async function newPage(blocked: string[] = []): Promise<Page> {
    const page = await (await browser.createBrowserContext()).newPage();
    await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
    page.setDefaultTimeout(120_000);
    page.on("console", (message) => {
      // That a form comes back with its mistakes said (422) is no mistake of the page.
      if (message.type() === "error" && !message.text().includes("status of 422"))
        blocked.push(message.text());
    });
    page.on("pageerror", (error) => blocked.push(String(error)));
    return page;
  }

  it("takes a claim from signing in to look-up by the keyboard alone", async () => {
    const errors: string[] = [];
    const page = await newPage(errors);
    await page.goto(`${service.address}/editor/`);
    await hasFocus(page, "Token");
    await page.keyboard.type(service.token);
    await enter(page);
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the content");
    await page.keyboard.press("Enter");
    await tabTo(page, "New claim");
    await enter(page);

    await tabTo(page, "Claim");
    await page.keyboard.type(LAKE);
    await tabTo(page, "First made by");
    await page.keyboard.type("A radio host");
    await tabTo(page, "Add a review");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "Publisher");
    await page.keyboard.type("Checkers");
    await tabTo(page, "Verdict, in the publisher’s words");
    await page.keyboard.type("False");
    await tabTo(page, "Address");
    await page.keyboard.type("no address");

    await tabTo(page, "Text to try");
    await page.keyboard.type(
      "A host said that the lake of Brenning has been frozen since the first week of June 2018.",
    );
    await tabTo(page, "Preview");
    await enter(page);
    await until(async () => (await textOf(page)).includes("One thing is missing or wrong"), "the mistake");
    await hasFocus(page, "no address of the web");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "Address");
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type("https://checkers.example/lake");
    await tabTo(page, "Preview");
    await enter(page);
    assert.match(await textOf(page, ".judged"), /1 sentence would get a note.*reported/);

    await tabTo(page, "Save");
    await enter(page);
    assert.match(await textOf(page), /The claim is saved\./);
    assert.match(await textOf(page, "aside"), /refuted/);

    await page.keyboard.press("Tab");
    await tabTo(page, "Look up");
    await enter(page);
    await hasFocus(page, "A statement, in any language");
    await page.keyboard.type("Le lac de Brenning est gelé depuis la première semaine de juin 2018.");
    await tabTo(page, "Look up");
    await enter(page);
    assert.match(await textOf(page, ".claims li"), /lake of Brenning/);
    assert.deepEqual(errors, []);
  });

  it("does all of it without script, too", async () => {
    const page = await newPage();
    await page.setJavaScriptEnabled(false);
    await signIn(page, service, "/editor/claims/new");
    await page.type("#text", "The town hall of Brenning was painted green in 2020.");
    await Promise.all([page.waitForNavigation(), page.click('button[value="add-positions"]')]);
    await page.type("#positions-0-party", "The town");
    await page.type("#positions-0-url", "https://brenning.example/hall");
    await Promise.all([page.waitForNavigation(), page.click('button[value="add-phrasings"]')]);
    await Promise.all([page.waitForNavigation(), page.click('button[value="remove-phrasings-0"]')]);
    await Promise.all([page.waitForNavigation(), page.click(".save button")]);
    assert.match(await textOf(page), /The claim is saved\./);
    assert.equal(
      await page.$eval("#positions-0-party", (field) => (field as HTMLInputElement).value),
      "The town",
    );
  });

  it("adds and removes rows in place, and saves on Ctrl+S", async () => {
    const errors: string[] = [];
    const page = await newPage(errors);
    await signIn(page, service, "/editor/claim?id=bridge-closed");
    await page.click('button[data-add="phrasings"]');
    assert.equal(await focused(page), "Text");
    await page.keyboard.type("The bridge of Larnoc has been shut since 2019, for its pillars had cracks.");
    await page.click('button[data-add="phrasings"]');
    await page.click('[data-rows="phrasings"] [data-row]:last-child button[data-remove]');
    assert.equal(await focused(page), "Add a phrasing");
    await page.click('[data-rows="reviews"] [data-row] button[data-remove]');
    await page.keyboard.down("Control");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("s")]);
    await page.keyboard.up("Control");
    assert.match(await textOf(page), /The claim is saved\./);
    assert.equal((await page.$$('[data-rows="phrasings"] > fieldset')).length, 2);
    assert.equal((await page.$$('[data-rows="reviews"] > fieldset')).length, 0);
    assert.deepEqual(errors, []);
  });

  it("asks before it leaves what was typed behind", async () => {
    const page = await newPage();
    await signIn(page, service, "/editor/claim?id=mayor-salary");
    await page.type("#claimant", "Somebody");
    const asked = new Promise<string>((done) =>
      page.once("dialog", (dialog) => {
        done(dialog.type());
        void dialog.dismiss();
      }),
    );
    await page.click(".brand a");
    assert.equal(await asked, "beforeunload");
    assert.match(page.url(), /mayor-salary/);
  });

  it("keeps its cookie from scripts, and shows hostile claims as text", async () => {
    const errors: string[] = [];
    const page = await newPage(errors);
    await signIn(page, service, "/editor/claims/new");
    assert.equal(await page.evaluate(() => document.cookie), "");
    const hostile = `<img src=x onerror="document.title='owned'">"><script>document.title='owned'</script>`;
    await page.type("#text", hostile);
    await page.type("#claimant", hostile);
    await page.type("#try", hostile);
    await Promise.all([page.waitForNavigation(), page.click('button[value="preview"]')]);
    await Promise.all([page.waitForNavigation(), page.click(".save button")]);
    assert.match(await textOf(page), /The claim is saved\./);
    await page.goto(`${service.address}/editor/log`);
    assert.ok((await textOf(page)).includes("<img src=x"));
    await page.goto(`${service.address}/editor/?q=onerror`);
    assert.ok((await textOf(page)).includes("<img src=x"));
    assert.notEqual(await page.title(), "owned");
    assert.deepEqual(errors, []);
  });

  for (const [look, scheme, language, width] of [
    ["light", "light", "en", 1280],
    ["dark", "dark", "en", 1280],
    ["narrow French", "light", "fr", 320],
  ] as const)
    it(`has no barrier that axe knows, and no sideways scrolling: ${look}`, async () => {
      const page = await newPage();
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport({ width, height: 900 });
      await page.goto(`${service.address}/editor/sign-in?lang=${language}`);
      const found: Record<string, string[]> = { "sign-in": await violations(page) };
      await signIn(page, service);
      const pages = [
        "",
        "claims/new",
        "claim?id=bridge-closed",
        "history?id=bridge-closed",
        "lookup",
        "feedback",
      ];
      for (const name of [...pages, "merges", "log", "feeds", "import", "claim?id=none"]) {
        const joined = name.includes("?") ? "&" : "?";
        await page.goto(`${service.address}/editor/${name}${joined}lang=${language}`);
        found[name] = await violations(page);
        if ((await wider(page)) > 0) found[name].push("scrolls sideways");
      }
      await page.goto(`${service.address}/editor/claim?id=bridge-closed`);
      await page.select("#example", "framings");
      await Promise.all([page.waitForNavigation(), page.click('button[value="preview"]')]);
      found.preview = await violations(page);
      await page.$eval("#text", (field) => {
        (field as HTMLTextAreaElement).value = "";
      });
      await Promise.all([page.waitForNavigation(), page.click(".save button")]);
      assert.equal((await page.$$(".mistake")).length, 1);
      found.mistakes = await violations(page);
      assert.deepEqual(
        Object.entries(found).filter(([, wrong]) => wrong.length),
        [],
      );
    });
});
