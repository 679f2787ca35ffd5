"""Two texts that read the same fold to the same characters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obelism.text import fold, fold_with_map, words

ALIKE = [
    ("case", "Élysée", "ÉLYSÉE"),
    ("sharp s", "Straße", "STRASSE"),
    ("curly apostrophe", "l’Europe", "l'Europe"),
    ("curly double quotes", "“a lie”", '"a lie"'),
    ("guillemets are quotes", "«a lie»", '"a lie"'),
    ("en dash and hyphen", "Paris–Nice", "Paris-Nice"),
    ("no-break hyphen", "porte\u2011parole", "porte-parole"),
    ("no-break space", "10\u00a0000", "10 000"),
    ("narrow no-break space", "vrai\u202f?", "vrai ?"),
    ("runs of white space and ends", " \n two \t words ", "two words"),
    ("soft hyphen inside a word", "anti\u00adconsti\u00adtution", "anticonstitution"),
    ("zero-width space", "https://\u200bexample", "https://example"),
    ("accent as its own character", "e\u0301te\u0301", "été"),
    ("soft hyphen before an accent", "e\u00ad\u0301", "é"),
    ("ligature", "ﬁnal", "final"),
    ("ellipsis", "well…", "well..."),
    ("Hangul letter by letter", "\u1112\u1161\u11ab", "한"),
]


@pytest.mark.parametrize(("left", "right"), [case[1:] for case in ALIKE], ids=[case[0] for case in ALIKE])
def test_texts_that_read_the_same_fold_alike(left, right):
    assert fold(left) == fold(right)


@pytest.mark.parametrize(
    ("left", "right"), [("ete", "été"), ("3.5", "35"), ("a b", "ab"), ("Putin", "Poutine")]
)
def test_texts_that_read_differently_stay_apart(left, right):
    assert fold(left) != fold(right)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’Europe qu’il aime", ["l", "europe", "qu", "il", "aime"]),
        ("aujourd’hui, jusqu’à", ["aujourd'hui", "jusqu", "à"]),
        ("They don’t trust Putin’s word", ["they", "don't", "trust", "putin's", "word"]),
        ("1,200 deaths, 3.5 %, en 2024.", ["1,200", "deaths", "3.5", "en", "2024"]),
        ("le porte-parole du G7", ["le", "porte", "parole", "du", "g7"]),
        ("5G, Covid-19 and F-16s", ["5g", "covid", "19", "and", "f", "16s"]),
        ("", []),
        ("« … » !?", []),
    ],
)
def test_words_of_a_text(text, expected):
    assert words(text) == expected


def test_a_folded_find_gives_back_the_characters_of_the_page():
    page = "Il dit\u00a0: «\u202fL’anti\u00adgel est un MENSONGE\u202f» hier."
    folded, offsets = fold_with_map(page)
    at = folded.index("l'antigel est un mensonge")
    start, end = offsets[at], offsets[at + len("l'antigel est un mensonge") - 1] + 1
    assert page[start:end] == "L’anti\u00adgel est un MENSONGE"


@settings(deadline=None)
@given(st.text())
def test_the_map_is_of_the_same_text_and_in_order(text):
    folded, offsets = fold_with_map(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x2BFF)))
def test_each_folded_character_comes_from_where_the_map_says(text):
    folded, offsets = fold_with_map(text)
    for char, offset in zip(folded, offsets, strict=True):
        if text[offset].isascii() and text[offset].isalnum():
            assert char == text[offset].casefold() or not char.isascii()


def test_ten_thousand_marks_on_one_letter_are_folded_piece_by_piece():
    assert len(fold("a" + "\u0301\u0316" * 5000)) <= 10_001
