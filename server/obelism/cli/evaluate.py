"""obelism evaluate pages|retrieval|pairs|framing|ordinary PATH: the published numbers, on data of your own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import click

from obelism.app import create_pipeline
from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.evaluation import (
    Scores,
    claims_of,
    evaluate_framing,
    evaluate_ordinary,
    evaluate_pages,
    evaluate_pairs,
    evaluate_retrieval,
)
from obelism.model import Claim
from obelism.pipeline import Pipeline
from obelism.settings import Settings

FORMS = ("pages", "retrieval", "pairs", "framing", "ordinary")


@click.command()
@click.argument("form", type=click.Choice(FORMS))
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@click.option("--split", help="Only the queries of this split (retrieval).")
def evaluate(form: str, path: Path, as_json: bool, split: str | None) -> None:
    """Measure precision, recall and the rest on labelled data; docs/BENCHMARKS.md describes the forms.

    pages: a folder of <slug>/page.html and gold.json, with claims.jsonl or against this installation's claims.
    retrieval: claims.jsonl, queries.jsonl, qrels.tsv. pairs, framing: JSON Lines. ordinary: a folder of pages.
    """
    scores = _measured(form, path, split)
    if as_json:
        click.echo(json.dumps(scores))
        return
    for name, value in scores.items():
        click.echo(f"{name:24} {value:g}" if float(value).is_integer() else f"{name:24} {value:.3f}")


def _measured(form: str, path: Path, split: str | None) -> Scores:
    if form == "pages":
        return evaluate_pages(path, _pipeline_for(path))[0]
    if form == "ordinary":
        pages = sorted(p for p in path.rglob("*") if p.name.endswith((".html", ".html.gz", ".htm")))
        return evaluate_ordinary(pages, _pipeline_for(path))
    if form == "retrieval":
        pipeline = _over(claims_of(path))
        return evaluate_retrieval(
            path, lambda text, language: [m.claim.id for m in pipeline.look_up(text, language, 50)], split
        )
    return evaluate_pairs(path, _over(())) if form == "pairs" else evaluate_framing(path, _over(()))


def _pipeline_for(folder: Path) -> Pipeline:
    """Over the folder's own claims, or over those of this installation."""
    if (folder / "claims.jsonl").exists():
        return _over(claims_of(folder))
    return create_pipeline(Settings.from_environment(os.environ))


def _over(claims: Iterable[Claim]) -> Pipeline:
    return Pipeline(Index.build(claims, default_encoder()))
