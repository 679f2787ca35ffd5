"""Which runs of a page are its article."""

from __future__ import annotations

from obelism.article.asides import drop_asides
from obelism.article.core import find_core, is_consent
from obelism.article.names import AWAY, CLOSING, FURNITURE, TALK_HEADING
from obelism.article.outline import HEADINGS, Outline, Run, reads_as_sentence
from obelism.article.place import Place

_SHORT = 80  # characters: a heading, a label
_PARAGRAPH = 40
_OPENING = 150  # characters of text before which no heading closes an article


def body_runs(out: Outline, title: int) -> list[int]:
    """Indexes of the runs that are the article, in reading order, without the title (-1: none is shown)."""
    core = find_core(out, title)
    if core < 0 or is_consent(out, core):
        return []
    drop_asides(out, core)
    place = Place(out, core, title)
    scope = out.boxes[_scope(out, core)]
    # A lede may stand right under the headline, far from the box with the text.
    first = title + 1 if 0 <= title < scope.first else scope.first
    return _tidy(out, [index for index in range(first, scope.end) if place.holds(index)])


def _scope(out: Outline, core: int) -> int:
    """The box around the core with the greatest sum of text minus furniture; the inner one of equals."""
    value = out.sums(lambda run: _value(out, run))
    return max(out.ancestors(core), key=lambda index: (value(index), index))


def _value(out: Outline, run: Run) -> float:
    box = out.boxes[run.box]
    if box.dropped or box.tag in HEADINGS:
        return 0.0
    if run.link_share > 0.6:
        return -min(len(run.text), 60) / 2
    return run.worth or -6.0


def _is_furniture(run: Run) -> bool:
    if run.link_share > 0.8:
        return True
    size = len(run.text)
    return (size < 200 and FURNITURE.match(run.text) is not None) or (
        size < 250 and AWAY.match(run.text) is not None
    )


def _tidy(out: Outline, chosen: list[int]) -> list[int]:
    """Without what follows a closing, furniture, labels before the text, empty headings, repetitions."""
    chosen = [index for index in _until_closing(out, chosen) if not _is_furniture(out.runs[index])]
    chosen = _from_first_paragraph(out, chosen)
    chosen = [index for at, index in enumerate(chosen) if not _leads_to_nothing(out, chosen, at)]
    return _once(out, chosen)


def _until_closing(out: Outline, chosen: list[int]) -> list[int]:
    """Up to a heading like "3 comments", or one like "Related" that stands behind most of the text."""
    total = sum(out.runs[index].worth for index in chosen)
    seen = 0.0
    for at, index in enumerate(chosen):
        run = out.runs[index]
        seen += run.worth
        if seen < _OPENING or not _heads(out, run):
            continue
        tagged = out.boxes[run.box].tag in HEADINGS
        if TALK_HEADING.match(run.text) or (tagged and seen > 0.5 * total and CLOSING.match(run.text)):
            return chosen[:at]
    return chosen


def _heads(out: Outline, run: Run) -> bool:
    if len(run.text) > _SHORT:
        return False
    return out.boxes[run.box].tag in HEADINGS or run.strong_chars >= 0.9 * len(run.text) or len(run.text) < 30


def _from_first_paragraph(out: Outline, chosen: list[int]) -> list[int]:
    for at, index in enumerate(chosen):
        text = out.runs[index].text
        if (len(text) >= _PARAGRAPH and reads_as_sentence(text)) or out.runs[index].worth:
            start = at
            while start and out.boxes[out.runs[chosen[start - 1]].box].tag in HEADINGS - {"h1"}:
                start -= 1
            return chosen[start:]
    return []


def _leads_to_nothing(out: Outline, chosen: list[int], at: int) -> bool:
    """Is this a heading with a list of links, or nothing, between it and the next chosen run?"""
    run = out.runs[chosen[at]]
    if out.boxes[run.box].tag not in HEADINGS or len(run.text) > _SHORT:
        return False
    if at + 1 == len(chosen):
        return True
    between = out.runs[chosen[at] + 1 : chosen[at + 1]]
    return sum(skipped.link_share > 0.6 for skipped in between) > 1


def _once(out: Outline, chosen: list[int]) -> list[int]:
    """Without paragraphs that were there before: a lede is often given twice."""
    seen: set[str] = set()
    kept = []
    for index in chosen:
        text = out.runs[index].text
        if len(text) < _PARAGRAPH or text not in seen:
            kept.append(index)
        seen.add(text)
    return kept
