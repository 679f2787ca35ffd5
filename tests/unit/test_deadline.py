"""Work that runs past its time is stopped in its own thread, and only that work."""

import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from obelism.api import deadline
from obelism.api.deadline import FREE_WAIT, Overtime, Watchdog
from obelism.api.problems import Problem
from obelism.settings import Settings


def spin(seconds: float = 60) -> str:
    """Pure Python that takes its time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"


def spin_and_swallow() -> str:
    """A library that keeps every ordinary exception to itself."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            spin()
        except Exception:  # as such libraries do
            continue
    return "done"


def test_work_within_its_time_gives_its_value() -> None:
    assert Watchdog(5).run(lambda: "value") == "value"


def test_however_many_begin_at_once_one_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    def watching() -> int:
        return sum(thread.name == "watchdog" for thread in threading.enumerate())

    def slow_getpid(getpid: Callable[[], int] = os.getpid) -> int:
        time.sleep(0.05)
        return getpid()

    monkeypatch.setattr(deadline.os, "getpid", slow_getpid)
    before, watchdog = watching(), Watchdog(5)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(watchdog.run, [lambda: "value"] * 4)) == {"value"}
    assert watching() == before + 1


@pytest.mark.parametrize("work", [spin, spin_and_swallow])
def test_work_past_its_time_is_stopped(work: Callable[[], str]) -> None:
    started = time.monotonic()
    with pytest.raises(Problem) as caught:
        Watchdog(0.3).run(work)
    assert (caught.value.status, caught.value.kind) == (503, "overtime")
    assert caught.value.headers["Retry-After"]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("waited", "left"), [(FREE_WAIT, "2 s"), (FREE_WAIT + 1, "1 s"), (20, "0.5 s")])
def test_what_a_request_waited_for_its_turn_is_taken_off_its_time_but_for_a_quarter(
    waited: float, left: str
) -> None:
    with pytest.raises(Problem) as caught:
        Watchdog(2).run(spin, waited)
    assert caught.value.detail == f"This took longer than {left} and was stopped."


def test_work_may_ask_how_much_time_it_has_left() -> None:
    watchdog = Watchdog(20)
    assert watchdog.left() == math.inf
    assert 15 < watchdog.run(watchdog.left) <= 20
    assert watchdog.run(watchdog.left, waited=100) <= 5
    with ThreadPoolExecutor(1) as pool:
        assert watchdog.run(lambda: pool.submit(watchdog.left).result()) == math.inf, "only its own"


def test_work_that_lost_the_first_stop_in_a_finalizer_is_stopped_again_in_time_for_an_answer() -> None:
    lost = []

    def spin_and_lose_one() -> str:
        try:
            return spin()
        except Overtime:  # as the interpreter does behind a finalizer
            lost.append(time.monotonic())
        return spin()

    with pytest.raises(Problem):
        Watchdog(0.2).run(spin_and_lose_one)
    assert lost
    usual = Settings()
    longest = max(usual.request_seconds + FREE_WAIT, usual.wait_seconds + usual.request_seconds / 4)
    assert longest + deadline.TICK + deadline.RAISE_AGAIN_AFTER + deadline.TICK < 5


def test_an_error_of_the_work_is_passed_on() -> None:
    with pytest.raises(ZeroDivisionError):
        Watchdog(5).run(lambda: 1 // 0)


def test_a_thread_is_unharmed_after_its_work_was_stopped() -> None:
    dog = Watchdog(0.2)
    for _ in range(3):
        with pytest.raises(Problem):
            dog.run(spin)
        # A late exception would arrive here.
        assert spin(0.2) == "done"
        assert dog.run(lambda: "next") == "next"


def test_work_that_ends_on_the_very_tick_never_leaves_an_exception_behind() -> None:
    dog = Watchdog(0.1)

    def near_the_end(outcomes: list[str]) -> None:
        for step in range(12):
            try:
                outcomes.append(dog.run(lambda step=step: spin(0.08 + step * 0.01)))
            except Problem:
                outcomes.append("stopped")
            spin(0.02)

    outcomes: list[list[str]] = [[], [], []]
    threads = [threading.Thread(target=near_the_end, args=(outcome,)) for outcome in outcomes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(outcome) for outcome in outcomes] == [12, 12, 12]


def test_work_in_another_thread_goes_on() -> None:
    dog = Watchdog(1.0)
    outcome: list[str] = []
    other = threading.Thread(target=lambda: outcome.append(dog.run(lambda: spin(0.9))))
    with pytest.raises(Problem):
        Watchdog(0.2).run(spin)
    other.start()
    other.join()
    assert outcome == ["done"]


def test_a_thread_that_does_not_react_is_known_as_stuck() -> None:
    dog = Watchdog(0.2)
    released = threading.Event()
    # Waiting for a lock is one C call: no bytecode runs, so no exception arrives.

    def wait() -> None:
        with pytest.raises(Problem):
            dog.run(released.wait)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not dog.stuck
    while not dog.stuck:
        time.sleep(0.05)
    released.set()
    waiting.join()
    assert not dog.stuck


# The watcher has raised, and the work ends before the exception arrives. Then a tracer, as hypothesis or a debugger
# sets it: its first call must come through.
LATE = """
import sys, threading, time
from obelism.api.deadline import Watchdog, _Work
Watchdog(5)._leave(_Work(threading.get_ident(), time.monotonic(), raised_at=time.monotonic()))
def traced():
    return "came through"
sys.settrace(lambda *_: None)
said = traced()
sys.settrace(None)
print(said)
"""


def test_what_did_not_arrive_in_time_leaves_no_trace_in_the_interpreter() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LATE], capture_output=True, text=True, timeout=20, check=False
    )
    assert (run.stdout, run.stderr) == ("came through\n", "")
