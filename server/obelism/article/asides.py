"""Which boxes in and around the core are not the article: furniture, teasers, talk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from obelism.article.names import AWAY, OFFER
from obelism.article.outline import Box, Outline, Run
from obelism.article.wordlist import wordlist

_NEVER = wordlist("figcaption caption footer legend")
_SELDOM = wordlist("aside figure address fieldset form")
_LISTS = wordlist("ul ol div section table dl")
_PARAGRAPHS = wordlist("p li")
_PARAGRAPH = 100  # characters of running text from which a box counts as holding paragraphs
MAX_DROPPED = 0.3
SMALL = 300  # characters that may always go by name: the captions of a very short article


def drop_asides(out: Outline, core: int) -> None:
    """Mark as dropped what is not the article; never a box around the core, nor one that looks like it.

    Names may be wrong about a page: no single box with more than MAX_DROPPED of the core's running
    text goes by its name, readers' talk excepted.
    """
    judge = _Judge(out, core)
    for index, box in enumerate(out.boxes):
        if index not in judge.spine:
            box.dropped = out.boxes[box.parent].dropped or judge.is_aside(index)


class _Judge:
    def __init__(self, out: Outline, core: int) -> None:
        self.out = out
        self.spine = frozenset(out.ancestors(core))
        around = (out.boxes[index] for index in self.spine)
        self.twins = {(box.tag, box.names) for box in around if box.names}
        self.running: Callable[[int], float] = out.sums(_running)
        self.chars = out.sums(lambda run: len(run.text))
        self.links = out.sums(lambda run: run.link_chars)
        self.long = out.sums(lambda run: len(run.text) >= 200)
        self.limit = max(MAX_DROPPED * self.running(core), SMALL)
        self.common = self._common(core)

    def _common(self, core: int) -> frozenset[tuple[str, str]]:
        """Tag and names of paragraphs that together are much of the core: such names mean nothing."""
        chars: Counter[tuple[str, str]] = Counter()
        for run in self.out.runs[self.out.boxes[core].first : self.out.boxes[core].end]:
            box = self.out.boxes[run.box]
            if box.tag in _PARAGRAPHS:
                chars[box.tag, box.names] += len(run.text) - run.link_chars
        return frozenset(look for look, total in chars.items() if total > self.limit)

    def is_aside(self, index: int) -> bool:
        box = self.out.boxes[index]
        if (box.tag, box.names) in self.twins:
            return False
        if box.tag in _NEVER or "talk" in box.signs:
            return True
        if (box.tag, box.names) in self.common:
            return False
        running = self.running(index)
        if running <= self.limit and _is_named_aside(box):
            return True
        if running <= self.limit and "offer" in box.signs and self._offers(box):
            return True
        if running < _PARAGRAPH and "trifle" in box.signs:
            return True
        return self._is_link_list(index) or (box.tag == "table" and not self.long(index))

    def _offers(self, box: Box) -> bool:
        return any(OFFER.search(run.text) for run in self.out.runs[box.first : min(box.end, box.first + 8)])

    def _is_link_list(self, index: int) -> bool:
        box = self.out.boxes[index]
        if box.tag not in _LISTS or box.end - box.first < 2:
            return False
        chars, links = self.chars(index), self.links(index)
        if links > 0.5 * chars:
            return True
        return chars < 600 and links > 0.2 * chars and AWAY.match(self.out.runs[box.first].text) is not None


def _running(run: Run) -> float:
    return len(run.text) - run.link_chars if len(run.text) >= 80 else 0


def _is_named_aside(box: Box) -> bool:
    return box.tag in _SELDOM or ("aside" in box.signs and "body" not in box.signs)
