"""All benchmarks in one run: `make bench`, or `python tests/bench [NAME …]`. Writes docs/BENCHMARKS.md."""

from __future__ import annotations

import importlib
import json
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "floors.json").read_text("utf-8"))
sys.path[:0] = [str(HERE.parent)]

# Each module has `run() -> dict[str, float]`; the order is that of the table.
NAMES = ("quality", "extraction", "framing", "retrieval", "speed", "scale", "load", "hostile")


def main(chosen: list[str]) -> None:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (`python tests/bench`); numbers of one run on one machine, so compare within a table.",
        f"Python {platform.python_version()}, {platform.machine()}, {time.strftime('%Y-%m-%d')}.",
        "Sets: ../shared/data, cut in two by a hash; `dev` was tuned on, `test` was not.",
    ]
    for name in chosen or NAMES:
        if not (HERE / f"{name}.py").exists():
            print(f"SKIPPED {name}: there is no such benchmark", file=sys.stderr)
            continue
        started = time.perf_counter()
        numbers = importlib.import_module(f"bench.{name}").run()
        lines += ["", f"## {name}", "", "| measure | value |", "|---|---|"]
        lines += [f"| {key} | {value:.3f} |" for key, value in numbers.items()]
        print("\n".join(lines[-len(numbers) :]))
        for key, floor in FLOORS.get(name, {}).items():
            if numbers and numbers[key] < floor:
                lines.append(f"| **{key} is below its floor** | {floor:.3f} |")
                print(lines[-1])
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    if not chosen:
        (HERE.parents[1] / "docs" / "BENCHMARKS.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
