"""Small disks that can be full or read-only, for as long as a test lasts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Disk:
    """A mounted file system in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Leave not a byte free."""
        with (self.folder / "filling").open("ab", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    file.write(bytes(size))
                except OSError:
                    size //= 2

    def make_room(self) -> None:
        (self.folder / "filling").unlink()

    def lock(self) -> None:
        """Make it read-only; nobody may have a file open for writing."""
        assert _run("mount", "-o", "remount,ro", str(self.folder))


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Disk | None]:
    """A disk of that size at `folder`; None where this process may not mount any."""
    folder.mkdir()
    if not shutil.which("mount") or not _run(
        "mount", "-t", "tmpfs", "-o", f"size={size}", "obelism", str(folder)
    ):
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        _run("umount", "-l", str(folder))


def _run(*command: str) -> bool:
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0
