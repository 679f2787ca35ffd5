"""The golden pages of our own (`tests/pages/story-*`): what must be read on them, and what must not.

Each folder holds `page.html` and `gold.json`: `notes` (quote, claim, framing; `framing_also` where two are
defensible, `needs_context` where the sentence refers back), `traps` (no note there; `chrome` marks text that is
not the article) and `unsure` (neither right nor wrong). Claims are starter claims, or the folder's own
`claims.jsonl`. Quotes are written without soft hyphens and with plain spaces.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from obelism import records
from obelism.article import read_article
from obelism.model import FRAMINGS, Article, Claim, Page
from obelism.statements import statements_of
from obelism.text import fold

PAGES = sorted((Path(__file__).parents[1] / "pages").glob("story-*"))
STORY = pytest.mark.parametrize("folder", PAGES, ids=lambda folder: folder.name)

KINDS = {
    "story-verif-5g": "fact-check",
    "story-satire-moon-studio": "satire",
    "story-opinion-tariffs": "opinion",
}
WITHOUT_CLAIM = ("story-ordinary-vaccination", "story-ordinary-wind-farm")


@cache
def article(folder: Path) -> Article:
    return read_article(Page((folder / "page.html").read_text(encoding="utf-8")))


@cache
def gold(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return json.loads((folder / "gold.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def claims(folder: Path) -> dict[str, Claim]:
    lines = files("obelism.starter").joinpath("claims.jsonl").read_text(encoding="utf-8").splitlines()
    own = folder / "claims.jsonl"
    if own.exists():
        lines += own.read_text(encoding="utf-8").splitlines()
    return {claim.id: claim for claim in (records.parse(json.loads(line)) for line in lines)}


def labels(folder: Path) -> list[dict[str, Any]]:
    return [*chain.from_iterable(gold(folder).values())]


def test_both_languages_have_their_pages() -> None:
    languages = [article(folder).language for folder in PAGES]
    assert set(languages) == {"fr", "en"}
    assert min(languages.count("fr"), languages.count("en")) >= 6


@STORY
def test_every_labelled_sentence_is_read_as_one_statement(folder: Path) -> None:
    read = {fold(statement.text) for statement in statements_of(article(folder))}
    quotes = [label["quote"] for label in labels(folder) if not label.get("chrome")]
    assert [quote for quote in quotes if fold(quote) not in read] == []


@STORY
def test_teasers_comments_captions_and_hidden_text_are_not_read(folder: Path) -> None:
    text = fold(article(folder).text)
    read = [trap["quote"] for trap in gold(folder)["traps"] if trap.get("chrome")]
    assert read
    assert [quote for quote in read if fold(quote) in text] == []


@STORY
def test_the_kind_of_page_is_recognised(folder: Path) -> None:
    assert article(folder).kind == KINDS.get(folder.name, "news")


@STORY
def test_labels_name_known_claims_and_framings(folder: Path) -> None:
    known = claims(folder)
    assert [label["claim"] for label in labels(folder) if label["claim"] not in known] == []
    assert {note["framing"] for note in gold(folder)["notes"]} <= set(FRAMINGS)


@STORY
def test_no_label_contradicts_another(folder: Path) -> None:
    pairs = [(label["quote"], label["claim"]) for label in labels(folder)]
    assert len(set(pairs)) == len(pairs)


@STORY
def test_no_noted_sentence_repeats_a_claim_word_for_word(folder: Path) -> None:
    wordings = [fold(wording.text) for claim in claims(folder).values() for wording in claim.wordings]
    quotes = [fold(note["quote"]) for note in gold(folder)["notes"]]
    copied = [q for q in quotes if process.extractOne(q, wordings, scorer=fuzz.ratio, score_cutoff=90)]
    assert copied == []


def test_two_pages_are_on_the_same_topics_without_any_claim() -> None:
    empty = [folder.name for folder in PAGES if not gold(folder)["notes"]]
    assert empty == sorted(WITHOUT_CLAIM)


def test_one_page_is_about_a_claim_that_is_known_in_the_other_language_only() -> None:
    folder = next(folder for folder in PAGES if (folder / "claims.jsonl").exists())
    wordings = claims(folder)["police-lingettes-chariots-fentanyl"].wordings
    assert {wording.language for wording in wordings} == {"fr"}
    assert article(folder).language == "en"
