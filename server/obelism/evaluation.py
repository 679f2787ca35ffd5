"""How right the notes are, on labelled data: pages, documents, retrieval sets, pairs, framings, ordinary pages.

The forms are those of public sets (docs/BENCHMARKS.md), so that an operator can measure the same numbers on data
of their own: `obelism evaluate pages|documents|retrieval|pairs|framing|ordinary PATH`.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from obelism.candidates import Index
from obelism.encoder import Encoder, default_encoder
from obelism.errors import BadInput, NotAnArticle, PageTooLarge
from obelism.framing import frame
from obelism.ingest import Rejected, load
from obelism.matches import Asked
from obelism.model import Candidate, Claim, Match, Note, Page
from obelism.pipeline import Pipeline
from obelism.records import primary_language
from obelism.text import fold

Scores = dict[str, float]

UNREAD = (NotAnArticle, PageTooLarge)
"""A page that a reader is told cannot be read has no notes."""


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
    return page_scores(results), results


def page_scores(results: Sequence[PageResult]) -> Scores:
    """Precision and recall of the notes of these pages, and how many of the right ones have the right framing."""
    right, wrong = sum(len(r.right) for r in results), sum(len(r.wrong) for r in results)
    missed = sum(len(r.missed) for r in results)
    return {
        "pages": len(results),
        "notes": right + wrong,
        "precision": _share(right, right + wrong),
        "recall": _share(right, right + missed),
        "framing": _share(sum(r.framing_right for r in results), right),
    }


def _page_result(folder: Path, pipeline: Pipeline) -> PageResult:
    gold = _gold(folder / "gold.json")
    html = _text_of(folder / "page.html")
    try:
        notes = pipeline.read(Page(html)).notes
    except UNREAD:
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


def _gold(path: Path) -> dict[str, Any]:
    place = f"{path.parent.name}/{path.name}"
    try:
        gold: dict[str, Any] = json.loads(_text_of(path))
    except json.JSONDecodeError as error:
        raise BadInput(f"{place} line {error.lineno}: not JSON ({error.msg})") from error
    _need(gold, (("notes",),), place)
    for part, fields in (("notes", ("quote", "claim", "framing")), ("unsure", ("quote", "claim"))):
        for number, label in enumerate(gold.get(part, ()), 1):
            _need(label, [(name,) for name in fields], f"{place}, {part} {number}")
    return gold


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
        except UNREAD:
            continue
        read += 1
        flagged += reading.flags > 0
        noted += bool(reading.notes)
    return {"pages": read, "pages with a flag": flagged, "pages with a note": noted}


# --- documents ----------------------------------------------------------------------------------

STATED = ("agree", "disagree")
"""Stances of a line that states the claim or its opposite; with any other it does not."""
IGNORED = ("repeated",)
"""Stances of pairs whose verdict stands elsewhere."""


def evaluate_documents(folder: Path, pipeline: Pipeline) -> Scores:
    """Notes on the whole documents of `sentences.jsonl`, line by line, against the stances of `pairs.jsonl`.

    A note on a pair that nobody judged counts neither way in `precision`, and as wrong in `strict precision`.
    """
    documents: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _json_lines(folder / "sentences.jsonl", ("doc",), ("line",), ("text",)):
        documents[row["doc"]].append(row)
    stances: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for row in _json_lines(folder / "pairs.jsonl", ("doc",), ("line",), ("claim_id",), ("stance",)):
        stances[row["doc"], row["line"], row["claim_id"]].add(row["stance"])
    stated = {pair: not found.isdisjoint(STATED) for pair, found in stances.items() if found - {*IGNORED}}
    wanted = {pair for pair, is_stated in stated.items() if is_stated}
    notes = [
        {(name, line, claim) for line in lines}
        for name, rows in documents.items()
        for lines, claim in _noted_lines(name, rows, pipeline)
    ]
    right = sum(not note.isdisjoint(wanted) for note in notes)
    judged = sum(not note.isdisjoint(stated) for note in notes)
    return {
        "documents": len(documents),
        "lines": sum(map(len, documents.values())),
        "notes": len(notes),
        "judged notes": judged,
        "precision": _share(right, judged),
        "strict precision": _share(right, len(notes)),
        "recall": _share(len(wanted & set().union(*notes)), len(wanted)),
    }


def _noted_lines(
    name: str, rows: Sequence[dict[str, Any]], pipeline: Pipeline
) -> Iterator[tuple[list[int], str]]:
    """Each note of a document: the lines that hold its quote, and its claim."""
    title = escape(name.replace("_", " "))
    body = "".join(f"<p>{escape(row['text'])}</p>" for row in rows)
    head = f"<html><head><title>{title}</title></head>"
    page = Page(f"{head}<body><article><h1>{title}</h1>{body}</article></body></html>")
    texts = {row["line"]: fold(row["text"]) for row in rows}
    for note in pipeline.read(page).notes:
        quote = fold(note.quote.exact)
        yield [line for line, text in texts.items() if quote in text], note.claim.id


# --- retrieval ----------------------------------------------------------------------------------


def evaluate_retrieval(folder: Path, look_up: LookUp, split: str | None = None) -> Scores:
    """MAP@5 of look-ups on `queries.jsonl` and `qrels.tsv`; `look_up` answers with claim ids, best first."""
    queries = [
        query
        for query in _json_lines(folder / "queries.jsonl", ("id",), ("text",), ("language",))
        if split in (None, query.get("split"))
    ]
    if not queries:
        raise BadInput(
            f"{folder.name}/queries.jsonl has no query" + (f" of split {split!r}" if split else "")
        )
    relevant = _relevant(folder / "qrels.tsv")
    answers = [look_up(query["text"], _language(query, "language")) for query in queries]
    precisions = [average_precision(a, relevant[q["id"]]) for a, q in zip(answers, queries, strict=True)]
    found = [
        _share(len(relevant[q["id"]] & set(a[:50])), len(relevant[q["id"]]))
        for a, q in zip(answers, queries, strict=True)
    ]
    return {"queries": len(queries), "MAP@5": float(np.mean(precisions)), "recall@50": float(np.mean(found))}


LookUp = Callable[[str, str], Sequence[str]]


def _relevant(path: Path) -> dict[str, set[str]]:
    """Query id -> the ids of the claims that it means."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(_text_of(path).split("\n"), 1):
        match line.split():
            case [query, claim, *_]:
                relevant[query].add(claim)
            case [_]:
                raise BadInput(f"{path.name} line {number} is not a query id, a tab and a claim id")
    return relevant


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


