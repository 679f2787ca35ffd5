"""obelism token create | list | revoke"""

from __future__ import annotations

from datetime import timedelta

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from obelism.cli.database import actor, open_database
from obelism.store import SCOPES


@click.group()
def token() -> None:
    """Tokens for editors, and for readers of a shared service."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=["edit"],
    show_default=True,
    type=click.Choice(SCOPES),
    help="What it allows; may be given several times.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it lasts."
)
def create(name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token and print its secret, this once."""
    with open_database() as store:
        secret, made = store.tokens.create(name, scopes, actor(), lasts=timedelta(days=days))
    click.echo(f"For {made.name} ({', '.join(sorted(made.scopes))}), until {made.expires}.", err=True)
    click.echo("It is shown only now, and kept only as a hash:", err=True)
    click.echo(secret)


@token.command("list")
def list_tokens() -> None:
    """List all tokens, without their secrets."""
    table = Table("name", "scopes", "created", "expires", "revoked", box=None)
    with open_database() as store:
        tokens = store.tokens.all()
    for one in tokens:
        scopes = ", ".join(sorted(one.scopes))
        table.add_row(Text(one.name), scopes, one.created, one.expires or "never", one.revoked or "")
    Console().print(table)


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End a token at once."""
    with open_database() as store:
        store.tokens.revoke(name, actor())
    click.echo(f"The token {name} is revoked.", err=True)
