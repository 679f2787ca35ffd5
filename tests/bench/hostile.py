"""Requests made to hurt the service: how long each takes to be answered, and the memory of the worker.

    python -m bench.hostile             from tests/: measures all and writes docs/SECURITY-TESTS.md; about five minutes
    python -m bench.hostile NAME …      measures those whose names hold one of these words, and prints them

Each case goes to a real `obelism serve` with one worker, as a request of a program on this machine, which no limit
of rate holds back. `others` is the longest that /healthz took meanwhile. Memory is the worker's peak resident set
(VmHWM, set back before each case); it includes the models and the index, which a worker always holds.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.extraction import HOSTILE, STORY
from serving import ARTICLE, Running, running

SECONDS, MEGABYTES = 5.0, 500.0
DOCUMENT = Path(__file__).parents[2] / "docs" / "SECURITY-TESTS.md"
JSON = {"Content-Type": "application/json"}
GZIP = {**JSON, "Content-Encoding": "gzip"}
SETTINGS = {"OBELISM_STARTER_CLAIMS": "1", "OBELISM_WORKERS": "1"}
# What an answer may be: notes, or a refusal that says why. Nothing else, and never a 500.
ANSWERS = {200, 400, 413, 415, 422, 429, 503}


@dataclass(frozen=True, slots=True)
class Attack:
    """One request: its body, and the headers that go with it."""

    body: bytes
    headers: dict[str, str]
    path: str = "/v1/notes"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one attack cost, and what was answered."""

    status: int
    said: str
    seconds: float
    processor: float
    """Seconds of the processor that the worker took, which other programs on the machine do not lengthen."""
    others: float
    megabytes: float
    told: bool
    """A refusal is one in form too."""

    @property
    def in_form(self) -> bool:
        """Whether it was answered as a caller may expect."""
        return self.status in ANSWERS and (self.status == 200 or self.told)

    @property
    def within(self) -> bool:
        """Whether it kept all promises of docs/SECURITY-TESTS.md."""
        in_time = max(self.seconds, self.others) < SECONDS
        return self.in_form and in_time and self.megabytes < MEGABYTES


def page(html: str) -> Attack:
    """`html` sent as the extension would."""
    return Attack(json.dumps({"html": html}).encode(), JSON)


def packed(html: str) -> Attack:
    return Attack(gzip.compress(json.dumps({"html": html}).encode(), 1), GZIP)


def form(**fields: str) -> Attack:
    """What the front page sends."""
    return Attack(urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, "/")


def sent(body: bytes, headers: dict[str, str] = JSON, path: str = "/v1/notes") -> Attack:
    return Attack(body, headers, path)


def _good() -> bytes:
    return json.dumps({"html": STORY}).encode()


