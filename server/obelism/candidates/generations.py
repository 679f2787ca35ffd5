"""The index on disk: a folder of generations, of which the newest whole one counts.

A generation is written beside the others and renamed into place when it is complete, then older ones go.
Processes that still map an older one keep its pages until they let go of them.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from obelism.candidates import files
from obelism.candidates.segment import Segment

# Raised when terms, vectors or files are made in another way: an older index is built anew.
VERSION = 4

log = logging.getLogger("obelism")


def save(folder: Path, segment: Segment, encoder: str, sequence: int) -> Path:
    """Write one new generation under `folder`, and let older ones go."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=folder))
    meta = {"version": VERSION, "encoder": encoder, "sequence": sequence, "claims": len(segment)}
    try:
        files.write(draft, segment, meta)
        newest = max((_number(path) for path in folder.glob("generation-*")), default=0)
        final = draft.rename(folder / f"generation-{newest + 1:08d}")
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    files.sync(folder)
    for older in _generations(folder):
        if older.name < final.name:
            shutil.rmtree(older, ignore_errors=True)
    return final


def drop_drafts(folder: Path) -> None:
    """Remove what a process left that died while writing; for whoever alone may write here."""
    for draft in folder.glob("draft-*"):
        shutil.rmtree(draft, ignore_errors=True)


def newest_name(folder: Path) -> str | None:
    """The name of the newest generation, whether or not it can be read."""
    return next((path.name for path in _generations(folder)), None)


def open_newest(folder: Path, encoder: str) -> tuple[Segment, int] | None:
    """The segment and the change number of the newest generation that can be read; None when there is none."""
    for generation in _generations(folder):
        try:
            meta = files.meta_of(generation)
            if meta["version"] != VERSION or meta["encoder"] != encoder:
                continue
            return files.open_segment(generation, meta), int(meta["sequence"])
        except FileNotFoundError:
            continue  # another process has let it go just now, or it is incomplete
        except (OSError, ValueError, KeyError, TypeError) as error:
            # The index is derived data: what is damaged is left aside and built anew.
            log.warning("damaged-index", extra={"generation": generation.name, "detail": str(error)})
    return None


def _generations(folder: Path) -> Iterator[Path]:
    """Newest first."""
    yield from sorted(folder.glob("generation-*"), key=_number, reverse=True)


def _number(path: Path) -> int:
    number = path.name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
