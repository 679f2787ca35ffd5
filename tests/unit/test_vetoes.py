"""A veto is a difference that a reader can check."""

import pytest

from obelism.matches.features import Asked, Reader, View, view_of
from obelism.matches.vetoes import fragment_veto, name_veto, number_veto, vetoes_of
from obelism.model import Candidate, Claim, Phrasing, Veto

NOBODY: frozenset[str] = frozenset()


def en(text: str) -> View:
    return view_of(text, "en")


def fr(text: str) -> View:
    return view_of(text, "fr")


def test_another_share_is_a_veto_and_says_both() -> None:
    assert number_veto(en("Taxes rose by 3 %"), fr("Les impôts ont augmenté de 30 %")) == Veto(
        "number", "3 % / 30 %"
    )


def test_another_year_is_a_date_veto() -> None:
    assert number_veto(en("The vote of 2016 was rigged"), fr("Le scrutin de 2020 a été truqué")) == Veto(
        "date", "2016 / 2020"
    )


@pytest.mark.parametrize(
    ("claim", "statement", "around", "vetoed"),
    [
        ("Elon Musk spoke with Putin", "Selon le journal, Trump a rencontré Macron", NOBODY, True),
        ("Elon Musk spoke with Putin", "D'après le quotidien, Poutine l'a appelé", NOBODY, False),
        ("Elon Musk spoke with Putin", "Selon le journal, Trump était présent", frozenset({"musk"}), False),
        ("Elon Musk spoke with Putin", "the two men talked for an hour", NOBODY, False),
        ("Le Kremlin dément", "Reporters in London asked Russians", NOBODY, True),
        ("Russia denies it", "Asked by reporters, the Russian side denied it", NOBODY, False),
        ("Le vaisseau Soyouz a été percé", "Somebody drilled a hole in the Soyuz craft", NOBODY, False),
    ],
)
def test_names_veto_only_when_none_of_the_claims_names_is_around(
    claim: str, statement: str, around: frozenset[str], vetoed: bool
) -> None:
    assert (name_veto(en(claim), en(statement), around) is not None) == vetoed


def test_a_short_claim_is_only_a_suggestion() -> None:
    claim, statement = "Vaccines kill", "The vaccine is not dangerous, the ministry says."
    assert fragment_veto(en(claim), en(statement), claim, statement) == Veto("fragment", "Vaccines kill")


def test_a_short_sentence_is_no_proposition() -> None:
    claim = "Vaccines cause autism in young children"
    assert fragment_veto(en(claim), en("A lie."), claim, "A lie.") == Veto("fragment", "A lie.")


def test_all_differences_are_reported_together() -> None:
    claim = Claim("c", "Chirac won 82 % of the votes in France", "en")
    asked = Asked("Merkel took 33 % of the ballots in Germany", "", "en", Candidate(claim, 0.2, 0.5))
    assert [veto.kind for veto in vetoes_of(asked, Phrasing(claim.text, "en"), Reader())] == [
        "number",
        "name",
    ]


def test_a_name_of_another_wording_is_a_name_of_the_claim() -> None:
    told = Phrasing("Paris broke off its diplomatic relations with Bamako in January.", "en")
    claim = Claim(
        "relations", "Mali and France have no diplomatic relations any more.", "en", phrasings=(told,)
    )

    def vetoes(statement: str, of: Claim) -> list[str]:
        asked = Asked(statement, "", "en", Candidate(of, 0.5, 0.5))
        return [veto.kind for veto in vetoes_of(asked, told, Reader())]

    about_both = "The break between Mali and France is a lie, the ministry says."
    assert vetoes(about_both, claim) == []
    assert vetoes(about_both, Claim("alone", told.text, "en")) == ["name"]
    assert vetoes("The break between Chile and Peru is a lie, the ministry says.", claim) == ["name"]
