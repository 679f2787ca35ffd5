"""Framing: does the page assert, report, deny or question the claim, and who speaks?

    python -m bench.framing             the table
    python -m bench.framing --json      the numbers of `run()`
    python -m bench.framing --errors N  N sentences of the tuning half that came out wrong, of each set

Every set is cut in two by topic (framing.jsonl by row): only the tuning half was ever looked at.
Run from `tests/`, or with `tests/` on the import path.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.evaluation import judge_pairs
from obelism.framing import frame, refers_back
from obelism.model import FRAMINGS, Claim
from obelism.pipeline import Pipeline

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
TRAIN = ROOT / "training"
TUNED_ON = ("a", "b", "c")


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled (sentence, claim) pair; `allowed` are the framings that count as right."""

    text: str
    claim: Claim
    language: str
    allowed: tuple[str, ...]
    context: tuple[str, ...] = ()
    speaker: str | None = None
    needs_context: bool = False
    held_out: bool = False


def run() -> dict[str, float]:
    """Accuracy of the rules alone by set and half, references back, speakers, and milliseconds a sentence."""
    if not DATA.exists():
        return {}
    numbers: dict[str, float] = {}
    times: list[float] = []
    for name, read in SETS.items():
        samples = list(read())
        for half, held_out in (("tuned", False), ("held_out", True)):
            chosen = [s for s in samples if s.held_out == held_out]
            if chosen:
                numbers[f"{name}_{half}"] = statistics.fmean(_is_right(s, times) for s in chosen)
    numbers |= _speakers() | _references()
    numbers["median_ms"] = statistics.median(times) * 1000
    return numbers


def judged() -> dict[str, float]:
    """Accuracy on the two public sets, with the verifier's opinion as on a page, and by the rules alone."""
    if not DATA.exists():
        return {}
    pipeline = Pipeline(Index.build([], default_encoder()))
    numbers: dict[str, float] = {}
    for name in ("framing", "emergent"):
        samples = list(SETS[name]())
        rows = [{"sentence": s.text, "claim": s.claim.text, "language": s.language} for s in samples]
        odds = [match.framing_odds for match in judge_pairs(rows, pipeline)]
        for half, held_out in (("tuned", False), ("held_out", True)):
            for way, said in (("", odds), ("rules_", [None] * len(odds))):
                numbers[f"{name}_{way}{half}"] = statistics.fmean(
                    frame(s.text, s.claim, s.language, s.context, one).framing in s.allowed
                    for s, one in zip(samples, said, strict=True)
                    if s.held_out == held_out
                )
    return numbers


def _is_right(sample: Sample, times: list[float]) -> bool:
    start = time.perf_counter()
    framed = frame(sample.text, sample.claim, sample.language, sample.context)
    times.append(time.perf_counter() - start)
    return framed.framing in sample.allowed


def _speakers() -> dict[str, float]:
    """Of the framing table's named speakers, how many are found; and of the None, how many stay None."""
    samples = [s for s in read_framing() if s.allowed[0] != "asserted"]
    found = [(s.speaker, frame(s.text, s.claim, s.language).speaker) for s in samples]
    return {
        "speakers_recall": statistics.fmean(_same_speaker(want, got) for want, got in found if want),
        "speakers_none": statistics.fmean(got is None for want, got in found if not want),
    }


def _same_speaker(wanted: str, got: str | None) -> bool:
    return got is not None and (wanted.casefold() in got.casefold() or got.casefold() in wanted.casefold())


def _references() -> dict[str, float]:
    """`refers_back` on the labelled sentences of the articles, both halves."""
    counts = Counter((s.needs_context, refers_back(s.text, s.language)) for s in read_articles())
    if not counts:
        return {}
    found = counts[True, True]
    return {
        "references_recall": found / (found + counts[True, False]),
        "references_false_alarms": counts[False, True] / (counts[False, True] + counts[False, False]),
    }


