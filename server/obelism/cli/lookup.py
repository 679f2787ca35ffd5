"""obelism lookup"""

from __future__ import annotations

import os
from typing import get_args

import click
from rich.console import Console

from obelism.cli.show import show_matches
from obelism.errors import BadInput
from obelism.model import Status
from obelism.settings import Settings


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print the answer of POST /v1/lookups.")
@click.option("--language", metavar="TAG", help="The statement's language, such as fr.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many claims.")
@click.option("--publisher", help="Only claims reviewed by a publisher whose name holds this.")
@click.option("--status", type=click.Choice(get_args(Status)), help="Only claims of this status.")
@click.option("--since", metavar="DATE", help="Only claims reviewed or contested since, such as 2024-10-25.")
def lookup(text: str, as_json: bool, limit: int, **filters: str | None) -> None:
    """Rank the claims that TEXT may be about, best first."""
    from obelism.api.lookups import keeper
    from obelism.api.operations import validated
    from obelism.api.problems import Problem
    from obelism.api.shapes import LookupAsked
    from obelism.app import create_pipeline

    try:
        asked = validated(LookupAsked, {"text": text, "limit": limit, **filters}, "lookup", strings=False)
    except Problem as problem:
        raise BadInput(problem.detail) from None
    pipeline = create_pipeline(Settings.from_environment(os.environ))
    matches = pipeline.look_up(asked.text, asked.language, asked.limit, keep=keeper(asked))
    if as_json:
        from obelism.api.answers import results_shown

        click.echo(results_shown(matches).model_dump_json(indent=2))
    else:
        show_matches(Console(), matches)
