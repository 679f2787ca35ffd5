"""The cross-encoder of the package: what it is fed, and that it answers for each pair alone."""

import pytest

from obelism.verifier import BOS, CLAIM, CONTEXT, EOS, STATEMENT, Pair, default_verifier, sequence

CLAIM_TEXT = "Elon Musk has been talking regularly with Vladimir Putin."
PAIRS = [
    Pair("Selon le journal, Elon Musk aurait parlé à Vladimir Poutine à plusieurs reprises.", CLAIM_TEXT),
    Pair("Il pleuvra demain sur la moitié nord du pays.", CLAIM_TEXT),
    Pair("The Kremlin denies this.", CLAIM_TEXT, "A newspaper says Musk and Putin speak regularly."),
]


def test_a_sequence_keeps_the_beginning_of_statement_and_claim_and_the_end_of_the_context() -> None:
    ids = sequence(list(range(100, 300)), list(range(300, 500)), list(range(500, 700)))
    assert ids[0] == BOS
    assert ids[-1] == EOS
    assert ids[1 : 1 + STATEMENT] == list(range(100, 100 + STATEMENT))
    assert ids[STATEMENT + 3 : STATEMENT + 3 + CLAIM] == list(range(300, 300 + CLAIM))
    assert ids[-1 - CONTEXT : -1] == list(range(700 - CONTEXT, 700))


def test_without_a_context_the_sequence_ends_with_the_claim() -> None:
    assert sequence([7], [8], []) == [BOS, 7, EOS, EOS, 8, EOS]


def test_a_pair_is_judged_the_same_alone_and_in_company() -> None:
    together = default_verifier().judge(PAIRS)
    for pair, verdict in zip(PAIRS, together, strict=True):
        (alone,) = default_verifier().judge([pair])
        assert alone == verdict


def test_a_repetition_scores_far_above_a_stranger() -> None:
    repeated, stranger, _ = default_verifier().judge(PAIRS)
    assert repeated.same > stranger.same + 2


def test_framing_odds_are_probabilities() -> None:
    for verdict in default_verifier().judge(PAIRS):
        assert sum(verdict.framing) == pytest.approx(1, abs=1e-4)


def test_nothing_asked_is_nothing_answered() -> None:
    assert default_verifier().judge([]) == []
