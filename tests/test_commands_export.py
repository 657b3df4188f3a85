"""`litectl models export`: another tool's configuration, with a reference to the key and nothing lost."""

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fake_proxy import FakeProxy, model_info
from litectl.exports.targets import MODULES
from litectl.profiles.profile import Profile
from program import Litectl, Program
from senders import store_profiles

KEY = "sk-test-key-0001"
CLAUDE = {
    **model_info(
        "claude-haiku-4-5",
        max_input_tokens=200000,
        max_output_tokens=64000,
        input_cost_per_token=1e-06,
        output_cost_per_token=5e-06,
        cache_read_input_token_cost=1e-07,
        cache_creation_input_token_cost=1.25e-06,
        supports_function_calling=True,
        supports_vision=True,
        supports_pdf_input=True,
        supports_reasoning=True,
        litellm_provider="anthropic",
        supported_openai_params=["max_tokens", "reasoning_effort", "temperature", "tools"],
    ),
    "litellm_params": {"model": "anthropic/claude-haiku-4-5"},
}
GPT = model_info(
    "gpt-5.2",
    max_input_tokens=272000,
    max_output_tokens=128000,
    input_cost_per_token=1.75e-06,
    output_cost_per_token=1.4e-05,
    supports_function_calling=True,
    supports_vision=False,
    supports_reasoning=True,
    supports_none_reasoning_effort=True,
    supports_minimal_reasoning_effort=False,
    supported_openai_params=["reasoning_effort", "prompt_cache_key", "store"],
)
BRICKS = {
    **model_info("bricks", max_input_tokens=200000, max_output_tokens=64000, litellm_provider="databricks"),
    "litellm_params": {"model": "databricks/databricks-claude-sonnet-4"},
}
BARE = model_info("in-house", mode=None)
NOT_FOR_CHAT = [
    model_info("text-embedding-3-small", mode="embedding"),
    model_info("mixed"),
    model_info("mixed", id="second", mode="embedding"),
    model_info("team/*", mode=None),
]


@pytest.fixture
def models(fake: FakeProxy) -> None:
    """Let the proxy offer models of each kind."""
    fake.on_models(CLAUDE, GPT, BRICKS, BARE, *NOT_FOR_CHAT)


Exported = Callable[..., Any]


@pytest.fixture
def exported(litectl: Litectl, models: None) -> Exported:  # it prepares the proxy
    """Give a function that returns the printed configuration of a tool as JSON."""
    return lambda tool, *options: litectl("models", "export", "--to", tool, *options).json


def test_pi_gets_what_its_documentation_asks_for(exported: Exported, fake: FakeProxy) -> None:
    """Limits and prices only where they are known, all four prices or none, and the compatibility flags."""
    provider = exported("pi")["providers"]["litellm"]

    assert provider["baseUrl"] == f"{fake.root}/v1"
    assert provider["api"] == "openai-completions"
    assert provider["apiKey"] == f"!litectl token --base-url {fake.root}"
    assert provider["compat"]["supportsStore"] is provider["compat"]["supportsDeveloperRole"] is False
    assert provider["compat"]["promptCacheKeyMode"] == "disabled"
    by_id = {model["id"]: model for model in provider["models"]}
    assert by_id == {
        "claude-haiku-4-5": {
            "id": "claude-haiku-4-5",
            "name": "claude-haiku-4-5",
            "reasoning": True,
            "input": ["text", "image"],
            "contextWindow": 200000,
            "maxTokens": 64000,
            "cost": {"input": 1.0, "output": 5.0, "cacheRead": 0.1, "cacheWrite": 1.25},
            "compat": {"supportsReasoningEffort": True, "cacheControlFormat": "anthropic"},
        },
        "gpt-5.2": {
            "id": "gpt-5.2",
            "name": "gpt-5.2",
            "reasoning": True,
            "input": ["text"],
            "contextWindow": 272000,
            "maxTokens": 128000,
            # A cached token costs no more than another one.
            "cost": {"input": 1.75, "output": 14.0, "cacheRead": 1.75, "cacheWrite": 1.75},
            "compat": {"supportsReasoningEffort": True, "promptCacheKeyMode": "enabled"},
            "thinkingLevelMap": {
                "off": "none",
                "minimal": None,
                "low": "low",
                "medium": "medium",
                "high": "high",
                "xhigh": None,
                "max": None,
            },
        },
        "bricks": {
            "id": "bricks",
            "name": "bricks",
            "reasoning": False,
            # Guessed: the name of the backend is Claude's.
            "input": ["text", "image"],
            "contextWindow": 200000,
            "maxTokens": 4096,
            "compat": {"cacheControlFormat": "anthropic"},
        },
        "in-house": {"id": "in-house", "name": "in-house", "reasoning": False, "input": ["text"]},
    }


