"""Looking a statement up among all claims, by words and by meaning."""

from __future__ import annotations

from flask import Response

from obelism.api.editor.listing import ClaimRow, row_of
from obelism.api.editor.visits import SWITCH, Routes, Visit
from obelism.api.shapes import MAX_STATEMENT
from obelism.model import Match

routes = Routes()


@routes.add("GET", "/lookup")
def lookup_page(visit: Visit) -> Response:
    return visit.page("lookup", text="", results=None, form="lookup")


@routes.add("POST", "/lookup")
def look_up(visit: Visit) -> Response:
    text = visit.form.get("text", "").strip()[:MAX_STATEMENT]
    # Sent by POST, because what is looked up stands in no log and no browser history.
    results = _results(visit, text) if text and not visit.act.startswith(SWITCH) else None
    return visit.page("lookup", text=text, results=results, form="lookup")


def _results(visit: Visit, text: str) -> list[tuple[ClaimRow, Match]]:
    service = visit.service
    matches = service.work(lambda: service.pipeline.look_up(text, limit=10))
    return [(row_of(match.claim, visit.session.lang), match) for match in matches]
