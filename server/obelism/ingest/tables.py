"""CSV: a claim on each line, or several lines for a claim with several reviews (docs/CLAIMS.md)."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import IO, Any

from obelism import records
from obelism.errors import BadClaim
from obelism.exports import COLUMNS, FORMULA
from obelism.ingest.claimreview import published_id
from obelism.ingest.cleaning import date_of
from obelism.ingest.pages import decoded
from obelism.ingest.rejected import Rejected
from obelism.model import Claim

Row = Mapping[str, str]

MAX_TABLE = 512 * 1024 * 1024

# Other names that tables of fact-checks give these columns; case, spaces, dots and underscores do not count.
ALIASES: Mapping[str, Sequence[str]] = {
    "id": ("claim id", "identifier", "uid"),
    "text": ("claim", "claim text", "claim reviewed", "statement", "affirmation"),
    "language": ("lang", "in language", "claim language", "language code", "langue"),
    "claimant": ("speaker", "claimed by", "said by", "claim author", "item reviewed author name"),
    "publisher": (
        "fact checker",
        "reviewer",
        "review publisher",
        "review author",
        "organization",
        "author name",
        "publisher name",
    ),
    "rating": (
        "verdict",
        "textual rating",
        "label",
        "ruling",
        "conclusion",
        "review rating",
        "alternate name",
        "review rating alternate name",
    ),
    "url": ("review url", "link", "fact check url", "article url", "lien"),
    "title": ("review title", "headline", "article title", "titre"),
    "date": ("review date", "date published", "published", "publication date", "date de publication"),
    "review_language": ("language of review",),
    "state": ("review state",),
    "party": ("position party",),
    "stance": ("position stance",),
    "phrasing": ("wording", "paraphrase", "formulation"),
    "phrasing_language": ("wording language", "paraphrase language"),
}


def claims_of(file: IO[bytes], name: str, language: str | None = None) -> Iterator[Claim | Rejected]:
    """The claims of a table; `language` is theirs where it has no such column.

    Lines of one claim stand together and repeat its id. A bad line costs nothing but itself.
    """
    data = file.read(MAX_TABLE + 1)
    if len(data) > MAX_TABLE:
        yield Rejected(name, f"the table is over {MAX_TABLE // 1024 // 1024} MB; divide it", cut=True)
        return
    lines = _lines(decoded(data), name)
    line, header = next(lines, (1, []))
    try:
        columns = _columns(header, language)
    except BadClaim as error:
        yield Rejected(f"{name} line {line}", str(error))
        return
    rows: list[tuple[int, Row] | Rejected] = []
    for line, cells in lines:
        rows.append(cells if isinstance(cells, Rejected) else _row(line, cells, columns, name))
    yield from _joined(rows, name, language)


def _lines(text: str, name: str) -> Iterator[tuple[int, Any]]:
    """The lines of a table that hold something, with the number of the line where each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Rejected(f"{name} line {line}", f"not valid CSV: {error}")
            continue
        # "sep=;" at the top of a table tells spreadsheets, in a line of its own, what divides the cells.
        if any(cell.strip() for cell in cells) and cells[0] != "sep=":
            yield line, cells


