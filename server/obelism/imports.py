"""Sources -> the store: imports that can be killed and run again, and feeds that are kept fresh."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from obelism.errors import ObelismError
from obelism.ingest import Fetcher, Options, Rejected, is_sitemap, load, load_fetched
from obelism.ingest.factcheckapi import PREFIX
from obelism.ingest.fetch import Fetched
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
    trouble: str | None = field(default=None, compare=False)
    """The first record that was rejected, and why."""

    def __add__(self, other: Import) -> Import:
        return Import(
            self.kept + other.kept,
            self.rejected + other.rejected,
            self.cut or other.cut,
            self.trouble or other.trouble,
        )

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
        trouble = str(rejected[0]) if rejected else None
        total += Import(store.put(batch, actor), len(rejected), _cut(rejected), trouble)
        watch.progress(total)
    return total


@dataclass(frozen=True, slots=True)
class Synced:
    """How the sync of one feed went: what it brought, or why it failed."""

    url: str
    brought: Import | None = None
    """None when the feed is as it was, or nothing of it could be read."""
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
    since = feed.news_since(datetime.now(UTC))
    may_be_empty = False
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
            if is_sitemap(fetched):
                fetched = replace(fetched, etag=None, last_modified=None)
                # Pages that are no fact-checks are no news: that nothing else is new is no failure.
                may_be_empty = feed.last_success is not None
            found = load_fetched(fetched, replace(options, since=since), fetcher)
            brought = import_claims(store, found, feed.url, watch)
            return _ended(store, feed, brought, fetched, may_be_empty)
    # Whatever a feed does wrong, the others are fetched, and the process that fetches them lives on.
    except Exception as error:
        reason = str(error) if isinstance(error, ObelismError) else f"{type(error).__name__}: {error}"
        store.feeds.failed(feed.url, reason)
        return Synced(feed.url, error=reason)


def _ended(
    store: Store, feed: Feed, brought: Import, fetched: Fetched | None = None, may_be_empty: bool = False
) -> Synced:
    """Remember the end of a sync; a feed that was cut off, or gave only what is no good, is fetched in full again."""
    empty = None if brought.kept.total or may_be_empty else brought.trouble
    if reason := brought.cut or empty:
        store.feeds.failed(feed.url, reason)
        return Synced(feed.url, brought, reason)
    marks = {"etag": fetched.etag, "last_modified": fetched.last_modified} if fetched else {}
    store.feeds.succeeded(feed.url, **marks)
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
