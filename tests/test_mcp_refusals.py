"""What the proxy says when it does not call a tool: its own words of that route, and whatever else comes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import (
    GuardrailError,
    LitectlError,
    NotAllowedError,
    NotFoundError,
    ProxyError,
)
from litectl.mcp.refusals import refusal_of

ANSWERS = Path(__file__).parent / "recordings" / "answers"
ROOT = "https://proxy.example.com/llm"
RECORDED = {
    "unknown-tool-500": (
        NotFoundError,
        "the proxy knows no such tool, or its server does not answer: Tool zzz not found",
    ),
    "server-down-500": (
        NotFoundError,
        "the proxy knows no such tool, or its server does not answer: Tool add not found",
    ),
    "unknown-server-404": (
        NotFoundError,
        "unknown MCP server, or not allowed for this key: MCP server 'nope' was not found",
    ),
    "tool-not-allowed-403": (
        NotFoundError,
        (
            "unknown tool, or not allowed for this key: Tool weather is not allowed for server "
            "rig_secret_ok. Contact proxy admin to allow this tool."
        ),
    ),
    "missing-credential-500": (
        NotAllowedError,
        (
            "the MCP server wants a credential: misconfigured: MCPAuth.bearer_token requires a usable "
            "upstream credential"
        ),
    ),
}


def refused(status: int, detail: object) -> LitectlError | None:
    """Return the error of an answer with *detail*."""
    return refusal_of(status, json.dumps({"detail": detail}).encode(), root=ROOT)


@pytest.mark.parametrize("name", RECORDED)
def test_what_a_real_proxy_says(name: str) -> None:
    """Each refusal has the class of what is the matter, the proxy's words, and what to do."""
    expected, message = RECORDED[name]
    status = int(name.rpartition("-")[2])

    error = refusal_of(status, (ANSWERS / f"mcp-call-{name}.json").read_bytes(), server="guarded")

    assert error is not None
    assert (type(error), error.message) == (expected, message)
    assert error.hint
    assert "litectl mcp" in error.hint or "--server-header 'guarded: " in error.hint
    assert (error.details["status"], bool(error.details["proxy_message"])) == (status, True)


# The words are those of the proxy's source, where they could not be recorded.
TOLD: list[tuple[int, object, type[LitectlError], int, str]] = [
    (
        403,
        {"error": "access_denied", "message": "The key is not allowed to access server a"},
        NotFoundError,
        6,
        "a",
    ),
    (
        403,
        {"error": "Tool 'a' is not allowed for your key/team on server 'b'. Contact proxy admin for access."},
        NotFoundError,
        6,
        "'a'",
    ),
    (403, {"error": "Tool a is not in the pinned tool list for server b."}, NotFoundError, 6, "pinned"),
    (
        403,
        {
            "error": "tool_server_mismatch",
            "message": "Tool 'a' belongs to MCP server 'b' but request specified",
        },
        NotFoundError,
        6,
        "belongs",
    ),
    (403, "User not allowed to call this tool.", NotFoundError, 6, "not allowed"),
    (404, "Tool 'a' not found", NotFoundError, 6, "knows no such tool"),
    (
        403,
        {"error": "Parameters ['b'] are not allowed for tool a. Allowed parameters: ['c']."},
        ProxyError,
        1,
        "does not allow these arguments",
    ),
    (400, {"error": "guardrail_violation", "message": "no \x1bsecrets"}, GuardrailError, 1, "no secrets"),
    (400, {"error": "blocked_pii_entity", "message": "EMAIL"}, GuardrailError, 1, "EMAIL"),
    (
        403,
        {
            "error": "Forbidden",
            "details": "The request has no 'x-client' header naming the client application.",
        },
        NotAllowedError,
        4,
        "'x-client'",
    ),
    (401, "Unauthorized", NotAllowedError, 4, "refused its credential"),
    (401, "unauthorized: complete the OAuth flow for this server.", NotAllowedError, 4, "OAuth"),
    (401, {"error": "byok_auth_required", "message": "No stored credential"}, NotAllowedError, 4, "of yours"),
    (412, "precondition required: Sign in through LiteLLM SSO", NotAllowedError, 4, "Sign in"),
    (
        500,
        "misconfigured: token requires a usable upstream credential",
        NotAllowedError,
        4,
        "wants a credential",
    ),
]


