"""Extraction on real news pages: is the article's text there, and nothing else, and can it be found again?

    python -m bench.extraction            the table
    python -m bench.extraction --json     the numbers of `run()`
    python -m bench.extraction --worst 9  also the pages with the lowest F1
    python -m bench.extraction --hostile  time and memory of each hostile page, each in a process of its own

Peers (trafilatura, readability-lxml) are measured beside us where they happen to be installed.
Run from `tests/`, or with `tests/` on the import path.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import multiprocessing
import re
import resource
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString

from obelism.article import read_article
from obelism.errors import BadInput
from obelism.model import Page
from obelism.statements import statements_of
from obelism.text import fold

DATA = Path(__file__).parents[3] / "shared" / "data"
# Pages made to break a reader of pages, each with an article in it; all must end in 5 s and 500 MB, read or refused.
STORY = (
    "<h1>The library gets a roof</h1><p>The council met on Monday evening and agreed to mend the old roof.</p>"
    "<p>Work will begin in spring, the mayor said, before the first of the autumn storms.</p>"
)
HOSTILE: dict[str, Callable[[], str]] = {
    "20 MB of <p>": lambda: "<p>" * 7_000_000,
    "a million <br>": lambda: "<br>" * 1_000_000,
    "90,000 lines between <br>": lambda: STORY + "".join(f"line {n} of many<br>" for n in range(90_000)),
    "a million </p>": lambda: "</p>" * 1_000_000,
    "as many paragraphs as the limit lets in": lambda: "".join(
        f"<p>He met {n} of them on a Monday in May, they say.</p>" for n in range(99_000)
    ),
    "a million tags with NUL inside": lambda: "<\0p>" * 1_000_000,
    "100,000 nested <div>": lambda: "<div>" * 100_000 + STORY,
    "900 nested <div>, each with text": lambda: (
        "<div>Words and more words, and at last an end." * 900 + STORY
    ),
    "40,000 boxes at depth 900": lambda: (
        "<div>" * 900 + "<section>Some words of no use.</section>" * 40_000 + STORY
    ),
    "100,000 nested <span>": lambda: "<span>" * 100_000 + STORY,
    "100,000 attributes": lambda: STORY + "<p " + " ".join(f'a{n}="<"' for n in range(100_000)) + ">x</p>",
    "3,000 reopened <b>": lambda: STORY + "<b><p>x" * 3_000,
    "30,000 nested tables": lambda: STORY + "<table><tr><td>" * 30_000 + "x",
    "a flood of entities": lambda: STORY + "<p>" + "&amp;&eacute;&#8217;" * 150_000,
    "5 MB of &": lambda: STORY + "<p>" + "&" * 5_000_000,
    "10 MB of &": lambda: STORY + "&" * 10_000_000,
    "5 MB of <": lambda: STORY + "<p>" + "<" * 5_000_000,
    "a million <!--": lambda: STORY + "<!--" * 1_000_000,
    "NUL bytes": lambda: STORY.replace("council", "coun\0cil") + "\0" * 1_000_000,
    "lone surrogates": lambda: STORY.replace("council", "council \ud83d") + "\udc00" * 1_000_000,
    "50,000 open quotes": lambda: STORY + "<p>" + "« " * 50_000 + "</p>",
    "50,000 open quotes with words": lambda: STORY + "<p>" + "« non. " * 50_000 + "</p>",
    "400,000 ellipses": lambda: STORY + "<p>The end" + "…" * 400_000 + "</p>",
    "200,000 full stops": lambda: STORY + "<p>A" + ". " * 200_000 + "</p>",
    "100,000 abbreviations": lambda: STORY + "<p>" + "Mr. " * 100_000 + "</p>",
    "one sentence of 400,000 characters": lambda: STORY + "<p>The " + "very " * 80_000 + "end.</p>",
    "one word of 400,000 letters": lambda: STORY + "<p>" + "x" * 400_000 + "</p>",
    "no-break spaces behind full stops": lambda: STORY + "<p>The end" + ".\u00a0" * 200_000 + "</p>",
    "400,000 accents on one letter": lambda: STORY + "<p>a" + "\u0301\u0316" * 200_000 + " is odd.</p>",
    "deep JSON-LD": lambda: f'{STORY}<script type="application/ld+json">{"[" * 150_000}</script>',
    "wide JSON-LD": lambda: f'{STORY}<script type="application/ld+json">[{"{}," * 120_000}{{}}]</script>',
    "90,000 dates": lambda: STORY + "<time datetime=x></time>" * 90_000,
    "a class of 4 MB": lambda: f'<div class="{"comment-" * 500_000}">{STORY}</div>',
    "UTF-16 called UTF-8": lambda: STORY.encode("utf-16").decode("utf-8", "replace"),
}
GRAMS = 4  # word 4-grams: the metric of scrapinghub/article-extraction-benchmark
MIN_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Sample:
    """One page with what is known of its text: all of it, or segments that must and must not be there."""

    name: str
    corpus: str
    kind: str
    url: str | None
    html: str
    gold: Any

    @property
    def held_out(self) -> bool:
        """The half on which nothing was tuned."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1


