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
