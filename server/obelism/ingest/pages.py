"""A fact-checker's web page -> its claims: JSON-LD, as broken as it comes, and microdata."""

from __future__ import annotations

import codecs
import html as entities
import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress

import json_repair
from lxml import etree, html  # type: ignore[import-untyped]

from obelism.ingest import claimreview
from obelism.ingest.cleaning import address_of, date_of, language_in, page_of_its_own, text_of
from obelism.ingest.rejected import Rejected
from obelism.model import Claim
from obelism.records import MAX_NAME

# The largest of 13 real pages of fact-checkers is 1.2 MB; the tree of a page that is all tags takes 44 times its room.
MAX_PAGE = 8 * 1024 * 1024
# Repairing is slow on large texts, and no ClaimReview is.
MAX_BROKEN = 500_000

_JSON_LD = etree.XPath(
    "//script[contains(translate(@type, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), 'ld+json')]"
)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\*/)?|;)\s*$"
)
_GLUED = re.compile(r"\}[\s;]*\{")
_BETWEEN = " \t\r\n,;\ufeff"
"""What may stand between the values of one script."""
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)


def claims_of(
    data: bytes, name: str, url: str | None = None, charset: str | None = None
) -> Iterator[Claim | Rejected]:
    """The claims of a page; `url` is where it was fetched, `charset` what the server said of it."""
    if len(data) > MAX_PAGE:
        yield Rejected(name, f"the page is over {MAX_PAGE // 1024 // 1024} MB")
        return
    try:
        found = list(_claims(data, name, url, charset))
    except (RecursionError, etree.LxmlError, AssertionError) as error:
        found = [Rejected(name, f"the page cannot be read: {type(error).__name__}")]
    yield from found or [Rejected(name, "no ClaimReview markup on this page")]


def _claims(data: bytes, name: str, url: str | None, charset: str | None) -> Iterator[Claim | Rejected]:
    text = decoded(data, charset)
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    document = html.document_fromstring(text.encode("utf-8", "replace") or b"<html></html>", parser=parser)
    tree = [*_json_ld(document), *_microdata(document, text)]
    yield from claimreview.claims_of(tree, name, _about(document, url))


def decoded(data: bytes, charset: str | None = None) -> str:
    """The text of a page: UTF-8 where most of it is that, else as declared, else Windows-1252.

    Pages that are UTF-8 and say otherwise are many; a character that is UTF-8 by chance is rare. So a damaged one
    costs nothing but itself.
    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig")
    text = data.decode("utf-8-sig", "replace")
    if 2 * text.count("\ufffd") <= len(text) - len(text.encode("ascii", "ignore")):
        return text
    declared = _CHARSET.search(data[:4096])
    for label in (charset, declared[1].decode() if declared else None):
        try:
            encoding = codecs.lookup(label or "").name
            # As browsers do (https://encoding.spec.whatwg.org/#names-and-labels).
            return data.decode("cp1252" if encoding in ("ascii", "iso8859-1") else encoding)
        except (UnicodeError, LookupError):  # some codecs, "idna" among them, raise no UnicodeDecodeError
            continue
    return data.decode("cp1252", "replace")


def mended(text: str) -> object:
    """The value of a JSON-LD script, with the breakages mended that publishers' templates make.

    Raw line breaks in strings, comments around it, a comma or bracket too many or too few, quotation
    marks that nobody escaped or that were escaped for HTML, several values one behind the other.
    """
    bare = text
    for _ in range(3):
        bare = _WRAPPING.sub("", bare)
    for candidate in (text, bare, _unescaped(bare)):
        if (values := _values(candidate)) is not None:
            return values
    # Mending guesses, and is worth that only where it can bring a fact-check.
    if "ClaimReview" not in bare or len(bare) > MAX_BROKEN:
        return None
    try:
        # Of two objects without a comma between them it would keep the last.
        return json_repair.loads(_GLUED.sub("},{", bare), skip_json_loads=True)
    except (ValueError, RecursionError):
        return None


def _unescaped(text: str) -> str:
    try:
        return entities.unescape(text)
    except ValueError:  # "&#999…;" with thousands of digits, which Python refuses to read
        return text


def _values(text: str) -> object:
    """The value of JSON text, or the list of its values; a string of JSON is what it holds. None when it is no JSON."""
    found: list[object] = []
    decoder = json.JSONDecoder(strict=False)
    at = 0
    try:
        while rest := text[at:].lstrip(_BETWEEN):
            value, end = decoder.raw_decode(rest)
            found.append(json.loads(value) if isinstance(value, str) else value)
            at = len(text) - len(rest) + end
    except (ValueError, RecursionError):
        return None
    return found[0] if len(found) == 1 else found or None


def _json_ld(document: etree._Element) -> Iterator[object]:
    for script in _JSON_LD(document):
        yield mended(script.text_content())


def _microdata(document: etree._Element, text: str) -> list[object]:
    if not re.search(r"itemtype\s*=\s*[\"']?[^\"'>]*ClaimReview", text, re.IGNORECASE):
        return []
    # Half a second to import, with parsers of every other kind of markup; few pages need it.
    import extruct

    logging.getLogger("extruct").setLevel(logging.CRITICAL)
    # It raises whatever a page makes it stumble over, and KeyError when told to ignore that.
    try:
        found = extruct.extract(document, syntaxes=["microdata"], uniform=True)
    except Exception:
        return []
    return list(found["microdata"])


def _about(document: etree._Element, url: str | None) -> claimreview.Page:
    def meta(property: str) -> str:
        return str(document.xpath("string(//meta[@property=$property]/@content)", property=property))

    canonical = str(document.xpath("string(//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href)"))
    return claimreview.Page(
        url=page_of_its_own(address_of([canonical, meta("og:url")], url), address_of(url)),
        language=language_in([str(document.xpath("string(//html/@lang)")), meta("og:locale")]),
        site=text_of(meta("og:site_name"), MAX_NAME),
        title=text_of([meta("og:title"), str(document.xpath("string(//title)"))]),
        published=date_of(meta("article:published_time")),
    )