def test_opencode_gets_what_its_documentation_asks_for(exported: Exported, fake: FakeProxy) -> None:
    """A limit with both of its numbers, a cost with at least two, and nothing that is null."""
    document = exported("opencode")

    provider = document["provider"]["litellm"]
    assert document["$schema"] == "https://opencode.ai/config.json"
    assert provider["npm"] == "@ai-sdk/openai-compatible"
    assert provider["env"] == ["LITECTL_API_KEY"]
    assert provider["options"] == {"baseURL": f"{fake.root}/v1"}
    assert set(provider["models"]) == {"claude-haiku-4-5", "gpt-5.2", "bricks", "in-house"}
    assert provider["models"]["claude-haiku-4-5"] == {
        "name": "claude-haiku-4-5",
        "reasoning": True,
        "attachment": True,
        "modalities": {"input": ["text", "image", "pdf"], "output": ["text"]},
        "tool_call": True,
        "temperature": True,
        "limit": {"context": 200000, "output": 64000},
        "cost": {"input": 1.0, "output": 5.0, "cache_read": 0.1, "cache_write": 1.25},
    }
    assert provider["models"]["in-house"] == {
        "name": "in-house",
        "reasoning": False,
        "attachment": False,
        "modalities": {"input": ["text"], "output": ["text"]},
    }
    assert "null" not in json.dumps(document)


def test_json_has_all_that_is_known(exported: Exported, fake: FakeProxy) -> None:
    """For tools of one's own; null is what nobody knows."""
    document = exported("json")

    assert (document["schema_version"], document["base_url"]) == (1, fake.root)
    assert document["api_key"] == {"command": f"litectl token --base-url {fake.root}"}
    by_name = {model["name"]: model for model in document["models"]}
    assert by_name["gpt-5.2"]["reasoning_efforts"] == ["none", "low", "medium", "high"]
    assert by_name["in-house"]["max_input_tokens"] is None
    assert by_name["bricks"]["safe_max_tokens"] == 4096


