"""`litectl models` against a proxy that answers what the test says."""

import json
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import Answer, FakeProxy, chat_answer, error_answer, json_answer, model_info
from litectl.output.models import model_columns
from litectl.profiles.profile import Profile
from program import Litectl, Program
from senders import store_profiles

DAY = 24 * 3600

HAIKU = model_info(
    "claude-haiku-4-5",
    max_input_tokens=200000,
    max_output_tokens=64000,
    input_cost_per_token=1e-06,
    output_cost_per_token=5e-06,
    supports_function_calling=True,
    supports_vision=True,
    supports_reasoning=False,
    litellm_provider="anthropic",
)
BARE = model_info("team-model")
EMBEDDING = model_info("text-embedding-3-small", mode="embedding")


def cache_files(home: Path) -> list[Path]:
    """Return the cached catalogs under *home*."""
    return sorted((home / ".cache/litectl/catalogs").glob("*.json"))


def make_older(home: Path, seconds: float) -> None:
    """Let the one cached catalog be fetched *seconds* earlier than it was."""
    (path,) = cache_files(home)
    head, rest = path.read_text().split("\n", 1)
    document = json.loads(head)
    document["fetched_at"] -= seconds
    path.write_text(json.dumps(document) + "\n" + rest)


def test_list_in_a_pipe_is_tab_separated_without_heading(litectl: Litectl, fake: FakeProxy) -> None:
    """One line per model, sorted by name; unknown values are empty, non-chat models left out."""
    fake.on_models(BARE, HAIKU, EMBEDDING)

    result = litectl("models", "list")

    assert result == (
        0,
        (
            "claude-haiku-4-5\tchat\t200000\t64000\ttools,vision\t1\t5\tanthropic\n"
            "team-model\tchat\t\t\t\t\t\topenai\n"
        ),
        "",
    )


def test_list_on_a_terminal_is_a_table(litectl: Litectl, fake: FakeProxy) -> None:
    """A person sees headings, short numbers, and a dash for what nobody knows."""
    fake.on_models(HAIKU, BARE)

    lines = litectl("models", "list", terminal=True, variables={"NO_COLOR": "1"}).out.splitlines()

    assert lines[0].split()[:5] == ["NAME", "MODE", "CONTEXT", "OUTPUT", "ABILITIES"]
    assert lines[1].split()[:4] == ["claude-haiku-4-5", "chat", "200K", "64K"]
    assert lines[2].split()[:4] == ["team-model", "chat", "-", "-"]


def test_list_as_json_has_the_documented_fields(litectl: Litectl, fake: FakeProxy) -> None:
    """The document says where and when the list was learnt, and unknown values are null."""
    fake.on_models(HAIKU)

    document = litectl("models", "list", "--json").json

    assert document.pop("fetched_at").endswith("Z")
    assert document == {
        "schema_version": 1,
        "source": "model_info",
        "stale": False,
        "models": [
            {
                "name": "claude-haiku-4-5",
                "mode": "chat",
                "max_input_tokens": 200000,
                "max_output_tokens": 64000,
                "abilities": {
                    "tools": True,
                    "vision": True,
                    "reasoning": False,
                    "structured_output": None,
                    "prompt_caching": None,
                    "pdf": None,
                    "audio": None,
                    "web_search": None,
                },
                "input_price": 1.0,
                "output_price": 5.0,
                "cache_read_price": None,
                "cache_write_price": None,
                "providers": ["anthropic"],
                "deployments": 1,
                "incomplete": False,
                "safe_max_tokens": None,
                "safe_max_tokens_reason": None,
                "guessed": [],
            }
        ],
    }


def test_jsonl_is_the_bare_rows(litectl: Litectl, fake: FakeProxy) -> None:
    """`--format jsonl` prints one object per model."""
    fake.on_models(HAIKU, BARE)

    lines = litectl("models", "list", "--format", "jsonl").out.splitlines()

    assert [json.loads(line)["name"] for line in lines] == ["claude-haiku-4-5", "team-model"]


