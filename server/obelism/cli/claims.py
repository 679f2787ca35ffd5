"""`obelism claims`: bring claims in, look at them, take them out again."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.table import Table

from obelism import records
from obelism.errors import ObelismError
from obelism.ingest import Rejected, load
from obelism.model import Claim
from obelism.ratings import status_of
from obelism.settings import Settings
from obelism.store import BATCH, PutSummary, Store, open_store


@click.group()
def claims() -> None:
    """Bring claims in, look at them, take them out again."""


@claims.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
def import_(sources: tuple[str, ...]) -> None:
    """Take the claims of files into the database; `-` reads standard input."""
    summary, rejected = PutSummary(), 0
    with _store() as store:
        for source in sources:
            batch: list[Claim] = []
            for found in load(source):
                if isinstance(found, Rejected):
                    rejected += 1
                    click.echo(str(found), err=True)
                    continue
                batch.append(found)
                if len(batch) == BATCH:
                    summary += store.put(batch)
                    batch.clear()
            summary += store.put(batch)
    click.echo(
        f"{summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged, {rejected} rejected"
    )
    sys.exit(0 if summary.total else 1)


@claims.command()
def export() -> None:
    """Print all claims as JSON Lines."""
    with _store() as store:
        for claim in store.claims():
            click.echo(records.dump(claim))


@claims.command("list")
@click.option("--limit", default=20, show_default=True, help="How many to show.")
@click.option("--query", help="Only claims with these words.")
def list_(limit: int, query: str | None) -> None:
    """Show claims as a table."""
    table = Table("id", "status", "language", "claim")
    with _store() as store:
        for claim in store.claims(limit=limit, query=query):
            table.add_row(claim.id, status_of(claim), claim.language, claim.text)
    Console().print(table)


@claims.command()
@click.argument("id")
def show(id: str) -> None:
    """Show one claim with its reviews and positions."""
    with _store() as store:
        claim = store.get(id)
        if claim is None:
            raise click.ClickException(f"no claim {id}")
        click.echo(records.dump(claim))


@claims.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
def retire(ids: tuple[str, ...]) -> None:
    """Take claims out of service; their records and history stay."""
    with _store() as store:
        for id in ids:
            store.retire(id, _actor())
            click.echo(f"{id} retired")


@contextmanager
def _store() -> Iterator[Store]:
    try:
        store = open_store(Settings.from_environment(os.environ).database_url)
        try:
            yield store
        finally:
            store.close()
    except ObelismError as error:
        raise click.ClickException(str(error)) from error


def _actor() -> str:
    return f"{getpass.getuser()} (command line)"
