"""What readers said of notes, for an editor to confirm or dismiss."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from obelism.api.editor.listing import ClaimRow, row_of
from obelism.api.editor.visits import Routes, Visit
from obelism.errors import BadInput
from obelism.store import Feedback
from obelism.store.feedback import KINDS, Decision, Kind

routes = Routes()

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Complaint:
    """One kind of word on one claim: how many readers said it, by the framing that the note showed."""

    claim_id: str
    kind: Kind
    row: ClaimRow | None
    """None where the claim is no longer in service."""
    said: tuple[Feedback, ...]
    helpful: int
    floor: float | None

    @property
    def count(self) -> int:
        return sum(feedback.count for feedback in self.said)


@routes.add("GET", "/feedback")
def show_feedback(visit: Visit) -> Response:
    return visit.page("feedback", complaints=_complaints(visit))


@routes.add("POST", "/feedback", writes=True)
def decide_feedback(visit: Visit) -> Response:
    id, kind = visit.form.get("id", ""), next((k for k in KINDS if k == visit.form.get("kind")), None)
    if kind is None or visit.act not in ("confirm", "dismiss"):
        raise BadInput("a word on a note is confirmed or dismissed")
    decision: Decision = "confirmed" if visit.act == "confirm" else "dismissed"
    readers = visit.service.store.feedback.decide(id, kind, decision, visit.actor)
    visit.service.refresh()
    raised = readers and kind == "wrong-match" and decision == "confirmed"
    return visit.go("show_feedback", "raised" if raised else decision)


def _complaints(visit: Visit) -> list[Complaint]:
    store = visit.service.store
    grouped: dict[tuple[str, Kind], list[Feedback]] = {}
    for feedback in store.feedback.queue(LIMIT):
        grouped.setdefault((feedback.claim_id, feedback.kind), []).append(feedback)
    counts = store.feedback.counts(id for id, _ in grouped)
    floors = store.score_floors()
    found = []
    for (id, kind), said in grouped.items():
        claim = store.get(id)
        row = row_of(claim, visit.session.lang) if claim else None
        found.append(
            Complaint(id, kind, row, tuple(said), counts.get(id, {}).get("helpful", 0), floors.get(id))
        )
    return sorted(found, key=lambda complaint: -complaint.count)