ATTACKS: dict[str, Callable[[], Attack]] = {
    **{name: lambda make=make: page(make()) for name, make in HOSTILE.items()},
    "3,000 reopened <b> around one word": lambda: page(
        STORY + "".join(f"<b id=b{n}><p>" for n in range(3_000)) + "x"
    ),
    "20 MB of <p>, packed to 90 kB": lambda: packed("<p>" * 7_000_000),
    "1 GB of blanks, packed to 1 MB": lambda: sent(gzip.compress(b" " * 1_000_000_000, 6), GZIP),
    "gzip of gzip": lambda: sent(gzip.compress(gzip.compress(_good())), GZIP),
    "two layers of gzip, announced": lambda: sent(
        gzip.compress(gzip.compress(_good())), {**JSON, "Content-Encoding": "gzip, gzip"}
    ),
    "truncated gzip": lambda: sent(gzip.compress(_good())[:-9], GZIP),
    "gzip with more behind it": lambda: sent(gzip.compress(_good()) + b"more", GZIP),
    "called gzip, and is none": lambda: sent(_good(), GZIP),
    "JSON 5,000,000 deep": lambda: sent(b"[" * 5_000_000),
    "JSON of 1,000,000 fields": lambda: sent(
        b"{" + b",".join(b'"f%d":1' % n for n in range(1_000_000)) + b"}"
    ),
    "5,000,000 empty lists": lambda: sent(b"[" + b"[]," * 5_000_000 + b"1]"),
    "a number of 5,000,000 digits": lambda: sent(b'{"html":' + b"9" * 5_000_000 + b"}"),
    "8 MB of escapes": lambda: sent(b'{"html":"' + b"\\u00e9" * 1_300_000 + b'"}'),
    "2,500,000 halves of surrogate pairs": lambda: sent(b'{"html":"' + b"\\ud800" * 2_500_000 + b'"}'),
    "400,000 quotes and backslashes": lambda: sent(b'{"html":"' + rb"\\\"" * 400_000 + b'"}'),
    "UTF-16 JSON": lambda: sent(json.dumps({"html": STORY}).encode("utf-16")),
    "Latin-1 JSON called UTF-8": lambda: sent(
        json.dumps({"html": STORY.replace("mayor", "maïre")}, ensure_ascii=False).encode("latin-1"),
        {"Content-Type": "application/json; charset=utf-8"},
    ),
    "a page that calls itself UTF-16": lambda: page('<meta charset="utf-16">' + STORY),
    "an empty body": lambda: sent(b""),
    "an empty page": lambda: page(""),
    "the front page's form with 1,000,000 fields": lambda: sent(
        b"&".join(b"f%d=1" % n for n in range(1_000_000)),
        {"Content-Type": "application/x-www-form-urlencoded"},
        "/",
    ),
    "16 MB of quotes in the front page's form": lambda: sent(
        b"text=" + b'"' * 16_000_000, {"Content-Type": "application/x-www-form-urlencoded"}, "/"
    ),
    "1,600,000 lines in the front page's form": lambda: form(text="a\n" * 1_600_000),
    "the front page's form with 100,000 nested <div>": lambda: form(text="<div>" * 100_000),
    "a look-up of 10 MB": lambda: sent(
        json.dumps({"text": "why " * 2_500_000}).encode(), JSON, "/v1/lookups"
    ),
    "a look-up of 50,000 open quotes": lambda: sent(
        json.dumps({"text": "« " * 50_000}).encode(), JSON, "/v1/lookups"
    ),
    "the longest look-up, one letter and its accents": lambda: sent(
        json.dumps({"text": "a" + "\u0301" * 3_999}).encode(), JSON, "/v1/lookups"
    ),
    "a page of 4,000 sentences": lambda: page(
        "<article>"
        + "".join(
            f"<p>The council of town {n} met on Monday to talk of the bridge.</p>" for n in range(4_000)
        )
        + "</article>"
    ),
}


@contextmanager
def service() -> Iterator[Running]:
    """A service of one worker, which has read a page already."""
    with (
        tempfile.TemporaryDirectory(prefix="obelism-hostile-") as folder,
        running(Path(folder), (), **SETTINGS) as running_service,
    ):
        measure(running_service, page(ARTICLE))
        yield running_service


def measure(service: Running, attack: Attack) -> Measured:
    """Send one attack, and look at the service meanwhile."""
    (worker,) = service.workers()
    # "5" sets the peak back to what is resident now (proc(5)).
    Path(f"/proc/{worker}/clear_refs").write_text("5", "ascii")
    with httpx.Client(base_url=service.address, timeout=60) as client, _others(service) as waits:
        client.get("/healthz").raise_for_status()
        before, started = _processor(worker), time.perf_counter()
        answer = client.post(attack.path, content=attack.body, headers=attack.headers)
        seconds, processor = time.perf_counter() - started, _processor(worker) - before
    if service.workers() != [worker]:
        raise AssertionError("the worker did not survive")
    return Measured(
        answer.status_code, _said(answer), seconds, processor, max(waits), _peak(worker), _told(answer)
    )


def _said(answer: httpx.Response) -> str:
    if answer.headers["Content-Type"].startswith("text/html"):
        return "the front page, with the reason"
    body = answer.json()
    return (
        f"{body['counts']['statements']} statements" if "counts" in body else body.get("detail", "answered")
    )


