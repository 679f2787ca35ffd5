"""Differences that keep a statement from being the claim, as values that are shown to the reader.

Each check answers with a `Veto` or None and knows nothing of scores.
"""

from __future__ import annotations

from obelism.matches.features import content, names
from obelism.matches.quantities import conflict
from obelism.model import Veto

# Below this many content words a claim, or a statement, is a topic and not a proposition.
MIN_CLAIM_WORDS = 4
MIN_STATEMENT_WORDS = 3


def vetoes_of(
    statement: str, context: str, language: str, claim: str, claim_language: str
) -> tuple[Veto, ...]:
    """All differences found."""
    found = (
        number_veto(claim, statement),
        name_veto(claim, statement, context),
        fragment_veto(statement, language, claim, claim_language),
    )
    return tuple(veto for veto in found if veto)


def number_veto(claim: str, statement: str) -> Veto | None:
    """Another share, sum, year or month than the claim's."""
    found = conflict(claim, statement)
    if not found:
        return None
    unit, detail = found
    return Veto("date" if unit in ("year", "month") else "number", detail)


def name_veto(claim: str, statement: str, context: str) -> Veto | None:
    """None of the claim's names is in the statement or before it, and the statement names others."""
    wanted, stated = names(claim), names(statement)
    if not wanted or not stated or wanted & (stated | names(context)):
        return None
    if any(_alike(one, other) for one in wanted for other in stated):
        return None
    return Veto("name", f"{', '.join(sorted(wanted)[:3])} / {', '.join(sorted(stated)[:3])}")


def fragment_veto(statement: str, language: str, claim: str, claim_language: str) -> Veto | None:
    """Too short to be a proposition; a short claim is only ever a suggestion."""
    if len(content(claim, claim_language)) < MIN_CLAIM_WORDS:
        return Veto("fragment", claim)
    if len(content(statement, language)) < MIN_STATEMENT_WORDS:
        return Veto("fragment", statement)
    return None


def _alike(one: str, other: str) -> bool:
    """A name and its adjective or inflection: "russia" and "russian"."""
    return one[:4] == other[:4] if min(len(one), len(other)) >= 4 else one == other
