"""Which claims wait for an editor."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_

from obelism.store.schema import claims, feedback, merge_suggestions


def needs_attention() -> ColumnElement[bool]:
    """Claims with readers' complaints, or a suggested merge, that nobody has decided on."""
    complaints = exists().where(
        feedback.c.claim_id == claims.c.id, feedback.c.state == "open", feedback.c.kind != "helpful"
    )
    suggested = exists().where(
        merge_suggestions.c.decision.is_(None),
        or_(merge_suggestions.c.first == claims.c.id, merge_suggestions.c.second == claims.c.id),
    )
    return or_(complaints, suggested)
