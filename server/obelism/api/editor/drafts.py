"""A claim while it is being written: the form's own text, and what is not right with it yet."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from obelism import records
from obelism.api.editor.visits import Form
from obelism.errors import BadClaim
from obelism.model import Claim
from obelism.text import words

Row = dict[str, str]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "phrasings": ("text", "language"),
    "reviews": ("publisher", "rating", "url", "title", "date", "language", "state"),
    "positions": ("party", "stance", "url", "title", "date"),
}
NEEDED = {
    "phrasings": ("text", "language"),
    "reviews": ("publisher", "url"),
    "positions": ("party", "stance", "url"),
}
# What a new row starts with; a row with nothing else in it counts as empty.
FRESH: Mapping[str, Row] = {
    "phrasings": {},
    "reviews": {"state": "current"},
    "positions": {"stance": "disputes"},
}
LONGEST = {"text": records.MAX_TEXT, "rating": records.MAX_TEXT, "title": records.MAX_TEXT}

_CELL = re.compile(r"(phrasings|reviews|positions)-(\d{1,4})-([a-z]+)")


@dataclass(slots=True)
class Draft:
    """What stands in the fields of the form, whether or not it is a claim yet."""

    id: str = ""
    text: str = ""
    language: str = ""
    claimant: str = ""
    rows: dict[str, list[Row]] = field(default_factory=lambda: {group: [] for group in FIELDS})

    def add(self, group: str) -> None:
        self.rows[group].append({"language": self.language} | FRESH[group])

    def remove(self, group: str, number: int) -> None:
        del self.rows[group][number : number + 1]


def draft_of_form(form: Form) -> Draft:
    """The draft as it was sent; rows are numbered anew, in their order."""
    found: dict[tuple[str, int], Row] = {}
    for name, value in form.items():
        if (cell := _CELL.fullmatch(name)) and cell[3] in FIELDS[cell[1]]:
            found.setdefault((cell[1], int(cell[2])), {})[cell[3]] = value.strip()
    id, text, language, claimant = (
        form.get(name, "").strip() for name in ("id", "text", "language", "claimant")
    )
    draft = Draft(id, text, language, claimant)
    for group, number in sorted(found):
        draft.rows[group].append(found[group, number])
    return draft


def draft_of(claim: Claim) -> Draft:
    """The draft of a claim that is there."""
    record = records.to_record(claim)
    draft = Draft(claim.id, claim.text, claim.language, claim.claimant or "")
    for group in FIELDS:
        draft.rows[group] = [
            {**FRESH[group], **{k: v or "" for k, v in item.items()}} for item in record[group]
        ]
    return draft


def checked(draft: Draft) -> tuple[Claim | None, dict[str, str]]:
    """The claim, or None and what is wrong: the name of each field with the name of its message."""
    mistakes = dict(_mistakes(draft))
    if mistakes:
        return None, mistakes
    try:
        return records.parse(_record(draft)), {}
    except BadClaim:
        # What a record must be is said field by field above; this is for what only the whole shows.
        return None, {"text": "mistake_claim"}


def new_id(text: str) -> str:
    """An id that can be read and that nobody else has: the first words of the claim, and a few characters."""
    plain = unicodedata.normalize("NFKD", " ".join(words(text)[:6])).encode("ascii", "ignore").decode()
    head = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:60]
    return f"{head or 'claim'}-{secrets.token_hex(3)}"


def is_blank(row: Row) -> bool:
    """Whether nobody has written anything into the row."""
    return not any(value for name, value in row.items() if name not in ("language", "state", "stance"))


def _record(draft: Draft) -> dict[str, Any]:
    record: dict[str, Any] = {"id": draft.id or new_id(draft.text), "text": draft.text}
    record |= {"language": draft.language, "claimant": draft.claimant or None}
    for group in FIELDS:
        record[group] = [row for row in draft.rows[group] if not is_blank(row)]
    return record


def _mistakes(draft: Draft) -> Iterator[tuple[str, str]]:
    for name in ("text", "language"):
        if not getattr(draft, name):
            yield name, f"mistake_no_{name}"
    if re.search(r"\s", draft.id) or len(draft.id) > records.MAX_ID:
        yield "id", "mistake_id"
    for name in ("id", "text", "language", "claimant"):
        if mistake := _of_value(name, getattr(draft, name)):
            yield name, mistake
    for group in FIELDS:
        for number, row in enumerate(draft.rows[group]):
            for name, mistake in [] if is_blank(row) else _of_row(group, row):
                yield f"{group}-{number}-{name}", mistake


def _of_row(group: str, row: Row) -> Iterator[tuple[str, str]]:
    for name in FIELDS[group]:
        value = row.get(name, "")
        if not value and name in NEEDED[group]:
            yield name, f"mistake_no_{name}"
        elif mistake := _of_value(name, value):
            yield name, mistake


def _of_value(name: str, value: str) -> str | None:
    if records.UNREADABLE.search(value):
        return "mistake_unreadable"
    if len(value) > LONGEST.get(name, records.MAX_URL if name == "url" else records.MAX_NAME):
        return "mistake_too_long"
    return _of_form(name, value) if value else None


def _of_form(name: str, value: str) -> str | None:
    good = _GOOD.get(name)
    return None if good is None or good(value) else f"mistake_{name}"


_GOOD: Mapping[str, Callable[[str], object]] = {
    "url": records.is_web_address,
    "date": records.iso_date,
    "language": records.primary_language,
    "stance": lambda value: value in records.STANCES,
    "state": lambda value: value in records.STATES,
}
