"""The default parameters of a profile: their values as typed, and the names that are refused."""

import json

import pytest

from litectl.errors import UsageError
from litectl.exchange.typed import check_parameter, parse_default


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.2", 0.2),
        ("5", 5),
        ("true", True),
        ("null", None),
        ('"5"', "5"),
        ('["a", "b"]', ["a", "b"]),
        ('{"type": "json_object"}', {"type": "json_object"}),
        (" 7 ", 7),
        ("alice", "alice"),
        ("True", "True"),
        ("a=b c", "a=b c"),
        ("{a", "{a"),
        ("1 2", "1 2"),
        ("9" * 5000, "9" * 5000),
        ("[" * 100_000, "[" * 100_000),
        (" ", " "),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_value_is_json_or_the_text_itself(text: str, value: object) -> None:
    """What is no JSON is a text, and needs no second pair of quotes."""
    parsed = parse_default("anything", text)

    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    ["NaN", "-Infinity", "1e999", "[NaN]", '"\\ud800"', "\udcff", "[" * 30 + "]" * 30, '{"\\ud800": 1}'],
)
def test_a_value_that_no_request_can_carry_is_refused(text: str) -> None:
    """Numbers that are none, text that is no Unicode, and nesting nobody means."""
    with pytest.raises(UsageError, match="parameter temperature cannot be sent as JSON"):
        parse_default("temperature", text)


@pytest.mark.parametrize("levels", [1, 20, 21, 900])
def test_a_value_may_be_nested_to_twenty_levels(levels: int) -> None:
    """Lists and objects both count."""
    value: object = 1
    for level in range(levels):
        value = [value] if level % 2 else {"inner": value}

    if levels <= 20:
        check_parameter("deep", value)
    else:
        with pytest.raises(UsageError):
            check_parameter("deep", value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("model", "profiles set model=MODEL"),
        ("messages", "the prompt"),
        ("input", "the prompt"),
        ("stream", "--no-stream"),
        ("stream_options", "--no-stream"),
        ("n", "one answer"),
        ("api_key", "litectl login"),
        ("api_base", "--base-url"),
        ("base_url", "--base-url"),
    ],
)
def test_what_is_said_in_another_place_is_no_parameter(name: str, hint: str) -> None:
    """The hint names that place."""
    with pytest.raises(UsageError, match=f"`{name}`") as caught:
        parse_default(name, "1")

    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["", "x y", "x-y", "x.y", "1x", "ü", "x\n", "sk-hidden", "x" * 101])
def test_a_name_is_one_word_and_a_bad_one_is_not_repeated(name: str) -> None:
    """It may be a key in the wrong place."""
    with pytest.raises(UsageError, match="letters, digits and `_` only") as caught:
        parse_default(name, "1")

    assert "hidden" not in json.dumps(caught.value.as_json())
