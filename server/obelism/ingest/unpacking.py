"""Files that may be compressed, files that tell how far they are read, and what a file is."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import IO, Any, Literal, cast

from obelism.errors import BadInput
from obelism.ingest.fetch import Progress
from obelism.ingest.pages import decoded

Form = Literal["nothing", "page", "sitemap", "document", "lines", "table"]
HEAD = 64 * 1024
_PAGES = (".html", ".htm", ".xhtml", ".php")


class Unreadable(BadInput):
    """A packed file is damaged, or grows over its limit."""


def unpacked(file: IO[bytes], most: int) -> IO[bytes]:
    """`file`, decompressed where it is gzip; reading it past `most` bytes, or past damage, raises Unreadable."""
    is_gzip = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return cast(IO[bytes], io.BufferedReader(cast(Any, _Members(file, most)))) if is_gzip else file


class _Members(gzip._GzipReader):
    """The members of a gzip file. What follows them and is none is left, as gzip(1) does."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        super().__init__(file)
        self._most = most

    def read(self, size: int = -1) -> bytes:
        try:
            data = bytes(super().read(size))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Unreadable("not a whole gzip file; what could be read of it was taken") from error
        if self.tell() > self._most:
            raise Unreadable(f"it unpacks to over {self._most:,} bytes; the rest is not read")
        return data

    def _read_gzip_header(self) -> bool:
        try:
            return bool(super()._read_gzip_header())  # type: ignore[misc]
        except gzip.BadGzipFile:
            if self.tell() == 0:
                raise
            return False


def form_of(head: bytes, name: str) -> Form:
    """What a file is, by its name where that is telling, and by its first characters."""
    name = name.lower().removesuffix(".gz")
    # The mark goes first: a head that ends within a character is no UTF-8, and would keep it.
    text = decoded(head.removeprefix(codecs.BOM_UTF8)).lstrip()
    if not text:
        return "nothing"
    if name.endswith((".jsonl", ".ndjson")):
        return "lines"
    if text.startswith("<"):
        return "sitemap" if re.search(r"<(\w+:)?(urlset|sitemapindex)\b", text) else "page"
    if name.endswith((".csv", ".tsv")):
        return "table"
    if re.match(r"https?://\S+\s*(\n|$)", text):
        return "sitemap"
    if text.startswith("[") or '"dataFeedElement"' in text:
        return "document"
    # Servers and caches write their remarks before a page.
    if text[0] != "{" and (name.endswith(_PAGES) or re.search(r"<(!doctype )?html\b", text, re.IGNORECASE)):
        return "page"
    # Records, one a line; printed JSON breaks its objects, or divides them by commas.
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    whole = [line for line in lines if line[0] == "{" and line[-1] == "}"]
    if len(lines) > 1 and 2 * len(whole) >= len(lines):
        return "lines"
    return "document" if text.startswith("{") else "table"


class Watched(io.FileIO):
    """A file that tells how much of it has been read."""

    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path)
        self._progress = progress
        self._size = path.stat().st_size

    def readinto(self, buffer: Any) -> int | None:
        read = super().readinto(buffer)
        self._progress(self.tell(), self._size)
        return read
