"""The proxy root: the one form of a URL that people paste in many."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import ConfigError, ExitCode
from litectl.wire.root import DEFAULT_ROOT, check_transport, is_loopback, normalise_root
from program import Litectl

HTTP_EXAMPLE = "http://proxy.example.com"


@pytest.mark.parametrize(
    ("url", "root"),
    [
        (DEFAULT_ROOT, DEFAULT_ROOT),
        ("https://proxy.example.com", "https://proxy.example.com"),
        ("  https://proxy.example.com\n", "https://proxy.example.com"),
        ("https://proxy.example.com///", "https://proxy.example.com"),
        ("https://proxy.example.com/v1", "https://proxy.example.com"),
        ("https://proxy.example.com/V1//", "https://proxy.example.com"),
        ("https://proxy.example.com//v1", "https://proxy.example.com"),
        ("https://proxy.example.com/v10", "https://proxy.example.com/v10"),
        ("https://proxy.example.com/dev1", "https://proxy.example.com/dev1"),
        ("https://proxy.example.com/v1/team", "https://proxy.example.com/v1/team"),
        ("https://proxy.example.com/LLM/Team/", "https://proxy.example.com/LLM/Team"),
        ("https://proxy.example.com/LLM/v1/", "https://proxy.example.com/LLM"),
        ("https://proxy.example.com/a%2Fb", "https://proxy.example.com/a%2Fb"),
        ("https://Proxy.Example.COM/Team", "https://proxy.example.com/Team"),
        ("HTTPS://proxy.example.com", "https://proxy.example.com"),
        ("https://proxy.example.com:443/", "https://proxy.example.com"),
        ("http://proxy.example.com:80", "http://proxy.example.com"),
        ("http://proxy.example.com:0080", "http://proxy.example.com"),
        ("https://proxy.example.com:", "https://proxy.example.com"),
        ("https://proxy.example.com:80", "https://proxy.example.com:80"),
        ("http://proxy.example.com:443", "http://proxy.example.com:443"),
        ("http://proxy.example.com:4000/v1", "http://proxy.example.com:4000"),
        ("http://10.1.2.3:4000", "http://10.1.2.3:4000"),
        ("http://[::1]:4000/v1/", "http://[::1]:4000"),
        ("https://[2001:DB8::A]:443", "https://[2001:db8::a]"),
    ],
)
def test_every_form_of_an_address_gives_its_root(url: str, root: str) -> None:
    """Slashes and one `/v1` at the end go, the host is lower-cased, a default port dropped, a prefix kept."""
    assert root == normalise_root(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "proxy.example.com",
        "proxy.example.com:4000",
        "//proxy.example.com",
        "/v1",
        "ftp://proxy.example.com",
        "ws://proxy.example.com",
        "file:///etc/passwd",
        "https:proxy.example.com",
        "https://",
        "https:///v1",
        "https://:4000",
        "https://[::1",
        "https://[proxy.example.com]",
        "https://proxy.example.com:0",
        "https://proxy.example.com:65536",
        "https://proxy.example.com:http",
        "https://proxy.example.com:-1",
        "https://proxy.example.com?team=a",
        "https://proxy.example.com/?",
        "https://proxy.example.com/#models",
        "https://proxy.example.com/#",
        "https://proxy example.com",
        "https://proxy.example.com/my team",
        "https://proxy.example.com/\x1b[31m",
        "https://proxy.example.com/\x00",
        "https://proxy.\u200bexample.com",
        "http://http://proxy.example.com",
        "https://https//proxy.example.com",
    ],
)
def test_what_is_no_address_of_a_proxy_is_refused(url: str) -> None:
    """A URL without scheme, host or usable port, or with more than an address, is a `ConfigError`."""
    with pytest.raises(ConfigError) as caught:
        normalise_root(url)

    assert caught.value.exit_code == ExitCode.CONFIG
    assert "https://" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("proxy.example.com:4000", "https://proxy.example.com:4000"),
        ("localhost:4000", "http://localhost:4000"),
        ("127.0.0.1:4000/v1", "http://127.0.0.1:4000/v1"),
        ("proxy.localhost", "http://proxy.localhost"),
    ],
)
def test_an_address_without_a_scheme_is_given_one(url: str, meant: str) -> None:
    """Proxies on this machine speak plain http as a rule."""
    with pytest.raises(ConfigError) as caught:
        normalise_root(url)

    assert caught.value.hint == f"did you mean `{meant}`?"


@pytest.mark.parametrize("host", ["litellm..example.com", "é..example.com", "x" * 64 + ".example.com"])
def test_a_host_that_no_name_service_takes_is_refused(host: str) -> None:
    """A host with an empty, overlong or unencodable label is a `ConfigError`, not a later crash."""
    with pytest.raises(ConfigError):
        normalise_root(f"https://{host}")


@pytest.mark.parametrize(
    "host", ["☃.localhost", "ⅷ.localhost", "xn--.localhost", "a..localhost", "a\\b.localhost"]
)
def test_a_host_that_cannot_be_asked_is_no_crash(litectl: Litectl, host: str) -> None:
    """What the resolver or the HTTP library refuses is a wrong address or an unreachable one."""
    result = litectl("models", "refresh", "--base-url", f"http://{host}:1")

    assert result.code in (ExitCode.CONFIG, ExitCode.NETWORK)


@pytest.mark.parametrize(
    "url",
    [
        "https://alice:hunter2@proxy.example.com",
        "https://:hunter2@proxy.example.com/v1",
        "https://alice:hunter2@proxy.example.com:99999",
        "https://alice:hunter2@proxy.example.com:http",
        "https://alice:hunter2@",
        "https://alice:x@hunter2@proxy.example.com",
        "https://alice:hunter2@proxy.example.com/?team=a",
        "https://alice:hunter2@proxy example.com",
        "https://alice:#hunter2@proxy.example.com",
        "ftp://alice:hunter2@proxy.example.com",
        "alice:hunter2@proxy.example.com",
    ],
)
def test_a_password_in_the_address_is_refused_and_never_repeated(url: str) -> None:
    """User names and passwords do not belong into a stored address, nor into the message that says so."""
    with pytest.raises(ConfigError) as caught:
        normalise_root(url)

    assert "hunter2" not in f"{caught.value.message} {caught.value.hint} {caught.value.as_json()}"


def test_a_user_name_alone_is_refused() -> None:
    """A user name without a password is no part of a root either."""
    with pytest.raises(ConfigError, match="user name"):
        normalise_root("https://alice@proxy.example.com")


def test_a_long_address_is_not_repeated_whole() -> None:
    """The message stays readable whatever was pasted."""
    with pytest.raises(ConfigError) as caught:
        normalise_root("x" * 10_000)

    assert len(caught.value.message) < 300


addresses = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP", "Https"]),
    st.sampled_from(["h", "Proxy.Example.com", "127.0.0.1", "[::1]", "[2001:DB8::1]", "bücher.example"]),
    st.sampled_from(["", ":", ":80", ":443", ":4000"]),
    # One trailing /v1 is taken off, so a path of two is another proxy's each time.
    st.lists(st.sampled_from(["", "v1", "Team", "dev1", "%2f"]), max_size=5, unique=True).map(
        lambda names: "".join(f"/{name}" for name in names)
    ),
    st.sampled_from(["", "/", "//"]),
)


@given(addresses)
def test_normalising_a_root_changes_nothing(url: str) -> None:
    """The root that litectl shows can be given back to it and means the same proxy."""
    root = normalise_root(url)

    assert root == normalise_root(root)


@given(st.text() | st.text().map("http://".__add__))
def test_any_text_is_a_root_or_a_configuration_error(text: str) -> None:
    """No text makes the normaliser fail in another way."""
    with suppress(ConfigError):
        assert normalise_root(text).startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("http://localhost", True),
        ("http://localhost:4000/team", True),
        ("http://proxy.localhost:4000", True),
        ("http://127.0.0.1:4000", True),
        ("http://127.8.9.10", True),
        ("http://[::1]:4000", True),
        ("http://0.0.0.0:4000", False),
        ("http://128.0.0.1", False),
        ("http://192.168.1.2", False),
        ("http://[::2]", False),
        (HTTP_EXAMPLE, False),
        ("http://localhost.example.com", False),
        ("http://notlocalhost", False),
        ("http://127.0.0.1.example.com", False),
        ("http://litellm:4000/localhost", False),
    ],
)
def test_loopback_is_this_machine_only(root: str, expected: bool) -> None:
    """`localhost`, its subdomains, 127.0.0.0/8 and `[::1]` are this machine; names that look so are not."""
    assert expected == is_loopback(root)


@pytest.mark.parametrize(
    ("root", "allow_http", "expected"),
    [
        ("https://proxy.example.com", False, "sent"),
        ("http://localhost:4000", False, "sent"),
        ("http://[::1]", False, "sent"),
        (HTTP_EXAMPLE, True, "sent"),
        (HTTP_EXAMPLE, False, "refused"),
        ("http://192.168.1.2:4000", False, "refused"),
    ],
)
def test_a_credential_travels_by_tls_on_this_machine_or_when_allowed(
    root: str, allow_http: bool, expected: str
) -> None:
    """Plain http to another machine needs a permission; https and loopback need none."""
    outcome = "sent"
    try:
        check_transport(root, allow_http=allow_http)
    except ConfigError:
        outcome = "refused"

    assert expected == outcome


def test_the_refusal_of_plain_http_says_how_to_allow_it() -> None:
    """It names the option, the variable and the setting of the profile."""
    with pytest.raises(ConfigError) as caught:
        check_transport(HTTP_EXAMPLE, allow_http=False)

    assert HTTP_EXAMPLE in caught.value.message
    for way in ("https", "--allow-http", "LITECTL_ALLOW_HTTP=1", "litectl profiles set allow_http=true"):
        assert way in (caught.value.hint or "")
