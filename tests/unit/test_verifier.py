"""The cross-encoder of the package: what it is fed, and what a verdict depends on."""

import math
from dataclasses import replace

import pytest

from obelism.verifier import (
    BOS,
    CLAIM,
    CONTEXT,
    EOS,
    LONGEST,
    MOST_CLAIMS,
    STATEMENT,
    Pair,
    default_verifier,
    sequence,
)

CLAIM_TEXT = "Elon Musk has been talking regularly with Vladimir Putin."
QUESTIONS = [
    [Pair("Selon le journal, Elon Musk aurait parlé à Vladimir Poutine à plusieurs reprises.", CLAIM_TEXT)],
    [Pair("Il pleuvra demain sur la moitié nord du pays.", CLAIM_TEXT)],
    [Pair("The Kremlin denies this.", CLAIM_TEXT, "A newspaper says Musk and Putin speak regularly.")],
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


def test_many_long_claims_are_cut_to_what_the_network_reads() -> None:
    ids, spans = sequence([5] * 300, [6] * 300, [[7] * 300] * MOST_CLAIMS)
    assert len(ids) <= LONGEST
    assert len({end - start for start, end in spans}) == 1
    pair = Pair("word " * 200, "claim " * 200, "before " * 200)
    (verdicts,) = default_verifier().judge([[pair] * MOST_CLAIMS])
    assert len(verdicts) == MOST_CLAIMS


def test_a_verdict_does_not_depend_on_other_questions() -> None:
    for question, verdicts in zip(QUESTIONS, default_verifier().judge(QUESTIONS), strict=True):
        assert default_verifier().judge([question]) == [verdicts]


def test_claims_of_one_question_are_weighed_together() -> None:
    rivals = [QUESTIONS[0][0], Pair(QUESTIONS[0][0].statement, "Elon Musk has never spoken to Donald Trump.")]
    (together,) = default_verifier().judge([rivals])
    alone = default_verifier().judge([[pair] for pair in rivals])
    assert together != [verdict for (verdict,) in alone]


def test_a_repetition_scores_far_above_a_stranger() -> None:
    (repeated,), (stranger,), _ = default_verifier().judge(QUESTIONS)
    assert repeated.same > stranger.same + 2


def test_framing_odds_are_probabilities() -> None:
    for (verdict,) in default_verifier().judge(QUESTIONS):
        assert sum(verdict.framing) == pytest.approx(1, abs=1e-4)


def test_nothing_asked_is_nothing_answered() -> None:
    assert default_verifier().judge([]) == []


IN_CONTEXT = QUESTIONS[2]


def test_what_stands_before_a_sentence_is_left_unread_where_it_cannot_matter() -> None:
    (((alone,),)) = default_verifier().judge([[Pair(IN_CONTEXT[0].statement, IN_CONTEXT[0].claim)]])
    assert default_verifier().judge([IN_CONTEXT], [[math.inf]]) == [[alone]]
    assert default_verifier().judge([IN_CONTEXT]) != [[alone]]


@pytest.mark.parametrize("needed", [-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
def test_a_verdict_comes_to_what_is_needed_or_not_however_little_is_read(needed: float) -> None:
    in_two_wordings = [replace(QUESTIONS[0][0], other="Elon Musk a plusieurs fois parlé à Vladimir Poutine.")]
    for ((whole,),), ((short,),) in (
        (default_verifier().judge([question]), default_verifier().judge([question], [[needed]]))
        for question in (*QUESTIONS, in_two_wordings)
    ):
        assert short == whole or (short.same < needed and whole.same < needed)


def test_another_wording_of_the_claim_is_read_too_where_it_can_matter() -> None:
    pair = QUESTIONS[0][0]
    told = replace(pair, other="Elon Musk a plusieurs fois parlé à Vladimir Poutine.")
    other = replace(pair, other="Elon Musk a vendu ses usines de voitures en Chine.")
    (alone,), (fitting,), (strange,) = default_verifier().judge([[pair], [told], [other]])
    assert fitting.same > strange.same
    assert default_verifier().judge([[told]], [[math.inf]]) == [[alone]]
