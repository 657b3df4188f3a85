"""Extra headers that may carry a key: never one that speaks against the key of the run."""

import pytest

from fake_proxy import FakeProxy, json_answer
from litectl.credentials.stored import API_KEY, StoredCredential
from litectl.profiles.profile import Profile
from login_shapes import MODELS
from program import Litectl
from senders import store_profiles

KEY, OTHER_KEY = "sk-good-key-1234", "sk-other-key-5678"
OWN = "x-litellm-api-key"  # which a proxy believes before `Authorization`


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` against a proxy that accepts every key, without one."""
    fake.on("GET", MODELS, json_answer({"data": []}))
    return Litectl({"LITECTL_BASE_URL": fake.root})


def asked_with(litectl: Litectl, fake: FakeProxy, *arguments: str, **variables: str) -> dict[str, str]:
    """Return the headers of a question, the first of which is answered."""
    assert litectl("whoami", *arguments, variables=variables).code == 0
    return fake.requests[0].headers


@pytest.mark.parametrize("name", [OWN, OWN.title(), OWN.upper()])
@pytest.mark.parametrize("giver", ["option", "variable", "profile"])
def test_no_other_key_goes_beside_the_one_of_the_run(
    litectl: Litectl, fake: FakeProxy, name: str, giver: str
) -> None:
    """The proxy would take it for the caller, whoever the run says it is."""
    arguments: list[str] = []
    variables = {"LITECTL_API_KEY": KEY}
    if giver == "option":
        arguments = ["--header", f"{name}: {OTHER_KEY}"]
    elif giver == "variable":
        variables["LITELLM_HEADERS"] = f'{{"{name}": "{OTHER_KEY}"}}'
    else:
        store_profiles(Profile("work", fake.root, headers={name: OTHER_KEY}), default="work")

    headers = asked_with(litectl, fake, *arguments, **variables)

    assert headers["authorization"] == f"Bearer {KEY}"
    assert OWN not in headers


def test_the_same_key_may_go_twice(litectl: Litectl, fake: FakeProxy) -> None:
    """It says the same, and something on the way may want it there."""
    headers = asked_with(litectl, fake, "--header", f"{OWN}: {KEY}", LITECTL_API_KEY=KEY)

    assert (headers["authorization"], headers[OWN]) == (f"Bearer {KEY}", KEY)


def test_a_stored_key_is_guarded_too(litectl: Litectl, fake: FakeProxy) -> None:
    """Wherever the key of the run comes from."""
    credential = StoredCredential(API_KEY, fake.root, KEY)
    store_profiles(Profile("work", fake.root, credential), default="work")

    headers = asked_with(litectl, fake, "--header", f"{OWN}: {OTHER_KEY}")

    assert (headers["authorization"], OWN in headers) == (f"Bearer {KEY}", False)


@pytest.mark.parametrize("name", ["x-api-key", "api-key", "x-goog-api-key", "cf-access-client-secret"])
def test_the_key_of_something_on_the_way_goes(litectl: Litectl, fake: FakeProxy, name: str) -> None:
    """A gateway before the proxy has keys of its own."""
    headers = asked_with(litectl, fake, "--header", f"{name}: {OTHER_KEY}", LITECTL_API_KEY=KEY)

    assert (headers["authorization"], headers[name]) == (f"Bearer {KEY}", OTHER_KEY)


def test_without_a_key_the_header_is_the_key(litectl: Litectl, fake: FakeProxy) -> None:
    """Nobody else says who asks."""
    headers = asked_with(litectl, fake, "--header", f"{OWN}: {OTHER_KEY}")

    assert (headers.get("authorization"), headers[OWN]) == (None, OTHER_KEY)


def test_the_key_itself_may_go_in_that_header(litectl: Litectl, fake: FakeProxy) -> None:
    """`--auth-header` says so, and then it wins over an extra header of the name."""
    arguments = ("--auth-header", OWN, "--header", f"{OWN.title()}: {OTHER_KEY}")

    headers = asked_with(litectl, fake, *arguments, LITECTL_API_KEY=KEY)

    assert (headers.get("authorization"), headers[OWN]) == (None, KEY)
