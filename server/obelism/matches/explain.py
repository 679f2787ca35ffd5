"""Why a match was made, in values that a reader can be shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from obelism.matches.features import Features, View, claim_view
from obelism.model import Phrasing, Reason, Veto
from obelism.names import terms
from obelism.text import words

MOST_WORDS = 8


def reasons_of(
    said: View, wording: Phrasing, language: str, features: Features, score: float, vetoes: Sequence[Veto]
) -> tuple[Reason, ...]:
    """Kinds: score, names, words, numbers, meaning, languages, one `veto:…` for each difference, checked."""
    meant = claim_view(wording)
    found = [Reason("score", _in_words(score))]
    shared_names = sorted(said.names & meant.names)
    if shared_names:
        found.append(Reason("names", ", ".join(name.title() for name in shared_names[:MOST_WORDS])))
    shared_words = _shared_words(said, wording)
    if shared_words:
        found.append(Reason("words", ", ".join(shared_words[:MOST_WORDS])))
    numbers = [one.text for one in meant.quantities if any(one.agrees(other) for other in said.quantities)]
    if numbers:
        found.append(Reason("numbers", ", ".join(numbers)))
    found.append(Reason("meaning", f"{max(features.dense, 0):.2f}"))
    if features.across:
        found.append(Reason("languages", f"{language} / {wording.language}"))
    found += [Reason(f"veto:{veto.kind}", veto.detail) for veto in vetoes]
    found.append(Reason("checked", "numbers, dates, names, roles, certainty, length"))
    return tuple(found)


def _in_words(score: float) -> str:
    """Plain words for a calibrated probability."""
    for least, said in ((0.95, "almost certain"), (0.85, "very likely"), (0.7, "likely"), (0.4, "possible")):
        if score >= least:
            return said
    return "related"


def _shared_words(said: View, wording: Phrasing) -> list[str]:
    """Content words of the wording that the statement has too, as the wording writes them."""
    return [word for word, term in _claim_words(wording) if term in said.terms and term not in said.names]


@lru_cache(maxsize=20_000)
def _claim_words(wording: Phrasing) -> tuple[tuple[str, str], ...]:
    """(word, its term) for the content words of a claim."""
    found = ((word, terms(word, wording.language)) for word in dict.fromkeys(words(wording.text)))
    return tuple((word, read[0]) for word, read in found if read)
