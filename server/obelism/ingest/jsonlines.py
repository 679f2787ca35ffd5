"""Claims from JSON Lines, one record a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from obelism import records
from obelism.errors import BadClaim
from obelism.ingest.rejected import Rejected
from obelism.model import Claim

# A claim of 1,000 reviews is about 1 MB; a longer line is a file of another kind.
MAX_LINE = 16 * 1024 * 1024


def claims_of(file: BinaryIO, name: str) -> Iterator[Claim | Rejected]:
    """The claims of a file in order, line by line; a bad line costs nothing but itself."""
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
        if not line.strip():
            continue
        try:
            yield records.parse(json_of(line))
        except BadClaim as error:
            yield Rejected(f"{name} line {number}", str(error))


def json_of(data: bytes) -> object:
    """The value of JSON text. Raises BadClaim when it is none."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadClaim("not UTF-8; save the file in that encoding") from None
    except RecursionError:
        raise BadClaim("not a claim record; it is nested too deep") from None
    except ValueError as error:
        raise BadClaim(f"not valid JSON: {error}") from None
