"""obelism evaluate pages|documents|retrieval|pairs|framing|ordinary PATH: the published numbers, on one's own data."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from obelism.app import create_pipeline, second_encoder
from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.errors import BadInput
from obelism.evaluation import (
    Scores,
    claims_of,
    evaluate_documents,
    evaluate_framing,
    evaluate_ordinary,
    evaluate_pages,
    evaluate_pairs,
    evaluate_retrieval,
)
from obelism.model import Claim
from obelism.pipeline import Pipeline
from obelism.settings import Settings

FORMS = ("pages", "documents", "retrieval", "pairs", "framing", "ordinary")
MEANINGS = {
    "precision": "of the notes (of the pairs taken for the same), the share that is right",
    "strict precision": "the same, notes on pairs that nobody judged taken for wrong",
    "recall": "of what is labelled, the share that was found",
    "framing": "of the right notes, the share that is framed as labelled",
    "judged notes": "notes on pairs that somebody judged",
    "MAP@5": "1.0 when the right claim is always first; places after the fifth count nothing",
    "recall@50": "the share of right claims that are among the first 50",
    "AUC": "the chance that a true pair scores above a false one; 0.5 is a coin",
    "accuracy": "the share that is answered as labelled",
    "speaker": "of the named speakers, the share that was found",
    "pages with a flag": "of pages that hold no claim, each is a mistake",
}


@click.command()
@click.argument("form", type=click.Choice(FORMS))
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@click.option("--split", help="Only the queries of this split (retrieval).")
@click.option(
    "--claims",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder whose claims.jsonl to use instead of PATH's (pages, documents, retrieval, ordinary).",
)
def evaluate(form: str, path: Path, as_json: bool, split: str | None, claims: Path | None) -> None:
    """Measure precision, recall and the rest on labelled data; docs/BENCHMARKS.md describes the forms.

    pages: a folder of <slug>/page.html and gold.json. documents: sentences.jsonl and pairs.jsonl. ordinary: a folder
    of pages. All three with claims.jsonl, or against this installation's claims. retrieval: claims.jsonl,
    queries.jsonl, qrels.tsv. pairs, framing: JSON Lines.
    """
    if form == "retrieval" or claims:
        _need_claims(claims or path)
    scores = _measured(form, path, split, claims or path)
    if as_json:
        click.echo(json.dumps(scores))
        return
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for name, value in scores.items():
        table.add_row(name, f"{value}" if isinstance(value, int) else f"{value:.3f}", MEANINGS.get(name, ""))
    Console(highlight=False).print(table)


def _measured(form: str, path: Path, split: str | None, claims: Path) -> Scores:
    if form == "pages":
        return evaluate_pages(path, _pipeline_for(claims))[0]
    if form == "documents":
        return evaluate_documents(path, _pipeline_for(claims))
    if form == "ordinary":
        pages = sorted(p for p in path.rglob("*") if p.name.endswith((".html", ".html.gz", ".htm")))
        return evaluate_ordinary(pages, _pipeline_for(claims))
    if form == "retrieval":
        pipeline = _over(claims_of(claims))
        return evaluate_retrieval(
            path, lambda text, language: [m.claim.id for m in pipeline.look_up(text, language, 50)], split
        )
    return evaluate_pairs(path, _over(())) if form == "pairs" else evaluate_framing(path, _over(()))


def _need_claims(folder: Path) -> None:
    if not (folder / "claims.jsonl").exists():
        raise BadInput(f"{folder} holds no claims.jsonl; `obelism claims export` writes one")


def _pipeline_for(folder: Path) -> Pipeline:
    """Over the folder's own claims, or over those of this installation; however long it takes, for what hangs on the
    load of a machine is no measure."""
    if (folder / "claims.jsonl").exists():
        return _over(claims_of(folder))
    pipeline = create_pipeline(Settings.from_environment(os.environ))
    pipeline.verify_seconds = math.inf
    return pipeline


def _over(claims: Iterable[Claim]) -> Pipeline:
    second = second_encoder(Settings.from_environment(os.environ))
    return Pipeline(Index.build(claims, default_encoder()), second=second, verify_seconds=math.inf)