def test_an_empty_list_is_success(litectl: Litectl, fake: FakeProxy) -> None:
    """No models is exit 0, an empty array in JSON, and a note on a terminal only."""
    fake.on_models()

    assert litectl("models", "list") == (0, "", "")
    assert litectl("models", "list", "--json").json["models"] == []
    assert "note: no models" in litectl("models", "list", terminal=True, variables={"NO_COLOR": "1"}).err


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], "claude-haiku-4-5 team-model"),
        (["--mode", "embedding"], "text-embedding-3-small"),
        (["--mode", "all"], "claude-haiku-4-5 team-model text-embedding-3-small"),
        (["--search", "ANTHROPIC"], "claude-haiku-4-5"),
        (["--search", "haiku claude"], "claude-haiku-4-5"),
        (["--search", "nothing"], ""),
        (["--sort", "max_input_tokens", "--reverse"], "claude-haiku-4-5 team-model"),
        (["--reverse"], "team-model claude-haiku-4-5"),
    ],
)
def test_list_selects_and_sorts(litectl: Litectl, fake: FakeProxy, arguments: list[str], names: str) -> None:
    """Mode, words and order are chosen by options."""
    fake.on_models(BARE, HAIKU, EMBEDDING)

    out = litectl("models", "list", "--columns", "name", *arguments).out

    assert names.split() == out.split()


def test_columns_are_chosen_and_checked(litectl: Litectl, fake: FakeProxy) -> None:
    """`--columns` gives the columns in its order; an unknown one is exit 2 with the names."""
    fake.on_models(HAIKU)

    assert litectl("models", "list", "--columns", "input_price,name").out == "1\tclaude-haiku-4-5\n"
    refused = litectl("models", "list", "--columns", "price")
    assert refused.code == 2
    assert all(column.name in refused.err for column in model_columns())


def test_a_cached_list_needs_no_network(litectl: Litectl, fake: FakeProxy) -> None:
    """The second list within 24 hours asks nobody, and `--offline` works from it."""
    fake.on_models(HAIKU)
    first = litectl("models", "list")
    asked = len(fake.requests)

    assert first == litectl("models", "list") == litectl("--offline", "models", "list")
    assert asked == len(fake.requests)


def test_offline_without_a_cache_is_a_configuration_error(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing cached and no network allowed is exit 3 with the command that would help."""
    result = litectl("models", "list", variables={"LITELLM_OFFLINE": "1"})

    assert result.code == 3
    assert "litectl models refresh" in result.err
    assert fake.requests == []


@pytest.mark.parametrize("change", ["LITECTL_API_KEY", "LITECTL_BASE_URL"])
def test_another_key_or_proxy_has_another_cache(litectl: Litectl, fake: FakeProxy, change: str) -> None:
    """The list of one key or proxy is never shown for another."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    value = {"LITECTL_API_KEY": "sk-another-key-02", "LITECTL_BASE_URL": f"{fake.root}/team"}[change]

    assert litectl("models", "list", "--offline", variables={change: value}).code == 3


def test_no_key_is_written_to_cache_or_state(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """No file that a list leaves behind contains the key, and all are the owner's alone."""
    fake.on_models(HAIKU)
    litectl("models", "list")

    files = [path for path in isolated.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"sk-test-key-0001" in path.read_bytes()]
    assert {0o600} == {path.stat().st_mode & 0o777 for path in files}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "auth_error"), (403, "forbidden"), (404, ""), (400, "no_db_connection"), (405, ""), (500, "")],
)
def test_refused_model_info_falls_back_to_the_list(
    litectl: Litectl, fake: FakeProxy, status: int, kind: str
) -> None:
    """A key that may not read `/model/info` still gets names, modes and limits from `/v1/models`."""
    fake.on("GET", "/model/info", error_answer(status, kind, "no"))
    entry = {
        "id": "gpt-5.2",
        "object": "model",
        "owned_by": "openai",
        "mode": "chat",
        "max_input_tokens": 272000,
    }
    fake.on("GET", "/v1/models", json_answer({"data": [entry]}))

    document = litectl("models", "list", "--json").json

    (model,) = document["models"]
    assert document["source"] == "models"
    assert (
        model["name"],
        model["mode"],
        model["max_input_tokens"],
        model["providers"],
        model["incomplete"],
    ) == ("gpt-5.2", "chat", 272000, [], True)


