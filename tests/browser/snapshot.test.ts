import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sensitivity } from "../../extension/lib/sensitive";
import { bareAddress } from "../../extension/lib/snapshot";
import { openPlain, type PlainBrowser, type PlainPage } from "./driver/plain";

for (const name of ["chromium", "firefox"] as const)
  describe(`${name}: the snapshot of a page`, () => {
    let browser: PlainBrowser;
    let page: PlainPage;
    before(async () => {
      browser = await openPlain(name);
      page = await browser.newPage();
    });
    after(() => browser?.close());

    const snapshotOf = async (html: string, withAddress = false): Promise<string> => {
      await page.show(html);
      return page.run((withAddress) => lib.snapshot(document, { withAddress }), withAddress);
    };
    const bodyOf = (snapshot: string) => /<body[^>]*>(.*)<\/body>/s.exec(snapshot)?.[1];

    it("holds the text as it stands, with the structure around it", async () => {
      const html = `<main class="story"><h1>Ti&shy;tle</h1><p>He said&nbsp;: “a &lt; b”.<br>New line.</p></main>`;
      assert.equal(
        bodyOf(await snapshotOf(html)),
        '<main class="story"><h1>Ti\u00adtle</h1><p>He said\u00a0: “a &lt; b”.<br>New line.</p></main>',
      );
    });

    it("leaves out scripts, styles, comments, pictures and embedded documents", async () => {
      const body = bodyOf(
        await snapshotOf(
          "<p>Kept.</p><script>secret()</script><style>p{}</style><!-- secret --><noscript>secret</noscript>" +
            "<iframe srcdoc='secret'></iframe><img alt=secret src=x><svg><text>secret</text></svg><template>secret</template>",
        ),
      );
      assert.equal(body, "<p>Kept.</p>");
    });

    it("leaves out what the reader typed or could type", async () => {
      const body = await snapshotOf(
        "<form><label>Name <input value=secret></label><textarea>secret</textarea><select><option>secret</select></form>" +
          "<div contenteditable>secret</div><div role=textbox>secret</div><p contenteditable=false>Kept.</p>",
      );
      assert.doesNotMatch(body, /secret/);
      assert.match(body, /Kept\./);
    });

    it("leaves out all of a page that is one field", async () => {
      assert.doesNotMatch(await snapshotOf("<body contenteditable><p>secret</p></body>"), /secret/);
    });

    it("leaves the same out of a page that is XHTML, where elements have other names", async () => {
      const html =
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Title</title></head><body><p>Kept.</p>' +
        "<textarea>secret</textarea><select><option>secret</option></select><video>secret</video></body></html>";
      // No HTML can be written into it afterwards, as into the other pages here.
      const xhtml = await browser.newPage();
      await xhtml.visit(`data:application/xhtml+xml,${encodeURIComponent(html)}`);
      const body = bodyOf(await xhtml.run(() => lib.snapshot(document, { withAddress: false })));
      assert.equal(body, "<p>Kept.</p>");
    });

    it("leaves out what is hidden, however it is hidden", async () => {
      const body = await snapshotOf(
        "<p hidden>secret</p><p style='display:none'>secret</p><p style='visibility:hidden'>secret <b style='visibility:visible'>Shown.</b></p>" +
          "<details><summary>More</summary>secret</details><div style='display:contents'>No box, but shown.</div>" +
          "<p style='opacity:0'>Fades in later.</p>",
      );
      assert.doesNotMatch(body, /secret/);
      for (const text of ["Shown.", "No box, but shown.", "Fades in later.", "More"])
        assert.ok(body.includes(text), text);
    });

    it("leaves out what the site itself marks as private", async () => {
      const marked = [
        "data-private",
        "data-hj-suppress",
        "class=ph-no-capture",
        "class=fs-mask",
        "data-dd-privacy=mask",
      ];
      const html = marked.map((mark) => `<p ${mark}>secret</p>`).join("");
      assert.doesNotMatch(await snapshotOf(`${html}<p itemprop=email>secret</p>`), /secret/);
    });

    it("keeps no address of a link, and only attributes that tell how the page is built", async () => {
      const body = bodyOf(
        await snapshotOf(
          `<p id=a class=b onclick="secret()" style="color:red" data-user=secret title=secret><a href="/out?token=secret" rel=x>Link</a>` +
            `<q cite="https://secret.example/">Said.</q></p>`,
        ),
      );
      assert.equal(body, '<p id="a" class="b"><a href="#">Link</a><q>Said.</q></p>');
    });

    it("reads open shadow trees in place, with what is slotted into them", async () => {
      await page.show("<story-body><p slot=lead>Lead.</p>Lost.</story-body><p>After.</p>");
      const body = await page.run(async () => {
        const root = document.querySelector("story-body")!.attachShadow({ mode: "open" });
        root.innerHTML =
          "<style>p{}</style><section><slot name=lead>None.</slot><p>In the shadow.</p></section>";
        return lib.snapshot(document, { withAddress: false });
      });
      assert.equal(
        bodyOf(body),
        "<story-body><section><slot><p>Lead.</p></slot><p>In the shadow.</p></section></story-body><p>After.</p>",
      );
    });

    it("keeps the kind, date and language that the page states, and its address only if it may", async () => {
      const head =
        `<meta property="article:published_time" content="2024-10-26"><meta property="og:url" content="https://secret.example/a">` +
        `<meta name="csrf-token" content="secret"><meta name="author" content="secret"><script type="application/ld+json">` +
        `{"@type":"NewsArticle","datePublished":"2024-10-26","articleSection":["World","Satire"],"articleBody":"secret",` +
        `"url":"https://secret.example/a","author":{"email":"secret"}}</script>`;
      const without = await snapshotOf(`<html lang=fr><head>${head}</head><body><p>Text.</p></body></html>`);
      assert.match(without, /<html lang="fr">/);
      assert.match(without, /content="2024-10-26"/);
      assert.match(
        without,
        /\{"@type":"NewsArticle","datePublished":"2024-10-26","articleSection":\["World","Satire"\]\}/,
      );
      assert.doesNotMatch(without, /secret/);
      const withAddress = await snapshotOf(`<head>${head}</head><body><p>Text.</p></body>`, true);
      assert.equal(withAddress.match(/https:\/\/secret\.example\/a/g)?.length, 2);
    });

    it("sends no address with what follows ? or #, nor that of another page, in whatever tag it is stated", async () => {
      const address = "https://me:secret@news.example/a?reader=secret#secret";
      const data = {
        "@type": "ClaimReview",
        "@id": "#secret",
        url: [{ "@id": address }, address, "mailto:secret@news.example"],
        mainEntityOfPage: address,
        itemReviewed: { "@type": "Claim", appearance: { url: "https://secret.example/" } },
      };
      const head =
        `<base href="https://news.example/b?reader=secret"><meta property="og:url" content="${address}">` +
        `<script type="application/ld+json">${JSON.stringify(data)}</script>`;
      const snapshot = await snapshotOf(`<head>${head}</head><body><p>Text.</p></body>`, true);
      assert.doesNotMatch(snapshot, /secret/);
      assert.match(snapshot, /<meta property="og:url" content="https:\/\/news\.example\/a">/);
      assert.match(
        snapshot,
        /"@id":"https:\/\/news\.example\/b","url":\[\{"@id":"https:\/\/news\.example\/a"\}/,
      );
    });

    it("survives structured data that is broken, and HTML that nests 3,000 deep", async () => {
      const deep = "<div>".repeat(3000);
      const snapshot = await snapshotOf(
        `<head><script type="application/ld+json">{"@type": broken</script></head><body>${deep}Deep down.</body>`,
      );
      assert.match(snapshot, /Deep down\./);
      assert.doesNotMatch(snapshot, /broken/);
    });

    it("reads a page whose fields and pictures take the names of what we ask it for", async () => {
      const snapshot = await snapshotOf(
        `<head><title>The title</title></head><body><img name=title><form class=buy><input name=attributes><p>Text.</p></form></body>`,
      );
      assert.match(snapshot, /<title>The title<\/title>/);
      assert.equal(bodyOf(snapshot), '<form class="buy"><p>Text.</p></form>');
    });

    it("notices a password field in a shadow tree", async () => {
      await page.show("<sign-in></sign-in>");
      const found = await page.run(() => {
        const root = document.querySelector("sign-in")!.attachShadow({ mode: "open" });
        root.innerHTML = "<inner-form></inner-form>";
        const inner = root.querySelector("inner-form")!.attachShadow({ mode: "open" });
        inner.innerHTML = "<input type=password>";
        return lib.sensitiveFields(document);
      });
      assert.equal(found, "password");
    });

    it("notices password and card fields that are shown, not hidden ones", async () => {
      const fields = async (html: string) => {
        await page.show(html);
        return page.run(() => lib.sensitiveFields(document));
      };
      assert.equal(await fields("<input type=password>"), "password");
      assert.equal(await fields("<input autocomplete=cc-number>"), "payment");
      assert.equal(await fields("<div hidden><input type=password></div><input type=search>"), null);
    });
  });

describe("the pages that are asked about first", () => {
  const addresses: [string, ReturnType<typeof sensitivity>][] = [
    ["file:///home/me/letter.html", "file"],
    ["http://localhost:3000/draft", "own-machine"],
    ["https://127.0.0.1/draft", "own-machine"],
    ["http://192.168.1.1/", "own-machine"],
    ["http://[fe80::1]/", "own-machine"],
    ["http://intranet/news", "own-machine"],
    ["https://mail.google.com/mail/u/0/", "mail"],
    ["https://outlook.live.com/mail/0/", "mail"],
    ["https://paper.example/webmail/", "mail"],
    ["https://app.fastmail.com/", "mail"],
    ["https://messagerie.orange.fr/", "mail"],
    ["https://webmail22.orange.fr/", "mail"],
    ["https://www.icloud.com/mail", "mail"],
    ["https://www.labanquepostale.fr/", "payment"],
    ["https://mabanque.bnpparibas/", "payment"],
    ["http://0.0.0.0:3000/draft", "own-machine"],
    ["http://localhost.:3000/draft", "own-machine"],
    ["https://paper.example/checkout/step2", "payment"],
    ["https://shop.example/basket", "payment"],
    ["https://banking.example.com/", "payment"],
    ["https://www.dailymail.co.uk/news/article-1.html", null],
    ["https://www.lequipe.fr/Basket/Actualites/un-match/1", null],
    ["https://paper.example/business/banking-crisis", null],
  ];
  for (const [address, why] of addresses)
    it(`${address}: ${why ?? "none of them"}`, () => assert.equal(sensitivity(address), why));
});

describe("the address that may be sent", () => {
  it("has no query, fragment, user or password", () => {
    assert.equal(
      bareAddress("https://me:pw@news.example:8443/a/b?session=1#part"),
      "https://news.example:8443/a/b",
    );
    assert.equal(bareAddress("file:///home/me/letter.html"), null);
    assert.equal(bareAddress("no address"), null);
  });
});
