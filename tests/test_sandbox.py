"""`litectl sandbox` without the real proxy: what it says before anything is installed."""

import json
import socket
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from litectl.sandbox import tools
from litectl.sandbox.installation import REQUIREMENT, Installation
from litectl.sandbox.models import EMBEDDER, configuration
from litectl.sandbox.own_configuration import variables_for
from litectl.sandbox.sandbox import Sandbox
from litectl.storage.paths import Paths
from program import Litectl


def test_run_without_an_installation_names_the_line_to_type(litectl: Litectl) -> None:
    """Nothing installed is exit 3 and the command that installs it."""
    result = litectl("sandbox", "run", "--", "true")

    assert result.code == 3
    assert "`litectl sandbox install`" in result.err


def test_an_interrupted_installation_does_not_count(tmp_path: Path) -> None:
    """Only the mark that is written last makes an installation whole."""
    python = tmp_path / "environment/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    installation = Installation(tmp_path)

    assert not installation.is_installed
    (tmp_path / "installed.json").write_text('{"requirement": "litellm[proxy]==0.1"}')
    assert not installation.is_installed
    (tmp_path / "installed.json").write_text(f'{{"requirement": "{REQUIREMENT}"}}')
    assert installation.is_installed


def test_a_failing_installer_is_said_with_the_end_of_its_output(litectl: Litectl, tmp_path: Path) -> None:
    """When the installer fails the exit is 12, its last lines are shown, and nothing counts as installed."""
    fake_uv = tmp_path / "uv"
    fake_uv.write_text("#!/bin/sh\necho no index here >&2\nexit 1\n")
    fake_uv.chmod(0o755)

    result = litectl("sandbox", "install", variables={"PATH": str(tmp_path)})

    assert result.code == 12
    assert "no index here" in result.err


@pytest.fixture
def installed(isolated: Path) -> Path:
    """Give the directory of a sandbox with a stand-in for its interpreter, which checks what it gets."""
    directory = Paths().sandbox
    python = directory / "environment/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\ngrep -q mapping || { echo 'no mapping (line 1)' >&2; exit 1; }\n")
    python.chmod(0o755)
    (directory / "installed.json").write_text(f'{{"requirement": "{REQUIREMENT}"}}')
    return directory


def test_a_port_that_is_taken_is_exit_2(litectl: Litectl, installed: Path) -> None:
    """It is said before anything is started."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = litectl("sandbox", "start", "--port", str(port))

    assert (result.code, result.out) == (2, "")
    assert f"error: cannot listen on port {port}: Address already in use\n" in result.err
    assert not (installed / "proxy.log").exists()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["litectl", "models", "list", "--json"], ["litectl", "models", "list", "--json"]),
        (["--", "litectl", "-q", "--config"], ["litectl", "-q", "--config"]),
        (["-q", "sh", "-c", "exit 7", "--", "-x"], ["sh", "-c", "exit 7", "--", "-x"]),
        (["--quiet", "--", "--odd-name"], ["--odd-name"]),
    ],
)
def test_what_follows_the_command_is_its_own(
    litectl: Litectl, monkeypatch: pytest.MonkeyPatch, words: list[str], command: list[str]
) -> None:
    """With `--` or without, no option of the command is taken for one of `sandbox run`."""
    ran: list[list[str]] = []

    def run_command(found: list[str], *_: object) -> int:
        ran.append(list(found))
        return 7

    monkeypatch.setattr(Sandbox, "running", lambda *_: nullcontext())
    monkeypatch.setattr("litectl.sandbox.command.run_command", run_command)

    assert litectl("sandbox", "run", *words).code == 7
    assert ran == [command]


@pytest.mark.usefixtures("installed")
def test_an_option_before_the_command_has_to_be_one(litectl: Litectl) -> None:
    """A mistyped one is not run as a command."""
    result = litectl("sandbox", "run", "--confi", "own.yaml", "--", "true")

    assert result.code == 2
    assert "No such option: --confi" in result.err


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_port_that_is_none_is_exit_2(litectl: Litectl, port: str) -> None:
    """Ports go from 1 to 65535."""
    assert litectl("sandbox", "start", "--port", port).code == 2


@pytest.mark.parametrize("verb", [("start",), ("run", "--", "true")])
@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, 2, "error: cannot read `own.yaml`: No such file or directory\n"),
        ("directory", 2, "error: `own.yaml` is not a plain file\n"),
        (b"- 1\n", 3, "error: `own.yaml` is not a configuration of LiteLLM's: no mapping (line 1)\n"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_told_first(
    litectl: Litectl,
    installed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    verb: tuple[str, ...],
    content: bytes | str | None,
    code: int,
    said: str,
) -> None:
    """A file that is missing is a wrong option, one that is broken a wrong configuration."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own.yaml"
    if content == "directory":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)

    name, *more = verb
    result = litectl("sandbox", name, "--config", "own.yaml", *more)

    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert not (installed / "proxy.log").exists()


@pytest.mark.usefixtures("installed")
def test_a_path_that_is_none_is_exit_2(litectl: Litectl) -> None:
    """Whatever is typed as a path, the answer is an error of ours."""
    assert litectl("sandbox", "start", "--config", "a\0b").code == 2
    assert litectl("sandbox", "start", "--config", "").code == 2


