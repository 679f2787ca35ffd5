"""The language of an article: as declared, unless its words say otherwise."""

from __future__ import annotations

import re
from collections import Counter

from obelism.article.description import Description, text_value
from obelism.article.wordlist import wordlist
from obelism.records import primary_language
from obelism.text import words

UNKNOWN = "und"
_SAMPLE = 3_000  # characters of the article that are read for it
_MIN_WORDS = 20
_FUNCTION_WORDS = {
    "en": wordlist(
        "the of and to in that is was for it with as on by at from are be has have had this which his her they were "
        "an not but their its will would been who said"
    ),
    "fr": wordlist(
        "le la les l de des du d et à un une en que qui qu dans pour au aux par sur est ce cette il elle ne pas se "
        "s n plus avec son sa ses ont été sont leur mais ou"
    ),
    "de": wordlist("der die das und den von zu mit ist im nicht des auf für ein eine dem sich auch als wird"),
    "es": wordlist("el los las del y en que una un por con para se su es lo como más pero al sus ha"),
    "it": wordlist("il di che della e per un una del non è con sono dei nel alla gli anche le ha si"),
    "pt": wordlist("o os da do das dos e em que uma um para com não por na no se mais ao foi as"),
    "nl": wordlist("de het een van en in dat is op te voor met zijn niet die aan er ook als bij"),
}


def language_of(text: str, about: Description, given: str | None) -> str:
    """Primary subtag: what the sender knows; else what the text shows; else what the page declares.

    Templates declare the language of the site that they were copied from, so clear words win.
    """
    if given and (tag := _primary(given)):
        return tag
    declared = _declared(about)
    told = told_by_words(text)
    return told or declared or UNKNOWN


def told_by_words(text: str) -> str | None:
    """The language whose function words clearly prevail in `text`; None when none does."""
    tokens = words(text[:_SAMPLE])
    if len(tokens) < _MIN_WORDS:
        return None
    counts = Counter(tokens)
    shares = {
        language: sum(counts[word] for word in known) / len(tokens)
        for language, known in _FUNCTION_WORDS.items()
    }
    first, second = sorted(shares, key=shares.__getitem__, reverse=True)[:2]
    return first if shares[first] >= 0.2 and shares[first] >= 1.4 * shares[second] else None


def _declared(about: Description) -> str | None:
    stated = [
        about.language,
        about.meta.get("og:locale", ""),
        about.meta.get("content-language", "")
        or about.meta.get("language", "")
        or about.meta.get("dc.language", ""),
        *(text_value(thing.get("inLanguage")) for thing in about.of_type("Article", "Posting", "WebPage")),
    ]
    return next((tag for tag in map(_primary, stated) if tag), None)


def _primary(tag: str) -> str | None:
    found = re.match(r"\s*([a-z]{2,3})(?:[-_,; ]|$)", tag.lower())
    language = primary_language(found[1]) if found else None
    return language if language != UNKNOWN else None
