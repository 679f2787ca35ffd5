"""Sitemaps, and the claims of the pages that they list (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html.entities import html5
from typing import IO

from lxml import etree  # type: ignore[import-untyped]

from obelism.errors import BadInput, Unavailable
from obelism.ingest import pages
from obelism.ingest.cleaning import address_of, date_of
from obelism.ingest.fetch import Fetched, Fetcher, Gone, Progress, Refused
from obelism.ingest.rejected import Rejected
from obelism.ingest.unpacking import Unreadable, unpacked
from obelism.model import Claim


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry: a page, or another sitemap; `changed` is an ISO 8601 date where the sitemap tells."""

    url: str
    changed: str | None = None
    is_sitemap: bool = False
    again: bool = False
    """It could not be fetched at the first try."""


_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)(#?\w+;)?")

# What stands on a longer line is no address.
MAX_LINE = 64 * 1024
# What stands between two addresses is kept, in thirty times its room.
MAX_BETWEEN = 4 * 1024 * 1024
# More pages out of reach than this, and the source counts as cut off: the next sync asks for all of them again.
MAX_MISSED = 0.05


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which pages are fetched: at most `pages`, and none that its sitemap, or its server, dates before `since`."""

    pages: int
    since: str | None = None

    def unless_since(self, entry: Listed) -> str | None:
        """The HTTP date to ask with for a page that its sitemap does not date."""
        if self.since is None or entry.changed or entry.is_sitemap:
            return None
        first = datetime.fromisoformat(f"{self.since}-01-01"[:10])  # "2024" and "2024-05" are dates, too
        return format_datetime(first.replace(tzinfo=UTC), usegmt=True)

    def leaves_out(self, entry: Listed) -> bool:
        """Whether a sitemap dates the entry before `since`; of two dates, what both of them tell is compared."""
        if not (self.since and entry.changed):
            return False
        told = min(len(self.since), len(entry.changed))
        return entry.changed[:told] < self.since[:told]


def claims_of(
    file: IO[bytes], name: str, url: str | None, fetcher: Fetcher, bounds: Bounds, progress: Progress
) -> Iterator[Claim | Rejected]:
    """The claims of all pages that a sitemap lists, and the sitemaps that it lists; each page once.

    What does not answer is asked once more, after all others.
    """
    walk = _Walk(bounds)
    waiting = deque(walk.listed(file, name, url))
    done = failed = refused = seen = 0
    while waiting:
        entry = waiting.popleft()
        if isinstance(entry, Rejected):
            yield entry
            continue
        try:
            fetched = fetcher.fetch(entry.url, last_modified=bounds.unless_since(entry))
        except (Gone, Refused) as error:
            refused += isinstance(error, Refused)
            yield _missed(entry, error)
            continue
        except Unavailable as error:
            if entry.again:
                failed += 1
                yield _missed(entry, error)
            else:
                waiting.append(replace(entry, again=True))
            continue
        if fetched is not None:
            with fetched.file:
                if entry.is_sitemap:
                    file = unpacked(fetched.file, fetcher.limits.bytes)
                    waiting.extend(walk.listed(file, entry.url, fetched.url))
                else:
                    yield from page_claims(fetched, entry.url)
        done += 1
        seen += not entry.is_sitemap
        progress(done, done + len(waiting))
    if failed > MAX_MISSED * (failed + done):
        yield Rejected(name, f"{failed} of its pages could not be fetched", cut=True)
    elif refused and not seen:
        yield Rejected(name, "none of its pages could be fetched", cut=True)


def _missed(entry: Listed, error: Unavailable) -> Rejected:
    # Nobody knows what a sitemap would have listed, and later its pages may be dated before the next sync looks.
    return Rejected(entry.url, str(error), cut=entry.is_sitemap)


def page_claims(fetched: Fetched, name: str) -> Iterator[Claim | Rejected]:
    """The claims of a fetched page."""
    try:
        data = unpacked(fetched.file, 2 * pages.MAX_PAGE).read(pages.MAX_PAGE + 1)
    except Unreadable as error:
        yield Rejected(name, str(error))
        return
    yield from pages.claims_of(data, name, fetched.url, fetched.charset)


def entries_of(file: IO[bytes], url: str | None = None) -> Iterator[Listed]:
    """The entries of a sitemap or sitemap index in order, streamed.

    Raises BadInput when it is neither XML nor an address a line, having given what came before the mistake.
    """
    is_utf_16 = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    file.seek(0)
    if is_utf_16:  # what mends it looks for bytes of UTF-8
        file = codecs.EncodedFile(file, "utf-8", "utf-16", "replace")
    mended = _Mended(file)
    if not mended.is_xml:
        file.seek(0)
        lines = (line.decode("utf-8-sig", "replace") for line in iter(lambda: file.readline(MAX_LINE), b""))
        is_list = False
        for listed in filter(None, map(address_of, lines)):
            is_list = True
            yield Listed(listed)
        if not is_list:
            raise BadInput("the sitemap is neither XML nor a list of addresses")
        return
    # Entities stay what they are and nothing is fetched: a sitemap is as hostile as any page.
    parsed = etree.iterparse(
        mended,
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        encoding="utf-8" if is_utf_16 else None,  # whatever the sitemap declares
    )
    try:
        for _, entry in parsed:
            address = address_of(entry.findtext("{*}loc"), url)
            if address:
                mended.read_since = 0
                changed = date_of(entry.findtext("{*}lastmod"))
                yield Listed(address, changed, etree.QName(entry).localname == "sitemap")
            entry.clear()
            while entry.getprevious() is not None:
                del entry.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise BadInput(f"the sitemap is not valid XML: {error.msg}") from error


class _Mended:
    """The bytes of a sitemap without what may not stand before XML, and with each & escaped that XML does not know.

    Raises BadInput when too many are read with no address among them.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.read_since = 0
        """Bytes read since the last address; whoever finds one sets it to 0."""
        self._kept = file.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()
        self.is_xml = self._kept.startswith(b"<")

    def read(self, size: int) -> bytes:
        read = self._file.read(size)
        self.read_since += len(read)
        if self.read_since > MAX_BETWEEN:
            reason = f"{MAX_BETWEEN // 1024 // 1024} MB of the sitemap hold no address; the rest is not read"
            raise BadInput(reason)
        data = self._kept + read
        # Whether the last & begins an entity may be seen from what follows.
        end = data.rfind(b"&", max(0, len(data) - 20)) if read else -1
        data, self._kept = (data, b"") if end < 0 else (data[:end], data[end:])
        return _AMPERSAND.sub(_escaped, data)


def _escaped(ampersand: re.Match[bytes]) -> bytes:
    # An "&nbsp;" or "&#0;" in a title would cost all that is listed behind it. What HTML does not know either is the
    # sitemap's own, and stays unresolved.
    name = (ampersand[1] or b"").decode()
    is_text = not name or name[0] == "#" or name in html5
    return b"&amp;" + name.encode() if is_text else ampersand[0]


class _Walk:
    """Remembers what was listed, so that sitemaps that list one another come to an end."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._seen: set[str] = set()

    def listed(self, file: IO[bytes], name: str, url: str | None) -> Iterator[Listed | Rejected]:
        try:
            for entry in entries_of(file, url):
                if entry.url in self._seen or self._bounds.leaves_out(entry):
                    continue
                if len(self._seen) >= self._bounds.pages:
                    reason = f"over {self._bounds.pages:,} pages are listed; the rest is not read"
                    yield Rejected(name, f"{reason}: give the sitemaps that it lists one by one", cut=True)
                    return
                self._seen.add(entry.url)
                yield entry
        except BadInput as error:
            yield Rejected(name, str(error), cut=True)
