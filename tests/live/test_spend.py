"""What a real proxy with a database files of a question, and the limits of its keys."""

import time

import pytest

from database_proxy import DatabaseProxy
from program import Program, Result

pytestmark = pytest.mark.db

LONGEST_WAIT = 60.0  # seconds; the proxy writes its log in batches


@pytest.fixture
def model(database: DatabaseProxy, client: Program) -> str:
    """Give a model that the key of the client may ask; whoever logs in first is the default."""
    assert log_in(client, database.root, database.master_key, "--profile", "admin").code == 0
    listed = client("models", "list", "--profile", "admin", "--columns", "name,mode").out.splitlines()
    return next(line.split("\t")[0] for line in listed if line.endswith("\tchat"))


def log_in(client: Program, root: str, key: str, *options: str) -> Result:
    """Log in with *key* on stdin."""
    return client("login", "--base-url", root, "--api-key-file", "-", *options, stdin=key.encode())


def filed(database: DatabaseProxy, call_id: str) -> dict[str, object]:
    """Return what the spend log has of the call, when it is written."""
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        for entry in database.get("/spend/logs", request_id=call_id):
            found: dict[str, object] = entry
            return found
        time.sleep(1.0)  # it is asked anew; nothing tells when the batch is written
    pytest.fail(f"the proxy did not file the call within {LONGEST_WAIT:g} s")


def test_session_tags_and_metadata_are_filed(database: DatabaseProxy, client: Program, model: str) -> None:
    """The call id of `--json` finds the call in the spend log, with its session, tags and metadata."""
    options = ["--session", "night-7", "--tag", "smoke", "--tag", "ci", "--metadata", "job=né 1"]

    answer = client("ask", "--profile", "admin", "-m", model, "-p", "Hi", "--json", *options).json

    entry = filed(database, answer["call_id"])
    assert entry["session_id"] == "night-7"
    assert {"smoke", "ci"} <= set(entry["request_tags"])  # type: ignore[call-overload]  # a list of texts
    assert "né 1" in str(entry["metadata"])


def test_a_limit_of_the_proxy_says_what_and_how_long(
    database: DatabaseProxy, client: Program, model: str
) -> None:
    """A key with one request a minute is exit 8 on its second, with limit and wait, and no more is sent."""
    key = database.make_key(rpm_limit=1)
    assert log_in(client, database.root, key, "--profile", "poor").code == 0

    results = [client("ask", "--profile", "poor", "-m", model, "-p", "Hi", "--json") for _ in range(3)]

    assert results[-1].code == 8
    error = results[-1].error
    assert (error["limit_type"], error["limit"], error["remaining"]) == ("requests", 1, 0)
    assert 0 < error["retry_after"] <= 60
    assert error["retry_after_source"] in ("header", "reset_at")


def test_a_spent_budget_is_no_rate_limit(database: DatabaseProxy, client: Program, model: str) -> None:
    """A key over its budget is exit 9 at once, however many tries are allowed."""
    key = database.make_key(max_budget=0.000001, spend=1.0)
    log_in(client, database.root, key, "--profile", "spent")

    refused = client("ask", "--profile", "spent", "-m", model, "-p", "Hi", "--retries", "3")

    assert refused.code == 9
    assert "trying again" not in refused.err


def test_a_model_that_is_not_allowed_is_not_found(
    database: DatabaseProxy, client: Program, model: str
) -> None:
    """A restricted key is exit 6 for every other model, by each protocol."""
    key = database.make_key(models=["no-such-model"])
    log_in(client, database.root, key, "--profile", "narrow", "--no-verify")

    for protocol in ("chat", "responses", "messages"):
        asked = client("ask", "--profile", "narrow", "-m", model, "-p", "Hi", "--protocol", protocol)
        assert asked.code == 6, asked.err


@pytest.mark.usefixtures("model")
def test_a_key_without_a_user_gets_no_estimate_from_the_proxy(
    database: DatabaseProxy, client: Program
) -> None:
    """Where `/cost/estimate` is refused the listed prices answer, and say that they do."""
    key = database.make_key()
    assert log_in(client, database.root, key, "--profile", "plain").code == 0
    listed = client("models", "list", "--profile", "plain", "--columns", "name,input_price").out.splitlines()
    priced = next(name for name, price in (line.split("\t") for line in listed) if price)

    cost = client("cost", "--profile", "plain", "-m", priced, "--input-tokens", "1000", "--json")

    assert cost.code == 0, cost.err
    assert cost.json["source"] == "catalog_estimate"
    assert cost.json["cost"] > 0
