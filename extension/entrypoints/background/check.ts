/** The way of one check: page -> snapshot -> service -> notes -> marks. */
import * as v from "valibot";
import { browser } from "wxt/browser";
import { digest } from "../../lib/digest";
import { order, type PageSnapshot, type Preview, SnapshotSchema } from "../../lib/messages";
import { isReadable, sensitivity } from "../../lib/sensitive";
import {
  changeSettings,
  hasConsent,
  isExcluded,
  isPaused,
  loadSettings,
  type Settings,
  siteOf,
} from "../../lib/settings";
import { bareAddress, placeOf } from "../../lib/snapshot";
import {
  changeDone,
  type Done,
  type Failure,
  forgetPage,
  loadPage,
  type PageState,
  recallReading,
  rememberReading,
  savePage,
  tabsAtWork,
} from "../../lib/state";
import type { Note, Reading } from "../../lib/types";
import { gzip, type PageBody, readPage, sendFeedback } from "./service";

type Outcome = Extract<PageState, { phase: "sensitive" | "failed" | "done" }>;

const running = new Map<number, AbortController>();

/** Checks the page of a tab. `insist`: the reader said yes to a page that we would rather not read. */
export async function check(tabId: number, insist: boolean): Promise<void> {
  const settings = await loadSettings();
  if (!hasConsent(settings)) return;
  cancel(tabId);
  const controller = new AbortController();
  running.set(tabId, controller);
  await savePage(tabId, { phase: "working", since: Date.now() });
  const state = await outcome(tabId, settings, insist, controller.signal);
  if (controller.signal.aborted) return;
  // Marked before it is written down: a background that the browser ends in between leaves a check that was
  // cut short, and not notes that seem to have no sentence.
  const finished =
    state?.phase === "done" ? { ...state, anchored: await mark(tabId, state, settings) } : state;
  // Marks of an earlier check would stand without their notes.
  if (finished?.phase !== "done" || controller.signal.aborted) await clearMarks(tabId);
  if (controller.signal.aborted) return;
  running.delete(tabId);
  if (!finished) return forgetPage(tabId);
  await savePage(tabId, finished).catch(async () => {
    // More than the browser keeps for a session: no honest answer is that long.
    await clearMarks(tabId);
    await savePage(tabId, failed({ kind: "nonsense" }, finished.url));
  });
}

/** Checks that an earlier background began, and that ended with it. */
export async function endOrphans(): Promise<void> {
  for (const tabId of await tabsAtWork())
    if (!running.has(tabId)) {
      await savePage(tabId, failed({ kind: "interrupted" }));
      void clearMarks(tabId);
    }
}

export function cancel(tabId: number): void {
  running.get(tabId)?.abort();
  running.delete(tabId);
}

/** Takes away what is marked and what is under way: this page is not checked again unless the reader asks. */
export async function decline(tabId: number): Promise<void> {
  cancel(tabId);
  const { url } = await browser.tabs.get(tabId);
  await savePage(tabId, { phase: "unasked", url });
  await clearMarks(tabId);
}

/** Exactly what a check would send now, and how much that is; null for a page that cannot or must not be read. */
export async function preview(tabId: number): Promise<Preview | null> {
  const settings = await loadSettings();
  const { url } = await browser.tabs.get(tabId);
  if (!isReadable(url) || isExcluded(url, settings)) return null;
  const page = await takeSnapshot(tabId, settings);
  if (!page) return null;
  const payload = JSON.stringify(bodyOf(page, settings));
  return { address: `${settings.service}/v1/notes`, payload, bytes: (await gzip(payload)).byteLength };
}

export const clearMarks = (tabId: number): Promise<unknown> =>
  order(tabId, { type: "clear" }).catch(() => {});

/** Draws the notes of a finished check; the ids of those whose sentence is in the page, in its order. */
async function mark(tabId: number, done: Done, settings: Settings): Promise<string[]> {
  const notes = done.reading.notes.filter((note) => !done.hidden.includes(note.id));
  const anchored = await order(tabId, {
    type: "mark",
    url: done.url,
    strength: settings.marks,
    notes: notes.map(({ id, level, quote }) => ({ id, level, quote })),
  }).catch(() => null);
  const parsed = v.safeParse(v.array(v.string()), anchored);
  return parsed.success ? parsed.output : [];
}

