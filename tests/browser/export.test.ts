import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { asAnnotations, asCsv, asMarkdown, noteAsText } from "../../extension/lib/export";
import { fragmentLink } from "../../extension/lib/fragment";
import { wordsFrom } from "../../extension/lib/i18n";
import type { Done } from "../../extension/lib/state";
import { ASSERTION, CALLS_CLAIM, DENIAL, note, reading } from "./driver/samples";

const words = wordsFrom("en", JSON.parse(readFileSync("extension/public/_locales/en/messages.json", "utf8")));
const URL_READ = "https://news.example/article";

const done = (...notes: ReturnType<typeof note>[]): Done => ({
  phase: "done",
  at: Date.UTC(2026, 10, 22),
  url: URL_READ,
  document: "one",
  reading: reading(notes),
  anchored: notes.map((one) => one.id),
  hidden: [],
  stale: false,
});

describe("notes that travel", () => {
  it("are W3C annotations on the quoted sentence", () => {
    const page = JSON.parse(asAnnotations(done(note("n1", ASSERTION)), words));
    assert.equal(page["@context"], "http://www.w3.org/ns/anno.jsonld");
    assert.deepEqual(page.items[0].target, {
      source: URL_READ,
      selector: { type: "TextQuoteSelector", exact: ASSERTION, prefix: "", suffix: "" },
    });
    assert.match(page.items[0].body.value, /Reported here as an allegation \(source: Wall Street Journal\)/);
  });

  it("have one name each, as the standard asks", () => {
    const page = JSON.parse(asAnnotations(done(note("n1", ASSERTION), note("n2", DENIAL)), words));
    const names = [page.id, ...page.items.map((one: { id: string }) => one.id)];
    assert.equal(new Set(names).size, 3);
    for (const name of names) assert.match(name, /^urn:uuid:[0-9a-f-]{36}$/);
  });

  it("lead to their sources in Markdown, whatever the addresses hold", () => {
    const [position] = CALLS_CLAIM.positions;
    const claim = { ...CALLS_CLAIM, positions: [{ ...position!, url: "https://x.example/a_b_c?d=<e>" }] };
    const text = asMarkdown(done(note("n1", ASSERTION, { claim })), words);
    assert.match(
      text,
      /\n- Wall Street Journal, asserts, 2024-10-24, <https:\/\/x\.example\/a_b_c\?d=%3Ce%3E>\n/,
    );
  });

  it("quote as the reader's language does", () => {
    const french = wordsFrom(
      "fr",
      JSON.parse(readFileSync("extension/public/_locales/fr/messages.json", "utf8")),
    );
    const text = noteAsText(note("n1", ASSERTION), done(note("n1", ASSERTION)), french);
    assert.ok(text.startsWith(`«\u00a0${ASSERTION}\u00a0»\n`));
  });

  it("are in the order of the page, without those put away", () => {
    const state = {
      ...done(note("n1", ASSERTION), note("n2", DENIAL), note("n3", "Gone.")),
      anchored: ["n2", "n1"],
      hidden: ["n3"],
    };
    const quotes = JSON.parse(asAnnotations(state, words)).items.map(
      (one: { target: { selector: { exact: string } } }) => one.target.selector.exact,
    );
    assert.deepEqual(quotes, [DENIAL, ASSERTION]);
  });

  it("are a table whose cells no spreadsheet runs", () => {
    const claim = { ...CALLS_CLAIM, text: '=HYPERLINK("https://bad.example")' };
    const csv = asCsv(done(note("n1", 'He said "no", then left.', { claim })), words);
    const [header, row] = csv.slice(1).trimEnd().split("\r\n");
    assert.equal(header, '"sentence","level","framing","speaker","claim","status","sources"');
    assert.ok(
      row!.startsWith(
        '"He said ""no"", then left.","flag","attributed","Wall Street Journal","\'=HYPERLINK(""https://bad.example"")"',
      ),
    );
  });

  it("are Markdown in which the words of others stay words", () => {
    const text = asMarkdown(done(note("n1", "See [here](https://bad.example) <img src=x> # now")), words);
    assert.match(text, /> See \\\[here\\\]\(https:\/\/bad\.example\) \\<img src=x\\> \\# now/);
    assert.match(text, /No note is no clean bill/);
  });

  it("can be pasted into a message", () => {
    const text = noteAsText(note("n1", ASSERTION), done(note("n1", ASSERTION)), words);
    assert.ok(text.startsWith(`“${ASSERTION}”\nReported here`));
    assert.ok(text.endsWith(URL_READ));
  });

  const links: [string, string, string][] = [
    ["a short sentence whole", "Il l’a nié.", "#:~:text=Il%20l%E2%80%99a%20ni%C3%A9."],
    [
      "a long sentence by its ends",
      ASSERTION,
      "#:~:text=Selon%20le%20Wall%20Street%20Journal%2C%20Elon,Poutine%20depuis%20la%20fin%20de%202022.",
    ],
    ["hyphens and commas escaped", "Well-known, yes.", "#:~:text=Well%2Dknown%2C%20yes."],
  ];
  for (const [name, exact, hash] of links)
    it(`link to ${name}`, () => {
      assert.equal(fragmentLink(`${URL_READ}#top`, { exact, prefix: "", suffix: "" }), URL_READ + hash);
    });
});
