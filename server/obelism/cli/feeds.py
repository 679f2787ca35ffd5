"""`obelism claims sync` and `obelism claims feed`: sources that are fetched again and again."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click

from obelism import imports
from obelism.api import logs
from obelism.cli.arriving import importing
from obelism.cli.database import actor, open_database, settings
from obelism.errors import BadInput, ObelismError
from obelism.imports import Synced, sync_feed
from obelism.ingest import Limits, Options, is_feed
from obelism.store import Store
from obelism.store.feeds import without_query

# How often `--repeat` looks whether a feed is due: it may have been added, or tried by another node.
LOOK_SECONDS = 30

log = logging.getLogger("obelism")


@click.command()
@click.option("--allow-private", is_flag=True, help="Fetch from this machine and its network, too.")
@click.option("--repeat", is_flag=True, help="Go on, each feed every OBELISM_SYNC_MINUTES, and tell the log.")
def sync(allow_private: bool, repeat: bool) -> None:
    """Fetch all feeds, and take in what is new: those of `claims feed` and of OBELISM_FEEDS.

    Ends with 1 when a feed failed.
    """
    given = settings()
    options = Options(key=given.fact_check_key, limits=Limits(private=allow_private))
    if repeat:
        logs.configure()
        _keep_syncing(options, given.feeds, timedelta(minutes=given.sync_minutes), _while_wanted())
        return
    failed = False
    with open_database() as store:
        for url in given.feeds:
            store.feeds.add(url, "settings")
        feeds = store.feeds.all()
        if not feeds:
            raise BadInput("there are no feeds; add one: obelism claims feed add ADDRESS")
        for feed in feeds:
            with importing(feed.url) as (progress, watch):
                synced = sync_feed(store, feed, replace(options, progress=progress), watch)
            click.echo(f"{feed.url}: {_told(synced)}")
            failed = failed or synced.error is not None
    sys.exit(1 if failed else 0)


def _keep_syncing(
    options: Options, urls: tuple[str, ...], every: timedelta, wanted: Callable[[], bool]
) -> None:
    """Fetch what is due, again and again. Of several nodes that do this one fetches a feed."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)
    while wanted():
        try:
            with open_database() as store:
                while wanted():
                    for synced in imports.sync(store, options, urls=urls, every=every):
                        tell = log.info if synced.error is None else log.warning
                        name = without_query(synced.url)
                        detail = _told(synced).replace(synced.url, name)
                        tell("synced", extra={"feed": name, "detail": detail})
                        if synced.brought and synced.brought.kept.added + synced.brought.kept.changed:
                            log.info("compared", extra={"suggestions": _suggest_merges(store)})
                    _wait(wanted)
        # Whatever it was: nobody would start this process again.
        except Exception as error:
            reason = str(error) if isinstance(error, ObelismError) else f"{type(error).__name__}: {error}"
            log.warning("not-synced", extra={"detail": reason})
            _wait(wanted)


def _suggest_merges(store: Store) -> int:
    # Loaded when a feed has brought something: most of the time this process is small.
    from obelism.app import pipeline_of
    from obelism.twins import suggest_merges

    return suggest_merges(store, pipeline_of(settings(), store))


def _wait(wanted: Callable[[], bool]) -> None:
    until = time.monotonic() + LOOK_SECONDS
    while wanted() and time.monotonic() < until:
        time.sleep(0.5)


def _while_wanted() -> Callable[[], bool]:
    """True until the process that started this one has ended, of which a kill gives no other notice."""
    parent = os.getppid()
    return lambda: os.getppid() == parent


@click.group()
def feed() -> None:
    """The sources that `claims sync` fetches."""


@feed.command()
@click.argument("urls", nargs=-1, required=True, metavar="ADDRESS…")
def add(urls: tuple[str, ...]) -> None:
    """Remember feeds: data feeds, sitemaps, pages, or factcheck:query=… for the Fact Check Tools API."""
    for url in urls:
        if not is_feed(url):
            raise BadInput(f"{url} is neither an http(s) address nor a factcheck: query")
    with open_database() as store:
        for url in urls:
            click.echo(f"{url} is {'a feed now' if store.feeds.add(url, actor()) else 'a feed already'}")


@feed.command("list")
def list_() -> None:
    """Show the feeds, and when each was last up to date."""
    with open_database() as store:
        feeds = store.feeds.all()
    for one in feeds:
        age = one.age(datetime.now(UTC))
        fresh = "never fetched" if age is None else f"up to date {_span(age)} ago"
        trouble = f"; the last try failed: {one.last_error}" if one.last_error else ""
        click.echo(f"{one.url}\t{fresh}{trouble}")


@feed.command()
@click.argument("url", metavar="ADDRESS")
def remove(url: str) -> None:
    """Forget a feed; its claims stay."""
    with open_database() as store:
        store.feeds.remove(url, actor())
    click.echo(f"{url} is no feed any more")


def _told(synced: Synced) -> str:
    brought = str(synced.brought) if synced.brought else ""
    if synced.error:
        return f"failed: {synced.error}" + (f" ({brought})" if brought else "")
    return brought or "nothing new"


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
