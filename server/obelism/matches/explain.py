"""Why a match was made, in values that a reader can be shown."""

from __future__ import annotations

from collections.abc import Sequence

from obelism.matches.features import Features, content, names
from obelism.matches.quantities import quantities
from obelism.model import Phrasing, Reason, Veto
from obelism.names import terms
from obelism.text import words

MOST_WORDS = 8


def reasons_of(
    statement: str, language: str, wording: Phrasing, features: Features, score: float, vetoes: Sequence[Veto]
) -> tuple[Reason, ...]:
    """Kinds: score, names, words, numbers, meaning, languages, checked, and one `veto:…` for each difference."""
    found = [Reason("score", _in_words(score))]
    shared_names = sorted(names(statement) & names(wording.text))
    if shared_names:
        found.append(Reason("names", ", ".join(name.title() for name in shared_names[:MOST_WORDS])))
    shared_words = _shared_words(statement, language, wording)
    if shared_words:
        found.append(Reason("words", ", ".join(shared_words[:MOST_WORDS])))
    numbers = [
        q.text for q in quantities(wording.text) if any(q.agrees(other) for other in quantities(statement))
    ]
    if numbers:
        found.append(Reason("numbers", ", ".join(numbers)))
    found.append(Reason("meaning", f"{max(features.dense, 0):.2f}"))
    if features.across:
        found.append(Reason("languages", f"{language} / {wording.language}"))
    found += [Reason(f"veto:{veto.kind}", veto.detail) for veto in vetoes]
    found.append(Reason("checked", "numbers, dates, names, length"))
    return tuple(found)


def _in_words(score: float) -> str:
    """Plain words for a calibrated probability."""
    for least, said in ((0.95, "almost certain"), (0.85, "very likely"), (0.7, "likely"), (0.4, "possible")):
        if score >= least:
            return said
    return "related"


def _shared_words(statement: str, language: str, wording: Phrasing) -> list[str]:
    """Content words of the wording that the statement has too, as the wording writes them."""
    said = content(statement, language)
    known = names(statement)
    out = []
    for word in dict.fromkeys(words(wording.text)):
        term = terms(word, wording.language)
        if term and term[0] in said and term[0] not in known:
            out.append(word)
    return out
