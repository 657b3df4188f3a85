"""The contract of a browser login: read, checked, and refused when it leads anywhere else."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from litectl.credentials.contract import CONTRACT_PATH, Contract, fetch_contract
from litectl.errors import LoginUnavailableError
from litectl.wire.proxy import Proxy

HTML = Answer(200, [b"<html><title>Sign in to the guest network</title></html>"], content_type="text/html")
REQUIRED_ADDRESSES = ("authorization_endpoint", "token_endpoint", "registration_endpoint", "resource")


@pytest.fixture
def proxy(fake: FakeProxy) -> Iterator[Proxy]:
    """Give the fake proxy, asked without a credential."""
    with Proxy(fake.root) as opened:
        yield opened


def contract_of(fake: FakeProxy) -> Contract:
    """Return the contract of the fake proxy."""
    root = fake.root
    return Contract(f"{root}/authorize", f"{root}/token", f"{root}/register", f"{root}/revoke", root)


def contract_document(root: str, **changes: object) -> dict[str, object]:
    """Return the contract as the proxy serves it; a change to None leaves a field out."""
    document: dict[str, object] = {
        "contract_version": 1,
        "issuer": root,
        "authorization_endpoint": f"{root}/authorize",
        "token_endpoint": f"{root}/token",
        "registration_endpoint": f"{root}/register",
        "revocation_endpoint": f"{root}/revoke",
        "resource": root,
        "code_challenge_methods_supported": ["S256"],
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def test_the_contract_is_read(fake: FakeProxy, proxy: Proxy) -> None:
    """A proxy's contract gives its endpoints, and nothing was sent to any of them."""
    fake.on("GET", CONTRACT_PATH, json_answer(contract_document(fake.root)))

    found = fetch_contract(proxy)

    assert found == contract_of(fake)
    assert [(request.method, request.path) for request in fake.requests] == [("GET", CONTRACT_PATH)]
    assert "authorization" not in fake.requests[0].headers


def test_a_contract_need_not_offer_revocation(fake: FakeProxy, proxy: Proxy) -> None:
    """Without a revocation endpoint the login works all the same."""
    fake.on("GET", CONTRACT_PATH, json_answer(contract_document(fake.root, revocation_endpoint=None)))

    assert fetch_contract(proxy).revocation_endpoint is None


