"""Claims that may be one: the matcher finds them among claims of all publishers, an editor decides.

Conservative: a pair is brought up only when each claim, read as a statement, is the other for near certain, states
it as its own words do, and nothing speaks against it (another number, another name). Nothing is merged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice

from obelism.framing import frame
from obelism.matches import Asked
from obelism.model import Candidate, Claim
from obelism.pipeline import Pipeline
from obelism.store import Store

SURE = 0.85
# What is nearest to a claim, itself included. The pairs that the verifier reads cost most: those with little in
# common are not put to it.
NEAREST = 6
LEAST_COSINE = 0.7
LEAST_WORDS = 0.6
# Claims between two marks of how far the search has come: a killed one repeats no more than these.
BATCH = 200

Pair = tuple[str, str, float, str]
"""Two ids, a probability, and a reason in words."""


def suggest_merges(store: Store, pipeline: Pipeline, progress: Callable[[int], None] = lambda _: None) -> int:
    """Compare the claims that came or changed since the last time with all others; how many pairs are new.

    `progress` hears how many claims have been compared. A search that was cut off goes on where it was.
    """
    changes = store.changes(store.merges.compared())
    new = 0
    done = 0
    while some := list(islice(changes, BATCH)):
        new += store.merges.suggest(twins(pipeline, [claim for _, _, claim in some if claim]))
        store.merges.set_compared(some[-1][0])
        done += len(some)
        progress(done)
    return new


def twins(pipeline: Pipeline, claims: Iterable[Claim]) -> Iterator[Pair]:
    """The pairs of one of `claims` and any claim of the index that are surely the same."""
    for language, group in groupby(sorted(claims, key=_language), key=_language):
        some = list(group)
        found = pipeline.index.candidates([claim.text for claim in some], language, NEAREST)
        for claim, candidates in zip(some, found, strict=True):
            for candidate in candidates:
                if candidate.claim.id != claim.id and _is_near(candidate):
                    yield from _pair(pipeline, claim, candidate)


def _language(claim: Claim) -> str:
    return claim.language


def _is_near(candidate: Candidate) -> bool:
    return candidate.dense >= LEAST_COSINE or candidate.lexical >= LEAST_WORDS


def _pair(pipeline: Pipeline, claim: Claim, candidate: Candidate) -> Iterator[Pair]:
    other = candidate.claim
    back = Candidate(claim, candidate.lexical, candidate.dense)
    there, again = _sure(pipeline, claim, candidate), _sure(pipeline, other, back)
    if there and again:
        yield claim.id, other.id, min(there, again), f"“{claim.text}” / “{other.text}”"


def _sure(pipeline: Pipeline, claim: Claim, candidate: Candidate) -> float:
    """How surely `claim`, read as a statement, says what the other claim says; 0 for not surely enough."""
    asked = Asked(claim.text, "", claim.language, candidate, support=candidate.rank_score)
    (match,) = pipeline.matcher.compare([asked])
    framed = frame(claim.text, candidate.claim, claim.language, (), match.framing_odds)
    # A denial is about the same claim, but merged with it its verdicts would be taken for the opposite.
    sure = match.score >= SURE and not match.vetoes and framed.framing == "asserted"
    return match.score if sure else 0.0
