"""`ask --mcp`: models that call the tools of MCP servers, by every protocol, through a real proxy."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from live.dialects import Said, thoughts
from live.tooling import TOKEN
from live.upstream import THOUGHT, Upstream
from program import Litectl, Result

pytestmark = pytest.mark.live

PROTOCOLS = ("chat", "responses", "messages")
MODELS = ("caller", "caller-claude", "caller-bricks")
ADD = 'use alpha/add {"a": 2, "b": 3}'


def ask(program: Litectl, prompt: str, *options: str, model: str = "caller") -> Result:
    """Ask *model*, which calls the tools that *prompt* tells it to use."""
    words = ("ask", "--no-stdin", "-m", model, "-p", prompt, "--proxy-retries", "0")
    return program(*words, "--json", *options)


def called(program: Litectl, tool: str) -> int:
    """Return how often *tool* was called on the first server."""
    result = program("mcp", "call", "count", f"tool={tool}", "--server", "alpha", "--no-stdin")
    assert result.code == 0, result.err
    return int(result.out)


def runs(document: Any) -> list[tuple[str, str, str]]:
    """Return the calls that *document* tells of: server, tool and outcome."""
    return [(run["server"], run["tool"], run["outcome"]) for run in document["tool_runs"]]


@pytest.mark.parametrize(("protocol", "model"), list(product(PROTOCOLS, MODELS)))
def test_a_model_uses_a_tool_and_answers_with_its_result(
    tooling: Litectl, upstream: Upstream, protocol: str, model: str
) -> None:
    """By every protocol to every provider the tool is called once, and its result is what the model gets."""
    before = called(tooling, "add")

    result = ask(tooling, ADD, "--mcp", "alpha", "--protocol", protocol, model=model)

    assert result.code == 0, result.err
    assert result.json["answer"] == "echo: 5"
    assert runs(result.json) == [("alpha", "add", "ok")]
    assert len(upstream.bodies) == 2
    assert called(tooling, "add") == before + 1


def test_several_calls_at_once_are_all_answered(tooling: Litectl) -> None:
    """Calls of one answer are run in their order, and the model gets all their results together."""
    prompt = f'{ADD} use beta/echo {{"text": "from beta"}}'

    result = ask(tooling, prompt, "--mcp", "alpha", "--mcp", "beta")

    assert result.code == 0, result.err
    assert runs(result.json) == [("alpha", "add", "ok"), ("beta", "echo", "ok")]
    assert result.json["answer"] == "echo: 5 from beta"


def test_a_model_is_offered_what_is_named_and_nothing_else(tooling: Litectl, upstream: Upstream) -> None:
    """`--mcp` takes a tool, a server and a pattern; the model sees those tools with their schemas."""
    result = ask(tooling, "Hi", "--mcp", "alpha/ad*", "--mcp", "limited")

    assert result.code == 0, result.err
    offered = {tool["function"]["name"]: tool["function"] for tool in upstream.bodies[0]["tools"]}
    assert sorted(offered) == ["alpha-add", "echo", "limited-add"]
    assert offered["alpha-add"]["parameters"]["required"] == ["a", "b"]


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ('use fail {"reason": "out of paper"}', "out of paper"),
        ("use add {}", "a"),
        ("use nonsuch {}", "no such tool"),
    ],
)
def test_a_model_is_told_what_failed(tooling: Litectl, prompt: str, told: str) -> None:
    """A tool that fails, wrong arguments and an unknown tool are told to the model, which goes on."""
    result = ask(tooling, prompt, "--mcp", "alpha")

    assert result.code == 0, result.err
    assert [run["outcome"] for run in result.json["tool_runs"]] == ["failed"]
    assert told in result.json["answer"]


def test_a_model_that_never_stops_is_stopped(tooling: Litectl) -> None:
    """After `--max-steps` turns with calls it is exit 11, which tells of all calls that were run."""
    before = called(tooling, "add")

    result = ask(tooling, ADD, "--mcp", "alpha", "--max-steps", "3", model="restless")

    assert (result.code, result.out) == (11, "")
    assert runs(result.error) == [("alpha", "add", "ok")] * 3
    assert called(tooling, "add") == before + 3


def test_what_is_not_allowed_is_not_run(tooling: Litectl) -> None:
    """With `--allow` any other tool is refused, unasked, and the model is told so."""
    before = called(tooling, "add")
    prompt = f'{ADD} use echo {{"text": "said"}}'

    result = ask(tooling, prompt, "--mcp", "alpha", "--allow", "alpha/echo")

    assert result.code == 0, result.err
    assert runs(result.json) == [("alpha", "add", "refused"), ("alpha", "echo", "ok")]
    assert called(tooling, "add") == before


def test_a_call_of_unknown_outcome_ends_the_conversation(tooling: Litectl, upstream: Upstream) -> None:
    """A tool that takes too long is exit 5; it was called once, and the model is asked nothing more."""
    before = called(tooling, "slow")

    result = ask(tooling, 'use slow {"seconds": 4}', "--mcp", "alpha/slow", "--timeout", "2")

    assert (result.code, result.out) == (5, "")
    assert "unknown" in result.error["message"]
    assert len(upstream.bodies) == 1
    assert called(tooling, "slow") == before + 1


def test_a_server_gets_the_credential_of_its_caller(tooling: Litectl, upstream: Upstream) -> None:
    """`--server-header` serves the list and the calls, and reaches no model."""
    header = ("--server-header", f"guarded: Authorization: Bearer {TOKEN}")

    result = ask(tooling, 'use add {"a": 2, "b": 3}', "--mcp", "guarded", *header)

    assert result.code == 0, result.err
    assert runs(result.json) == [("guarded", "add", "ok")]
    assert not any(TOKEN in str(request.headers) for request in upstream.requests)


@pytest.mark.parametrize("protocol", ["chat", "responses"])
def test_the_proxy_may_run_the_calls_itself(tooling: Litectl, protocol: str) -> None:
    """With `--engine proxy` the proxy lists and runs the tools, and its last answer is printed."""
    before = called(tooling, "add")

    result = ask(
        tooling, 'use add {"a": 2, "b": 3}', "--mcp", "alpha", "--engine", "proxy", "--protocol", protocol
    )

    assert result.code == 0, result.err
    assert "echo: 5" in result.json["answer"]
    assert called(tooling, "add") == before + 1


def test_the_calls_are_told_on_stderr(tooling: Litectl) -> None:
    """Without `--json` stdout has the answer only, and stderr each call with its arguments."""
    result = tooling("ask", "--no-stdin", "-m", "caller", "-p", ADD, "--mcp", "alpha")

    assert (result.code, result.out) == (0, "echo: 5\n")
    assert "alpha/add" in result.err
    assert json.dumps({"a": 2, "b": 3}, separators=(",", ":")) in result.err.replace(" ", "")


# A Claude that thinks

BLOCKS = thoughts(Said(reasoning=THOUGHT, is_redacted=True))
THINKS = ("--effort", "high")


@pytest.fixture
def knowing(tooling: Litectl) -> Litectl:
    """Run the program where it knows the models, so that an effort can be said to them."""
    assert tooling("models", "refresh", "--no-mcp").code == 0
    return tooling


def thought(upstream: Upstream) -> list[Any]:
    """Return the blocks before the calls in the last question."""
    said = [turn for turn in upstream.bodies[-1]["messages"] if turn["role"] == "assistant"]
    return [block for block in said[-1]["content"] if block["type"] not in ("text", "tool_use")]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_claude_that_thinks_gets_its_thoughts_back_with_its_calls(
    knowing: Litectl, upstream: Upstream, protocol: str
) -> None:
    """By every protocol, to the letter, those that nobody may read too."""
    result = ask(knowing, ADD, "--mcp", "alpha", "--protocol", protocol, *THINKS, model="thinker")

    assert result.code == 0, result.err
    assert (result.json["answer"], result.json["reasoning"]) == ("echo: 5", THOUGHT)
    assert thought(upstream) == BLOCKS


CALLED = [{"id": "call_1_0", "content": "5"}]


@pytest.fixture
def saved(knowing: Litectl, tmp_path: Path) -> Path:
    """Return the conversation in which a Claude thought and called a tool."""
    tools, path = tmp_path / "tools.json", tmp_path / "said.json"
    tools.write_text('[{"name": "add", "input_schema": {"type": "object"}}]')
    result = ask(knowing, ADD, "--tools", str(tools), "--save", str(path), *THINKS, model="thinker")
    assert result.code == 0, result.err
    (tmp_path / "results.json").write_text(json.dumps(CALLED))
    return path


def go_on(program: Litectl, saved: Path, *options: str, model: str = "thinker") -> Result:
    """Go on with the conversation in the file *saved*, with the result of its call."""
    results = saved.with_name("results.json")
    words = ("ask", "--no-stdin", "-m", model, "--messages", str(saved), "--tool-results", str(results))
    return program(*words, *options)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_saved_conversation_has_the_thoughts_too(
    knowing: Litectl, upstream: Upstream, saved: Path, protocol: str
) -> None:
    """Whatever protocol it goes on by."""
    result = go_on(knowing, saved, "--protocol", protocol, *THINKS)

    assert (result.code, result.out) == (0, "echo: 5\n"), result.err
    assert thought(upstream) == BLOCKS


def test_a_conversation_without_its_thoughts_is_what_anthropic_refuses(knowing: Litectl, saved: Path) -> None:
    """Such as one that was saved by another program."""
    messages = json.loads(saved.read_text())
    del messages[1]["thinking_blocks"]
    saved.write_text(json.dumps(messages))

    result = go_on(knowing, saved, *THINKS)

    assert (result.code, result.out) == (1, "")
    assert "Expected `thinking` or `redacted_thinking`, but found `tool_use`" in result.err


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("model", ["thinker", "caller", "caller-claude", "caller-bricks"])
def test_thoughts_go_to_nobody_who_does_not_think(
    knowing: Litectl, upstream: Upstream, saved: Path, protocol: str, model: str
) -> None:
    """Neither to another model nor to a Claude without an effort, who refuses them then."""
    result = go_on(knowing, saved, "--protocol", protocol, model=model)

    assert (result.code, result.out) == (0, "echo: 5\n"), result.err
    assert THOUGHT not in str(upstream.bodies[-1])
