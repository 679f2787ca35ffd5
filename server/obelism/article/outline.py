"""The tree of a page, flattened once into boxes (block elements) and runs (unbroken text in a box).

Everything later works on these two lists, in reading order, without recursion and in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from obelism.article.names import Sign, signs_of
from obelism.article.wordlist import wordlist

HEADINGS = wordlist("h1 h2 h3 h4 h5 h6")
MAX_TEASER = 300  # characters


@dataclass(slots=True)
class Box:
    """A block element: its place in the tree and the runs that it holds, `runs[first:end]`."""

    parent: int
    """Index of the box around it; -1 for the root."""
    tag: str
    names: str
    """Words of class, id and other telling attributes, each between spaces: " article body "."""
    signs: frozenset[Sign]
    """What these names tell."""
    first: int
    end: int = 0
    dropped: bool = False
    """Found not to be the article; so is every box in it."""


@dataclass(slots=True)
class Run:
    """Text without a block boundary in it, in the page's own characters, ordinary white space collapsed."""

    text: str
    box: int
    link_chars: int
    """How many characters of it are links."""
    strong_chars: int
    """How many are bold."""

    @property
    def link_share(self) -> float:
        return self.link_chars / len(self.text)

    @property
    def worth(self) -> float:
        """How much it looks like a paragraph of an article: about its length; 0 for links and labels."""
        chars = len(self.text) - self.link_chars
        if chars < 40 or self.link_share > 0.5:
            return 0.0
        return min(chars, 400) * (1.0 if reads_as_sentence(self.text) else 0.3)


@dataclass(slots=True)
class Outline:
    """All boxes, each after the box around it, and all runs; `sums` answers "how much in this box"."""

    boxes: list[Box] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def ancestors(self, box: int) -> Iterator[int]:
        """`box` and the boxes around it, from the inside out."""
        while box >= 0:
            yield box
            box = self.boxes[box].parent

    def is_teaser(self, run: int) -> bool:
        """Is it a short text under a linked heading, as on a card that leads to another article?"""
        if run == 0 or len(self.runs[run].text) > MAX_TEASER:
            return False
        before = self.runs[run - 1]
        around = (before.box, self.boxes[before.box].parent)
        return before.link_share > 0.8 and any(self.boxes[box].tag in HEADINGS for box in around if box >= 0)

    def sums(self, of: Callable[[Run], float]) -> Callable[[int], float]:
        """A function that gives the sum of `of` over the runs of a box, in constant time."""
        totals = [0.0, *accumulate(map(of, self.runs))]
        return lambda box: totals[self.boxes[box].end] - totals[self.boxes[box].first]


_SENTENCE_END = re.compile(r"[.!?…।。！？؟][»”\"'’)\]\s]*$")
_SENTENCE_INSIDE = re.compile(r"[.!?।؟]\s|[。！？]")


def reads_as_sentence(text: str) -> bool:
    """Does `text` end, or have inside, what ends a sentence?"""
    return _SENTENCE_END.search(text[-8:]) is not None or _SENTENCE_INSIDE.search(text[:2000]) is not None


def outline(soup: BeautifulSoup) -> Outline:
    """The visible text of a parsed page."""
    return _Walk().over(soup.body or soup)


# Elements whose content a reader never sees as text, or that are controls.
_UNREAD = wordlist(
    "script style noscript template iframe svg canvas audio video object embed map select option optgroup "
    "textarea input button datalist dialog title meta link nav marquee progress meter applet frameset "
    "noframes amp-ad amp-embed amp-sidebar"
)
_UNREAD_ROLES = wordlist("alertdialog dialog navigation contentinfo search toolbar menu menubar tooltip")
_INLINE = wordlist(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rb rp rt "
    "ruby s samp small span strike strong sub sup time tt u var wbr math mi mn mo mrow msup picture source img "
    "amp-img"
)
_TELLING = ("class", "id", "itemprop", "data-testid", "data-component", "name", "role", "aria-label")
_NAMELESS: tuple[str, frozenset[Sign]] = ("", frozenset())
_UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORDS = re.compile(r"[^a-zà-ÿ0-9]+")
# Only the white space that HTML collapses: a no-break space is a character of the text.
_SPACES = re.compile(r"[ \t\n\r\f]+")
_WORDY = re.compile(r"\w")
_CLAUSE_END = re.compile(r"[.!?…:;»”\"')\]]\s*$")


