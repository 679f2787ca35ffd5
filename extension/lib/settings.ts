/** What the reader chose. Kept in `storage.local`, checked whenever it is read. */
import * as v from "valibot";
import { browser } from "wxt/browser";
import { isWebAddress, kept } from "./types";

export const DEFAULT_SERVICE = "http://127.0.0.1:8750";
const KEY = "settings";
const WISH = "always-wish";

/** A host as addresses write it, with its port where that is not the usual one. */
const Site = v.pipe(v.string(), v.regex(/^[a-z0-9._:[\]-]+$/), v.maxLength(260));
const Sites = kept(Site, 2000);

export const SettingsSchema = v.object({
  /** Where the service answers; without a slash at the end. */
  service: v.fallback(v.pipe(v.string(), v.check(isServiceAddress)), DEFAULT_SERVICE),
  token: v.fallback(v.pipe(v.string(), v.maxLength(4000)), ""),
  /** The service address to which the reader agreed to send pages; another address asks again. */
  consent: v.fallback(v.nullable(v.string()), null),
  /** May the page's address (without query and fragment) be sent? */
  sendAddress: v.fallback(v.boolean(), false),
  always: Sites,
  never: Sites,
  marks: v.fallback(v.picklist(["full", "quiet", "off"]), "full"),
  badge: v.fallback(v.boolean(), true),
  language: v.fallback(v.picklist(["auto", "en", "fr"]), "auto"),
  /** Nothing runs by itself before this time (milliseconds since 1970). */
  pausedUntil: v.fallback(v.number(), 0),
  /** The latest first. */
  recentLookups: kept(v.pipe(v.string(), v.maxLength(500)), 8),
  /** Notes that the reader called a wrong match, as digests of sentence and claim; the latest first. */
  dismissed: kept(v.pipe(v.string(), v.maxLength(64)), 2000),
});

export type Settings = v.InferOutput<typeof SettingsSchema>;

export const DEFAULTS: Settings = v.parse(SettingsSchema, {});

export async function loadSettings(): Promise<Settings> {
  const stored = await browser.storage.local.get(KEY);
  return readSettings(stored[KEY]);
}

/** Settings from anything: what does not fit has its default. */
export function readSettings(value: unknown): Settings {
  const result = v.safeParse(SettingsSchema, value);
  return result.success ? result.output : { ...DEFAULTS };
}

/**
 * One change at a time, whoever makes it: the popup, the options page and the background worker write one record.
 * A change that depends on what is there is a function of it.
 */
export async function changeSettings(
  change: Partial<Settings> | ((settings: Settings) => Partial<Settings>),
): Promise<Settings> {
  return navigator.locks.request(KEY, async () => {
    const before = await loadSettings();
    const changed = typeof change === "function" ? change(before) : change;
    const settings = readSettings({ ...before, ...changed });
    await browser.storage.local.set({ [KEY]: settings });
    return settings;
  });
}

/** Writes down that a site shall always be checked: the browser's own question may close the popup that asked. */
export const wishAlways = (site: string) => browser.storage.session.set({ [WISH]: site });

/** Does what was wished for once the browser allows it; twice is as good as once. */
export async function grantWish(): Promise<void> {
  const { [WISH]: site } = await browser.storage.session.get(WISH);
  if (typeof site !== "string") return;
  if (!(await browser.permissions.contains({ origins: originsOf(site) }))) return;
  await changeSettings(({ always, never }) => ({
    always: [...always.filter((one) => one !== site), site],
    never: never.filter((one) => !isExcludedBy(one, site)),
  }));
  await browser.storage.session.remove(WISH);
}

/** Takes sites off the list of those that are always checked, and gives the access to them back to the browser. */
export async function endAlways(sites: readonly string[]): Promise<void> {
  if (!sites.length) return;
  await giveBack(sites.flatMap(originsOf));
  await changeSettings(({ always }) => ({ always: always.filter((one) => !sites.includes(one)) }));
}

/** One that the browser itself holds to be required is not ours to give back. */
const giveBack = (origins: string[]) => browser.permissions.remove({ origins }).catch(() => false);

/** Forgets everything, what the browser was asked to allow and what is known of pages too. */
export async function resetSettings(): Promise<void> {
  const { origins = [] } = await browser.permissions.getAll();
  if (origins.length) await giveBack(origins);
  await browser.storage.session.clear();
  await browser.storage.local.clear();
}

export function watchSettings(listener: (settings: Settings) => void): () => void {
  const onChanged = (changes: Record<string, unknown>, area: string) => {
    if (area === "local" && KEY in changes) void loadSettings().then(listener);
  };
  browser.storage.onChanged.addListener(onChanged);
  return () => browser.storage.onChanged.removeListener(onChanged);
}

/**
 * Is it safe to send a page there? Plain http only on the reader's own machine: elsewhere anybody on the
 * way could read the page.
 */
export function isServiceAddress(address: string): boolean {
  if (!isWebAddress(address)) return false;
  const url = new URL(address);
  if (url.username || url.password || url.search || url.hash || address.endsWith("/")) return false;
  return url.protocol === "https:" || isOwnMachine(url.hostname);
}

export const isOwnMachine = (host: string) =>
  /^(.+\.)?localhost\.?$/.test(host) || host === "[::1]" || /^127(\.\d+){3}$/.test(host);

export const hasConsent = (s: Settings) => s.consent === s.service;
export const isPaused = (s: Settings, now = Date.now()) => s.pausedUntil > now;
/** What to ask the browser for; `*:` would ask Firefox for web sockets too, which are not ours to ask for. */
export const originsOf = (site: string) => {
  const host = withoutPort(site);
  return [`https://${host}/*`, `http://${host}/*`];
};
const withoutPort = (site: string) => site.replace(/:\d+$/, "");
export const siteOf = (href: string) => new URL(href).host;
export const isSite = (text: string) => v.is(Site, text);

/** "example.org" keeps Obelism away from www.example.org:8443 too; the other way round it does not. */
export const isExcludedBy = (never: string, site: string) =>
  [site, withoutPort(site)].some((one) => one === never || one.endsWith(`.${never}`));

/** Did the reader say never to check the site of this page? */
export const isExcluded = (href: string, { never }: Settings) =>
  never.some((one) => isExcludedBy(one, siteOf(href)));
