"""The paths of `api`: what leads to a route of the proxy, and what could lead anywhere else."""

from posixpath import normpath
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from litectl.api.path import method_of, path_on, with_parameter, with_query
from litectl.errors import UsageError

ROOT, PREFIXED = "https://proxy.example.com", "https://proxy.example.com:8443/LLM/team"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/v1/models", "/v1/models"),
        ("v1/models", "/v1/models"),
        ("/", "/"),
        ("/ui/", "/ui/"),
        ("/v1/models?a=b&c", "/v1/models?a=b&c"),
        ("/v1/models?next=https://other.example.com/../x", "/v1/models?next=https://other.example.com/../x"),
        ("?a=b", "/?a=b"),
        ("/v1/models/openai/gpt-4o", "/v1/models/openai/gpt-4o"),
        ("/v1/models/openai%2Fgpt-4o", "/v1/models/openai%2Fgpt-4o"),
        ("/v1/models/openai%252Fgpt-4o", "/v1/models/openai%252Fgpt-4o"),
        ("/team/Caf%C3%A9%20au%20lait", "/team/Caf%C3%A9%20au%20lait"),
        ("/v1/models/a:b@c;d,e+f!$&'()*=~", "/v1/models/a:b@c;d,e+f!$&'()*=~"),
        ("/a..b/...", "/a..b/..."),
        ("/.well-known/litellm-ui-config", "/.well-known/litellm-ui-config"),
        ("/a//b", "/a//b"),
        ("/x%3Fy%23z", "/x%3Fy%23z"),
        ("/x?filter[startTime][gte]=1", "/x?filter[startTime][gte]=1"),
        ("/user@other.example.com", "/user@other.example.com"),
    ],
)
@pytest.mark.parametrize("root", [ROOT, PREFIXED])
def test_a_path_is_one_of_the_proxy(root: str, text: str, path: str) -> None:
    """It begins with a slash, which may be left out, and is sent as it was given."""
    assert path_on(root, text) == path


@pytest.mark.parametrize(
    ("root", "url", "path"),
    [
        (ROOT, "https://proxy.example.com/v1/models", "/v1/models"),
        (ROOT, "HTTPS://Proxy.Example.COM:443/v1/models?a=b?c", "/v1/models?a=b?c"),
        (ROOT, "https://proxy.example.com", "/"),
        (ROOT, "https://proxy.example.com?a=b", "/?a=b"),
        (PREFIXED, "https://proxy.example.com:8443/LLM/team/v1/models", "/v1/models"),
        (PREFIXED, "https://proxy.example.com:8443/LLM/team", "/"),
        (PREFIXED, "https://proxy.example.com:8443/LLM/team/", "/"),
    ],
)
def test_an_address_of_the_proxy_is_its_path(root: str, url: str, path: str) -> None:
    """What stands in front is the root that the request goes to anyway."""
    assert path_on(root, url) == path


@pytest.mark.parametrize("root", [ROOT, PREFIXED])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/v1/ models",
        "/v1/models\n",
        "/\tx",
        "/\x00",
        "/\x1b[31m",
        "/a\u00a0b",
        "/a\u200bb",
        "/caf\u00e9",
        "/\udcff",
        "\uff0f\uff0fother.example.com",
        "/a\\b",
        "\\\\other.example.com\\x",
        "/\\other.example.com",
        "//other.example.com/x",
        "///other.example.com/x",
        "/%2Fother.example.com/x",
        "%2F%2Fother.example.com/x",
        "/%252Fother.example.com/x",
        "/%5Cother.example.com",
        "https://other.example.com/v1/models",
        "http://proxy.example.com/v1/models",
        "https://proxy.example.com:9443/v1/models",
        "https://proxy.example.com.other.example.com/v1/models",
        "https://proxy.example.com@other.example.com/v1/models",
        "https://user:secret@proxy.example.com/v1/models",
        "https://other.example.com#proxy.example.com/",
        "https:/other.example.com",
        "https:other.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://proxy.example.com:8443/LLM/team2/x",
        "https://proxy.example.com:8443/LLM/teamx",
        "https://proxy.example.com:8443/LLM",
        "https://proxy.example.com:8443/llm/team/x",
        "https://proxy.example.com:8443/LLM/team/../x",
        "https://proxy.example.com:8443/LLM/team//other.example.com",
        "/..",
        "/.",
        "..",
        "../x",
        "/../x",
        "/a/../../x",
        "/a/./b",
        "/a/..",
        "/..;/x",
        "/a/..;b/x",
        "/%2e%2e/x",
        "/%2E./x",
        "/.%2e",
        "/a%2F..%2Fx",
        "/a%2f%2e%2e%2fx",
        "/%252e%252e/x",
        "/%25252e%25252e%25252fx",
        "/a/..%3Fx",
        "/a/..%23x",
        "/a/..%5Cx",
        "/%252525252525252e",
        "/%c0%ae%c0%ae/x",
        "/%ff",
        "/%00",
        "/%0d%0aHost:%20other.example.com",
        "/%7F",
        "/%C2%85",
        "/x%",
        "/x%2",
        "/x%zz",
        "/x#fragment",
        "/x?a=b#fragment",
        "/x?a b",
        "/x?a=%",
        "/<x>",
        '/"x"',
        "/{model}",
        "/" + "a" * 40_000,
    ],
)
def test_what_could_lead_elsewhere_is_refused(root: str, text: str) -> None:
    """Other servers, the way up in any disguise, and what a server might read in another way."""
    with pytest.raises(UsageError):
        path_on(root, text)


