"""All benchmarks in one run: `make bench`, or `python tests/bench [PART …]`. Writes docs/BENCHMARKS.md.

Prints one table; ends with 1 when a number is below its floor in floors.json or a promise is broken. Parts that lack
their data are skipped and named. When only some parts are asked for, the document keeps what was measured of the
others, and on which day.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent)]

from bench import table  # noqa: E402

FLOORS = json.loads((HERE / "floors.json").read_text("utf-8"))
# Each is a function without arguments: numbers by name, none when its data is not there.
PARTS = {
    "pages": "quality.pages",
    "story": "quality.story",
    "ordinary": "quality.ordinary",
    "documents": "quality.documents",
    "near_misses": "quality.near_misses",
    "paws": "quality.paws",
    "daccord": "quality.daccord",
    "framing": "framing.run",
    "judged_framing": "framing.judged",
    "retrieval": "retrieval.run",
    "look_ups": "retrieval.look_ups",
    "extraction": "extraction.beside_peers",
    "speed": "speed.run",
    "scale": "scale.run",
    "load": "load.run",
    "hostile": "hostile.run",
    "faults": "faults.run",
}


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - set(PARTS)
    if unknown:
        print(
            f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.", file=sys.stderr
        )
        return 2
    numbers = {name: found for name in chosen or PARTS if (found := measured(name))}
    skipped = [name for name in chosen or PARTS if name not in numbers]
    print("\n".join([table.table(numbers), "", *notes(numbers, skipped)]))
    if numbers:
        write(numbers)
        print(f"Written to {table.DOCUMENT.relative_to(HERE.parents[1])}.")
    return 1 if table.below_floors(numbers, FLOORS) or table.broken_promises(numbers) else 0


def write(numbers: table.Numbers) -> None:
    """The document: this run's parts, and of the others what an earlier run measured."""
    before, days = table.earlier()
    today = dict.fromkeys(numbers, time.strftime("%Y-%m-%d"))
    both = {part: numbers.get(part) or before[part] for part in PARTS if part in numbers or part in before}
    missing = [part for part in PARTS if part not in both]
    told = [table.table(both), "", *notes(both, missing)]
    every = table.every_number(both, days | today)
    table.write("\n".join([*told, "", "## Every number", every]))


def measured(name: str) -> dict[str, float]:
    """The numbers of a part; says on standard error how long they took."""
    started = time.perf_counter()
    module, _, function = PARTS[name].partition(".")
    numbers: dict[str, float] = getattr(import_module(f"bench.{module}"), function)()
    told = f"{time.perf_counter() - started:.0f} s" if numbers else "SKIPPED: its data is not on this machine"
    print(f"{name}: {told}", file=sys.stderr, flush=True)
    return numbers


def notes(numbers: table.Numbers, skipped: list[str]) -> list[str]:
    """What a reader of the table must know: the machine, what is missing, what is below its floor."""
    version, machine = platform.python_version(), platform.machine()
    lines = [f"Python {version}, {machine}, {os.cpu_count()} cores."]
    if peers := table.absent_peers(numbers):
        lines.append(f"Peers that this machine lacks: {', '.join(peers)}.")
    if skipped:
        lines.append(f"**Not measured**: {', '.join(skipped)}.")
    lines += [f"**Below its floor**: {one}." for one in table.below_floors(numbers, FLOORS)]
    return lines + [f"**A promise is broken**: {one}." for one in table.broken_promises(numbers)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
