"""Which pairs of a page the verifier is asked about."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from obelism.matches import Asked, default_model
from obelism.matches.features import FEATURE_NAMES, Reader, whole_matrix
from obelism.matches.judge import RIVALS, chosen_pairs
from obelism.matches.plausible import FAR, MARGIN, OF_TREES, Plausibility, Trees, on_page
from obelism.model import Candidate, Claim

CLAIMS = [Claim(f"claim-{number}", f"The mayor sold park number {number}.", "en") for number in range(8)]


def pairs(*places: tuple[int, int]) -> list[Asked]:
    """(sentence, claim) each."""
    return [
        Asked(f"Sentence {sentence}.", "", "en", Candidate(CLAIMS[claim], 0.5, 0.5))
        for sentence, claim in places
    ]


def of(*leaves: float) -> Trees:
    """One tree, on the first column at 0.5 and then on the second at 1 and at 2."""
    return Trees(np.array([[0, 1, 1]]), np.array([[0.5, 1.0, 2.0]]), np.array([leaves]), intercept=-1.0)


def test_a_row_goes_right_where_it_is_over_the_threshold() -> None:
    rows = np.array([[0.5, 1.0], [0.5, 1.1], [0.6, 2.0], [0.6, 2.1]])
    assert of(1, 2, 3, 4).logits(rows).tolist() == [0, 1, 2, 3]


def test_trees_add_up() -> None:
    one, two = of(1, 2, 3, 4), of(10, 20, 30, 40)
    both = Trees(
        *(
            np.concatenate([getattr(one, name), getattr(two, name)])
            for name in ("columns", "thresholds", "leaves")
        ),
        intercept=-1.0,
    )
    assert both.logits(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist() == [43, 10]


def test_a_pair_has_its_place_on_its_page() -> None:
    asked = pairs((0, 0), (0, 1), (1, 0), (2, 1), (2, 0), (3, 1))
    near = np.array([0.9, 0.2, 0.4, 0.7, 0.5, 0.6])
    claims_nearer, sentences_nearer, nearest, third, before = on_page(asked, near).T.tolist()
    assert claims_nearer == [0, 1, 0, 0, 1, 0]
    assert sentences_nearer == [0, 2, 2, 0, 1, 1]
    assert nearest == [0.9, 0.7, 0.9, 0.7, 0.9, 0.7]
    assert third == [0.4, 0.2, 0.4, 0.2, 0.4, 0.2]
    assert before == [FAR, FAR, 0.9, 0.2, 0.9, 0.7]


def test_a_page_of_one_sentence_has_no_third_nearest() -> None:
    assert on_page(pairs((0, 0)), np.array([0.4])).tolist() == [[0, 0, 0.4, 0.4, FAR]]


def test_the_shipped_trees_know_the_columns_that_there_are() -> None:
    trees = default_model().cheap.trees
    columns = len(FEATURE_NAMES) + on_page(pairs((0, 0)), np.array([0.4])).shape[1]
    assert set(trees.columns.ravel().tolist()) <= set(range(columns))
    assert trees.leaves.shape[1] == trees.columns.shape[1] + 1


def test_trees_are_asked_only_about_what_might_come_over_the_floor() -> None:
    high = 100.0
    linear = default_model().cheap.linear
    judged = Plausibility(linear, of(high, high, high, high))
    asked = pairs((0, 0), (1, 1))
    alone = linear.logits(whole_matrix(asked, Reader()))
    _, odds = judged.of(asked, Reader(), float(alone.min()) + MARGIN - 0.01)
    assert odds.tolist() == pytest.approx([a + OF_TREES * (high - 1 - a) for a in alone])
    _, odds = judged.of(asked, Reader(), float(alone.max()) + MARGIN + 0.01)
    assert all(one <= other for one, other in zip(odds, alone, strict=True))


def places(odds: Sequence[float], asked: list[Asked], floor: float, most: int = 100) -> list[int]:
    return chosen_pairs(asked, np.array(odds), floor, most)


def test_a_plausible_claim_is_read_with_the_next_ones() -> None:
    asked = pairs(*((0, claim) for claim in range(6)), *((1, claim) for claim in range(6)))
    odds = [-3.0, -2.5, 0.5, -4.0, -3.5, -9.0, *[-2.4] * 6]
    assert places(odds, asked, floor=-2.0) == [2, 1, 0, 4]
    assert len(places(odds, asked, floor=-2.0)) == RIVALS


def test_what_cannot_be_is_no_rival() -> None:
    asked = pairs((0, 0), (0, 1), (0, 2))
    assert places([0.5, -math.inf, -5.0], asked, floor=0.0) == [0, 2]


def test_of_the_most_rivals_are_not_counted() -> None:
    asked = pairs((0, 0), (0, 1), (1, 0), (1, 1))
    assert places([3.0, -1.0, 2.0, 1.0], asked, floor=0.0, most=1) == [0, 1]


def test_a_page_without_candidates_has_no_pairs() -> None:
    rows, odds = default_model().cheap.of([], Reader(), -2.0)
    assert rows.shape == (0, len(FEATURE_NAMES))
    assert odds.shape == (0,)
