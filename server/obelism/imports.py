"""Sources -> the store: imports that can be killed and run again, and feeds that are kept fresh."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from obelism.errors import ObelismError
from obelism.ingest import Fetcher, Options, Rejected, load, load_fetched
from obelism.ingest.factcheckapi import PREFIX
from obelism.model import Claim
from obelism.store import BATCH, Feed, PutSummary, Store

# What a slow source has sent is kept at least this often, so that a kill costs little.
FLUSH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Import:
    """What became of the records of a source."""

    kept: PutSummary = field(default_factory=PutSummary)
    rejected: int = 0
    cut: str | None = None
    """Why a part of the source was not read at all."""

    def __add__(self, other: Import) -> Import:
        return Import(self.kept + other.kept, self.rejected + other.rejected, self.cut or other.cut)

    def __str__(self) -> str:
        counts = (
            f"{self.kept.added} added",
            f"{self.kept.changed} changed",
            f"{self.kept.unchanged} unchanged",
            f"{self.rejected} rejected",
        )
        retired = f"{self.kept.retired} retired before and left so" if self.kept.retired else ""
        return ", ".join([*counts, *([retired] if retired else [])])


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told while an import runs: of each rejected record, and of the sums after each batch."""

    rejected: Callable[[Rejected], None] = lambda rejected: None
    progress: Callable[[Import], None] = lambda so_far: None


_UNWATCHED = Watch()
_PLAIN = Options()


def import_claims(
    store: Store, found: Iterable[Claim | Rejected], actor: str, watch: Watch = _UNWATCHED
) -> Import:
    """Put what a source holds into the store, batch by batch; what was reported is safe.

    Running it again on the same source goes on where it was cut off.
    """
    total = Import()
    for batch, rejected in _batches(found, watch):
        total += Import(store.put(batch, actor), len(rejected), _cut(rejected))
        watch.progress(total)
    return total


@dataclass(frozen=True, slots=True)
class Synced:
    """How the sync of one feed went: what it brought, or why it failed."""

    url: str
    brought: Import | None = None
    """None when the feed is as it was, or failed."""
    error: str | None = None


def sync(
    store: Store,
    options: Options = _PLAIN,
    *,
    urls: Iterable[str] = (),
    every: timedelta = timedelta(0),
    watch: Watch = _UNWATCHED,
) -> Iterator[Synced]:
    """Fetch every feed of the store, and `urls`, which become feeds; one result a feed.

    Feeds that were tried less than `every` ago, by this node or another, are left alone. A feed is
    only asked for what has changed: by its ETag and date, by the dates in a sitemap.
    """
    for url in urls:
        store.feeds.add(url, "settings")
    for feed in store.feeds.all():
        if store.feeds.take(feed.url, every):
            yield sync_feed(store, feed, options, watch)


def sync_feed(store: Store, feed: Feed, options: Options = _PLAIN, watch: Watch = _UNWATCHED) -> Synced:
    """Fetch one feed of the store, and take in what is new."""
    # A day more: sitemaps give days, and their clocks differ from ours.
    since = feed.day_before_last_success
    try:
        if feed.url.startswith(PREFIX):
            brought = import_claims(store, load(feed.url, options), feed.url, watch)
            return _ended(store, feed, brought)
        with Fetcher(options.limits) as fetcher:
            fetched = fetcher.fetch(
                feed.url, etag=feed.etag, last_modified=feed.last_modified, progress=options.progress
            )
            if fetched is None:
                store.feeds.succeeded(feed.url, etag=feed.etag, last_modified=feed.last_modified)
                return Synced(feed.url)
            found = load_fetched(fetched, replace(options, since=since), fetcher)
            brought = import_claims(store, found, feed.url, watch)
            return _ended(store, feed, brought, fetched.etag, fetched.last_modified)
    except ObelismError as error:
        store.feeds.failed(feed.url, str(error))
        return Synced(feed.url, error=str(error))


def _ended(
    store: Store, feed: Feed, brought: Import, etag: str | None = None, last_modified: str | None = None
) -> Synced:
    """Remember the end of a sync; a feed that was cut off is fetched in full the next time."""
    if brought.cut:
        store.feeds.failed(feed.url, brought.cut)
        return Synced(feed.url, brought, brought.cut)
    store.feeds.succeeded(feed.url, etag=etag, last_modified=last_modified)
    return Synced(feed.url, brought)


def _batches(found: Iterable[Claim | Rejected], watch: Watch) -> Iterator[tuple[list[Claim], list[Rejected]]]:
    """Claims in batches of BATCH, or of what came in FLUSH_SECONDS."""
    claims: list[Claim] = []
    rejected: list[Rejected] = []
    begun = time.monotonic()
    for entry in found:
        if isinstance(entry, Rejected):
            watch.rejected(entry)
            rejected.append(entry)
        else:
            claims.append(entry)
        if len(claims) == BATCH or time.monotonic() - begun > FLUSH_SECONDS:
            yield claims, rejected
            claims, rejected, begun = [], [], time.monotonic()
    yield claims, rejected


def _cut(rejected: Iterable[Rejected]) -> str | None:
    return next((str(entry) for entry in rejected if entry.cut), None)
