"""Page -> Article: the readable text of a page, in its own characters, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from obelism.article.body import body_runs
from obelism.article.dates import published_date
from obelism.article.description import describe
from obelism.article.index_page import is_index_page
from obelism.article.kind import kind_of
from obelism.article.language import language_of
from obelism.article.markup import Limits, parse
from obelism.article.outline import HEADINGS, Outline, outline
from obelism.article.title import find_title, title_names, without_site
from obelism.errors import NotAnArticle, PageTooLarge
from obelism.model import Article, Block, BlockKind, Page

__all__ = ["Limits", "read_article"]

_BETWEEN = "\n\n"
_HEADING = 150  # characters; a longer one is a lede set as a heading
_NEAR = 5  # boxes around a run that decide what kind of block it is
_MIN_WORTH = 60.0  # characters of running text below which a page is not taken for an article
_DEFAULT = Limits()


def read_article(page: Page, limits: Limits = _DEFAULT) -> Article:
    """The article of a page, its visible headline first.

    Raises NotAnArticle rather than guess, and PageTooLarge beyond `limits`. Nothing is fetched.
    """
    soup = parse(page.html, limits)
    about = describe(soup)
    out = outline(soup)
    names = title_names(about)
    title = find_title(out, names)
    body = body_runs(out, title)
    if sum(out.runs[index].worth for index in body) < _MIN_WORTH:
        raise NotAnArticle("No article was found on this page.")
    if is_index_page(out, body, about):
        raise NotAnArticle("This page lists articles; open one of them.")
    text, blocks = _joined(out, body, title)
    if len(text) > limits.max_text:
        raise PageTooLarge(f"The article has {len(text):,} characters; the limit is {limits.max_text:,}.")
    return Article(
        text=text,
        blocks=blocks,
        title=out.runs[title].text if title >= 0 else without_site(names[0]) if names else "",
        language=language_of(text, about, page.language),
        published=published_date(about, page.url),
        url=page.url,
        kind=kind_of(about, page.url),
    )


def _joined(out: Outline, body: Sequence[int], title: int) -> tuple[str, tuple[Block, ...]]:
    kinds = _kinds(out, body)
    if title >= 0:
        body, kinds = [title, *body], ["title", *kinds]
    blocks: list[Block] = []
    start = 0
    for index, kind in zip(body, kinds, strict=True):
        end = start + len(out.runs[index].text)
        blocks.append(Block(start, end, kind))
        start = end + len(_BETWEEN)
    return _BETWEEN.join(out.runs[index].text for index in body), tuple(blocks)


def _kinds(out: Outline, body: Sequence[int]) -> list[BlockKind]:
    kinds: list[BlockKind] = []
    for index in body:
        run = out.runs[index]
        around = [out.boxes[box] for box in islice(out.ancestors(run.box), _NEAR)]
        tags = {box.tag for box in around}
        kind: BlockKind = "text"
        if "text" not in kinds and any("lede" in box.signs for box in around[:2]):
            kind = "lede"
        elif around[0].tag in HEADINGS and len(run.text) < _HEADING:
            kind = "heading"
        elif "blockquote" in tags:
            kind = "quote"
        elif "li" in tags:
            kind = "item"
        kinds.append(kind)
    return kinds