class _Walk:
    """One pass over the tree with a stack of its own: pages nest deeper than Python recurses."""

    def __init__(self) -> None:
        self.out = Outline()
        self.box = -1
        self.pieces: list[str] = []
        self.links = self.strongs = 0  # open elements of the kind
        self.link_chars = self.strong_chars = 0  # of the pieces
        self.lines = 0  # line breaks since the last run; a block boundary counts as two
        self.known: dict[str, tuple[str, frozenset[Sign]]] = {}

    def over(self, root: Tag) -> Outline:
        self._open(root)
        stack: list[tuple[Tag, Iterator[PageElement]]] = [(root, iter(root.contents))]
        while stack:
            element, children = stack[-1]
            for node in children:
                if type(node) is NavigableString:  # its subclasses are comments, scripts and the like
                    self._text(node)
                elif isinstance(node, Tag) and self._enter(node):
                    stack.append((node, iter(node.contents)))
                    break
            else:
                stack.pop()
                self._leave(element)
        return self.out

    def _text(self, node: str) -> None:
        self.pieces.append(node)
        if self.links or self.strongs:
            chars = len(_SPACES.sub(" ", node))
            self.link_chars += chars if self.links else 0
            self.strong_chars += chars if self.strongs else 0

    def _enter(self, element: Tag) -> bool:
        """Is there anything to read in `element`? Boxes are opened, links and line breaks noted."""
        name = element.name
        if name == "br" or name == "hr":
            self._break(2 if name == "hr" else 1)
            return False
        if name in _UNREAD or (element.attrs and _is_unshown(element)):
            return False
        if name in _INLINE or "-" in name:
            self.links += name == "a"
            self.strongs += name in ("b", "strong")
            return True
        self._break(2)
        self._open(element)
        return True

    def _leave(self, element: Tag) -> None:
        name = element.name
        if name in _INLINE or "-" in name:
            self.links -= name == "a"
            self.strongs -= name in ("b", "strong")
            return
        self._break(2)
        box = self.out.boxes[self.box]
        box.end = len(self.out.runs)
        self.box = box.parent

    def _break(self, lines: int) -> None:
        if lines == 1 and self.out.boxes[self.box].tag in HEADINGS:
            self.pieces.append(" ")  # a headline set in two lines is one headline
            return
        self._flush()
        self.lines += lines

    def _open(self, element: Tag) -> None:
        names, signs = self._names(element) if element.attrs else _NAMELESS
        self.out.boxes.append(Box(self.box, element.name, names, signs, first=len(self.out.runs)))
        self.box = len(self.out.boxes) - 1

    def _names(self, element: Tag) -> tuple[str, frozenset[Sign]]:
        raw = " ".join(str(element.attrs[key]) for key in _TELLING if key in element.attrs)[:300]
        if raw not in self.known:
            words = _NOT_WORDS.sub(" ", _HUMP.sub(" ", raw).lower()).strip()
            names = f" {words} "
            self.known[raw] = (names, signs_of(names)) if words else _NAMELESS
        return self.known[raw]

    def _flush(self) -> None:
        if not self.pieces:
            return
        text = _SPACES.sub(" ", "".join(self.pieces)).strip(" ")
        if _WORDY.search(text):
            run = Run(text, self.box, min(self.link_chars, len(text)), min(self.strong_chars, len(text)))
            if self.lines == 1 and self._goes_on(run):
                self._join(run)
            else:
                self.out.runs.append(run)
            self.lines = 0
        self.pieces.clear()
        self.link_chars = self.strong_chars = 0

    def _goes_on(self, run: Run) -> bool:
        """Does `run`, after a single line break, continue the clause before it?"""
        if not self.out.runs or not run.text[0].islower():
            return False
        last = self.out.runs[-1]
        return last.box == run.box and len(last.text) < 2000 and not _CLAUSE_END.search(last.text[-3:])

    def _join(self, run: Run) -> None:
        last = self.out.runs[-1]
        last.text = f"{last.text} {run.text}"
        last.link_chars += run.link_chars
        last.strong_chars += run.strong_chars


def _is_unshown(element: Tag) -> bool:
    attrs = element.attrs
    if "hidden" in attrs and attrs["hidden"] != "until-found":
        return True
    if attrs.get("role") in _UNREAD_ROLES:
        return True
    style = attrs.get("style")
    return style is not None and _UNSHOWN.search(str(style).lower()) is not None
