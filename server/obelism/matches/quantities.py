"""Numbers, shares, sums of money and dates in a text, as values that can be compared across English and French."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from obelism.names import STOP
from obelism.text import fold

Unit = Literal["percent", "money", "year", "month", "age", "count"]


@dataclass(frozen=True, slots=True)
class Quantity:
    value: float
    unit: Unit
    text: str
    """The folded words that say it."""

    def agrees(self, other: Quantity) -> bool:
        """Equal, or one is the rounding of the other ("nearly 50,000" for 49,800)."""
        if self.unit in ("year", "month"):
            return self.value == other.value
        larger = max(abs(self.value), abs(other.value))
        return abs(self.value - other.value) <= 0.02 * larger


_SMALL = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "dozen": 12,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "septante": 70, "nonante": 90, "vingts": 20, "dizaine": 10, "douzaine": 12,
    "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60,
}  # fmt: skip
_SCALE = {
    "hundred": 1e2, "cent": 1e2, "cents": 1e2, "centaine": 1e2, "thousand": 1e3, "mille": 1e3, "millier": 1e3,
    "milliers": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "billion": 1e9, "billions": 1e9, "bn": 1e9,
    "milliard": 1e9, "milliards": 1e9, "md": 1e9, "mds": 1e9, "trillion": 1e12, "trillions": 1e12, "tn": 1e12,
}  # fmt: skip
_LETTER_SCALE = {"k": 1e3, "m": 1e6, "b": 1e9}
"""Of sums of money only: "5 m" are metres, "£5m" and "5 M€" are millions."""
_LEADING = {"a": 1.0, "one": 1.0, "un": 1.0, "cent": 100.0}
"""Numbers only before a scale: "one million", "cent mille"."""
_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12, "janvier": 1, "fevrier": 2, "février": 2, "mars": 3, "avril": 4,
    "mai": 5, "juin": 6, "juillet": 7, "août": 8, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11,
    "decembre": 12, "décembre": 12,
}  # fmt: skip
_WORDS = "|".join(sorted(_SMALL, key=len, reverse=True))
_SCALES = "|".join(sorted(_SCALE, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[ ,.]\d{3})+(?![\d])|\d+(?:[.,]\d+)?"
_CURRENCY = r"[$€£]|(?:us )?dollars?|euros?|pounds?|livres|francs?|roubles?|rubles?"
_NUMBER = re.compile(
    rf"(?P<before>[$€£]\s?)?"
    rf"(?P<number>(?<![\w.,])(?:{_DIGITS})|(?<!\w)(?:(?:{_WORDS})(?:[- ](?:et[- ])?(?:{_WORDS}))*(?!\w)|"
    r"(?<!-)(?:(?:a|one|un)(?= (?:[mb]illion|milliard|trillion)(?!\w))|cent(?= mille(?!\w)))))"
    rf"(?:[ -]?(?P<scale>{_SCALES}|[bkm](?(before)|(?=\s?(?:d'|de |of )?(?:{_CURRENCY}))))(?!\w))?"
    rf"(?:\s?(?:d'|de |of )?(?P<after>%|percent|per cent|pour cent|pc(?!\w)|{_CURRENCY}|"
    r"[- ]year[- ]olds?|ans(?!\w)))?"
)
_MONEY = re.compile(r"[$€£]|dollar|euro|pound|livre|franc|rouble|ruble")
_SAME_CURRENCY = {"$": "dollar", "€": "euro", "£": "pound", "livre": "pound", "ruble": "rouble"}
_MONTH = re.compile(r"(?<!\w)(" + "|".join(_MONTHS) + r")(?!\w)")

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# A decade is no year, and when a study came out is not when what it tells took place.
_NO_YEAR_AFTER = re.compile(
    r"(?<!\w)(?:années |(?:(?:publi|dat)ée?s?|parue?s?|published|report of|étude de)(?:\W+\w+){0,3}\W+)$"
)
_LEFT = 60  # characters looked at before a number
_DECADE = re.compile(r"s(?!\w)")
_NAMED = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)\s[A-ZÀ-Ý][a-zà-ÿ]")  # "Rio 2016 Olympics"
# "1500 emplois", but "the 2020 elections" and "les élections de 2020 annulées".
_THINGS = re.compile(r" (?P<things>people|men|women|children|[^\W\d_]{2,}[sx])(?!\w)")
_YEAR_AFTER = re.compile(
    r"(?<!\w)(?:en|in|since|depuis|(?<!plus )(?<!moins )(?<!près )de|of|by|d'ici|the|"
    + "|".join(_MONTHS)
    + r") $|[-/]$"
)


def quantities(text: str) -> tuple[Quantity, ...]:
    """All numbers of a text in order, number words included; ordinals are not, nor "one" but in "one million"."""
    folded, named = fold(text), frozenset(_NAMED.findall(text))
    found = [_quantity(match, named) for match in _NUMBER.finditer(folded)]
    found += [Quantity(_MONTHS[m.group()], "month", m.group()) for m in _MONTH.finditer(folded)]
    return tuple(found)


def _quantity(match: re.Match[str], named: frozenset[str]) -> Quantity:
    raw, scale, after = match["number"], match["scale"], match["after"] or ""
    value = _value(raw)
    # "cent" is a hundred in "trois cents" but the coin in "two cents", and "pour cent" is a share.
    if scale and not (scale == "cent" and after):
        value *= _SCALE.get(scale) or _LETTER_SCALE[scale]
    said = match.group().strip()
    if after in ("%", "percent", "per cent", "pour cent", "pc"):
        return Quantity(value, "percent", said)
    if match["before"] or _MONEY.match(after):
        return Quantity(value, "money", said)
    if after.strip(" -") in ("ans", "year-old", "year old", "year-olds", "year olds"):
        return Quantity(value, "age", said)
    if not scale and _YEAR.fullmatch(raw) and _dates(match, named):
        return Quantity(value, "year", said)
    return Quantity(value, "count", said)


def _dates(number: re.Match[str], named: frozenset[str]) -> bool:
    """Does a number that may be a year tell when something was? `named`: those before a word with a capital."""
    left, folded = number.string[max(0, number.start() - _LEFT) : number.start()], number.string
    if _NO_YEAR_AFTER.search(left) or _DECADE.match(folded, number.end()):
        return False
    found = _THINGS.match(folded, number.end())
    if not found or found["things"] in STOP or number["number"] in named:
        return True
    return _YEAR_AFTER.search(left) is not None


def _value(raw: str) -> float:
    if raw in _LEADING:
        return _LEADING[raw]
    if raw[0].isdigit():
        if re.fullmatch(r"\d{1,3}(?:[ ,.]\d{3})+", raw):
            return float(re.sub(r"[ ,.]", "", raw))
        return float(raw.replace(",", "."))
    total = 0.0
    for word in re.split(r"[- ]", raw):
        number = _SMALL.get(word, 0)
        # "quatre-vingts" is four times twenty; otherwise the words add up.
        total = (
            total * number if number == 20 and 0 < total < 10 and word.startswith("vingt") else total + number
        )
    return total


def conflict(wanted: Sequence[Quantity], stated: Sequence[Quantity]) -> tuple[Unit, str] | None:
    """A number of a claim that a statement replaces by another of the same kind: (unit, "3 % / 30 %").

    Only kinds that leave no doubt are compared: shares, money, years, months. A count may count other things,
    and a sum may be told in another currency. A number that the claim has too replaces none of its numbers.
    """
    new = [
        other for other in stated if not any(one.unit == other.unit and one.agrees(other) for one in wanted)
    ]
    for one in wanted:
        rivals = [other for other in new if (other.unit, _currency(other)) == (one.unit, _currency(one))]
        if one.unit in ("count", "age") or not rivals or any(one.agrees(other) for other in stated):
            continue
        return one.unit, f"{one.text} / {rivals[0].text}"
    return None


def _currency(sum_: Quantity) -> str | None:
    found = _MONEY.search(sum_.text)
    return _SAME_CURRENCY.get(found[0], found[0]) if found else None


def shared(wanted: Sequence[Quantity], stated: Sequence[Quantity]) -> tuple[int, int, int]:
    """(numbers of a claim that a statement states too, that it does not, numbers that only the statement has)."""
    met = sum(any(one.agrees(other) for other in stated) for one in wanted)
    extra = sum(not any(one.agrees(other) for other in wanted) for one in stated)
    return met, len(wanted) - met, extra
