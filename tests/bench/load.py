"""The service under load: `obelism serve` with two workers on loopback, and readers who do not wait.

    python -m bench.load                from tests/: the table; about ten minutes on two cores
    python -m bench.load --json         the numbers of `run()`
    python -m bench.load --requests N   for the memory of the workers, 20,000 when not told

Latency is measured on pages that nobody has sent before, each read through all stages. They have as many sentences
as a news article, and more that repeat claims: the sentences are those of the golden pages. For memory the readers are
those of a news site: all but one of forty send a page that was sent before.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import cache
from html import escape
from http.client import HTTPConnection, HTTPException
from itertools import count, cycle
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))
from obelism.article import read_article
from obelism.model import Page
from obelism.statements import statements_of
from serving import Running, running

PAGES = sorted((Path(__file__).parents[1] / "pages").glob("story-*/page.html"))
SENTENCES = 30
KNOWN = 12
READERS = (1, 8, 64)
# Requests at each number of readers: enough that a 99th percentile is not the one slowest.
ASKED = {1: 40, 8: 120, 64: 192}
REQUESTS = 20_000
# Everybody who visits once; what grows after them is a leak.
WARM_UP = 2_000
NEW_PAGE_EVERY = 40
IN_FLIGHT = 8
# One client stands for many: the limits a client are lifted, all others are the defaults. The cache is full after
# the warm-up, so that what grows after it is no cache that fills.
SETTINGS = {
    "OBELISM_STARTER_CLAIMS": "1",
    "OBELISM_WORKERS": "2",
    "OBELISM_RATE_LIMIT": "1000000 per minute",
    "OBELISM_CLIENT_REQUESTS": "10000",
    "OBELISM_CACHE_BYTES": str(2 * 1024 * 1024),
}
JSON = {"Content-Type": "application/json"}

Send = Callable[[HTTPConnection], int]


def run(requests: int = REQUESTS) -> dict[str, float]:
    """Latency in ms at each number of readers, throughput, errors, and the growth of the workers in MB."""
    out: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory(prefix="obelism-load-") as folder,
        running(Path(folder), (), **SETTINGS) as service,
    ):
        crowd(service, new_page, 2, 20)
        for readers in READERS:
            out |= {
                f"{name}_{readers}": value
                for name, value in crowd(service, new_page, readers, ASKED[readers]).items()
            }
        # Each worker must have read each page before.
        crowd(service, known_page(), 8, 30 * KNOWN)
        out |= {f"{name}_known": value for name, value in crowd(service, known_page(), 8, 5_000).items()}
        out |= memory(service, requests)
        out["errors"] = sum(value for name, value in out.items() if name.startswith("errors_"))
        out |= shutdown(service)
    return out


def crowd(service: Running, send: Send, readers: int, asked: int) -> dict[str, float]:
    """`asked` requests of so many readers at once: percentiles of their times, throughput, errors."""
    times: list[float] = []
    statuses: list[int] = []
    tickets = iter(range(asked))
    taking = threading.Lock()

    def read() -> None:
        with closing(connected(service)) as connection:
            while True:
                with taking:
                    if next(tickets, None) is None:
                        return
                started = time.perf_counter()
                try:
                    status = send(connection)
                except (OSError, HTTPException):
                    connection.close()  # the next request opens it anew
                    status = 0
                times.append(time.perf_counter() - started)
                statuses.append(status)

    started = time.perf_counter()
    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    percent = quantiles(times, n=100, method="inclusive")
    print(f"load: {readers} readers, {asked} requests, {took:.0f} s, {Counter(statuses)}", file=sys.stderr)
    return {
        "p50_ms": percent[49] * 1000,
        "p95_ms": percent[94] * 1000,
        "p99_ms": percent[98] * 1000,
        "per_second": asked / took,
        "errors": float(asked - statuses.count(200)),
    }


def connected(service: Running) -> HTTPConnection:
    """A connection that is kept, of the standard library: of two cores a richer client took the larger part."""
    address = urlsplit(service.address)
    assert address.hostname
    return HTTPConnection(address.hostname, address.port, timeout=120)


def posted(connection: HTTPConnection, body: bytes) -> int:
    """The status of the answer, which is read to its end."""
    connection.request("POST", "/v1/notes", body, JSON)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def memory(service: Running, requests: int) -> dict[str, float]:
    """What `requests` requests add to the memory of the larger worker, after the first WARM_UP."""
    known = known_page()
    numbers = count()

    def send(connection: HTTPConnection) -> int:
        return (known if next(numbers) % NEW_PAGE_EVERY else new_page)(connection)

    workers = service.workers()
    first = crowd(service, send, 8, min(WARM_UP, requests // 2))
    before = resident(workers)
    rest = crowd(service, send, 8, requests - min(WARM_UP, requests // 2))
    after = resident(workers)
    return {
        "worker_mb_before": before,
        "worker_mb_after": after,
        "growth_mb": after - before,
        "requests": float(requests),
        "errors_memory": first["errors"] + rest["errors"],
        "workers_replaced": float(len(set(workers) ^ set(service.workers()))),
    }


def shutdown(service: Running) -> dict[str, float]:
    """A stop with requests in work: how many of them were not answered, and how long it took."""
    answered: list[int] = []
    sent = threading.Semaphore(0)
    port = urlsplit(service.address).port
    assert port

    def ask(body: bytes) -> None:
        connection = connected(service)
        try:
            connection.request("POST", "/v1/notes", body, JSON)
            sent.release()
            answered.append(connection.getresponse().status)
        except (OSError, HTTPException):
            answered.append(0)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(next_page(),)) for _ in range(IN_FLIGHT)]
    for thread in threads:
        thread.start()
    for _ in threads:
        sent.acquire(timeout=60)
    while unread(port):
        time.sleep(0.005)
    waiting = IN_FLIGHT - len(answered)
    started = time.perf_counter()
    service.process.send_signal(signal.SIGTERM)
    code = service.process.wait(60)
    took = time.perf_counter() - started
    for thread in threads:
        thread.join()
    return {
        "stop_in_work": float(waiting),
        "stop_lost": float(IN_FLIGHT - answered.count(200)),
        "stop_seconds": took,
        "stop_code": float(code),
    }


def unread(port: int) -> bool:
    """Whether anything lies at a connection of that port that the service has not read yet (proc_net(5))."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    queues = [
        row[4].split(":")[1] for row in rows if int(row[1].split(":")[1], 16) == port and row[3] == "01"
    ]
    return any(int(queue, 16) for queue in queues)


