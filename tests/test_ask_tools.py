"""`litectl ask --mcp`: a model that uses the tools of the proxy."""

import json
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from answers import delta, stream, tool_piece
from fake_proxy import CHAT, Answer, FakeProxy, Request, chat_answer, error_answer, json_answer
from known_models import claude, know, openai
from mcp_answers import (
    ADD,
    CALL,
    LIST,
    calling,
    calls_sent,
    serve_tools,
    tool_entry,
    tool_list,
    tool_result,
)
from program import DEADLINE, Litectl, Program

ASK = ("ask", "-m", "m", "-p", "What is 2 + 3?")
USES_ADD = (*ASK, "--mcp", "math")
TWO_AND_THREE = '{"a": 2, "b": 3}'


def in_turn(*answers: Answer) -> Callable[[Request], Answer]:
    """Return what gives each of *answers* once, in their order."""
    left = list(answers)
    return lambda _: left.pop(0)


def questions(fake: FakeProxy) -> list[Any]:
    """Return the bodies of the questions that the model was asked."""
    return [request.json for request in fake.requests if request.path == CHAT]


def told(fake: FakeProxy) -> list[str]:
    """Return what the model was told of its calls, in its last question."""
    return [message["content"] for message in questions(fake)[-1]["messages"] if message["role"] == "tool"]


@pytest.fixture(autouse=True)
def adding(fake: FakeProxy) -> None:
    """Offer tools, and a model that calls `add` and then answers."""
    serve_tools(fake)
    fake.on_chat(in_turn(calling("add", TWO_AND_THREE), chat_answer("It is ", "5.")))


# The loop


