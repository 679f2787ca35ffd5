"""Where a run stands to the core decides how much it must look like the article to belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from obelism.article.outline import Box, Outline, Run
from obelism.article.wordlist import wordlist

_ITEMS = wordlist("article li tr")
_NUMBERS = re.compile(r"\d+ ")


@dataclass(slots=True)
class _Branch:
    """What a box off the spine inherits from the boxes between it and the spine, itself included."""

    item: bool = False
    """One of a list: a card, a row."""
    linked: bool = False
    """Its outermost box is a quarter links or more."""
    twin: bool = False
    """Its outermost box looks like the one beside it that is around the core."""
    body: bool = False
    """Named as an article's body."""
    picture: bool = False
    """Named as something around a picture."""


class Place:
    """Tells which runs belong to the article whose core is known."""

    def __init__(self, out: Outline, core: int, title: int) -> None:
        self.out = out
        self.title = title
        self.core = out.boxes[core]
        self.spine = frozenset(out.ancestors(core))
        self.branches = self._branches()

    def holds(self, index: int) -> bool:
        """Does the run at `index` belong to the article, its title aside?"""
        run = self.out.runs[index]
        if index == self.title or self.out.boxes[run.box].dropped:
            return False
        if self.core.first <= index < self.core.end:
            return True
        before = index < self.core.first
        if before and index < self.title:
            return False
        return self._belongs(run, self.branches[run.box], before)

    def _belongs(self, run: Run, branch: _Branch, before: bool) -> bool:
        """Is a run outside the core a further chunk of the article, or its lede?"""
        if branch.item or branch.linked:
            return False
        if branch.twin:
            return True
        if run.link_share > 0.3:
            return False
        if branch.body:
            return run.worth >= 60
        return before and not branch.picture and self._may_be_lede(run)

    def _may_be_lede(self, run: Run) -> bool:
        box = self.out.boxes[run.box]
        if box.tag == "h1":
            return False
        if "lede" in box.signs:
            return len(run.text) >= 40
        # Below a headline a lede often has no full stop.
        return run.worth >= 60 or (self.title >= 0 and len(run.text) >= 60 and run.link_chars == 0)

    def _branches(self) -> list[_Branch]:
        """One for each box, outermost first, so that each finds that of the box around it."""
        chars = self.out.sums(lambda run: len(run.text))
        links = self.out.sums(lambda run: run.link_chars)
        twins = {_look(self.out.boxes[index]) for index in self.spine if self.out.boxes[index].names}
        branches: list[_Branch] = []
        for index, box in enumerate(self.out.boxes):
            if index in self.spine:
                branches.append(_Branch())
                continue
            around, outermost = branches[box.parent], box.parent in self.spine
            branches.append(
                _Branch(
                    item=around.item or box.tag in _ITEMS,
                    linked=links(index) >= 0.25 * chars(index) if outermost else around.linked,
                    twin=_look(box) in twins if outermost else around.twin,
                    body=around.body or "body" in box.signs,
                    picture=around.picture or "picture" in box.signs,
                )
            )
        return branches


def _look(box: Box) -> tuple[int, str, str]:
    """What makes boxes twins: same place, same tag, same names but for numbers."""
    return box.parent, box.tag, _NUMBERS.sub("", box.names)