def test_load_balanced_deployments_are_one_model(litectl: Litectl, fake: FakeProxy) -> None:
    """A name with several deployments is one row: the smaller limit, the higher price."""
    fake.on_models(
        model_info("group", max_input_tokens=1000, input_cost_per_token=1e-06, supports_vision=True),
        model_info("group", max_input_tokens=500, input_cost_per_token=2e-06, supports_vision=False),
    )

    (model,) = litectl("models", "list", "--json").json["models"]

    assert (
        model["deployments"],
        model["max_input_tokens"],
        model["input_price"],
        model["abilities"]["vision"],
    ) == (2, 500, 2.0, False)


def test_show_has_the_deployments(litectl: Litectl, fake: FakeProxy) -> None:
    """`models show` prints what is known, and in JSON each deployment behind the name."""
    fake.on_models(HAIKU)

    assert "name\tclaude-haiku-4-5\n" in litectl("models", "show", "claude-haiku-4-5").out
    (deployment,) = litectl("models", "show", "claude-haiku-4-5", "--json").json["deployments"]
    assert (deployment["id"], deployment["backend"]) == ("id-claude-haiku-4-5", "openai/claude-haiku-4-5")


def test_show_of_an_unknown_model_suggests(litectl: Litectl, fake: FakeProxy) -> None:
    """An unknown name is exit 6 with near ones."""
    fake.on_models(HAIKU)

    result = litectl("models", "show", "claude-haiku")

    assert result.code == 6
    assert "did you mean `claude-haiku-4-5`?" in result.err


def test_refresh_always_asks_and_says_what_changed(litectl: Litectl, fake: FakeProxy) -> None:
    """`models refresh` goes to the proxy even with a fresh cache, and names what came and went."""
    fake.on_models(HAIKU)
    litectl("models", "refresh")
    fake.on_models(BARE)

    result = litectl("models", "refresh")

    assert (result.code, result.out) == (0, "")
    assert result.err == "1 model, from model_info\nadded: team-model\nremoved: claude-haiku-4-5\n"


def test_refresh_is_silent_with_quiet(litectl: Litectl, fake: FakeProxy) -> None:
    """What cron runs prints nothing when it works."""
    fake.on_models(HAIKU)

    assert litectl("models", "refresh", "--quiet") == (0, "", "")


@pytest.mark.parametrize(("status", "code"), [(401, 4), (500, 12), (429, 8), (404, 1)])
def test_a_failed_refresh_keeps_the_old_list(
    litectl: Litectl, fake: FakeProxy, status: int, code: int
) -> None:
    """The exit code says why, the error is printed also with --quiet, and the list stays."""
    fake.on_models(HAIKU)
    before = litectl("models", "list")
    for path in ("/model/info", "/v1/models"):
        fake.on("GET", path, error_answer(status, "auth_error" if status == 401 else "x", "no"))

    failed = litectl("models", "refresh", "--quiet")

    assert (code, "") == (failed.code, failed.out)
    assert failed.err.startswith("error: ")
    assert before == litectl("models", "list", "--offline")


def test_a_refresh_that_finds_nothing_keeps_the_old_list(litectl: Litectl, fake: FakeProxy) -> None:
    """An empty answer over a list is a failure, because a proxy in trouble may give one."""
    fake.on_models(HAIKU)
    litectl("models", "refresh")
    fake.on_models()

    assert litectl("models", "refresh").code == 1
    assert "claude-haiku-4-5" in litectl("models", "list", "--offline").out


def test_refresh_offline_is_a_configuration_error(litectl: Litectl, fake: FakeProxy) -> None:
    """`models refresh --offline` contradicts itself: exit 3, no request."""
    assert litectl("models", "refresh", "--offline").code == 3
    assert fake.requests == []


