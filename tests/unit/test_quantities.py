"""Numbers are read alike in English and French, in digits and in words."""

import pytest

from obelism.matches.quantities import Quantity, conflict, quantities, shared

READ = [
    ("The chain shut 42 shops", 42, "count"),
    ("Forty-two outlets closed", 42, "count"),
    ("quarante-deux points de vente", 42, "count"),
    ("quatre-vingt-dix-sept pour cent des voix", 97, "percent"),
    ("3 % des élèves", 3, "percent"),
    ("0.7 percent of voters", 0.7, "percent"),
    ("12\u202f000 manifestants", 12000, "count"),
    ("12,000 marchers", 12000, "count"),
    ("trois cents morts", 300, "count"),
    ("$5.5 billion", 5.5e9, "money"),
    ("2,5 millions d’euros", 2.5e6, "money"),
    ("20,000 pounds", 20000, "money"),
    ("en 2019", 2019, "year"),
    ("a 30-year-old man", 30, "age"),
    ("soixante et onze ans", 71, "age"),
    ("une quinzaine de personnes", 15, "count"),
    ("£1.5m was spent", 1.5e6, "money"),
    ("a $300k house", 3e5, "money"),
    ("2,5 M€", 2.5e6, "money"),
    ("300 k€ par an", 3e5, "money"),
    ("a hole 5 m deep", 5, "count"),
    ("un million d’euros", 1e6, "money"),
    ("one million dollars", 1e6, "money"),
    ("cent mille euros", 1e5, "money"),
    ("il va supprimer 1500 emplois", 1500, "count"),
    ("plus de 1500 emplois", 1500, "count"),
    ("d’ici 2025 tous partiront", 2025, "year"),
    ("the 2020 elections", 2020, "year"),
    ("Rio 2016 Olympics", 2016, "year"),
    ("2019 was dry", 2019, "year"),
    ("the 1990s", 1990, "count"),
    ("les années 1990", 1990, "count"),
]


@pytest.mark.parametrize(("text", "value", "unit"), READ)
def test_a_number_is_read_with_its_unit(text: str, value: float, unit: str) -> None:
    assert [(round(q.value, 6), q.unit) for q in quantities(text)] == [(value, unit)]


def test_a_month_is_a_date_but_may_is_a_verb_too_often_to_count() -> None:
    assert [q.unit for q in quantities("in March 2020")] == ["year", "month"]
    assert quantities("it may rain") == ()


@pytest.mark.parametrize(
    ("claim", "statement", "expected"),
    [
        ("Taxes rose by 3 % in 2019", "Les impôts ont augmenté de 30 % en 2019", ("percent", "3 % / 30 %")),
        ("The vote was held in 2016", "Le vote a eu lieu en 2017", ("year", "2016 / 2017")),
        ("The minister took $5 million", "Le ministre a touché 5 millions de dollars", None),
        ("Nearly 50,000 dollars were paid", "49,800 dollars were paid", None),
        ("42 shops were closed", "The chain closed 40 shops", None),  # a count may count other things
        ("Unemployment is at 7 %", "Unemployment has fallen", None),
        ("The rate fell from 8% to 6%", "Le taux est de 6 %", None),
        ("The rate fell from 8% to 6%", "Le taux est de 5 %", ("percent", "8% / 5 %")),
        ("It rose by 8 % in March", "It rose by 3 %", ("percent", "8 % / 3 %")),  # March is no 3 %
        ("Between 2015 and 2020 prices rose", "Prices have risen from 2015 on", None),
        ("The palace cost 20 million euros", "Le palais a coûté 21,4 millions de dollars", None),
        (
            "The palace cost £20 million",
            "Le palais a coûté 5 millions de livres",
            ("money", "£20 million / 5 millions de livres"),
        ),
        (
            "Le ministre a touché 50 000 euros en 2019",
            "Selon une enquête publiée le 3 mars 2023, le ministre a touché 50 000 euros",
            None,
        ),
    ],
)
def test_only_shares_sums_and_dates_conflict(
    claim: str, statement: str, expected: tuple[str, str] | None
) -> None:
    assert conflict(quantities(claim), quantities(statement)) == expected


def test_shared_counts_what_both_state_and_what_each_has_alone() -> None:
    assert shared(quantities("42 shops in 2019"), quantities("Forty-two outlets and 7 depots")) == (1, 1, 1)


def test_rounding_agrees_but_neighbouring_years_do_not() -> None:
    assert Quantity(49800, "count", "").agrees(Quantity(50000, "count", ""))
    assert not Quantity(2019, "year", "").agrees(Quantity(2020, "year", ""))