def _told(answer: httpx.Response) -> bool:
    """Whether a refusal is in the form that its caller reads, and says when to come back."""
    kind = answer.headers["Content-Type"].split(";")[0]
    told = kind == "application/problem+json" or (kind == "text/html" and answer.url.path == "/")
    return told and (answer.status_code not in {429, 503} or "Retry-After" in answer.headers)


@contextmanager
def _others(service: Running) -> Iterator[list[float]]:
    """How long others waited for the service, while the block ran and until the last of them was answered."""
    waits: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=service.address, timeout=60) as client:
            while not over.is_set() or not waits:
                started = time.perf_counter()
                client.get("/healthz").raise_for_status()
                waits.append(time.perf_counter() - started)
                over.wait(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield waits
    finally:
        over.set()
        asking.join()


def _processor(process: int) -> float:
    ticks = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _peak(process: int) -> float:
    return _megabytes(process, "VmHWM")


def resident(process: int) -> float:
    """Megabytes of memory that a process holds now."""
    return _megabytes(process, "VmRSS")


def _megabytes(process: int, what: str) -> float:
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(status.split(f"{what}:")[1].split()[0]) / 1024


def run() -> dict[str, float]:
    """Writes docs/SECURITY-TESTS.md; how many attacks there are, how many of them hurt, and the worst numbers."""
    found = measured(ATTACKS)
    DOCUMENT.write_text(document(found), "utf-8")
    return {
        "attacks": float(len(found)),
        "over": float(sum(not one.within for one in found.values())),
        "slowest_s": max(one.seconds for one in found.values()),
        "largest_mb": max(one.megabytes for one in found.values()),
    }


def measured(names: Iterable[str]) -> dict[str, Measured]:
    """The cost of each of these attacks, one after the other on one service."""
    found: dict[str, Measured] = {}
    with service() as running_service:
        for name in names:
            found[name] = measure(running_service, ATTACKS[name]())
            print(row(name, found[name]), flush=True)
    return found


def label(name: str) -> str:
    """The name of an attack as a table's cell holds it."""
    return name.replace("|", "/").replace("<", "&lt;")


def row(name: str, one: Measured) -> str:
    mark = "" if one.within else " **over**"
    told = one.said.replace("|", "/")
    return (
        f"| {label(name)} | {one.status} | {told} "
        f"| {one.seconds:.2f} | {one.processor:.2f} | {one.others:.2f} | {one.megabytes:.0f}{mark} |"
    )


def document(found: dict[str, Measured]) -> str:
    """docs/SECURITY-TESTS.md."""
    over = [name for name, one in found.items() if not one.within]
    worst = max(found.values(), key=lambda one: one.seconds)
    largest = max(found.values(), key=lambda one: one.megabytes)
    return "\n".join(
        [
            "# Hostile requests, as measured",
            "",
            "Written by `make bench` (`python tests/bench hostile`): a service with one worker and the starter claims;",
            "each request is answered before the next is sent, all to the same worker.",
            f"Python {platform.python_version()}, {platform.machine()}, {time.strftime('%Y-%m-%d')}, "
            f"load of the machine {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors.",
            "",
            "**Promise**: notes, or a refusal that says why (`application/problem+json`, or the front page in words),",
            f"in under {SECONDS:g} s, `/healthz` meanwhile too; a worker under {MEGABYTES:g} MB,",
            "models and index included. A page that takes longer than `OBELISM_REQUEST_SECONDS` is stopped with a 503;",
            "on a busy machine these are more. The processor column is the worker's own work, which a busy machine",
            f"does not lengthen. Kept by {len(found) - len(over)} of {len(found)}; slowest {worst.seconds:.2f} s, "
            f"largest {largest.megabytes:.0f} MB.",
            "`tests/integration/test_security_hostile.py` holds the service to the rest.",
            "",
            "| what is sent | status | what is said | s | processor s | others, s | MB |",
            "|---|---|---|---|---|---|---|",
            *(row(name, one) for name, one in found.items()),
            "",
        ]
    )


if __name__ == "__main__":
    words = sys.argv[1:]
    if words:
        measured(name for name in ATTACKS if any(word in name for word in words))
    else:
        print(run())
