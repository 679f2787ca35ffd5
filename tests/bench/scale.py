"""Reading at 300,000 claims: time of a page, building, starting, memory, growth; and what peers take.

    python -m bench.scale                  from tests/: the table, at 300,000 claims (about 16 minutes)
    python -m bench.scale --claims 50000   smaller
    python -m bench.scale --json           the numbers of `run()`

Claims: halves of real claims joined anew. Pages: 50 sentences of real articles in one language, read through all
stages. `cpu` numbers are processor time, which other programs on the machine hardly disturb. RapidFuzz over everything
is measured on a slice of the claims, FTS5 and pg_trgm on a few sentences, and multiplied up.
A run at 300,000 claims writes its numbers, and what follows from them, into docs/SCALING.md.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from html import escape
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import median

import psycopg
from rapidfuzz import fuzz, process

import postgresql
from bench import scaling
from obelism.article import read_article
from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.errors import NotAnArticle
from obelism.model import Claim, Page, Review
from obelism.names import terms
from obelism.pipeline import Pipeline
from obelism.records import load
from obelism.statements import statements_of
from obelism.text import fold

DATA = Path(__file__).parents[3] / "shared" / "data"
SIZE = 300_000
SENTENCES = 50
ROUNDS = 3
WORKERS = 4
CORES = 2
# Of the peers: claims that RapidFuzz sees, and sentences that the databases are asked for.
SLICE = 10_000
ASKED = 5
TRIGRAMS = "select text from claim where text %% %s order by similarity(text, %s) desc limit 60"


def run(size: int = SIZE) -> dict[str, float]:
    """All numbers by name; milliseconds a page, pages and claims a second, megabytes."""
    if not DATA.exists():
        print(f"SKIPPED scale: {DATA} is not there", file=sys.stderr)
        return {}
    pages = list(_pages())
    claims = recombined(size)
    out: dict[str, float] = {"claims": size, "pages": len(pages)}
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        _build(claims[: size // 10], small)
        out |= _build(claims, large)
        pipeline = _opened(large)
        out |= _reading(pipeline, pages)
        out["page_cpu_ms_at_a_tenth"] = _reading(_opened(small), pages)["page_cpu_ms"]
        out["ten_times_the_claims"] = out["page_cpu_ms"] / out["page_cpu_ms_at_a_tenth"]
        out[f"pages_per_s_{CORES}_processes"] = _throughput(pipeline, pages)
        out["disk_mb"] = sum(file.stat().st_size for file in large.rglob("*") if file.is_file()) / 2**20
        # A process of its own: what this one holds of the claims would be counted too.
        with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
            out |= fresh.submit(_fresh, large).result()
    out |= _peers([claim.text for claim in claims])
    if size == SIZE:
        scaling.write(out)
    return out


def recombined(size: int) -> list[Claim]:
    """Distinct claims, of the lengths and words of real ones: the start of one and the end of another."""
    names = ("checkthat2025-french", "checkthat2020-tweets", "checkthat2021-debates")
    by_language: dict[str, list[Claim]] = {}
    for name in names:
        for line in (DATA / "retrieval" / name / "claims.jsonl").read_text("utf-8").splitlines():
            claim = load(line)
            by_language.setdefault(claim.language, []).append(claim)
    real = [some for some in by_language.values() if len(some) > 100]
    dice = random.Random(4)
    made: dict[str, Claim] = {}
    while len(made) < size:
        (some,) = dice.choices(real, [len(one) for one in real])
        one, other = dice.choice(some), dice.choice(some)
        text = _halves(one.text, other.text)
        title = _halves(one.reviews[0].title, other.reviews[0].title)
        review = Review("A", "false", "https://example.org/a", title=title, language=one.language)
        made.setdefault(text, replace(one, id=f"made-{len(made)}", text=text, reviews=(review,)))
    return list(made.values())


def _halves(one: str, other: str) -> str:
    first, second = one.split(), other.split()
    return " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])


def _pages() -> Iterator[Page]:
    """Pages of SENTENCES sentences, from the labelled pages' articles, by language."""
    for language, found in _sentences().items():
        for at in range(0, len(found) - SENTENCES + 1, SENTENCES):
            title, *rest = map(escape, found[at : at + SENTENCES])
            body = "".join(f"<p>{sentence}</p>" for sentence in rest)
            yield Page(
                f"<html lang={language}><title>{title}</title><article><h1>{title}</h1>{body}</article>"
            )


def _sentences() -> dict[str, list[str]]:
    sentences: dict[str, list[str]] = {}
    for path in sorted((DATA / "pages").glob("*/page.html")):
        try:
            article = read_article(Page(path.read_text(encoding="utf-8")))
        except NotAnArticle:
            continue
        found = [statement.text for statement in statements_of(article)]
        sentences.setdefault(article.language, []).extend(found)
    return sentences


