"""Differences that keep a statement from being the claim, as values that are shown to the reader.

Each check answers with a `Veto` or None and knows nothing of scores.
"""

from __future__ import annotations

from rapidfuzz import fuzz

from obelism.matches.features import Asked, Reader, View, claim_view
from obelism.matches.quantities import conflict
from obelism.model import Phrasing, Veto

# Below this many content words a claim, or a statement, is a topic and not a proposition.
MIN_CLAIM_WORDS = 4
MIN_STATEMENT_WORDS = 3
# "Soyouz" and "Soyuz", "Kirienko" and "Kiriyenko" lie above, different names of one country below.
ALIKE = 75


def vetoes_of(asked: Asked, wording: Phrasing, reader: Reader) -> tuple[Veto, ...]:
    """All differences found between a statement and a wording of the claim."""
    said, meant = reader.view(asked.statement, asked.language), claim_view(wording)
    around = reader.around(asked.context, asked.language).names | asked.page_names
    # Paris is France in one wording, and a claim is about both.
    names = frozenset(name for one in asked.candidate.claim.wordings for name in claim_view(one).names)
    found = (
        number_veto(meant, said),
        name_veto(meant, said, around, names),
        fragment_veto(meant, said, wording.text, asked.statement),
    )
    return tuple(veto for veto in found if veto)


def number_veto(meant: View, said: View) -> Veto | None:
    """Another share, sum, year or month than the claim's."""
    found = conflict(meant.quantities, said.quantities)
    if not found:
        return None
    unit, detail = found
    return Veto("date" if unit in ("year", "month") else "number", detail)


def name_veto(
    meant: View, said: View, around: frozenset[str], names: frozenset[str] = frozenset()
) -> Veto | None:
    """The statement names somebody, and none of the claim's names, those of its other wordings among them, is in it or
    anywhere around it."""
    if not meant.names or not said.names:
        return None
    if any(_alike(one, other) for one in meant.names | names for other in said.names | around):
        return None
    return Veto("name", f"{', '.join(sorted(meant.names)[:3])} / {', '.join(sorted(said.names)[:3])}")


def fragment_veto(meant: View, said: View, claim: str, statement: str) -> Veto | None:
    """Too short to be a proposition; a short claim is only ever a suggestion."""
    if len(meant.terms) < MIN_CLAIM_WORDS:
        return Veto("fragment", claim)
    if len(said.terms) < MIN_STATEMENT_WORDS:
        return Veto("fragment", statement)
    return None


def _alike(one: str, other: str) -> bool:
    """The same name, its adjective or inflection ("russia", "russian"), or another transliteration of it."""
    if min(len(one), len(other)) < 4:
        return one == other
    return one[:4] == other[:4] or fuzz.ratio(one, other) >= ALIKE
