"""Measured costs -> the tables of docs/SCALING.md: what one page costs, and what many readers and claims would."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "SCALING.md"
BEGIN, END = "<!-- measured by make bench -->", "<!-- end of what was measured -->"

# What is not measured but assumed; the document says so.
PAGES_A_READER = 5
PEAK_HOUR_SHARE = 0.1
KNOWN_PAGES = 0.5
BUSY = 0.6
CORES_A_NODE = 16
# Processes that build an index, at most (candidates/segment.py).
BUILDERS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What so many claims and readers a day need."""

    claims: int
    readers: int
    page_cpu_ms: float
    pages_per_s: float
    cores: int
    nodes: int
    index_gb: float
    build_hours: float


def plan(numbers: dict[str, float], claims: int, readers: int) -> Plan:
    """From the numbers of `scale.run`, by powers of ten: each costs what the last one measured did."""
    tens = math.log10(claims / numbers["claims"])
    page = numbers["page_cpu_ms"] * max(1.0, numbers["ten_times_the_claims"]) ** max(0.0, tens)
    pages = readers * PAGES_A_READER * PEAK_HOUR_SHARE / 3600
    cores = math.ceil(pages * (1 - KNOWN_PAGES) * page / 1000 / BUSY)
    return Plan(
        claims,
        readers,
        page,
        pages,
        cores,
        # One more than needed: a node may die, or be upgraded, in the busiest hour.
        math.ceil(cores / CORES_A_NODE) + 1,
        numbers["disk_mb"] / 1024 * claims / numbers["claims"],
        claims / numbers["build_claims_per_cpu_s"] / BUILDERS / 3600,
    )


def tables(numbers: dict[str, float]) -> str:
    """The measured block of the document."""
    rows = [f"| {name.replace('_', ' ')} | {_told(value)} |" for name, value in numbers.items()]
    plans = [
        plan(numbers, claims, readers)
        for claims, readers in ((300_000, 10_000), (300_000, 1_000_000), (10_000_000, 1_000_000))
    ]
    return "\n".join(
        [
            f"Measured {time.strftime('%Y-%m-%d')} by `make bench`; `ms` are of one page.",
            "",
            "| | |",
            "|---|---|",
            *rows,
            "",
            "What follows:",
            "",
            "| claims | readers a day | a page, ms of a core | pages/s in the busiest hour | cores | nodes of 16 cores "
            "| index on each node, GB | building it anew, hours |",
            "|---|---|---|---|---|---|---|---|",
            *(
                f"| {p.claims:,} | {p.readers:,} | {p.page_cpu_ms:.0f} | {p.pages_per_s:.1f} | {p.cores} | {p.nodes} "
                f"| {p.index_gb:.1f} | {p.build_hours:.2f} |"
                for p in plans
            ),
        ]
    )


def _told(value: float) -> str:
    """With the digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def write(numbers: dict[str, float], document: Path = DOCUMENT) -> None:
    """Put the tables in place of those of an earlier run; the words around them stay."""
    text = document.read_text("utf-8")
    block = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    document.write_text(block.sub(lambda _: f"{BEGIN}\n\n{tables(numbers)}\n\n{END}", text), "utf-8")
