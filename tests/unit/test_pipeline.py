"""The stages in a row share their time with those who wait."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.model import Page
from obelism.pipeline import Pipeline
from obelism.starter import starter_claims
from obelism.verifier import Enough, Needed, Pair, Verdict, default_verifier, never

PAGE = Path(__file__).parents[1] / "pages" / "story-musk-poutine" / "page.html"


@dataclass
class Counted:
    """The verifier, and what it was asked."""

    statements: list[str] = field(default_factory=list)

    def judge(
        self, questions: Sequence[Sequence[Pair]], needed: Needed | None = None, enough: Enough = never
    ) -> list[list[Verdict]]:
        answers = default_verifier().judge(questions, needed, enough)
        self.statements += [
            one[0].statement for one, answer in zip(questions, answers, strict=True) if answer
        ]
        return answers


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(starter_claims(), default_encoder())


@pytest.mark.parametrize(("waiting", "left"), [(10**12, math.inf), (0, 0.1)])
def test_while_others_wait_or_when_little_time_is_left_a_page_is_read_in_part_and_says_so(
    index: Index, waiting: int, left: float
) -> None:
    page = Page(PAGE.read_text("utf-8"))
    alone, crowded = Counted(), Counted()
    whole = Pipeline(index, verifier=alone, verify_seconds=1e6).read(page)
    pipeline = Pipeline(index, verifier=crowded, verify_seconds=1e6)
    pipeline.waiting, pipeline.left = lambda: waiting, lambda: left
    hurried = pipeline.read(page)
    assert (whole.is_hurried, hurried.is_hurried) == (False, True)
    assert 0 < len(crowded.statements) < len(alone.statements) / 2


def test_when_time_is_up_no_reference_back_is_read(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(PAGE.read_text("utf-8"))

    def read(
        refers_back: bool, waiting_from: float = math.inf, seconds: float = 1e6, left: float = 1e6
    ) -> int:
        verifier = Counted()
        monkeypatch.setattr("obelism.pipeline.refers_back", lambda *_: refers_back)
        pipeline = Pipeline(index, verifier=verifier, verify_seconds=seconds)
        pipeline.waiting = lambda: 10**12 * (len(verifier.statements) >= waiting_from)
        pipeline.left = lambda: left
        pipeline.read(page)
        return len(verifier.statements)

    without = read(refers_back=False)
    assert read(refers_back=True) > without
    assert read(refers_back=True, waiting_from=without) == without
    in_haste = read(refers_back=False, seconds=0)
    assert read(refers_back=True, seconds=0) > in_haste
    assert read(refers_back=True, seconds=0, left=0) == in_haste


def test_a_claim_with_wrong_matches_must_be_likelier_to_be_what_was_looked_up(index: Index) -> None:
    text = (
        "Since late 2022, Elon Musk and Vladimir Putin have held regular conversations that were kept secret."
    )
    (found,) = Pipeline(index).look_up(text, "en", 1)
    assert found.same
    floors = {found.claim.id: found.score + 0.001}
    (found_again,) = Pipeline(index, floors=lambda: floors).look_up(text, "en", 1)
    assert (found_again.claim.id, found_again.score, found_again.same) == (found.claim.id, found.score, False)


def test_answers_made_before_a_least_score_was_known_are_told_from_those_after(index: Index) -> None:
    floors: dict[str, float] = {}

    def take_in() -> int:
        floors["claim"] = 0.9  # an editor confirms a report between the two queries of a refresh
        return 1

    pipeline = Pipeline(index, take_in, lambda: dict(floors))
    pipeline.refresh()
    before = pipeline.version
    pipeline.refresh()
    assert pipeline.version != before
