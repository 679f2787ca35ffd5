"""GET and POST /: a page where a person pastes an article and sees the notes in its margin.

Server-rendered and complete without script. Text of pages and claims is only ever put in as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from io import StringIO
from typing import Any, Literal, cast

from flask import Blueprint, Flask, Response, current_app, render_template, request

from obelism.api.bodies import fields_of, read_body, too_large
from obelism.api.margin import Piece, rows_of
from obelism.api.notes import read_page
from obelism.api.problems import Problem, problem_of
from obelism.api.service import Service
from obelism.article.markup import utf8_size
from obelism.errors import ObelismError
from obelism.model import Claim, Note, Page, Phrasing, Position, Reading, Reason, Review, Status
from obelism.records import is_web_address
from obelism.settings import Settings

Lang = Literal["en", "fr"]
LANGUAGES: tuple[tuple[Lang, str], ...] = (("en", "English"), ("fr", "Français"))

MAX_FIELDS = 10

# What tells HTML from text: one tag that pages are made of.
_HTML = re.compile(r"<(!doctype|html|head|body|main|article|section|div|p|h[1-6]|br|span|ul)\b[^<]*>", re.I)


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as the template shows it."""

    number: int
    told_in: int
    """The number of an earlier note on the same claim; 0 when this is the first."""
    level: str
    claim: Phrasing
    framing: str
    status: Status
    claimant: str | None
    reviews: Sequence[Review]
    positions: Sequence[Position]
    reasons: Sequence[tuple[str, str]]
    percent: int


@dataclass(frozen=True, slots=True)
class ParagraphRow:
    tag: str
    pieces: tuple[Piece, ...]
    notes: list[NoteRow]


@dataclass(frozen=True, slots=True)
class Shown:
    """A reading as the template shows it."""

    title: str
    language: str
    counts: str
    kinds: list[str]
    rows: list[ParagraphRow]
    unplaced: list[NoteRow]


def install(app: Flask, service: Service) -> None:
    """The front page of `service`, with its style and script."""
    pages = Blueprint("front", __name__, template_folder="../web/templates", static_folder="../web/static")

    @pages.get("/")
    def front() -> Response:
        return render(chosen_language(request.args.get("lang")))

    def check() -> Response:
        sent = _form(service.settings)
        lang = chosen_language(sent.get("lang") or sent.get("shown"))
        text = sent.get("text", "")
        if not text.strip():
            return render(lang)
        try:
            service.admit_reader()
            return service.work(lambda: _reading(service, lang, text, sent.get("html", "")))
        except (Problem, ObelismError) as error:
            return render_problem(problem_of(error), lang, text)

    limited = service.limits.guarded_for_readers(service.limits.limited(check))
    pages.add_url_rule("/", "check", limited, methods=["POST"])
    app.register_blueprint(pages)
    app.extensions["problem_pages"] |= {"front.front": render_problem, "front.check": render_problem}


def chosen_language(wish: str | None) -> Lang:
    """The language asked for on the page, else the browser's, else English."""
    codes = [code for code, _ in LANGUAGES]
    return cast(Lang, wish if wish in codes else request.accept_languages.best_match(codes, "en"))


def html_of(text: str) -> str:
    """What a person pasted, as a page: HTML stays, text becomes paragraphs, a short first line the title."""
    if _HTML.search(text):
        return text
    page = StringIO()
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    if rest and len(first) < 200 and not first.endswith((".", "!", "…", ":")):
        page.write(f"<h1>{escape(first)}</h1>")
        text = rest
    # Line by line: a list of all lines takes forty times their room.
    for line in map(str.strip, StringIO(text, newline=None)):
        if line:
            page.write(f"<p>{escape(line)}</p>")
    return f"<article>{page.getvalue()}</article>"


def render(lang: Lang, **context: Any) -> Response:
    """The front page in `lang`."""
    words = strings(lang)
    page = render_template("front.html", lang=lang, t=words, languages=LANGUAGES, **context)
    return Response(page, headers={"Content-Language": lang, "Vary": "Accept-Language"})


