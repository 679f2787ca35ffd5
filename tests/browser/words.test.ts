import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import ts from "typescript";
import { wordsFrom } from "../../extension/lib/i18n";
import { detailOf, framingOf, pageKindOf, reasonOf, tellingOf } from "../../extension/lib/wording";
import { filesUnder } from "../../extension/store/package";
import { CALLS_CLAIM, reading } from "./driver/samples";

type Catalogue = Record<string, { message: string }>;
const catalogue = (code: string): Catalogue =>
  JSON.parse(readFileSync(`extension/public/_locales/${code}/messages.json`, "utf8"));
const [en, fr] = [catalogue("en"), catalogue("fr")];
const sources = filesUnder("extension").filter((name) => /\.tsx?$/.test(name) && !name.startsWith("store/"));
const read = (name: string) => readFileSync(`extension/${name}`, "utf8");

/** Attributes whose value a reader sees or hears. */
const SPOKEN = new Set(["title", "placeholder", "alt", "aria-label", "aria-description", "label"]);
const hasLetters = (text: string) => /\p{L}{2}/u.test(text);

function writtenText(name: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasLetters(node.text)) found.push(node.text.trim());
    if (
      ts.isJsxAttribute(node) &&
      SPOKEN.has(node.name.getText()) &&
      node.initializer &&
      ts.isStringLiteral(node.initializer)
    )
      if (hasLetters(node.initializer.text)) found.push(node.initializer.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, read(name), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

describe("the words of the interface", () => {
  it("are the same set in English and French, with the same values in them", () => {
    assert.deepEqual(Object.keys(fr), Object.keys(en));
    const values = (message: string) => [...message.matchAll(/\$\d|%s/g)].map(String).sort();
    for (const [key, { message }] of Object.entries(en))
      assert.deepEqual(values(fr[key]!.message), values(message), key);
  });

  it("are none too many: each is used", () => {
    const code = [...sources.map(read), readFileSync("wxt.config.ts", "utf8")].join("\n");
    const isUsed = (name: string) => code.includes(`"${name}"`) || code.includes(`__MSG_${name}__`);
    const unused = Object.keys(en).filter((key) => !isUsed(key.replace(/_(one|other)$/, "")));
    assert.deepEqual(unused, []);
  });

  it("are written nowhere else", () => {
    const written = sources.flatMap((name) => writtenText(name).map((text) => `${name}: ${text}`));
    assert.deepEqual(written, []);
  });

  it("use French typography in French: curly apostrophes, no-break spaces beside : ; ? ! « »", () => {
    for (const [key, { message }] of Object.entries(fr)) {
      assert.doesNotMatch(message, /\p{L}'\p{L}/u, key);
      assert.doesNotMatch(message, / [:;?!»]|« /, key);
    }
  });

  it("fit into what stores allow", () => {
    for (const one of [en, fr]) {
      assert.ok(one.extensionName!.message.length <= 75);
      assert.ok(one.extensionDescription!.message.length <= 132);
    }
  });

  it("count in each language's own way", () => {
    const [english, french] = [wordsFrom("en", en), wordsFrom("fr", fr)];
    assert.deepEqual(
      [0, 1, 2].map((n) => english.n("countFlags", n)),
      ["0 flags", "1 flag", "2 flags"],
    );
    assert.deepEqual(
      [0, 1, 2].map((n) => french.n("countFlags", n)),
      ["0 signalement", "1 signalement", "2 signalements"],
    );
  });

  it("tell the age of a review in its largest unit", () => {
    const now = Date.UTC(2026, 10, 22);
    const ages = ["2026-11-21", "2026-10-01", "2025-12-01", "2024-10-26", "2020"];
    assert.deepEqual(
      ages.map((iso) => wordsFrom("en", en).age(iso, now)),
      ["yesterday", "2 months ago", "12 months ago", "2 years ago", "6 years ago"],
    );
    assert.equal(wordsFrom("fr", fr).day("2024-10-26"), "26 octobre 2024");
    assert.equal(wordsFrom("fr", fr).day("2024-10"), "octobre 2024");
  });

  const framings: [string, Parameters<typeof framingOf>[0], string, string][] = [
    [
      "asserted",
      { framing: "asserted", speaker: null },
      "Stated here in the page’s own voice",
      "Affirmé ici par la page elle-même",
    ],
    [
      "attributed",
      { framing: "attributed", speaker: "le Wall Street Journal" },
      "Reported here as an allegation (source: Wall Street Journal)",
      "Rapporté ici comme une allégation (source\u00a0: Wall Street Journal)",
    ],
    [
      "denied",
      { framing: "denied", speaker: "Peskov" },
      "Denial reported here (source: Peskov)",
      "Démenti rapporté ici (source\u00a0: Peskov)",
    ],
    [
      "denied by somebody without a name",
      { framing: "denied", speaker: "le porte-parole du Kremlin" },
      "Denial reported here (source: “le porte-parole du Kremlin”)",
      "Démenti rapporté ici (source\u00a0: «\u00a0le porte-parole du Kremlin\u00a0»)",
    ],
    [
      "questioned",
      { framing: "questioned", speaker: null },
      "Raised here as a question",
      "Posé ici comme une question",
    ],
  ];
  for (const [name, note, english, french] of framings)
    it(`say in words that a sentence is ${name}`, () => {
      assert.equal(framingOf(note, wordsFrom("en", en)), english);
      assert.equal(framingOf(note, wordsFrom("fr", fr)), french);
    });

  const speakers: [string, string][] = [
    ["l’Agence France-Presse", "Agence France-Presse"],
    ["la Russie", "Russie"],
    ["the Guardian", "Guardian"],
    // The article of a title or of a family belongs to it.
    ["Le Monde", "Le Monde"],
    ["Le Pen", "Le Pen"],
    ["The New York Times", "The New York Times"],
    ["Max von Sydow", "Max von Sydow"],
    ["La porte-parole", "“La porte-parole”"],
    ["L’assureur", "“L’assureur”"],
    ["Une source proche du dossier", "“Une source proche du dossier”"],
    ["officials", "“officials”"],
  ];
  for (const [speaker, named] of speakers)
    it(`name ${speaker} without an article of the page's language in our sentence`, () => {
      const said = framingOf({ framing: "questioned", speaker }, wordsFrom("en", en));
      assert.equal(said, `Raised here as a question (source: ${named})`);
    });

  it("give no source to what the page says in its own voice", () => {
    const said = framingOf({ framing: "asserted", speaker: "Peskov" }, wordsFrom("en", en));
    assert.equal(said, "Stated here in the page’s own voice");
  });

  it("run in the direction of their own script, whatever the browser's", () => {
    assert.deepEqual(
      ["en", "fr", "ar"].map((code) => wordsFrom(code, en).direction),
      ["ltr", "ltr", "rtl"],
    );
  });

  it("tell a claim in the reader's language where it is known in it", () => {
    const claim = {
      ...CALLS_CLAIM,
      phrasings: [{ text: "Elon Musk parle à Vladimir Poutine.", language: "fr" }],
    };
    assert.equal(tellingOf(claim, wordsFrom("fr", fr)).text, "Elon Musk parle à Vladimir Poutine.");
    assert.equal(tellingOf(claim, wordsFrom("en", en)).text, CALLS_CLAIM.text);
    assert.equal(tellingOf(CALLS_CLAIM, wordsFrom("fr", fr)).text, CALLS_CLAIM.text);
  });

  it("leave the service's English to those who read it, where ours tell enough", () => {
    const [english, french] = [wordsFrom("en", en), wordsFrom("fr", fr)];
    const busy = { kind: "busy", detail: "Try again in 30 s." } as const;
    assert.equal(detailOf(busy, english), "Try again in 30 s.");
    assert.equal(detailOf(busy, french), undefined);
    assert.equal(detailOf({ kind: "refused", detail: "Not JSON" }, french), "Not JSON");
  });

  it("say what a page is, where it is no news", () => {
    const { page } = reading([]);
    const french = wordsFrom("fr", fr);
    assert.equal(pageKindOf(page, french), null);
    assert.equal(
      pageKindOf({ ...page, kind: "satire" }, french),
      "Cette page est présentée comme une satire.",
    );
  });

  it("explain a match in the reader's language", () => {
    const french = wordsFrom("fr", fr);
    assert.equal(
      reasonOf({ kind: "veto:number", detail: "3 % / 30 %" }, french),
      "Autre nombre\u00a0: 3 % / 30 %",
    );
    assert.equal(
      reasonOf({ kind: "languages", detail: "fr / en" }, french),
      "D’une langue à l’autre\u00a0: français, anglais",
    );
    assert.equal(
      reasonOf({ kind: "meaning", detail: "0.83" }, french),
      "Proximité de sens\u00a0: 83 sur 100",
    );
    assert.equal(reasonOf({ kind: "score", detail: "almost certain" }, french), null);
    for (const kind of ["new-kind", "constructor"])
      assert.equal(reasonOf({ kind, detail: "x" }, french), `${kind}\u00a0: x`);
  });
});
