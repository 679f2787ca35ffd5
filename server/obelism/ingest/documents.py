"""JSON documents: a Data Commons DataFeed of any size, arrays of records, saved JSON-LD and API answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

import ijson

from obelism import records
from obelism.errors import BadClaim
from obelism.ingest import claimreview, factcheckapi
from obelism.ingest.cleaning import address_of
from obelism.ingest.rejected import Rejected
from obelism.model import Claim

# A document that is no feed is read in one piece.
MAX_PIECE = 64 * 1024 * 1024
_HEAD = 64 * 1024


def claims_of(file: IO[bytes], name: str) -> Iterator[Claim | Rejected]:
    """The claims of a JSON document, streamed where it is a feed or an array."""
    # ijson knows no byte order mark.
    start = 3 if file.read(3) == b"\xef\xbb\xbf" else 0
    file.seek(start)
    head = file.read(_HEAD).lstrip()
    file.seek(start)
    if head.startswith(b"["):
        yield from _elements(file, name, "item")
    elif re.search(rb'"dataFeedElement"\s*:', head):
        yield from _elements(file, name, "dataFeedElement.item")
    else:
        data = file.read(MAX_PIECE + 1)
        if len(data) > MAX_PIECE:
            reason = f"over {MAX_PIECE // 1024 // 1024} MB, and neither a DataFeed nor a list, which are read in pieces"
            yield Rejected(name, reason, cut=True)
            return
        try:
            document = json_of(data)
        except BadClaim as error:
            yield Rejected(name, str(error))
            return
        yield from claims_in(document, name)


def claims_in(value: object, where: str) -> Iterator[Claim | Rejected]:
    """The claims of one parsed value: our record, a page of them, an answer of the API, or a tree with ClaimReviews."""
    if _is_record(value):
        try:
            yield records.parse(value)
        except BadClaim as error:
            yield Rejected(where, str(error))
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
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadClaim("not UTF-8; save the file in that encoding") from None
    except RecursionError:
        raise BadClaim("not a claim record; it is nested too deep") from None
    except ValueError as error:
        raise BadClaim(f"not valid JSON: {error}") from None


def _elements(file: IO[bytes], name: str, path: str) -> Iterator[Claim | Rejected]:
    number = 0
    try:
        for number, element in enumerate(ijson.items(file, path, use_float=True), start=1):
            yield from _element(element, f"{name} element {number}")
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        yield Rejected(
            f"{name} after element {number}", f"not valid JSON, the rest is not read: {reason}", cut=True
        )
    if number == 0:
        yield Rejected(name, "the feed has no elements")


def _element(element: Any, where: str) -> Iterator[Claim | Rejected]:
    if isinstance(element, dict) and "item" in element and element["item"] in (None, [], {}):
        # Feeds keep the places of reviews that their publishers have withdrawn.
        yield Rejected(where, "the feed's element has no review")
        return
    yield from claims_in(element, where)