def test_an_old_list_is_refreshed_first_in_a_pipe(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """In a pipe, cron or CI a list older than 24 hours is fetched before it is printed."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    make_older(isolated, DAY + 1)
    fake.on_models(BARE)

    assert litectl("models", "list").out.startswith("team-model\t")


def test_an_old_list_is_better_than_none(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """When the refresh fails the old list is printed, marked stale, with a warning."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    make_older(isolated, DAY + 1)
    for path in ("/model/info", "/v1/models"):
        fake.on("GET", path, error_answer(500, "", "down"))

    result = litectl("models", "list", "--json")

    assert (result.code, result.json["stale"]) == (0, True)
    assert "warning: the model list is older than 24 hours" in result.err


def test_a_list_from_the_future_is_stale(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """A clock that went back does not make a list live for ever."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    make_older(isolated, -DAY)

    assert litectl("models", "list", "--offline", "--json").json["stale"] is True


def test_an_old_list_is_shown_at_once_on_a_terminal(
    program: Program, litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """On a terminal the old list appears without waiting, and a detached process fetches the new one."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    make_older(isolated, DAY + 1)
    fake.on_models(BARE)

    code, shown = program.on_terminal("models", "list")

    assert code == 0
    assert "claude-haiku-4-5" in shown
    deadline = time.monotonic() + 20
    while "team-model" not in litectl("models", "list", "--offline").out:
        assert time.monotonic() < deadline, "the background refresh never finished"


def test_discovery_can_be_switched_off(litectl: Litectl, fake: FakeProxy) -> None:
    """LITELLM_DISCOVERY_TIMEOUT_MS=0 never fetches unasked; a refresh still does."""
    fake.on_models(HAIKU)
    off = {"LITELLM_DISCOVERY_TIMEOUT_MS": "0"}

    assert litectl("models", "list", variables=off).code == 3
    assert litectl("models", "refresh", variables=off).code == 0
    assert litectl("models", "list", variables=off).code == 0


def test_discovery_is_bounded_as_a_whole(litectl: Litectl, fake: FakeProxy) -> None:
    """The limit holds for all steps together, and a proxy that never answers is exit 5."""
    never = Event()
    fake.on("GET", "/model/info", Answer(pieces=[never]))
    started = time.monotonic()

    result = litectl("models", "list", variables={"LITELLM_DISCOVERY_TIMEOUT_MS": "300"})
    elapsed = time.monotonic() - started
    never.set()

    assert result.code == 5
    assert elapsed < 5


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"version":1}\n[1]\n', b"\xff\xfe", b'{"version":99}\n[]\n[]\n']
)
def test_a_damaged_cache_is_said_and_replaced(
    litectl: Litectl, fake: FakeProxy, isolated: Path, content: bytes
) -> None:
    """A cache that cannot be read is one warning and one fetch, never a failure."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    (path,) = cache_files(isolated)
    path.write_bytes(content)

    mended, again = litectl("models", "list"), litectl("models", "list")

    assert mended.code == 0
    assert "is damaged, or another version's, and is not used" in mended.err
    assert (again.code, again.err) == (0, "")


def test_a_list_that_cannot_be_kept_is_still_printed(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a place for the cache the list is fetched and printed every time."""
    fake.on_models(HAIKU)
    (tmp_path / "file").write_text("in the way")
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file"))

    result = litectl("models", "list")

    assert result.code == 0
    assert "claude-haiku-4-5" in result.out


def test_shared_options_work_before_and_after_the_verb(litectl: Litectl, fake: FakeProxy) -> None:
    """`--json` and its like mean the same before the noun, before the verb and after it."""
    fake.on_models(HAIKU)
    expected = litectl("models", "list", "--json").out

    assert expected == litectl("--json", "models", "list").out
    assert expected == litectl("models", "--json", "list").out
    assert expected == litectl("--format", "tsv", "models", "list", "--format", "json").out


def test_show_lists_only_abilities_that_are_there(litectl: Litectl, fake: FakeProxy) -> None:
    """Only what is declared true is listed; on a terminal a minus says what is missing."""
    fake.on_models(model_info("m", supports_vision=True, supports_reasoning=False))

    assert "abilities\tvision\n" in litectl("models", "show", "m").out
    terminal = litectl("models", "show", "m", terminal=True, variables={"NO_COLOR": "1"})
    assert "abilities    vision, -reasoning  (model_info)\n" in terminal.out


def test_a_crowd_sees_the_deployments(program: Program, fake: FakeProxy) -> None:
    """Who waited for another process to fetch the list gets the deployments too."""
    release = Event()
    answer = json_answer({"data": [HAIKU]})
    fake.on("GET", "/model/info", answer._replace(pieces=[release, *answer.pieces]))
    arguments = ("models", "show", "claude-haiku-4-5", "--json")

    with program.started(*arguments) as first, program.started(*arguments) as second:
        release.set()
        outputs = [process.communicate(timeout=30)[0] for process in (first, second)]

    assert [len(json.loads(output)["deployments"]) for output in outputs] == [1, 1]


