"""How right notes and pairs are, and the naive form beside them; `python tests/bench pages documents …` from the root.

Shared sets are cut in two by a hash: thresholds and rules were tuned on the half called dev only. No part of
`documents`, `ordinary`, `paws` or `daccord` was tuned on.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from bs4 import BeautifulSoup
from rapidfuzz import fuzz, process

from bench.retrieval import index_of
from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.evaluation import (
    Scores,
    auc,
    claims_of,
    evaluate_documents,
    evaluate_ordinary,
    evaluate_pages,
    judge_pairs,
    page_scores,
    pair_scores,
)
from obelism.model import Claim
from obelism.pipeline import Pipeline
from obelism.records import load
from obelism.starter import starter_claims
from obelism.text import fold

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
# Pairs of each PAWS set: half a minute.
PAIRS = 400
NAIVE_LEAST = 70


def development(name: str) -> bool:
    """Whether a page or topic belongs to the half that was tuned on."""
    return blake2b(name.encode(), digest_size=2).digest()[0] % 2 == 0


def pipeline_over(claims: Iterable[Claim]) -> Pipeline:
    """Judges pages in full, however long it takes: quality that hung on the load of a machine could not be gated."""
    return Pipeline(Index.build(claims, default_encoder()), verify_seconds=math.inf)


# --- pages


def pages() -> Scores:
    """The shared labelled pages, with their claims; and the naive form on the same pages."""
    folder = DATA / "pages"
    if not folder.exists():
        return {}
    claims = claims_of(folder)
    scores, results = evaluate_pages(folder, pipeline_over(claims))
    for half, is_dev in (("dev", True), ("test", False)):
        part = page_scores([result for result in results if development(result.slug) == is_dev])
        scores |= {f"{name}_{half}": value for name, value in part.items()}
    return scores | naive_pages(folder, claims)


def naive_pages(folder: Path, claims: Sequence[Claim]) -> Scores:
    """The naive form: a paragraph that holds a labelled sentence of the claim is right."""
    right = found = wanted = 0
    for labels in sorted(folder.glob("*/gold.json")):
        gold = json.loads(labels.read_text("utf-8"))
        quotes, unsure = (
            {(fold(one["quote"]), one["claim"]) for one in gold[part]} for part in ("notes", "unsure")
        )
        wanted += len(quotes)
        for text, claim in naive_notes((labels.parent / "page.html").read_text("utf-8"), claims):
            is_right = any(quote in text for quote, known in quotes if known == claim)
            right += is_right
            found += is_right or not any(quote in text for quote, known in unsure if known == claim)
    return {"naive_precision": right / max(found, 1), "naive_recall": right / max(wanted, 1)}


def naive_notes(html: str, claims: Sequence[Claim]) -> Iterator[tuple[str, str]]:
    """Paragraphs and the ids of claims that token_set_ratio finds in them: what was first thought of."""
    wordings = [(claim.id, fold(wording.text)) for claim in claims for wording in claim.wordings]
    texts = [text for _, text in wordings]
    for paragraph in BeautifulSoup(html, "lxml").find_all("p"):
        text = fold(paragraph.get_text(" "))
        found = process.extract_iter(text, texts, scorer=fuzz.token_set_ratio, score_cutoff=NAIVE_LEAST)
        yield from ((text, claim) for claim in dict.fromkeys(wordings[at][0] for _, _, at in found))


def story() -> Scores:
    """Our own golden pages, against all starter claims at once."""
    claims = list(starter_claims())
    for own in sorted((ROOT / "tests" / "pages").glob("story-*/claims.jsonl")):
        claims += [load(line) for line in own.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as chosen:
        for page in (ROOT / "tests" / "pages").glob("story-*"):
            (Path(chosen) / page.name).symlink_to(page)
        scores, _ = evaluate_pages(Path(chosen), pipeline_over(claims))
    return scores


def ordinary() -> Scores:
    """Real news pages against the starter claims and the claims of the labelled pages: each flag is a mistake."""
    folder = DATA / "extraction" / "pages"
    if not folder.exists():
        return {}
    claims = list({claim.id: claim for claim in [*starter_claims(), *claims_of(DATA / "pages")]}.values())
    chosen = sorted(folder.glob("*.html.gz"))
    scores = evaluate_ordinary(chosen, pipeline_over(claims))
    texts = [gzip.decompress(path.read_bytes()).decode("utf-8", "replace") for path in chosen]
    naive = sum(any(True for _ in naive_notes(text, claims)) for text in texts)
    return scores | {
        "flagged": scores["pages with a flag"] / scores["pages"],
        "naive_flagged": naive / len(chosen),
    }


def documents() -> Scores:
    """Whole transcripts against all 19,250 claims of the debates, twins and near misses of each claim included."""
    folder = DATA / "document-level"
    return (
        evaluate_documents(folder, Pipeline(index_of("checkthat2021-debates"), verify_seconds=math.inf))
        if folder.exists()
        else {}
    )


# --- pairs


def near_misses() -> Scores:
    """Half true pairs, half pairs of the same words and another meaning."""
    rows = _rows("near_misses")
    if not rows:
        return {}
    matches = judge_pairs(rows, pipeline_over([]))
    scores = pair_scores(rows, matches) | {"token_set_AUC": _token_set_auc(rows)}
    for half, is_dev in (("dev", True), ("test", False)):
        part = [pair for pair in zip(rows, matches, strict=True) if development(pair[0]["topic"]) == is_dev]
        of_half = pair_scores(*zip(*part, strict=True))
        scores |= {f"{name}_{half}": value for name, value in of_half.items()}
    return scores


def paws() -> Scores:
    """Swapped roles and word order."""
    out: Scores = {}
    for language in ("en", "fr"):
        if rows := _rows(f"paws-{language}")[:PAIRS]:
            scores = pair_scores(rows, judge_pairs(rows, pipeline_over([])))
            out |= {f"{language}_{name}": value for name, value in scores.items()}
            out[f"{language}_token_set_AUC"] = _token_set_auc(rows)
    return out


def daccord() -> Scores:
    """French contradictions are the same claim, denied: recall of `same` and, of those, of `denied` by the verifier."""
    rows = [row | {"same": row["label"] == "contradiction"} for row in _rows("daccord-fr")]
    if not rows:
        return {}
    matches = judge_pairs(rows, pipeline_over([]))
    scores = pair_scores(rows, matches)
    same = [match for row, match in zip(rows, matches, strict=True) if row["same"] and match.same]
    denied = [
        match for match in same if match.framing_odds and max(match.framing_odds) == match.framing_odds[2]
    ]
    return {
        "pairs": scores["pairs"],
        "same": scores["recall"],
        "denied": len(denied) / max(len(same), 1),
        "AUC": scores["AUC"],
        "token_set_AUC": _token_set_auc(rows),
    }


def _rows(name: str) -> list[dict[str, Any]]:
    """Pairs as `obelism evaluate pairs` reads them; none where the file is not there."""
    path = DATA / "pairs" / f"{name}.jsonl"
    if not path.exists():
        print(f"SKIPPED {name}: {path} is not there", file=sys.stderr)
        return []
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _token_set_auc(rows: Sequence[dict[str, Any]]) -> float:
    pairs = [(row.get("sentence") or row["a"], row.get("claim_text") or row["b"]) for row in rows]
    scores = [fuzz.token_set_ratio(fold(one), fold(other)) for one, other in pairs]
    return auc(np.array(scores), np.array([row.get("same", row.get("label") == 1) for row in rows]))
