"""The one table of `make bench`: what each number is called, who stands beside it, and what it should be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- measured by make bench -->", "<!-- end of what was measured -->"

Numbers = Mapping[str, Mapping[str, float]]
"""What was measured, by part and name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table; its numbers are named as the part names them."""

    part: str
    what: str
    measure: str
    ours: str = ""
    tuned: str = ""
    held_out: str = ""
    peers: Mapping[str, str] = field(default_factory=dict)
    """Who was measured in the same run, and the name of the number."""
    published: str = ""
    """What others report, on parts of the same sets that need not be ours."""
    goal: float | None = None
    at_most: bool = False
    """Less is better."""
    digits: int = 3
    is_promise: bool = False
    """The run fails when the goal is not met."""


PAGES = "labelled pages"
NAIVE = "each paragraph against each claim, token_set_ratio ≥ 70"
TWEETS, DEBATES, FRENCH = "tweets -> Snopes", "debates -> PolitiFact", "French posts -> claims"
EXTRACTORS = ("trafilatura", "readability-lxml", "all <p>")


def _look_ups(name: str, what: str, goal: float, with_extra: float, published: str = "") -> tuple[Line, Line]:
    peers = {"RapidFuzz alone": f"{name}_dev_rapidfuzz_map5", "BM25": f"{name}_dev_bm25_map5"}
    first, second = (
        Line(
            "look_ups",
            what,
            measure,
            tuned=f"{name}_train_{way}_map5",
            held_out=f"{name}_dev_{way}_map5",
            peers=peers,
            published=published,
            goal=least,
        )
        for way, measure, least in (
            ("ours", "MAP@5 of look-ups", goal),
            ("precise", "… with `obelism[precise]`", with_extra),
        )
    )
    return first, second


def _found(name: str, what: str) -> Line:
    return Line(
        "retrieval",
        what,
        "recall@50 of candidates",
        tuned=f"{name}_train_index_recall50",
        held_out=f"{name}_dev_index_recall50",
        peers={
            "our words alone": f"{name}_dev_words_recall50",
            "our meaning alone": f"{name}_dev_meaning_recall50",
        },
        goal=0.95,
    )


def _extracted(corpus: str, what: str, published: str) -> Line:
    return Line(
        "extraction",
        what,
        "F1 of the text",
        f"{corpus}_f1",
        f"{corpus}_f1_tuned",
        f"{corpus}_f1_held_out",
        {name: f"{name} {corpus}_f1" for name in EXTRACTORS},
        published,
    )


def _framed(name: str, what: str, goal: float, published: str = "") -> Line:
    return Line(
        "judged_framing",
        what,
        "accuracy",
        tuned=f"{name}_tuned",
        held_out=f"{name}_held_out",
        peers={"our rules without the verifier": f"{name}_rules_held_out"},
        published=published,
        goal=goal,
    )


LINES = (
    *(
        Line("pages", PAGES, measure, key, f"{key}_dev", f"{key}_test", peers, goal=goal)
        for measure, key, peers, goal in (
            ("precision of notes", "precision", {NAIVE: "naive_precision"}, 0.95),
            ("recall of notes", "recall", {NAIVE: "naive_recall"}, 0.60),
            ("framing of right notes", "framing", {}, 0.90),
        )
    ),
    Line("story", "our own golden pages", "precision of notes", tuned="precision", goal=0.95),
    Line("story", "our own golden pages", "recall of notes", tuned="recall", goal=0.60),
    Line(
        "ordinary",
        "real pages without these claims",
        "share with a flag",
        "flagged",
        peers={NAIVE: "naive_flagged"},
        goal=0.01,
        at_most=True,
    ),
    Line(
        "documents",
        "transcripts, 19,250 claims",
        "precision of judged notes",
        held_out="precision",
        goal=0.90,
    ),
    Line(
        "documents", "transcripts, 19,250 claims", "… unjudged taken for wrong", held_out="strict precision"
    ),
    Line("documents", "transcripts, 19,250 claims", "recall of notes", held_out="recall"),
    *_look_ups("tweets", TWEETS, 0.82, 0.85, "0.929 (test set, fine-tuned transformer)"),
    *_look_ups("debates", DEBATES, 0.50, 0.50, "0.328 (test set, official)"),
    *_look_ups("french", FRENCH, 0.76, 0.79),
    _found("tweets", TWEETS),
    _found("debates", DEBATES),
    _found("french", FRENCH),
    Line(
        "near_misses",
        "near misses",
        "accuracy of `same`",
        "accuracy",
        "accuracy_dev",
        "accuracy_test",
        goal=0.80,
    ),
    Line("near_misses", "near misses", "AUC", "AUC", peers={"token_set_ratio": "token_set_AUC"}),
    Line(
        "paws",
        "PAWS, English",
        "AUC",
        held_out="en_AUC",
        peers={"token_set_ratio": "en_token_set_AUC"},
        goal=0.70,
    ),
    Line(
        "paws",
        "PAWS, French",
        "AUC",
        held_out="fr_AUC",
        peers={"token_set_ratio": "fr_token_set_AUC"},
        goal=0.70,
    ),
    Line("daccord", "DACCORD contradictions", "recall of `same`", held_out="same"),
    Line("daccord", "DACCORD contradictions", "of these, `denied`", held_out="denied"),
    Line(
        "daccord",
        "DACCORD, contradiction or not",
        "AUC",
        held_out="AUC",
        peers={"token_set_ratio": "token_set_AUC"},
    ),
    _framed("framing", "framing, 60 sentences", 0.90),
    _framed("emergent", "Emergent headlines", 0.78, "0.73 (its paper)"),
    _extracted("aeb", "article-extraction-benchmark", "0.960 (trafilatura 2.3), 0.952 (Mozilla Readability)"),
    _extracted("fundus", "fundus pages", "0.949 (trafilatura 2.3), 0.911 (Mozilla Readability)"),
    Line(
        "extraction",
        "pages with marked segments",
        "F1",
        "segments_f1",
        peers={name: f"{name} segments_f1" for name in EXTRACTORS},
    ),
    Line("extraction", "all pages", "quotes found in the DOM", "anchored"),
    Line(
        "extraction",
        "all pages",
        "median ms",
        "median_ms",
        peers={name: f"{name} median_ms" for name in EXTRACTORS},
        digits=1,
    ),
    Line(
        "speed",
        "page of 1,500 words, starter claims",
        "median ms",
        "median ms",
        goal=100,
        at_most=True,
        digits=0,
    ),
    Line(
        "scale",
        "page of 50 sentences, 300,000 claims",
        "median ms",
        "page_ms",
        peers={
            "RapidFuzz over all": "naive_rapidfuzz_page_ms",
            "SQLite FTS5 + RapidFuzz": "sqlite_fts5_rapidfuzz_page_ms",
            "PostgreSQL pg_trgm": "postgres_pg_trgm_page_ms",
        },
        goal=120,
        at_most=True,
        digits=0,
    ),
    Line("scale", "300,000 claims, two processes", "pages/s", "pages_per_s_2_processes", goal=15, digits=1),
    Line(
        "scale",
        "ten times the claims",
        "times the time",
        "ten_times_the_claims",
        goal=2,
        at_most=True,
        digits=1,
    ),
    Line("scale", "300,000 claims, four workers", "MB", "four_workers_mb", goal=1024, at_most=True, digits=0),
    Line("scale", "building the index", "claims/s", "build_claims_per_s", goal=1000, digits=0),
    Line(
        "scale",
        "starting with an index",
        "s",
        "start_s",
        goal=2,
        at_most=True,
        digits=1,
    ),
    Line("load", "a page read before, 8 readers", "pages/s", "per_second_known", goal=500, digits=0),
    Line("load", "new pages, 8 readers", "99th percentile, ms", "p99_ms_8", digits=0),
    Line("load", "new pages, 64 readers", "99th percentile, ms", "p99_ms_64", digits=0),
    *(
        Line("load", what, measure, name, goal=goal, at_most=at_most, digits=0, is_promise=True)
        for what, measure, name, goal, at_most in (
            ("all requests of the load", "requests refused or failed", "errors", 0, True),
            ("18,000 requests after a warm-up", "growth of a worker, MB", "growth_mb", 10, True),
            ("18,000 requests after a warm-up", "workers replaced", "workers_replaced", 0, True),
            ("a stop with requests in work", "requests in work", "stop_in_work", 1, False),
            ("a stop with requests in work", "requests lost", "stop_lost", 0, True),
            ("a stop with requests in work", "exit code", "stop_code", 0, True),
        )
    ),
    Line(
        "hostile",
        "requests made to hurt",
        "over 5 s or 500 MB",
        "over",
        goal=0,
        at_most=True,
        digits=0,
        is_promise=True,
    ),
    Line("hostile", "requests made to hurt", "slowest, s", "slowest_s", goal=5, at_most=True, digits=2),
    *(
        Line(
            "faults",
            "service and writers, killed",
            measure,
            name,
            goal=goal,
            at_most=at_most,
            digits=0,
            is_promise=True,
        )
        for measure, name, goal, at_most in (
            ("kills", "kills", 200, False),
            ("kinds of writes with a loss", "broken", 0, True),
        )
    ),
)
HEAD = ("set", "measure", "ours", "tuned half", "held-out half", "peers, same run", "published", "goal")


def table(numbers: Numbers, lines: Iterable[Line] = LINES) -> str:
    """Markdown, its columns aligned; lines of which nothing was measured are left out."""
    rows = [
        HEAD,
        *(_row(line, numbers[line.part]) for line in lines if _value(line, numbers.get(line.part, {}))),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def absent_peers(numbers: Numbers, lines: Iterable[Line] = LINES) -> list[str]:
    """Peers of measured lines that this machine lacks."""
    return sorted(
        {
            peer
            for line in lines
            if _value(line, numbers.get(line.part, {}))
            for peer, name in line.peers.items()
            if name not in numbers[line.part]
        }
    )


def below_floors(numbers: Numbers, floors: Numbers) -> list[str]:
    """What is worse than it was: `part name: 0.812, floor 0.820`."""
    return [
        f"{part} {name}: {numbers[part][name]:.3f}, floor {floor:.3f}"
        for part, some in floors.items()
        if numbers.get(part)
        for name, floor in some.items()
        if numbers[part][name] < floor
    ]


def broken_promises(numbers: Numbers, lines: Iterable[Line] = LINES) -> list[str]:
    """What must hold and does not: `load requests lost: 2, goal 0`."""
    return [
        f"{line.part} {line.measure}: {value:g}, goal {line.goal:g}"
        for line in lines
        for value in _value(line, numbers.get(line.part, {}))[:1]
        if line.is_promise and line.goal is not None and not _is_met(line, value)
    ]


def every_number(numbers: Numbers, days: Mapping[str, str]) -> str:
    """All that was measured, under the names that floors and scripts use, with the day of each part."""
    lines: list[str] = []
    for part, some in numbers.items():
        lines += ["", f"### {part}, {days[part]}", "", "| name | value |", "|---|---|"]
        lines += [f"| {name} | {value:.3f} |" for name, value in some.items()]
    return "\n".join(lines)


def earlier(document: Path = DOCUMENT) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """What `every_number` wrote there: numbers by part, and the day of each."""
    numbers: dict[str, dict[str, float]] = {}
    days: dict[str, str] = {}
    for part, day, rows in re.findall(
        r"^### (\w+), ([\d-]+)\n\n\| name \| value \|\n.*\n((?:\|.*\n)*)",
        document.read_text("utf-8"),
        re.MULTILINE,
    ):
        numbers[part] = {name: float(value) for name, value in re.findall(r"\| (.*) \| (.*) \|", rows)}
        days[part] = day
    return numbers, days


def write(measured: str, document: Path = DOCUMENT) -> None:
    """Put what was measured in place of an earlier run; the words around it stay."""
    block = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    text = document.read_text("utf-8")
    document.write_text(block.sub(lambda _: f"{BEGIN}\n\n{measured}\n\n{END}", text), "utf-8")


def _value(line: Line, numbers: Mapping[str, float]) -> tuple[float, ...]:
    """Our numbers, those that nothing was tuned on first; none where the line was not measured."""
    return tuple(numbers[name] for name in (line.held_out, line.ours, line.tuned) if name in numbers)


def _row(line: Line, numbers: Mapping[str, float]) -> Sequence[str]:
    def told(name: str) -> str:
        return f"{numbers[name]:,.{line.digits}f}" if name in numbers else ""

    peers = ", ".join(f"{told(name)} {peer}" for peer, name in line.peers.items() if name in numbers)
    ours = (told(line.ours), told(line.tuned), told(line.held_out))
    return (line.what, line.measure, *ours, peers, line.published, _goal(line, _value(line, numbers)[0]))


def _goal(line: Line, value: float) -> str:
    if line.goal is None:
        return ""
    return f"{'≤' if line.at_most else '≥'} {line.goal:g}: {'met' if _is_met(line, value) else 'not met'}"


def _is_met(line: Line, value: float) -> bool:
    return line.goal is None or (value <= line.goal if line.at_most else value >= line.goal)
