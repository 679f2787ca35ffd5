"""Records that could not be taken, named by where they stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was left out: `claims.csv line 12: review has no url; every review needs …`."""

    where: str
    reason: str
    cut: bool = False
    """More than this one record is missing: the rest of its source was not read."""

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"
