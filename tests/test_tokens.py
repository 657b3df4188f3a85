"""Tokens: when they are due, what can be sent, and the ends that they and the proxy tell."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.credentials.tokens import Token, is_bearer, is_due, is_over, jwt_expiry, time_of
from litectl.output.times import timestamp

NOW = 1_800_000_000.0


def part(text: str | bytes) -> str:
    """Return *text* as a part of a JSON Web Token: base64url without padding."""
    content = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def jwt(claims: object) -> str:
    """Return a token with *claims*."""
    return f"{part('{}')}.{part(json.dumps(claims))}.{part('signature')}"


@pytest.mark.parametrize(
    ("expires_at", "due", "over"),
    [
        (None, False, False),
        (NOW + 301, False, False),
        (NOW + 300, True, False),
        (NOW + 1, True, False),
        (NOW, True, True),
        (NOW - 1, True, True),
        (0.0, True, True),
    ],
)
def test_a_token_is_due_five_minutes_before_it_is_over(
    expires_at: float | None, due: bool, over: bool
) -> None:
    """One without an end is neither."""
    assert (is_due(expires_at, NOW), is_over(expires_at, NOW)) == (due, over)


@pytest.mark.parametrize(
    "value", ["sk-1", "x", "a.b-c_d~e+f/g==", "litellm_login_x.y=", '"quoted"', "x" * 32768]
)
def test_one_word_of_printable_ascii_can_be_sent(value: str) -> None:
    """A token may have every printable character, and fill a header."""
    assert is_bearer(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "a b", " a", "a ", "a\n", "a\r\nb: c", "a\tb", "a\0", "a\x7f", "ä", "a\u2028", "\ud800"),
        *("x" * 32769, None, True, 1, 1.5, b"sk-1", ["sk-1"], {"sk-1": 1}),
    ],
)
def test_everything_else_cannot_be_sent(value: object) -> None:
    """White space, controls, other alphabets, other types, and what no header takes are no tokens."""
    assert not is_bearer(value)


@pytest.mark.parametrize(
    ("claims", "expiry"),
    [
        ({"exp": 1_800_000_000}, NOW),
        ({"exp": 1_800_000_000.5, "sub": "x"}, NOW + 0.5),
        ({"exp": 0}, 0.0),
        ({"sub": "ÿ?>~" * 7, "exp": 1}, 1.0),
        ({}, None),
        ({"exp": None}, None),
        ({"exp": "1800000000"}, None),
        ({"exp": True}, None),
        ({"exp": -1}, None),
        ({"exp": 10**400}, None),
        ({"exp": float("inf")}, None),
        ({"exp": float("nan")}, None),
        ({"exp": [1]}, None),
        ([1], None),
        ("exp", None),
        (None, None),
    ],
)
def test_the_end_of_a_json_web_token_is_its_exp(claims: object, expiry: float | None) -> None:
    """Only a number that a time can be is believed."""
    assert jwt_expiry(jwt(claims)) == expiry


@pytest.mark.parametrize(
    "token",
    [
        "",
        "sk-1234",
        "..",
        "a.b",
        "a.b.c.d",
        f"{jwt({'exp': 1})}.x",
        f"x.{part('no JSON')}.x",
        f"x.{part(bytes([0xFF, 0xFE]))}.x",
        f"x.{part('[' * 100_000)}.x",
        "x.****.x",
        "x.e.x",
        "x.ä.x",
        "x.\ud800.x",
        "litellm_login_abc.def.ghi",
    ],
)
def test_any_other_text_has_no_end(token: str) -> None:
    """An opaque key, a damaged token and junk are simply not read."""
    assert jwt_expiry(token) is None


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_the_reading_of_an_end(first: str, second: str, third: str) -> None:
    """Whatever a proxy calls a token, reading its end gives a time or None."""
    expiry = jwt_expiry(f"{first}.{second}.{third}")

    assert expiry is None or expiry >= 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2027-01-15T08:00:00Z", NOW),
        ("2027-01-15T08:00:00+00:00", NOW),
        ("2027-01-15T09:00:00+01:00", NOW),
        ("2027-01-15T08:00:00", NOW),
        ("2027-01-15 08:00:00", NOW),
        ("2027-01-15T08:00:00.250000+00:00", NOW + 0.25),
        ("1970-01-01T00:00:00Z", 0.0),
    ],
)
def test_a_time_of_the_proxy_is_utc_unless_it_says_otherwise(value: str, seconds: float) -> None:
    """All forms in which the proxy writes a time give the same seconds, whatever zone this machine has."""
    assert time_of(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        *("", "never", "2027-13-45T08:00:00Z", "2027-01-15T08:00:00 nowhere", "30d", "\ud800", "1800000000"),
        *(None, True, 1_800_000_000, 1.5, ["2027-01-15T08:00:00Z"], {}),
    ],
)
def test_what_is_no_time_gives_none(value: object) -> None:
    """Other words and other types are not guessed at."""
    assert time_of(value) is None


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01"])
def test_the_first_and_the_last_time_break_nothing(value: str) -> None:
    """The ends of the calendar are times like others, and can be printed."""
    assert str(timestamp(time_of(value)))[:4] == value[:4]


def test_a_printed_token_shows_its_end_only() -> None:
    """The secret is in no traceback and no log."""
    token = Token("sk-hidden", NOW)

    assert f"{token!r} {token}" == f"Token(expires_at={NOW}) Token(expires_at={NOW})"