def test_the_model_s_calls_are_run_and_it_is_told_what_they_gave(litectl: Litectl, fake: FakeProxy) -> None:
    """One call, one result, one answer: the answer alone is on stdout, the call on stderr."""
    result = litectl(*USES_ADD)

    assert (result.code, result.out) == (0, "It is 5.\n")
    assert result.err == 'calling math/add {"a":2,"b":3}\n'
    assert calls_sent(fake) == [{"server_id": "id-of-math", "name": "add", "arguments": {"a": 2, "b": 3}}]
    assert questions(fake)[1]["messages"] == [
        {"role": "user", "content": "What is 2 + 3?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"a":2,"b":3}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "5"},
    ]


@pytest.mark.parametrize(
    ("names", "offered"),
    [
        (("math",), ["add"]),
        (("add",), ["add"]),
        (("math/add", "words"), ["add", "echo"]),
        (("*",), ["add", "echo"]),
    ],
)
def test_only_what_was_named_is_offered(
    litectl: Litectl, fake: FakeProxy, names: Sequence[str], offered: list[str]
) -> None:
    """A flag names servers, tools, or patterns of them; nothing else is shown to the model."""
    litectl(*ASK, *(word for name in names for word in ("--mcp", name)))

    assert [tool["function"]["name"] for tool in questions(fake)[0]["tools"]] == offered


def test_nothing_is_offered_unasked(litectl: Litectl, fake: FakeProxy) -> None:
    """Without `--mcp` no tool is listed, offered or run."""
    fake.on_chat(chat_answer("5"))

    assert litectl(*ASK).out == "5\n"
    assert [request.path for request in fake.requests] == [CHAT]


def test_the_list_of_tools_is_kept_for_the_next_question(litectl: Litectl, fake: FakeProxy) -> None:
    """The second question within a day fetches no list."""
    litectl(*USES_ADD)
    fake.on_chat(in_turn(calling("add", TWO_AND_THREE), chat_answer("5")))
    litectl(*USES_ADD)

    assert [request.path for request in fake.requests].count(LIST) == 1


def test_several_calls_of_one_turn_are_run_in_their_order(litectl: Litectl, fake: FakeProxy) -> None:
    """Each call is sent once and each result goes back under its own id."""
    both = stream(
        tool_piece(0, id="call_1", name="add", arguments='{"a": 1, "b": 1}'),
        tool_piece(1, id="call_2", name="add", arguments='{"a": 2, "b": 2}'),
        finish="tool_calls",
    )
    fake.on_chat(in_turn(both, chat_answer("done")))

    litectl(*USES_ADD)

    assert [body["arguments"] for body in calls_sent(fake)] == [{"a": 1, "b": 1}, {"a": 2, "b": 2}]  # type: ignore[index]  # JSON
    assert [message.get("tool_call_id") for message in questions(fake)[1]["messages"][2:]] == [
        "call_1",
        "call_2",
    ]


@pytest.mark.parametrize("arguments", ['{"a": 2, "b"', "[2, 3]", "2 and 3"])
def test_the_model_is_told_of_a_call_that_is_no_json(
    litectl: Litectl, fake: FakeProxy, arguments: str
) -> None:
    """It can do better in its next turn; no tool is called, and no backend is sent what it cannot read."""
    fake.on_chat(
        in_turn(calling("add", arguments), calling("add", TWO_AND_THREE, "call_2"), chat_answer("5"))
    )

    result = litectl(*USES_ADD)

    assert (result.code, result.out) == (0, "5\n")
    assert "math/add: the arguments of the call are not a JSON object" in result.err
    assert told(fake) == ["error: the arguments of the call are not a JSON object", "5"]
    assert questions(fake)[1]["messages"][1]["tool_calls"][0]["function"]["arguments"] == "{}"
    assert len(calls_sent(fake)) == 1


def test_a_call_that_was_cut_ends_it(litectl: Litectl, fake: FakeProxy) -> None:
    """Asking again would be cut again: more tokens help."""
    fake.on_chat(stream(tool_piece(id="call_1", name="add", arguments='{"a": 2, "b'), finish="length"))

    result = litectl(*USES_ADD)

    assert result.code == 11
    assert "was cut at" in result.err
    assert calls_sent(fake) == []


def test_what_the_model_says_between_its_calls_is_not_the_answer(litectl: Litectl, fake: FakeProxy) -> None:
    """Text beside calls goes to stderr; stdout has the last answer only."""
    thinking_aloud = stream(
        {"choices": [{"index": 0, "delta": {"content": "Let me see."}}]},
        tool_piece(id="call_1", name="add", arguments=TWO_AND_THREE),
        finish="tool_calls",
    )
    fake.on_chat(in_turn(thinking_aloud, chat_answer("5")))

    result = litectl(*USES_ADD)

    assert result.out == "5\n"
    assert result.err.startswith("> Let me see.\n")


def test_json_tells_the_runs_and_sums_what_all_turns_took(litectl: Litectl, fake: FakeProxy) -> None:
    """Tokens and cost are those of every turn; each call is listed with its outcome."""
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12, "cost": 0.5}
    first = calling("add", TWO_AND_THREE)
    with_usage = [b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n", *first.pieces]
    fake.on_chat(in_turn(first._replace(pieces=with_usage), chat_answer("5", usage=usage)))

    document = litectl(*USES_ADD, "--json").json

    assert document["answer"] == "5"
    assert document["tool_calls"] == []
    assert document["tool_runs"] == [
        {
            "server": "math",
            "tool": "add",
            "arguments": {"a": 2, "b": 3},
            "outcome": "ok",
            "result": "5",
        }
    ]
    assert (document["usage"]["input_tokens"], document["cost"], document["cost_source"]) == (
        20,
        1.0,
        "usage",
    )


def test_the_cost_is_unknown_when_that_of_one_turn_is(litectl: Litectl) -> None:
    """A sum with an unknown part is unknown, never too small."""
    document = litectl(*USES_ADD, "--json").json

    assert document["cost"] is None
    assert document["usage"]["input_tokens"] is None


def test_the_whole_conversation_is_saved(litectl: Litectl, tmp_path: Path) -> None:
    """`--save` has the calls, their results, and the answer."""
    path = tmp_path / "conversation.json"
    litectl(*USES_ADD, "--save", str(path))

    roles = [message["role"] for message in json.loads(path.read_text())]
    assert roles == ["user", "assistant", "tool", "assistant"]


THOUGHTS = [
    {"type": "thinking", "thinking": "let me", "signature": "c2lnbmVk"},
    {"type": "redacted_thinking", "data": "c2VjcmV0"},
]


def thinking(*chunks: object) -> Answer:
    """Return the answer of a Claude that thinks in pieces, and says *chunks* after that."""
    begun, rest = {"type": "thinking", "thinking": "let "}, {"type": "thinking", "thinking": "me"}
    signed = {"type": "thinking", "thinking": "", "signature": "c2lnbmVk"}
    blocks = (begun, rest, signed, THOUGHTS[1])
    return stream(*(delta(thinking_blocks=[block]) for block in blocks), *chunks, finish="tool_calls")


@pytest.mark.parametrize(
    ("entry", "goes"),
    [(claude("m"), True), (openai("m"), False), (None, True)],
    ids=["claude", "gpt", "unknown"],
)
def test_a_claude_gets_its_thinking_back(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, entry: dict[str, object] | None, goes: bool
) -> None:
    """With the calls it made after that, where the model is not known to be another; saved it is anyway."""
    if entry is not None:
        know(litectl, fake, entry)
    call = tool_piece(id="call_1", name="add", arguments=TWO_AND_THREE)
    fake.on_chat(in_turn(thinking(call), thinking(delta(content="5"))))
    path = tmp_path / "conversation.json"

    assert litectl(*USES_ADD, "--save", str(path)).out == "5\n"

    assert questions(fake)[1]["messages"][1].get("thinking_blocks") == (THOUGHTS if goes else None)
    assert [message.get("thinking_blocks") for message in json.loads(path.read_text())] == [
        None,
        THOUGHTS,
        None,
        None,
    ]


def test_a_form_is_asked_of_the_last_answer_only(litectl: Litectl, fake: FakeProxy) -> None:
    """`--schema` goes with tools: calls have no form."""
    fake.on_chat(in_turn(calling("add", TWO_AND_THREE), chat_answer('{"sum": 5}')))

    assert litectl(*USES_ADD, "--schema", "sum int").out == '{"sum": 5}\n'


def test_a_parameter_that_was_refused_is_left_out_of_the_further_turns(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """What one turn learnt the next ones know."""
    refusal = error_answer(
        400,
        "invalid_request_error",
        "litellm.UnsupportedParamsError: m does not support parameters: ['seed']",
    )
    fake.on_chat(in_turn(refusal, calling("add", TWO_AND_THREE), chat_answer("5")))

    litectl(*USES_ADD, "--param", "seed=1")

    assert ["seed" in question for question in questions(fake)] == [True, False, False]


# What is told to the model, and what ends it all


@pytest.mark.parametrize(
    ("call", "answer", "said"),
    [
        (("add", TWO_AND_THREE), tool_result("boom", is_error=True), "boom"),
        (("add", '{"a": "x", "b": 3}'), None, "`a`"),
        (("add", '{"a": 2}'), None, "`b`"),
        (("subtract", "{}"), None, "there is no such tool"),
        (
            ("add", TWO_AND_THREE),
            json_answer(
                {"detail": {"error": "server_not_found", "message": "MCP server 'math' was not found"}}, 404
            ),
            "math",
        ),
        (
            ("add", TWO_AND_THREE),
            json_answer(
                {"detail": "Parameters ['b'] are not allowed for tool add. Contact proxy admin"}, 403
            ),
            "['b'] are not allowed",
        ),
        (("add", TWO_AND_THREE), error_answer(400, "bad_request", "a is too large"), "a is too large"),
    ],
    ids=["tool-failed", "wrong-type", "missing", "unknown-tool", "server-gone", "forbidden", "bad-request"],
)
def test_the_model_is_told_of_what_it_can_mend(
    litectl: Litectl, fake: FakeProxy, call: tuple[str, str], answer: Answer | None, said: str
) -> None:
    """A call that failed is an error in the conversation, and the model may do better."""
    fake.on_chat(in_turn(calling(*call), chat_answer("sorry")))
    if answer:
        fake.on("POST", CALL, answer)

    result = litectl(*USES_ADD)

    assert (result.code, result.out) == (0, "sorry\n")
    assert told(fake)[0].startswith("error: ")
    assert said in told(fake)[0]
    assert bool(calls_sent(fake)) == bool(answer)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(pieces=[b'{"content": ['], cut=True), (5, 11)),
        (
            json_answer(
                {"detail": "misconfigured: MCPAuth.bearer_token requires a usable upstream credential"}, 500
            ),
            (4,),
        ),
        (
            tool_result(
                "HTTPStatusError: Client error '401 Unauthorized' for url 'http://x/'", is_error=True
            ),
            (4,),
        ),
        (Answer(pieces=[b"<title>Log in</title>"], content_type="text/html"), (1,)),
    ],
    ids=["connection-lost", "credential", "refused-credential", "no-result"],
)
def test_a_call_that_nobody_knows_the_outcome_of_ends_it(
    litectl: Litectl, fake: FakeProxy, answer: Answer, code: tuple[int, ...]
) -> None:
    """The model is not asked again, so that it cannot send the same call twice."""
    fake.on("POST", CALL, answer)

    result = litectl(*USES_ADD)

    assert result.code in code
    assert result.out == ""
    assert len(calls_sent(fake)) == len(questions(fake)) == 1


