"""Where on the page the article is: the box whose own paragraphs hold most running text."""

from __future__ import annotations

from obelism.article.outline import HEADINGS, Outline
from obelism.article.wordlist import wordlist

_PARAGRAPHS = HEADINGS | wordlist("p blockquote li pre dd dt center")
_STORY = 250.0  # characters of running text: more than a headline and a lede
_FRAMES = wordlist("aside footer figcaption caption figure address form")


def find_core(out: Outline, title: int) -> int:
    """Index of the box that holds the article's paragraphs; -1 when there is no running text.

    Each paragraph speaks for the box around it, half as much for the box around that, and a quarter
    for the next: the article wins over a wrapper with everything, and over its own chunks. Readers'
    talk, often longer than the article, speaks only when nothing else does.
    """
    elsewhere = _elsewhere(out, title)
    score = _scores(out, _trust(out, title, elsewhere, of_talk=0.0))
    if not any(score):
        score = _scores(out, _trust(out, title, elsewhere, of_talk=1.0))
    best = max(range(len(score)), key=score.__getitem__)
    return best if score[best] > 0 else -1


def _scores(out: Outline, trust: list[float]) -> list[float]:
    score = [0.0] * len(out.boxes)
    for index, run in enumerate(out.runs):
        weight = run.worth * trust[run.box]
        if weight and out.is_teaser(index):
            weight *= 0.1
        box = run.box
        if out.boxes[box].tag in _PARAGRAPHS and out.boxes[box].parent >= 0:
            box = out.boxes[box].parent
        for share in (1.0, 0.5, 0.25):
            if weight and box >= 0:
                score[box] += weight * share
                box = out.boxes[box].parent
    return score


def _trust(out: Outline, title: int, elsewhere: frozenset[int], of_talk: float) -> list[float]:
    """For each box, how far its names and those around it speak for or against an article."""
    trust: list[float] = []
    for index, box in enumerate(out.boxes):
        factor = trust[box.parent] if box.parent >= 0 else 1.0
        # What holds the headline is no aside: "comments-enabled" may be the name of a whole page.
        if box.parent > 0 and not box.first <= title < box.end:
            factor *= 0.3 if box.tag in _FRAMES else 1.0
            factor *= of_talk if "talk" in box.signs else 0.6 if "aside" in box.signs else 1.0
            factor *= 1.3 if "body" in box.signs else 1.0
        trust.append(min(factor * (0.1 if index in elsewhere else 1.0), 1.6))
    return trust


def _elsewhere(out: Outline, title: int) -> frozenset[int]:
    """Other `<article>` elements than the headline's, if that holds text: the next stories of an endless page."""
    if title < 0:
        return frozenset()
    worth = out.sums(lambda run: run.worth)
    around = out.ancestors(out.runs[title].box)
    own = next((index for index in around if out.boxes[index].tag == "article"), -1)
    if own < 0 or worth(own) < _STORY:
        return frozenset()
    box = out.boxes[own]
    return frozenset(
        index
        for index, other in enumerate(out.boxes)
        if other.tag == "article" and (other.end <= box.first or other.first >= box.end)
    )


def is_consent(out: Outline, core: int) -> bool:
    """Is the core only a notice about cookies? So it looks when a page draws its article by script."""
    box = out.boxes[core]
    named = any("consent" in out.boxes[index].signs for index in out.ancestors(core))
    return named and any("cookie" in run.text.lower() for run in out.runs[box.first : box.end])
