import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { BROWSERS } from "./driver/browsers";
import { marksIn, press, type Surface, seen, textOf, until } from "./driver/reader";
import { ASSERTION, CALLS_CLAIM, note, reading } from "./driver/samples";
import type { Answer } from "./driver/servers";
import { type Stage, setStage } from "./driver/stage";

const ARTICLE = "/appels-secrets/";
const RESULTS = {
  results: [
    { claim: CALLS_CLAIM, score: 0.95, same: true, reasons: [] },
    {
      claim: { ...CALLS_CLAIM, id: "b", text: "Quite another claim." },
      score: 0.2,
      same: false,
      reasons: [],
    },
  ],
};
const answer: Answer = (call) => (call.path === "/v1/lookups" ? RESULTS : reading([note("n1", ASSERTION)]));

async function type(surface: Surface, selector: string, value: string): Promise<void> {
  await until(() => surface.evaluate((selector) => !!document.querySelector(selector), selector), selector);
  await surface.evaluate(
    (selector, value) => {
      const field = document.querySelector<HTMLInputElement | HTMLSelectElement>(selector)!;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    },
    selector,
    value,
  );
}

for (const [name] of BROWSERS)
  describe(`${name}: the popup, the look-up and the options`, () => {
    let stage: Stage;
    before(async () => {
      stage = await setStage(name, answer);
    });
    beforeEach(async () => {
      await stage.settle();
      stage.service.calls.length = 0;
    });
    after(() => stage?.close());

    const popupOn = async (path = ARTICLE) => {
      const tab = await stage.reader.visit(stage.pages.address + path);
      return { tab, popup: await stage.reader.pressButton(tab) };
    };
    const settings = () =>
      stage.reader.inBackground(
        async () => (await chrome.storage.local.get("settings")).settings as Record<string, unknown>,
      );

    const serviceAndToken = async () => {
      const { service, token } = await settings();
      return [service, token];
    };

    it("asks for agreement first, names the address, and shows the exact request without sending it", async () => {
      await stage.settle({ consent: null });
      const { popup } = await popupOn();
      await seen(popup, "Before the first check");
      await seen(popup, stage.service.address);
      assert.ok(!(await textOf(popup)).includes("Check this page"));
      await press(popup, "Show what would be sent");
      await seen(popup, "Exactly this, and nothing else");
      const shown = await popup.evaluate(() => document.querySelector("pre")!.textContent!);
      assert.equal(stage.service.calls.length, 0);
      await press(popup, "I agree");
      await press(popup, "Check this page");
      await until(() => stage.service.calls.length === 1, "the page is sent");
      assert.equal(JSON.stringify(stage.service.calls[0]!.body), shown);
    });

    it("shows no request for a site that the reader excluded: it does not read it", async () => {
      const { host } = new URL(stage.pages.address);
      await stage.settle({ consent: null, never: [host] });
      const { popup } = await popupOn();
      await seen(popup, "Before the first check");
      assert.ok(!(await textOf(popup)).includes("Show what would be sent"));
      const preview = () =>
        popup.evaluate(async () => {
          const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
          return chrome.runtime.sendMessage({ type: "preview", tabId: tab!.id });
        });
      assert.equal(await preview(), null);
    });

    it("sends nothing without agreement, by whatever way it is asked", async () => {
      await popupOn();
      await stage.settle({ consent: null });
      await stage.reader.command("check-page");
      await stage.reader.chooseMenu("look-up", "a statement of the page");
      await seen(await stage.reader.panel(), "Click the Obelism button in the toolbar to begin.");
      const options = await stage.reader.openPage("options.html");
      const reply = await options.evaluate(() => chrome.runtime.sendMessage({ type: "look-up", text: "x" }));
      assert.equal(reply, null);
      await options.close();
      assert.deepEqual(stage.service.calls, []);
    });

    it("asks again when the service is another one", async () => {
      await stage.settle({ consent: "http://127.0.0.1:1" });
      const { popup } = await popupOn();
      await seen(popup, "Before the first check");
    });

    it("looks up a statement: the same claim in full, related ones apart, recent ones kept here", async () => {
      const { popup } = await popupOn();
      await type(popup, "#lookup-text", "Musk talks to Putin");
      await press(popup, "Look up");
      await seen(popup, CALLS_CLAIM.text);
      await seen(popup, "1 claim on a similar subject");
      assert.deepEqual(stage.service.calls[0]!.body, { text: "Musk talks to Putin", limit: 10 });
      await until(
        async () => ((await settings()).recentLookups as string[])[0] === "Musk talks to Putin",
        "it is kept",
      );
    });

    it("keeps a long statement once among the recent ones, however often it is looked up", async () => {
      const { popup } = await popupOn();
      const long = "Musk talks to Putin. ".repeat(30).trim();
      for (const turn of [1, 2]) {
        await type(popup, "#lookup-text", long);
        await press(popup, "Look up");
        await until(() => stage.service.calls.length === turn, "the look-up is sent");
        await seen(popup, CALLS_CLAIM.text);
      }
      assert.deepEqual((await settings()).recentLookups, [long.slice(0, 500)]);
    });

    it("sends no publisher that is only a blank", async () => {
      const { popup } = await popupOn();
      await press(popup, "Filters");
      await type(popup, ".filter-grid label:nth-of-type(3) input", " ");
      await type(popup, "#lookup-text", "Musk");
      await press(popup, "Look up");
      await until(() => stage.service.calls.length === 1, "the look-up is sent");
      assert.deepEqual(stage.service.calls[0]!.body, { text: "Musk", limit: 10 });
    });

    it("sends the filters of a look-up", async () => {
      const { popup } = await popupOn();
      await press(popup, "Filters");
      await type(popup, ".filter-grid label:nth-of-type(1) select", "fr");
      await type(popup, ".filter-grid label:nth-of-type(2) select", "disputed");
      await type(popup, ".filter-grid label:nth-of-type(3) input", "AFP");
      await type(popup, ".filter-grid input[type=date]", "2024-01-31");
      await type(popup, "#lookup-text", "Musk");
      await press(popup, "Look up");
      await until(() => stage.service.calls.length === 1, "the look-up is sent");
      assert.deepEqual(stage.service.calls[0]!.body, {
        text: "Musk",
        language: "fr",
        status: "disputed",
        publisher: "AFP",
        since: "2024-01-31",
        limit: 10,
      });
    });

    it("looks up a selection from the context menu, in the panel", async () => {
      const { panel } = await stage.check(ARTICLE);
      await stage.reader.chooseMenu("look-up", "a statement of the page");
      const sent = () => stage.service.calls.find((call) => call.path === "/v1/lookups");
      await until(() => sent() !== undefined, "the look-up is sent");
      await seen(panel, "1 claim on a similar subject");
      assert.deepEqual(sent()!.body, { text: "a statement of the page", limit: 10 });
    });

    it("looks up what was typed into the address bar, whatever the panel was asked a moment ago", async () => {
      await stage.check(ARTICLE);
      await stage.reader.chooseMenu("look-up", "another statement of the page");
      const sent = (text: string) =>
        stage.service.calls.some((call) => isDeepStrictEqual(call.body, { text, limit: 10 }));
      await until(() => sent("another statement of the page"), "the look-up of the menu is sent");
      await stage.reader.visit(stage.pages.address + ARTICLE);
      await stage.reader.typeAddress("typed up there");
      await until(() => sent("typed up there"), "the look-up is sent");
    });

    it("checks, goes on to the next mark and looks up a selection by the keyboard alone", async () => {
      const { tab } = await popupOn();
      await stage.reader.command("check-page");
      await until(async () => (await marksIn(tab)).flag.length === 1, "the page is marked");
      await stage.reader.command("next-note");
      await until(async () => (await marksIn(tab)).current.length === 1, "its mark is current");
      await tab.evaluate(() => getSelection()!.selectAllChildren(document.querySelector("h1")!));
      await stage.reader.command("look-up-selection");
      const selected = { text: "Le Kremlin dément des échanges réguliers entre Musk et Poutine", limit: 10 };
      const sent = () => stage.service.calls.some((call) => isDeepStrictEqual(call.body, selected));
      await until(sent, "the look-up is sent");
    });

    it("turns to the look-up by the keyboard when nothing is selected, ready to type", async () => {
      const { panel } = await stage.check(ARTICLE);
      await stage.reader.command("look-up-selection");
      await until(
        () => panel.evaluate(() => document.activeElement?.id === "lookup-text"),
        "the field has the focus",
      );
    });

    it("never checks a site that the reader excluded, by whatever way it is asked, and takes its marks away", async () => {
      const { tab, panel } = await stage.check(ARTICLE);
      const popup = await stage.reader.pressButton(tab);
      await press(popup, "Never check this site");
      await seen(popup, "Obelism is off on this site.");
      assert.deepEqual((await settings()).never, [new URL(tab.address()).host]);
      await until(() => tab.evaluate(() => CSS.highlights.size === 0), "the marks are gone");
      await until(async () => (await stage.reader.badge(tab)) === "", "the badge is gone");
      stage.service.calls.length = 0;
      await stage.reader.command("check-page");
      await seen(panel, "Obelism is off on this site.");
      assert.deepEqual(stage.service.calls, []);
    });

    it("takes a site however it is written, says so when it is none, and keeps the others", async () => {
      await stage.settle({ never: ["other.example"] });
      const options = await stage.reader.openPage("options.html");
      const add = async (site: string) => {
        await type(options, "section .field input", site);
        await press(options, "Add");
      };
      await add("no site");
      await seen(options, "This is no site.");
      for (const [written, site] of [
        ["https://News.example/politics", "news.example"],
        ["*.third.example", "third.example"],
        ["my_blog.example", "my_blog.example"],
      ] as const) {
        await add(written);
        await seen(options, site, "section li");
      }
      assert.ok(!(await textOf(options)).includes("This is no site."));
      const sites = ["other.example", "news.example", "third.example", "my_blog.example"];
      assert.deepEqual((await settings()).never, sites);
      await options.close();
    });

    it("forgets both of two sites that are taken off at once", async () => {
      await stage.settle({ never: ["one.example", "two.example", "three.example"] });
      const options = await stage.reader.openPage("options.html");
      await seen(options, "three.example", "section li");
      await options.evaluate(() => {
        const remove = document.querySelectorAll<HTMLElement>("section li button");
        remove[0]!.click();
        remove[1]!.click();
      });
      await until(async () => ((await settings()).never as string[]).length === 1, "two sites are gone");
      assert.deepEqual((await settings()).never, ["three.example"]);
      await options.close();
    });

    it("rests until tomorrow when asked", async () => {
      const { popup } = await popupOn();
      await press(popup, "No automatic checks until tomorrow");
      await until(async () => Number((await settings()).pausedUntil ?? 0) > Date.now(), "it rests");
      assert.ok(Number((await settings()).pausedUntil) <= Date.now() + 86_400_000);
    });

    it("tries the address of the service before it believes it", async () => {
      const options = await stage.reader.openPage("options.html");
      await type(options, "input[type=url]", "http://news.example");
      await press(options, "Save and try");
      await seen(options, "This is no address of a service");
      assert.equal((await settings()).service, stage.service.address);
      await type(options, "input[type=url]", `${stage.service.address}/`);
      await press(options, "Save and try");
      await seen(options, "The service answers and is ready.");
      await type(options, "input[type=url]", "http://127.0.0.1:9");
      await press(options, "Save and try");
      await seen(options, "The service does not answer.");
      const { readiness } = stage.service;
      stage.service.readiness = "<!doctype html>Quite another program";
      await type(options, "input[type=url]", stage.service.address);
      await press(options, "Save and try");
      await seen(options, "The answer cannot be understood.");
      stage.service.readiness = readiness;
      await options.close();
    });

    it("speaks French when told to, at once", async () => {
      const options = await stage.reader.openPage("options.html");
      await type(options, ".group select", "fr");
      await seen(options, "Ce qui est envoyé");
      assert.equal(await options.evaluate(() => document.documentElement.lang), "fr");
      await options.close();
    });

    it("draws the marks as the options say, in pages that have them already", async () => {
      const { tab } = await stage.check(ARTICLE);
      const options = await stage.reader.openPage("options.html");
      await press(options, "None; the notes are in the panel");
      await until(() => tab.evaluate(() => CSS.highlights.size === 0), "the marks are gone");
      await press(options, "Flags and context");
      await until(() => tab.evaluate(() => CSS.highlights.size > 0), "the marks are back");
      await options.close();
    });

    it("sends the address only when the reader allows it, without query and fragment", async () => {
      await stage.settle({ sendAddress: true });
      const { popup } = await popupOn(`${ARTICLE}?session=8f3a#part`);
      await press(popup, "Check this page");
      await until(() => stage.service.calls.length === 1, "the page is sent");
      assert.equal((stage.service.calls[0]!.body as { url: string }).url, stage.pages.address + ARTICLE);
    });

    it("sends the token with each request", async () => {
      await stage.settle({ token: "ob_secret" });
      const { popup } = await popupOn();
      await press(popup, "Check this page");
      await until(() => stage.service.calls.length === 1, "the page is sent");
      assert.equal(stage.service.calls[0]!.headers.authorization, "Bearer ob_secret");
    });

    it("takes settings from a file, but no agreement, token or address that is unsafe", async () => {
      const options = await stage.reader.openPage("options.html");
      await seen(options, "Import settings");
      await importFile(options, "{}");
      await seen(options, "This file holds no settings of Obelism.");
      const wanted = { never: ["other.example"], badge: false, marks: "blinking", token: "stolen" };
      const unsafe = { service: "http://far.example", consent: "http://far.example", always: ["x.example"] };
      await importFile(
        options,
        JSON.stringify({ kind: "obelism-settings", settings: { ...wanted, ...unsafe } }),
      );
      await seen(options, "Settings imported.");
      const { never, badge, marks, token, always } = await settings();
      assert.deepEqual([never, badge, marks, token, always], [["other.example"], false, "full", "", []]);
      assert.doesNotMatch(JSON.stringify(await settings()), /far\.example/);
      await options.close();
    });

    it("leaves the token with the service that it was meant for", async () => {
      await stage.settle({ token: "ob_secret" });
      const options = await stage.reader.openPage("options.html");
      await seen(options, "Import settings");
      const file = JSON.stringify({
        kind: "obelism-settings",
        settings: { service: "https://other.example" },
      });
      await importFile(options, file);
      await seen(options, "Settings imported.");
      const { service, token } = await settings();
      assert.deepEqual([service, token], ["https://other.example", ""]);
      await options.close();
    });

    it("gives a token to another service only when it is typed anew", async () => {
      await stage.settle({ token: "ob_secret" });
      const options = await stage.reader.openPage("options.html");
      const other = stage.service.address.replace("127.0.0.1", "localhost");
      await type(options, "input[type=url]", other);
      await press(options, "Save and try");
      await seen(options, "The service answers and is ready.");
      assert.deepEqual(await serviceAndToken(), [other, ""]);
      await type(options, "input[type=password]", "ob_other");
      await type(options, "input[type=url]", stage.service.address);
      await press(options, "Save and try");
      await until(async () => (await settings()).service === stage.service.address, "it is saved");
      assert.deepEqual(await serviceAndToken(), [stage.service.address, "ob_other"]);
      await options.close();
    });

    it("shows in the form what the settings became by a file or a reset", async () => {
      await stage.settle({ token: "ob_secret" });
      const options = await stage.reader.openPage("options.html");
      const fields = () =>
        options.evaluate(() =>
          ["url", "password"].map(
            (type) => document.querySelector<HTMLInputElement>(`[type=${type}]`)!.value,
          ),
        );
      await seen(options, "Save and try");
      assert.deepEqual(await fields(), [stage.service.address, "ob_secret"]);
      await importFile(
        options,
        JSON.stringify({ kind: "obelism-settings", settings: { service: "https://other.example" } }),
      );
      await until(
        async () => (await fields()).join() === "https://other.example,",
        "the form follows the file",
      );
      await press(options, "Reset everything");
      await press(options, "Yes, forget everything");
      await until(
        async () => (await fields()).join() === "http://127.0.0.1:8750,",
        "the form follows the reset",
      );
      await options.close();
    });

    it("lets a file forbid the sending of addresses, but not allow it", async () => {
      const options = await stage.reader.openPage("options.html");
      await seen(options, "Import settings");
      for (const [before, wanted, after] of [
        [false, true, false],
        [true, false, false],
        [true, undefined, true],
      ]) {
        await stage.settle({ sendAddress: before });
        const file = { kind: "obelism-settings", settings: { sendAddress: wanted, badge: false } };
        await importFile(options, JSON.stringify(file));
        await until(async () => (await settings()).badge === false, "the file is taken in");
        assert.equal((await settings()).sendAddress, after, `${before}, ${wanted}`);
      }
      await options.close();
    });

    it("gives the settings as a file, without token and agreement", async () => {
      await stage.settle({ token: "ob_secret", never: ["other.example"], marks: "quiet" });
      const options = await stage.reader.openPage("options.html");
      await options.evaluate(() => {
        HTMLAnchorElement.prototype.click = () => {};
        URL.createObjectURL = (file) => {
          void (file as Blob).text().then((text) => document.body.setAttribute("data-file", text));
          return "blob:taken";
        };
      });
      await press(options, "Export the settings");
      const taken = () => options.evaluate(() => document.body.getAttribute("data-file"));
      await until(async () => (await taken()) !== null, "the file");
      const { kind, settings: kept } = JSON.parse((await taken())!);
      assert.equal(kind, "obelism-settings");
      assert.deepEqual([kept.never, kept.marks], [["other.example"], "quiet"]);
      assert.deepEqual([kept.token, kept.consent], [undefined, undefined]);
      await options.close();
    });

    it("forgets everything when asked twice", async () => {
      const { tab } = await stage.check(ARTICLE);
      await stage.settle({ never: ["other.example"], badge: false });
      const options = await stage.reader.openPage("options.html");
      await seen(options, "other.example");
      await press(options, "Reset everything");
      await press(options, "Yes, forget everything");
      await seen(options, "Everything is as on the first day.");
      assert.equal(await settings(), undefined);
      await seen(options, "You have not agreed to send any page.");
      assert.deepEqual(await stage.reader.inBackground(() => chrome.storage.session.get()), {});
      await until(() => tab.evaluate(() => CSS.highlights.size === 0), "the marks are gone");
      await options.close();
    });
  });