def test_env_is_a_file_for_a_shell(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """It fetches the key when it is read; a name with a quote stays a name."""
    fake.on_models(model_info("it's $HOME"), GPT)
    (tmp_path / "litectl").write_text('#!/bin/sh\necho "sk-of $*"\n')
    (tmp_path / "litectl").chmod(0o755)

    lines = litectl("models", "export", "--to", "env").out
    shown = subprocess.run(
        ["sh", "-c", f'{lines}\nprintf "%s\\n" "$OPENAI_BASE_URL" "$OPENAI_API_KEY" "$LITELLM_MODELS"'],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert shown.splitlines() == [
        f"{fake.root}/v1",
        f"sk-of token --base-url {fake.root}",
        "gpt-5.2,it's $HOME",
    ]


@pytest.mark.parametrize("tool", MODULES)
def test_the_key_is_never_written(litectl: Litectl, models: None, tool: str, tmp_path: Path) -> None:
    """Neither printed nor in a file, and what cannot be relied on is left out and said."""
    printed = litectl("models", "export", "--to", tool)
    written = litectl("models", "export", "--to", tool, "--file", str(tmp_path / "file"))

    assert KEY not in printed.out + printed.err + written.out + written.err
    assert KEY not in (tmp_path / "file").read_text()
    assert printed.out == (tmp_path / "file").read_text()
    assert "left out, since no answer could be relied on: mixed, team/*" in printed.err
    assert "text-embedding" not in printed.out


@pytest.mark.parametrize(
    ("tool", "reference"),
    [
        ("pi", '"apiKey": "$MY_KEY"'),
        ("opencode", '"env": [\n        "MY_KEY"\n      ]'),
        ("env", 'export LITELLM_API_KEY="${MY_KEY}"'),
        ("json", '"variable": "MY_KEY"'),
    ],
)
def test_a_variable_may_hold_the_key(litectl: Litectl, models: None, tool: str, reference: str) -> None:
    """Where a tool is to read one instead of running a command."""
    assert reference in litectl("models", "export", "--to", tool, "--key-variable", "MY_KEY").out


@pytest.mark.parametrize("name", ["", "a b", "$X", "X;rm"])
def test_a_variable_has_a_name(litectl: Litectl, models: None, name: str) -> None:
    """Anything else is exit 2."""
    assert litectl("models", "export", "--to", "pi", "--key-variable", name).code == 2


def test_a_profile_is_named_in_the_command(fake: FakeProxy, models: None) -> None:
    """So that the tool gets the key of that login, whatever is the default one later."""
    store_profiles(Profile("my dev", fake.root), default="my dev")

    provider = Litectl({})("models", "export", "--to", "json").json

    # Without a credential there is nothing to fetch.
    assert provider["api_key"] is None
    key = Litectl({"LITELLM_API_KEY": KEY})("models", "export", "--to", "json").json["api_key"]
    assert key == {"command": "litectl token --profile 'my dev'"}


def test_a_key_from_stdin_cannot_be_found_again(litectl: Litectl, models: None) -> None:
    """A tool could not read it; with a variable it is no matter."""
    arguments = ("--api-key-file", "-", "models", "export", "--to", "pi")

    assert litectl(*arguments, stdin=KEY.encode()).code == 2
    assert litectl(*arguments, "--key-variable", "MY_KEY", stdin=KEY.encode()).code == 0


def test_headers_are_written_as_references_only(fake: FakeProxy, models: None) -> None:
    """A value that may be a secret stays at home, and that is said."""
    headers = {"x-team": "$TEAM", "x-secret": "hidden-header-value"}
    store_profiles(Profile("dev", fake.root, headers=headers), default="dev")
    litectl = Litectl({"TEAM": "core", "LITELLM_API_KEY": KEY})

    pi = litectl("models", "export", "--to", "pi")
    opencode = litectl("models", "export", "--to", "opencode")

    assert pi.json["providers"]["litellm"]["headers"] == {"x-team": "$TEAM"}
    assert opencode.json["provider"]["litellm"]["options"]["headers"] == {"x-team": "{env:TEAM}"}
    assert "x-secret" in pi.err
    assert "hidden-header-value" not in pi.out + pi.err + opencode.out


# Files


PI_FILE = ".pi/agent/models.json"


def backups(path: Path) -> list[Path]:
    """Return the backups of the file *path*."""
    return sorted(path.parent.glob(f"{path.name}.*.bak"))


@pytest.mark.parametrize(("tool", "place"), [("pi", PI_FILE), ("opencode", ".config/opencode/opencode.json")])
def test_a_tool_s_own_file_is_made(
    litectl: Litectl,
    models: None,
    isolated: Path,
    tool: str,
    place: str,
) -> None:
    """Where the tool looks for it, for the user alone, and without a backup of nothing."""
    result = litectl("models", "export", "--to", tool, "--write")

    path = isolated / place
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith("warning: left out")
    assert f"{path}: 4 models as provider `litellm`\n" in result.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())
    assert backups(path) == []


def test_variables_move_the_file(litectl: Litectl, models: None, tmp_path: Path) -> None:
    """As they do for the tools."""
    moved = {"PI_CODING_AGENT_DIR": str(tmp_path / "pi"), "XDG_CONFIG_HOME": str(tmp_path / "config")}

    for tool in ("pi", "opencode"):
        assert litectl("models", "export", "--to", tool, "--write", variables=moved).code == 0

    assert (tmp_path / "pi/models.json").is_file()
    assert (tmp_path / "config/opencode/opencode.json").is_file()


OTHERS = {
    "theme": "dark",
    "providers": {
        "ollama": {"baseUrl": "http://localhost:11434/v1", "models": [{"id": "llama"}]},
        "litellm": {"modelOverrides": {"gpt-5.2": {"name": "Mine"}}, "models": [{"id": "gone"}]},
    },
}


def test_everything_else_in_a_file_stays(litectl: Litectl, models: None, isolated: Path) -> None:
    """Other providers, other settings, and other fields of this provider; the old file is kept beside it."""
    path = isolated / PI_FILE
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(OTHERS))
    path.chmod(0o644)

    result = litectl("models", "export", "--to", "pi", "--write")

    document = json.loads(path.read_text())
    assert document["theme"] == "dark"
    assert document["providers"]["ollama"] == OTHERS["providers"]["ollama"]  # type: ignore[index]
    mine = document["providers"]["litellm"]
    assert mine["modelOverrides"] == {"gpt-5.2": {"name": "Mine"}}
    assert [model["id"] for model in mine["models"]] == ["bricks", "claude-haiku-4-5", "gpt-5.2", "in-house"]
    (backup,) = backups(path)
    assert json.loads(backup.read_text()) == OTHERS
    assert str(backup) in result.err
    assert {path.stat().st_mode & 0o777, backup.stat().st_mode & 0o777} == {0o644}