def read_framing() -> Iterator[Sample]:
    for number, row in enumerate(_rows(DATA / "stance" / "framing.jsonl")):
        claim = Claim("x", row["claim_text"], row["language"])
        allowed = (row["framing"],)
        yield Sample(
            row["sentence"], claim, row["language"], allowed, (), row["speaker"], held_out=number % 2 == 1
        )


def read_emergent() -> Iterator[Sample]:
    """For is asserted or attributed by a named source; observing is attributed or questioned."""
    stances = {"for": ("asserted",), "against": ("denied",), "observing": ("attributed", "questioned")}
    for row in _rows(DATA / "stance" / "emergent.jsonl"):
        claim = Claim("x", row["claim"], "en")
        allowed = stances[row["stance"]]
        yield Sample(row["headline"], claim, "en", allowed, held_out=_held_out(row["claim_id"]))


def read_pairs() -> Iterator[Sample]:
    for path in (DATA / "pairs" / "written.jsonl", *sorted((TRAIN / "pairs").glob("*.jsonl"))):
        for row in _rows(path):
            if row["same"]:
                claim = Claim("x", row["claim"], row["claim_lang"])
                allowed = (row["framing"],)
                held = _held_out(row["topic"])
                yield Sample(row["sentence"], claim, row["sentence_lang"], allowed, held_out=held)


def read_articles() -> Iterator[Sample]:
    """The articles of which the rules were tuned on a half."""
    for name in TUNED_ON:
        for article in _rows(TRAIN / "articles" / f"{name}.jsonl"):
            yield from _article_samples(article, _held_out(article["id"]))


def read_later_articles() -> Iterator[Sample]:
    """Those written since, for the verifier: no rule was tuned on any of them."""
    for path in sorted((TRAIN / "articles").glob("*.jsonl")):
        if path.stem not in TUNED_ON:
            for article in _rows(path):
                yield from _article_samples(article, held_out=True)


def _article_samples(article: dict[str, Any], held_out: bool) -> Iterator[Sample]:
    claims = {c["id"]: Claim(c["id"], c["text"], c["language"]) for c in article["claims"]}
    lines = [article["title"], *article["sentences"]]
    for label in article["labels"]:
        at = label["sentence"] + 1
        yield Sample(
            lines[at],
            claims[label["claim"]],
            article["language"],
            (label["framing"],),
            tuple(lines[:at][-4:]),
            needs_context=label.get("needs_context", False),
            held_out=held_out,
        )


SETS: dict[str, Callable[[], Iterator[Sample]]] = {
    "framing": read_framing,
    "emergent": read_emergent,
    "pairs": read_pairs,
    "articles": read_articles,
    "later_articles": read_later_articles,
}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _held_out(topic: str) -> bool:
    return hashlib.sha256(topic.encode()).digest()[0] % 2 == 1


def show_errors(limit: int, only: str | None = None) -> None:
    for name, read in SETS.items():
        if only and name != only:
            continue
        table: Counter[tuple[str, str]] = Counter()
        shown = 0
        for s in (s for s in read() if not s.held_out):
            framed = frame(s.text, s.claim, s.language, s.context)
            table[s.allowed[0], framed.framing] += 1
            if framed.framing not in s.allowed and shown < limit:
                shown += 1
                print(
                    f"{'/'.join(s.allowed)} -> {framed.framing} {framed.cues}\n   {s.claim.text}\n   {s.text}"
                )
        print(name, {f"{want}>{got}": table[want, got] for want in FRAMINGS for got in FRAMINGS})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--errors", type=int)
    parser.add_argument("--set", choices=tuple(SETS))
    options = parser.parse_args()
    if options.errors is not None:
        show_errors(options.errors, options.set)
    elif options.json:
        print(json.dumps(run()))
    else:
        for name, number in run().items():
            print(f"{name:30} {number:8.3f}")


if __name__ == "__main__":
    main()
