"""Names and terms come out the same in both languages."""

import pytest

from obelism.names import names_in, terms


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Poutine", "Putin"),
        ("Pékin", "Beijing"),
        ("Bruxelles", "Brussels"),
        ("Zelenski", "Zelensky"),
        ("l'Allemagne", "Germany"),
        ("la Suisse", "Switzerland"),
        ("les Suisses", "the Swiss"),
        ("l’OTAN", "NATO"),
        ("l’Otan", "NATO"),
        ("le Fmi", "the IMF"),
        ("le Giec", "the IPCC"),
        ("l'Union européenne", "the European Union"),
        ("l'Organisation mondiale de la santé", "the World Health Organization"),
    ],
)
def test_a_name_gives_the_same_terms_in_french_and_english(french: str, english: str) -> None:
    assert terms(french, "fr") == terms(english, "en") != []


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("vaccines", "vaccine", "en"),
        ("accusations", "accusation", "fr"),
        ("Putin's", "Putin", "en"),
        ("DÉCLARÉE", "déclarée", "fr"),
    ],
)
def test_inflected_words_meet(one: str, other: str, language: str) -> None:
    assert terms(one, language) == terms(other, language)


def test_words_without_content_are_no_terms() -> None:
    assert terms("It is what it is, and that was all of it.", "en") == []
    assert terms("Ce n'est pas qu'il y ait eu", "fr") == ["ait"]


def test_numbers_are_kept_as_written() -> None:
    assert terms("3,000 people in 2021", "en") == ["3,000", "peopl", "2021"]


def test_an_unknown_language_is_not_stemmed() -> None:
    assert terms("vaccines Poutine", "und") == ["vaccines", "putin"]


def test_filipino_is_not_finnish() -> None:
    assert terms("talossa", "fi") == ["talo"]
    assert terms("talossa", "fil") == ["talossa"]


def test_names_are_capitalised_words_inside_a_sentence_and_known_ones_at_its_start() -> None:
    assert names_in("Poutine a rencontré Emmanuel Macron.") == ("putin", "emmanuel", "macron")
    assert names_in("Yesterday the mayor spoke.") == ()
    assert names_in("Le gou\u00adver\u00adne\u00adment tombe. Demain, on votera.") == ()


def test_short_abbreviations_are_names_only_in_capitals() -> None:
    assert terms("selon l'OMS", "fr") == terms("the WHO", "en") == terms("World Health Organization", "en")
    assert terms("who was there", "en") == []
    assert names_in("Elle a dit à l'ONU") == names_in("she told the UN")
    assert terms("l’Onu", "fr") == terms("l’ONU", "fr")
    assert names_in("L’Otan et l’Onu") == ("nato", "united nations")
    assert terms("UN HOMME EST MORT", "fr") == terms("un homme est mort", "fr")