def test_an_error_tells_which_calls_were_run_before_it(litectl: Litectl, fake: FakeProxy) -> None:
    """A script can see what was done, also when there is no answer."""
    fake.on_chat(in_turn(calling("add", TWO_AND_THREE), error_answer(500, "server_error", "down")))

    result = litectl(*USES_ADD, "--json")

    assert result.code == 12
    assert [run["result"] for run in result.error["tool_runs"]] == ["5"]


def test_the_turns_are_bounded(litectl: Litectl, fake: FakeProxy) -> None:
    """A model that never stops calling is stopped: exit 11, and no further call is run."""
    fake.on_chat(lambda _: calling("add", TWO_AND_THREE))

    result = litectl(*USES_ADD, "--max-steps", "2")

    assert result.code == 11
    assert "after 2 steps" in result.err
    assert "--max-steps 4" in result.err
    assert len(calls_sent(fake)) == 2


# What may run


@pytest.mark.parametrize(("pattern", "runs"), [("add", True), ("math/*", True), ("words", False)])
def test_only_what_is_allowed_runs(litectl: Litectl, fake: FakeProxy, pattern: str, runs: bool) -> None:
    """With `--allow` any other call is refused, and the model is told."""
    result = litectl(*USES_ADD, "--allow", pattern)

    assert result.code == 0
    assert bool(calls_sent(fake)) == runs
    assert told(fake) == (["5"] if runs else ["error: the user did not allow this call"])
    assert ("not allowed" in result.err) != runs


