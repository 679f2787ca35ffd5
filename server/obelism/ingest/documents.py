"""JSON documents: a Data Commons DataFeed of any size, arrays of records, saved JSON-LD and API answers."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from obelism import records
from obelism.errors import BadClaim
from obelism.ingest import claimreview, factcheckapi
from obelism.ingest.cleaning import address_of
from obelism.ingest.rejected import Rejected
from obelism.model import Claim

# Bytes of a document that is no feed, and characters of an element of one: parsed, it takes some thirty times its room.
MAX_PIECE = 8 * 1024 * 1024
_HEAD = 64 * 1024
_PIECE = 64 * 1024
_LIST = re.compile(r"\A\s*\[")
_FEED = re.compile(r'"dataFeedElement"\s*:\s*\[')
_OPENING = 100
"""Characters that such an opening has at most."""
_BETWEEN = re.compile(r"[\s,]*")
_BEGINNING = re.compile(r'\{\s{0,40}"(@type"\s?:\s?")?[^"]{1,40}"')
"""How an element begins: its first name, and its type where that is what comes first."""
_LITERAL = len("-Infinity")
"""Characters of the longest part of JSON that is no JSON when it is cut, strings aside."""


def _integer(digits: str) -> float:
    # Python refuses to read integers of thousands of digits.
    return int(digits) if len(digits) < 40 else float(digits)


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda name: None)


def claims_of(file: IO[bytes], name: str) -> Iterator[Claim | Rejected]:
    """The claims of a JSON document, streamed where it is a feed or an array."""
    head = file.read(_HEAD)
    file.seek(0)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
        yield from _elements(file, name, _LIST)
    elif re.search(rb'"dataFeedElement"\s*:\s*\[', head):
        yield from _elements(file, name, _FEED)
    else:
        data = file.read(MAX_PIECE + 1)
        if len(data) > MAX_PIECE:
            reason = f"over {MAX_PIECE // 1024 // 1024} MB, and neither a DataFeed nor a list, which are read in pieces"
            yield Rejected(name, f"{reason}; give it as JSON Lines (.jsonl)", cut=True)
            return
        first, _, rest = data.strip().partition(b"\n")
        if first.rstrip().endswith(b"}") and rest:  # lines so long that the head of the file shows only one
            for number, line in enumerate(data.splitlines(), start=1):
                yield from claims_on_line(line, f"{name} line {number}")
        else:
            yield from claims_on_line(data, name)


def claims_on_line(line: bytes, where: str) -> Iterator[Claim | Rejected]:
    """The claims of the JSON on a line; none on an empty one."""
    if not line.removeprefix(codecs.BOM_UTF8).strip():
        return
    try:
        value = json_of(line)
    except BadClaim as error:
        yield Rejected(where, str(error))
        return
    yield from claims_in(value, where)


def claims_in(value: object, where: str) -> Iterator[Claim | Rejected]:
    """The claims of one parsed value: our record, a page of them, an answer of the API, or a tree with ClaimReviews."""
    if _is_record(value):
        try:
            yield records.parse(value)
        except BadClaim as error:
            yield Rejected(where, str(error))
    elif isinstance(value, dict) and isinstance(value.get("claimReview"), list) and "text" in value:
        yield from factcheckapi.claims_in({"claims": [value]}, where)
    elif isinstance(value, dict) and isinstance(value.get("claims"), list):
        if any(_is_record(entry) for entry in value["claims"]):
            for number, entry in enumerate(value["claims"], start=1):
                yield from claims_in(entry, f"{where} claim {number}")
        else:
            yield from factcheckapi.claims_in(value, where)
    else:
        url = address_of(value.get("url")) if isinstance(value, dict) else None
        found = list(claimreview.claims_of(value, where, claimreview.Page(url)))
        yield from found or [Rejected(where, "neither a claim record nor a ClaimReview")]


def _is_record(value: object) -> bool:
    """Whether a value is meant as a claim record, even where something is missing."""
    return isinstance(value, dict) and len({"id", "text", "language"} & set(value)) >= 2


def json_of(data: bytes) -> object:
    """The value of JSON text. Raises BadClaim when it is none."""
    try:
        return _DECODER.decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadClaim("not UTF-8; save the file in that encoding") from None
    except RecursionError:
        raise BadClaim("not a claim record; it is nested too deep") from None
    except ValueError as error:
        raise BadClaim(f"not valid JSON: {error}") from None


def _elements(file: IO[bytes], name: str, opening: re.Pattern[str]) -> Iterator[Claim | Rejected]:
    number = 0
    try:
        for number, element in enumerate(_values(file, opening), start=1):
            where = f"{name} element {number}"
            if isinstance(element, BadClaim):
                yield Rejected(where, f"not valid JSON: {element}")
            else:
                yield from _element(element, where)
    except BadClaim as error:
        reason = f"not valid JSON, the rest is not read: {error}"
        yield Rejected(f"{name} after element {number}", reason, cut=True)
    if number == 0:
        yield Rejected(name, "the feed has no elements")


def _values(file: IO[bytes], opening: re.Pattern[str]) -> Iterator[object]:
    """The values of the arrays that begin with `opening`, streamed; a BadClaim for one that is no JSON.

    Behind that, reading goes on where text begins as the first element did. Raises BadClaim where nothing does, and
    where JSON breaks off.

    By the standard library's decoder, piece by piece: parsers of streams (ijson) end at the first byte that is no
    UTF-8, at NaN, at line breaks in strings, at integers over 64 bits, and lose the rest.
    """
    reader = codecs.getreader("utf-8-sig")(file, "replace")
    text = reader.read(_PIECE)
    beginning = ""
    broken: BadClaim | None = None
    while True:
        while not (begun := opening.search(text)):
            if not (more := reader.read(_PIECE)):
                if broken:
                    raise broken
                return
            text = text[-_OPENING:] + more
        if broken:
            yield broken
            broken = None
        at = begun.end()
        while not text.startswith("]", at := _BETWEEN.match(text, at).end()):  # type: ignore[union-attr]
            if not beginning and (element := _BEGINNING.match(text, at)):
                beginning = element[0]
            try:
                value, at = _DECODER.raw_decode(text, at)
            except (json.JSONDecodeError, RecursionError) as error:
                # Half a value, as a rule. Twice as much each time: what is broken is not parsed again for ever.
                wanted = max(_PIECE, len(text) - at) if _may_be_half(error, text, at) else 0
                if wanted and (more := reader.read(wanted)):
                    text, at = text[at:] + more, 0
                    continue
                is_deep = isinstance(error, RecursionError)
                broken = BadClaim("it is nested too deep" if is_deep else str(error)[:200])
                if not beginning:
                    raise broken from None
                # A bracket may close a list within what is broken: none ends the array from here on.
                opening = re.compile(f"(?={re.escape(beginning)})")
                break
            else:
                yield value
        text = text[at + 1 :]


def _may_be_half(error: json.JSONDecodeError | RecursionError, text: str, at: int) -> bool:
    """Whether the value that begins `at` may only want its other half."""
    if isinstance(error, RecursionError) or len(text) - at > MAX_PIECE:
        return False
    return error.msg.startswith("Unterminated string") or error.pos >= len(text) - _LITERAL


def _element(element: Any, where: str) -> Iterator[Claim | Rejected]:
    if isinstance(element, dict) and "item" in element and element["item"] in (None, [], {}):
        # Feeds keep the places of reviews that their publishers have withdrawn.
        yield Rejected(where, "the feed's element has no review")
        return
    yield from claims_in(element, where)
