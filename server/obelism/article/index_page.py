"""Is a page a list of other pages' articles: a front page, a section, search results?"""

from __future__ import annotations

from collections.abc import Sequence

from obelism.article.description import Description
from obelism.article.outline import Outline

_MIN_CARDS = 5
_MOST = 0.6


def is_index_page(out: Outline, body: Sequence[int], about: Description) -> bool:
    """Do short paragraphs under linked headings make up most of what looks like the article?

    A page that says it is one article is believed: digests link their headings too.
    """
    if about.meta.get("og:type") == "article" or sum(1 for _ in about.of_type("Article", "Posting")) == 1:
        return False
    teasers = [index for index in body if out.is_teaser(index)]
    worth = sum(out.runs[index].worth for index in body)
    return len(teasers) >= _MIN_CARDS and sum(out.runs[index].worth for index in teasers) > _MOST * worth