TRICKY = st.lists(
    st.sampled_from(
        [
            *"/.?#@:;\\%&= a",
            "..",
            "//",
            "%2e",
            "%2F",
            "%5c",
            "%25",
            "%252e",
            "%00",
            "%0a",
            "%c0%ae",
            "%E2%80%AE",
            *("https:", "https://proxy.example.com:8443", "https://proxy.example.com:8443/LLM/team"),
            *("/LLM/team", "other.example.com", "v1", "models", "\n", "\u00e9", "\uff0e", "\udcff", "[", "]"),
        ]
    ),
    max_size=14,
).map("".join)


@given(text=TRICKY | st.text(max_size=60))
@example(text="/LLM/team/../../x")
def test_no_path_leaves_the_proxy(text: str) -> None:
    """Whatever it is, the request goes to the proxy's origin and below its prefix, or it is refused."""
    try:
        path = path_on(PREFIXED, text)
    except UsageError:
        return
    url = httpx.URL(f"{PREFIXED}{path}")

    assert (url.scheme, url.host, url.port, url.userinfo) == ("https", "proxy.example.com", 8443, b"")
    assert url.fragment == ""
    sent = url.raw_path.decode().partition("?")[0]
    for _ in range(8):
        assert sent.startswith("/LLM/team/")
        assert f"{normpath(sent)}/".startswith("/LLM/team/")
        assert not {"\\", "\r", "\n", "\x00"} & set(sent)
        sent = unquote(sent)


@given(pairs=st.lists(st.tuples(st.text(min_size=1, max_size=9), st.text(max_size=20)), max_size=5))
def test_what_is_added_to_the_query_arrives(pairs: list[tuple[str, str]]) -> None:
    """Every name and value comes out as it went in, behind what the path had, whatever it holds."""
    pairs = [(name.replace("=", "-"), value) for name, value in pairs]

    path = with_query("/v1/models?a=b", [f"{name}={value}" for name, value in pairs])

    assert path.startswith("/v1/models?a=b")
    assert path == path_on(ROOT, path)
    sent = httpx.URL(f"{ROOT}{path}").raw_path.decode()
    assert sent == path
    assert parse_qsl(sent.partition("?")[2], keep_blank_values=True) == [("a", "b"), *pairs]


@pytest.mark.parametrize(
    ("path", "pairs", "expected"),
    [
        ("/x", [], "/x"),
        ("/x", ["a=b"], "/x?a=b"),
        ("/x?", ["a=b"], "/x?a=b"),
        ("/x?c", ["a=b"], "/x?c&a=b"),
        ("/x?c&", ["a=b", "a=b"], "/x?c&a=b&a=b"),
        ("/x", ["a="], "/x?a="),
        ("/x", ["a=b=c&d#e/f ?"], "/x?a=b%3Dc%26d%23e%2Ff%20%3F"),
        ("/x", ["filter[a]=\udcff"], "/x?filter%5Ba%5D=%FF"),
    ],
)
def test_parameters_are_appended(path: str, pairs: list[str], expected: str) -> None:
    """They are percent-encoded and stand behind the query that the path has."""
    assert with_query(path, pairs) == expected


@pytest.mark.parametrize("pair", ["", "a", "=", "=b", "a" * 40_000 + "=b"])
def test_a_parameter_has_a_name_and_a_value(pair: str) -> None:
    """What has none of the two is refused, and what no server would read."""
    with pytest.raises(UsageError):
        with_query("/x", [pair])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/x", "/x?page=2"),
        ("/x?page=1", "/x?page=2"),
        ("/x?page=1&page=7&size=3", "/x?size=3&page=2"),
        ("/x?p%61ge=1&a=%7E&b", "/x?a=%7E&b&page=2"),
        ("/x?a=page%3D1", "/x?a=page%3D1&page=2"),
    ],
)
def test_a_parameter_takes_the_place_of_its_namesakes(path: str, expected: str) -> None:
    """The others stay as they were given."""
    assert with_parameter(path, "page", "2") == expected


def test_a_cursor_adds_no_other_parameter() -> None:
    """It comes from a server, and is encoded whole."""
    assert with_parameter("/x", "after", "a&page=9#/../é") == "/x?after=a%26page%3D9%23%2F..%2F%C3%A9"


@pytest.mark.parametrize(("text", "method"), [("get", "GET"), ("Post", "POST"), ("OPTIONS", "OPTIONS")])
def test_a_method_is_known_in_any_case(text: str, method: str) -> None:
    """It is sent in capitals."""
    assert method_of(text) == method


@pytest.mark.parametrize("text", ["", "CONNECT", "TRACE", "GET ", "G\u00cbT", "x" * 1000])
def test_another_method_is_refused(text: str) -> None:
    """The error names those there are."""
    with pytest.raises(UsageError, match="unknown method") as raised:
        method_of(text)

    assert "DELETE" in (raised.value.hint or "")
