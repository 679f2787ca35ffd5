"""The headline that the reader sees, in the page's own characters."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from obelism.article.description import Description, text_value
from obelism.article.outline import Outline
from obelism.text import fold

_HEADINGS = {"h1": 1.0, "h2": 0.3, "h3": 0.2, "h4": 0.1}
MIN_TITLE, MAX_TITLE = 8, 400
_SITE = re.compile(r"\s+[|–—·»:-]\s+[^|–—·»:-]{2,40}$")


def find_title(out: Outline, names: tuple[str, ...]) -> int:
    """Index of the run that is the visible headline; -1 when the page shows none.

    It reads like what the page says its title is (`names`), or is the only main heading.
    """
    wanted = [fold(name) for name in names if len(name) <= MAX_TITLE]
    longest = 2 * max(map(len, wanted), default=0)
    mains = [i for i, run in enumerate(out.runs) if out.boxes[run.box].tag == "h1"]
    best, most = -1, 0.0
    for index, run in enumerate(out.runs):
        if MIN_TITLE <= len(run.text) <= longest and (score := _likeness(fold(run.text), wanted)):
            score += _HEADINGS.get(out.boxes[run.box].tag, 0.0)
            if score > most:
                best, most = index, score
    if best < 0 and len(mains) == 1 and MIN_TITLE <= len(out.runs[mains[0]].text) <= MAX_TITLE:
        return mains[0]
    return best


def title_names(about: Description) -> tuple[str, ...]:
    """What the page says its title is, the surest first, without repetitions."""
    headlines = [
        text_value(t.get("headline")) for t in about.of_type("Article", "Posting", "ClaimReview", "Report")
    ]
    stated = [*headlines, about.meta.get("og:title", ""), about.meta.get("twitter:title", ""), about.title]
    return tuple(dict.fromkeys(name for name in stated if name))


def without_site(title: str) -> str:
    """`<title>` without the name of the site at its end."""
    return _SITE.sub("", title)


def _likeness(text: str, wanted: list[str]) -> float:
    """1 for equal, less for one inside the other or nearly so, 0 for another text."""
    best = 0.0
    for name in wanted:
        if text == name:
            return 1.0
        shorter, longer = sorted((text, name), key=len)
        if len(shorter) >= 12 and shorter in longer and len(shorter) > 0.5 * len(longer):
            best = max(best, len(shorter) / len(longer))
        elif len(shorter) > 0.7 * len(longer):
            ratio = fuzz.ratio(text, name) / 100
            best = max(best, ratio if ratio >= 0.85 else 0.0)
    return best
