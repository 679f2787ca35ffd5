"""What the stages found -> the shapes that are sent."""

from __future__ import annotations

from obelism.api.shapes import (
    ClaimShown,
    Counts,
    NoteShown,
    NotesShown,
    PageShown,
    PhrasingShown,
    PositionShown,
    QuoteShown,
    ReasonShown,
    ResultShown,
    ResultsShown,
    ReviewShown,
)
from obelism.model import Claim, Match, Note, Reading
from obelism.ratings import status_of


def reading_shown(reading: Reading) -> NotesShown:
    """The answer to a page."""
    article = reading.article
    return NotesShown(
        page=PageShown(
            url=article.url,
            title=article.title,
            language=article.language,
            published=article.published,
            is_fact_check=article.is_fact_check,
            kind=article.kind,
        ),
        counts=Counts(statements=reading.statements, notes=len(reading.notes), flags=reading.flags),
        notes=[note_shown(note) for note in reading.notes],
    )


def note_shown(note: Note) -> NoteShown:
    """One note, its claim included."""
    return NoteShown(
        id=note.id,
        quote=QuoteShown(exact=note.quote.exact, prefix=note.quote.prefix, suffix=note.quote.suffix),
        claim=claim_shown(note.claim),
        framing=note.framing,
        speaker=note.speaker,
        level=note.level,
        score=note.score,
        reasons=[ReasonShown(kind=r.kind, detail=r.detail) for r in note.reasons],
        cues=list(note.cues),
    )


def results_shown(matches: list[Match]) -> ResultsShown:
    """The answer to a look-up."""
    return ResultsShown(results=[_result_shown(match) for match in matches])


def claim_shown(claim: Claim) -> ClaimShown:
    """A claim with the status that follows from its reviews and positions."""
    return ClaimShown(
        id=claim.id,
        text=claim.text,
        language=claim.language,
        claimant=claim.claimant,
        status=status_of(claim),
        phrasings=[PhrasingShown(text=p.text, language=p.language) for p in claim.phrasings],
        reviews=[
            ReviewShown(
                publisher=r.publisher,
                rating=r.rating,
                url=r.url,
                title=r.title,
                date=r.date,
                language=r.language,
                state=r.state,
            )
            for r in claim.reviews
        ],
        positions=[
            PositionShown(party=p.party, stance=p.stance, url=p.url, title=p.title, date=p.date)
            for p in claim.positions
        ],
    )


def _result_shown(match: Match) -> ResultShown:
    return ResultShown(
        claim=claim_shown(match.claim),
        score=match.score,
        same=match.same,
        reasons=[ReasonShown(kind=r.kind, detail=r.detail) for r in match.reasons],
        vetoes=[ReasonShown(kind=v.kind, detail=v.detail) for v in match.vetoes],
    )
