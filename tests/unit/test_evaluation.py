"""The measures are the field's own: average precision, area under the curve, precision and recall of notes."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from obelism.article import read_article
from obelism.cli.evaluate import evaluate
from obelism.errors import BadInput
from obelism.evaluation import (
    auc,
    average_precision,
    claims_of,
    evaluate_documents,
    evaluate_framing,
    evaluate_ordinary,
    evaluate_pages,
    evaluate_pairs,
    evaluate_retrieval,
    pair_scores,
)
from obelism.matches import Asked
from obelism.model import Claim, Match, Note, Page, Quote, Reading
from obelism.records import dump
from obelism.statements import statements_of


@pytest.mark.parametrize(
    ("answer", "relevant", "expected"),
    [
        (["a", "b"], {"a"}, 1.0),
        (["b", "a"], {"a"}, 0.5),
        (["a", "x", "b"], {"a", "b"}, (1 + 2 / 3) / 2),
        (["x", "y"], {"a"}, 0.0),
        (["1", "2", "3", "4", "5", "a"], {"a"}, 0.0),  # the sixth place is beyond the depth
        ([], set(), 0.0),
    ],
)
def test_average_precision_is_taken_over_the_first_five(
    answer: list[str], relevant: set[str], expected: float
) -> None:
    assert average_precision(answer, relevant) == pytest.approx(expected)


def test_auc_is_the_chance_that_a_true_pair_scores_higher() -> None:
    assert auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])) == pytest.approx(0.75)


def test_auc_counts_ties_by_half() -> None:
    assert auc(np.array([0.5, 0.5]), np.array([False, True])) == pytest.approx(0.5)


def test_retrieval_is_averaged_over_the_queries_of_a_split(tmp_path: Path) -> None:
    queries = [
        {"id": "q1", "text": "one", "language": "en", "split": "dev"},
        {"id": "q2", "text": "two", "language": "en", "split": "train"},
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (tmp_path / "qrels.tsv").write_text("q1\tc1\nq2\tc2\n")
    scores = evaluate_retrieval(tmp_path, lambda text, _language: ["c9", "c1"], "dev")
    assert scores == {"queries": 1, "MAP@5": 0.5, "recall@50": 1.0}


def test_a_split_without_queries_is_named(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "one", "language": "en", "split": "dev"}')
    with pytest.raises(BadInput, match="no query of split 'test'"):
        evaluate_retrieval(tmp_path, lambda _text, _language: [], "test")


@pytest.mark.parametrize(
    ("qrels", "said"),
    [(None, r"qrels\.tsv does not exist"), ("q c\n\nq\n", r"qrels\.tsv line 3 is not a query id")],
)
def test_relevant_claims_that_cannot_be_read_are_named(tmp_path: Path, qrels: str | None, said: str) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "one", "language": "en"}')
    if qrels:
        (tmp_path / "qrels.tsv").write_text(qrels)
    with pytest.raises(BadInput, match=said):
        evaluate_retrieval(tmp_path, lambda _text, _language: [])


class Noting:
    """Makes the notes that it is told to, whatever it reads: what is tested here is how notes are counted."""

    def __init__(self, *notes: tuple[str, str]) -> None:
        self.notes = notes

    def read(self, page: Page) -> Reading:
        article = read_article(page)
        statements = [one.text for one in statements_of(article)]
        notes = [note(text, claim) for text, claim in self.notes if text in statements]
        return Reading(article, len(statements), tuple(notes))


def note(text: str, claim: str) -> Note:
    return Note("n", Quote(text), Claim(claim, claim, "en"), "refuted", "asserted", None, "flag", 0.9)


JOBS = "We created fifty thousand new jobs in the coal mines last year."
WATER = "The water of our rivers has never been as clean as it is today."
TAXES = "Taxes fell. Nobody in this great country pays more than he did before."


def documents(folder: Path, *stances: tuple[int, str, str]) -> Path:
    """A speech of three lines, and for each pair of line and claim what somebody said of it."""
    lines = [{"doc": "speech", "line": at, "text": text} for at, text in enumerate((JOBS, WATER, TAXES), 1)]
    pairs = [
        {"doc": "speech", "line": line, "claim_id": claim, "stance": stance}
        for line, claim, stance in stances
    ]
    (folder / "sentences.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, pairs)))
    return folder


def test_a_note_on_a_line_that_agrees_or_disagrees_is_right_and_any_other_wrong(tmp_path: Path) -> None:
    folder = documents(tmp_path, (1, "jobs", "agree"), (2, "rivers", "disagree"), (3, "taxes", "discuss"))
    reader = Noting((JOBS, "jobs"), ("Taxes fell.", "taxes"))
    scores = evaluate_documents(folder, reader)  # type: ignore[arg-type]
    assert (scores["notes"], scores["precision"], scores["recall"]) == (2, 0.5, 0.5)


def test_a_note_on_a_pair_that_nobody_judged_is_wrong_in_the_strict_precision_only(tmp_path: Path) -> None:
    folder = documents(tmp_path, (1, "jobs", "agree"), (2, "rivers", "repeated"))
    reader = Noting((JOBS, "jobs"), (JOBS, "mines"), (WATER, "rivers"))
    scores = evaluate_documents(folder, reader)  # type: ignore[arg-type]
    assert scores["judged notes"] == 1
    assert scores["precision"] == 1.0
    assert scores["strict precision"] == pytest.approx(1 / 3)


def test_a_pair_judged_twice_is_stated_if_one_says_so(tmp_path: Path) -> None:
    folder = documents(tmp_path, (1, "jobs", "repeated"), (1, "jobs", "agree"))
    scores = evaluate_documents(folder, Noting((JOBS, "jobs")))  # type: ignore[arg-type]
    assert (scores["precision"], scores["recall"]) == (1.0, 1.0)


def test_pairs_are_scored_at_the_threshold_and_by_their_order() -> None:
    claim = Claim("c", "c", "en")
    rows = [{"same": True}, {"label": 1}, {"same": False}, {"label": 0}]
    matches = [
        Match(claim, 0.9, True),
        Match(claim, 0.4, False),
        Match(claim, 0.6, True),
        Match(claim, 0.1, False),
    ]
    scores = pair_scores(rows, matches)
    assert scores == {"pairs": 4, "accuracy": 0.5, "AUC": 0.75, "precision": 0.5, "recall": 0.5}


class Matching:
    """Takes each pair for the same, with no view of its framing."""

    def __init__(self) -> None:
        self.matcher = self

    def compare(self, asked: Sequence[Asked]) -> list[Match]:
        return [Match(one.candidate.claim, 0.9, True) for one in asked]


def test_framings_and_speakers_are_counted_as_labelled(tmp_path: Path) -> None:
    claim = {"claim": "Le lac de Sarves a été vidé en secret.", "language": "fr"}
    rows = [
        {
            "sentence": "Le lac a été vidé, selon Jeanne Morel.",
            "framing": "attributed",
            "speaker": "Mme Jeanne Morel",
        },
        {"sentence": "Le lac aurait été vidé.", "framing": "denied", "speaker": "Jean-Paul Roux"},
        {"sentence": "Le lac aurait été vidé.", "framing": "attributed", "speaker": None},
    ]
    path = tmp_path / "framing.jsonl"
    path.write_text("\n".join(json.dumps(claim | row) for row in rows))
    scores = evaluate_framing(path, Matching())  # type: ignore[arg-type]
    assert scores == {"sentences": 3, "accuracy": pytest.approx(2 / 3), "speaker": 0.5}


@pytest.mark.parametrize(
    ("second", "said"),
    [('{"sentence": "a", "claim": "b"}', "has no 'same' or 'label'"), ("7", "not a JSON object")],
)
def test_a_line_without_a_label_is_named_with_what_it_lacks(tmp_path: Path, second: str, said: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(f'{{"sentence": "a", "claim": "b", "same": true}}\n{second}\n')
    with pytest.raises(BadInput, match=rf"pairs\.jsonl line 2:? {said}"):
        evaluate_pairs(path, None)  # type: ignore[arg-type]


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes("é".encode("latin-1"))
    with pytest.raises(BadInput, match=r"pairs\.jsonl is not UTF-8"):
        evaluate_pairs(path, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ('{"notes": [', r"one/gold\.json line 1: not JSON"),
        ("{}", r"one/gold\.json has no 'notes'"),
        ('{"notes": [{"quote": "a", "claim": "b"}]}', r"one/gold\.json, notes 1 has no 'framing'"),
        ('{"notes": [], "unsure": [{"quote": "a"}]}', r"one/gold\.json, unsure 1 has no 'claim'"),
    ],
)
def test_a_page_with_broken_labels_is_named(tmp_path: Path, gold: str, said: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "gold.json").write_text(gold)
    (tmp_path / "one" / "page.html").write_text("<p>Nothing</p>")
    with pytest.raises(BadInput, match=said):
        evaluate_pages(tmp_path, Noting())  # type: ignore[arg-type]


def test_labels_without_their_page_are_named(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "gold.json").write_text('{"notes": []}')
    with pytest.raises(BadInput, match=r"one/page\.html does not exist"):
        evaluate_pages(tmp_path, Noting())  # type: ignore[arg-type]


def test_an_ordinary_page_that_cannot_be_read_is_not_counted(tmp_path: Path) -> None:
    story = f"<h1>Mines</h1><p>{JOBS}</p>"
    for name, html in (("story", story), ("deep", "<div>" * 1_001 + story), ("none", "<p>Nothing</p>")):
        (tmp_path / f"{name}.html").write_text(html)
    scores = evaluate_ordinary(sorted(tmp_path.iterdir()), Noting((JOBS, "jobs")))  # type: ignore[arg-type]
    assert scores == {"pages": 1, "pages with a flag": 1, "pages with a note": 1}


def test_the_command_says_which_folder_lacks_claims(tmp_path: Path) -> None:
    run = CliRunner().invoke(evaluate, ["retrieval", str(tmp_path)])
    assert isinstance(run.exception, BadInput)
    assert f"{tmp_path} holds no claims.jsonl" in str(run.exception)


def test_a_folder_without_labelled_pages_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gold\.json"):
        evaluate_pages(tmp_path, None)  # type: ignore[arg-type]


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    line = dump(Claim("c", "Taxes rose.\u2028Twice.", "en"))
    (tmp_path / "claims.jsonl").write_text(line + "\n", encoding="utf-8")
    assert [claim.id for claim in claims_of(tmp_path)] == ["c"]


def test_claims_are_read_as_an_import_reads_them(tmp_path: Path) -> None:
    lines = ['\ufeff{"id": 7, "text": "Taxes rose", "language": "en-GB", "topic": "x"}\r\n', "\r\n"]
    (tmp_path / "claims.jsonl").write_text("".join(lines), encoding="utf-8", newline="")
    assert claims_of(tmp_path) == [Claim("7", "Taxes rose", "en")]
    (tmp_path / "claims.jsonl").write_text(
        "".join(lines) + '{"id": "a", "text": "b"}\n', encoding="utf-8", newline=""
    )
    with pytest.raises(BadInput, match=r"claims\.jsonl line 3: claim has no language"):
        claims_of(tmp_path)
