"""Claims arriving: files, feeds and pages, one module a form."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from obelism.errors import Unavailable
from obelism.ingest import jsonlines
from obelism.ingest.rejected import Rejected
from obelism.model import Claim

__all__ = ["Rejected", "load"]


def load(source: str) -> Iterator[Claim | Rejected]:
    """The claims of a source in its order, and what of it could not be taken.

    Raises Unavailable when the source cannot be read at all.
    """
    if source == "-":
        yield from jsonlines.claims_of(sys.stdin.buffer, "standard input")
        return
    path = Path(source)
    try:
        with path.open("rb") as file:
            yield from jsonlines.claims_of(file, path.name)
    except OSError as error:
        raise Unavailable(f"{source} cannot be read: {error.strerror}") from error
