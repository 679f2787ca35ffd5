"""The feeds that claims are fetched from again and again, with their age."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response

from obelism.api.editor.visits import Routes, Visit
from obelism.ingest import is_feed
from obelism.store.feeds import MAX_URL

routes = Routes()


@routes.add("GET", "/feeds")
def show_feeds(visit: Visit) -> Response:
    return _page(visit)


@routes.add("POST", "/feeds", writes=True)
def add_feed(visit: Visit) -> Response:
    url = visit.form.get("url", "").strip()
    if not is_feed(url) or len(url.encode("utf-8", "replace")) > MAX_URL:
        return _page(visit, 422, url=url, mistake="mistake_url")
    added = visit.service.store.feeds.add(url, visit.actor)
    return visit.go("show_feeds", "feed_added" if added else "feed_known")


@routes.add("POST", "/feeds/remove", writes=True)
def remove_feed(visit: Visit) -> Response:
    visit.service.store.feeds.remove(visit.form.get("url", ""), visit.actor)
    return visit.go("show_feeds", "feed_removed")


def _page(visit: Visit, status: int = 200, url: str = "", mistake: str = "") -> Response:
    now = datetime.now(UTC)
    rows = [(feed, _age(visit, feed.age(now))) for feed in visit.service.store.feeds.all()]
    return visit.page("feeds", status, rows=rows, url=url, mistake=mistake)


def _age(visit: Visit, seconds: float | None) -> str:
    if seconds is None:
        return visit.words("age_never")
    for noun, size in (("age_days", 86_400), ("age_hours", 3_600), ("age_minutes", 60)):
        if seconds >= 2 * size or (noun == "age_minutes" and seconds >= size):
            return visit.words.counted(noun, int(seconds // size))
    return visit.words("age_now")
