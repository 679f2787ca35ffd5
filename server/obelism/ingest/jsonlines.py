"""JSON Lines: a claim record, or a ClaimReview in JSON-LD, on each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from obelism.ingest.documents import claims_on_line
from obelism.ingest.rejected import Rejected
from obelism.model import Claim

# A claim of 1,000 reviews is about 1 MB; what is on a longer line is none.
MAX_LINE = 4 * 1024 * 1024


def claims_of(file: IO[bytes], name: str) -> Iterator[Claim | Rejected]:
    """The claims of a file in order, line by line; a bad line costs nothing but itself."""
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
        where = f"{name} line {number}"
        if len(line) < MAX_LINE or line.endswith(b"\n"):
            yield from claims_on_line(line, where)
            continue
        while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
            pass
        yield Rejected(where, f"over {MAX_LINE // 1024 // 1024} MB; no claim is that long")
