"""Proper names and terms, comparable across languages: Poutine is Putin, Pékin is Beijing.

Source of the table `names.json`: our own list of exonyms, transliterations and demonyms, French to English,
because most of what is published about claims is in English.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import normalize

import Stemmer

from obelism.text import fold, words_of

STEMMERS = {
    "en": "english", "fr": "french", "de": "german", "es": "spanish", "it": "italian", "pt": "portuguese",
    "nl": "dutch", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish", "ro": "romanian",
    "ru": "russian", "tr": "turkish", "hu": "hungarian", "ar": "arabic",
}  # fmt: skip

# Words that carry no content of their own, English and French: they neither find nor support a match.
STOP = frozenset(
    """a about after all also an and any are as at be because been before being but by can could did do does
    for from further had has have he her here him his how i if in into is it its just may me might more
    most must my no nor not of off on once one only or other our out over own said same says she should
    so some such than that the their them then there these they this those through to too under until up
    very was we were what when where which while who whom why will with would you your à a ai ainsi
    alors après as au aucun aucune aura aurait auraient aussi autre autres aux avait avant avec avoir c
    ça ce ceci cela celle celles celui ces cet cette ceux chez ci comme d dans de depuis des donc dont
    du elle elles en encore entre est et étaient était été être eu eux fait font il ils j je l la le les
    leur leurs lors lui m ma mais même mes mon n ne ni nos notre nous on ont ou où par parce pas plus
    pour qu quand que quel quelle qui s sa sans se selon sera serait seraient ses si son sont sous sur t
    ta tel telle tes ton tous tout toute toutes très tu un une va vers vos votre vous y""".split()  # noqa: SIM905
)

# In capitals only: "un" is a word, and so are "who" and "us". Some are printed as names in French.
_CAPITALS = re.compile(r"(?<!\w)(?:[A-Z]{2,4}|Bce|Fmi|Giec|Oms|Onu|Otan)(?!\w)")
_NAME = re.compile(r"[^\W\d_][\w'’.-]*", re.UNICODE)
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu)['’](?=\w)", re.IGNORECASE)


@cache
def _groups() -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = json.loads((files("obelism") / "names.json").read_text("utf-8"))
    return groups


@cache
def _table() -> dict[str, str]:
    return {_bare(k): v for kind in ("people", "places", "demonyms") for k, v in _groups()[kind].items()}


@cache
def _known_names() -> frozenset[str]:
    """The spellings that exonyms are resolved to: "beijing" must not be stemmed to "beij" where it stands itself."""
    return frozenset(_table().values())


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    # Short abbreviations are also words ("un", "who", "eu"): only their capital form counts, see `_one_name`.
    table = {fold(k): v for k, v in _groups()["phrases"].items() if len(k) > 4}
    longest = sorted(table, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)"), table


@cache
def _abbreviations() -> dict[str, str]:
    return {fold(k): v for k, v in _groups()["phrases"].items() if len(k) <= 4}


@lru_cache(maxsize=65536)
def _bare(word: str) -> str:
    """Without accents and possessive."""
    plain = "".join(c for c in normalize("NFD", word.casefold()) if not "\u0300" <= c <= "\u036f")
    return plain[:-2] if plain.endswith("'s") else plain


def canonical(word: str) -> str:
    """One spelling for a folded word: exonyms and transliterations resolved, accents dropped."""
    bare = _bare(word)
    return _table().get(bare, bare)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(STEMMERS[language])


@lru_cache(maxsize=131072)
def _term(language: str, word: str) -> str:
    name = canonical(word)
    if name != _bare(word) or name in _known_names() or language not in STEMMERS or word[0].isdigit():
        return name
    return _bare(_stemmer(language).stemWord(word))


def _translated(text: str) -> str:
    """`text` folded, with its phrases in one spelling."""
    pattern, table = _phrases()
    # In a headline all in capitals "UN" is an article and "WHO" a pronoun.
    plain = text if text.isupper() else _CAPITALS.sub(lambda found: _spelt_out(found.group()), text)
    return pattern.sub(lambda found: table[found.group()], fold(plain))


def _spelt_out(abbreviation: str) -> str:
    return _abbreviations().get(fold(abbreviation), abbreviation)


def terms(text: str, language: str) -> list[str]:
    """The content words of a text as search terms: stemmed by language, names in one spelling."""
    return [_term(language, word) for word in words_of(_translated(text)) if word not in STOP]


def names_in(text: str) -> tuple[str, ...]:
    """Words of the text that are proper names (capitalised inside a sentence, or known), in one spelling."""
    pattern, table = _phrases()
    found = dict.fromkeys(table[phrase] for phrase in pattern.findall(fold(text)))
    text = text.replace("\u00ad", "")
    for match in _NAME.finditer(text):
        word = match.group()
        # Most words have no capital, and nothing else needs to be known of them.
        if not word.islower() and (name := _one_name(word, _starts_sentence(text, match.start()))):
            found[name] = None
    return tuple(found)


@lru_cache(maxsize=65536)
def _one_name(word: str, first: bool) -> str | None:
    word = _ELIDED.sub("", word).strip(".-'’")
    if len(word) < 2 or not word[0].isupper():
        return None
    folded = fold(word)
    if (word.isupper() or _CAPITALS.fullmatch(word)) and folded in _abbreviations():
        return _abbreviations()[folded]
    # At the start of a sentence only the table, or capitals inside, tell a name from an ordinary word.
    ordinary = first and word[1:].islower() and _bare(folded) not in _table()
    return None if folded in STOP or ordinary else canonical(folded)


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \u00a0\u202f\"'“”«»‘’([—–-")
    return not before or before[-1] in ".!?:…"
