"""Check labelled articles for form: `python training/check.py [FILE …]`; names file, line and fault, exits 1 if any."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from examples import HERE
from obelism.model import FRAMINGS
from obelism.text import fold


def faults(article: dict) -> Iterator[str]:
    """What is wrong with one article; nothing when it can be trained on."""
    sentences, claims = article["sentences"], [claim["id"] for claim in article["claims"]]
    if len(set(claims)) < len(claims):
        yield "two claims have the same id"
    if not 8 <= len(sentences) <= 60:
        yield f"{len(sentences)} sentences: 8 to 60 are wanted"
    for claim in article["claims"]:
        if claim["language"] not in ("en", "fr"):
            yield f"claim {claim['id']}: its language is neither en nor fr"
        if "translation" in claim and fold(claim["translation"]) == fold(claim["text"]):
            yield f"claim {claim['id']}: the translation is the text"
    seen: set[tuple[int, str]] = set()
    for kind in ("labels", "unsure"):
        for label in article[kind]:
            key = (label["sentence"], label["claim"])
            if key in seen:
                yield f"sentence {key[0]} has claim {key[1]} twice"
            seen.add(key)
            if not -1 <= label["sentence"] < len(sentences):
                yield f"there is no sentence {label['sentence']}"
            if label["claim"] not in claims:
                yield f"there is no claim {label['claim']}"
            if kind == "labels" and label["framing"] not in FRAMINGS:
                yield f"sentence {label['sentence']}: no such framing, {label['framing']}"


def main(paths: list[str]) -> int:
    found = 0
    ids: dict[str, str] = {}
    for path in map(Path, paths or sorted((HERE / "articles").glob("*.jsonl"))):
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            if not line.strip():
                continue
            place = f"{path.name} line {number}"
            try:
                article = json.loads(line)
                said = list(faults(article))
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                said = [f"not an article: {error!r}"]
            else:
                if article["id"] in ids:
                    said.append(f"the id {article['id']} is that of {ids[article['id']]}")
                ids[article["id"]] = place
            for fault in said:
                print(f"{place}: {fault}")
            found += len(said)
    print(f"{len(ids)} articles, {found} faults")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
