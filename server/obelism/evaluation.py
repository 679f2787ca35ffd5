"""How right the notes are, on labelled data: pages, retrieval sets, pairs, framings, ordinary pages.

The forms are those of public sets (docs/BENCHMARKS.md), so that an operator can measure the same numbers on data
of their own: `obelism evaluate pages|retrieval|pairs|framing|ordinary PATH`.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from obelism.candidates import Index
from obelism.encoder import Encoder, default_encoder
from obelism.errors import BadInput, NotAnArticle
from obelism.framing import frame
from obelism.ingest import Rejected, load
from obelism.matches import Asked
from obelism.model import Candidate, Claim, Match, Note, Page
from obelism.pipeline import Pipeline
from obelism.text import fold

Scores = dict[str, float]


# --- pages --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PageResult:
    """What was found on one labelled page, against its labels."""

    slug: str
    right: tuple[Note, ...]
    wrong: tuple[Note, ...]
    missed: tuple[dict[str, Any], ...]
    framing_right: int


def evaluate_pages(folder: Path, pipeline: Pipeline) -> tuple[Scores, list[PageResult]]:
    """Notes on `<slug>/page.html` against `<slug>/gold.json`: precision, recall, framing accuracy.

    A pair that the labels call unsure counts neither way.
    """
    results = [_page_result(one.parent, pipeline) for one in sorted(folder.glob("*/gold.json"))]
    if not results:
        raise BadInput(f"{folder} holds no labelled page: <slug>/page.html and <slug>/gold.json are needed")
    right, wrong = sum(len(r.right) for r in results), sum(len(r.wrong) for r in results)
    missed = sum(len(r.missed) for r in results)
    return {
        "pages": len(results),
        "precision": _share(right, right + wrong),
        "recall": _share(right, right + missed),
        "framing": _share(sum(r.framing_right for r in results), right),
        "notes": right + wrong,
    }, results


def _page_result(folder: Path, pipeline: Pipeline) -> PageResult:
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    html = (folder / "page.html").read_text("utf-8")
    try:
        notes = pipeline.read(Page(html)).notes
    except NotAnArticle:
        notes = ()
    wanted = {_key(one): one for one in gold["notes"]}
    ignored = {_key(one) for one in gold.get("unsure", ())}
    found = {(fold(note.quote.exact), note.claim.id): note for note in notes}
    right = tuple(note for key, note in found.items() if key in wanted)
    wrong = tuple(note for key, note in found.items() if key not in wanted and key not in ignored)
    framed = sum(
        note.framing in (wanted[key]["framing"], *wanted[key].get("framing_also", ()))
        for key, note in found.items()
        if key in wanted
    )
    return PageResult(
        folder.name, right, wrong, tuple(one for key, one in wanted.items() if key not in found), framed
    )


def _key(label: dict[str, Any]) -> tuple[str, str]:
    return fold(label["quote"]), label["claim"]


def evaluate_ordinary(pages: Iterable[Path], pipeline: Pipeline) -> Scores:
    """How often pages that hold none of the claims are flagged all the same."""
    read = flagged = noted = 0
    for path in pages:
        raw = path.read_bytes()
        html = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
        try:
            reading = pipeline.read(Page(html))
        except NotAnArticle:
            continue
        read += 1
        flagged += reading.flags > 0
        noted += bool(reading.notes)
    return {"pages": read, "pages with a flag": flagged, "pages with a note": noted}


# --- retrieval ----------------------------------------------------------------------------------


def evaluate_retrieval(folder: Path, look_up: LookUp, split: str | None = None, most: int = 10**9) -> Scores:
    """MAP@5 of look-ups on `queries.jsonl` and `qrels.tsv`; `look_up` answers with claim ids, best first."""
    queries = [q for q in _json_lines(folder / "queries.jsonl") if split in (None, q["split"])][:most]
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query, claim = line.split()[:2]
        relevant[query].add(claim)
    answers = [look_up(query["text"], query["language"]) for query in queries]
    precisions = [average_precision(a, relevant[q["id"]]) for a, q in zip(answers, queries, strict=True)]
    found = [
        _share(len(relevant[q["id"]] & set(a[:50])), len(relevant[q["id"]]))
        for a, q in zip(answers, queries, strict=True)
    ]
    return {"queries": len(queries), "MAP@5": float(np.mean(precisions)), "recall@50": float(np.mean(found))}


LookUp = Callable[[str, str], Sequence[str]]


def average_precision(answer: Sequence[str], relevant: set[str], depth: int = 5) -> float:
    """Average precision of the first `depth` answers."""
    hits, total = 0, 0.0
    for rank, claim in enumerate(answer[:depth], 1):
        if claim in relevant:
            hits += 1
            total += hits / rank
    return total / min(len(relevant), depth) if relevant else 0.0


def claims_of(folder: Path) -> list[Claim]:
    """The claims of an evaluation folder, as an import takes them. Raises BadInput for a record that is none."""
    claims: list[Claim] = []
    for found in load(str(folder / "claims.jsonl")):
        if isinstance(found, Rejected):
            raise BadInput(str(found))
        claims.append(found)
    return claims


# --- pairs and framings -------------------------------------------------------------------------


def evaluate_pairs(path: Path, pipeline: Pipeline, encoder: Encoder | None = None) -> Scores:
    """(sentence, claim) pairs with `same`, each claim alone: accuracy, AUC, precision and recall."""
    rows = list(_json_lines(path))
    matches = judge_pairs(rows, pipeline, encoder)
    scores = np.array([match.score for match in matches])
    same = np.array([bool(row["same"]) for row in rows])
    noted = np.array([match.same for match in matches])
    return {
        "pairs": len(rows),
        "accuracy": float((noted == same).mean()),
        "AUC": auc(scores, same),
        "precision": _share(int((noted & same).sum()), int(noted.sum())),
        "recall": _share(int((noted & same).sum()), int(same.sum())),
    }


def judge_pairs(
    rows: Sequence[dict[str, Any]], pipeline: Pipeline, encoder: Encoder | None = None
) -> list[Match]:
    """The match of each pair, its claim alone."""
    encoder = encoder or default_encoder()
    texts = list(dict.fromkeys(_claim_text(row) for row in rows))
    language = {
        _claim_text(row): row.get("claim_lang") or row.get("language") or row.get("lang", "en")
        for row in rows
    }
    claims = {text: Claim(str(at), text, language[text]) for at, text in enumerate(texts)}
    index = Index.build(claims.values(), encoder)
    asked = []
    for row in rows:
        spoken = row.get("sentence_lang") or row.get("language") or row.get("lang", "en")
        (found,) = index.candidates([_sentence(row)], spoken, len(texts))
        claim = claims[_claim_text(row)]
        near = next((one for one in found if one.claim.id == claim.id), None)
        asked.append(Asked(_sentence(row), row.get("context", ""), spoken, near or _far(row, claim, encoder)))
    return pipeline.matcher.compare(asked)


def _far(row: dict[str, Any], claim: Claim, encoder: Encoder) -> Candidate:
    one, other = encoder.encode([_sentence(row), claim.text])
    return Candidate(claim, 0.0, float(one @ other))


def evaluate_framing(path: Path, pipeline: Pipeline | None) -> Scores:
    """Sentences with claim and framing: accuracy over the four classes, and of the speaker where one is given."""
    rows = list(_json_lines(path))
    matches: Sequence[Match | None] = judge_pairs(rows, pipeline) if pipeline else [None] * len(rows)
    right = spoken = named = 0
    for row, match in zip(rows, matches, strict=True):
        claim = Claim("claim", _claim_text(row), row.get("language", "en"))
        odds = match.framing_odds if match else None
        framed = frame(_sentence(row), claim, row.get("language", "en"), (), odds)
        right += framed.framing == row["framing"]
        if row.get("speaker"):
            named += 1
            spoken += fold(row["speaker"]) in fold(framed.speaker or "") or fold(
                framed.speaker or "-"
            ) in fold(row["speaker"])
    return {"sentences": len(rows), "accuracy": _share(right, len(rows)), "speaker": _share(spoken, named)}


def auc(scores: np.ndarray[Any, Any], same: np.ndarray[Any, Any]) -> float:
    """Area under the ROC curve: the chance that a true pair scores above a false one, ties by half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        ranks[scores == value] = ranks[scores == value].mean()
    positive = int(same.sum())
    negative = len(same) - positive
    if not positive or not negative:
        return float("nan")
    return float((ranks[same].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _claim_text(row: dict[str, Any]) -> str:
    return str(row.get("claim_text") or row.get("claim") or row.get("b"))


def _sentence(row: dict[str, Any]) -> str:
    return str(row.get("sentence") or row.get("headline") or row.get("a"))


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        raise BadInput(f"{path} does not exist")
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise BadInput(f"{path.name} line {number}: not JSON ({error.msg})") from error


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
