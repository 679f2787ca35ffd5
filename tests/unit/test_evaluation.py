"""The measures are the field's own: average precision, area under the curve, precision and recall of notes."""

import json
from pathlib import Path

import numpy as np
import pytest

from obelism.errors import BadInput
from obelism.evaluation import auc, average_precision, claims_of, evaluate_pages, evaluate_retrieval
from obelism.model import Claim
from obelism.records import dump


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
