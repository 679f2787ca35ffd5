"""`obelism claims backup | restore`: everything in one file, for either engine."""

from __future__ import annotations

from pathlib import Path

import click

from obelism.cli.database import open_database

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write the whole database, history and all, to FILE, while it is in use."""
    with open_database(bare=True) as store:
        rows = store.back_up(file)
    click.echo(f"{rows:,} rows are in {file}")


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Fill an empty database from the backup FILE; of SQLite or PostgreSQL, whichever made it."""
    with open_database(bare=True) as store:
        rows = store.restore(file)
    click.echo(f"{rows:,} rows are restored from {file}")
