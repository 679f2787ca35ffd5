/** The one place that talks to the Obelism service. Every failure comes back as a value. */
import * as v from "valibot";
import type { Settings } from "../../lib/settings";
import { CHECK_LIMIT_MS, type Failure, type FailureKind, type LookupOutcome } from "../../lib/state";
import {
  type FeedbackKind,
  LookupSchema,
  ProblemSchema,
  type Reading,
  ReadingSchema,
  ReadySchema,
} from "../../lib/types";

/** What is read is kept for the session, of which the browser keeps 10 MB in all. */
const MOST_CHARACTERS = 2_000_000;
/** A service that is there says so at once. */
const READY_LIMIT_MS = 4000;

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export interface PageBody {
  html: string;
  url?: string;
  language?: string;
}

export async function readPage(
  settings: Settings,
  body: PageBody,
  signal: AbortSignal,
): Promise<Answer<Reading>> {
  return call(settings, "/v1/notes", ReadingSchema, { body: JSON.stringify(body), zip: true, signal });
}

export async function lookUp(settings: Settings, query: Record<string, unknown>): Promise<LookupOutcome> {
  const answer = await call(settings, "/v1/lookups", LookupSchema, { body: JSON.stringify(query) });
  return answer.ok ? { results: answer.value.results } : { failure: answer.failure };
}

export async function sendFeedback(
  settings: Settings,
  body: { claim: string; framing?: string; kind: FeedbackKind },
): Promise<Failure | null> {
  const answer = await call(settings, "/v1/feedback", v.unknown(), { body: JSON.stringify(body) });
  return answer.ok ? null : answer.failure;
}

/** Is a service there, and is it ready? Asked without the token: nobody agreed yet to what answers there. */
export async function isReady(service: string): Promise<Failure | null> {
  const signal = AbortSignal.timeout(READY_LIMIT_MS);
  const answer = await call({ service, token: "" }, "/readyz", ReadySchema, { signal });
  return answer.ok ? null : answer.failure;
}

export async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

interface Call {
  body?: string;
  zip?: boolean;
  signal?: AbortSignal;
}

async function call<T extends v.GenericSchema>(
  { service, token }: Pick<Settings, "service" | "token">,
  path: string,
  schema: T,
  { body, zip = false, signal }: Call,
): Promise<Answer<v.InferOutput<T>>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (zip) headers["Content-Encoding"] = "gzip";
  if (token) headers.Authorization = `Bearer ${token}`;
  const limit = AbortSignal.timeout(CHECK_LIMIT_MS);
  try {
    const response = await fetch(service + path, {
      method: body === undefined ? "GET" : "POST",
      headers,
      body: body === undefined ? undefined : zip ? await gzip(body) : body,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      // No cookies, no address of the page, nothing kept, no going elsewhere.
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      redirect: "error",
    });
    return await read(response, schema);
  } catch (error) {
    return failed({ kind: isTimeout(error) ? "slow" : "unreachable" });
  }
}

async function read<T extends v.GenericSchema>(
  response: Response,
  schema: T,
): Promise<Answer<v.InferOutput<T>>> {
  const text = await limitedText(response);
  const data = text === null ? undefined : parseJson(text);
  if (!response.ok) return failed(problem(response.status, data));
  const result = v.safeParse(schema, data);
  return result.success ? { ok: true, value: result.output } : failed({ kind: "nonsense" });
}

/** The body, or null when it is longer than any honest answer. */
async function limitedText(response: Response): Promise<string | null> {
  if (!response.body) return "";
  const parts: string[] = [];
  let length = 0;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parts.join("");
    parts.push(value);
    length += value.length;
    if (length > MOST_CHARACTERS) {
      await reader.cancel();
      return null;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The service's problems by the last part of their type; others are refusals. */
const PROBLEMS = new Map<string, FailureKind>([
  ["unauthorized", "token"],
  ["not-allowed", "token"],
  ["not-an-article", "not-article"],
  ["too-large", "too-large"],
  ["too-many-requests", "busy"],
  ["busy", "busy"],
  ["unavailable", "busy"],
  ["overtime", "slow"],
]);
/** What a proxy before the service says, which knows no types. */
const STATUSES = new Map<number, FailureKind>([
  [401, "token"],
  [413, "too-large"],
  [429, "busy"],
  [503, "busy"],
]);

function problem(status: number, data: unknown): Failure {
  const parsed = v.safeParse(ProblemSchema, data);
  const { type, title, detail } = parsed.success ? parsed.output : { type: "", title: "", detail: "" };
  const [, name] = /^urn:obelism:problem:(.+)$/.exec(type) ?? [];
  const kind = name === undefined ? STATUSES.get(status) : PROBLEMS.get(name);
  return { kind: kind ?? "refused", detail: detail || title || undefined };
}

const failed = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure });
const isTimeout = (error: unknown) => error instanceof DOMException && error.name === "TimeoutError";
