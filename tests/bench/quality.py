"""Quality of notes, pairs, framings and look-ups: ours and the naive form, development and test halves apart.

    python -m bench.quality        from tests/: the table
    python -m bench.quality --json the numbers of `run()`

Every shared set is cut in two by a hash: thresholds and rules were tuned on the development half only.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from rapidfuzz import fuzz

from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.evaluation import (
    PageResult,
    Scores,
    claims_of,
    evaluate_framing,
    evaluate_ordinary,
    evaluate_pages,
    evaluate_pairs,
    evaluate_retrieval,
    judge_pairs,
)
from obelism.model import Claim
from obelism.pipeline import Pipeline
from obelism.records import load
from obelism.starter import starter_claims
from obelism.text import fold

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
# As many queries of each set as can be judged in about a minute.
QUERIES = 150


def development(name: str) -> bool:
    """Whether a page, topic or row belongs to the half that was tuned on."""
    return blake2b(name.encode(), digest_size=2).digest()[0] % 2 == 0


def run() -> dict[str, float]:
    """All numbers by name."""
    out: dict[str, float] = {}
    for name, measure in (
        ("pages", pages),
        ("story", story),
        ("ordinary", ordinary),
        ("near_misses", near_misses),
        ("paws", paws),
        ("daccord", daccord),
        ("framing", framing),
        ("emergent", emergent),
        ("retrieval", retrieval),
    ):
        scores = measure()
        out |= {f"{name} {key}": value for key, value in scores.items()}
        print(name, {k: round(v, 3) for k, v in scores.items()}, file=sys.stderr, flush=True)
    return out


def pipeline_over(claims: Iterable[Claim]) -> Pipeline:
    return Pipeline(Index.build(claims, default_encoder()))


# --- pages


def pages() -> Scores:
    """The shared labelled pages, with their claims; and the naive form on the same pages."""
    folder = DATA / "pages"
    claims = claims_of(folder)
    _, results = evaluate_pages(folder, pipeline_over(claims))
    halves = {
        "dev": [r for r in results if development(r.slug)],
        "test": [r for r in results if not development(r.slug)],
    }
    out = {f"{half} {key}": value for half, some in halves.items() for key, value in summary(some).items()}
    return out | summary(results) | {f"naive {key}": value for key, value in naive(folder, claims).items()}


def summary(results: list[PageResult]) -> Scores:
    right, wrong = sum(len(r.right) for r in results), sum(len(r.wrong) for r in results)
    missed = sum(len(r.missed) for r in results)
    return {
        "precision": right / max(right + wrong, 1),
        "recall": right / max(right + missed, 1),
        "framing": sum(r.framing_right for r in results) / max(right, 1),
    }


def naive(folder: Path, claims: list[Claim]) -> Scores:
    """token_set_ratio of each paragraph with each wording, threshold 70: what was first thought of."""
    right = found = wanted = 0
    for page in sorted(folder.glob("*/gold.json")):
        gold = json.loads(page.read_text("utf-8"))
        soup = BeautifulSoup((page.parent / "page.html").read_text("utf-8"), "lxml")
        labels = {(fold(one["quote"]), one["claim"]) for one in gold["notes"]}
        unsure = {(fold(one["quote"]), one["claim"]) for one in gold["unsure"]}
        wanted += len(labels)
        for paragraph in soup.find_all("p"):
            text = fold(paragraph.get_text(" "))
            for claim in claims:
                if any(fuzz.token_set_ratio(text, fold(w.text)) >= 70 for w in claim.wordings):
                    hits = {label for label in labels if label[1] == claim.id and label[0] in text}
                    if hits or not any(label[1] == claim.id and label[0] in text for label in unsure):
                        found += 1
                        right += bool(hits)
    return {"precision": right / max(found, 1), "recall": right / max(wanted, 1)}


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
    """Real news pages against the starter claims and the claims of the labelled pages."""
    claims = [*starter_claims(), *claims_of(DATA / "pages")]
    chosen = sorted((DATA / "extraction" / "pages").glob("*.html.gz"))
    return evaluate_ordinary(chosen, pipeline_over({c.id: c for c in claims}.values()))


# --- pairs and framings


def in_halves(path: Path, key: Callable[[dict[str, Any]], str], measure: Callable[[Path], Scores]) -> Scores:
    """A measure of a JSON Lines file, on its development and its test half."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    out: Scores = {}
    for half in ("dev", "test"):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as part:
            for row in rows:
                if development(key(row)) == (half == "dev"):
                    part.write(json.dumps(row) + "\n")
            part.flush()
            out |= {f"{half} {name}": value for name, value in measure(Path(part.name)).items()}
    return out