def test_the_background_refresh_runs_no_code_of_the_current_directory(
    program: Program, litectl: Litectl, fake: FakeProxy, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is called like a library is not imported by a process that holds the key."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    make_older(isolated, DAY + 1)
    fake.on_models(BARE)
    trap = isolated / "folder"
    trap.mkdir()
    (trap / "typer.py").write_text(f"open({str(isolated / 'caught')!r}, 'w')")
    monkeypatch.chdir(trap)
    outer = Program([sys.executable, "-P", "-m", "litectl"], program.variables)

    outer.on_terminal("models", "list")

    deadline = time.monotonic() + 20
    while "team-model" not in litectl("models", "list", "--offline").out:
        assert time.monotonic() < deadline, "the background refresh never finished"
    assert not (isolated / "caught").exists()


def test_a_mode_without_models_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """A mistyped mode is an empty list that names the modes there are."""
    fake.on_models(HAIKU, EMBEDDING)

    result = litectl("models", "list", "--mode", "embed")

    assert (result.code, result.out) == (0, "")
    assert "there are chat, embedding" in result.err


# Steps


def test_refresh_tells_how_each_step_ended(litectl: Litectl, fake: FakeProxy) -> None:
    """In the JSON and with `-v`, so that a platform team sees why a list is poor."""
    fake.on("GET", "/model/info", error_answer(403, "forbidden", "not for this key"))
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "m", "mode": "chat"}]}))

    steps = litectl("models", "refresh", "--json").json["steps"]
    said = litectl("models", "refresh", "-v").err

    assert [(step["source"], step["path"], step["outcome"], step["status"]) for step in steps] == [
        ("model_info", "/model/info", "refused", 403),
        ("models", "/v1/models", "listed", None),
        ("model_group_info", "/model_group/info", "refused", 404),
        ("health", "/health", "not needed", None),
    ]
    assert "not for this key" in steps[0]["detail"]
    assert steps[1]["entries"] == 1
    assert all(step["seconds"] is None or step["seconds"] >= 0 for step in steps)
    assert "discovery: /model/info: refused (" in said
    assert "discovery: /v1/models: listed (1 entries" in said


@pytest.mark.parametrize("allowed", [True, False])
def test_health_is_asked_only_with_its_option(litectl: Litectl, fake: FakeProxy, allowed: bool) -> None:
    """It makes the proxy call every model, so a refresh never does it unasked."""
    for path in ("/model/info", "/v1/models"):
        fake.on("GET", path, error_answer(403, "forbidden", "no"))
    fake.on("GET", "/health", json_answer({"healthy_endpoints": [{"model": "openai/gpt-5.2"}]}))

    result = litectl("models", "refresh", *(["--allow-health"] if allowed else []))

    assert result.code == (0 if allowed else 4)
    assert ("/health" in [request.path for request in fake.requests]) is allowed
    if allowed:
        assert litectl("models", "list", "--offline", "--columns", "name").out == "openai/gpt-5.2\n"


def test_many_new_names_are_counted(litectl: Litectl, fake: FakeProxy) -> None:
    """A person is not shown hundreds of names; the JSON has all."""
    fake.on_models(*(model_info(f"m{number:03}") for number in range(50)))

    assert litectl("models", "refresh").err.endswith("m018, m019 and 30 more\n")
    litectl("cache", "clear")
    assert len(litectl("models", "refresh", "--json").json["added"]) == 50


# One model


MIXED = (model_info("two-in-one"), model_info("two-in-one", id="second", mode="embedding"))


def test_a_mixed_group_is_shown_as_such(litectl: Litectl, fake: FakeProxy) -> None:
    """In the default list too, so that somebody sees the mistake."""
    fake.on_models(*MIXED)

    assert litectl("models", "list", "--columns", "name,mode").out == "two-in-one\tmixed\n"
    assert litectl("models", "list", "--mode", "mixed", "--columns", "name").out == "two-in-one\n"


