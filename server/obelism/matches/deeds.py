"""Text -> who does what to whom, where a text says it in so many words: a name, a few words, another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from obelism.names import canonical, terms
from obelism.text import words

# Further apart, two names have less to do with each other than with what stands between them.
MOST_WORDS = 6
_CLAUSE_END = re.compile(r"[,;:()«»“”\"–—]")
# What is done together has no doer: "Musk spoke with Putin" is the same the other way round.
_TOGETHER = frozenset({"with", "avec", "and", "et", "or", "ou", "between", "entre", "versus"})
_PASSIVE = frozenset({"by", "par"})
# "on the orders of Philip": the second name says whose or where.
_BELONGS = frozenset({"of", "from", "in", "at", "de", "d'", "du", "des", "dans", "à", "au", "aux"})
_ARTICLES = frozenset({"the", "a", "an", "le", "la", "les", "l'", "un", "une"})


@dataclass(frozen=True, slots=True)
class Deed:
    """`done` are the content words between two names, as terms."""

    doer: str
    done: frozenset[str]
    to: str

    @property
    def turned_round(self) -> Deed:
        return Deed(self.to, self.done, self.doer)


def deeds_in(text: str, language: str, names: frozenset[str]) -> tuple[Deed, ...]:
    """The deeds that `text` says of neighbouring `names`, all of those in it, in order; none for most texts."""
    return tuple(
        deed
        for clause in _CLAUSE_END.split(text)
        for first, between, second in _neighbours(words(clause), names)
        if (deed := _deed(first, between, second, language))
    )


def _neighbours(said: list[str], names: frozenset[str]) -> Iterator[tuple[str, list[str], str]]:
    """(name, words between, next name) through a clause; of a name of several words the last."""
    first, between = "", []
    for is_name, some in groupby(said, key=lambda word: canonical(word) in names):
        if not is_name:
            between = list(some)
            continue
        *_, last = some
        second = canonical(last)
        if first and between:
            yield first, between, second
        first, between = second, []


def _deed(first: str, between: list[str], second: str, language: str) -> Deed | None:
    plain = [word for word in between if word not in _ARTICLES]
    is_apart = len(between) > MOST_WORDS or not _TOGETHER.isdisjoint(plain)
    done = frozenset(terms(" ".join(between), language))
    if is_apart or not done or plain[-1] in _BELONGS or first == second:
        return None
    deed = Deed(first, done, second)
    return deed if _PASSIVE.isdisjoint(plain) else deed.turned_round
