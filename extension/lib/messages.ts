/** What the parts of the extension say to one another, checked on arrival. */
import * as v from "valibot";
import { browser } from "wxt/browser";

const tabId = v.pipe(v.number(), v.integer());
const id = v.pipe(v.string(), v.maxLength(500));

/** From the extension's own pages to the background. */
export const RequestSchema = v.variant("type", [
  v.object({ type: v.literal("preview"), tabId }),
  v.object({ type: v.literal("cancel"), tabId }),
  v.object({ type: v.literal("clear"), tabId }),
  v.object({ type: v.literal("put-away"), tabId, noteId: id }),
  v.object({
    type: v.literal("look-up"),
    text: v.pipe(v.string(), v.minLength(1)),
    language: v.optional(v.string()),
    publisher: v.optional(v.string()),
    status: v.optional(v.string()),
    since: v.optional(v.string()),
  }),
  v.object({ type: v.literal("feedback"), claim: id, framing: v.string(), kind: v.literal("wrong-framing") }),
  v.object({ type: v.literal("ready"), service: v.optional(v.string()) }),
]);
export type Request = v.InferInput<typeof RequestSchema>;

/** From the script in a page to the background: it may only speak of its own tab. */
export const ReportSchema = v.variant("type", [
  v.object({ type: v.literal("mark-clicked"), id }),
  v.object({ type: v.literal("anchored"), ids: v.array(id), stale: v.boolean() }),
]);
export type Report = v.InferOutput<typeof ReportSchema>;

const quote = v.object({ exact: v.string(), prefix: v.string(), suffix: v.string() });

/** To the script in a page. */
export const OrderSchema = v.variant("type", [
  v.object({ type: v.literal("snapshot"), withAddress: v.boolean() }),
  v.object({
    type: v.literal("mark"),
    /** The address that was read: by now the page may show another one. */
    url: v.string(),
    strength: v.picklist(["full", "quiet", "off"]),
    notes: v.array(v.object({ id, level: v.picklist(["flag", "context"]), quote })),
  }),
  v.object({ type: v.literal("strength"), strength: v.picklist(["full", "quiet", "off"]) }),
  v.object({ type: v.literal("show"), id }),
  v.object({ type: v.literal("next") }),
  v.object({ type: v.literal("clear") }),
  v.object({ type: v.literal("alive") }),
]);
export type Order = v.InferOutput<typeof OrderSchema>;

/** What `snapshot` answers. */
export const SnapshotSchema = v.object({
  html: v.string(),
  url: v.string(),
  /** What `alive` answers too: the name of this document, among those that a tab shows. */
  document: v.string(),
  language: v.string(),
  sensitive: v.nullable(v.picklist(["password", "payment"])),
});
export type PageSnapshot = v.InferOutput<typeof SnapshotSchema>;

export interface Preview {
  address: string;
  /** The body of the request, word for word. */
  payload: string;
  /** Bytes on the wire, after gzip. */
  bytes: number;
}

/** Sends a request to the background; rejects when it cannot answer. */
export const ask = (request: Request): Promise<unknown> => browser.runtime.sendMessage(request);

/** Gives an order to the script in a tab's page; rejects where there is none. */
export const order = (tab: number, message: Order): Promise<unknown> =>
  browser.tabs.sendMessage(tab, message, { frameId: 0 });

export type Sender = { id?: string; url?: string; origin?: string; tab?: { id?: number }; frameId?: number };

/** One of our own pages: not a script in a page, not another extension. */
export const isOwnPage = (sender: Sender) =>
  sender.id === browser.runtime.id && (sender.url ?? "").startsWith(browser.runtime.getURL("/"));

/** Our script in the top frame of a tab. */
export const isOwnScript = (sender: Sender) =>
  sender.id === browser.runtime.id &&
  sender.tab?.id !== undefined &&
  sender.frameId === 0 &&
  !(sender.url ?? "").startsWith(browser.runtime.getURL("/"));
