"""Secrets of every kind: on no stream, in no argument, and in no file but the private ones."""

import json
import shlex
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, chat_answer, json_answer, model_info, sse
from leaks import Leak, require_clean, require_private
from parrot import ECHOES, Echo, Parrot
from program import Litectl, Program

# With what JSON and URLs escape; nothing else of the suite holds these words.
KEY = 'sk-hidden"key+/=\\0001'
OPTION_HEADER, VARIABLE_HEADER, PROFILE_HEADER = (
    f"hidden {place}+header/0002" for place in ("option", "variable", "profile")
)
UPSTREAM_KEY = "sk-hidden-upstream-key-0009"
SURFACE = [
    ("models", "refresh"),
    ("models", "list"),
    ("models", "list", "--json"),
    ("models", "show", "gpt-5.2"),
    ("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin", "--usage"),
    ("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin", "--json"),
    ("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin", "--no-stream"),
    ("whoami",),
    ("whoami", "--json"),
    ("whoami", "--offline"),
    ("profiles", "list"),
    ("profiles", "list", "--json"),
]


@pytest.fixture
def serving(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that accepts everything, and that puts a key of its own into its list."""
    entry = model_info("gpt-5.2")
    entry["litellm_params"] = {"model": "openai/gpt-5.2", "api_key": UPSTREAM_KEY}
    fake.on_models(entry)
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "gpt-5.2"}]}))
    fake.on_chat(chat_answer("Hello"))
    return fake


def with_headers(litectl: Litectl, root: str) -> tuple[str, ...]:
    """Give *litectl* a profile of *root* and headers from every source; return the options of a run."""
    litectl.variables |= {
        "LITECTL_BASE_URL": root,
        "LITELLM_HEADERS": json.dumps({"x-variable": VARIABLE_HEADER}),
        "PROFILE_HEADER": PROFILE_HEADER,
    }
    added = litectl("profiles", "add", "dev", "--base-url", root, "--header", "x-profile: $PROFILE_HEADER")
    assert added.code == 0, added
    return ("--debug", "--header", f"x-option: {OPTION_HEADER}")


HEADERS = (OPTION_HEADER, VARIABLE_HEADER, PROFILE_HEADER)


@pytest.mark.parametrize("way", ["file", "stdin", "variable", "login"])
def test_a_key_is_shown_by_no_command(
    litectl: Litectl, serving: FakeProxy, isolated: Path, tmp_path: Path, way: str
) -> None:
    """However a key and headers are given, every command works with `--debug` and shows none of them."""
    litectl.variables["LITECTL_API_KEY"] = KEY if way == "variable" else ""
    (tmp_path / "key").write_text(KEY)
    options = with_headers(litectl, serving.root)
    options += {"file": ("--api-key-file", str(tmp_path / "key")), "stdin": ("--api-key-file", "-")}.get(
        way, ()
    )
    login = ("login", "--profile", "dev", *options, *(("--api-key-file", "-") if way == "login" else ()))
    first = [litectl(*login, stdin=KEY.encode())] if way == "login" else []

    results = first + [litectl(*words, *options, stdin=KEY.encode()) for words in SURFACE]
    results += [litectl("profiles", "show", *options), litectl("logout", *options)]

    assert [result.code for result in results] == [0] * len(results)
    assert {request.headers.get("authorization") for request in serving.requests} == {f"Bearer {KEY}"}
    assert {request.headers["x-option"] for request in serving.requests} == {OPTION_HEADER}
    assert {request.headers["x-variable"] for request in serving.requests} == {VARIABLE_HEADER}
    assert {request.headers["x-profile"] for request in serving.requests} == {PROFILE_HEADER}
    require_clean(results, (KEY, *HEADERS, UPSTREAM_KEY))
    assert require_private(isolated, (KEY, VARIABLE_HEADER, PROFILE_HEADER, UPSTREAM_KEY)) == set()


def test_a_stored_key_is_in_one_private_file(litectl: Litectl, serving: FakeProxy, isolated: Path) -> None:
    """A login and all commands after it leave the key in the file of profiles, and nowhere else."""
    litectl.variables |= {"LITECTL_API_KEY": "", "LITECTL_BASE_URL": ""}
    litectl("login", "--base-url", serving.root, "--api-key-file", "-", stdin=KEY.encode())
    for words in SURFACE:
        litectl(*words)

    assert require_private(isolated, (KEY, *HEADERS)) == {".config/litectl/profiles.json"}


def test_a_key_in_a_variable_of_a_profile_is_in_no_file(
    litectl: Litectl, serving: FakeProxy, isolated: Path
) -> None:
    """Every command works with it, none shows it, and the file of profiles has its name only."""
    litectl.variables |= {"LITECTL_API_KEY": "", "LITECTL_BASE_URL": "", "LAB_KEY": KEY}
    options = ("--debug", "--base-url", serving.root)
    results = [litectl("login", "--key-variable", "LAB_KEY", *options)]
    results += [litectl(*words, *options) for words in SURFACE]
    results += [litectl("profiles", "show", *options), litectl("logout", *options)]

    assert [result.code for result in results] == [0] * len(results)
    assert {request.headers.get("authorization") for request in serving.requests} == {f"Bearer {KEY}"}
    require_clean(results, (KEY, UPSTREAM_KEY))
    assert require_private(isolated, [KEY]) == set()


def test_a_typed_key_is_not_shown(serving: FakeProxy, program: Program, isolated: Path) -> None:
    """The prompt echoes nothing of it, and neither does what comes after."""
    key = "sk-hidden-typed-key-0003"
    program.variables["LITECTL_API_KEY"] = ""

    code, shown = program.on_terminal(
        *("login", "--base-url", serving.root, "--debug"),
        typed=[("how to log in", "2"), ("not shown", key)],
    )

    assert code == 0
    assert "hidden" not in shown
    assert require_private(isolated, [key]) == {".config/litectl/profiles.json"}


@pytest.mark.parametrize("echo", ECHOES, ids=str)
def test_a_proxy_that_repeats_everything_is_not_repeated(litectl: Litectl, echo: Echo) -> None:
    """Whatever an answer holds of the request, escaped or not, no command shows the secrets in it."""
    litectl.variables["LITECTL_API_KEY"] = KEY
    with Parrot(echo) as parrot:
        options = with_headers(litectl, parrot.root)
        results = [litectl(*words, *options) for words in SURFACE]
        results += [litectl("login", "--api-key-file", "-", *options, stdin=KEY.encode())]
        results += [litectl("login", way, *options) for way in ("--device", "--pkce")]
        results += [litectl("login", "--paste", "--virtual-key", *options, stdin=KEY.encode())]

    assert parrot.requests
    require_clean(results, (KEY, *HEADERS))


@pytest.mark.parametrize("before", [0, 170, 190, 480, 3980])
@pytest.mark.parametrize("spelled", [KEY, json.dumps(KEY)[1:-1], quote(KEY), quote(KEY, safe="")])
def test_a_part_of_a_repeated_key_is_not_left_where_a_message_is_cut(
    litectl: Litectl, fake: FakeProxy, before: int, spelled: str
) -> None:
    """A key in any spelling is gone before the text is cut to what is shown."""
    litectl.variables["LITECTL_API_KEY"] = KEY
    text = "x" * before + spelled + "y" * 5000
    page = Answer(401, [text.encode()], "text/html")
    document = json_answer({"detail": "x" * before + unquote(spelled) + "y" * 5000}, 401)

    for answer in [page, document] if spelled != json.dumps(KEY)[1:-1] else [page]:
        fake.on("GET", "/v1/models", answer)
        result = litectl("whoami", "--debug", "--json")
        assert result.code == 4
        assert "sk-hidden" not in result.out + result.err


@pytest.mark.parametrize("before", [0, 480, 3980])
def test_a_part_of_a_key_is_not_left_where_the_error_of_a_stream_is_cut(
    litectl: Litectl, fake: FakeProxy, before: int
) -> None:
    """It comes inside a 200, and is read as the answer of a 401 is."""
    litectl.variables["LITECTL_API_KEY"] = KEY
    error = {"message": "x" * before + KEY + "y" * 5000, "code": "401"}
    fake.on_chat(Answer(pieces=sse({"error": error}), content_type=EVENT_TYPE))

    result = litectl("ask", "-m", "gpt-5.2", "-p", "Hi", "--json")

    assert (result.code, "sk-hidden" in result.err) == (4, False)


def test_a_bug_with_a_secret_in_its_message_is_masked(program: Program, tmp_path: Path) -> None:
    """Not even the traceback of `--debug` shows the key that an unexpected exception holds."""
    (tmp_path / "sitecustomize.py").write_text(
        "import litectl.wire.proxy\n"
        "def broken(self, *_, **__):\n    raise RuntimeError(f'{self._access.secret!r} {self._access}')\n"
        "litectl.wire.proxy.Proxy.get_json = broken\n"
    )

    result = program("whoami", "--debug", variables={"PYTHONPATH": str(tmp_path), "LITECTL_API_KEY": KEY})

    assert (result.code, "Traceback" in result.err) == (70, True)
    require_clean([result], [KEY])


@pytest.mark.parametrize("key", ["sk-hidden-typed-key-0004", "eyJhiddenhidden.e30.x", "litellm_login_hidden"])
@pytest.mark.parametrize(
    "line",
    [
        "login {}",
        "login --api-key {}",
        "login --api-key={}",
        "{}",
        "token {}",
        "models {}",
        "ask -m m -p Hi {}",
        "whoami --profile {}",
        "whoami --base-url {}",
        "whoami --base-url=https://user:{}@proxy.example.com",
        "whoami --api-key-file {}",
        "whoami --api-key-file=/nowhere/{}",
        "whoami --header {}",
        "whoami --auth-header {}/",
        "whoami --timeout {}",
        "login --helper {}",
        "login --helper='{} && true'",
        "login --key-variable {}",
        "login --key-variable={}",
        "profiles set api_key={}",
        "profiles set parameters.api_key={}",
        "profiles set parameters.{}-=1",
        "profiles show {}",
        "profiles use {}",
        "api -X {} /x",
        "api {}//../x",
        "api https://{}@proxy.example.com/x",
        "api /x -H {}",
        "api /x -q {}",
        "api /x -d {}",
        "api /x -d @{}",
        "api /x -F {}",
        "api /x -F a=@/nowhere/{}",
        "api /x -F 'a=<some/{}.txt'",
        "doctor {}",
        "doctor --profile {}",
        "doctor --base-url https://{}@proxy.example.com",
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_key_in_the_wrong_place_is_not_quoted(
    litectl: Litectl, line: str, key: str, form: tuple[str, ...]
) -> None:
    """Whoever types a key where none belongs does not find it in the error, which may go to a log."""
    result = litectl(*shlex.split(line.format(key)), "--debug", *form)

    assert result.code in (2, 3)
    require_clean([result], [key, key[:18]])


def test_the_suite_notices_a_leak(litectl: Litectl, serving: FakeProxy) -> None:
    """A run of a test that prints the key, here because the model wrote it, fails that test."""
    serving.on_chat(chat_answer(f"Your key is {litectl.variables['LITECTL_API_KEY']}"))

    with pytest.raises(Leak, match="is on stdout of ask"):
        litectl("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin")


def test_the_suite_notices_a_leak_of_a_key_variable(litectl: Litectl, serving: FakeProxy) -> None:
    """The variable that a profile names holds a key like any other."""
    litectl.variables |= {"LITECTL_API_KEY": "", "LAB_KEY": KEY}
    litectl("login", "--base-url", serving.root, "--key-variable", "LAB_KEY")
    serving.on_chat(chat_answer(f"Your key is {KEY}"))

    with pytest.raises(Leak, match="is on stdout of ask"):
        litectl("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin")