def test_an_unchanged_file_is_left_alone(litectl: Litectl, models: None, isolated: Path) -> None:
    """A cron job makes no heap of backups."""
    litectl("models", "export", "--to", "pi", "--write")
    before = (isolated / PI_FILE).stat().st_mtime_ns

    litectl("models", "export", "--to", "pi", "--write")

    assert (isolated / PI_FILE).stat().st_mtime_ns == before
    assert backups(isolated / PI_FILE) == []


def test_each_change_has_its_backup(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """Also several in one second."""
    for number in range(3):
        fake.on_models(model_info(f"m{number}"))
        litectl("models", "refresh")
        litectl("models", "export", "--to", "pi", "--write")

    texts = [path.read_text() for path in backups(isolated / PI_FILE)]
    assert sorted('"m0"' in text for text in texts) == [False, True]


@pytest.mark.parametrize(
    "content",
    [
        b'{"providers": {} // a comment\n}',
        b"not JSON",
        b"[]",
        b'{"providers": []}',
        b'{"providers": {"litellm": 5}}',
        b"\xff\xfe",
        b'{"limit": 1e999}',
        b'{"providers": {"litellm": {"baseUrl": "https://another.example.com/v1"}}}',
    ],
    ids=repr,
)
def test_a_file_that_cannot_be_kept_is_not_touched(
    litectl: Litectl,
    models: None,
    isolated: Path,
    content: bytes,
) -> None:
    """Comments would be lost, and another proxy's entry is not ours: exit 3, and nothing changes."""
    path = isolated / PI_FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    result = litectl("models", "export", "--to", "pi", "--write")

    assert (result.code, result.out) == (3, "")
    assert path.read_bytes() == content
    assert backups(path) == []


def test_another_name_makes_another_entry(litectl: Litectl, models: None, isolated: Path) -> None:
    """So that several proxies stand side by side."""
    path = isolated / PI_FILE
    path.parent.mkdir(parents=True)
    path.write_text('{"providers": {"litellm": {"baseUrl": "https://another.example.com/v1"}}}')

    assert litectl("models", "export", "--to", "pi", "--write", "--provider", "work").code == 0
    document = json.loads(path.read_text())
    assert list(document["providers"]) == ["litellm", "work"]
    assert document["providers"]["work"]["name"] == "LiteLLM (work)"


def test_an_empty_file_is_filled(litectl: Litectl, models: None, tmp_path: Path) -> None:
    """As one that was just touched."""
    (tmp_path / "models.json").touch()

    assert litectl("models", "export", "--to", "pi", "--file", str(tmp_path / "models.json")).code == 0
    assert json.loads((tmp_path / "models.json").read_text())["providers"]


def test_other_lines_of_a_shell_file_stay(litectl: Litectl, models: None, tmp_path: Path) -> None:
    """Ours are a block of their own, for each provider, and replaced where it stands."""
    path = tmp_path / "proxy.sh"
    path.write_text("# mine\nexport LITELLM_MODELS='of\nmine'\nOTHER=1")
    export = ("models", "export", "--to", "env", "--file", str(path))

    litectl(*export)
    path.write_text(path.read_text() + "LAST=1\n")
    litectl(*export, "--search", "claude")
    litectl(*export, "--provider", "work")

    text = path.read_text()
    assert text.startswith(
        "# mine\nexport LITELLM_MODELS='of\nmine'\nOTHER=1\n# >>> litectl models export: litellm >>>\n"
    )
    assert text.count("export LITELLM_MODELS=claude-haiku-4-5\n") == 1
    assert text.count("bricks") == 1  # in the block of the other provider
    assert text.index("# <<< litectl models export: litellm <<<") < text.index("LAST=1")
    assert text.endswith("# <<< litectl models export: work <<<\n")


def test_a_block_without_end_is_not_touched(litectl: Litectl, models: None, tmp_path: Path) -> None:
    """Nobody knows what belongs to it."""
    path = tmp_path / "proxy.sh"
    path.write_text("# >>> litectl models export: litellm >>>\nOTHER=1\n")

    assert litectl("models", "export", "--to", "env", "--file", str(path)).code == 3
    assert path.read_text() == "# >>> litectl models export: litellm >>>\nOTHER=1\n"


EVIL = [
    "x\ntouch $HOME/PWNED\n#",
    "y\u2028touch $HOME/PWNED #'",
    "$(touch $HOME/PWNED)",
    "`touch $HOME/PWNED`",
    "'; touch $HOME/PWNED; '",
]


def test_no_name_can_run_anything(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A name with a line in it is left out, and every other one is quoted, however often it is exported."""
    fake.on_models(*map(model_info, EVIL))
    path = tmp_path / "proxy.sh"
    export = ("models", "export", "--to", "env", "--file", str(path))
    litectl(*export)
    result = litectl(*export)
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}

    subprocess.run(["sh", "-c", f". {path}"], env=environment, check=True, capture_output=True)

    assert not (tmp_path / "PWNED").exists()
    assert "its file cannot hold the name: x touch $HOME/PWNED #, y touch" in result.err


def test_opencode_gets_no_name_that_it_would_fill_in(litectl: Litectl, fake: FakeProxy) -> None:
    """It puts variables and files in wherever they are named, so a name could read a secret."""
    fake.on_models(*map(model_info, ["m-{env:SECRET}", "f-{file:/etc/passwd}", "{plain}"]))

    result = litectl("models", "export", "--to", "opencode")

    assert list(result.json["provider"]["litellm"]["models"]) == ["{plain}"]
    assert "{env:SECRET}" in result.err


@pytest.mark.parametrize("provider", ["a b", "a/b", "{env:X}", "a\nb", "-x"])
def test_a_provider_is_a_plain_name(litectl: Litectl, models: None, provider: str) -> None:
    """It becomes a key and a comment of files that other tools read."""
    assert litectl("models", "export", "--to", "pi", "--provider", provider).code == 2


def test_what_is_no_regular_file_is_not_replaced(litectl: Litectl, models: None, tmp_path: Path) -> None:
    """A device, a pipe or a directory stays what it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path in (pipe, Path("/dev/null"), tmp_path):
        result = litectl("models", "export", "--to", "env", "--file", str(path))
        assert (result.code, "not a regular file" in result.err) == (2, True)
    assert pipe.is_fifo()
    assert Path("/dev/null").is_char_device()


def test_what_the_user_added_to_a_model_stays(litectl: Litectl, models: None, isolated: Path) -> None:
    """Options of the provider too; a value of ours that is no longer known goes."""
    path = isolated / ".config/opencode/opencode.json"
    litectl("models", "export", "--to", "opencode", "--write")
    document = json.loads(path.read_text())
    provider = document["provider"]["litellm"]
    provider["options"]["timeout"] = 5
    provider["models"]["bricks"] |= {"options": {"x": 1}, "cost": {"input": 1, "output": 2}}
    path.write_text(json.dumps(document))

    litectl("models", "export", "--to", "opencode", "--write")

    provider = json.loads(path.read_text())["provider"]["litellm"]
    assert provider["options"]["timeout"] == 5
    assert provider["models"]["bricks"]["options"] == {"x": 1}
    assert "cost" not in provider["models"]["bricks"]


def test_many_exports_at_once_lose_nothing(program: Program, fake: FakeProxy, isolated: Path) -> None:
    """Each of them reads what the one before it wrote."""
    fake.on_models(GPT)
    program("models", "refresh")

    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                program.started("models", "export", "--to", "pi", "--write", "--provider", f"p{number}")
            )
            for number in range(8)
        ]
        assert [process.wait(timeout=60) for process in processes] == [0] * 8

    assert set(json.loads((isolated / PI_FILE).read_text())["providers"]) == {
        f"p{number}" for number in range(8)
    }
    assert len(backups(isolated / PI_FILE)) == 7


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--to", "emacs"], "pi, opencode, env, json"),
        (["--to", "json", "--write"], "--file"),
        (["--to", "env", "--write"], "--file"),
        (["--to", "pi", "--file", ""], "--file"),
        (["--to", "pi", "--file", "-"], "stdout"),
        (["--to", "pi", "--file", "."], "not a regular file"),
        (["--to", "pi", "--provider", ""], "--provider"),
        ([], "--to"),
    ],
)
def test_a_wrong_option_is_exit_2(litectl: Litectl, models: None, arguments: list[str], word: str) -> None:
    """With what would be right."""
    result = litectl("models", "export", *arguments)

    assert (result.code, word in result.err) == (2, True)


