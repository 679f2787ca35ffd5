"""Claims compete for a statement, and a pair put on purpose is judged alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from obelism.candidates import Index
from obelism.encoder import Vectors, default_encoder
from obelism.matches import Asked, Matcher, Nearness
from obelism.matches.judge import HANDFUL, default_model, verdicts_of
from obelism.model import Candidate, Claim, Phrasing
from obelism.verifier import HIGHEST, MOST_CLAIMS, Enough, Needed, Pair, Verdict, never

EVEN_ODDS = (0.25, 0.25, 0.25, 0.25)
CALLS = Claim("calls", "The minister telephoned the banker every week for a year.", "en")
FAVOUR = Claim("favour", "The minister asked the banker to delay the publication of a report.", "en")
SAID = "The minister rang the banker each week, the paper reports."


class Scripted:
    """Answers with the log-odds written down for each claim."""

    def __init__(self, odds: Mapping[str, float]) -> None:
        self.odds = odds
        self.questions: list[list[str]] = []
        self.others: list[str] = []
        self.needed: list[list[float]] = []

    def judge(
        self, questions: Sequence[Sequence[Pair]], needed: Needed | None = None, enough: Enough = never
    ) -> list[list[Verdict]]:
        self.needed += [list(odds) for odds in needed or ()]
        return [[] if enough() else self._answer(question) for question in questions]

    def _answer(self, question: Sequence[Pair]) -> list[Verdict]:
        self.questions.append([pair.claim for pair in question])
        self.others += [pair.other for pair in question]
        return [Verdict(self.odds[pair.claim], EVEN_ODDS) for pair in question]


def asked_about(
    claim: Claim, dense: float, rival: float | None = None, statement: str = SAID, alike: str = ""
) -> Asked:
    candidate = Candidate(claim, 0.4, dense, rival=rival, alike=frozenset(alike.split()))
    return Asked(statement, "", "en", candidate)


def test_the_rival_of_each_candidate_is_the_best_of_the_others() -> None:
    claims = [CALLS, FAVOUR, Claim("rain", "Rain is expected in the north on Tuesday.", "en")]
    (found,) = Index.build(claims, default_encoder()).candidates([SAID], "en", 10)
    first, *others = sorted(found, key=lambda one: -one.dense)
    assert first.claim == CALLS
    assert first.rival == pytest.approx(others[0].dense)
    assert [one.rival for one in others] == [pytest.approx(first.dense)] * len(others)


def test_the_same_claim_twice_is_alike_and_no_rival() -> None:
    again = Claim("again", "For a year the minister telephoned the banker every week.", "en")
    (found,) = Index.build([CALLS, again, FAVOUR], default_encoder()).candidates([SAID], "en", 10)
    of = {one.claim.id: one for one in found}
    assert of["calls"].alike == {"again"}
    assert of["again"].alike == {"calls"}
    assert of["calls"].rival == pytest.approx(of["favour"].dense)


def test_a_lone_candidate_has_no_rival() -> None:
    (found,) = Index.build([CALLS], default_encoder()).candidates([SAID], "en", 10)
    assert [(one.rival, one.alike) for one in found] == [(None, frozenset())]


def test_a_better_claim_for_the_same_statement_lowers_the_score() -> None:
    alone, _ = Matcher(Scripted({CALLS.text: 1.0, FAVOUR.text: -3.0})).match(
        [asked_about(CALLS, 0.6, 0.5), asked_about(FAVOUR, 0.5, 0.6)], plausible=0.0
    )
    beside, better = Matcher(Scripted({CALLS.text: 1.0, FAVOUR.text: 4.0})).match(
        [asked_about(CALLS, 0.6, 0.8), asked_about(FAVOUR, 0.8, 0.6)], plausible=0.0
    )
    assert alone
    assert beside
    assert better
    assert beside.score < alone.score
    assert beside.score < better.score


def test_a_pair_put_on_purpose_does_not_depend_on_the_pairs_beside_it() -> None:
    matcher = Matcher(Scripted({CALLS.text: 1.5, FAVOUR.text: 4.0}))
    pairs = [asked_about(CALLS, 0.7), asked_about(FAVOUR, 0.7)]
    together = matcher.compare(pairs)
    assert [matcher.compare([pair])[0].score for pair in pairs] == [match.score for match in together]


def test_a_pair_put_on_purpose_is_judged_however_implausible() -> None:
    verifier = Scripted({FAVOUR.text: -4.0})
    (match,) = Matcher(verifier).compare([asked_about(FAVOUR, 0.0, statement="It rains.")])
    assert verifier.questions == [[FAVOUR.text]]
    assert not match.same


def test_the_same_claim_twice_is_told_from_the_others_each_time_but_not_from_itself() -> None:
    again = Claim("again", "For a year the minister telephoned the banker every week.", "en")
    verifier = Scripted({CALLS.text: 2.0, again.text: 2.0, FAVOUR.text: -2.0})
    asked = [
        asked_about(CALLS, 0.7, alike="again"),
        asked_about(again, 0.7, alike="calls"),
        asked_about(FAVOUR, 0.6),
    ]
    verdicts = verdicts_of(verifier, asked)
    assert sorted(verifier.questions) == sorted([[CALLS.text, FAVOUR.text], [again.text, FAVOUR.text]])
    assert [verdict.same for verdict in verdicts] == [2.0, 2.0, -2.0]


def test_claims_alike_that_name_different_people_are_rivals() -> None:
    spoon = Claim("spoon", "Anna Weber left a spoon in the minister's train.", "en")
    bag = Claim("bag", "Carl Lindqvist left a bag in the minister's train.", "en")
    verifier = Scripted({spoon.text: 2.0, bag.text: 2.0})
    verdicts_of(verifier, [asked_about(spoon, 0.7, alike="bag"), asked_about(bag, 0.7, alike="spoon")])
    assert verifier.questions == [[spoon.text, bag.text]]


def test_the_verifier_is_given_two_wordings_in_the_language_of_the_statement_before_one_in_another() -> None:
    wordings = Phrasing("La pluie est rose.", "fr"), Phrasing("Pink rain fell.", "en")
    candidate = Candidate(Claim("rain", "The rain is pink.", "en", phrasings=wordings), 0.4, 0.7)
    verifier = Scripted({"The rain is pink.": 2.0, "La pluie est rose.": 2.0})
    verdicts_of(verifier, [Asked(SAID, "", "en", candidate), Asked(SAID, "", "fr", candidate)])
    assert verifier.others == ["Pink rain fell.", "The rain is pink."]


def test_more_claims_than_fit_into_a_question_are_all_answered() -> None:
    claims = [Claim(str(at), f"Claim number {at} is about rain.", "en") for at in range(2 * MOST_CLAIMS + 1)]
    verifier = Scripted({claim.text: 0.0 for claim in claims})
    assert len(verdicts_of(verifier, [asked_about(claim, 0.5) for claim in claims])) == len(claims)
    assert max(map(len, verifier.questions)) == MOST_CLAIMS


@pytest.mark.parametrize(
    ("statement", "noted"),
    [
        ("The minister telephoned the banker every week for a year, the paper says.", True),
        ("It is not true that the minister telephoned the banker every week for a year.", True),
        ("The banker has not been to the capital for a year.", False),
    ],
)
def test_a_claim_word_for_word_is_noted_even_where_it_is_alone_in_the_database(
    statement: str, noted: bool
) -> None:
    asked = asked_about(CALLS, 0.4, statement=statement)
    (match,) = Matcher(Scripted({CALLS.text: 0.0})).match([asked], plausible=0.0)
    assert match
    assert match.same is noted


PARAPHRASED = "For a year, the paper says, the minister telephoned the banker each week."


def test_the_odds_that_are_needed_are_those_from_which_on_a_pair_is_the_same() -> None:
    asked = [asked_about(CALLS, 0.7, 0.4, statement=PARAPHRASED)]
    verifier = Scripted({CALLS.text: 0.0})
    Matcher(verifier).match(asked, plausible=0.0, only_same=True)
    ((needed,),) = verifier.needed
    for odds, is_same in ((needed - 0.01, False), (needed + 0.01, True)):
        (match,) = Matcher(Scripted({CALLS.text: odds})).match(asked, plausible=0.0)
        assert match
        assert match.same is is_same


def test_nothing_is_asked_about_a_statement_that_no_verdict_could_make_the_claim() -> None:
    verifier = Scripted({CALLS.text: HIGHEST})
    matcher = Matcher(verifier, replace(default_model(), same=0.9))
    hopeless = [asked_about(CALLS, 0.0, 0.6, statement="It rains on the hills today.")]
    assert matcher.match(hopeless, plausible=0.0, only_same=True) == [None]
    assert verifier.questions == []
    (match,) = matcher.match(hopeless, plausible=0.0)
    assert match
    assert not match.same


def test_a_vetoed_pair_is_read_only_as_a_rival() -> None:
    other = Claim("sum", "The minister paid the banker 30 % of the price for a year of calls.", "en")
    statement = "The minister paid the banker 3 % of the price for a year of weekly calls."
    verifier = Scripted({CALLS.text: 3.0, other.text: 3.0})
    vetoed = asked_about(other, 0.8, 0.5, statement=statement)
    assert Matcher(verifier).match([vetoed], plausible=0.0, only_same=True) == [None]
    assert verifier.questions == []
    Matcher(verifier).match(
        [vetoed, asked_about(CALLS, 0.9, 0.2, statement=statement)], plausible=0.0, only_same=True
    )
    (question,) = verifier.questions
    assert set(question) == {other.text, CALLS.text}


@pytest.mark.parametrize(("second", "asked"), [(f"{SAID} Often.", 2), ("The harvest was late.", 1)])
def test_after_a_sentence_that_was_no_match_only_a_likely_one_is_asked_about(second: str, asked: int) -> None:
    verifier = Scripted({CALLS.text: -5.0})
    pairs = [asked_about(CALLS, 0.8, 0.5), asked_about(CALLS, 0.7, 0.5, statement=second)]
    Matcher(verifier).match(pairs, plausible=0.0)
    assert len(verifier.questions) == asked


@pytest.mark.parametrize("most", [0, 1, 1 + HANDFUL, 2 * HANDFUL])
def test_after_the_likeliest_statement_nothing_is_read_once_it_is_enough(most: int) -> None:
    verifier = Scripted({CALLS.text: 3.0})
    pairs = [asked_about(CALLS, 0.8, 0.5, statement=f"{SAID} Day {day}.") for day in range(10 * HANDFUL)]
    found = Matcher(verifier).match(pairs, enough=lambda: len(verifier.questions) >= most)
    assert len(verifier.questions) == max(most, 1)
    assert sum(match is not None for match in found) == max(most, 1)


class Meanings:
    """An encoder whose vectors lie nearest for texts of one group; counts what it is given."""

    name = "meanings"
    dimensions = 2

    def __init__(self, near: Collection[str]) -> None:
        self.near = near
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        return np.array([[1, 0] if text in self.near else [0.6, 0.8] for text in texts], np.float32)


def ranked(nearness: Nearness | None, enough: bool = False) -> list[str]:
    """Ids of the claims that SAID may mean, best first, to a verifier that sees no difference."""
    verifier = Scripted(defaultdict(float))
    asked = [asked_about(CALLS, 0.5), asked_about(FAVOUR, 0.5)]
    return [match.claim.id for match in Matcher(verifier, nearness=nearness).rank(asked, 10, lambda: enough)]


@pytest.mark.parametrize("nearest", [CALLS, FAVOUR])
def test_the_second_encoder_puts_the_claim_first_that_it_finds_nearest(nearest: Claim) -> None:
    assert ranked(Nearness(Meanings([SAID, nearest.text])))[0] == nearest.id


def test_a_second_encoder_that_sees_no_difference_changes_nothing() -> None:
    everything = [SAID, CALLS.text, FAVOUR.text]
    assert ranked(Nearness(Meanings(everything))) == ranked(None)


def test_the_claims_that_are_not_among_the_likeliest_are_not_encoded() -> None:
    encoder = Meanings([SAID])
    asked = [asked_about(CALLS, 0.9), asked_about(FAVOUR, 0.1)]
    Matcher(Scripted(defaultdict(float)), nearness=Nearness(encoder)).rank(asked, 1)
    assert encoder.read == [SAID, CALLS.text]


def test_a_look_up_without_candidates_asks_no_encoder() -> None:
    encoder = Meanings([])
    assert Matcher(Scripted({}), nearness=Nearness(encoder)).rank([], 10) == []
    assert encoder.read == []