def run() -> dict[str, float]:
    """All numbers of our own extraction, by name; higher is better but for `median_ms`."""
    samples = list(read_samples())
    texts, times = _extract(samples, read_body)
    return quality(samples, texts) | {
        "anchored": anchored(samples),
        "median_ms": statistics.median(times),
    }


def beside_peers() -> dict[str, float]:
    """Our numbers, and under `<peer> <name>` those of the extractors that are installed here."""
    if not (DATA / "extraction").exists():
        return {}
    numbers = run()
    samples = list(read_samples())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for peer, read in peers().items():
            texts, times = _extract(samples, read)
            found = quality(samples, texts) | {"median_ms": statistics.median(times)}
            numbers |= {f"{peer} {name}": value for name, value in found.items()}
    return numbers


def read_samples() -> Iterator[Sample]:
    folder = DATA / "extraction"
    for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        html = gzip.decompress((folder / "pages" / row["file"]).read_bytes()).decode("utf-8", "replace")
        yield Sample(row["file"], row["corpus"], row["kind"], row["url"], html, row["gold"])


def read_body(html: str, url: str | None) -> str:
    """Our text without the title: the gold texts have none."""
    try:
        return read_article(Page(html, url)).body
    except BadInput:
        return ""


def quality(samples: list[Sample], texts: list[str]) -> dict[str, float]:
    pairs = list(zip(samples, texts, strict=True))
    numbers: dict[str, float] = {}
    for name, corpora in (
        ("aeb", {"aeb"}),
        ("fundus", {"fundus", "fundus_eval", "fundus_hist", "readability"}),
    ):
        chosen = [(s, t) for s, t in pairs if s.corpus in corpora and s.kind == "body"]
        numbers[f"{name}_f1"] = mean_f1(chosen)
        numbers[f"{name}_f1_tuned"] = mean_f1([(s, t) for s, t in chosen if not s.held_out])
        numbers[f"{name}_f1_held_out"] = mean_f1([(s, t) for s, t in chosen if s.held_out])
    numbers["segments_f1"] = segments_f1([(s, t) for s, t in pairs if s.kind == "segments"])
    return numbers


def mean_f1(pairs: list[tuple[Sample, str]]) -> float:
    """F1 of the mean precision and the mean recall over pages, as the published benchmark has it."""
    scores = [precision_recall(sample.gold, text) for sample, text in pairs]
    if not scores:
        return 0.0
    precision = statistics.fmean(p for p, _ in scores)
    recall = statistics.fmean(r for _, r in scores)
    return _harmonic(precision, recall)


def precision_recall(gold: str, text: str) -> tuple[float, float]:
    wanted, found = _shingles(gold), _shingles(text)
    common = (wanted & found).total()
    return (
        common / found.total() if found else 0.0 if wanted else 1.0,
        common / wanted.total() if wanted else 1.0,
    )


def segments_f1(pairs: list[tuple[Sample, str]]) -> float:
    """Over all pages: wanted segments found, unwanted ones found, wanted ones missed."""
    found = unwanted = missed = 0
    for sample, text in pairs:
        flat = " ".join(text.split())
        hits = [" ".join(segment.split()) in flat for segment in sample.gold["with"]]
        found += sum(hits)
        missed += len(hits) - sum(hits)
        unwanted += sum(" ".join(segment.split()) in flat for segment in sample.gold["without"])
    return 2 * found / (2 * found + unwanted + missed) if found else 0.0


def anchored(samples: list[Sample]) -> float:
    """Share of statements of 40 characters or more that are in the page's text nodes, white space aside."""
    hits = total = 0
    for sample in samples:
        found, quotes = anchored_on(sample)
        hits, total = hits + found, total + quotes
    return hits / total


def anchored_on(sample: Sample) -> tuple[int, int]:
    try:
        statements = statements_of(read_article(Page(sample.html, sample.url)))
    except BadInput:
        return 0, 0
    soup = BeautifulSoup(sample.html, "lxml")
    nodes = (node for node in soup.descendants if type(node) is NavigableString)
    page = re.sub(r"\s+", "", "".join(nodes))
    quotes = [s.text for s in statements if len(s.text) >= MIN_QUOTE]
    return sum(re.sub(r"\s+", "", quote) in page for quote in quotes), len(quotes)