def bare() -> Pipeline:
    return pipeline_over([])


def near_misses() -> Scores:
    return in_halves(
        DATA / "pairs" / "near_misses.jsonl", lambda r: str(r["topic"]), lambda p: evaluate_pairs(p, bare())
    )


def paws() -> Scores:
    out: Scores = {}
    for language in ("en", "fr"):
        rows = [
            json.loads(line)
            for line in (DATA / "pairs" / f"paws-{language}.jsonl").read_text("utf-8").splitlines()
        ]
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as part:
            for row in rows[:400]:
                part.write(json.dumps(row | {"same": row["label"] == 1}) + "\n")
            part.flush()
            out[f"{language} AUC"] = evaluate_pairs(Path(part.name), bare())["AUC"]
            out[f"{language} token_set AUC"] = _token_set_auc(rows[:400])
    return out


def _token_set_auc(rows: list[dict[str, Any]]) -> float:
    import numpy as np

    from obelism.evaluation import auc

    scores = np.array([fuzz.token_set_ratio(fold(r["a"]), fold(r["b"])) for r in rows])
    return auc(scores, np.array([r["label"] == 1 for r in rows]))


def daccord() -> Scores:
    """French contradictions: the same claim, denied. Recall of `same` and, of those, of `denied` by the verifier."""
    rows = [
        json.loads(line) for line in (DATA / "pairs" / "daccord-fr.jsonl").read_text("utf-8").splitlines()
    ]
    rows = [row for row in rows if row["label"] == "contradiction"]
    matches = [m for m in judge_pairs(rows, bare()) if m]
    same = [m for m in matches if m.score >= 0.5]
    denied = [m for m in same if m.framing_odds and max(m.framing_odds) == m.framing_odds[2]]
    return {"same": len(same) / len(rows), "denied": len(denied) / max(len(same), 1)}


def framing() -> Scores:
    path = DATA / "stance" / "framing.jsonl"
    key = lambda row: str(row["claim_text"])  # noqa: E731
    alone = in_halves(path, key, lambda p: evaluate_framing(p, None))
    both = in_halves(path, key, lambda p: evaluate_framing(p, bare()))
    return {f"rules {k}": v for k, v in alone.items()} | both


def emergent() -> Scores:
    """Headlines for, against or observing a claim; attributed and questioned count as observing."""
    from obelism.framing import frame

    rows = [json.loads(line) for line in (DATA / "stance" / "emergent.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if not development(str(row["claim_id"]))][:500]
    meaning = {"asserted": "for", "denied": "against", "attributed": "observing", "questioned": "observing"}
    odds = [match.framing_odds if match else None for match in judge_pairs(rows, bare())]
    right = sum(
        meaning[frame(r["headline"], Claim("c", r["claim"], "en"), "en", (), o).framing] == r["stance"]
        for r, o in zip(rows, odds, strict=True)
    )
    return {"accuracy": right / len(rows)}


# --- look-ups


def retrieval() -> Scores:
    out: Scores = {}
    for name in ("checkthat2020-tweets", "checkthat2021-debates", "checkthat2025-french"):
        folder = DATA / "retrieval" / name
        pipeline = pipeline_over(claims_of(folder))

        def look_up(text: str, language: str, pipeline: Pipeline = pipeline) -> list[str]:
            return [match.claim.id for match in pipeline.look_up(text, language, 50)]

        scores = evaluate_retrieval(folder, look_up, "dev", QUERIES)
        out |= {f"{name} {key}": value for key, value in scores.items()}
    return out


def main() -> None:
    if not DATA.exists():
        print(
            f"SKIPPED: {DATA} is not there; quality is measured on public data that the project does not hold"
        )
        return
    numbers = run()
    if "--json" in sys.argv:
        print(json.dumps(numbers, indent=1))
        return
    for name, value in numbers.items():
        print(f"{name:60} {value:.3f}")


if __name__ == "__main__":
    main()
