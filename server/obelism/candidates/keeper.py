"""The life of one index folder that several processes share.

All map the newest generation, so that its memory exists once, and take in later changes each for itself. When
there are many changes one process, whichever gets the lock, writes them into a new generation, and the others
switch over to it. A process that dies lets go of the lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from filelock import FileLock, Timeout

from obelism.candidates import generations
from obelism.candidates.index import Index
from obelism.candidates.segment import Progress
from obelism.candidates.state import Change
from obelism.encoder import Encoder
from obelism.model import Claim

LOCK = "lock"
# So many changes every process takes in for itself, in about two seconds; of more, one process at a time.
OWN_CHANGES = 400
# They are taken in by so many at a time, so that the first are found before the last are encoded.
MOST_AT_ONCE = 2_000
# How long a caller waits for another thread that is taking changes in.
PATIENCE_SECONDS = 1.0
# A new generation is due when so many claims came or went, and this share of all: writing it costs a second for
# 20,000 claims, searching a few hundred changed ones nothing.
DUE_CLAIMS = 2_000
DUE_SHARE = 0.02

log = logging.getLogger("obelism")


def open_or_build(
    folder: Path,
    encoder: Encoder,
    claims: Callable[[], Iterable[Claim]],
    sequence: int,
    progress: Progress | None = None,
) -> Index:
    """The index of `folder`; built from `claims` when there is none that can be used, by one process only.

    `sequence` is the store's latest change. An index that reflects a later one belongs to a store that was
    since put back, and is built anew. `progress` hears after every 2,000 claims how many are done.
    A folder that cannot be written costs the time of building at each start, and nothing else.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK):
            index = Index.open(folder, encoder)
            if index is not None and index.sequence <= sequence:
                return index
            generations.drop_drafts(folder)
            built = Index.build(claims(), encoder, sequence, progress)
            built.save(folder)
            # Mapped from the file, processes share its memory; built here, each would own a copy.
            opened = Index.open(folder, encoder)
            return built if opened is None else opened
    except OSError as error:
        log.warning("index-not-kept", extra={"detail": str(error)})
        return Index.build(claims(), encoder, sequence, progress)


class Keeper:
    """Keeps one process's index at the store's latest change, and its folder in good shape."""

    def __init__(self, index: Index, folder: Path, changes: Callable[[int], Iterable[Change]]) -> None:
        self.index, self.folder, self.changes = index, folder, changes
        self._seen = generations.newest_name(folder)
        self._writable = True
        self._refreshing = threading.Lock()

    def refresh(self) -> int:
        """Take in what the store has changed since; returns by how many changes the index went on.

        Whatever `changes` raises passes through, and leaves the index as it was.
        """
        if not self._refreshing.acquire(timeout=PATIENCE_SECONDS):
            return 0
        try:
            return self._refresh()
        finally:
            self._refreshing.release()

    def _refresh(self) -> int:
        before = self.index.sequence
        self._switch()
        waiting = list(islice(self.changes(self.index.sequence), OWN_CHANGES + 1))
        if len(waiting) <= OWN_CHANGES:
            self.index.apply(waiting)
        elif not self._locked(self._take_in_all):
            # Another process is encoding them: its generation will be there at one of the next calls.
            return max(self.index.sequence - before, 0)
        if self._due():
            self._locked(self._write)
        return max(self.index.sequence - before, 0)

    def _switch(self) -> None:
        """Map a generation that another process wrote, and bring it to where this one was."""
        newest = generations.newest_name(self.folder)
        if newest is None or newest == self._seen:
            return
        opened = Index.open(self.folder, self.index.encoder)
        if opened is None:
            return
        if opened.sequence < self.index.sequence:
            opened.apply(self.changes(opened.sequence))
        if opened.sequence >= self.index.sequence:
            self.index.adopt(opened)
        self._seen = newest

    def _due(self) -> bool:
        return self._writable and self.index.changed > max(DUE_CLAIMS, DUE_SHARE * len(self.index))

    def _take_in_all(self) -> None:
        self._switch()
        waiting = iter(self.changes(self.index.sequence))
        while some := list(islice(waiting, MOST_AT_ONCE)):
            self.index.apply(some)

    def _write(self) -> None:
        self._switch()
        if not self._due():
            return
        try:
            generations.drop_drafts(self.folder)
            self.index.save(self.folder)
        except OSError as error:
            log.warning("index-not-kept", extra={"detail": str(error)})
            self._writable = False
        else:
            self._switch()

    def _locked(self, work: Callable[[], None]) -> bool:
        """Do the work unless another process is at it. Where no lock can be made, nobody shares the folder."""
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError:
            self._writable = False
            work()
            return True
        try:
            work()
        finally:
            lock.release()
        return True
