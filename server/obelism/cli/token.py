"""obelism token create | list | revoke"""

from __future__ import annotations

import getpass
import os
from datetime import timedelta

import click
from rich.console import Console
from rich.table import Table

from obelism.settings import Settings
from obelism.starter import open_claims
from obelism.store import Store
from obelism.store.tokens import SCOPES


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
    secret, made = _store().tokens.create(name, scopes, _actor(), lasts=timedelta(days=days))
    click.echo(f"For {made.name} ({', '.join(sorted(made.scopes))}), until {made.expires}.", err=True)
    click.echo("It is shown only now, and kept only as a hash:", err=True)
    click.echo(secret)


@token.command("list")
def list_tokens() -> None:
    """List all tokens, without their secrets."""
    table = Table("name", "scopes", "created", "expires", "revoked", box=None)
    for one in _store().tokens.all():
        scopes = ", ".join(sorted(one.scopes))
        table.add_row(one.name, scopes, one.created, one.expires or "never", one.revoked or "")
    Console().print(table)


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End a token at once."""
    _store().tokens.revoke(name, _actor())
    click.echo(f"The token {name} is revoked.", err=True)


def _store() -> Store:
    return open_claims(Settings.from_environment(os.environ))


def _actor() -> str:
    return f"command line ({getpass.getuser()})"
