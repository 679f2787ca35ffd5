"""Work in a process of its own that is killed at some moment, and what it had acknowledged until then."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable

Say = Callable[[str], None]


def killed(
    work: Callable[[Say], None], seconds: float, others: Callable[[], None] = lambda: None
) -> list[str]:
    """The lines that `work` said, forked off and killed so many seconds after its first, right after `others`.

    A fork and not a new interpreter: hundreds of kills must fit into a test run.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as said:
        lines = [said.readline()]
        assert lines[0], "the work ended before it had begun"
        time.sleep(seconds)
        others()
        os.kill(child, signal.SIGKILL)
        lines += said.readlines()
    _, status = os.waitpid(child, 0)
    assert status == signal.SIGKILL, f"the work ended by itself: {lines}"
    return [line.rstrip("\n") for line in lines if line.endswith("\n")]


def _work(work: Callable[[Say], None], writing: int) -> None:
    try:

        def say(line: str) -> None:
            os.write(writing, f"{line}\n".encode())

        work(say)
        signal.pause()  # a killer that comes late still finds somebody
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)