@pytest.mark.parametrize(("typed", "runs"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_a_person_is_asked_before_a_call(litectl: Litectl, fake: FakeProxy, typed: bytes, runs: bool) -> None:
    """`--confirm` shows the call and runs it after a yes only."""
    result = litectl(*USES_ADD, "--confirm", stdin=typed, terminal=True)

    assert 'call math/add {"a":2,"b":3}? [y/N]' in result.err
    assert bool(calls_sent(fake)) == runs


def test_what_is_allowed_is_not_asked_about(litectl: Litectl, fake: FakeProxy) -> None:
    """`--allow` names what `--confirm` need not ask for."""
    result = litectl(*USES_ADD, "--confirm", "--allow", "add", terminal=True)

    assert "[y/N]" not in result.err
    assert len(calls_sent(fake)) == 1


def test_nobody_is_asked_about_a_call_that_does_not_fit(litectl: Litectl, fake: FakeProxy) -> None:
    """It is checked first: it is not sent, so it is not said to be called either."""
    fake.on_chat(in_turn(calling("add", '{"a": 2, "bb": 3}'), chat_answer("5")))

    result = litectl(*USES_ADD, "--confirm", stdin=b"y\n", terminal=True)

    assert result.code == 0
    assert "[y/N]" not in result.err
    assert "calling" not in result.err
    assert "math/add: there is no argument `bb`: did you mean `b`?" in result.err
    assert "missing argument `b`" in told(fake)[0]


def test_without_a_terminal_nobody_is_asked(litectl: Litectl, fake: FakeProxy) -> None:
    """`--confirm` in a pipe is refused before anything is asked of the model."""
    result = litectl(*USES_ADD, "--confirm")

    assert result.code == 2
    assert "--allow NAME" in result.err
    assert fake.requests == []


def test_with_allow_a_pipe_refuses_the_rest(litectl: Litectl, fake: FakeProxy) -> None:
    """`--confirm --allow` in a pipe runs what is allowed, and nothing else."""
    litectl(*USES_ADD, "--confirm", "--allow", "words")

    assert calls_sent(fake) == []


def test_a_tool_that_is_called_like_a_server_is_not_meant(litectl: Litectl, fake: FakeProxy) -> None:
    """What names a server names no tool of another one, which could call its tools what it likes."""
    serve_tools(fake, ADD, tool_entry("math", "evil"), tool_entry("math/add", "evil"))
    fake.on_chat(in_turn(calling("math"), calling("evil-math_add"), chat_answer("5")))

    litectl(*USES_ADD)
    litectl(*ASK, "--mcp", "*", "--allow", "math", "--allow", "math/add")

    assert [tool["function"]["name"] for tool in questions(fake)[0]["tools"]] == ["add"]
    assert calls_sent(fake) == []


@pytest.mark.parametrize("names", [("--mcp", "add"), ("--mcp", "*", "--allow", "add")])
def test_a_tool_that_two_servers_have_is_named_with_its_server(
    litectl: Litectl, fake: FakeProxy, names: tuple[str, ...]
) -> None:
    """As with `mcp call`, nobody is left to guess which one runs."""
    serve_tools(fake, ADD, tool_entry("add", "evil"))

    result = litectl(*ASK, *names)

    assert result.code == 2
    assert "`evil/add`, `math/add`" in result.err
    assert questions(fake) == []


def test_only_stars_and_question_marks_are_patterns(litectl: Litectl, fake: FakeProxy) -> None:
    """A bracket in a name is a bracket."""
    serve_tools(fake, tool_entry("x[1]"), tool_entry("x1"))
    fake.on_chat(in_turn(calling("x1"), calling("math-x_1_"), chat_answer("5")))

    litectl(*USES_ADD, "--allow", "x[1]")

    assert [body["name"] for body in calls_sent(fake)] == ["x[1]"]  # type: ignore[index]  # JSON


def test_what_allows_nothing_is_said(litectl: Litectl) -> None:
    """Else a slip of the pen would look like a model that cannot do it."""
    result = litectl(*USES_ADD, "--allow", "ad")

    assert "warning: `--allow ad` names none of the tools that are offered" in result.err


def test_a_name_that_is_not_in_the_kept_list_is_looked_for_in_a_new_one(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """A server of today is found though the list is of yesterday, as by `mcp call`."""
    litectl(*USES_ADD, "--dry-run")
    serve_tools(fake, ADD, tool_entry("new", "news"))

    assert litectl(*ASK, "--mcp", "news", "--dry-run").code == 0
    assert litectl(*ASK, "--mcp", "nope", "--dry-run", "--offline").code == 6
    assert [request.path for request in fake.requests].count(LIST) == 2


def test_a_tool_over_a_limit_is_not_offered(litectl: Litectl, fake: FakeProxy) -> None:
    """A schema that could hang a validator is shown to no model, and that is said."""
    hanging = {"type": "object", "properties": {"x": {"type": "string", "pattern": "(a+)+$"}}}
    serve_tools(fake, ADD, tool_entry("hang", schema=hanging))
    fake.on_chat(chat_answer("5"))

    result = litectl(*USES_ADD)

    assert [tool["function"]["name"] for tool in questions(fake)[0]["tools"]] == ["add"]
    assert "math/hang is not offered to the model" in result.err


# The proxy as the engine


def test_the_proxy_can_run_the_calls(litectl: Litectl, fake: FakeProxy) -> None:
    """`--engine proxy` names servers and tools to the proxy, and runs nothing here."""
    serve_tools(fake, ADD, tool_entry("subtract"))
    fake.on_chat(
        stream(
            tool_piece(id="call_1", name="math-add", arguments=TWO_AND_THREE),
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
            {"choices": [{"index": 0, "delta": {"content": "5"}}]},
        )
    )

    result = litectl(*ASK, "--mcp", "add", "--engine", "proxy")

    assert (result.code, result.out) == (0, "5\n")
    assert questions(fake)[0]["tools"] == [
        {
            "type": "mcp",
            "server_label": "litellm",
            "server_url": "litellm_proxy/mcp/math",
            "require_approval": "never",
            "allowed_tools": ["add"],
        }
    ]
    assert calls_sent(fake) == []


def test_the_proxy_runs_no_tool_that_came_later(litectl: Litectl, fake: FakeProxy) -> None:
    """It lists the tools anew, so those that were named are named to it, be they all of a server."""
    litectl(*ASK, "--mcp", "math/add", "--engine", "proxy")

    assert questions(fake)[0]["tools"][0]["allowed_tools"] == ["add"]


def test_calls_that_the_proxy_did_not_run_are_no_answer(litectl: Litectl) -> None:
    """An answer that ends with calls is incomplete there."""
    result = litectl(*USES_ADD, "--engine", "proxy")

    assert result.code == 11
    assert "did not run" in result.err


@pytest.mark.parametrize("option", [("--max-steps", "3"), ("--confirm",), ("--allow", "add")])
def test_the_proxy_is_not_asked_to_keep_what_it_cannot(
    litectl: Litectl, fake: FakeProxy, option: tuple[str, ...]
) -> None:
    """`--engine proxy` is refused together with the limits of the local loop."""
    result = litectl(*USES_ADD, "--engine", "proxy", *option)

    assert result.code == 2
    assert option[0] in result.err
    assert fake.requests == []


def test_the_proxy_runs_no_tools_on_messages(litectl: Litectl, fake: FakeProxy) -> None:
    """That route ignores them, so it is refused instead of asked for nothing."""
    result = litectl(*USES_ADD, "--engine", "proxy", "--protocol", "messages")

    assert result.code == 2
    assert "--protocol chat" in result.err


# What makes no sense


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--allow", "x"), "`--allow` is about the tools of `--mcp`"),
        (("--confirm",), "`--confirm` is about the tools of `--mcp`"),
        (("--max-steps", "2"), "`--max-steps` is about the tools of `--mcp`"),
        (("--engine", "proxy"), "`--engine` is about the tools of `--mcp`"),
        (("--mcp", "math", "--engine", "theirs"), "unknown engine: theirs"),
        (("--mcp", "math", "--tools", "tools.json"), "`--tools` prints the calls of a model"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...], said: str
) -> None:
    """Each is exit 2 with its reason, and no model is asked."""
    result = litectl(*ASK, *arguments)

    assert result.code == 2
    assert said in result.err
    assert questions(fake) == []


def test_a_name_of_nothing_is_unknown(litectl: Litectl, fake: FakeProxy) -> None:
    """A tool or server that is not there is exit 6, before a model is asked."""
    result = litectl(*ASK, "--mcp", "math", "--mcp", "nope")

    assert result.code == 6
    assert "no MCP server or tool is called nope" in result.err
    assert questions(fake) == []


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("maths", 6, "did you mean `math`?"),
        ("math/ad", 6, "did you mean `add`?"),
        ("maths/add", 6, "unknown server: `maths`"),
        ("ech", 6, "did you mean `echo`?"),
        ("zzz", 6, "see them with `litectl mcp tools`"),
        ("guarded", 4, "`--server-header 'guarded: X-Api-Key: $KEY'`"),
        ("guarded/x", 4, "`--server-header 'guarded: X-Api-Key: $KEY'`"),
        ("locked", 4, "`--server-header 'locked: Authorization: Bearer $TOKEN'`"),
        ("dead", 6, "did not list its tools (unreachable)"),
        ("d*", 6, "a server did not list any tools: dead (unreachable)"),
        ("gu*/x", 6, "a server did not list any tools: guarded (internal, HTTP 500)"),
    ],
)
def test_a_server_that_failed_or_is_not_there_is_told(
    litectl: Litectl, fake: FakeProxy, name: str, code: int, said: str
) -> None:
    """With what is near, with the credential that it wants, and also where a pattern stands for it."""
    outcomes = {
        "math": {"status": "ok", "tool_count": 1},
        "guarded": {"status": "internal", "http_status": 500},
        "locked": {"status": "auth_required", "http_status": 401},
        "dead": {"status": "unreachable"},
    }
    fake.on("GET", LIST, tool_list(ADD, tool_entry("echo", "words"), outcomes=outcomes))
    fake.on("GET", "/v1/mcp/server", json_answer([{"server_name": "guarded", "auth_type": "api_key"}]))

    result = litectl(*ASK, "--mcp", name)

    assert (result.code, questions(fake)) == (code, [])
    assert said in result.err