def test_show_has_each_deployment_and_each_source(litectl: Litectl, fake: FakeProxy) -> None:
    """For people a block of each, in JSON everything."""
    fake.on_models(
        model_info("group", max_input_tokens=1000, supported_openai_params=["n", "stop"]),
        model_info("group", id="second", max_input_tokens=500, supported_openai_params=["stop", "top_p"]),
    )
    fake.on(
        "GET",
        "/model_group/info",
        json_answer({"data": [{"model_group": "group", "max_output_tokens": 50.0, "supports_vision": True}]}),
    )

    document = litectl("models", "show", "group", "--json").json
    page = litectl("models", "show", "group", terminal=True, variables={"NO_COLOR": "1"}).out

    assert (document["max_input_tokens"], document["max_output_tokens"]) == (500, 50)
    assert document["supported_parameters"] == ["stop"]
    assert document["sources"]["max_input_tokens"] == "model_info"
    assert document["sources"]["max_output_tokens"] == document["sources"]["vision"] == "model_group_info"
    assert [row["id"] for row in document["deployments"]] == ["id-group", "second"]
    assert "deployment 2 of 2\n" in page
    assert "max_output_tokens     50  (model_group_info)\n" in page
    assert "  id                 second\n" in page


def test_show_marks_what_is_guessed(litectl: Litectl, fake: FakeProxy) -> None:
    """Its source is the name."""
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "claude-opus-4.6"}]}))

    document = litectl("models", "show", "claude-opus-4.6", "--json").json

    assert document["abilities"]["vision"] is True
    assert document["sources"]["vision"] == document["sources"]["max_input_tokens"] == "name"
    assert "vision" in document["guessed"]
    assert (document["safe_max_tokens"], document["safe_max_tokens_reason"]) == (8192, "guess")


def test_ask_refuses_a_mixed_group(litectl: Litectl, fake: FakeProxy) -> None:
    """A request may land on what cannot answer, so it is not sent, as far as the cache knows."""
    fake.on_models(*MIXED)
    litectl("models", "refresh")
    asked = len(fake.requests)

    result = litectl("ask", "-m", "two-in-one", "-p", "Hi")

    assert result.code == 2
    assert "litectl models show two-in-one" in result.err
    assert len(fake.requests) == asked


def test_a_mixed_group_that_the_profile_corrects_is_asked(fake: FakeProxy) -> None:
    """Whoever knows better says so in the profile."""
    store_profiles(Profile("dev", fake.root, models={"two-in-one": {"mode": "chat"}}), default="dev")
    litectl = Litectl({})
    fake.on_models(*MIXED)
    fake.on_chat(chat_answer("Hello"))
    litectl("models", "refresh")

    assert litectl("ask", "-m", "two-in-one", "-p", "Hi").out == "Hello\n"


def test_a_question_without_a_cached_list_leaves_no_file(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Looking for what is known of a model makes neither a directory nor a secret."""
    fake.on_chat(chat_answer("Hello"))

    assert litectl("ask", "-m", "m", "-p", "Hi").code == 0
    assert [path for path in isolated.rglob("*") if path.is_file()] == []


def bricks(fake: FakeProxy, litectl: Litectl, *, finish: str) -> None:
    """Let the cache know a model on Databricks, whose answers end with *finish*."""
    fake.on_models(model_info("bricks", litellm_provider="databricks", max_output_tokens=64000))
    fake.on_chat(chat_answer("So far", finish=finish))
    litectl("models", "refresh")


@pytest.mark.parametrize(("arguments", "sent"), [([], 4096), (["--max-tokens", "100"], 100)])
def test_databricks_is_told_a_limit_that_it_admits(
    litectl: Litectl, fake: FakeProxy, arguments: list[str], sent: int
) -> None:
    """It reserves what an answer may take, so a small limit is admitted; what the user says comes first."""
    bricks(fake, litectl, finish="stop")

    assert litectl("ask", "-m", "bricks", "-p", "Hi", *arguments).out == "So far\n"
    assert fake.requests[-1].json["max_tokens"] == sent


def test_other_models_are_told_no_limit(litectl: Litectl, fake: FakeProxy) -> None:
    """A guess of what is safe is no reason to cut an answer short."""
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "claude-opus-4-6"}]}))
    fake.on_chat(chat_answer("Hello"))
    litectl("models", "refresh")

    assert litectl("ask", "-m", "claude-opus-4-6", "-p", "Hi").code == 0
    assert "max_tokens" not in fake.requests[-1].json


@pytest.mark.parametrize(("arguments", "code"), [([], 11), (["--max-tokens", "4096"], 0)])
def test_an_answer_that_our_own_limit_cut_is_incomplete(
    litectl: Litectl, fake: FakeProxy, arguments: list[str], code: int
) -> None:
    """The text is printed, and the exit code says that there is more; of the user's own limit only a note."""
    bricks(fake, litectl, finish="length")

    result = litectl("ask", "-m", "bricks", "-p", "Hi", *arguments)

    assert (result.code, result.out) == (code, "So far\n" if code == 0 else "So far")
    assert "--max-tokens N" in result.err


def test_names_cannot_forge_a_message(litectl: Litectl, fake: FakeProxy) -> None:
    """A line in a name is no line of ours."""
    fake.on_models(model_info("x\nerror: forged"))

    assert litectl("models", "refresh").err == "1 model, from model_info\nadded: x error: forged\n"
    assert "\nerror: forged" not in litectl("models", "show", "x error").err


def test_lost_deployments_are_said(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """The merged model is shown all the same, and a refresh mends it."""
    fake.on_models(HAIKU)
    litectl("models", "refresh")
    (path,) = cache_files(isolated)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"id-claude", b"id-cloude"))

    shown = litectl("models", "show", "claude-haiku-4-5", "--json")

    assert (shown.json["max_input_tokens"], shown.json["deployments"]) == (200000, [])
    assert "litectl models refresh" in shown.err
    litectl("models", "refresh")
    assert len(litectl("models", "show", "claude-haiku-4-5", "--json").json["deployments"]) == 1


