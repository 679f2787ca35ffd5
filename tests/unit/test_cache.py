"""Answers to pages are kept in memory only for a while, only so many, and under names that tell nothing."""

import tracemalloc

import pytest

from obelism.api import cache
from obelism.api.cache import HURRIED_SECONDS, OVERHEAD, AnswerCache


def test_an_answer_is_found_again_by_the_same_request_only() -> None:
    answers = AnswerCache(10_000, 60)
    answers.put(answers.key(b"version", b"page"), b"answer")
    assert answers.get(answers.key(b"version", b"page")) == b"answer"
    assert answers.get(answers.key(b"versionp", b"age")) is None
    assert answers.get(answers.key(b"version", b"another page")) is None


def test_the_same_page_has_another_name_in_each_process() -> None:
    assert AnswerCache(10_000, 60).key(b"page") != AnswerCache(10_000, 60).key(b"page")


def test_the_oldest_answers_make_room_and_one_that_is_too_large_is_not_kept() -> None:
    answers = AnswerCache(2 * (OVERHEAD + 40), 60)
    for number in range(5):
        answers.put(b"%d" % number, b"x" * 40)
    assert [answers.get(b"%d" % number) is not None for number in range(5)] == [False] * 3 + [True] * 2
    answers.put(b"large", b"x" * 2 * (OVERHEAD + 40))
    assert answers.get(b"large") is None


def test_a_flood_of_small_answers_takes_no_more_memory_than_was_allowed() -> None:
    answers = AnswerCache(2_000_000, 60)
    tracemalloc.start()
    for number in range(10_000):
        answers.put(answers.key(b"%d" % number), bytes(300))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 2_000_000


def test_with_no_memory_nothing_is_kept() -> None:
    answers = AnswerCache(0, 60)
    answers.put(b"page", b"")
    assert answers.get(b"page") is None


def test_answers_are_forgotten_after_their_time(clock: list[float]) -> None:
    answers = AnswerCache(10_000, 60)
    key = answers.key(b"page")
    answers.put(key, b"answer")
    clock[0] += 59
    assert answers.get(key) == b"answer"
    clock[0] += 2
    assert answers.get(key) is None


def test_a_hurried_answer_is_made_anew_after_a_while_when_it_is_calm(clock: list[float]) -> None:
    answers = AnswerCache(10_000, 60)
    key = answers.key(b"page")
    answers.put(key, b"in haste", is_hurried=True)
    clock[0] += HURRIED_SECONDS - 1
    assert answers.get(key) == b"in haste"
    clock[0] += 2
    assert answers.get(key) is None
    assert answers.get(key, is_calm=False) == b"in haste", "while others wait it is better than nothing"
    answers.put(key, b"better")
    clock[0] += 59
    assert answers.get(key) == b"better"
    answers.put(key, b"in haste", is_hurried=True)
    clock[0] += 61
    assert answers.get(key, is_calm=False) is None


def test_an_expired_answer_is_forgotten_though_nobody_asks_for_it(clock: list[float]) -> None:
    answers = AnswerCache(10_000, seconds=60)
    answers.put(answers.key(b"page"), b"told")
    clock[0] += 61
    answers.forget_expired()
    assert answers._answers._Cache__data == {}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the cache sees."""
    now = [1.0]
    monkeypatch.setattr(cache.time, "monotonic", lambda: now[0])
    return now