def _build(claims: Sequence[Claim], folder: Path) -> dict[str, float]:
    started = time.perf_counter()
    before = os.times()
    Index.build(claims, default_encoder(), 1).save(folder)
    after, took = os.times(), time.perf_counter() - started
    cpu = sum(after[:4]) - sum(before[:4])
    return {
        "build_claims_per_s": len(claims) / took,
        "build_claims_per_cpu_s": len(claims) / cpu,
        "build_s": took,
    }


def _opened(folder: Path) -> Pipeline:
    index = Index.open(folder, default_encoder())
    assert index is not None
    return Pipeline(index)


def _reading(pipeline: Pipeline, pages: Sequence[Page]) -> dict[str, float]:
    whole, wall = [], []
    stages: dict[str, list[float]] = defaultdict(list)
    pipeline.timer = lambda stage, seconds: stages[stage].append(1000 * seconds)
    for page in [*pages] * ROUNDS:
        started = time.perf_counter()
        whole.append(_cpu(partial(pipeline.read, page)))
        wall.append(1000 * (time.perf_counter() - started))
    return {
        "page_ms": median(wall),
        "page_best_ms": min(wall),
        "page_cpu_ms": median(whole),
        **{f"of_it_{stage}_ms": median(times) for stage, times in stages.items()},
    }


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started)


@contextmanager
def _readers(pipeline: Pipeline, pages: Sequence[Page], count: int) -> Iterator[list[BaseProcess]]:
    """So many forked processes that have read all pages, and stay until the end."""
    context = get_context("fork")
    told = context.Queue()
    leave = context.Event()

    def work() -> None:
        for page in pages:
            pipeline.read(page)
        told.put(None)
        leave.wait()

    workers = [context.Process(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()
    for _ in workers:
        told.get()
    yield list(workers)
    leave.set()
    for worker in workers:
        worker.join()


def _throughput(pipeline: Pipeline, pages: Sequence[Page]) -> float:
    started = time.perf_counter()
    with _readers(pipeline, pages, CORES):
        return CORES * len(pages) / (time.perf_counter() - started)


def _fresh(folder: Path) -> dict[str, float]:
    """Seconds until an index that is there can be asked, and the megabytes that WORKERS forked processes hold together,
    shared pages counted once."""
    started = time.perf_counter()
    pipeline = _opened(folder)
    pipeline.index.candidates(["Is it true?"], "en", 1)
    took = time.perf_counter() - started
    with _readers(pipeline, list(_pages()), WORKERS) as workers:
        held = sum(_proportional(worker.pid or 0) for worker in workers) / 1024
    return {"start_s": took, "four_workers_mb": held}


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


# --- peers


def _peers(claims: Sequence[str]) -> dict[str, float]:
    language, texts = next(iter(_sentences().items()))
    sentences = [(text, terms(text, language)) for text in texts[:ASKED]]
    share = SENTENCES / len(sentences)
    some = [fold(claim) for claim in claims[:SLICE]]
    naive = _cpu(lambda: [process.extract(fold(t), some, scorer=fuzz.token_set_ratio) for t, _ in sentences])
    out = {"naive_rapidfuzz_page_ms": naive * share * len(claims) / len(some)}
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table claim using fts5(text, tokenize='unicode61 remove_diacritics 2')")
    database.executemany("insert into claim(text) values (?)", ((claim,) for claim in claims))
    found = _cpu(lambda: [_by_fts(database, text, words) for text, words in sentences])
    out["sqlite_fts5_rapidfuzz_page_ms"] = found * share
    return out | _trigrams(claims, [text for text, _ in sentences], share)


def _by_fts(database: sqlite3.Connection, text: str, words: Sequence[str]) -> object:
    query = " OR ".join(f'"{word}"*' for word in dict.fromkeys(words) if word.isalnum())
    rows = database.execute("select text from claim where claim match ? order by rank limit 60", (query,))
    return process.extract(fold(text), [fold(row[0]) for row in rows], scorer=fuzz.token_set_ratio)


def _trigrams(claims: Sequence[str], texts: Sequence[str], share: float) -> dict[str, float]:
    programs = postgresql.binaries()
    if programs is None:
        print("SKIPPED pg_trgm: no PostgreSQL on this machine", file=sys.stderr)
        return {}
    with postgresql.running_cluster(programs) as cluster:
        address = cluster.create("trigrams").replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as database:
            database.execute("create extension pg_trgm")
            database.execute("create table claim (text text)")
            with database.cursor().copy("copy claim from stdin") as copy:
                for claim in claims:
                    copy.write_row((claim,))
            database.execute("create index on claim using gin (text gin_trgm_ops)")
            database.execute("analyze claim")
            started = time.perf_counter()
            for text in texts:
                database.execute(TRIGRAMS, (text, text)).fetchall()
            return {"postgres_pg_trgm_page_ms": 1000 * (time.perf_counter() - started) * share}


if __name__ == "__main__":
    chosen = int(sys.argv[sys.argv.index("--claims") + 1]) if "--claims" in sys.argv else SIZE
    numbers = run(chosen)
    if "--json" in sys.argv:
        print(json.dumps(numbers, indent=1))
    else:
        for key, value in numbers.items():
            print(f"{key:40} {value:12,.1f}")