// Firefox is told by a preference to answer the browser's own question with yes; headless Chromium has no such way.
for (const [name] of BROWSERS.filter(([name]) => name === "firefox"))
  describe(`${name}: sites that are always checked`, () => {
    let stage: Stage;
    before(async () => {
      stage = await setStage(name, answer);
    });
    after(() => stage?.close());

    it("are checked as they load, once the reader and the browser agreed, and not while resting", async () => {
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      const popup = await stage.reader.pressButton(tab);
      await press(popup, "Always check this site");
      await until(
        () =>
          stage.reader.inBackground(async () => {
            const { settings } = await chrome.storage.local.get("settings");
            return ((settings as { always?: string[] })?.always ?? []).length === 1;
          }),
        "the site is on the list",
      );
      await stage.reader.visit(stage.pages.address + ARTICLE);
      await until(() => stage.service.calls.length === 1, "the page is checked by itself");
      await stage.reader.inBackground(async () => {
        const { settings } = await chrome.storage.local.get("settings");
        await chrome.storage.local.set({
          settings: { ...(settings as object), pausedUntil: Date.now() + 100_000 },
        });
      });
      const other = await stage.reader.visit(stage.pages.address + ARTICLE);
      await seen(await stage.reader.pressButton(other), "This page has not been checked.");
      assert.equal(stage.service.calls.length, 1);
    });

    it("are checked again when they draw another article in place of the first", async () => {
      await stage.reader.inBackground(async () => {
        const { settings } = await chrome.storage.local.get("settings");
        await chrome.storage.local.set({ settings: { ...(settings as object), pausedUntil: 0 } });
      });
      stage.service.calls.length = 0;
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      await until(() => stage.service.calls.length === 1, "the page is checked by itself");
      await until(async () => (await marksIn(tab)).flag.length === 1, "it is marked");
      await tab.evaluate(() => {
        history.pushState({}, "", "/another-article/");
        document.querySelector("main, article")!.innerHTML = "<p>Un tout autre article.</p>";
      });
      await until(() => stage.service.calls.length === 2, "the other article is checked");
    });

    it("are given back to the browser when everything is forgotten", async () => {
      const options = await stage.reader.openPage("options.html");
      await press(options, "Reset everything");
      await press(options, "Yes, forget everything");
      await seen(options, "Everything is as on the first day.");
      const { origins } = await stage.reader.inBackground(() => chrome.permissions.getAll());
      assert.deepEqual(origins, []);
      await options.close();
    });

    it("are given back to the browser when the options say never", async () => {
      const { host } = new URL(stage.pages.address);
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      await press(await stage.reader.pressButton(tab), "Always check this site");
      const options = await stage.reader.openPage("options.html");
      await seen(options, host, "section li");
      await type(options, "section .field input", host);
      await press(options, "Add");
      const state = () =>
        stage.reader.inBackground(async () => {
          const { origins } = await chrome.permissions.getAll();
          const { settings } = await chrome.storage.local.get("settings");
          const { always, never } = settings as Record<string, string[]>;
          return { origins, always, never };
        });
      const wanted = { origins: [], always: [], never: [host] };
      await until(async () => isDeepStrictEqual(await state(), wanted), "the access is given back");
      await options.close();
    });
  });

/** Chooses a file of settings, as the reader would in the browser's own window. */
function importFile(options: Surface, file: string): Promise<void> {
  return options.evaluate((file) => {
    const picker = document.querySelector<HTMLInputElement>("input[type=file]")!;
    const chosen = new DataTransfer();
    chosen.items.add(new File([file], "obelism-settings.json", { type: "application/json" }));
    picker.files = chosen.files;
    picker.dispatchEvent(new Event("change", { bubbles: true }));
  }, file);
}
