import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BROWSERS } from "./driver/browsers";
import { marksIn, press, type Reader, seen } from "./driver/reader";
import { ASSERTION, DENIAL, note, reading, SOFT_HYPHEN } from "./driver/samples";
import { type PlayedService, playService, type Running, servePages } from "./driver/servers";

const NOTES = [
  note("n1", ASSERTION),
  note("n2", DENIAL, { framing: "denied", level: "context", speaker: "Dmitri Peskov" }),
  note("n3", SOFT_HYPHEN, { framing: "denied", level: "context", speaker: "Donald Trump" }),
];

for (const [name, open] of BROWSERS)
  describe(`${name}: checking a page`, () => {
    let reader: Reader;
    let pages: Running;
    let service: PlayedService;

    before(async () => {
      pages = await servePages();
      service = await playService(() => reading(NOTES));
      reader = await open();
      const { address } = service;
      await reader.inBackground(async (address) => {
        await chrome.storage.local.set({ settings: { service: address, consent: address } });
      }, address);
    });
    after(async () => {
      await reader?.close();
      await service?.close();
      await pages?.close();
    });

    it("marks the sentences, counts the flags on the button and opens the notes", async () => {
      const tab = await reader.visit(`${pages.address}/appels-secrets/`);
      const before = await tab.evaluate(() => document.documentElement.outerHTML);
      const popup = await reader.pressButton(tab);
      await seen(popup, "This page has not been checked.");
      await press(popup, "Check this page");
      const panel = await reader.panel();
      await seen(panel, "14 sentences read. 3 notes (1 flag)");
      assert.deepEqual(await marksIn(tab), {
        flag: [ASSERTION],
        context: [DENIAL, SOFT_HYPHEN],
        current: [],
      });
      assert.equal(await reader.badge(tab), "1");
      assert.equal(await tab.evaluate(() => document.documentElement.outerHTML), before);
    });
  });