def test_a_proxy_of_ones_own_gets_what_its_configuration_names(installed: Path, tmp_path: Path) -> None:
    """All variables but ours, and none that would make it another server than is asked for."""
    config = tmp_path / "own.yaml"
    config.write_text(
        "# mapping\nmodel_list: []\ngeneral_settings: {database_url: os.environ/DATABASE_URL}\n"
    )
    variables = {
        "OPENAI_API_KEY": "sk-provider",
        "HOME": "/home/user",
        "HTTPS_PROXY": "http://proxy:3128",
        "LITECTL_API_KEY": "sk-ours",
        "CONFIG_FILE_PATH": "/another/config.yaml",
        "SSL_KEYFILE_PATH": "/a/key",
        "DATABASE_URL": "postgresql://named",
        "DIRECT_URL": "postgresql://not-named",
    }

    assert variables_for(config, variables, installed / "environment/bin/python") == {
        "OPENAI_API_KEY": "sk-provider",
        "HOME": "/home/user",
        "HTTPS_PROXY": "http://proxy:3128",
        "NO_PROXY": "",
        "DATABASE_URL": "postgresql://named",
    }


def test_a_proxy_that_stops_at_its_start_is_told_with_its_last_words(
    litectl: Litectl, installed: Path, tmp_path: Path
) -> None:
    """The end of its log is in the error, without its colours, and stdout stays empty."""
    (installed / "environment/bin/python").write_text(
        "#!/bin/sh\nprintf '\\033[1;31mcannot go on\\033[0m\\n'\nexit 3\n"
    )

    result = litectl("sandbox", "start")

    assert (result.code, result.out) == (12, "")
    assert "error: the sandbox stopped at its start\ncannot go on\n" in result.err
    assert f"hint: see `{installed / 'proxy.log'}`\n" in result.err


def test_start_prints_lines_for_a_shell_or_an_object(litectl: Litectl) -> None:
    """No other format makes sense."""
    result = litectl("sandbox", "start", "--format", "tsv")

    assert (result.code, result.out) == (2, "")
    assert "`sandbox start` prints lines for a shell" in result.err


def test_start_without_an_installation_names_the_line_to_type(litectl: Litectl) -> None:
    """Nothing installed is exit 3 and the command that installs it."""
    result = litectl("sandbox", "start")

    assert (result.code, result.out) == (3, "")
    assert "`litectl sandbox install`" in result.err


def test_the_mock_models_can_be_read_by_the_proxy() -> None:
    """The configuration is plain JSON, and what embeds is a module of Python."""
    document = json.loads(json.dumps(configuration(("python", "-I", "tools.py"))))

    assert [model["model_name"] for model in document["model_list"]][-1] == "mock-embedding"
    server = document["mcp_servers"]["sandbox"]
    assert (server["command"], server["args"]) == ("python", ["-I", "tools.py"])
    compile(EMBEDDER, "embedder", "exec")


@pytest.mark.parametrize(("config", "stdio"), [((), "true"), (("--config", "own.yaml"), "unset")])
def test_servers_over_stdio_are_for_the_mock_models(
    litectl: Litectl,
    installed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    config: tuple[str, ...],
    stdio: str,
) -> None:
    """A configuration of one's own gets the variables of the caller, and none of ours."""
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").touch()
    (installed / "environment/bin/python").write_text(
        '#!/bin/sh\n[ "$1" = -I ] && exit\necho "stdio: ${LITELLM_ENABLE_MCP_STDIO-unset}"\nexit 3\n'
    )

    assert f"\nstdio: {stdio}\n" in litectl("sandbox", "start", *config).err


def answers(*requests: tuple[str, dict[str, object]]) -> list[Any]:
    """Return what the tools of the sandbox answer to *requests*, run as the proxy runs them."""
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
        for number, (method, parameters) in enumerate(requests)
    ]
    notice = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})
    done = subprocess.run(
        [sys.executable, "-I", tools.__file__],
        input="\n".join([notice, *lines]),
        capture_output=True,
        text=True,
        check=True,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in said] == list(range(len(requests)))
    return said


@pytest.mark.parametrize(
    ("tool", "arguments", "text", "is_error"),
    [
        ("add", {"a": 2, "b": 3}, "5", False),
        ("add", {"a": 0.5, "b": 1}, "1.5", False),
        ("add", {"a": 2}, "these are no arguments of add", True),
        ("add", {"a": 2, "b": None}, "these are no arguments of add", True),
        ("add", [2, 3], "these are no arguments of add", True),
        ("echo", {"text": "hi there"}, "hi there", False),
        ("echo", {}, "these are no arguments of echo", True),
        ("fail", {}, "this tool always fails", True),
        ("other", {}, "there is no tool other", True),
    ],
)
def test_a_tool_of_the_sandbox_answers_or_fails(
    tool: str, arguments: object, text: str, is_error: bool
) -> None:
    """Whatever it is given, the result is text that says so."""
    (answer,) = answers(("tools/call", {"name": tool, "arguments": arguments}))

    assert answer["result"] == {"content": [{"type": "text", "text": text}], "isError": is_error}


def test_the_tools_of_the_sandbox_are_listed() -> None:
    """The server speaks the version that it is asked for, and refuses a method that it does not know."""
    began, listed, unknown = answers(
        ("initialize", {"protocolVersion": "2025-06-18"}), ("tools/list", {}), ("resources/list", {})
    )

    assert began["result"]["protocolVersion"] == "2025-06-18"
    assert [tool["name"] for tool in listed["result"]["tools"]] == ["add", "echo", "fail"]
    assert unknown["error"]["code"] == -32601
