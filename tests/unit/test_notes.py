"""Which matches become notes, at what level, as which quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obelism.model import Article, Block, Claim, Framed, Framing, Level, Match, PageKind, Statement, Status
from obelism.notes import AROUND, Found, level_of, notes_of, quote_of
from obelism.statements import statements_of

TEXT = "The headline\n\nFirst sentence here. Second\u00a0sentence «\u202fquoted\u202f».\n\nLast one."
ARTICLE = Article(
    TEXT,
    (Block(0, 12, "title"), Block(14, 14 + 54, "text"), Block(len(TEXT) - 9, len(TEXT), "text")),
    "The headline",
    "en",
)


def statement(text: str) -> Statement:
    start = TEXT.index(text)
    return Statement(text, start, start + len(text), 1)


def found(
    text: str, claim: str, score: float, framing: Framing = "asserted", status: Status = "refuted"
) -> Found:
    return Found(
        statement(text), Match(Claim(claim, f"{claim} is so", "en"), score, True), Framed(framing), status
    )


@pytest.mark.parametrize(
    ("framing", "status", "kind", "level"),
    [
        ("asserted", "refuted", "news", "flag"),
        ("attributed", "disputed", "news", "flag"),
        ("attributed", "unproven", "opinion", "flag"),
        ("denied", "refuted", "news", "context"),
        ("questioned", "disputed", "news", "context"),
        ("asserted", "supported", "news", "context"),
        ("asserted", "unrated", "news", "context"),
        ("asserted", "satire", "news", "context"),
        ("asserted", "refuted", "fact-check", "context"),
        ("asserted", "refuted", "satire", "context"),
    ],
)
def test_only_a_contested_claim_that_the_page_passes_on_is_flagged(
    framing: Framing, status: Status, kind: PageKind, level: Level
) -> None:
    assert level_of(framing, status, kind) == level


def test_a_sentence_gets_one_note_for_its_surest_claim() -> None:
    notes = notes_of(
        ARTICLE, [found("First sentence here.", "weak", 0.8), found("First sentence here.", "sure", 0.9)]
    )
    assert [note.claim.id for note in notes] == ["sure"]


def test_of_equally_sure_claims_the_flag_wins() -> None:
    pair = [
        found("First sentence here.", "z-denied", 0.9, "denied"),
        found("First sentence here.", "a-asserted", 0.9, "asserted"),
    ]
    assert [note.claim.id for note in notes_of(ARTICLE, pair)] == ["a-asserted"]


def test_notes_come_in_page_order_and_keep_their_ids() -> None:
    late, early = found("Last one.", "claim", 0.9), found("First sentence here.", "claim", 0.7)
    notes = notes_of(ARTICLE, [late, early])
    assert [note.quote.exact for note in notes] == ["First sentence here.", "Last one."]
    assert notes == notes_of(ARTICLE, [early, late])
    assert notes[0].id != notes[1].id


def test_a_quote_keeps_the_pages_characters_and_what_stands_around_it() -> None:
    quote = quote_of(ARTICLE, statement("Second\u00a0sentence «\u202fquoted\u202f»."))
    assert quote.exact == "Second\u00a0sentence «\u202fquoted\u202f»."
    assert quote.prefix == "The headline First sentence here. "[-32:]
    assert quote.suffix == " Last one."


PARAGRAPHS = st.lists(
    st.text(st.sampled_from("ab .?!«\u00a0\u00ad\u202f"), min_size=1, max_size=20), min_size=1
)


@given(PARAGRAPHS)
def test_a_quote_is_a_run_of_the_text_with_what_stands_around_it(paragraphs: list[str]) -> None:
    text, blocks = "", []
    for paragraph in paragraphs:
        blocks.append(Block(len(text), len(text) + len(paragraph), "text"))
        text += f"{paragraph}\n\n"
    article = Article(text.removesuffix("\n\n"), tuple(blocks), "", "en")
    for statement in statements_of(article):
        quote = quote_of(article, statement)
        before, after = article.text[: statement.start], article.text[statement.end :]
        assert quote.exact == statement.text
        assert quote.prefix == before.replace("\n\n", " ")[-AROUND:]
        assert quote.suffix == after.replace("\n\n", " ")[:AROUND]
