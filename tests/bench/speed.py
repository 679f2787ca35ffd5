"""From a page of 1,500 words to its notes, with the starter claims, on one core: median milliseconds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from pathlib import Path
from time import perf_counter

from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.model import Page
from obelism.pipeline import Pipeline
from obelism.starter import starter_claims

PAGES = Path(__file__).parents[1] / "pages"
WORDS = 1500
ROUNDS = 7


def page_of(words: int) -> str:
    """An article of about so many words: the paragraphs of our ordinary golden pages, in turn."""
    import re

    texts = [
        paragraph
        for folder in sorted(PAGES.glob("story-ordinary-*"))
        for paragraph in re.findall(
            r"<p[^>]*>(.*?)</p>", (folder / "page.html").read_text("utf-8"), re.DOTALL
        )
    ]
    chosen: list[str] = []
    while sum(len(text.split()) for text in chosen) < words:
        chosen.append(texts[len(chosen) % len(texts)].replace("the", f"the {len(chosen)}th", 1))
    body = "".join(f"<p>{text}</p>" for text in chosen)
    head = "<html lang=en><head><title>A long day</title></head>"
    return f"{head}<body><article><h1>A long day</h1>{body}</article></body></html>"


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
        "statements": reading.statements,
        "median ms": statistics.median(totals),
        **{f"{stage} ms": statistics.median(times) for stage, times in stages.items()},
    }


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name:20} {value:8.1f}")
