"""From a page of 1,500 words to its notes, with the starter claims, in one process: median milliseconds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from html import escape
from pathlib import Path
from time import perf_counter

from obelism.article import read_article
from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.model import Page
from obelism.pipeline import Pipeline
from obelism.starter import starter_claims
from obelism.statements import statements_of

PAGES = Path(__file__).parents[1] / "pages"
WORDS = 1500
LANGUAGE = "fr"
# A newspaper's sentences have about 25 words, those of our golden pages 15: the longer ones are taken.
LEAST_WORDS = 15
ROUNDS = 7


def page_of(words: int) -> str:
    """An article of about so many words: sentences of our golden pages, none of them twice."""
    found: dict[str, None] = {}
    for path in sorted(PAGES.glob("*/page.html")):
        article = read_article(Page(path.read_text("utf-8")))
        if article.language == LANGUAGE:
            found |= dict.fromkeys(statement.text for statement in statements_of(article))
    chosen: list[str] = []
    for text in found:
        if len(text.split()) >= LEAST_WORDS and len(" ".join(chosen).split()) < words:
            chosen.append(text)
    body = "".join(f"<p>{escape(text)}</p>" for text in chosen)
    head = f"<html lang={LANGUAGE}><head><title>Une longue journée</title></head>"
    return f"{head}<body><article><h1>Une longue journée</h1>{body}</article></body></html>"


def run() -> dict[str, float]:
    """Median of several rounds, all stages and each of them."""
    stages: dict[str, list[float]] = defaultdict(list)
    pipeline = Pipeline(
        Index.build(starter_claims(), default_encoder()),
        timer=lambda stage, s: stages[stage].append(s * 1000),
    )
    page = Page(page_of(WORDS))
    pipeline.read(page)
    stages.clear()
    totals = []
    for _ in range(ROUNDS):
        started = perf_counter()
        reading = pipeline.read(page)
        totals.append((perf_counter() - started) * 1000)
    return {
        "words": len(reading.article.text.split()),
        "statements": reading.statements,
        "median ms": statistics.median(totals),
        **{f"{stage} ms": statistics.median(times) for stage, times in stages.items()},
    }


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name:20} {value:8.1f}")
