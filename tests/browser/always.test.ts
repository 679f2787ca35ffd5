import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { BROWSERS } from "./driver/browsers";
import { marksIn, press, seen, type Tab, until } from "./driver/reader";
import { ASSERTION, note, reading } from "./driver/samples";
import { noArticle } from "./driver/servers";
import { type Stage, setStage } from "./driver/stage";

const ARTICLE = "/appels-secrets/";

// Firefox is told by a preference to answer the browser's own question with yes; headless Chromium has no such way.
for (const [name] of BROWSERS.filter(([name]) => name === "firefox"))
  describe(`${name}: on a site that is always checked`, () => {
    let stage: Stage;
    before(async () => {
      stage = await setStage(name, () => reading([note("n1", ASSERTION)]));
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      await press(await stage.reader.pressButton(tab), "Always check this site");
      const isListed = async () => {
        const { settings } = await chrome.storage.local.get("settings");
        return (settings as { always?: string[] }).always?.length === 1;
      };
      await until(() => stage.reader.inBackground(isListed), "the site is on the list");
    });
    beforeEach(() => {
      stage.service.calls.length = 0;
      stage.service.answer = () => reading([note("n1", ASSERTION)]);
    });
    after(() => stage?.close());

    const visit = async (): Promise<Tab> => {
      const calls = stage.service.calls.length;
      const tab = await stage.reader.visit(stage.pages.address + ARTICLE);
      await until(() => stage.service.calls.length > calls, "the page is checked by itself");
      return tab;
    };
    const goOn = (tab: Tab, address: string) =>
      tab.evaluate((address) => {
        history.pushState({}, "", address);
        document.querySelector("main, article")!.innerHTML = "<p>Un tout autre article.</p>";
      }, address);

    it("another article is checked too where only the query tells them apart", async () => {
      const tab = await visit();
      await until(async () => (await marksIn(tab)).flag.length === 1, "it is marked");
      await goOn(tab, "?article=2");
      await until(() => stage.service.calls.length === 2, "the other article is checked");
    });

    it("another article is checked in place of one that could not be", async () => {
      stage.service.answer = noArticle;
      const tab = await visit();
      const popup = await stage.reader.pressButton(tab);
      await seen(popup, "There is no article on this page.");
      await goOn(tab, "?article=2");
      await until(() => stage.service.calls.length === 2, "the other article is checked");
    });

    it("marks that the reader removed stay away, until the page is another", async () => {
      const tab = await visit();
      const popup = await stage.reader.pressButton(tab);
      await press(popup, "Remove the marks");
      await seen(popup, "This page has not been checked.");
      await until(() => tab.evaluate(() => CSS.highlights.size === 0), "no mark is left");
      // The page says that it loaded, and is the same as before.
      await tab.evaluate(() => history.pushState({}, "", "#part"));
      const other = await visit();
      await until(async () => (await marksIn(other)).flag.length === 1, "the next page is marked");
      assert.equal(stage.service.calls.length, 2);
      assert.equal(await tab.evaluate(() => CSS.highlights.size), 0);
      await tab.front();
      await goOn(tab, "?article=2");
      await until(() => stage.service.calls.length === 3, "the other article is checked");
    });

    it("it is written down as one though the browser's question closed the popup that asked", async () => {
      const site = new URL(stage.pages.address).host;
      await stage.reader.inBackground(async () => {
        const { settings } = await chrome.storage.local.get("settings");
        await chrome.storage.local.set({ settings: { ...(settings as object), always: [] } });
      });
      const options = await stage.reader.openPage("options.html");
      await options.evaluate(async (site) => {
        const origins = ["https", "http"].map((scheme) => `${scheme}://${site.split(":")[0]}/*`);
        await chrome.permissions.remove({ origins });
      }, site);
      await options.evaluate(async (site) => {
        void chrome.storage.session.set({ "always-wish": site });
        await chrome.permissions.request({
          origins: ["https", "http"].map((scheme) => `${scheme}://${site.split(":")[0]}/*`),
        });
      }, site);
      await options.close();
      await visit();
    });

    it("the key for the next note opens a panel that was closed", async () => {
      const tab = await visit();
      await until(async () => (await marksIn(tab)).flag.length === 1, "it is marked");
      await stage.reader.command("next-note");
      const panel = await stage.reader.panel();
      await until(
        () => panel.evaluate(() => document.querySelector("[aria-current]")?.id === "note-n1"),
        "the note is current",
      );
    });
  });
