"""What happened to a claim: who changed what, when, with the lines that went and came."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request

from obelism.api.editor.differences import Difference, claim_of, differences
from obelism.api.editor.listing import row_of
from obelism.api.editor.visits import Routes, Visit
from obelism.errors import NotFound
from obelism.store import Entry

routes = Routes()


@dataclass(frozen=True, slots=True)
class Event:
    """A log entry as it is shown; `words` are those of an entry that is about no record."""

    entry: Entry
    lines: tuple[Difference, ...]
    words: str


def event_of(entry: Entry) -> Event:
    before, after = claim_of(entry.before), claim_of(entry.after)
    if before or after:
        return Event(entry, differences(before, after), "")
    return Event(entry, (), " → ".join(part for part in (entry.before, entry.after) if part))


@routes.add("GET", "/history")
def show_history(visit: Visit) -> Response:
    id = request.args.get("id", "")
    store = visit.service.store
    kept = store.desk.kept(id)
    if kept is None:
        raise NotFound("no such claim")
    events = [event_of(entry) for entry in store.audit.history(id)]
    return visit.page(
        "history",
        row=row_of(kept.claim, visit.session.lang),
        events=events[::-1],
        merges=store.merges.all(id),
    )
