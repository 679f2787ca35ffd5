"""`obelism claims`: bring claims in, look at them, take them out again."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from obelism import records
from obelism.cli import given
from obelism.cli.arriving import importing
from obelism.cli.backups import backup, restore
from obelism.cli.database import actor, open_database, settings
from obelism.cli.feeds import feed, sync
from obelism.cli.merges import merge, suggest, suggestions, unmerge
from obelism.cli.show import show_claim
from obelism.errors import NotFound, ObelismError
from obelism.exports import FORMS
from obelism.imports import Import, import_claims
from obelism.ingest import Limits, Options, load
from obelism.model import Claim, Status
from obelism.ratings import status_of
from obelism.store import Filters

F = TypeVar("F", bound=Any)


@click.group()
def claims() -> None:
    """Bring claims in, look at them, take them out again."""


for command in (sync, feed, merge, unmerge, suggest, suggestions, backup, restore):
    claims.add_command(command)


def filters(command: F) -> F:
    """Options that choose claims, for the commands that list some."""
    options = (
        click.option("--query", help="With these words in a wording or the claimant's name."),
        click.option("--language", callback=given.language, help="In this language, as en."),
        click.option("--publisher", help="Reviewed by this publisher."),
        click.option("--status", type=click.Choice(get_args(Status)), help="With this status."),
        click.option(
            "--since",
            metavar="DATE",
            callback=given.date,
            help="Reviewed on that day or later, as 2024-10-25.",
        ),
        click.option("--retired", is_flag=True, help="Out of service, instead of those in service."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@claims.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option(
    "--language", metavar="TAG", callback=given.language, help="Of tables that have no such column, as fr."
)
@click.option(
    "--since",
    metavar="DATE",
    callback=given.date,
    help="Leave out pages that a sitemap dates before that day.",
)
@click.option("--allow-private", is_flag=True, help="Fetch from this machine and its network, too.")
def import_(sources: tuple[str, ...], language: str | None, since: str | None, allow_private: bool) -> None:
    """Take the claims of SOURCES into the database.

    A source is a file or a folder (JSON Lines, CSV, ClaimReview pages, DataFeeds), an http(s) address
    of any of these or of a sitemap, factcheck:query=… for the Fact Check Tools API, or - for standard
    input. What cannot be taken is named; the rest is kept. An import that was cut off is run again.
    """
    options = Options(
        language=language,
        since=since,
        key=settings().fact_check_key,
        limits=Limits(private=allow_private),
    )
    total, failed = Import(), 0
    with open_database() as store:
        for source in sources:
            try:
                with importing(source) as (progress, watch):
                    found = load(source, replace(options, progress=progress))
                    brought = import_claims(store, found, actor(), watch)
            except ObelismError as error:
                click.echo(f"obelism: {error}", err=True)
                failed += 1
                continue
            if len(sources) > 1:
                click.echo(f"{source}: {brought}")
            total += brought
    click.echo(f"{total}" + (f"; {failed} of {len(sources)} sources could not be read" if failed else ""))
    sys.exit(0 if total.kept.total else 1)


@claims.command()
@click.option("--form", type=click.Choice(list(FORMS)), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file to write instead.")
@filters
def export(form: str, output: Path | None, **chosen: Any) -> None:
    """Print claims as JSON Lines, CSV, or a DataFeed of ClaimReviews."""
    with open_database() as store:
        pieces = FORMS[form](store.claims(**cast(Filters, chosen)))
        if output is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece.encode())
            return
        part = output.with_name(f"{output.name}.part")
        try:
            with part.open("wb") as file:
                file.writelines(piece.encode() for piece in pieces)
            part.replace(output)
        finally:
            with suppress(OSError):
                part.unlink()


@claims.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.option("--after", metavar="ID", help="Only those behind this id.")
@filters
def list_(limit: int, after: str | None, **chosen: Any) -> None:
    """List claims in the order of their ids."""
    wanted = cast(Filters, chosen)
    with open_database() as store:
        found = list(store.claims(after, limit, **wanted))
        count = store.count(**wanted)
    if sys.stdout.isatty():
        Console().print(_table(found))
    else:
        for claim in found:
            click.echo("\t".join((claim.id, status_of(claim), claim.language, " ".join(claim.text.split()))))
    following = f"; the next: --after {found[-1].id}" if len(found) == limit < count else ""
    click.echo(f"{len(found)} of {count:,} claims{following}", err=True)


@claims.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="As its record.")
@click.option("--history", is_flag=True, help="With everything that happened to it.")
def show(id: str, as_json: bool, history: bool) -> None:
    """Show one claim with its reviews and positions."""
    with open_database() as store:
        claim = store.get(id)
        happened = list(store.audit.history(id)) if history else []
    if claim is None and not happened:
        raise NotFound(f"no claim {id}")
    if as_json:
        click.echo(records.dump(claim) if claim else "null")
        return
    console = Console(highlight=False)
    if claim is None:
        console.print(Text(f"{id} is out of service."))
    else:
        show_claim(console, claim, status_of(claim))
        for phrasing in claim.phrasings:
            console.print(Text(f"  Also: {phrasing.text} ({phrasing.language})"))
        if claim.claimant:
            console.print(Text(f"  Claimed by: {claim.claimant}"))
    for entry in happened:
        console.print(Text(f"{entry.at}  {entry.action} by {entry.actor}"))
        for sign, record in (("-", entry.before), ("+", entry.after)):
            if record:
                console.print(Text(f"  {sign} {record}", style="dim"), soft_wrap=True)


@claims.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
def retire(ids: tuple[str, ...]) -> None:
    """Take claims out of service; their records and history stay, and imports leave them so."""
    with open_database() as store:
        for id in ids:
            store.retire(id, actor())
            click.echo(f"{id} is retired")


@claims.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
def revive(ids: tuple[str, ...]) -> None:
    """Bring retired claims back."""
    with open_database() as store:
        for id in ids:
            store.revive(id, actor())
            click.echo(f"{id} is in service again")


def _table(found: list[Claim]) -> Table:
    table = Table("id", "status", "", "claim", box=None)
    for claim in found:
        table.add_row(Text(claim.id), status_of(claim), claim.language, Text(claim.text))
    return table
