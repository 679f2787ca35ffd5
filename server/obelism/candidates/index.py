"""The index over claims: statements -> candidates, cheap, generous, across languages.

It is derived data: built from the same claims it finds the same candidates, however they came in; beyond the number of
vectors that are all compared (`segment.EXACT_ROWS`), nearly the same. Changes arrive as small segments; the state is
replaced in one assignment, so readers in other threads always see a whole index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

from threadpoolctl import ThreadpoolController

from obelism.candidates import generations
from obelism.candidates.queries import cleaned, parts_of
from obelism.candidates.search import Asked, Search
from obelism.candidates.segment import Progress, Segment
from obelism.candidates.state import Change, Part, State, merged
from obelism.encoder import Encoder
from obelism.model import Candidate, Claim


@cache
def _threadpools() -> ThreadpoolController:
    """Finding the process's thread pools takes a millisecond; numpy brings the one that matters."""
    return ThreadpoolController()


class Index:
    """Finds the claims that a statement may be about."""

    def __init__(self, encoder: Encoder, state: State | None = None) -> None:
        self.encoder = encoder
        self._state = State() if state is None else state
        self._writing = Lock()

    # --- building and changing

    @classmethod
    def build(
        cls, claims: Iterable[Claim], encoder: Encoder, sequence: int = 0, progress: Progress | None = None
    ) -> Index:
        """Index all claims; `sequence` is the store's change number that they reflect."""
        segment = Segment.build(claims, encoder, progress)
        return cls(encoder, State((Part.whole(segment),), sequence))

    def apply(self, changes: Iterable[Change]) -> int:
        """Take in changes (number, id, claim or None when retired), in order; returns how many."""
        taken = list(changes)
        if taken:
            with self._writing:
                self._state = self._state.after(taken, self.encoder)
        return len(taken)

    def adopt(self, other: Index) -> None:
        """Hold from now on what `other` holds."""
        with self._writing:
            self._state = other._state

    def beside(self, claim: Claim) -> Index:
        """Another index that holds `claim` too, in place of one of that id; this one stays as it is."""
        other = Index(self.encoder, self._state)
        other.apply([(self.sequence + 1, claim.id, claim)])
        return other

    # --- reading

    @property
    def sequence(self) -> int:
        """The store's change number that the index reflects."""
        return self._state.sequence

    @property
    def changed(self) -> int:
        """How many claims came or went since the index was built or opened."""
        return self._state.changed

    def __len__(self) -> int:
        return len(self._state)

    def claims(self) -> Iterator[Claim]:
        """All claims of the index."""
        for part in self._state.parts:
            yield from part.claims()

    def candidates(self, texts: Sequence[str], language: str, limit: int = 50) -> list[list[Candidate]]:
        """For each text its candidates, most promising first, at most `limit` each.

        The candidates of a text do not depend on the texts beside it.
        """
        state = self._state
        if not texts or not len(state):
            return [[] for _ in texts]
        # More threads inside a matrix product only wait for each other; the encoder shares texts out to its own.
        with _threadpools().limit(limits=1, user_api="blas"):
            return Search(state, language, limit).run(self._asked(texts))

    def _asked(self, texts: Sequence[str]) -> list[Asked]:
        plain = [cleaned(text) for text in texts]
        pieces = [[whole, *parts_of(text)] for whole, text in zip(plain, texts, strict=True)]
        vectors = self.encoder.encode([piece for some in pieces for piece in some])
        asked = []
        start = 0
        for whole, some in zip(plain, pieces, strict=True):
            asked.append(Asked(whole, vectors[start : start + len(some)]))
            start += len(some)
        return asked

    # --- on disk

    def save(self, folder: Path) -> Path:
        """Write the index as one new generation under `folder`; a crash leaves the older one in place."""
        state = self._state
        whole = len(state.parts) == 1 and bool(state.parts[0].living.all())
        segment = state.parts[0].segment if whole else merged(state.parts, self.encoder)
        return generations.save(folder, segment, self.encoder.name, state.sequence)

    @classmethod
    def open(cls, folder: Path, encoder: Encoder) -> Index | None:
        """Map the newest generation that this version and encoder can read; None when there is none."""
        found = generations.open_newest(folder, encoder.name)
        return cls(encoder, State((Part.whole(found[0]),), found[1])) if found else None
