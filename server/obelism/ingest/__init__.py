"""Claims arriving: files, folders, feeds, pages and an API, one module a form."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from obelism import records
from obelism.errors import BadInput, ObelismError, Unavailable
from obelism.ingest import documents, factcheckapi, jsonlines, pages, sitemaps, tables
from obelism.ingest.apart import apart
from obelism.ingest.fetch import Fetched, Fetcher, Limits, Progress, TooLate
from obelism.ingest.rejected import Rejected
from obelism.ingest.unpacking import HEAD, Unreadable, Watched, form_of, unpacked
from obelism.model import Claim

__all__ = [
    "Fetcher",
    "Limits",
    "Options",
    "Rejected",
    "TooLate",
    "is_feed",
    "is_sitemap",
    "load",
    "load_fetched",
]

_SUFFIXES = {
    ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".html", ".htm", ".xhtml", ".php", ".xml", ".gz", "",
}  # fmt: skip
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Options:
    """How sources are read."""

    language: str | None = None
    """Of tables that do not tell."""
    since: str | None = None
    """ISO 8601 date: pages that a sitemap dates before it are left out."""
    key: str = ""
    """For the Fact Check Tools API."""
    api: str = factcheckapi.ADDRESS
    limits: Limits = field(default_factory=Limits)
    progress: Progress = lambda done, total: None


def load(source: str, options: Options = Options()) -> Iterator[Claim | Rejected]:
    """The claims of a source in its order, and what of it could not be taken.

    A source is a file, a folder, an http(s) address, `factcheck:` with a query for the Fact Check
    Tools API, or `-` for standard input. What it holds is seen from its content: JSON Lines, CSV, a
    ClaimReview page, a sitemap, a DataFeed or other JSON. Raises Unavailable or BadInput when the
    source cannot be read at all.
    """
    return apart(_claims_of(source, options))


def is_feed(source: str) -> bool:
    """Whether a source can be fetched again and again, by any node."""
    return source.startswith(factcheckapi.PREFIX) or records.is_web_address(source)


def is_sitemap(fetched: Fetched) -> bool:
    """Whether an answer only lists pages: that it is as it was says nothing of theirs."""
    try:
        return form_of(unpacked(fetched.file, HEAD * 4).read(HEAD), urlsplit(fetched.url).path) == "sitemap"
    except Unreadable:
        return False
    finally:
        fetched.file.seek(0)


def load_fetched(fetched: Fetched, options: Options, fetcher: Fetcher) -> Iterator[Claim | Rejected]:
    """The claims of an answer; a sitemap's pages are fetched by `fetcher`. Closes the answer."""
    return apart(_fetched(fetched, options, fetcher))


def _claims_of(source: str, options: Options) -> Iterator[Claim | Rejected]:
    if source == "-":
        with tempfile.TemporaryFile() as file:  # what a file is takes looking at its beginning twice
            shutil.copyfileobj(sys.stdin.buffer, file)
            file.seek(0)
            yield from _claims_in(file, "standard input", options)
    elif source.startswith(factcheckapi.PREFIX):
        with Fetcher(options.limits) as fetcher:
            yield from factcheckapi.claims_of(source, fetcher, options.key, options.api)
    elif source.lower().startswith(_WEB):
        with Fetcher(options.limits) as fetcher:
            fetched = fetcher.fetch(source, progress=options.progress)
            if fetched is not None:
                yield from _fetched(fetched, options, fetcher)
    elif Path(source).is_dir():
        yield from _folder(Path(source), options)
    else:
        yield from _file(Path(source), Path(source).name, options)


def _fetched(fetched: Fetched, options: Options, fetcher: Fetcher) -> Iterator[Claim | Rejected]:
    with fetched.file:
        yield from _claims_in(fetched.file, fetched.url, options, fetched, fetcher)


def _file(path: Path, name: str, options: Options) -> Iterator[Claim | Rejected]:
    try:
        with Watched(path, options.progress) as raw, io.BufferedReader(raw, 1 << 16) as file:
            yield from _claims_in(file, name, options)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror or error}") from error


def _folder(folder: Path, options: Options) -> Iterator[Claim | Rejected]:
    """The claims of all files below a folder whose names say that they may hold some."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and path.is_file()
    )
    if not files:
        raise BadInput(f"{folder} holds no file of a known kind: {', '.join(sorted(_SUFFIXES - {''}))}")
    for number, path in enumerate(files, start=1):
        name = str(path.relative_to(folder))
        try:
            yield from _file(path, name, replace(options, progress=_unwatched))
        except ObelismError as error:
            yield Rejected(name, str(error))
        options.progress(number, len(files))


def _claims_in(
    packed: IO[bytes],
    name: str,
    options: Options,
    fetched: Fetched | None = None,
    fetcher: Fetcher | None = None,
) -> Iterator[Claim | Rejected]:
    """The claims of a file, by its form."""
    try:
        file = unpacked(packed, options.limits.bytes)
        form = form_of(file.read(HEAD), urlsplit(name).path)
        file.seek(0)
        if form == "nothing":
            yield Rejected(name, "the file is empty")
        elif form == "table":
            yield from tables.claims_of(file, name, options.language)
        elif form == "lines":
            yield from jsonlines.claims_of(file, name)
        elif form == "document":
            yield from documents.claims_of(file, name)
        elif form == "sitemap":
            yield from _sitemap(file, name, options, fetched, fetcher)
        elif fetched:
            yield from sitemaps.page_claims(replace(fetched, file=file), name)
        else:
            yield from pages.claims_of(file.read(pages.MAX_PAGE + 1), name)
    except Unreadable as error:
        yield Rejected(name, str(error), cut=True)


def _sitemap(
    file: IO[bytes], name: str, options: Options, fetched: Fetched | None, fetcher: Fetcher | None
) -> Iterator[Claim | Rejected]:
    bounds = sitemaps.Bounds(options.limits.pages, options.since)
    with nullcontext(fetcher) if fetcher else Fetcher(options.limits) as open_fetcher:
        url = fetched.url if fetched else None
        yield from sitemaps.claims_of(file, name, url, open_fetcher, bounds, options.progress)


def _unwatched(done: int, total: int | None) -> None:
    pass
