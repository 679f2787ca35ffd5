/** Pages that are nobody else's business: asked about each time, and never checked by themselves. */
import { treesOf } from "./readable";
import { isOwnMachine } from "./settings";
import type { Sensitivity } from "./state";

const MAIL_HOST =
  /(^|\.)(mail\d*|webmail\w*|mailbox|messagerie[\w-]*|outlook|gmail|fastmail|mailfence|gmx|tuta|tutanota|inbox|imap|owa|roundcube|zimbra|proton)\./i;
// Banks put their trade into their name: labanquepostale, mabanque, deutsche-bank.
const PAYMENT_HOST =
  /(^|\.)(pay|payment|payments|paiement|checkout|secure|paypal|stripe|[\w-]*(bank|banking|banque))\.|(^|\.)labanque/i;
const PAYMENT_PATH =
  // A basket with something below it is a section on a sport.
  /\/((checkout|payment|paiement|panier|cart|billing|facturation|virement)(\/|$|\.)|basket\/?$)/i;
const MAIL_PATH = /\/(webmail|owa|roundcube|rainloop|squirrelmail|mail\/(u|inbox|\d))(\/|$)|^\/mail\/?$/i;

/** Why this address needs asking, or null. */
export function sensitivity(href: string): Sensitivity | null {
  const url = new URL(href);
  if (url.protocol === "file:") return "file";
  if (isOwnMachine(url.hostname) || isPrivateNetwork(url.hostname)) return "own-machine";
  if (MAIL_HOST.test(url.hostname) || MAIL_PATH.test(url.pathname)) return "mail";
  if (PAYMENT_HOST.test(url.hostname) || PAYMENT_PATH.test(url.pathname)) return "payment";
  return null;
}

const isPrivateNetwork = (host: string) =>
  /^(0\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host) ||
  /^\[f(c|d|e[89ab])/i.test(host) ||
  /\.(local|internal|lan|home|home\.arpa)$/i.test(host) ||
  !/[.:]/.test(host);

/** What the page's own fields say; hidden sign-in forms in a page's header do not count. */
export function sensitiveFields(document: Document): "password" | "payment" | null {
  const trees = [...treesOf(document.documentElement)];
  const shown = (selector: string) =>
    trees.some((tree) =>
      [...tree.querySelectorAll(selector)].some((field) =>
        field.checkVisibility({ visibilityProperty: true }),
      ),
    );
  if (shown('input[type="password" i]')) return "password";
  return shown('input[autocomplete^="cc-" i], input[name*="cardnumber" i], input[name*="card-number" i]')
    ? "payment"
    : null;
}

/** Can a script be run there at all? Not in the browser's own pages, nor in the extension stores. */
export function isReadable(href: string | undefined): href is string {
  if (!href || !URL.canParse(href)) return false;
  const url = new URL(href);
  if (!["http:", "https:", "file:"].includes(url.protocol)) return false;
  return !STORES.some((store) => (url.host + url.pathname).startsWith(store));
}

const STORES = ["chromewebstore.google.com/", "chrome.google.com/webstore", "addons.mozilla.org/"];
