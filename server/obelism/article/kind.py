"""What kind of page it is: news, opinion, satire, or a fact-check of its own."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from obelism.article.description import Description, text_value
from obelism.article.wordlist import wordlist
from obelism.model import PageKind
from obelism.text import fold

_OPINION = wordlist(
    "opinion opinions opinioni op-ed oped editorial editorials editoriaux edito editos éditos éditorial éditoriaux "
    "tribune tribunes columnists columns commentary commentisfree chronique chroniques point-de-vue points-de-vue "
    "debats-opinions idees-debats letters courrier-des-lecteurs humeur billets "
    "idees idées debats débats voices"
)
_SATIRE = wordlist("satire satires satirique parodie parody humour-satire satirical")


def kind_of(about: Description, url: str | None) -> PageKind:
    """A page with its own ClaimReview is a fact-check; opinion and satire go by types, section, address."""
    if _has_own_review(about, url):
        return "fact-check"
    signs = _sections(about) | _folders(url or about.canonical or "")
    if signs & _SATIRE or any(about.of_type("SatiricalArticle")):
        return "satire"
    if signs & _OPINION or any(about.of_type("OpinionNewsArticle")):
        return "opinion"
    return "news"


def _has_own_review(about: Description, url: str | None) -> bool:
    """Whether a ClaimReview, in JSON-LD or microdata, is this page's; one that says another address is not."""
    given = (url, about.canonical, about.meta.get("og:url"))
    here = [address for address in given if address and _place(address) is not None]
    places = set(map(_place, here))
    base = here[0] if here else ""
    stated = [*(text_value(thing.get("url")) for thing in about.of_type("ClaimReview")), *about.reviews]
    return any(not (places and address) or _place(address, base) in places for address in stated)


def _sections(about: Description) -> set[str]:
    stated = [
        about.meta.get("article:section", ""),
        about.meta.get("section", ""),
        about.meta.get("parsely-section", ""),
    ]
    for thing in about.of_type("Article", "Posting"):
        section = thing.get("articleSection")
        stated += (
            [text_value(part) for part in section] if isinstance(section, list) else [text_value(section)]
        )
        stated.append(text_value(thing.get("genre")))
    return {
        fold(part).replace(" ", "-")
        for whole in stated
        for part in re.split(r"[,/>|]", whole)
        if part.strip()
    }


def _folders(url: str) -> set[str]:
    try:
        path = urlsplit(url).path
    except ValueError:
        return set()
    return {fold(unquote(part)) for part in path.split("/")[:-1]}


def _place(url: str, base: str = "") -> str | None:
    """An address without what does not tell pages apart: scheme, "www.", query, fragment, last slash."""
    try:
        parts = urlsplit(urljoin(base, url))
    except ValueError:  # "http://[" is no address
        return None
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{unquote(parts.path).rstrip('/').casefold()}"
