"""CSV: a claim on each line, or several lines for a claim with several reviews (docs/CLAIMS.md)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import IO, Any

from obelism import records
from obelism.errors import BadClaim
from obelism.exports import COLUMNS, FORMULA
from obelism.ingest.cleaning import address_of, date_of, language_in, unescaped
from obelism.ingest.language import told_by
from obelism.ingest.pages import decoded
from obelism.ingest.rejected import Rejected
from obelism.model import Claim
from obelism.records import published_id

Row = Mapping[str, str]

_ADDRESSES = ("url", "position_url")

MAX_TABLE = 512 * 1024 * 1024
# A claim with the longest of texts in each column is shorter.
MAX_LINE = 1024 * 1024
# Characters. A quoted text without an end has up to 131,072 of them, csv's limit, read once more: a table of 30 kB that
# is all such texts took 13 seconds, and one of 50 MB would take days.
MAX_READ_AGAIN = 16 * 1024 * 1024

# Other names that tables of fact-checks give these columns; case, spaces, dots and underscores do not count.
ALIASES: Mapping[str, Sequence[str]] = {
    "id": ("claim id", "identifier", "uid"),
    "text": (
        "claim",
        "claim text",
        "claim reviewed",
        "statement",
        "affirmation",
        "claim review claim reviewed",
    ),
    "language": ("lang", "in language", "claim language", "language code", "langue"),
    "claimant": (
        "speaker",
        "claimed by",
        "said by",
        "claim author",
        "item reviewed author name",
        "creative work author name",
        "statement originator",
    ),
    "publisher": (
        "fact checker",
        "reviewer",
        "review publisher",
        "review author",
        "organization",
        "author name",
        "publisher name",
        "claim review author name",
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
    "url": (
        "review url",
        "link",
        "fact check url",
        "article url",
        "lien",
        "claim review url",
        "factcheck analysis link",
    ),
    "title": ("review title", "headline", "article title", "titre"),
    "date": (
        "review date",
        "date published",
        "published",
        "publication date",
        "date de publication",
        "factcheck date",
    ),
    "review_language": ("language of review",),
    "state": ("review state",),
    "party": ("position party",),
    "stance": ("position stance",),
    "phrasing": ("wording", "paraphrase", "formulation"),
    "phrasing_language": ("wording language", "paraphrase language"),
}


def claims_of(file: IO[bytes], name: str, language: str | None = None) -> Iterator[Claim | Rejected]:
    """The claims of a table; `language` is theirs where it tells none, else it is told by their words.

    Lines of one claim stand together and repeat its id. A bad line costs nothing but itself.
    """
    data = file.read(MAX_TABLE + 1)
    if len(data) > MAX_TABLE:
        yield Rejected(name, f"the table is over {MAX_TABLE // 1024 // 1024} MB; divide it", cut=True)
        return
    text = decoded(data)
    del data
    line, header = next(_lines(text, name), (1, []))
    if isinstance(header, Rejected):
        yield header
        return
    try:
        columns = _columns(header)
    except BadClaim as error:
        yield Rejected(f"{name} line {line}", str(error))
        return
    # Our own exports escape nothing: "AT&amp;T" is what was said.
    is_export = tuple(header) == COLUMNS

    def rows() -> Iterator[tuple[int, Row] | Rejected]:
        for line, cells in islice(_lines(text, name), 1, None):
            yield cells if isinstance(cells, Rejected) else _row(line, cells, columns, name, is_export)

    # Read twice, for the rows of a table take fifty times its room.
    several = _pages_of_several_claims(row[1] for row in rows() if not isinstance(row, Rejected))
    yield from _joined(rows(), several, name, language)


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str] | Rejected]]:
    """The lines of a table that hold something, with the number of the line where each begins."""
    mark = _delimiter(text)
    is_bare = mark == "\t" and not _is_quoted(text)
    lines = _Readable(text, newline="")
    reader = csv.reader(
        lines,
        delimiter=mark,
        quoting=csv.QUOTE_NONE if is_bare else csv.QUOTE_MINIMAL,
        strict=True,
    )
    line, again = 1, 0
    while True:
        start, read = lines.tell(), reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quoted text without an end takes in the lines behind it: they are read again, each by itself.
            again += lines.tell() - start
            if again > MAX_READ_AGAIN:
                reason = "too many texts in quotes that have no end; the rest is not read"
                yield line, Rejected(f"{name} line {line}", reason, cut=True)
                return
            lines.seek(start)
            lines.readline()
            is_last = lines.tell() == len(text)
            cut = is_last and "expected after" not in str(error)
            yield line, Rejected(f"{name} line {line}", f"not valid CSV: {error}", cut)
            line += 1
            continue
        # "sep=;" at the top of a table tells spreadsheets, in a line of its own, what divides the cells.
        if any(cell.strip() for cell in cells) and cells[0] != "sep=":
            yield line, cells
        line += reader.line_num - read


class _Readable(io.StringIO):
    """Goes through lines. Raises csv.Error for one that is too long, and goes on behind it."""

    def __next__(self) -> str:  # type: ignore[override]  # typeshed has it give bytes
        line = super().__next__()
        if len(line) > MAX_LINE:
            raise csv.Error(f"a line of over {MAX_LINE // 1024 // 1024} MB; no claim is that long")
        return line


def _delimiter(text: str) -> str:
    """The mark between the columns: French and German spreadsheets write semicolons."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t|", key=header.count)


