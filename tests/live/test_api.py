"""`api` against a real LiteLLM proxy: its routes, its errors, its streams and its pages."""

import json
import urllib.request
import uuid

import pytest

from database_proxy import DatabaseProxy
from litectl.sandbox.sandbox import RunningProxy
from live.upstream import Upstream
from program import Litectl, Program

CHAT = "/v1/chat/completions"


def question(model: str, **more: object) -> str:
    """Return the body of a chat completion."""
    return json.dumps({"model": model, "messages": [{"role": "user", "content": "Hi"}], **more})


@pytest.mark.live
@pytest.mark.parametrize("path", ["/openapi.json", "/v1/models", "/health/readiness", "/"])
def test_a_route_answers_as_it_does_anybody(real: Program, real_proxy: RunningProxy, path: str) -> None:
    """Byte for byte what another client gets, of two megabytes too."""
    request = urllib.request.Request(  # noqa: S310  # loopback
        f"{real_proxy.root}{path}", headers={"Authorization": f"Bearer {real_proxy.key}"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
        expected = answer.read()

    with real.started("api", path) as process:
        out, err = process.communicate(timeout=60)

    assert (process.returncode, err, out) == (0, b"", expected)


@pytest.mark.live
def test_errors_have_their_exit_codes(real: Program) -> None:
    """An unknown route, a wrong method, a redirect, a model and a key that are none."""
    cases = {
        ("/nope",): (6, "the proxy has no route /nope"),
        ("DELETE", "/v1/models"): (1, "the proxy answered 405: Method Not Allowed"),
        ("/ui",): (1, "the proxy redirects to "),
        (CHAT, "-d", question("nope")): (6, "unknown model, or not allowed for this key"),
        (CHAT, "-d", "{}"): (1, "the proxy refused the request"),
    }
    for words, (code, said) in cases.items():
        result = real("api", *words)
        assert (result.code, result.err.startswith(f"error: {said}")) == (code, True), result
    assert real("api", "/v1/models", variables={"LITECTL_API_KEY": "sk-not-a-key-0001"}).code == 4
    assert "hint: this path takes GET" in real("api", "POST", "/v1/models").err


@pytest.mark.live
@pytest.mark.parametrize(
    ("model", "code"),
    [("openai-echo", 0), ("openai-limited", 8), ("openai-context", 10), ("openai-failing", 12)],
)
def test_a_model_is_asked_once(asking: Litectl, upstream: Upstream, model: str, code: int) -> None:
    """The body goes to it as it is, and its answer or error comes back as it is."""
    result = asking("api", CHAT, "-d", question(model, num_retries=0, temperature=0.5))

    assert result.code == code, result.err
    assert ("choices" if code == 0 else "error") in result.json
    assert [body["temperature"] for body in upstream.bodies] == [0.5]


@pytest.mark.live
def test_an_error_in_a_stream_is_the_exit_code(asking: Litectl) -> None:
    """The events are printed as they came, to the one that says it."""
    whole = asking("api", CHAT, "-d", question("openai-echo", stream=True))
    broken = asking("api", CHAT, "-d", question("openai-exploding", stream=True))

    assert (whole.code, whole.out.endswith("data: [DONE]\n\n")) == (0, True)
    assert broken.code == 12
    assert '"error"' in broken.out
    assert broken.err.startswith("error: the proxy or its backend failed")


# With a database


@pytest.fixture
def admin(database: DatabaseProxy) -> Litectl:
    """Run the program with the master key."""
    return Litectl({"LITECTL_BASE_URL": database.root, "LITECTL_API_KEY": database.master_key})


@pytest.fixture
def keys(database: DatabaseProxy) -> str:
    """Give the id of a user who has five keys."""
    user = database.make_user()
    for _ in range(5):
        database.make_key(user_id=user, duration="1h")
    return user


@pytest.mark.db
def test_all_pages_of_a_list_are_found(admin: Litectl, keys: str) -> None:
    """Five keys, two on a page, are three pages and no key twice."""
    result = admin("api", "/key/list", "-q", f"user_id={keys}", "-q", "size=2", "--paginate")

    pages = [json.loads(line) for line in result.out.splitlines()]
    assert (result.code, [len(page["keys"]) for page in pages]) == (0, [2, 2, 1])
    assert len({key for page in pages for key in page["keys"]}) == 5


@pytest.mark.db
def test_pages_that_are_numbered_beside_the_rows_are_found(admin: Litectl) -> None:
    """The days of the users have them in `metadata`."""
    dates = ("-q", "start_date=2020-01-01", "-q", "end_date=2040-01-01")
    result = admin("api", "/user/daily/activity", *dates, "-q", "page_size=1000", "--paginate")

    pages = [json.loads(line)["metadata"] for line in result.out.splitlines()]
    assert result.code == 0
    assert [page["page"] for page in pages] == list(range(1, max(pages[0]["total_pages"], 1) + 1))


@pytest.mark.db
def test_a_key_is_made_seen_and_deleted(admin: Litectl, database: DatabaseProxy) -> None:
    """Each by one request; afterwards it is not listed, and one that never was is not found."""
    alias = f"litectl-test-{uuid.uuid4().hex[:8]}"
    made = admin("api", "/key/generate", "-d", json.dumps({"key_alias": alias, "duration": "1h"}))
    database.adopt_key(made.json["key"])
    token = made.json["token"]

    seen = admin("api", "/key/info", "-q", f"key={token}")
    deleted = admin("api", "/key/delete", "-d", json.dumps({"keys": [token]}))
    left = admin("api", "/key/list", "-q", f"key_alias={alias}")
    unknown = admin("api", "/key/info", "-q", f"key={alias}")

    assert (seen.json["info"]["key_alias"], deleted.code, left.json["keys"]) == (alias, 0, [])
    assert (unknown.code, unknown.err.splitlines()[0]) == (6, "error: not found: Key not found in database")
