"""The main job against a real LiteLLM proxy: log in, list the models, ask one, fail honestly."""

import json
import subprocess
import sys

import pytest

from litectl.sandbox.sandbox import RunningProxy
from program import Program

pytestmark = pytest.mark.live

NAMES = ["mock-context", "mock-failing", "mock-hello", "mock-json", "mock-long", "mock-rate-limited"]


def test_a_newcomer_logs_in_lists_and_asks(real_proxy: RunningProxy) -> None:
    """A login with a key from stdin is all that the later commands need."""
    program = Program([sys.executable, "-m", "litectl"], {})
    login = program(
        "login", "--base-url", real_proxy.root, "--api-key-file", "-", stdin=real_proxy.key.encode()
    )
    whoami = program("whoami", "--json").json
    names = program("models", "list", "--columns", "name")
    answer = program("ask", "-m", "mock-hello", "-p", "Say hello")

    assert (login.code, login.out) == (0, "")
    assert (real_proxy.root, True) == (whoami["base_url"], whoami["accepted"])
    assert whoami["proxy_version"].startswith("1.106.")
    assert names.out.split() == NAMES
    assert answer == (0, "Hello from the sandbox.\n", "")
    assert f"{real_proxy.key}\n" == program("token").out


def test_a_wrong_key_is_refused_and_not_stored(real_proxy: RunningProxy) -> None:
    """The proxy refuses a wrong key, and the login leaves nothing behind."""
    program = Program([sys.executable, "-m", "litectl"], {})
    wrong = b"sk-this-is-a-wrong-key"

    login = program("login", "--base-url", real_proxy.root, "--api-key-file", "-", stdin=wrong)

    assert login.code == 4
    assert wrong.decode() not in login.err
    assert program("profiles", "list").out == ""


@pytest.mark.parametrize("command", [["models", "list"], ["ask", "-m", "mock-hello", "-p", "Hi"], ["whoami"]])
def test_without_a_key_the_error_says_so(real: Program, command: list[str]) -> None:
    """No key anywhere is exit 4 with `no credential found`."""
    result = real(*command, variables={"LITECTL_API_KEY": ""})

    assert result.code == 4
    assert "no credential found" in result.err


@pytest.mark.parametrize(
    ("model", "code"),
    [("mock-rate-limited", 8), ("mock-context", 10), ("mock-failing", 12), ("mock-helo", 6)],
)
def test_failures_have_their_exit_codes(real: Program, model: str, code: int) -> None:
    """What the proxy says about a failing or unknown model becomes the code of its class."""
    real("models", "refresh")

    result = real("ask", "-m", model, "-p", "Hi", "--json")

    assert (code, "") == (result.code, result.out)
    assert code == result.error["exit_code"]
    if code == 6:
        assert "mock-hello" in result.error["hint"]


def test_the_json_of_an_answer_is_true(real: Program) -> None:
    """Usage and cost come from the proxy, and the cost of a model without a price is null."""
    document = real("ask", "-m", "mock-hello", "-p", "Say hello", "--json").json
    unpriced = real("ask", "-m", "mock-long", "-p", "Say hello", "--json").json

    assert document["answer"] == "Hello from the sandbox."
    assert (document["model"], document["finish_reason"]) == ("mock-hello", "stop")
    usage = document["usage"]
    assert usage["output_tokens"] > 0
    assert document["cost"] == pytest.approx(usage["input_tokens"] * 1e-06 + usage["output_tokens"] * 5e-06)
    assert unpriced["cost"] is None
    assert document["deployment_id"]


def test_a_structured_answer_becomes_a_call_of_a_tool(real: Program) -> None:
    """A model answers in the form that is asked for, and a tool takes it; one that fails is exit 1."""
    answer = real("ask", "-m", "mock-json", "-p", "Invent a person", "--schema", "name, age int").json
    arguments = json.dumps({"a": answer["age"], "b": 1}).encode()

    assert answer == {"name": "Ada", "age": 36}
    assert real("mcp", "call", "sandbox/add", stdin=arguments) == (0, "37\n", "")
    failed = real("mcp", "call", "fail")
    assert (failed.code, failed.out) == (1, "")
    assert "the tool `fail` failed: this tool always fails" in failed.err


def test_a_pipe_may_close_early(real: Program) -> None:
    """`litectl ask ... | head -n 1` ends well on both sides."""
    line = " ".join([*real.command, "ask", "-m", "mock-long", "-p", "Hi"])

    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line} | head -n 1"],
        env=real.environ(),
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"Line 1 of a longer answer.\n", b"")


def test_a_five_megabyte_prompt_is_answered(real: Program) -> None:
    """A large prompt reaches the model, or the proxy says why not; it never hangs or crashes."""
    result = real("ask", "-m", "mock-hello", "--usage", stdin=b"word " * 1_000_000)

    assert (result.code, result.out) == (0, "Hello from the sandbox.\n")


def test_the_list_tells_what_the_proxy_knows(real: Program) -> None:
    """Limits and prices of the configuration are shown, and what nobody knows is null."""
    document = real("models", "list", "--json").json

    assert document["source"] == "model_info"
    models = {model["name"]: model for model in document["models"]}
    names = ("max_input_tokens", "max_output_tokens", "input_price", "output_price")
    assert [models["mock-hello"][name] for name in names] == [128000, 4096, 1.0, 5.0]
    assert [models["mock-long"][name] for name in names] == [128000, 4096, None, None]


def test_refresh_is_what_cron_runs(real: Program) -> None:
    """A refresh is silent with --quiet, and the list is then there without the network."""
    assert real("models", "refresh", "--quiet") == (0, "", "")
    assert real("models", "list", "--offline", "--columns", "name").out.split() == NAMES


def test_another_path_is_not_the_proxy(real: Program, real_proxy: RunningProxy) -> None:
    """A URL with a wrong path is an error with a hint, not an empty list."""
    result = real("models", "list", variables={"LITECTL_BASE_URL": f"{real_proxy.root}/nowhere"})

    assert result.code == 1
    assert "no such route" in result.err


def test_json_errors_keep_what_the_proxy_said(real: Program) -> None:
    """The message for people is short; the proxy's own words are in the JSON."""
    error = real("ask", "-m", "mock-rate-limited", "-p", "Hi", "--json").error

    assert "LiteLLM: model group" not in error["message"]
    assert "litellm.RateLimitError" in json.dumps(error["proxy_message"])


@pytest.mark.parametrize("protocol", ["chat", "messages"])
def test_the_wire_protocol_is_a_choice(real: Program, protocol: str) -> None:
    """The proxy bridges them; this one answers a mock in one piece, which is an answer too."""
    result = real("ask", "--no-stdin", "-m", "mock-hello", "-p", "Hi", "--protocol", protocol)

    assert (result.code, result.out) == (0, "Hello from the sandbox.\n")
