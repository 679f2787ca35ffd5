"""Claims arriving, as seen on a terminal: a progress bar, and each rejected record by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from obelism.imports import Import, Watch
from obelism.ingest import Rejected
from obelism.ingest.fetch import Progress as Told


@contextmanager
def importing(source: str) -> Iterator[tuple[Told, Watch]]:
    """What to tell while `source` is imported; the bar shows on a terminal only, and goes away."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}", markup=False),
        console=Console(stderr=True),
        transient=True,
        disable=not Console(stderr=True).is_terminal,
    )
    task = bar.add_task(_short(source), total=None, counts="")

    def read(done: int, total: int | None) -> None:
        bar.update(task, completed=done, total=total)

    def counted(so_far: Import) -> None:
        bar.update(task, counts=f"{so_far.kept.total:,} taken, {so_far.rejected:,} rejected")

    def rejected(record: Rejected) -> None:
        if bar.disable:
            click.echo(str(record), err=True)
        else:
            bar.console.print(str(record), markup=False, highlight=False, soft_wrap=True)

    with bar:
        yield read, Watch(rejected, counted)


def _short(source: str) -> str:
    """The end of a source's name: the bar has one line."""
    return source if len(source) <= 24 else f"…{source[-23:]}"
