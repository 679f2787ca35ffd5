"""The words of the editor's pages in each language; a word that is missing is an error, not a blank."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from obelism.api.front import Lang, strings
from obelism.model import Reason, Veto


class Words:
    """`words("saved", id=…)` is the text under that name, in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        # Statuses, stances, framings and reasons are said as on the front page.
        self._table = strings(lang) | tables()[lang]

    def __call__(self, name: str, /, **values: object) -> str:
        text = self._table[name]
        return text.format(**values) if values else text

    def has(self, name: str) -> bool:
        return name in self._table

    def counted(self, noun: str, n: int) -> str:
        """`n` of a noun that has the forms `noun_one` and `noun_many`; French counts 0 as one."""
        one = n == 1 or (n == 0 and self.lang == "fr")
        return self(f"{noun}_one" if one else f"{noun}_many", n=f"{n:,}".replace(",", "\u202f"))

    def reason(self, reason: Reason) -> str:
        """One line of an explanation; numbers and names as they are, our own English translated."""
        kind, _, difference = reason.kind.partition(":")
        told = self(f"reason_{kind}") if self.has(f"reason_{kind}") else kind
        if difference:
            told = f"{told} ({self._difference(difference)})"
        return told if kind == "checked" else f"{told}{self('colon')}{reason.detail}"

    def veto(self, veto: Veto) -> str:
        return f"{self._difference(veto.kind)}{self('colon')}{veto.detail}"

    def _difference(self, kind: str) -> str:
        return self(f"difference_{kind}") if self.has(f"difference_{kind}") else kind


@cache
def words(lang: Lang) -> Words:
    return Words(lang)


@cache
def tables() -> dict[Lang, dict[str, str]]:
    """The editor's own words, by language."""
    text = (files("obelism") / "web" / "editor" / "strings.json").read_text("utf-8")
    found: dict[Lang, dict[str, str]] = json.loads(text)
    return found