def render_problem(problem: Problem, lang: Lang | None = None, text: str = "") -> Response:
    """The front page with a problem said on it, in the reader's words."""
    lang = lang or chosen_language(None)
    words = strings(lang)
    settings = current_app.extensions["obelism"].settings
    told = words.get(f"problem_{problem.kind}", words["problem_other"]).format(
        megabytes=f"{settings.max_html_bytes / 2**20:.2g}", sentences=settings.max_statements
    )
    answer = render(lang, problem=told, text=text)
    answer.status_code = problem.status
    answer.headers.extend(problem.headers)
    return answer


@cache
def strings(lang: Lang) -> dict[str, str]:
    """All words of the page in one language."""
    table = json.loads((files("obelism") / "web" / "strings.json").read_text("utf-8"))
    return cast(dict[str, str], table[lang])


def _form(settings: Settings) -> dict[str, str]:
    """The fields of the form that was sent. Of a text over the limit not even the page that refuses it holds a copy."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Problem(415, "content-type", "Not a form", "Send the form of this page.")
    try:
        sent = dict(fields_of(read_body(request, settings.max_body_bytes).content, MAX_FIELDS))
    except ValueError:
        raise Problem(
            422, "bad-input", "The request cannot be used", "The form has too many fields."
        ) from None
    if any(utf8_size(value) > settings.max_html_bytes for value in sent.values()):
        raise too_large(settings.max_html_bytes)
    return sent


def _reading(service: Service, lang: Lang, text: str, rich: str) -> Response:
    reading = read_page(service, Page(rich if rich.strip() else html_of(text)))
    return render(lang, text=text, shown=_shown(reading, lang))


def _shown(reading: Reading, lang: Lang) -> Shown:
    words = strings(lang)
    rows, lost = rows_of(reading)
    first: dict[str, int] = {}
    for number, note in enumerate(reading.notes, 1):
        first.setdefault(note.claim.id, number)

    def shown(number: int, note: Note) -> NoteRow:
        told_in = first[note.claim.id]
        return _note(number, note, lang, 0 if told_in == number else told_in)

    kind = reading.article.kind
    return Shown(
        title=reading.article.title,
        language=reading.article.language,
        counts=_counts(reading, words),
        kinds=[words[kind.replace("-", "_")]] if kind != "news" else [],
        rows=[ParagraphRow(row.tag, row.pieces, [shown(n, note) for n, note in row.notes]) for row in rows],
        unplaced=[shown(n, note) for n, note in lost],
    )


def _counts(reading: Reading, words: dict[str, str]) -> str:
    parts = [_count(words, "sentences", reading.statements), _count(words, "notes", len(reading.notes))]
    if reading.notes:
        parts.append(_count(words, "flags", reading.flags))
    return ", ".join(parts) + "."


def _count(words: dict[str, str], noun: str, n: int) -> str:
    form = "one" if n == 1 else "none" if n == 0 and f"{noun}_none" in words else "many"
    return words[f"{noun}_{form}"].format(n=n)


def _note(number: int, note: Note, lang: Lang, told_in: int) -> NoteRow:
    claim = note.claim
    return NoteRow(
        number=number,
        told_in=told_in,
        level=note.level,
        claim=wording(claim, lang),
        framing=_framing(note, strings(lang)),
        status=note.status,
        claimant=claim.claimant,
        reviews=[review for review in claim.reviews if is_web_address(review.url)],
        positions=[position for position in claim.positions if is_web_address(position.url)],
        reasons=[_reason(reason, strings(lang)) for reason in note.reasons if reason.kind != "score"],
        percent=round(note.score * 100),
    )


def wording(claim: Claim, language: str) -> Phrasing:
    """The claim's text in `language` where it has one, else as it was first written."""
    return next((wording for wording in claim.wordings if wording.language == language), claim.wordings[0])


def _reason(reason: Reason, words: dict[str, str]) -> tuple[str, str]:
    """A reason's kind in words, and its detail where that is no English of our own."""
    kind, _, difference = reason.kind.partition(":")
    told = words.get(f"reason_{kind}", kind)
    return (f"{told} ({words.get(f'difference_{difference}', difference)})" if difference else told), (
        "" if kind == "checked" else reason.detail
    )


def _framing(note: Note, words: dict[str, str]) -> str:
    spoken = {"attributed": "framing_attributed_to", "denied": "framing_denied_by"}
    if note.speaker and note.framing in spoken:
        return words[spoken[note.framing]].format(name=note.speaker)
    return words[f"framing_{note.framing}"]