def test_a_pattern_offers_what_is_there_and_tells_who_is_not(litectl: Litectl, fake: FakeProxy) -> None:
    """The rest is offered all the same; a limit that names who is not there limits nothing else."""
    outcomes = {"maths": {"status": "timeout"}, "locked": {"status": "auth_required", "http_status": 401}}
    fake.on("GET", LIST, tool_list(ADD, outcomes=outcomes))

    result = litectl(*ASK, "--mcp", "math*", "--allow", "add", "--allow", "locked")

    assert (result.code, result.out) == (0, "It is 5.\n")
    assert "warning: a server did not list any tools: maths (timeout)\n" in result.err
    assert "`--allow locked` names none of the tools that are offered" in result.err


def test_dry_run_shows_the_offer_and_asks_nobody(litectl: Litectl, fake: FakeProxy) -> None:
    """`--dry-run` prints the definitions that would be sent; the list may have to be fetched for that."""
    result = litectl(*USES_ADD, "--dry-run", "--json")

    assert [tool["function"]["name"] for tool in result.json["body"]["tools"]] == ["add"]
    assert questions(fake) == calls_sent(fake) == []


def test_a_server_s_own_credential_goes_along(litectl: Litectl, fake: FakeProxy) -> None:
    """`--server-header` is sent as the proxy wants it, with what it refers to, and never shown."""
    header = "math: Authorization: Bearer $MATH_TOKEN"
    result = litectl(*USES_ADD, "--server-header", header, "-v", variables={"MATH_TOKEN": "tok-secret-1"})

    sent = {request.path: request.headers.get("x-mcp-math-authorization") for request in fake.requests}
    assert sent == {LIST: "Bearer tok-secret-1", CALL: "Bearer tok-secret-1", CHAT: None}
    assert "tok-secret-1" not in result.err