def _delimiter(text: str) -> str:
    """The mark between the columns: French and German spreadsheets write semicolons."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _columns(header: Sequence[str], language: str | None) -> list[str | None]:
    """What each column of the table is, None for those that nobody asked for."""
    if isinstance(header, Rejected):
        raise BadClaim(header.reason)
    given = [_plain(name) for name in header]
    by_name = {_plain(column): column for column in COLUMNS}
    by_alias = {_plain(alias): column for column, names in ALIASES.items() for alias in names}
    named = {by_name[name] for name in given if name in by_name}
    columns = [by_name.get(n) or (c if (c := by_alias.get(n)) not in named else None) for n in given]
    columns = [column if column not in columns[:at] else None for at, column in enumerate(columns)]
    for needed, absent in (("text", True), ("language", language is None)):
        if absent and needed not in columns:
            names = ", ".join((needed, *ALIASES[needed]))
            hint = "; or name it for all lines with --language" if needed == "language" else ""
            raise BadClaim(f"the table has no column {needed} (known as: {names}){hint}")
    return columns


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _row(
    line: int, cells: Sequence[str], columns: Sequence[str | None], name: str
) -> tuple[int, Row] | Rejected:
    if len(cells) > len(columns):
        reason = f"{len(cells)} cells where the header has {len(columns)}; put texts with commas in quotes"
        return Rejected(f"{name} line {line}", reason)
    named = zip(columns, cells, strict=False)
    return line, {column: _unguarded(cell.strip()) for column, cell in named if column and cell.strip()}


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _joined(
    rows: Sequence[tuple[int, Row] | Rejected], name: str, language: str | None
) -> Iterator[Claim | Rejected]:
    """The claims that the rows make: those of one id, one behind the other, are one claim."""
    several = _pages_of_several_claims([row[1] for row in rows if not isinstance(row, Rejected)])
    current: Claim | None = None
    done: set[str] = set()
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            claim = records.parse(_record(row[1], current, several, language))
            if current is not None and claim.id == current.id and claim.text != current.text:
                raise BadClaim(
                    f"claim {claim.id} has another text here than above; repeat it or leave it empty"
                )
            if claim.id in done:
                raise BadClaim(
                    f"claim {claim.id} stands further up already; put the lines of a claim together"
                )
        except BadClaim as error:
            yield Rejected(f"{name} line {row[0]}", str(error))
            continue
        if current is not None and current.id == claim.id:
            current = _with(current, claim)
            continue
        if current is not None:
            done.add(current.id)
            yield current
        current = claim
    if current is not None:
        yield current


def _record(row: Row, current: Claim | None, several: set[str], language: str | None) -> dict[str, Any]:
    url, text = row.get("url", ""), row.get("text", "")
    id = row.get("id") or (published_id(url, text if url in several else "") if url else None)
    # The lines behind a claim's first need not repeat what that says.
    same = current if current is not None and current.id == id else None
    record: dict[str, Any] = {
        "id": id,
        "text": text or (same and same.text),
        "language": row.get("language") or (same and same.language) or language,
        "claimant": row.get("claimant"),
    }
    if {"publisher", "rating", "url", "title"} & set(row):
        review: dict[str, Any] = {
            key: row[key] for key in ("publisher", "rating", "url", "title", "state") if key in row
        }
        review |= {
            "language": row.get("review_language") or record["language"],
            "date": _date(row.get("date")),
        }
        record["reviews"] = [review]
    if {"party", "stance", "position_url"} & set(row):
        position = {"party": row.get("party"), "stance": row.get("stance"), "url": row.get("position_url")}
        position |= {"title": row.get("position_title"), "date": _date(row.get("position_date"))}
        record["positions"] = [position]
    if "phrasing" in row:
        said_in = row.get("phrasing_language") or record["language"]
        record["phrasings"] = [{"text": row["phrasing"], "language": said_in}]
    return record


def _date(cell: str | None) -> str | None:
    return (date_of(cell) or cell) if cell else None


def _pages_of_several_claims(rows: Sequence[Row]) -> set[str]:
    texts: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if "url" in row and "id" not in row:
            texts[row["url"]].add(row.get("text", ""))
    return {url for url, found in texts.items() if len(found) > 1}


def _with(claim: Claim, more: Claim) -> Claim:
    return replace(
        claim,
        claimant=claim.claimant or more.claimant,
        phrasings=tuple(dict.fromkeys((*claim.phrasings, *more.phrasings))),
        reviews=tuple(dict.fromkeys((*claim.reviews, *more.reviews))),
        positions=tuple(dict.fromkeys((*claim.positions, *more.positions))),
    )
