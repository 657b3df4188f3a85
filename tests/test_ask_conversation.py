"""Conversations of `litectl ask`: gone on with, saved, with tools called and their results."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from answers import answer_all, plain, stream, tool_piece
from fake_proxy import (
    CHAT,
    EVENT_TYPE,
    Answer,
    FakeProxy,
    Request,
    chat_answer,
    chunk,
    error_answer,
    json_answer,
    sse,
)
from known_models import claude, know, openai, sent
from program import Litectl

ASK = ("ask", "-m", "m")
USER, ASSISTANT = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}
TOOL = {"name": "weather", "description": "How it is", "parameters": {"type": "object", "properties": {}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}}
CALLED = [USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}]
SHOWN = [{"id": "call_1", "name": "weather", "arguments": {"city": "Oslo"}}]


def weather_call() -> Answer:
    """Return a streamed answer that calls a tool, its arguments in pieces."""
    begin = tool_piece(id="call_1", name="weather", arguments="")
    pieces = [tool_piece(arguments=text) for text in ('{"ci', 'ty":', ' "Oslo"}')]
    return stream(begin, *pieces, finish="tool_calls")


def written(path: Path, document: object) -> str:
    """Write *document* as JSON to *path*, and return the path as an option takes it."""
    path.write_text(json.dumps(document))
    return str(path)


def read(path: Path) -> Any:
    """Return the JSON of *path*."""
    return json.loads(path.read_bytes())


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Answer every protocol."""
    answer_all(fake)


# Going on, and saving