/** What came of it; null when the reader went on to another page in the meantime. */
async function outcome(
  tabId: number,
  settings: Settings,
  insist: boolean,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const { url } = await browser.tabs.get(tabId);
  if (!isReadable(url)) return failed({ kind: "unreadable" }, url);
  if (isExcluded(url, settings)) return failed({ kind: "excluded" }, url);
  const why = sensitivity(url);
  if (why && !insist) return { phase: "sensitive", why, url };
  const page = await takeSnapshot(tabId, settings);
  if (!page) return failed({ kind: "unreadable" }, url);
  // The tab may have gone elsewhere since it was asked for its address.
  const found = sensitivity(page.url) ?? page.sensitive;
  if (found && !insist) return { phase: "sensitive", why: found, url: page.url };
  const answer = await readPage(settings, bodyOf(page, settings), signal);
  if ((await documentIn(tabId)) !== page.document) return null;
  if (!answer.ok) return lastKnown(page, answer.failure, settings);
  // Without room for them the notes are shown all the same.
  await rememberReading(page.url, answer.value).catch(() => {});
  return finished(page, answer.value, settings);
}

async function takeSnapshot(tabId: number, settings: Settings): Promise<PageSnapshot | null> {
  try {
    await enter(tabId);
    const page = await order(tabId, { type: "snapshot", withAddress: settings.sendAddress });
    const parsed = v.safeParse(SnapshotSchema, page);
    return parsed.success ? parsed.output : null;
  } catch {
    // The browser lets no script in: its own pages, other extensions, a tab that was closed.
    return null;
  }
}

/** The name of the document in this tab; null where it does not hold our script, as it does once it was read. */
export async function documentIn(tabId: number): Promise<string | null> {
  const name = await order(tabId, { type: "alive" }).catch(() => null);
  return typeof name === "string" ? name : null;
}

/** Puts our script and the look of the marks into the page; doing so twice changes nothing. */
async function enter(tabId: number): Promise<void> {
  const target = { tabId };
  await browser.scripting.removeCSS({ target, files: ["/marks.css"] }).catch(() => {});
  await browser.scripting.insertCSS({ target, files: ["/marks.css"] });
  await browser.scripting.executeScript({ target, files: ["/content-scripts/content.js"] });
}

function bodyOf(page: PageSnapshot, { sendAddress }: Settings): PageBody {
  const body: PageBody = { html: page.html };
  const address = sendAddress ? bareAddress(page.url) : null;
  if (address) body.url = address;
  const language = /^[a-z]{2,3}/i.exec(page.language)?.[0].toLowerCase();
  if (language) body.language = language;
  return body;
}

/** Only trouble with the service itself brings the last notes back: a page that it refused has none. */
async function lastKnown(page: PageSnapshot, failure: Failure, settings: Settings): Promise<Outcome> {
  const gone = ["unreachable", "slow", "busy", "nonsense"].includes(failure.kind);
  const last = gone ? await recallReading(page.url) : null;
  if (!last) return failed(failure, page.url);
  return { ...(await finished(page, last.reading, settings)), at: last.at, failure };
}

async function finished(
  { url, document }: PageSnapshot,
  reading: Reading,
  settings: Settings,
): Promise<Done> {
  const hidden: string[] = [];
  for (const note of reading.notes) if (await isDismissed(note, settings)) hidden.push(note.id);
  return { phase: "done", at: Date.now(), url, document, reading, anchored: [], hidden, stale: false };
}

const isDismissed = async (note: Note, { dismissed }: Settings) =>
  dismissed.length > 0 && dismissed.includes(await digest(note.claim.id, note.quote.exact));

const failed = (failure: Failure, url?: string): Outcome => ({ phase: "failed", failure, url });

/** Takes a wrong match away, in the page and the panel, and whenever this sentence and claim meet again. */
export async function putAway(tabId: number, noteId: string): Promise<void> {
  const state = await loadPage(tabId);
  const note = state.phase === "done" && state.reading.notes.find((one) => one.id === noteId);
  if (!note) return;
  const name = await digest(note.claim.id, note.quote.exact);
  const settings = await changeSettings(({ dismissed }) => ({
    dismissed: [name, ...dismissed.filter((one) => one !== name)],
  }));
  const done = await changeDone(tabId, (state) => ({ ...state, hidden: [...state.hidden, noteId] }));
  if (done) {
    const anchored = await mark(tabId, done, settings);
    await changeDone(tabId, (state) => ({ ...state, anchored }));
  }
  if (hasConsent(settings))
    await sendFeedback(settings, { claim: note.claim.id, framing: note.framing, kind: "wrong-match" });
}

/**
 * A page that loads in a site where the reader wants every page checked, or that drew another article in place
 * of the one that was read.
 */
export async function checkIfWanted(tabId: number, href: string): Promise<void> {
  const settings = await loadSettings();
  const wanted =
    isReadable(href) &&
    settings.always.includes(siteOf(href)) &&
    !isExcluded(href, settings) &&
    !isPaused(settings);
  if (!wanted) return;
  const state = await loadPage(tabId);
  const untouched = state.phase === "unasked" && !state.url;
  const replaced = state.phase === "done" && state.stale && placeOf(state.url) !== placeOf(href);
  if (untouched || replaced) await check(tabId, false);
}
