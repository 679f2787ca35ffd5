"""Do the candidates hold the right claim? The index, words alone, meaning alone, and naive RapidFuzz.

    python -m bench.retrieval        from tests/: the table
    python -m bench.retrieval --json the numbers of `run()`

Ranking was tuned on the train parts; of the French posts on the even rows, which are called train here. The
articles are our own training texts: each sentence that is a claim, among the claims of all articles and sets.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rapidfuzz import fuzz, process

from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.model import Candidate, Claim
from obelism.records import load
from obelism.text import fold

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "retrieval"
ARTICLES = ROOT / "training" / "articles"
SETS = ("checkthat2025-french", "checkthat2020-tweets", "checkthat2021-debates")
DEEP = 600
PAGE = 12
NAIVE_QUERIES = 40


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    language: str
    relevant: frozenset[str]
    split: str


def run(sets: Sequence[str] = SETS) -> dict[str, float]:
    """recall@50 and MAP@5 by set, part and way; recall@12 of the sentences of pages, where all sets are asked for."""
    if not DATA.exists():
        print(f"SKIPPED retrieval: {DATA} is not there", file=sys.stderr)
        return {}
    out: dict[str, float] = {}
    every: list[Claim] = []
    for name in sets:
        claims, queries = _read(name)
        every += claims
        index = Index.build(claims, default_encoder())
        for split in sorted({query.split for query in queries}):
            asked = [query for query in queries if query.split == split]
            for way, ranked in _ways(index, claims, asked).items():
                label = f"{name.partition('-')[2]}_{split}_{way}"
                part = asked[: len(ranked)]
                out[f"{label}_recall50"] = fmean(map(_recall, part, ranked))
                out[f"{label}_map5"] = fmean(map(_average_precision, part, ranked))
    return out | (_articles(every) if sets is SETS else {})


def _ways(index: Index, claims: Sequence[Claim], queries: Sequence[Query]) -> dict[str, list[list[str]]]:
    """Ids of claims, best first, by each way of ranking; RapidFuzz for the first few queries only."""
    found = [index.candidates([query.text], query.language, DEEP)[0] for query in queries]
    folded = {claim.id: fold(claim.text) for claim in claims}
    return {
        "index": [[one.claim.id for one in some] for some in found],
        "words": [_by(some, lambda one: one.lexical) for some in found],
        "meaning": [_by(some, lambda one: one.dense) for some in found],
        "rapidfuzz": [
            [
                key
                for _, _, key in process.extract(fold(q.text), folded, scorer=fuzz.token_set_ratio, limit=50)
            ]
            for q in queries[:NAIVE_QUERIES]
        ],
    }


def _articles(claims: Sequence[Claim]) -> dict[str, float]:
    """Of all labelled pairs of sentence and claim, the share that is among the first PAGE of the sentence."""
    articles = [
        json.loads(line)
        for path in sorted(ARTICLES.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    own = [
        Claim(f"{a['id']}/{one['id']}", one["text"], one["language"]) for a in articles for one in a["claims"]
    ]
    language = {one.id: one.language for one in own}
    index = Index.build([*own, *claims], default_encoder())
    hits: dict[str, list[bool]] = {}
    for article in articles:
        texts = [article["title"], *article["sentences"]]
        for way in ("alone", "page"):
            found = index.candidates(texts, article["language"], PAGE, page=way == "page")
            for label in article["labels"]:
                claim = f"{article['id']}/{label['claim']}"
                kind = "same" if language[claim] == article["language"] else "across"
                near = {one.claim.id for one in found[label["sentence"] + 1]}
                hits.setdefault(f"articles_{kind}_language_{way}_recall{PAGE}", []).append(claim in near)
    return {name: fmean(values) for name, values in hits.items()}


def _read(name: str) -> tuple[list[Claim], list[Query]]:
    claims = [load(line) for line in (DATA / name / "claims.jsonl").read_text("utf-8").splitlines()]
    known = {claim.id for claim in claims}
    relevant: dict[str, set[str]] = {}
    for line in (DATA / name / "qrels.tsv").read_text("utf-8").splitlines():
        query, claim = line.split()[:2]
        if claim in known:
            relevant.setdefault(query, set()).add(claim)
    lines = (DATA / name / "queries.jsonl").read_text("utf-8").splitlines()
    rows: Iterable[dict[str, Any]] = map(json.loads, lines)
    return claims, [
        Query(row["text"], row["language"], frozenset(relevant[row["id"]]), _split(name, row, at))
        for at, row in enumerate(rows)
        if row["id"] in relevant
    ]


def _split(name: str, row: dict[str, Any], at: int) -> str:
    return str(row["split"]) if "french" not in name else ("dev" if at % 2 else "train")


def _by(found: Sequence[Candidate], score: Callable[[Candidate], float]) -> list[str]:
    return [one.claim.id for one in sorted(found, key=lambda one: -score(one))]


def _recall(query: Query, ranked: Sequence[str]) -> float:
    return len(query.relevant & set(ranked[:50])) / len(query.relevant)


def _average_precision(query: Query, ranked: Sequence[str]) -> float:
    hits, total = 0, 0.0
    for place, claim in enumerate(ranked[:5], 1):
        if claim in query.relevant:
            hits += 1
            total += hits / place
    return total / min(len(query.relevant), 5)


if __name__ == "__main__":
    numbers = run()
    if "--json" in sys.argv:
        print(json.dumps(numbers, indent=1))
    else:
        for key, value in numbers.items():
            print(f"{key:55} {value:.3f}")
