import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";
import { archive, filesUnder } from "../../extension/store/package";

const manifestOf = (browser: string) =>
  JSON.parse(readFileSync(`.output/${browser}-mv3/manifest.json`, "utf8"));
const sources = filesUnder("extension").filter((name) => /\.tsx?$/.test(name) && !name.startsWith("store/"));
const read = (name: string) => readFileSync(`extension/${name}`, "utf8");
const SURFACES = ["popup", "sidepanel", "options"];

/** Where a file's relative imports lead, from the extension's folder. */
const importsOf = (name: string): string[] =>
  [...read(name).matchAll(/from "(\.[^"]+)"/g)].map(([, path]) => normalize(join(dirname(name), path!)));

/** `entrypoints/popup/page.tsx` belongs to "popup", `lib/…` to "lib". */
const partOf = (name: string) =>
  name.startsWith("entrypoints/") ? name.split(/[/.]/)[1]! : name.split("/")[0]!;

describe("the shape of the extension", () => {
  it("asks at install for nothing but the five narrow permissions, and for no site", () => {
    const chrome = manifestOf("chrome");
    assert.deepEqual(chrome.permissions, ["activeTab", "scripting", "storage", "contextMenus", "sidePanel"]);
    const firefox = manifestOf("firefox");
    assert.deepEqual(firefox.permissions, ["activeTab", "scripting", "storage", "contextMenus"]);
    for (const manifest of [chrome, firefox]) {
      assert.equal(manifest.manifest_version, 3);
      assert.equal(manifest.host_permissions, undefined);
      assert.equal(manifest.externally_connectable, undefined);
      assert.equal(manifest.web_accessible_resources, undefined);
      assert.deepEqual(manifest.content_scripts ?? [], []);
      assert.equal(
        manifest.content_security_policy.extension_pages,
        "script-src 'self'; object-src 'none'; base-uri 'none'",
      );
    }
  });

  it("declares to Firefox what is sent", () => {
    assert.deepEqual(manifestOf("firefox").browser_specific_settings.gecko.data_collection_permissions, {
      required: ["websiteContent"],
      optional: ["browsingActivity"],
    });
  });

  it("carries the licences of what is bundled", () => {
    const licences = readFileSync(".output/chrome-mv3/LICENSES.txt", "utf8");
    for (const words of ["Apache License", "Jason Miller", "Fabian Hiller"])
      assert.match(licences, new RegExp(words));
  });

  it("speaks the browser's language where the browser speaks for it", () => {
    for (const { name, description, action, commands } of [manifestOf("chrome"), manifestOf("firefox")]) {
      const said = Object.values<{ description?: string }>(commands).flatMap((one) => one.description ?? []);
      for (const text of [name, description, action.default_title, ...said])
        assert.match(text, /^__MSG_\w+__$/);
    }
  });

  it("has in Chromium the id that the service lets in", () => {
    const digest = createHash("sha256")
      .update(Buffer.from(manifestOf("chrome").key, "base64"))
      .digest("hex");
    const id = digest.slice(0, 32).replace(/./g, (c) => "abcdefghijklmnop"[Number.parseInt(c, 16)]!);
    assert.equal(id, readFileSync("extension/ID.txt", "utf8").trim());
  });

  it("keeps its parts apart: surfaces and the page's script never import one another", () => {
    const crossings = sources.flatMap((name) =>
      importsOf(name)
        .filter((path) => ![partOf(name), "lib", "components", "public"].includes(partOf(path)))
        .map((path) => `${name} -> ${path}`),
    );
    assert.deepEqual(crossings, []);
  });

  it("keeps the plain modules plain: they import no surface and no view", () => {
    const wrong = sources
      .filter((name) => partOf(name) === "lib")
      .filter(
        (name) =>
          importsOf(name).some((path) => !["lib", "public"].includes(partOf(path))) ||
          /preact/.test(read(name)),
      );
    assert.deepEqual(wrong, []);
  });

  it("talks to the service from one file only", () => {
    const callers = sources.filter((name) =>
      /\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|EventSource/.test(read(name)),
    );
    assert.deepEqual(callers.sort(), ["entrypoints/background/service.ts", "lib/i18n.ts"]);
    assert.match(read("lib/i18n.ts"), /fetch\(browser\.runtime\.getURL/);
  });

  it("writes no HTML anywhere", () => {
    const pattern = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/;
    assert.deepEqual(
      sources.filter((name) => pattern.test(read(name))),
      [],
    );
    for (const browser of ["chrome", "firefox"])
      for (const name of filesUnder(`.output/${browser}-mv3`).filter((one) => one.endsWith(".js")))
        assert.doesNotMatch(
          readFileSync(`.output/${browser}-mv3/${name}`, "utf8"),
          /\.innerHTML\s*=[^=]/,
          name,
        );
  });

  for (const browser of ["chrome", "firefox"])
    for (const surface of SURFACES)
      it(`${browser}: ${surface} weighs less than 120 kB`, () => {
        const root = `.output/${browser}-mv3`;
        const html = readFileSync(`${root}/${surface}.html`, "utf8");
        const files = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, name]) => `${root}/${name}`);
        assert.ok(files.length >= 2, "its scripts and styles are found");
        assert.ok(files.every(existsSync));
        const bytes = files.reduce((sum, name) => sum + statSync(name).size, 0);
        assert.ok(bytes < 120_000, `${bytes} bytes`);
      });

  for (const browser of ["chrome", "firefox"])
    for (const script of ["content-scripts/content.js", "background.js"])
      it(`${browser}: ${script} weighs less than 120 kB`, () => {
        assert.ok(statSync(`.output/${browser}-mv3/${script}`).size < 120_000);
      });

  it("packs the same files into the same bytes", () => {
    const names = filesUnder(".output/chrome-mv3");
    const [once, again] = [
      archive(names, ".output/chrome-mv3"),
      archive([...names].reverse(), ".output/chrome-mv3"),
    ];
    assert.deepEqual(Buffer.from(once), Buffer.from(again));
  });

  it("locks its packages without naming where they were fetched", () => {
    assert.doesNotMatch(readFileSync("package-lock.json", "utf8"), /"resolved"/);
  });
});
