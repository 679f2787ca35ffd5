/**
 * What is known of each tab, in `storage.session`: in memory, never on disk, and it outlives the
 * background worker, which the browser may end at any time.
 */
import { browser } from "wxt/browser";
import type { LookupResult, Reading } from "./types";

/** A check that has not ended by now never will: the worker was killed or the service hangs. */
export const CHECK_LIMIT_MS = 20_000;

export type FailureKind =
  | "unreachable"
  | "slow"
  | "not-article"
  | "too-large"
  | "nonsense"
  | "refused"
  | "busy"
  | "token"
  | "unreadable"
  | "interrupted"
  | "excluded";

export interface Failure {
  kind: FailureKind;
  /** The service's own words, where it gave some. */
  detail?: string;
}

export type Sensitivity = "file" | "own-machine" | "password" | "payment" | "mail";

export interface Done {
  phase: "done";
  at: number;
  url: string;
  /** The document that was read: the "back" button may bring another one back, with our script in it. */
  document: string;
  reading: Reading;
  /** Ids of the notes whose sentence is marked in the page, in the order of the page. */
  anchored: string[];
  /** Ids of notes that the reader put away. */
  hidden: string[];
  /** The page now shows other text than when it was checked. */
  stale: boolean;
  /** Set when these are the last known notes, because the service does not answer. */
  failure?: Failure;
}

/** `url`: the address of which this holds, and of no other that the same document may show later. */
export type PageState =
  /** With an address: the reader wants no notes there, unless asked again. */
  | { phase: "unasked"; url?: string }
  /** The reader asked; the background has not begun. `insist`: also if it is a page that we had rather not read. */
  | { phase: "asked"; since: number; insist: boolean }
  | { phase: "working"; since: number }
  | { phase: "sensitive"; why: Sensitivity; url: string }
  | { phase: "failed"; failure: Failure; url?: string }
  | Done;

export interface Focus {
  tabId: number;
  noteId: string;
  at: number;
}

export interface LookupState {
  windowId: number;
  text: string;
  at: number;
}

export interface LookupOutcome {
  results?: LookupResult[];
  failure?: Failure;
}

const tabKey = (tabId: number) => `tab:${tabId}`;
const UNASKED: PageState = { phase: "unasked" };

export async function loadPage(tabId: number): Promise<PageState> {
  const stored = await browser.storage.session.get(tabKey(tabId));
  return current((stored[tabKey(tabId)] as PageState | undefined) ?? UNASKED);
}

/** For what stands around the request: the page is read before it and marked after it. */
const GRACE_MS = 2000;

/** A check whose time is over counts as interrupted, whoever asks. */
export function current(state: PageState, now = Date.now()): PageState {
  return (state.phase === "asked" || state.phase === "working") &&
    now - state.since > CHECK_LIMIT_MS + GRACE_MS
    ? { phase: "failed", failure: { kind: "interrupted" } }
    : state;
}

export const savePage = (tabId: number, state: PageState) =>
  browser.storage.session.set({ [tabKey(tabId)]: state });

/**
 * Asks the background for a check. Not by a message: the popup closes as the panel opens, and a message of a
 * page that is gone may never arrive at a background that the browser has yet to start.
 */
export const askCheck = (tabId: number, insist = false) =>
  savePage(tabId, { phase: "asked", since: Date.now(), insist });

/** The tabs whose check is said to be under way. */
export async function tabsAtWork(): Promise<number[]> {
  const stored = Object.entries(await browser.storage.session.get());
  return stored
    .filter(([key, state]) => key.startsWith("tab:") && (state as PageState).phase === "working")
    .map(([key]) => Number(key.slice(4)));
}

export const forgetPage = (tabId: number) => browser.storage.session.remove(tabKey(tabId));

/** Changes under way, one after the other: two at once would each undo what the other wrote. */
let changes: Promise<unknown> = Promise.resolve();

/** Changes a finished check, and gives it as it is now; null for anything else. Only for the background. */
export function changeDone(tabId: number, change: (done: Done) => Done): Promise<Done | null> {
  const changed = changes.then(async () => {
    const state = await loadPage(tabId);
    if (state.phase !== "done") return null;
    const done = change(state);
    await savePage(tabId, done);
    return done;
  });
  // One that cannot be written is told to who asked for it, and holds up no other.
  changes = changed.catch(() => {});
  return changed;
}

export function watchSession(listener: (changed: Record<string, unknown>) => void): () => void {
  const onChanged = (changes: Record<string, { newValue?: unknown }>, area: string) => {
    if (area !== "session") return;
    listener(Object.fromEntries(Object.entries(changes).map(([key, { newValue }]) => [key, newValue])));
  };
  browser.storage.onChanged.addListener(onChanged);
  return () => browser.storage.onChanged.removeListener(onChanged);
}

export const pageIn = (changed: Record<string, unknown>, tabId: number): PageState | null =>
  tabKey(tabId) in changed ? ((changed[tabKey(tabId)] as PageState | undefined) ?? UNASKED) : null;

// --- one-off requests from the background to the side panel ---------------------------------------

export const askFocus = (focus: Focus) => browser.storage.session.set({ focus });
export const askLookup = (lookup: LookupState) => browser.storage.session.set({ lookup });

export async function pendingLookup(): Promise<LookupState | null> {
  return ((await browser.storage.session.get("lookup")).lookup as LookupState | undefined) ?? null;
}

export async function pendingFocus(): Promise<Focus | null> {
  return ((await browser.storage.session.get("focus")).focus as Focus | undefined) ?? null;
}

// --- the last notes of each page, for when the service does not answer ------------------------------

const LAST_KEY = "last";
const LAST_MOST = 20;
/** The browser keeps 10 MB for the whole session, and the pages in front need theirs. */
const LAST_MOST_CHARACTERS = 2_000_000;
type Last = { url: string; at: number; reading: Reading }[];

export async function rememberReading(url: string, reading: Reading): Promise<void> {
  const others = (await lastReadings()).filter((one) => one.url !== url);
  const last = [{ url, at: Date.now(), reading }, ...others].slice(0, LAST_MOST);
  while (JSON.stringify(last).length > LAST_MOST_CHARACTERS) last.pop();
  await browser.storage.session.set({ [LAST_KEY]: last });
}

export async function recallReading(url: string): Promise<Last[number] | null> {
  return (await lastReadings()).find((one) => one.url === url) ?? null;
}

async function lastReadings(): Promise<Last> {
  return ((await browser.storage.session.get(LAST_KEY))[LAST_KEY] as Last | undefined) ?? [];
}
