"""`obelism claims merge | unmerge | suggestions`: several records of one claim."""

from __future__ import annotations

import click

from obelism.cli.database import actor, open_database, settings


@click.command()
@click.argument("kept", metavar="KEPT")
@click.argument("others", nargs=-1, required=True, metavar="ID…")
def merge(kept: str, others: tuple[str, ...]) -> None:
    """Make the claims ID part of the claim KEPT; `unmerge` takes it back."""
    with open_database() as store:
        for made in store.merges.merge(kept, others, actor()):
            click.echo(f"{made.merged} is part of {made.kept} now; to undo: obelism claims unmerge {made.id}")


@click.command()
@click.argument("number", type=int)
def unmerge(number: int) -> None:
    """Undo a merge by its number; corrections made since stay."""
    with open_database() as store:
        store.merges.undo(number, actor())
    click.echo(f"merge {number} is undone")


@click.command()
def suggest() -> None:
    """Compare claims that came or changed since the last time with all others; note those that may be one.

    Nothing is merged: an editor decides, on the editor's page or with `claims merge`.
    """
    from obelism.app import pipeline_of
    from obelism.twins import suggest_merges

    with open_database() as store:
        new = suggest_merges(store, pipeline_of(settings(), store))
        click.echo(f"{new} new suggestions, {len(store.merges.suggestions())} wait for an editor")


@click.command()
def suggestions() -> None:
    """Show pairs of claims that may be one, the surest first. Nothing is ever merged by itself."""
    with open_database() as store:
        for pair in store.merges.suggestions():
            click.echo(f"{pair.score:.0%}\t{pair.first}\t{pair.second}\t{pair.reason}")
