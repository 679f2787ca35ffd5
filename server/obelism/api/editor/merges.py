"""Claims that may be one: suggestions to accept or refuse, and merges that can be taken back."""

from __future__ import annotations

from flask import Response

from obelism.api.editor.differences import differences
from obelism.api.editor.listing import row_of
from obelism.api.editor.visits import Routes, Visit, row_number
from obelism.errors import BadInput, NotFound
from obelism.store import Suggestion

routes = Routes()

LIMIT = 50


@routes.add("GET", "/merges")
def show_merges(visit: Visit) -> Response:
    return _page(visit)


@routes.add("POST", "/merges", writes=True)
def decide_merge(visit: Visit) -> Response:
    merges, form = visit.service.store.merges, visit.form
    first, second = form.get("first", "").strip(), form.get("second", "").strip()
    if visit.act == "keep-first":
        merges.merge(first, [second], visit.actor)
    elif visit.act == "keep-second":
        merges.merge(second, [first], visit.actor)
    elif visit.act == "apart":
        merges.keep_apart(first, second, visit.actor)
    else:
        raise BadInput("two claims are merged or kept apart")
    visit.service.refresh()
    return visit.go("show_merges", "apart" if visit.act == "apart" else "merged")


@routes.add("POST", "/merges/by-hand", writes=True)
def merge_by_hand(visit: Visit) -> Response:
    try:
        visit.service.store.merges.merge(
            visit.form.get("first", "").strip(), [visit.form.get("second", "").strip()], visit.actor
        )
    except (NotFound, BadInput):
        return _page(visit, 422, mistake=True)
    visit.service.refresh()
    return visit.go("show_merges", "merged")


@routes.add("POST", "/merges/undo", writes=True)
def undo_merge(visit: Visit) -> Response:
    number = row_number(visit.form.get("merge", ""))
    if number is None:
        raise NotFound("no such merge")
    visit.service.store.merges.undo(number, visit.actor)
    visit.service.refresh()
    return visit.go("show_merges", "unmerged")


def _page(visit: Visit, status: int = 200, *, mistake: bool = False) -> Response:
    store = visit.service.store
    suggestions = store.merges.suggestions()
    return visit.page(
        "merges",
        status,
        pairs=[pair for one in suggestions[:LIMIT] if (pair := _pair(visit, one))],
        total=len(suggestions),
        made=store.merges.all(limit=LIMIT),
        form_values=visit.form,
        mistake=mistake,
    )


def _pair(visit: Visit, suggestion: Suggestion) -> dict[str, object] | None:
    """Both claims and what they do not share; None when one is no longer in service."""
    kept = [visit.service.store.desk.kept(id) for id in (suggestion.first, suggestion.second)]
    first, second = kept
    if first is None or second is None or not first.is_live or not second.is_live:
        return None
    lang = visit.session.lang
    return {
        "suggestion": suggestion,
        "first": row_of(first.claim, lang),
        "second": row_of(second.claim, lang),
        "lines": differences(first.claim, second.claim),
    }
