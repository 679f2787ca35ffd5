"""Which claims wait for an editor."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select

from obelism.store.schema import claims, feedback, merge_suggestions


def needs_attention() -> ColumnElement[bool]:
    """Claims with readers' complaints, or a suggested merge, that nobody has decided on."""
    said = select(feedback.c.claim_id.label("id"))
    open = said.where(feedback.c.state == "open", feedback.c.kind != "helpful").cte(recursive=True)
    # What was said of a claim is said of those that it was merged into.
    complaints = select(open.union(select(claims.c.merged_into).where(claims.c.id == open.c.id)).c.id)
    # Lists of ids, made once: asked of each claim in turn, some hundred suggestions cost minutes on 300,000 claims.
    suggested = [
        select(column).where(waits_for_decision())
        for column in (merge_suggestions.c.first, merge_suggestions.c.second)
    ]
    return or_(*(claims.c.id.in_(ids) for ids in (complaints, *suggested)))


def waits_for_decision() -> ColumnElement[bool]:
    """Suggested merges that can still be made: nobody has decided, and both claims are in service."""
    either = (merge_suggestions.c.first, merge_suggestions.c.second)
    return and_(merge_suggestions.c.decision.is_(None), *map(_is_live, either))


def _is_live(id: ColumnElement[str]) -> ColumnElement[bool]:
    live = claims.alias()
    return exists().where(live.c.id == id, live.c.retired.is_(False), live.c.merged_into.is_(None))