def test_a_conversation_is_sent_whole_with_the_prompt_at_its_end(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """What is in the file comes first, then what is asked now."""
    said = written(tmp_path / "said.json", [USER, ASSISTANT])

    assert litectl(*ASK, "--messages", said, "-p", "And now?") == (0, "ok\n", "")
    assert sent(fake)["messages"] == [USER, ASSISTANT, {"role": "user", "content": "And now?"}]


def test_a_conversation_that_ends_with_the_user_needs_no_prompt(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """Its last message is what is answered."""
    assert litectl(*ASK, "--messages", written(tmp_path / "said.json", {"messages": [USER]})).code == 0
    assert sent(fake)["messages"] == [USER]


def test_a_conversation_is_saved_and_gone_on_with_in_one_file(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """Each turn reads the file, and writes it with the answer; the first one makes it."""
    path = tmp_path / "said.json"
    first = litectl(*ASK, "-s", "Be brief", "-p", "One", "--save", str(path))
    mode = stat.S_IMODE(path.stat().st_mode)
    path.chmod(0o640)
    fake.on_chat(chat_answer("två ", "\n"))

    second = litectl(*ASK, "--messages", str(path), "-p", "Two", "--save", str(path))

    assert (first, second.out) == ((0, "ok\n", ""), "två \n")
    assert [(message["role"], message["content"]) for message in read(path)] == [
        ("system", "Be brief"),
        ("user", "One"),
        ("assistant", "ok"),
        ("user", "Two"),
        ("assistant", "två \n"),
    ]
    assert (mode, stat.S_IMODE(path.stat().st_mode)) == (0o600, 0o640)


@pytest.mark.parametrize("arguments", [[], ["--no-stream"], ["--json"]])
@pytest.mark.parametrize("protocol", ["chat", "responses", "messages"])
def test_a_conversation_is_saved_however_the_answer_is_printed(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, arguments: list[str], protocol: str
) -> None:
    """The file has the words of chat, whatever protocol carried them."""
    path = tmp_path / "said.json"

    litectl(*ASK, "-p", "Hi", "--save", str(path), "--protocol", protocol, *arguments)

    assert read(path) == [USER, {"role": "assistant", "content": "ok"}]


@pytest.mark.parametrize(
    ("name", "options", "goes"),
    [
        ("claude", ("--effort", "high"), True),
        ("claude", ("--param", 'thinking={"type":"adaptive"}'), True),
        ("claude", (), False),
        ("claude", ("--effort", "none"), False),
        ("gpt", ("--effort", "high"), False),
    ],
)
def test_saved_thinking_goes_to_a_claude_that_thinks(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, name: str, options: tuple[str, ...], goes: bool
) -> None:
    """It stays in the file, whoever the conversation goes on with."""
    know(litectl, fake, claude(), openai())
    blocks = [{"type": "thinking", "thinking": "hm", "signature": "s"}]
    path = tmp_path / "said.json"
    written(path, [USER, {"role": "assistant", "tool_calls": [CALL], "thinking_blocks": blocks}])
    results = written(tmp_path / "results.json", {"call_1": "sunny"})
    words = ("ask", "-m", name, "--messages", str(path), "--tool-results", results, "--save", str(path))

    assert litectl(*words, *options).code == 0

    assert sent(fake)["messages"][1].get("thinking_blocks") == (blocks if goes else None)
    assert read(path)[1]["thinking_blocks"] == blocks


def test_what_is_saved_is_what_was_said_and_not_how_it_was_sent(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """The sentence that asks for JSON belongs to one request, and not to the conversation."""
    fake.on_chat(chat_answer('{"a": 1}'))
    path = tmp_path / "said.json"

    litectl(*ASK, "-p", "Hi", "--json-object", "--save", str(path))

    assert sent(fake)["messages"][0]["role"] == "system"
    assert [message["role"] for message in read(path)] == ["user", "assistant"]


@pytest.mark.parametrize(
    "answer",
    [
        error_answer(500, "server_error", "broken"),
        Answer(pieces=sse(chunk("half")), content_type=EVENT_TYPE),
        chat_answer(""),
    ],
)
def test_a_failure_leaves_the_saved_conversation_alone(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, answer: Answer
) -> None:
    """Neither a refused question nor half an answer is written."""
    path = tmp_path / "said.json"
    said = written(path, [USER, ASSISTANT])
    before = path.read_bytes()
    fake.on_chat(answer)

    result = litectl(*ASK, "--messages", said, "-p", "More", "--save", said)

    assert result.code in (11, 12)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["said.json"]


@pytest.mark.parametrize("place", ["", "no/such/place.json", "file/below.json"])
def test_where_nothing_can_be_saved_nothing_is_asked(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, place: str
) -> None:
    """A directory, a missing one, a file taken for one: exit 2 before the answer is paid for."""
    (tmp_path / "file").write_text("")

    result = litectl(*ASK, "-p", "Hi", "--save", str(tmp_path / place))

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert "cannot save" in result.err


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_an_answer_that_cannot_be_saved_after_all_is_printed(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, arguments: list[str]
) -> None:
    """It is paid for, so it is on stdout; the exit says that the file is not there."""
    place = tmp_path / "place"
    place.mkdir()

    def answer(_: Request) -> Answer:
        place.rmdir()
        place.write_text("a file where the directory was")
        return chat_answer("ok")

    fake.on_chat(answer)
    result = litectl(*ASK, "-p", "Hi", "--save", str(place / "said.json"), *arguments)

    assert result.code != 0
    assert (result.json["answer"] if arguments else result.out.strip()) == "ok"
    assert "said.json" in result.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no json", "not JSON"),
        ("[1]", "message 1 of 1 is not a JSON object"),
        ('[{"role": "boss", "content": "x"}]', "unknown role"),
        ('{"a": 1}', "not a list of messages"),
        ("[]", "there is no prompt"),
        ('[{"role": "assistant", "content": "x"}]', "nothing to answer"),
        (json.dumps(CALLED), "--tool-results PATH"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_conversation_that_nobody_could_answer_is_not_sent(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, content: str, said: str
) -> None:
    """Exit 2, with the message that is wrong."""
    path = tmp_path / "said.json"
    path.write_text(content)

    result = litectl(*ASK, "--messages", str(path))

    assert (result.code, fake.requests) == (2, [])
    assert said in result.err


# Tools


def test_calls_are_printed_as_json(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """The definitions are sent, and what the model calls is an array on stdout, with exit 0."""
    know(litectl, fake, openai("m"))
    fake.on_chat(weather_call())

    result = litectl(*ASK, "-p", "Weather?", "--tools", written(tmp_path / "tools.json", [TOOL]))

    assert (result.code, result.err) == (0, "")
    assert result.json == SHOWN
    assert sent(fake)["tools"] == [{"type": "function", "function": TOOL}]


def test_words_beside_calls_go_to_stderr(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """So that stdout is JSON whatever the model says."""
    call = tool_piece(id="call_1", name="weather", arguments='{"city":"Oslo"}')
    fake.on_chat(stream(chunk("Let me "), chunk("look."), call, finish="tool_calls"))

    result = litectl(*ASK, "-p", "Weather?", "--tools", written(tmp_path / "tools.json", [TOOL]))

    assert (result.json, result.err) == (SHOWN, "Let me look.\n")


def test_calls_that_nobody_asked_for_begin_a_line(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """By then the words beside them are on stdout, and are not said twice."""
    fake.on_chat(stream(chunk("Hm."), tool_piece(id="c", name="f", arguments="{}"), finish="tool_calls"))

    result = litectl(*ASK, "-p", "Hi", "--save", str(tmp_path / "talk.json"))

    words, _, calls = result.out.partition("\n")
    assert (words, json.loads(calls), result.err) == ("Hm.", [{"id": "c", "name": "f", "arguments": {}}], "")


def test_a_search_that_the_provider_made_is_no_call(litectl: Litectl, fake: FakeProxy) -> None:
    """What came of it is the answer, also where tools are sent."""
    search = tool_piece(id="srvtoolu_1", name="web_search", arguments='{"query": "x"}')
    fake.on_chat(stream(search, chunk("Found.")))
    tools = 'tools=[{"type": "web_search_20250305", "name": "web_search"}]'

    assert litectl(*ASK, "-p", "Hi") == (0, "Found.\n", "")
    assert litectl(*ASK, "-p", "Hi", "--param", tools) == (0, "Found.\n", "")


def test_an_answer_without_calls_is_text(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A model that may call and does not prints what it says."""
    assert litectl(*ASK, "-p", "Hi", "--tools", written(tmp_path / "tools.json", [TOOL])).out == "ok\n"


def test_calls_are_in_the_json_form(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """`--json` has them in `tool_calls`, beside an empty answer."""
    fake.on_chat(weather_call())
    tools = written(tmp_path / "tools.json", [TOOL])

    document = litectl(*ASK, "-p", "Weather?", "--tools", tools, "--json").json

    assert (document["answer"], document["tool_calls"]) == ("", SHOWN)
    assert document["finish_reason"] == "tool_calls"


def test_calls_of_a_plain_answer_are_read(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """An answer that is not streamed has its calls whole."""
    fake.on_chat(json_answer(plain({"content": None, "tool_calls": [CALL]}, finish="tool_calls")))
    tools = written(tmp_path / "tools.json", [TOOL])

    assert litectl(*ASK, "-p", "Weather?", "--tools", tools, "--param", "stream=false").json == SHOWN


def test_two_calls_stay_apart(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """Pieces of two calls may come mixed; each call gets its own, and an id of its own."""
    pieces = [
        tool_piece(0, id="same", name="weather", arguments='{"city":'),
        tool_piece(1, id="same", name="weather", arguments='{"city":'),
        tool_piece(1, arguments='"Bergen"}'),
        tool_piece(0, arguments='"Oslo"}'),
    ]
    fake.on_chat(stream(*pieces, finish="tool_calls"))

    calls = litectl(*ASK, "-p", "Weather?", "--tools", written(tmp_path / "tools.json", [TOOL])).json

    assert [call["arguments"]["city"] for call in calls] == ["Oslo", "Bergen"]
    assert len({call["id"] for call in calls}) == 2


@pytest.mark.parametrize("arguments", ['{"city": "Os', "[1]", '{"n": NaN}'])
def test_torn_arguments_are_an_incomplete_answer(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, arguments: str
) -> None:
    """A call that nobody could make is exit 11 and not printed; the JSON error has its text."""
    fake.on_chat(stream(tool_piece(id="c", name="weather", arguments=arguments), finish="tool_calls"))
    question = (*ASK, "-p", "Weather?", "--tools", written(tmp_path / "tools.json", [TOOL]))

    result, document = litectl(*question), litectl(*question, "--json")

    assert (result.code, result.out) == (11, "")
    assert (document.error["tool"], document.error["arguments"]) == ("weather", arguments)


def test_a_call_that_breaks_off_is_no_call(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A stream that ends in the middle prints no call, also when its JSON happens to be whole."""
    pieces = sse(tool_piece(id="c", name="weather", arguments="{}"))
    fake.on_chat(Answer(pieces=pieces, content_type=EVENT_TYPE))

    result = litectl(*ASK, "-p", "Weather?", "--tools", written(tmp_path / "tools.json", [TOOL]))

    assert (result.code, result.out) == (11, "")


@pytest.mark.parametrize("content", ["no json", "[]", "[1]", '[{"name": "a b"}]', '[{"type": "function"}]'])
def test_tools_that_no_model_could_call_are_refused(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, content: str
) -> None:
    """Exit 2, and nothing is sent."""
    path = tmp_path / "tools.json"
    path.write_text(content)

    assert litectl(*ASK, "-p", "Hi", "--tools", str(path)).code == 2
    assert fake.requests == []


def test_tools_for_a_model_without_are_refused(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """Left out they would make another question of it; `--no-adapt` sends them all the same."""
    know(litectl, fake, openai("m", supported_openai_params=["temperature"]))
    question = (*ASK, "-p", "Hi", "--tools", written(tmp_path / "tools.json", [TOOL]))

    refused = litectl(*question)
    nothing_sent = fake.requests == []

    assert (refused.code, nothing_sent) == (2, True)
    assert "--no-adapt" in refused.err
    assert litectl(*question, "--no-adapt").code == 0


# Results


def test_a_whole_round_of_calls_is_scripted_with_two_files(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """Ask with tools and save; give the results and go on; the file has the whole conversation."""
    tools, path = written(tmp_path / "tools.json", [TOOL]), tmp_path / "said.json"
    fake.on_chat(weather_call())
    calls = litectl(*ASK, "-p", "Hi", "--tools", tools, "--save", str(path)).json
    results = written(tmp_path / "results.json", [{"id": each["id"], "content": "rain"} for each in calls])
    fake.on_chat(chat_answer("It rains"))

    going_on = ("--messages", str(path), "--tool-results", results, "--tools", tools, "--save", str(path))
    result = litectl(*ASK, *going_on)

    assert result == (0, "It rains\n", "")
    answer = {"role": "tool", "tool_call_id": "call_1", "content": "rain"}
    assert fake.requests[-1].json["messages"] == [*CALLED, answer]
    assert read(path) == [*CALLED, answer, {"role": "assistant", "content": "It rains"}]


@pytest.mark.parametrize(
    ("protocol", "field", "expected"),
    [
        ("chat", "messages", {"role": "tool", "tool_call_id": "call_1", "content": "rain"}),
        ("responses", "input", {"type": "function_call_output", "call_id": "call_1", "output": "rain"}),
        (
            "messages",
            "messages",
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "rain"}],
            },
        ),
    ],
)
def test_results_go_on_by_every_protocol(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, protocol: str, field: str, expected: object
) -> None:
    """The same two files, in the words of each."""
    said = written(tmp_path / "said.json", CALLED)
    results = written(tmp_path / "results.json", {"call_1": "rain"})

    result = litectl(*ASK, "--messages", said, "--tool-results", results, "--protocol", protocol)

    assert (result.code, sent(fake)[field][-1]) == (0, expected)


def test_calls_in_a_conversation_define_their_tools(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """Some backends refuse calls of tools that nobody defined, so without `--tools` their names are sent."""
    said = written(tmp_path / "said.json", CALLED)

    litectl(*ASK, "--messages", said, "--tool-results", written(tmp_path / "r.json", {"call_1": {"a": 1}}))

    stub = {"name": "weather", "parameters": {"type": "object", "properties": {}}}
    assert sent(fake)["tools"] == [{"type": "function", "function": stub}]
    assert sent(fake)["messages"][-1]["content"] == '{"a":1}'


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ({"other": "x"}, "no such call is open"),
        ([], "no result for"),
        ([{"id": "call_1", "content": "a"}, {"id": "call_1", "content": "b"}], "two results"),
        ("text", "not a list of results"),
    ],
)
def test_results_that_fit_no_call_are_refused(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, results: object, said: str
) -> None:
    """Each open call gets one result, before anything is sent."""
    conversation = written(tmp_path / "said.json", CALLED)

    result = litectl(*ASK, "--messages", conversation, "--tool-results", written(tmp_path / "r", results))

    assert (result.code, fake.requests) == (2, [])
    assert said in result.err


def test_results_without_a_conversation_are_refused(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """There is no call that they could answer."""
    result = litectl(*ASK, "-p", "Hi", "--tool-results", written(tmp_path / "r", {"call_1": "x"}))

    assert (result.code, fake.requests) == (2, [])
    assert "--messages PATH" in result.err


# stdin as one of the files


@pytest.mark.parametrize("option", ["--messages", "--tool-results", "--tools", "--schema"])
def test_stdin_may_be_any_of_the_files(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, option: str
) -> None:
    """With `-` for a path it is read from the pipe, which is then no part of the prompt."""
    fake.on_chat(chat_answer('{"name": "x"}'))
    said = written(tmp_path / "said.json", CALLED)
    piped = {
        "--messages": [USER],
        "--tool-results": {"call_1": "rain"},
        "--tools": [TOOL],
        "--schema": {"type": "object"},
    }
    more = ("--messages", said) if option == "--tool-results" else ("-p", "Hi")

    result = litectl(*ASK, *more, option, "-", stdin=json.dumps(piped[option]).encode())

    assert (result.code, fake.requests[-1].path) == (0, CHAT)
    assert json.dumps(piped[option])[1:-1] not in str(sent(fake)["messages"][-1]["content"])


@pytest.mark.parametrize(
    ("options", "piped", "named"),
    [
        (("--messages", "-", "--tool-results", "-"), CALLED, ("--messages", "--tool-results")),
        (("--messages", "-", "-f", "-"), [USER], ("--messages", "-f -")),
        (("-p", "x", "--tools", "-", "--schema", "-"), TOOL, ("--schema", "--tools")),
        (("-p", "x", "-f", "-", "--tools", "-"), TOOL, ("--tools", "-f -")),
    ],
)
def test_two_files_cannot_both_be_stdin(
    litectl: Litectl, fake: FakeProxy, options: tuple[str, ...], piped: object, named: tuple[str, str]
) -> None:
    """Exit 2 with the names of both."""
    result = litectl(*ASK, *options, stdin=json.dumps(piped).encode())

    assert (result.code, fake.requests) == (2, [])
    assert all(f"`{name}`" in result.err for name in named)


def test_the_key_and_a_file_cannot_both_be_stdin(litectl: Litectl, fake: FakeProxy) -> None:
    """The key is read first, and there is nothing left."""
    result = litectl(*ASK, "--api-key-file", "-", "--messages", "-", stdin=b"sk-from-a-pipe")

    assert (result.code, fake.requests) == (2, [])
    assert "`--api-key-file` and `--messages`" in result.err
