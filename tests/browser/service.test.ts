import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { isReady, lookUp, readPage } from "../../extension/entrypoints/background/service";
import { DEFAULTS } from "../../extension/lib/settings";
import { type PlayedService, playService } from "./driver/servers";

describe("what the service says", () => {
  let service: PlayedService;
  before(async () => {
    service = await playService(() => undefined);
  });
  beforeEach(() => {
    service.answer = () => undefined;
  });
  after(() => service.close());

  const refuse = (status: number, body: object) => {
    service.answer = (_, response) => void response.writeHead(status).end(JSON.stringify(body));
  };
  const settings = () => ({ ...DEFAULTS, service: service.address });
  const lookedUp = async () => (await lookUp(settings(), { text: "Musk" })).failure?.kind;

  const problems: [number, string, string][] = [
    [401, "unauthorized", "token"],
    [403, "not-allowed", "token"],
    [403, "foreign-origin", "refused"],
    [422, "bad-input", "refused"],
    [422, "not-an-article", "not-article"],
    [413, "too-large", "too-large"],
    [429, "too-many-requests", "busy"],
    [503, "busy", "busy"],
    [503, "unavailable", "busy"],
    [503, "overtime", "slow"],
    [500, "internal", "refused"],
    [500, "constructor", "refused"],
  ];
  for (const [status, name, kind] of problems)
    it(`is understood by the problem and not by its number: ${name}`, async () => {
      refuse(status, { type: `urn:obelism:problem:${name}`, title: "x", detail: "y" });
      assert.equal(await lookedUp(), kind);
      const page = await readPage(settings(), { html: "<p>x" }, AbortSignal.timeout(10_000));
      assert.deepEqual(page, { ok: false, failure: { kind, detail: "y" } });
    });

  it("is understood by the number where a proxy answers in its place", async () => {
    for (const [status, kind] of [
      [401, "token"],
      [403, "refused"],
      [413, "too-large"],
      [422, "refused"],
      [429, "busy"],
      [503, "busy"],
    ] as const) {
      refuse(status, { type: "about:blank" });
      assert.equal(await lookedUp(), kind, String(status));
    }
  });

  it("is that it is ready, or nothing that can be understood", async () => {
    assert.equal(await isReady(service.address), null);
    service.readiness = "<!doctype html>Quite another program";
    assert.deepEqual(await isReady(service.address), { kind: "nonsense" });
  });
});