def test_a_failed_discovery_tells_its_steps(litectl: Litectl, fake: FakeProxy) -> None:
    """In the JSON error and with `-v`, where somebody needs them most."""
    fake.on("GET", "/model/info", error_answer(403, "forbidden", "no"))
    fake.on("GET", "/v1/models", error_answer(429, "throttling_error", "later"))

    failed = litectl("models", "refresh", "--json")
    said = litectl("models", "refresh", "-v").err

    assert (failed.code, failed.out) == (8, "")
    assert [step["outcome"] for step in failed.error["steps"]] == ["refused", "refused"]
    assert "discovery: /v1/models: refused" in said


def test_in_ci_an_old_list_is_fetched_first_on_a_terminal_too(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Nobody is there to wait for a background process."""
    fake.on_models(HAIKU)
    litectl("models", "list")
    make_older(isolated, DAY + 1)
    fake.on_models(BARE)

    assert "team-model" in litectl("models", "list", terminal=True, variables={"CI": "1"}).out


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("gpt-5", "`openai/gpt-5` or `openai/gpt-5-mini`"),
        ("haiku", "`claude-haiku-4-5`"),
        ("GPT-5-mini", "`openai/gpt-5-mini`"),
    ],
)
def test_a_name_without_its_provider_is_found(
    litectl: Litectl, fake: FakeProxy, name: str, near: str
) -> None:
    """First the names that end with it, then those that have it as a part."""
    fake.on_models(HAIKU, model_info("openai/gpt-5-mini"), model_info("openai/gpt-5"))

    assert f"did you mean {near}" in litectl("models", "show", name).err


def test_a_header_that_cannot_be_had_is_no_matter_of_the_cache(fake: FakeProxy) -> None:
    """The reason is named once, and no other one is blamed."""
    store_profiles(Profile("dev", fake.root, headers={"x-team": "$TEAM_NOT_SET"}), default="dev")

    result = Litectl({})("models", "list")

    assert result.code == 3
    assert "TEAM_NOT_SET" in result.err
    assert "cannot be cached" not in result.err


@pytest.mark.parametrize(("known", "sent"), [(64000, 64000), (None, 4096)])
def test_the_limit_that_a_protocol_requires_is_ours(
    litectl: Litectl, fake: FakeProxy, known: int | None, sent: int
) -> None:
    """Messages has to name one: the model's own where it is known; an answer that it cuts is incomplete."""
    fake.on_models(model_info("m", max_output_tokens=known))
    litectl("models", "refresh")
    message = {
        "type": "message",
        "content": [{"type": "text", "text": "So far"}],
        "stop_reason": "max_tokens",
        "usage": {},
    }
    fake.on("POST", "/v1/messages", json_answer(message))
    ask = ("ask", "-m", "m", "-p", "Hi", "--protocol", "messages")

    ours = litectl(*ask)
    limit = fake.requests[-1].json["max_tokens"]
    theirs = litectl(*ask, "--max-tokens", "7")

    assert (ours.code, ours.out, limit) == (11, "So far", sent)
    assert (theirs.code, fake.requests[-1].json["max_tokens"]) == (0, 7)