def test_the_proxy_gets_the_credential_of_a_server_with_the_question_that_needs_it(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """Where the proxy runs the tools it needs the header there, and `--dry-run` shows what is sent."""
    fake.on_chat(chat_answer("5"))
    with_header = (*USES_ADD, "--server-header", "math: X-Key: of-mine-1")

    litectl(*with_header, "--engine", "proxy")
    by_proxy, here = (
        litectl(*with_header, *engine, "--dry-run", "--json").json["headers"]
        for engine in (("--engine", "proxy"), ())
    )

    assert fake.requests[-1].headers["x-mcp-math-x-key"] == "of-mine-1"
    assert ("x-mcp-math-X-Key" in by_proxy, "x-mcp-math-X-Key" in here) == (True, False)


def test_control_characters_of_a_call_stay_off_the_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """What a model wants to call cannot drive the terminal, nor turn the shown text around."""
    fake.on_chat(in_turn(calling("add", '{"a": 1, "b": 2, "\\u001b[2J": "\\u202e"}'), chat_answer("5")))

    result = litectl(*USES_ADD, terminal=True)

    assert "\x1b[2J" not in result.err
    assert "\u202e" not in result.err


def test_an_answer_without_its_form_tells_which_calls_were_run(litectl: Litectl) -> None:
    """The last answer may be what is wrong, and the calls were run all the same."""
    result = litectl(*USES_ADD, "--schema", "sum int", "--json")

    assert result.code == 11
    assert [run["result"] for run in result.error["tool_runs"]] == ["5"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(pieces=[b'{"content": ['], cut=True), "unknown"),
        (json_answer({"detail": "Unauthorized"}, 401), "failed"),
    ],
)
def test_the_call_that_ended_it_is_told_of_too(
    litectl: Litectl, fake: FakeProxy, answer: Answer, outcome: str
) -> None:
    """A script sees which call nobody knows the outcome of, and which one was surely not run."""
    fake.on("POST", CALL, answer)

    result = litectl(*USES_ADD, "--json")

    (run,) = result.error["tool_runs"]
    assert (run["tool"], run["arguments"], run["outcome"]) == ("add", {"a": 2, "b": 3}, outcome)
    assert run["result"] == f"error: {result.error['message']}"