@pytest.mark.parametrize(("status", "detail", "expected", "code", "part"), TOLD)
def test_every_word_of_the_route_has_its_class(
    status: int, detail: object, expected: type[LitectlError], code: int, part: str
) -> None:
    """An unknown or forbidden name ends with 6, a missing credential with 4, everything else with 1."""
    error = refused(status, detail)

    assert error is not None
    assert (type(error), error.exit_code) == (expected, code)
    assert part in error.message
    assert error.message.isprintable()
    assert error.hint


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b'{"error":{"message":"Invalid JSON payload","type":"invalid_request_error","code":"400"}}'),
        (401, b'{"error":{"message":"Authentication Error","type":"token_not_found_in_db","code":"401"}}'),
        (401, b'{"detail":"Log in first"}'),
        (403, b'{"detail":{"error":"ip_filtering","message":"not accessible from your IP address"}}'),
        (404, b'{"detail":"Not Found"}'),
        (500, b'{"detail":{"error":"internal_server_error","message":"An unexpected error occurred: x"}}'),
        (504, b'{"detail":{"error":"timeout","message":"MCP tool call timed out after 60.0s"}}'),
        *((500, body) for body in (b"", b"<html>", b"[1]", b'{"detail":null}', b'{"detail":[1]}', b"\xff")),
        (500, b'{"detail":' + b"[" * 30_000 + b"]" * 30_000 + b"}"),
    ],
)
def test_what_is_said_of_every_route_is_left_to_the_envelopes(status: int, body: bytes) -> None:
    """Nothing is made of other words, nor of a body that is no refusal at all."""
    assert refusal_of(status, body) is None


# Values that the caller has to set


def missing(**fields: object) -> LitectlError:
    """Return the error of a server that wants values."""
    detail = {
        "error": "missing_user_env_vars",
        "message": "Cannot connect\n- A",
        "server_name": "jira",
        **fields,
    }
    error = refused(412, detail)
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "https://p.example.com/ui/mcp-servers?fill_env_vars=1",
            "https://p.example.com/ui/mcp-servers?fill_env_vars=1",
        ),
        ("/ui/mcp-servers?fill_env_vars=1", f"{ROOT}/ui/mcp-servers?fill_env_vars=1"),
        *(
            (url, None)
            for url in ("javascript:alert(1)", "//evil.example.com", "https://a\x1b[2J", "", 5, None)
        ),
        ("https://a/" + "x" * 600, None),
    ],
)
def test_values_that_are_missing_are_named_with_the_page_to_set_them(url: object, shown: str | None) -> None:
    """Only an address of the web is shown; a path is one of the proxy's own."""
    error = missing(missing=["JIRA_TOKEN", "JIRA_\x1bUSER", 5], setup_url=url)

    assert (
        error.message
        == "the MCP server `jira` wants values of yours that are not set: `JIRA_TOKEN`, `JIRA_ USER`"
    )
    assert error.hint == (f"set them at {shown}" if shown else "set them in the web interface of the proxy")
    assert (error.exit_code, error.details["reason"]) == (4, "server_credential")
    assert (error.details["missing"], error.details["setup_url"]) == (["JIRA_TOKEN", "JIRA_ USER"], shown)


@pytest.mark.parametrize("names", [[], None, "A", [None]])
def test_missing_values_without_names_are_an_error_all_the_same(names: object) -> None:
    """The class is that of a credential, whatever the proxy leaves out."""
    assert isinstance(missing(missing=names), NotAllowedError)


def test_what_is_said_is_bounded() -> None:
    """A message is one line of bounded length, and so are the details."""
    error = missing(missing=["X" * 1_000] * 1_000)
    long = refused(403, {"error": "access_denied", "message": "x" * 60_000})

    assert long is not None
    assert len(json.dumps(error.as_json())) < 30_000
    assert len(json.dumps(long.as_json())) < 6_000


ANY_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "type", "details", "missing", "setup_url"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
)


@given(
    st.sampled_from([400, 401, 403, 404, 412, 500]),
    ANY_JSON,
    st.sampled_from(["access_denied", "Forbidden", "missing_user_env_vars", "guardrail_violation", None]),
)
def test_any_detail_is_judged(status: int, detail: object, word: str | None) -> None:
    """Whatever it holds, the error is one line that can be printed, or there is none."""
    error = refused(status, {**detail, "error": word} if isinstance(detail, dict) and word else detail)

    if error is not None:
        assert error.message.isprintable()
        json.dumps(error.as_json())
