"""The cross-encoder of the package: what it is fed, and what a verdict depends on."""

import pytest

from obelism.verifier import (
    BOS,
    CLAIM,
    CONTEXT,
    EOS,
    MOST_CLAIMS,
    STATEMENT,
    Pair,
    default_verifier,
    sequence,
)

CLAIM_TEXT = "Elon Musk has been talking regularly with Vladimir Putin."
PAIRS = [
    Pair("Selon le journal, Elon Musk aurait parlé à Vladimir Poutine à plusieurs reprises.", CLAIM_TEXT),
    Pair("Il pleuvra demain sur la moitié nord du pays.", CLAIM_TEXT),
    Pair("The Kremlin denies this.", CLAIM_TEXT, "A newspaper says Musk and Putin speak regularly."),
]


def test_a_sequence_keeps_the_beginning_of_statement_and_claims_and_the_end_of_the_context() -> None:
    claims = [list(range(500, 700)), [8, 9]]
    ids, (first, second) = sequence(list(range(100, 300)), list(range(300, 500)), claims)
    assert ids[0] == BOS
    assert ids[-1] == EOS
    assert ids[1 : 1 + STATEMENT] == list(range(100, 100 + STATEMENT))
    assert ids[STATEMENT + 3 : STATEMENT + 3 + CONTEXT] == list(range(500 - CONTEXT, 500))
    assert ids[slice(*first)] == [EOS, *range(500, 500 + CLAIM)]
    assert ids[slice(*second)] == [EOS, 8, 9]


def test_without_a_context_nothing_stands_for_it() -> None:
    assert sequence([7], [], [[8], [9]]) == ([BOS, 7, EOS, EOS, 8, EOS, EOS, 9, EOS], [(3, 5), (6, 8)])


def test_a_verdict_does_not_depend_on_other_statements() -> None:
    for pair, verdict in zip(PAIRS, default_verifier().judge(PAIRS), strict=True):
        (alone,) = default_verifier().judge([pair])
        assert alone == verdict


def test_claims_of_one_statement_are_weighed_together_unless_each_is_put_alone() -> None:
    rivals = [PAIRS[0], Pair(PAIRS[0].statement, "Elon Musk has never spoken to Donald Trump.")]
    alone = [default_verifier().judge([pair])[0] for pair in rivals]
    assert default_verifier().judge(rivals, together=False) == alone
    assert default_verifier().judge(rivals) != alone


def test_more_claims_than_fit_at_once_are_all_answered() -> None:
    many = [
        Pair(PAIRS[0].statement, f"Claim number {number} is about rain.")
        for number in range(2 * MOST_CLAIMS + 1)
    ]
    assert len(default_verifier().judge(many)) == len(many)


def test_a_repetition_scores_far_above_a_stranger() -> None:
    repeated, stranger, _ = default_verifier().judge(PAIRS)
    assert repeated.same > stranger.same + 2


def test_framing_odds_are_probabilities() -> None:
    for verdict in default_verifier().judge(PAIRS):
        assert sum(verdict.framing) == pytest.approx(1, abs=1e-4)


def test_nothing_asked_is_nothing_answered() -> None:
    assert default_verifier().judge([]) == []