def evaluate_pairs(path: Path, pipeline: Pipeline) -> Scores:
    """(sentence, claim) pairs with `same`, each claim alone: accuracy, AUC, precision and recall."""
    rows = list(_json_lines(path, SENTENCE, CLAIM, SAME))
    if not rows:
        raise BadInput(f"{path.name} holds no pair")
    return pair_scores(rows, judge_pairs(rows, pipeline))


def pair_scores(rows: Sequence[dict[str, Any]], matches: Sequence[Match]) -> Scores:
    """The matches of labelled pairs against their labels."""
    scores = np.array([match.score for match in matches])
    same = np.array([_is_same(row) for row in rows])
    noted = np.array([match.same for match in matches])
    return {
        "pairs": len(rows),
        "accuracy": float((noted == same).mean()),
        "AUC": auc(scores, same),
        "precision": _share(int((noted & same).sum()), int(noted.sum())),
        "recall": _share(int((noted & same).sum()), int(same.sum())),
    }


def judge_pairs(rows: Sequence[dict[str, Any]], pipeline: Pipeline) -> list[Match]:
    """The match of each pair, its claim alone."""
    encoder = default_encoder()
    language = {_claim_text(row): _language(row, "claim_lang") for row in rows}
    claims = {text: Claim(str(at), text, language[text]) for at, text in enumerate(language)}
    index = Index.build(claims.values(), encoder)
    asked = []
    for row in rows:
        spoken = _language(row, "sentence_lang")
        (found,) = index.candidates([_sentence(row)], spoken, len(claims))
        claim = claims[_claim_text(row)]
        near = next((one for one in found if one.claim.id == claim.id), None)
        asked.append(Asked(_sentence(row), row.get("context", ""), spoken, near or _far(row, claim, encoder)))
    return pipeline.matcher.compare(asked)


def _far(row: dict[str, Any], claim: Claim, encoder: Encoder) -> Candidate:
    one, other = encoder.encode([_sentence(row), claim.text])
    return Candidate(claim, 0.0, float(one @ other))


def evaluate_framing(path: Path, pipeline: Pipeline) -> Scores:
    """Sentences with claim and framing: accuracy over the four classes, and of the speaker where one is given."""
    rows = list(_json_lines(path, SENTENCE, CLAIM, ("framing",)))
    if not rows:
        raise BadInput(f"{path.name} holds no sentence")
    right = spoken = named = 0
    for row, match in zip(rows, judge_pairs(rows, pipeline), strict=True):
        framed = frame(_sentence(row), match.claim, _language(row, "sentence_lang"), (), match.framing_odds)
        right += framed.framing == row["framing"]
        if row.get("speaker"):
            named += 1
            spoken += _is_one_name(row["speaker"], framed.speaker)
    return {"sentences": len(rows), "accuracy": _share(right, len(rows)), "speaker": _share(spoken, named)}


def _is_one_name(given: str, found: str | None) -> bool:
    """Whether one is the other, or a part of it: "Morel" and "la maire, Jeanne Morel"."""
    return found is not None and (fold(given) in fold(found) or fold(found) in fold(given))


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
    return str(_of(row, CLAIM))


def _sentence(row: dict[str, Any]) -> str:
    return str(_of(row, SENTENCE))


def _language(row: dict[str, Any], own: str) -> str:
    """What `own` says, the language of the sentence or of the claim; else that of both."""
    return primary_language(str(row.get(own) or row.get("language") or row.get("lang", "en"))) or "und"


def _is_same(row: dict[str, Any]) -> bool:
    return _of(row, SAME) in (True, 1)


Field = tuple[str, ...]
"""The names that public sets have for one thing."""
SENTENCE: Field = ("sentence", "headline", "a")
CLAIM: Field = ("claim_text", "claim", "b")
SAME: Field = ("same", "label")


def _of(row: dict[str, Any], field: Field) -> Any:
    return next(row[name] for name in field if name in row)


def _need(row: dict[str, Any], fields: Iterable[Field], place: str) -> None:
    for field in fields:
        if not any(name in row for name in field):
            raise BadInput(f"{place} has no {' or '.join(map(repr, field))}")


def _json_lines(path: Path, *fields: Field) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text_of(path).split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise BadInput(f"{path.name} line {number}: not JSON ({error.msg})") from error
            if not isinstance(row, dict):
                raise BadInput(f"{path.name} line {number}: not a JSON object")
            _need(row, fields, f"{path.name} line {number}")
            yield row


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise BadInput(f"{path} does not exist") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8; save it in that encoding") from None


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