def _is_quoted(text: str) -> bool:
    """Whether a table of tabs can be read as one with quoted cells; those of databases have none."""
    try:
        for _ in csv.reader(_Readable(text, newline=""), delimiter="\t", strict=True):
            pass
    except csv.Error:
        return False
    return True


def _columns(header: Sequence[str]) -> list[str | None]:
    """What each column of the table is, None for those that nobody asked for."""
    given = [_plain(name) for name in header]
    by_name = {_plain(column): column for column in COLUMNS}
    by_alias = {_plain(alias): column for column, names in ALIASES.items() for alias in names}
    named = {by_name[name] for name in given if name in by_name}
    columns = [by_name.get(n) or (c if (c := by_alias.get(n)) not in named else None) for n in given]
    columns = [column if column not in columns[:at] else None for at, column in enumerate(columns)]
    if "text" not in columns:
        raise BadClaim(f"the table has no column text (known as: {', '.join(('text', *ALIASES['text']))})")
    return columns


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _row(
    line: int, cells: Sequence[str], columns: Sequence[str | None], name: str, is_export: bool
) -> tuple[int, Row] | Rejected:
    if any(cell.strip() for cell in cells[len(columns) :]):
        reason = f"{len(cells)} cells where the header has {len(columns)}; put texts with commas in quotes"
        return Rejected(f"{name} line {line}", reason)
    texts = (_text(cell, is_export) for cell in cells)
    row = {column: text for column, text in zip(columns, texts, strict=False) if column and text}
    if is_export:
        return line, row
    # Written as in other forms, because it makes the id.
    return line, row | {
        column: address_of(row[column]) or row[column] for column in _ADDRESSES if column in row
    }


def _text(cell: str, is_export: bool) -> str:
    text = _unguarded(cell.strip())
    return (text if is_export else unescaped(text)).strip()


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _joined(
    rows: Iterable[tuple[int, Row] | Rejected], several: set[str], name: str, language: str | None
) -> Iterator[Claim | Rejected]:
    """The claims that the rows make: those of one id, one behind the other, are one claim."""
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
        "language": language_in(row.get("language"))
        or (same and same.language)
        or language
        or told_by(f"{text}\n{row.get('title', '')}", url),
        "claimant": row.get("claimant"),
    }
    if {"publisher", "rating", "url", "title"} & set(row):
        review: dict[str, Any] = {
            key: row[key] for key in ("publisher", "rating", "url", "title", "state") if key in row
        }
        review |= {
            "language": language_in(row.get("review_language")) or record["language"],
            "date": date_of(row.get("date")),
        }
        record["reviews"] = [review]
    if {"party", "stance", "position_url"} & set(row):
        position = {"party": row.get("party"), "stance": row.get("stance"), "url": row.get("position_url")}
        position |= {"title": row.get("position_title"), "date": date_of(row.get("position_date"))}
        record["positions"] = [position]
    if "phrasing" in row:
        said_in = language_in(row.get("phrasing_language")) or record["language"]
        record["phrasings"] = [{"text": row["phrasing"], "language": said_in}]
    return record


def _pages_of_several_claims(rows: Iterable[Row]) -> set[str]:
    first: dict[str, int] = {}
    told = ((row["url"], hash(row.get("text", ""))) for row in rows if "url" in row and "id" not in row)
    return {url for url, text in told if first.setdefault(url, text) != text}


def _with(claim: Claim, more: Claim) -> Claim:
    return replace(
        claim,
        claimant=claim.claimant or more.claimant,
        phrasings=tuple(dict.fromkeys((*claim.phrasings, *more.phrasings))),
        reviews=tuple(dict.fromkeys((*claim.reviews, *more.reviews))),
        positions=tuple(dict.fromkeys((*claim.positions, *more.positions))),
    )