def new_page(connection: HTTPConnection) -> int:
    """Sends a page that was never sent before."""
    return posted(connection, next_page())


def next_page() -> bytes:
    """A request for a page that was never sent before."""
    return request_for(next(_numbers))


def request_for(number: int) -> bytes:
    """The page of that number: so many sentences of one language, and a title of its own."""
    language, sentences = list(golden().items())[number % 2]
    start = number * 7 % len(sentences)
    chosen = (sentences * 2)[start : start + SENTENCES]
    body = "".join(f"<p>{escape(text)}</p>" for text in chosen)
    head = f"<html lang={language}><head><title>News of day {number}</title></head>"
    return json.dumps({"html": f"{head}<body><article>{body}</article></body></html>"}).encode()


@cache
def golden() -> dict[str, list[str]]:
    """The sentences of the golden pages by language."""
    found: dict[str, list[str]] = {"en": [], "fr": []}
    for path in PAGES:
        article = read_article(Page(path.read_text("utf-8")))
        found[article.language] += [statement.text for statement in statements_of(article)]
    return found


_numbers = count(KNOWN)


def known_page() -> Send:
    """Sends the same few pages again and again."""
    turns = cycle([request_for(number) for number in range(KNOWN)])
    return lambda connection: posted(connection, next(turns))


def resident(processes: list[int]) -> float:
    """The largest resident memory among the processes, in MB."""
    sizes = []
    for process in processes:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
        sizes.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
    return max(sizes)


def table(found: dict[str, float]) -> str:
    """The numbers for people."""
    lines = ["| readers | p50 ms | p95 ms | p99 ms | pages/s | errors |", "|---|---|---|---|---|---|"]
    for name, label in [*((str(n), str(n)) for n in READERS), ("known", "8, known pages")]:
        cells = [found[f"{part}_{name}"] for part in ("p50_ms", "p95_ms", "p99_ms", "per_second", "errors")]
        lines.append(
            f"| {label} | " + " | ".join(f"{cell:.{1 if cell < 100 else 0}f}" for cell in cells) + " |"
        )
    lines += [
        "",
        f"memory of the larger worker: {found['worker_mb_before']:.0f} MB after the warm-up, "
        f"{found['worker_mb_after']:.0f} MB after {found['requests']:.0f} requests "
        f"({found['errors_memory']:.0f} errors, {found['workers_replaced']:.0f} workers replaced)",
        f"stop with {found['stop_in_work']:.0f} requests in work: {found['stop_lost']:.0f} lost, "
        f"{found['stop_seconds']:.1f} s, "
        f"exit {found['stop_code']:.0f}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    chosen = parser.parse_args()
    numbers = run(chosen.requests)
    print(json.dumps(numbers, indent=1) if chosen.json else table(numbers))