def test_models_are_selected(exported: Exported) -> None:
    """As `models list` selects them."""
    assert [model["name"] for model in exported("json", "--search", "claude")["models"]] == [
        "claude-haiku-4-5"
    ]
    assert [model["name"] for model in exported("json", "--mode", "embedding")["models"]] == [
        "text-embedding-3-small"
    ]


def test_an_export_works_from_the_cache(litectl: Litectl, models: None) -> None:
    """Offline, with all that the deployments tell."""
    online = litectl("models", "export", "--to", "pi")

    assert litectl("models", "export", "--to", "pi", "--offline") == online


def test_a_shell_file_names_the_variables_of_headers(fake: FakeProxy, models: None) -> None:
    """As LITELLM_HEADERS takes them; the shell does not fill them in."""
    store_profiles(Profile("dev", fake.root, headers={"x-team": "${TEAM}"}), default="dev")
    litectl = Litectl({"TEAM": "core", "LITELLM_API_KEY": KEY})

    lines = litectl("models", "export", "--to", "env").out.splitlines()

    assert """export LITELLM_HEADERS='{"x-team": "$TEAM"}'""" in lines


def test_a_directory_is_not_made_for_a_typo(litectl: Litectl, models: None, tmp_path: Path) -> None:
    """Only a tool's own place is made."""
    result = litectl("models", "export", "--to", "json", "--file", str(tmp_path / "no" / "file.json"))

    assert (result.code, list(tmp_path.iterdir())) == (2, [])


def test_nothing_is_not_exported(litectl: Litectl, models: None, isolated: Path) -> None:
    """A search without a result does not empty a tool's list."""
    litectl("models", "export", "--to", "pi", "--write")
    before = (isolated / PI_FILE).read_bytes()

    assert litectl("models", "export", "--to", "pi", "--write", "--search", "zzzz").code == 2
    assert (isolated / PI_FILE).read_bytes() == before


@pytest.mark.parametrize("option", ["--json", "--format=tsv"])
def test_the_format_is_the_tool_s(litectl: Litectl, models: None, option: str) -> None:
    """What would be ignored is refused."""
    result = litectl("models", "export", "--to", "pi", option)

    assert (result.code, "--to json" in result.err) == (2, True)
