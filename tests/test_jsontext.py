"""JSON that arrives in pieces: the entries of a list, one at a time."""

import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.text.jsontext import ENTRY_LIMIT, MissingArray, entries

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def pieces(text: str, size: int) -> Iterator[str]:
    """Give *text* in pieces of *size* characters."""
    return (text[start : start + size] for start in range(0, len(text), size))


@given(
    before=st.dictionaries(st.text().filter(lambda name: name != "data"), json_values, max_size=2),
    rows=st.lists(json_values, max_size=5),
    indent=st.sampled_from([None, 0, 2]),
    size=st.integers(1, 40),
)
def test_any_list_is_read_whatever_its_pieces(
    before: dict[str, object], rows: list[object], indent: int | None, size: int
) -> None:
    """The entries are those of a whole decoding, wherever the text is cut and whatever is beside them."""
    document = {**before, "data": rows, "object": "list"}

    found = list(entries(pieces(json.dumps(document, indent=indent), size), "data"))

    assert found == rows


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("number", ["0", "-0.0", "1.5", "12e5", "-1.25E-07", "1e+3", "100"])
def test_a_number_may_be_cut_anywhere(number: str, size: int) -> None:
    """Its beginning is a number too, and not this one."""
    assert list(entries(pieces(f'{{"data":[{number}]}}', size), "data")) == [json.loads(number)]


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "<html>",
        "[1, 2]",
        '"data"',
        "{",
        '{"data"',
        '{"data":',
        '{"data": [',
        '{"data": [1',
        '{"data": [1,',
        '{"data": [1 2]}',
        '{"data": [1,]}',
        '{"data": [1]',
        '{"data": [1]} {}',
        '{"data": [1], }',
        '{"data": [1] "x": 2}',
        "{5: [1]}",
        '{"data": [nul]}',
        '{"data": ["x]}',
        '{"data": [1]}x',
        '{"data": [' + "[" * 100_000,
    ],
    ids=lambda text: text[:20] if isinstance(text, str) else str(text),
)
def test_text_that_is_no_json_object_is_refused(text: str, size: int) -> None:
    """A list that breaks off is no list."""
    with pytest.raises(ValueError):  # noqa: PT011  # of several kinds
        list(entries(pieces(text, size), "data"))


@pytest.mark.parametrize(
    "text", ["{}", " { } ", '{"error": {"message": "no"}}', '{"data": {"a": 1}}', '{"data": null}']
)
def test_an_object_without_the_list_says_so(text: str) -> None:
    """It is another thing than broken text."""
    with pytest.raises(MissingArray):
        list(entries([text], "data"))


def test_a_number_that_python_refuses_is_unknown() -> None:
    """One absurd field does not cost the list."""
    text = '{"data": [{"a": %s, "b": 1}]}' % ("9" * 5000)

    assert list(entries([text], "data")) == [{"a": None, "b": 1}]


def test_an_entry_without_end_is_refused_before_it_is_large() -> None:
    """What one entry may need of memory is bounded."""

    def flood() -> Iterator[str]:
        yield '{"data": ["'
        for _ in range(64):
            yield "x" * (ENTRY_LIMIT // 4)

    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too large"):
            list(entries(flood(), "data"))
        assert tracemalloc.get_traced_memory()[1] < 12 * ENTRY_LIMIT
    finally:
        tracemalloc.stop()


def test_the_memory_is_that_of_one_entry() -> None:
    """A list of a hundred megabytes is read without holding it."""
    entry = json.dumps({"model_name": "m", "padding": "x" * 10_000})

    def body() -> Iterator[str]:
        yield '{"data": [' + entry
        for _ in range(2000):
            yield "," + entry
        yield "]}"

    tracemalloc.start()
    try:
        assert sum(1 for _ in entries(body(), "data")) == 2001
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
