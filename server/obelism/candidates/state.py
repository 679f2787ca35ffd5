"""What the index knows at one moment: segments, and which of their claims still live."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from obelism.candidates.lexical import term_key
from obelism.candidates.segment import Segment, id_key
from obelism.encoder import Encoder
from obelism.model import Claim

Change = tuple[int, str, Claim | None]
"""Change number, id, and the claim as it is now; None when it was retired."""

# Segments of changes beyond this are merged into one.
MAX_CHANGES = 8


@dataclass(frozen=True)
class Part:
    """A segment and what of it has been replaced or retired since."""

    segment: Segment
    living: NDArray[np.bool_]
    gone_documents: int = 0
    gone_terms: Mapping[int, int] = field(default_factory=dict)
    """Key of a term -> how many of its postings belong to claims that are gone."""

    @classmethod
    def whole(cls, segment: Segment) -> Part:
        return cls(segment, np.ones(len(segment), bool))

    def without(self, keys: NDArray[np.uint64]) -> Part:
        """The same without the claims of these ids."""
        hit = np.flatnonzero(np.isin(self.segment.ids, keys))
        hit = hit[self.living[hit]]
        if not len(hit):
            return self
        living = self.living.copy()
        living[hit] = False
        documents = [terms for ordinal in hit.tolist() for terms in self.segment.terms_of(ordinal)]
        gone = Counter(self.gone_terms)
        gone.update(term_key(term) for terms in documents for term in terms)
        return Part(self.segment, living, self.gone_documents + len(documents), gone)

    def claims(self) -> Iterator[Claim]:
        return (self.segment.claim(ordinal) for ordinal in np.flatnonzero(self.living).tolist())


@dataclass(frozen=True)
class State:
    """Never changes; a change makes another state, so readers in other threads always see a whole one."""

    parts: tuple[Part, ...] = ()
    sequence: int = 0

    def __len__(self) -> int:
        return sum(int(part.living.sum()) for part in self.parts)

    @property
    def changed(self) -> int:
        """How many claims came or went since the first segment was made."""
        if not self.parts:
            return 0
        first, *later = self.parts
        return int((~first.living).sum()) + sum(len(part.segment) for part in later)

    @cached_property
    def documents(self) -> int:
        """How many living documents there are."""
        return sum(part.segment.postings.row_count - part.gone_documents for part in self.parts)

    @cached_property
    def offsets(self) -> list[int]:
        """Claims are numbered through all segments: where each segment's numbers start, and the end."""
        return [0, *np.cumsum([len(part.segment) for part in self.parts]).tolist()]

    @cached_property
    def ids(self) -> NDArray[np.uint64]:
        """Key of each claim's id by its number; equal scores are ordered by it, however the claims came in."""
        if len(self.parts) == 1:
            return self.parts[0].segment.ids
        return np.concatenate([np.zeros(0, np.uint64), *(part.segment.ids for part in self.parts)])

    def claim(self, number: int) -> Claim:
        """The claim of a number."""
        part = bisect_right(self.offsets, number) - 1
        return self.parts[part].segment.claim(number - self.offsets[part])

    def after(self, changes: Sequence[Change], encoder: Encoder) -> State:
        """The state with the changes, given in order."""
        last = {claim_id: claim for _, claim_id, claim in changes}
        keys = np.asarray([id_key(claim_id) for claim_id in last], np.uint64)
        parts = [part.without(keys) for part in self.parts]
        added = [claim for claim in last.values() if claim is not None]
        if added:
            parts.append(Part.whole(Segment.build(added, encoder)))
        if len(parts) > MAX_CHANGES:
            first, *later = parts
            parts = [first, Part.whole(merged(later, encoder))]
        return State(tuple(parts), max(self.sequence, *(number for number, _, _ in changes)))


def merged(parts: Sequence[Part], encoder: Encoder) -> Segment:
    """The living claims of all parts as one segment; their vectors and terms are used again."""
    return Segment.merged([(part.segment, part.living) for part in parts], encoder.dimensions)
