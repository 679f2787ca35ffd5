/** The two servers around the browser: one with pages to read, one that plays the Obelism service. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export interface Running {
  /** Without a slash at the end. */
  address: string;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<AddressInfo> {
  await new Promise<void>((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  return server.address() as AddressInfo;
}

const closing = (server: Server) => () =>
  new Promise<void>((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });

/** For a service that another program starts. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = await listen(server);
  await closing(server)();
  return port;
}

/** Serves `tests/pages/<slug>/page.html` at `http://news.example:<port>/<slug>/`, and pages made up on the spot. */
export async function servePages(made: Record<string, string> = {}): Promise<Running> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const html =
      made[pathname] ?? (await readFile(`tests/pages${pathname}page.html`, "utf8").catch(() => null));
    response
      .writeHead(html === null ? 404 : 200, { "Content-Type": "text/html; charset=utf-8" })
      .end(html ?? "");
  });
  const { port } = await listen(server);
  return { address: `http://news.example:${port}`, close: closing(server) };
}

export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
  /** As it came over the wire. */
  bytes: number;
}

export type Answer = (seen: Seen, response: ServerResponse) => unknown;

/** What the service says of a page without an article. */
export const noArticle: Answer = (_, response) =>
  void response.writeHead(422).end(JSON.stringify({ type: "urn:obelism:problem:not-an-article" }));

export interface PlayedService extends Running {
  /** Every call but preflights and /readyz. */
  calls: Seen[];
  /** Called for each request: returns the JSON to answer with, or answers itself and returns undefined. */
  answer: Answer;
  /** What /readyz says. */
  readiness: string;
}

/** A service that answers what the test says, under the contract's rules for browsers. */
export async function playService(answer: Answer): Promise<PlayedService> {
  const readiness = '{"status":"ready"}';
  const played: PlayedService = { calls: [], answer, readiness, address: "", close: async () => {} };
  const server = createServer(async (request, response) => {
    response.setHeader("Access-Control-Allow-Origin", request.headers.origin ?? "*");
    response.setHeader("Access-Control-Allow-Headers", "content-type, content-encoding, authorization");
    response.setHeader("Access-Control-Allow-Methods", "GET, POST");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    const raw = await bodyOf(request);
    const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const seen: Seen = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: plain.length ? JSON.parse(plain.toString("utf8")) : null,
      bytes: raw.length,
    };
    if (seen.path === "/readyz") return response.end(played.readiness);
    played.calls.push(seen);
    const reply = await played.answer(seen, response);
    if (reply !== undefined)
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(reply));
  });
  const { port } = await listen(server);
  played.address = `http://127.0.0.1:${port}`;
  played.close = closing(server);
  return played;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
