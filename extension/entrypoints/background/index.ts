/**
 * The background. All listeners are registered at once, before anything is awaited, since the browser
 * starts this script anew for each event; what matters is in storage.
 */
import * as v from "valibot";
import { browser } from "wxt/browser";
import { defineBackground } from "wxt/utils/define-background";
import { isOwnPage, isOwnScript, order, ReportSchema, RequestSchema } from "../../lib/messages";
import { openPanel } from "../../lib/panel";
import {
  grantWish,
  hasConsent,
  isExcluded,
  loadSettings,
  type Settings,
  watchSettings,
} from "../../lib/settings";
import { placeOf } from "../../lib/snapshot";
import {
  askFocus,
  askLookup,
  changeDone,
  forgetPage,
  loadPage,
  type PageState,
  watchSession,
} from "../../lib/state";
import { showBadge, showBadges } from "./badge";
import {
  cancel,
  check,
  checkIfWanted,
  clearMarks,
  decline,
  documentIn,
  endOrphans,
  preview,
  putAway,
} from "./check";
import { addMenus } from "./menus";
import { isReady, lookUp, sendFeedback } from "./service";

export default defineBackground({
  type: "module",
  main() {
    browser.runtime.onMessage.addListener((message: unknown, sender, answer) => {
      const reply = isOwnPage(sender)
        ? serve(message)
        : isOwnScript(sender)
          ? hear(message, sender.tab!.id!, sender.tab!.windowId)
          : null;
      if (!reply) return;
      void reply.then(answer, () => answer(null));
      return true;
    });
    browser.runtime.onInstalled.addListener(addMenus);
    browser.contextMenus.onClicked.addListener((info, tab) => {
      if (tab?.id === undefined) return;
      // The panel opens only during the reader's own gesture: before anything is awaited.
      void openPanel(tab.windowId);
      if (info.menuItemId === "check-page") void check(tab.id, false);
      else if (info.selectionText) void requestLookup(tab.windowId, info.selectionText);
    });
    browser.commands.onCommand.addListener((command, tab) => {
      if (tab?.id === undefined) return;
      void openPanel(tab.windowId);
      if (command === "next-note") void order(tab.id, { type: "next" }).catch(() => {});
      else if (command === "check-page") void check(tab.id, false);
      else void selectionIn(tab.id).then((text) => requestLookup(tab.windowId, text));
    });
    browser.omnibox.setDefaultSuggestion({ description: browser.i18n.getMessage("omniboxHint") });
    browser.omnibox.onInputEntered.addListener((text, disposition) => {
      const url = `${browser.runtime.getURL("/sidepanel.html")}?q=${encodeURIComponent(text)}`;
      if (disposition === "currentTab") void browser.tabs.update({ url });
      else void browser.tabs.create({ url, active: disposition === "newForegroundTab" });
    });
    browser.tabs.onUpdated.addListener((tabId, change, tab) => {
      if (!change.status) return;
      void settle(tabId, tab.url).then(() => {
        if (change.status === "complete" && tab.url) return checkIfWanted(tabId, tab.url);
      });
    });
    browser.tabs.onRemoved.addListener((tabId) => {
      cancel(tabId);
      void forgetPage(tabId);
    });
    browser.permissions.onAdded.addListener(() => void grantWish());
    watchSession((changed) => {
      void showBadges(changed);
      checkAsked(changed);
    });
    watchSettings((settings) => void applySettings(settings));
    void endOrphans();
  },
});

/** Does what one of our own pages asks. */
function serve(message: unknown): Promise<unknown> | null {
  const parsed = v.safeParse(RequestSchema, message);
  if (!parsed.success) return null;
  const request = parsed.output;
  switch (request.type) {
    case "preview":
      return preview(request.tabId);
    case "cancel":
    case "clear":
      return decline(request.tabId);
    case "put-away":
      return putAway(request.tabId, request.noteId);
    case "look-up": {
      const { type: _, ...query } = request;
      return withConsent((settings) => lookUp(settings, { ...query, limit: 10 }));
    }
    case "feedback": {
      const { type: _, ...body } = request;
      return withConsent((settings) => sendFeedback(settings, body));
    }
    case "ready":
      return loadSettings().then((settings) => isReady(request.service ?? settings.service));
  }
}

/** Whatever a surface asks: nothing goes to a service to which the reader did not agree. */
async function withConsent<T>(send: (settings: Settings) => Promise<T>): Promise<T | null> {
  const settings = await loadSettings();
  return hasConsent(settings) ? send(settings) : null;
}

/** Takes note of what our script in a page reports of its own tab. */
function hear(message: unknown, tabId: number, windowId: number): Promise<unknown> | null {
  const parsed = v.safeParse(ReportSchema, message);
  if (!parsed.success) return null;
  const report = parsed.output;
  if (report.type === "mark-clicked") {
    void openPanel(windowId);
    return askFocus({ tabId, noteId: report.id, at: Date.now() });
  }
  return changeDone(tabId, (done) => ({ ...done, anchored: report.ids, stale: report.stale })).then(
    async () => {
      const { url } = await browser.tabs.get(tabId);
      if (report.stale && url) void checkIfWanted(tabId, url);
    },
  );
}

/**
 * After a tab loaded something: a new document knows nothing of us, and what was known of the old one goes.
 * A page that only changed its own address still holds our script; one that came back by the "back" button
 * still holds its marks too, which are not those of the notes that we know.
 */
async function settle(tabId: number, url: string | undefined): Promise<void> {
  const document = await documentIn(tabId);
  if (document && holds(await loadPage(tabId), document, url)) return;
  await forgetPage(tabId);
  await clearMarks(tabId);
}

/** Does what is known still speak of what the tab shows? */
function holds(state: PageState, document: string, url: string | undefined): boolean {
  if (state.phase === "done") return state.document === document;
  if (state.phase === "asked" || state.phase === "working") return true;
  return !!state.url && !!url && placeOf(state.url) === placeOf(url);
}

/** Begins the checks that the popup or the panel asked for. */
function checkAsked(changed: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(changed)) {
    const state = value as PageState | undefined;
    if (key.startsWith("tab:") && state?.phase === "asked") void check(Number(key.slice(4)), state.insist);
  }
}

const requestLookup = (windowId: number, text: string) =>
  askLookup({ windowId, text: text.slice(0, 2000), at: Date.now() });

async function selectionIn(tabId: number): Promise<string> {
  const [frame] = await browser.scripting
    .executeScript({ target: { tabId }, func: () => String(getSelection() ?? "") })
    .catch(() => []);
  return typeof frame?.result === "string" ? frame.result.trim() : "";
}

/** New settings hold at once, in every tab: marks as they should look now, and none where they should be gone. */
async function applySettings(settings: Settings): Promise<void> {
  for (const { id } of await browser.tabs.query({})) {
    if (id === undefined) continue;
    const state = await loadPage(id);
    const excluded = state.phase === "done" && isExcluded(state.url, settings);
    if (excluded) await forgetPage(id);
    const gone = excluded || state.phase === "unasked";
    if (gone) void clearMarks(id);
    else void order(id, { type: "strength", strength: settings.marks }).catch(() => {});
    void showBadge(id);
  }
}
