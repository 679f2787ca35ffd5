"""Bodies of requests are looked through in a small part of the memory that they take themselves."""

import json
import tracemalloc
from collections.abc import Callable
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obelism.api.bodies import CHUNK, MOST_HALVES, fields_of, outside_strings, whole_characters

MANY = 10**9

JSON = st.recursive(
    st.text(st.sampled_from('a"\\\n é{[,:')) | st.integers(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(st.sampled_from('a"\\')), inside),
)


def memory(work: Callable[[], object]) -> int:
    """The most bytes that Python held at a time for `work`."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@given(JSON)
def test_what_stands_in_no_string_is_counted_as_if_strings_were_cut_out(value: object) -> None:
    content = json.dumps(value).encode()
    plain = content.replace(rb"\\", b"").replace(rb"\"", b"")
    assert outside_strings(content, MANY) == sum(map(len, plain.split(b'"')[::2]))


@pytest.mark.parametrize("content", [b'"",' * 1_000, b'""' * 1_000])
def test_counting_ends_where_it_is_too_much(content: bytes) -> None:
    assert outside_strings(content, 100) == 101


@pytest.mark.parametrize("inside", [b"x", b"\\u00e9", b"\\\\", b'\\"'])
def test_a_long_string_is_looked_through_without_a_copy(inside: bytes) -> None:
    content = b'{"html":"' + inside * 500_000
    assert memory(lambda: outside_strings(content, MANY)) < 10_000


@given(st.lists(st.tuples(st.text(), st.text(st.sampled_from("a é€%+&=<\r\n\0🙂")))))
def test_a_form_is_read_as_it_was_written(fields: list[tuple[str, str]]) -> None:
    assert fields_of(urlencode(fields).encode(), MANY) == fields


@given(st.text(st.sampled_from("ab%é€+&=;3C<4 ")))
def test_a_form_that_no_browser_sends_is_read_as_python_reads_it(form: str) -> None:
    assert fields_of(form.encode(), MANY) == parse_qsl(form, keep_blank_values=True, errors="replace")


@pytest.mark.parametrize("before", range(4))
def test_a_long_value_is_cut_between_its_characters(before: int) -> None:
    text = "a" * before + "<é€" * CHUNK
    assert fields_of(f"text={quote_plus(text)}".encode(), MANY) == [("text", text)]


def test_a_form_of_quoted_characters_takes_a_few_times_its_own_size() -> None:
    form = urlencode({"text": "<div>" * 100_000}).encode()
    assert memory(lambda: fields_of(form, MANY)) < 8 * len(form)


def test_a_form_has_only_so_many_fields() -> None:
    assert len(fields_of(b"a=1&b=2", 2)) == 2
    with pytest.raises(ValueError, match="more than 2"):
        fields_of(b"a=1&b=2&c", 2)


def test_halves_of_characters_are_mended_unless_they_are_too_many() -> None:
    half = rb"\ud83d"
    assert whole_characters(half * MOST_HALVES) == rb"\ufffd" * MOST_HALVES
    too_many = half * (MOST_HALVES + 1)
    assert whole_characters(too_many) is too_many