def test_the_issuer_is_compared_as_a_root(fake: FakeProxy, proxy: Proxy) -> None:
    """A slash at the end or upper case in the host is no other proxy."""
    issuer = fake.root.replace("http", "HTTP") + "/"
    fake.on("GET", CONTRACT_PATH, json_answer(contract_document(fake.root, issuer=issuer)))

    assert fetch_contract(proxy) == contract_of(fake)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (json_answer({"detail": "Not Found"}, 404), "does not offer"),
        (json_answer({}, 405), "does not offer"),
        (json_answer({}, 401), "does not offer"),
        (json_answer({}, 403), "does not offer"),
        (HTML, "does not offer"),
        (json_answer([1]), "does not offer"),
        (json_answer("text"), "does not offer"),
        (Answer(200, [b""]), "does not offer"),
        (json_answer({"contract_version": 1}, 500), "answered 500"),
        (json_answer({}, 429), "answered 429"),
        (json_answer({}, 302, location="https://elsewhere.example.com"), "answered 302"),
        (json_answer({}, 201), "answered 201"),
    ],
)
def test_a_proxy_without_a_contract_does_not_offer_the_login(
    fake: FakeProxy, proxy: Proxy, answer: Answer, message: str
) -> None:
    """Whatever is answered instead of a contract, another way to log in may work."""
    fake.on("GET", CONTRACT_PATH, answer)

    with pytest.raises(LoginUnavailableError, match=message):
        fetch_contract(proxy)

    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"contract_version": 2},
        {"contract_version": "1"},
        {"contract_version": True},
        {"contract_version": None},
        {"contract_version": [1]},
        {"code_challenge_methods_supported": None},
        {"code_challenge_methods_supported": []},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": "S256"},
        {"code_challenge_methods_supported": {"S256": True}},
        {"issuer": None},
        {"issuer": ""},
        {"issuer": 1},
        {"issuer": ["x"]},
        {"issuer": "no URL"},
        {"issuer": "https://elsewhere.example.com"},
        {"issuer": "{root}/team"},
        {"issuer": "{root}?x=1"},
    ],
)
def test_a_contract_that_is_not_understood_is_not_followed(
    fake: FakeProxy, proxy: Proxy, changes: dict[str, Any]
) -> None:
    """Another version, no S256, or another issuer end the login before anything is sent."""
    changes = {
        name: value.replace("{root}", fake.root) if isinstance(value, str) else value
        for name, value in changes.items()
    }
    fake.on("GET", CONTRACT_PATH, json_answer(contract_document(fake.root, **changes)))

    with pytest.raises(LoginUnavailableError):
        fetch_contract(proxy)


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example.com/x",
        "{host}/x",
        "/x",
        "{root}@elsewhere.example.com/x",
        "http://user:password@{host}/x",
        "{root}\\@elsewhere.example.com/x",
        "{root}/x#fragment",
        "{root}/a b",
        "{root}/a\nb",
        "{root}/ä",
        "javascript:alert(1)//{host}",
        "https://{host}/x",
        "{root}1/x",
        "{root}/" + "x" * 3000,
        "",
        17,
        ["{root}"],
        {},
    ],
)
def test_every_address_of_the_contract_is_the_proxys_own(
    fake: FakeProxy, proxy: Proxy, address: object
) -> None:
    """An endpoint elsewhere, or one that is no address at all, is never used."""
    if isinstance(address, str):
        host = fake.root.removeprefix("http://")
        address = address.replace("{root}", fake.root).replace("{host}", host)
    for name in (*REQUIRED_ADDRESSES, "revocation_endpoint"):
        document = contract_document(fake.root, **{name: address})
        fake.on("GET", CONTRACT_PATH, json_answer(document))

        with pytest.raises(LoginUnavailableError, match=name) as caught:
            fetch_contract(proxy)

        assert len(caught.value.message) < 300
        assert "password" not in caught.value.message


@pytest.mark.parametrize("name", REQUIRED_ADDRESSES)
def test_the_contract_has_every_address(fake: FakeProxy, proxy: Proxy, name: str) -> None:
    """Only revocation may be missing."""
    fake.on("GET", CONTRACT_PATH, json_answer(contract_document(fake.root, **{name: None})))

    with pytest.raises(LoginUnavailableError, match=name):
        fetch_contract(proxy)


@pytest.mark.parametrize(
    ("issuer", "is_offered"),
    [
        ("https://litellm.example.com", True),
        ("http://localhost:4000", True),
        ("http://litellm.internal:4000", False),
        ("http://10.0.0.7:4000", False),
    ],
)
def test_another_issuer_is_named_with_what_to_do(
    fake: FakeProxy, proxy: Proxy, issuer: str, *, is_offered: bool
) -> None:
    """The operator's variable is named; the proxy's own address only when it is no way to plain http."""
    fake.on("GET", CONTRACT_PATH, json_answer(contract_document(fake.root, issuer=issuer)))

    with pytest.raises(LoginUnavailableError) as caught:
        fetch_contract(proxy)

    assert caught.value.message == f"the proxy says it is {issuer}, not {fake.root}"
    assert f"PROXY_BASE_URL to {fake.root}" in str(caught.value.hint)
    assert is_offered == ("use the address" in str(caught.value.hint))


@pytest.mark.parametrize("issuer", ["https://x.example.com/" + "a" * 5000, "https://\x1b[2J\x07.example.com"])
def test_an_issuer_is_shown_short_and_harmless(fake: FakeProxy, proxy: Proxy, issuer: str) -> None:
    """Whatever the proxy calls itself, the message is one short line."""
    fake.on("GET", CONTRACT_PATH, json_answer(contract_document(fake.root, issuer=issuer)))

    with pytest.raises(LoginUnavailableError) as caught:
        fetch_contract(proxy)

    assert len(caught.value.message) < 250
    assert caught.value.message.isprintable()
