"""The list of claims, searched and filtered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from flask import Response, request

from obelism import records
from obelism.api.editor.visits import Routes, Visit
from obelism.api.front import Lang, wording
from obelism.model import Claim, Phrasing, Status
from obelism.ratings import status_of
from obelism.store import Filters

PAGE = 25
STATUSES: tuple[Status, ...] = get_args(Status)
SHOWN = ("all", "attention", "retired")

routes = Routes()


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as lists show it: worded in the editor's language where it has such a wording."""

    id: str
    wording: Phrasing
    status: Status
    claim: Claim
    publishers: tuple[str, ...]


@routes.add("GET", "/")
def list_claims(visit: Visit) -> Response:
    asked = {name: request.args.get(name, "").strip() for name in ("q", "status", "language", "publisher")}
    asked["show"] = request.args.get("show", SHOWN[0])
    filters = _filters(asked)
    found = list(visit.service.store.claims(request.args.get("after"), PAGE + 1, **filters))
    rows = [row_of(claim, visit.session.lang) for claim in found[:PAGE]]
    return visit.page(
        "list",
        rows=rows,
        asked=asked,
        query={name: value for name, value in asked.items() if value and value != SHOWN[0]},
        total=visit.service.store.count(**filters),
        following=rows[-1].id if len(found) > PAGE else None,
        attention=visit.service.store.count(attention=True),
        statuses=STATUSES,
        shown=SHOWN,
    )


def row_of(claim: Claim, lang: Lang) -> ClaimRow:
    publishers = tuple(dict.fromkeys(review.publisher for review in claim.reviews))
    return ClaimRow(claim.id, wording(claim, lang), status_of(claim), claim, publishers)


def _filters(asked: dict[str, str]) -> Filters:
    status = asked["status"]
    return {
        "query": asked["q"] or None,
        "status": status if status in STATUSES else None,
        # What is no language tag matches nothing rather than everything.
        "language": (records.primary_language(asked["language"]) or "?") if asked["language"] else None,
        "publisher": asked["publisher"] or None,
        "attention": asked["show"] == "attention",
        "retired": asked["show"] == "retired",
    }
