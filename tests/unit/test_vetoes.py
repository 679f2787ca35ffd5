"""A veto is a difference that a reader can check."""

import pytest

from obelism.matches.features import Asked, Reader, View, view_of
from obelism.matches.vetoes import (
    fragment_veto,
    modality_veto,
    name_veto,
    number_veto,
    roles_veto,
    vetoes_of,
)
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


FINN, ROVENIA = "The banker Orla Finn blackmailed Tom Reyes", "La Rovénie a envahi le Kelstan en 1911"


@pytest.mark.parametrize(
    ("language", "claim", "statement", "vetoed"),
    [
        ("en", FINN, "Tom Reyes blackmailed Orla Finn", True),
        ("en", FINN, "The paper says that Orla Finn blackmailed Tom Reyes", False),
        ("en", FINN, "Tom Reyes was blackmailed by Orla Finn", False),
        ("en", FINN, "Orla Finn was blackmailed by Tom Reyes", True),
        ("en", FINN, "Tom Reyes thanked Orla Finn, who blackmailed him", False),
        ("en", "Orla Finn secretly met with Tom Reyes", "Tom Reyes secretly met with Orla Finn", False),
        ("en", "Orla Finn paid on the orders of Tom Reyes", "Tom Reyes had ordered Orla Finn to pay", False),
        ("fr", ROVENIA, "Le Kelstan a envahi la Rovénie, dit-on", True),
        ("fr", ROVENIA, "Le Kelstan a été envahi par la Rovénie", False),
        ("fr", ROVENIA, "La Rovénie a envahi le Kelstan, qui avait envahi la Rovénie", False),
    ],
)
def test_swapped_roles_are_a_veto_where_the_words_are_the_same(
    language: str, claim: str, statement: str, vetoed: bool
) -> None:
    meant, said = view_of(claim, language), view_of(statement, language)
    assert (roles_veto(meant, said, Phrasing(claim, language), statement, language) is not None) == vetoed


def test_swapped_roles_say_both_and_are_left_alone_across_languages() -> None:
    claim, statement = "La Rovénie a envahi le Kelstan", "Le Kelstan a envahi la Rovénie"
    asked = fr(claim), fr(statement), Phrasing(claim, "fr"), statement
    assert roles_veto(*asked, "fr") == Veto("roles", "rovenie … kelstan / kelstan … rovenie")
    assert roles_veto(*asked, "en") is None


RAISED, MAY_RAISE = "The port of Larnoc raised its fees", "The port of Larnoc may raise its fees"
AUGMENTE = "Le port de Larnoc augmente ses droits"


@pytest.mark.parametrize(
    ("language", "claim", "statement", "vetoed"),
    [
        ("en", RAISED, "The port of Larnoc may soon raise its fees", "raise / may raise"),
        ("en", RAISED, "The port of Larnoc might have raised them", "raised / might raised"),
        ("en", MAY_RAISE, MAY_RAISE, None),
        ("en", MAY_RAISE, RAISED, None),
        ("en", RAISED, "In May the port of Larnoc raised its fees", None),
        ("en", RAISED, "Nothing could raise the fees of Larnoc, its mayor says", None),
        ("en", RAISED, "Its mayor says they could raise the fees at will", None),
        ("fr", AUGMENTE, "Le port de Larnoc pourrait augmenter ses droits", "augmenter / pourrait augmenter"),
        ("fr", AUGMENTE, "Le port de Larnoc aurait augmenté ses droits", None),
    ],
)
def test_what_is_only_possible_is_not_what_the_claim_says(
    language: str, claim: str, statement: str, vetoed: str | None
) -> None:
    found = modality_veto(view_of(claim, language), Phrasing(claim, language), statement, language)
    assert found == (Veto("modality", vetoed) if vetoed else None)


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
