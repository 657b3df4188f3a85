"""Extra headers as they are typed and stored: what can be sent, and what variables put into them."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import ConfigError, LitectlError, UsageError
from litectl.wire.headers import (
    check_header,
    check_header_name,
    merged,
    parse_header,
    parse_headers_variable,
    resolve_references,
    shown_value,
)

VARIABLES = {"TEAM": "blue", "_x9": "nine", "BROKEN": "hidden\r\nx-injected: yes", "DOLLAR": "$TEAM"}
UNSENDABLE = ["hidden\rx", "hidden\nx", "hidden\r\nx: y", "hidden\x00", "hidden\x1b[0m", "hidden\x7f"]
UNSENDABLE += ["hidden-ä", "hidden\u2028", "hidden\udcff", "hidden\x85", "x" * 8193]


def refusal(call: Callable[[], object], kind: type[LitectlError]) -> LitectlError:
    """Return the error of *call*, which has a hint and tells no value."""
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.hint
    assert "hidden" not in str(caught.value.as_json())
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x-team: blue", ("x-team", "blue")),
        ("x-team:blue", ("x-team", "blue")),
        ("  X-Team \t:  blue green\t", ("X-Team", "blue green")),
        ("x-team:", ("x-team", "")),
        ("x-url: https://a.example:1/?b=c", ("x-url", "https://a.example:1/?b=c")),
        ("x-tab: a\tb", ("x-tab", "a\tb")),
        ("!#$%&'*+.^_`|~-9: x", ("!#$%&'*+.^_`|~-9", "x")),
        # What ends the line of a shell's output is no part of it.
        ("x-team: blue\n", ("x-team", "blue")),
    ],
)
def test_a_header_is_a_name_a_colon_and_a_value(text: str, expected: tuple[str, str]) -> None:
    """White space around both is left out, and the first colon ends the name."""
    assert parse_header(text) == expected


@pytest.mark.parametrize("text", ["", "x-team", "x-team=hidden", "hidden"])
def test_a_text_without_a_colon_is_no_header(text: str) -> None:
    """The message does not repeat it: somebody may have typed the secret alone."""
    assert "no colon" in refusal(lambda: parse_header(text), UsageError).message


@pytest.mark.parametrize("value", UNSENDABLE, ids=repr)
def test_a_value_that_is_not_one_line_of_ascii_is_refused(value: str) -> None:
    """Line breaks would begin another header; what is not ASCII arrives as something else."""
    error = refusal(lambda: check_header("x-team", value), UsageError)

    assert "header x-team" in error.message


@pytest.mark.parametrize(
    "name", ["", " ", "x team", "x:team", "x\r\nteam", "x\n", "ä", "x(y)", 'x"', "x/y", "x\x00", "x" * 101]
)
def test_a_name_that_is_no_word_is_refused(name: str) -> None:
    """RFC 9110 says which characters a name has."""
    assert "a header name" in refusal(lambda: check_header_name(name), UsageError).message


@pytest.mark.parametrize(
    "name", ["Host", "content-length", "Transfer-Encoding", "CONNECTION", "upgrade", "te", "trailer"]
)
def test_a_header_of_the_connection_is_refused(name: str) -> None:
    """Another value would send the request elsewhere, or let one request look like two."""
    assert "belongs to the connection" in refusal(lambda: parse_header(f"{name}: x"), UsageError).message


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_accepted_is_one_header(name: str, value: str) -> None:
    """No text at all becomes two lines, or something that is not ASCII."""
    try:
        pair = check_header(name, value)
    except UsageError:
        return
    assert pair == (name, value)
    assert f"{name}{value}".isascii()
    assert not set("\r\n\0") & set(name + value)
    assert ":" not in name


# The variable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        ('{"x-team": "blue"}', {"x-team": "blue"}),
        ('{"x-number": 5, "x-part": -1.5}', {"x-number": "5", "x-part": "-1.5"}),
        ('{"x-on": true, "x-off": false}', {"x-on": "true", "x-off": "false"}),
        ('{"x-empty": ""}', {"x-empty": ""}),
        ('{"x-ref": "$TEAM"}', {"x-ref": "$TEAM"}),
    ],
)
def test_the_variable_is_a_json_object_of_plain_values(text: str, expected: dict[str, str]) -> None:
    """Numbers and booleans are written as JSON writes them."""
    assert parse_headers_variable(text, "LITELLM_HEADERS") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x-team: hidden",
        "{",
        "[]",
        '["hidden"]',
        '"hidden"',
        "null",
        "5",
        "true",
        "{'x': 'hidden'}",
        "NaN",
    ],
)
def test_a_variable_that_is_no_json_object_is_refused(text: str) -> None:
    """Its name and its form are told, and nothing of what it holds."""
    error = refusal(lambda: parse_headers_variable(text, "LITELLM_HEADERS"), ConfigError)

    assert error.message == "LITELLM_HEADERS is not a JSON object"
    assert '{"x-team": "blue"}' in (error.hint or "")


@pytest.mark.parametrize("value", [None, [], ["hidden"], {}, {"hidden": "hidden"}], ids=repr)
def test_a_value_of_another_json_type_is_refused_by_its_name(value: object) -> None:
    """A list or an object has no one line."""
    text = json.dumps({"x-good": "1", "x-bad": value})

    assert "x-bad" in refusal(lambda: parse_headers_variable(text, "LITELLM_HEADERS"), ConfigError).message


@pytest.mark.parametrize("value", ["1e999", "NaN", "-Infinity"])
def test_a_number_that_json_cannot_write_is_refused(value: str) -> None:
    """No header says `inf` or `nan`."""
    refusal(lambda: parse_headers_variable(f'{{"x-number": {value}}}', "LITELLM_HEADERS"), ConfigError)


@pytest.mark.parametrize(
    ("name", "value"), [("x team", "hidden"), ("host", "hidden"), ("x-team", "hidden\nx")]
)
def test_a_header_that_cannot_be_sent_is_told_with_its_variable(name: str, value: str) -> None:
    """Whoever reads the message has to know where to look."""
    text = json.dumps({name: value})
    error = refusal(lambda: parse_headers_variable(text, "LITELLM_HEADERS"), ConfigError)

    assert error.message.startswith("LITELLM_HEADERS: ")


# References


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("$TEAM", "blue"),
        ("${TEAM}", "blue"),
        ("a-$TEAM-b", "a-blue-b"),
        ("${TEAM}s and $_x9", "blues and nine"),
        ("$$", "$"),
        ("$$TEAM", "$TEAM"),
        ("$$$TEAM", "$blue"),
        ("$${TEAM}", "${TEAM}"),
        # A dollar before anything else stands for itself.
        ("5$", "5$"),
        ("$5", "$5"),
        ("${", "${"),
        ("${}", "${}"),
        ("${TEAM", "${TEAM"),
        ("${TE AM}", "${TE AM}"),
        # What a variable holds is not read again.
        ("$DOLLAR", "$TEAM"),
    ],
)
def test_a_value_may_refer_to_variables(value: str, expected: str) -> None:
    """`$NAME` and `${NAME}` are replaced, `$$` is a dollar."""
    assert resolve_references("x-team", value, VARIABLES.get) == expected


@pytest.mark.parametrize("value", ["$NONE", "${NONE}", "a $TEAM $NONE"])
def test_a_variable_that_is_not_set_is_an_error(value: str) -> None:
    """The header and the variable are named, and how to write a dollar."""
    error = refusal(lambda: resolve_references("x-team", value, VARIABLES.get), ConfigError)

    assert error.message == "header x-team refers to $NONE, which is not set"
    assert "$$" in (error.hint or "")


@pytest.mark.parametrize("value", ["$BROKEN", "hidden\r\nx-injected: yes"])
def test_what_is_sent_in_the_end_is_checked(value: str) -> None:
    """A line break in a variable, or in a file that was edited by hand, begins no header."""
    refusal(lambda: resolve_references("x-team", value, VARIABLES.get), ConfigError)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$TEAM", "$TEAM"),
        ("Bearer $TOKEN", "Bearer $TOKEN"),
        ("a${TEAM}", "***${TEAM}"),
        ("Bearer secret-$TEAM-more", "***$TEAM***"),
        ("$$TEAM", "***"),
        ("plain", "***"),
        ("$5", "***"),
    ],
)
def test_only_references_of_a_value_are_shown(value: str, expected: str) -> None:
    """All else may be a secret."""
    assert shown_value(value) == expected


@given(st.text(alphabet="ab$", max_size=12))
def test_doubled_dollars_give_any_value_back(value: str) -> None:
    """Whatever is to be sent can be written."""
    assert resolve_references("x-team", value.replace("$", "$$"), VARIABLES.get) == value


# Layers


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], {}),
        ([{"a": "1"}, {"b": "2"}], {"a": "1", "b": "2"}),
        ([{"x-Team": "1"}, {"X-TEAM": "2"}], {"X-TEAM": "2"}),
        ([{"x-team": "1", "X-Team": "2"}], {"X-Team": "2"}),
        ([{"a": "1"}, {"A": "2"}, {"a": ""}], {"a": ""}),
    ],
)
def test_of_one_name_in_any_case_the_last_counts(
    layers: list[dict[str, str]], expected: dict[str, str]
) -> None:
    """Header names have no case, and later layers know better."""
    assert merged(*layers) == expected