def faults(folder: Path) -> list[str]:
    """What is wrong with our reading of a labelled page: quotes that are no statement, chrome that is text."""
    page = Page((folder / "page.html").read_text("utf-8"))
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    article = read_article(page)
    statements = {fold(statement.text) for statement in statements_of(article)}
    quotes = {row["quote"] for part in ("notes", "traps", "unsure") for row in gold.get(part, [])}
    chrome = {text for texts in meta["chrome"].values() for text in texts}
    soup = BeautifulSoup(page.html, "lxml")
    for selector in meta["not_text_in_body"]:
        chrome.update(" ".join(element.get_text(" ").split()) for element in soup.select(selector))
    return [
        *(f"no statement: {quote}" for quote in sorted(quotes) if fold(quote) not in statements),
        *(f"read: {text}" for text in sorted(chrome) if text and fold(text) in fold(article.text)),
    ]


def peers() -> dict[str, Callable[[str, str | None], str]]:
    """The extractors that are installed here, by name."""
    known = {"trafilatura": _trafilatura, "readability-lxml": _readability, "all <p>": _paragraphs}
    modules = {"trafilatura": "trafilatura", "readability-lxml": "readability", "all <p>": "bs4"}
    return {name: known[name] for name in known if importlib.util.find_spec(modules[name])}


def _trafilatura(html: str, url: str | None) -> str:
    trafilatura = importlib.import_module("trafilatura")
    return trafilatura.extract(html, url=url, include_comments=False) or ""


def _readability(html: str, url: str | None) -> str:
    document = importlib.import_module("readability").Document(html)
    return BeautifulSoup(document.summary(), "lxml").get_text(" ")


def _paragraphs(html: str, url: str | None) -> str:
    return "\n".join(p.get_text() for p in BeautifulSoup(html, "lxml").find_all("p"))


def _extract(samples: list[Sample], read: Callable[[str, str | None], str]) -> tuple[list[str], list[float]]:
    texts, times = [], []
    for sample in samples:
        start = time.perf_counter()
        texts.append(read(sample.html, sample.url))
        times.append((time.perf_counter() - start) * 1000)
    return texts, times


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    return Counter(tuple(tokens[at : at + GRAMS]) for at in range(max(1, len(tokens) - GRAMS + 1)) if tokens)


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


def outcome(html: str) -> str:
    """What becomes of a page: how many statements it gives, or why it is refused."""
    try:
        return f"{len(statements_of(read_article(Page(html)))):,} statements"
    except BadInput as error:
        return str(error)


def _in_process(name: str) -> dict[str, float | str]:
    """Seconds, megabytes at most, and outcome of a hostile page, in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (name,))


def _measured(name: str) -> dict[str, float | str]:
    html = HOSTILE[name]()
    start = time.process_time()  # of the processor: other programs on the machine do not count
    result = outcome(html)
    seconds = time.process_time() - start
    return {
        "seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "outcome": result,
    }


def _table() -> None:
    numbers = beside_peers()
    columns = [name for name in numbers if " " not in name]
    print(f"{'':18}" + "".join(f"{column:>20}" for column in columns))
    for prefix in ("", *(f"{name} " for name in peers())):
        cells = [numbers.get(f"{prefix}{column}") for column in columns]
        print(f"{prefix or 'obelism':18}" + "".join(f"{'' if c is None else f'{c:.4f}':>20}" for c in cells))


def _worst(count: int) -> None:
    samples = [s for s in read_samples() if s.kind == "body" and not s.held_out]
    texts, _ = _extract(samples, read_body)
    scored = [(precision_recall(s.gold, t), s) for s, t in zip(samples, texts, strict=True)]
    for (precision, recall), sample in sorted(scored, key=lambda pair: _harmonic(*pair[0]))[:count]:
        print(f"P {precision:.3f}  R {recall:.3f}  {sample.name}  {sample.url}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print run() as JSON")
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="name the N worst pages of the tuned half"
    )
    parser.add_argument("--hostile", action="store_true", help="measure hostile pages instead")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.hostile:
        for name in HOSTILE:
            row = _in_process(name)
            print(f"{row['seconds']:6.2f} s {row['megabytes']:5.0f} MB  {name}: {row['outcome']}", flush=True)
        return
    if options.json:
        print(json.dumps(run(), indent=1))
    else:
        _table()
    if options.worst:
        _worst(options.worst)


if __name__ == "__main__":
    main()
