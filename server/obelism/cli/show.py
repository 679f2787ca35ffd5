"""Notes and claims on a terminal, in colour where it has any."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from obelism.model import Claim, Match, Note, Position, Reading, Review, Status
from obelism.ratings import status_of

STATUS_WORDS: dict[Status, tuple[str, str]] = {
    "refuted": ("fact-checkers call it false or misleading", "red"),
    "supported": ("fact-checkers confirm it", "green"),
    "disputed": ("disputed", "yellow"),
    "unproven": ("unproven", "yellow"),
    "satire": ("comes from satire", "magenta"),
    "unrated": ("nobody has rated it", "cyan"),
}
STANCE_WORDS = {
    "asserts": "stands by it",
    "disputes": "disputes it",
    "denies": "denies it",
    "no comment": "gave no comment",
}


def show_reading(console: Console, reading: Reading) -> None:
    """The notes of a page in page order, then how much was read."""
    article = reading.article
    if article.title:
        console.print(Text(article.title, style="bold"))
    if article.kind != "news":
        console.print(Text(f"This page is marked as {article.kind}.", style="magenta"))
    for note in reading.notes:
        console.print()
        _show_note(console, note)
    console.print()
    console.print(_counts(reading))


def show_matches(console: Console, matches: list[Match]) -> None:
    """Claims by falling score."""
    for match in matches:
        relation = "same claim" if match.same else "related"
        console.print()
        console.print(Text(f"{match.score:4.0%}  {relation}", style="bold green" if match.same else "dim"))
        show_claim(console, match.claim, status_of(match.claim))
        for veto in match.vetoes:
            console.print(_indented(Text(f"differs: {veto.kind}: {veto.detail}", style="yellow")))
    if not matches:
        console.print(Text("No claim is near this statement."))


def _show_note(console: Console, note: Note) -> None:
    sign, colour = ("†", "red") if note.level == "flag" else ("*", "blue")
    by = f" by {note.speaker}" if note.speaker else ""
    reasons = "; ".join(
        f"{reason.kind}: {reason.detail}" for reason in note.reasons if reason.kind != "score"
    )
    console.print(Text.assemble((f"{sign} ", f"bold {colour}"), (f"“{note.quote.exact}”", "italic")))
    console.print(_indented(Text(f"{note.framing} here{by}", style=colour)))
    show_claim(console, note.claim, note.status)
    why = f"Why: {note.score:.0%} sure to be this claim" + (f"; {reasons}" if reasons else "")
    console.print(_indented(Text(why, style="dim")))


def show_claim(console: Console, claim: Claim, status: Status) -> None:
    """A claim, its status, its reviews and positions with their sources."""
    words, colour = STATUS_WORDS[status]
    console.print(_indented(Text.assemble(("Claim: ", "dim"), (claim.text, "bold"))))
    console.print(_indented(Text.assemble((words, colour), (f"  [{claim.id}]", "dim"))))
    for review in claim.reviews:
        _show_source(console, _review(review), review.url)
    for position in claim.positions:
        _show_source(console, _position(position), position.url)


def _show_source(console: Console, what: Text, url: str) -> None:
    console.print(_indented(what))
    # Addresses stay whole: broken over lines they cannot be opened or copied.
    console.print(Text.assemble("    ", (url, "underline")), soft_wrap=True)


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 2))


def _review(review: Review) -> Text:
    state = f" ({review.state})" if review.state != "current" else ""
    rating = f"“{review.rating}”" if review.rating else "no rating"
    dated = f", {review.date}" if review.date else ""
    return Text.assemble((review.publisher, "bold"), f": {rating}{state}{dated}")


def _position(position: Position) -> Text:
    dated = f", {position.date}" if position.date else ""
    return Text.assemble((position.party, "bold"), f" {STANCE_WORDS[position.stance]}{dated}")


def _counts(reading: Reading) -> Text:
    notes, flags = len(reading.notes), reading.flags
    counts = f"{_many(reading.statements, 'sentence')} read, {_many(notes, 'note')}, {_many(flags, 'flag')}."
    return Text.assemble((counts, "bold"), (" No note is no clean bill.", "dim"))


def _many(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