@pytest.mark.parametrize("turn", ["call", "model"])
def test_an_interrupt_tells_which_calls_were_run_before_it(
    program: Program, fake: FakeProxy, turn: str
) -> None:
    """Ctrl-C during a call leaves that one unknown; while the model thinks, all are known."""
    is_asked, is_over = Event(), Event()

    def silent(_: Request) -> Answer:
        is_asked.set()
        return Answer(pieces=[is_over])

    first = [calling("add", TWO_AND_THREE)]
    fake.on_chat(lambda request: first.pop() if first else silent(request))
    if turn == "call":
        fake.on("POST", CALL, silent)

    with program.started(*USES_ADD, "--json") as process:
        assert is_asked.wait(DEADLINE)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE)
        is_over.set()

    assert process.returncode == 130
    (run,) = json.loads(err.splitlines()[-1])["tool_runs"]
    assert run["outcome"] == ("unknown" if turn == "call" else "ok")


def test_a_reader_that_goes_during_a_call_is_told_of(program: Program, fake: FakeProxy) -> None:
    """It is no error that nobody reads the answer, but the call may have run."""
    is_asked, is_over = Event(), Event()

    def silent(_: Request) -> Answer:
        is_asked.set()
        return Answer(pieces=[is_over])

    fake.on("POST", CALL, silent)

    with program.started(*USES_ADD) as process:
        assert is_asked.wait(DEADLINE)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read().decode()
        is_over.set()

    assert process.wait(DEADLINE) == 0
    assert "note: nobody reads the answer any more; math/add may have run all the same" in err


