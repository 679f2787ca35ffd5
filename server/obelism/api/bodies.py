"""The body of a request, read within limits: size on the wire, size unpacked, one layer of gzip."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote_to_bytes

from flask import Request

from obelism.api.problems import Problem

CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS

# Real pages have a handful. Millions would be one call of half a second and 200 MB that nothing can interrupt.
MOST_HALVES = 1_000

_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF = re.compile(rb"%b(?!%b)|(?<!%b)%b" % (_HIGH, _LOW, _HIGH, _LOW))
# Possessive, and the last quote may be missing: nothing is read twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: `wire` as it came, to know the same request again, and `content` unpacked."""

    wire: bytes
    content: bytes


def read_body(request: Request, limit: int) -> Body:
    """The body of `request`; raises Problem 413 over `limit` bytes, 400 and 415 when it cannot be unpacked."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise Problem(
            415,
            "encoding",
            "Unknown content encoding",
            "Send the body plain or with one layer of gzip.",
            {"Accept-Encoding": "gzip, identity"},
        )
    wire = _read(request, limit)
    return Body(wire, _unpack(wire, limit) if encoding == "gzip" else wire)


def whole_characters(content: bytes) -> bytes:
    """A JSON text with U+FFFD for each escape that is half of a surrogate pair; as it is when that are too many."""
    # An escaped backslash, written as its number: now each "\\u" begins an escape.
    plain = content.replace(rb"\\", rb"\u005c")
    if next(islice(_HALF.finditer(plain), MOST_HALVES, None), None):
        return content
    return _HALF.sub(rb"\\ufffd", plain)


def outside_strings(content: bytes, most: int) -> int:
    """Bytes of a JSON text that stand in no string, or the number of its strings should that pass `most` first.

    Copies nothing, and counts no further than just over `most`.
    """
    outside = end = 0
    for strings, found in enumerate(_STRING.finditer(content)):
        outside += found.start() - end
        end = found.end()
        if max(strings, outside) > most:
            return max(strings, outside)
    return outside + len(content) - end


def fields_of(form: bytes, most: int) -> list[tuple[str, str]]:
    """Names and values of an urlencoded form, empty values too. Raises ValueError when it has more than `most`."""
    if form.count(b"&") >= most:
        raise ValueError(f"more than {most} fields")
    pairs = (field.partition(b"=") for field in form.split(b"&") if field)
    return [(_unquoted(name), _unquoted(value)) for name, _, value in pairs]


def too_large(limit: int) -> Problem:
    """The answer to a body over `limit` bytes."""
    return Problem(413, "too-large", "The request is too large", f"At most {limit} bytes can be taken.")


def _read(request: Request, limit: int) -> bytes:
    kept: list[bytes] = []
    size = 0
    for chunk in _chunks(request):
        size += len(chunk)
        if size <= limit:
            kept.append(chunk)
        elif size > 4 * limit:
            break
    # Up to four times the limit is read and dropped: a client that is still sending when the
    # connection closes sees a reset instead of the answer.
    if size > limit:
        raise too_large(limit)
    return b"".join(kept)


def _chunks(request: Request) -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK):
        yield chunk


def _unpack(wire: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(GZIP)
    try:
        content = unpacker.decompress(wire, limit + 1)
    except zlib.error:
        raise _bad_gzip("is damaged") from None
    if len(content) > limit:
        raise too_large(limit)
    if not unpacker.eof:
        raise _bad_gzip("ends too early")
    if unpacker.unused_data:
        raise _bad_gzip("is followed by other bytes")
    return content


def _unquoted(quoted: bytes) -> str:
    """The text of a name or value. By the part: Python's own decoding keeps an object for each quoted character."""
    parts: list[bytes] = []
    start = 0
    while start < len(quoted):
        end = start + CHUNK
        # "%3C" is not cut.
        cut = quoted.rfind(b"%", end - 2, end)
        end = cut if cut >= 0 else end
        parts.append(unquote_to_bytes(quoted[start:end].replace(b"+", b" ")))
        start = end
    return b"".join(parts).decode("utf-8", "replace")


def _bad_gzip(what: str) -> Problem:
    return Problem(400, "bad-gzip", "The body cannot be unpacked", f"The gzip data {what}.")