# Nobody is shown anything else than what is run

FAKED = 'calling bank/pay {"all":true}'


@pytest.mark.parametrize(
    "said",
    [
        stream(delta(content=f"Hm.\n{FAKED}\n"), tool_piece(id="1", name="add", arguments=TWO_AND_THREE)),
        calling(f"x\n{FAKED}"),
        calling("add", json.dumps({"a": f"\n{FAKED}"})),
        calling("math-x_calling_bank_pay___all__true_"),
    ],
    ids=["its-text", "name-of-a-tool", "argument", "name-that-a-server-gave"],
)
def test_no_line_can_be_faked(litectl: Litectl, fake: FakeProxy, said: Answer) -> None:
    """A line that says what is run begins with our word only where something is run."""
    serve_tools(fake, ADD, tool_entry(f"x\n{FAKED}"))
    fake.on_chat(in_turn(said, chat_answer("5")))

    result = litectl(*USES_ADD)

    assert result.code == 0
    assert not [line for line in result.err.splitlines() if line.startswith("calling bank")]


def test_what_does_not_show_is_shown_escaped(litectl: Litectl, fake: FakeProxy) -> None:
    """A person sees every character of a call, also those that are invisible or turn the text around."""
    serve_tools(fake, tool_entry("free", schema={"type": "object"}))
    fake.on_chat(in_turn(calling("free", '{"to": "a\\u202e\\u200b\\u00ad\\n"}'), chat_answer("5")))

    result = litectl(*USES_ADD, "--confirm", stdin=b"y\n", terminal=True)

    assert 'call math/free {"to":"a\\u202e\\u200b\\u00ad\\n"}? [y/N]' in result.err
    assert calls_sent(fake)[0]["arguments"] == {"to": "a\u202e\u200b\u00ad\n"}  # type: ignore[index]  # JSON


def test_a_person_is_shown_all_of_a_long_call(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing can hide behind a cut, and the question names the tool at its end again."""
    serve_tools(fake, tool_entry("free", schema={"type": "object"}))
    fake.on_chat(in_turn(calling("free", json.dumps({"a": "x" * 5000, "b": "at last"})), chat_answer("5")))

    result = litectl(*USES_ADD, "--confirm", "-q", stdin=b"n\n", terminal=True)

    assert '"b":"at last"}\ncall math/free with all of that? [y/N]' in result.err
    assert calls_sent(fake) == []


def test_a_secret_in_a_call_is_not_shown(litectl: Litectl, fake: FakeProxy) -> None:
    """A model that knows the key cannot have it printed, not by the question either."""
    serve_tools(fake, tool_entry("free", schema={"type": "object"}))
    fake.on_chat(in_turn(calling("free", '{"key": "sk-a-key-that-leaked"}'), chat_answer("5")))
    key = {"LITECTL_API_KEY": "sk-a-key-that-leaked"}

    result = litectl(*USES_ADD, "--confirm", stdin=b"n\n", terminal=True, variables=key)

    assert '{"key":"sk-...aked"}? [y/N]' in result.err


def test_what_was_typed_before_the_question_is_no_answer(program: Program, fake: FakeProxy) -> None:
    """A yes counts for the call that was shown when it was typed, not for the next one."""
    both = stream(
        tool_piece(0, id="call_1", name="add", arguments='{"a": 1, "b": 1}'),
        tool_piece(1, id="call_2", name="add", arguments='{"a": 2, "b": 2}'),
        finish="tool_calls",
    )
    fake.on_chat(in_turn(both, chat_answer("done")))
    typed = [('"b":1}? [y/N]', "y\ny"), ('"b":2}? [y/N]', "n")]

    code, _ = program.on_terminal(*USES_ADD, "--confirm", typed=typed)

    assert code == 0
    assert [body["arguments"] for body in calls_sent(fake)] == [{"a": 1, "b": 1}]  # type: ignore[index]  # JSON


def test_the_program_itself_runs_the_loop(program: Program, fake: FakeProxy) -> None:
    """As a process of its own it does the same."""
    result = program(*USES_ADD)

    assert (result.code, result.out) == (0, "It is 5.\n")
