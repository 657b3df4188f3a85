"""What a start loads: the modules that common commands must not pay for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fake_proxy import FakeProxy, chat_answer, model_info
from litectl.topics.contents import TOPICS
from login_shapes import PKCE, SingleSignOn, store_login
from program import Litectl

# Never on a common path, whatever else changes.
HEAVY = {"asyncio", "jsonschema", "pydantic", "click", "importlib.metadata", "keyring", "certifi", "filelock"}
NETWORK = {"httpx", "httpcore", "ssl", "http.client", "truststore"}
DRAWING = {"rich", "pygments"}
PLACES = {"platformdirs", "tempfile", "random"} if sys.platform == "linux" else set()
# Two modules under `-m litectl` are this test's own way in.
PROBE = """
import sys
sys.argv = ["litectl", *{arguments!r}]
import os
leave = os._exit
def report(code):
    with open({report!r}, "w") as file:
        file.write("\\n".join([str(code), *sys.modules]))
    leave(code)
os._exit = report
from litectl.main import main
main()
"""


def loaded_by(tmp_path: Path, variables: dict[str, str], *arguments: str) -> tuple[int, set[str]]:
    """Run `litectl` with *arguments* in a process; return its exit code and the modules it loaded."""
    report = tmp_path / "modules"
    probe = PROBE.format(arguments=arguments, report=str(report))
    environ = {**os.environ, **variables}
    subprocess.run(
        [sys.executable, "-P", "-c", probe], env=environ, capture_output=True, check=False, timeout=60
    )
    code, *modules = report.read_text().split("\n")
    return int(code), set(modules)


@pytest.fixture
def variables(litectl: Litectl, fake: FakeProxy) -> dict[str, str]:
    """Give the variables of a proxy whose model list is cached."""
    fake.on_models(model_info("gpt-5.2", input_cost_per_token=1.75e-06, output_cost_per_token=1.4e-05))
    fake.on_chat(chat_answer("Hello"))
    assert litectl("models", "refresh").code == 0
    return litectl.variables


@pytest.mark.parametrize("word", ["--version", "-V", "version"])
def test_version_loads_nothing_but_itself(tmp_path: Path, word: str) -> None:
    """The version loads neither Typer nor any module of ours but the entry point."""
    code, modules = loaded_by(tmp_path, {}, word)

    assert code == 0
    assert {"litectl", "litectl.main"} == {name for name in modules if name.startswith("litectl")}
    assert "typer" not in modules


@pytest.mark.parametrize("arguments", [["-q", "--version"], ["--json", "-V"]])
def test_version_may_stand_among_other_options(litectl: Litectl, arguments: list[str]) -> None:
    """`--version` is answered whatever stands beside it."""
    assert litectl(*arguments).out.startswith("litectl ")


@pytest.mark.parametrize("words", [["models"], *([name] for name in TOPICS)])
def test_the_help_of_a_topic_loads_no_network(tmp_path: Path, words: list[str]) -> None:
    """`help` loads what it shows, and of the topics none but that."""
    code, modules = loaded_by(tmp_path, {}, "help", *words)

    assert code == 0
    assert not modules & (HEAVY | NETWORK | DRAWING | {"hashlib", "platformdirs"})
    commands = {name for name in modules if name.startswith("litectl.commands.")}
    assert commands <= {f"litectl.commands.{name}" for name in ("options", "help", "models")}


def test_help_loads_no_command(tmp_path: Path) -> None:
    """The root's `--help` answers from the table."""
    code, modules = loaded_by(tmp_path, {}, "--help")

    assert code == 0
    assert not modules & (HEAVY | NETWORK | DRAWING | {"json"})
    loaded = {name for name in modules if name.startswith(("litectl.commands.", "litectl.topics."))}
    assert loaded == {"litectl.commands.options", "litectl.topics.contents"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["models", "list"],
        ["models", "list", "--json"],
        # What TAB runs to complete the name of a model, and of a profile.
        ["models", "list", "--offline", "--mode", "all", "--columns", "name"],
        ["profiles", "list", "--columns", "name"],
        ["models", "show", "gpt-5.2"],
        ["cost", "--offline", "-m", "gpt-5.2", "--input-tokens", "10", "--output-tokens", "5"],
        ["token"],
    ],
)
def test_commands_that_answer_from_disk_load_no_network(
    tmp_path: Path, variables: dict[str, str], arguments: list[str]
) -> None:
    """A cached list, a profile list and the token load neither network nor drawing, nor what tells places."""
    code, modules = loaded_by(tmp_path, variables, *arguments)

    assert code == 0
    assert not modules & (HEAVY | NETWORK | DRAWING | {"hashlib", "dataclasses"} | PLACES)


@pytest.mark.usefixtures("stored_login")
def test_a_command_that_needs_no_list_loads_none(tmp_path: Path) -> None:
    """`token` and `env` load neither what lists models and tools nor what checks the parameters of `ask`."""
    for command in ("token", "env"):
        code, modules = loaded_by(tmp_path, {}, command)

        assert code == 0
        assert not modules & {"litectl.run.lister", "litectl.run.toolbox", "litectl.exchange.typed"}


@pytest.fixture
def stored_login(isolated: Path, fake: FakeProxy) -> None:
    """Store a browser login that is far from its end."""
    store_login(isolated, SingleSignOn(fake, PKCE), ends_in=86_400)


@pytest.mark.parametrize(
    "arguments",
    [
        ["token"],
        ["env"],
        ["env", "--json"],
        ["profiles", "show"],
        ["profiles", "show", "--json"],
        ["profiles", "list"],
        ["profiles", "list", "--json"],
        ["whoami", "--offline"],
        ["whoami", "--offline", "--json"],
        ["login", "--help"],
    ],
)
@pytest.mark.usefixtures("stored_login")
def test_a_stored_login_costs_no_network(tmp_path: Path, arguments: list[str]) -> None:
    """Who a login is, and its token while it is not due, is answered from the file alone."""
    code, modules = loaded_by(tmp_path, {}, *arguments)

    assert code == 0
    assert not modules & (HEAVY | NETWORK | DRAWING | {"hashlib"})
    # What is loaded of the credentials only reads and reckons; the flows that log in stay where they are.
    flows = {"browser_login", "callback", "device", "gateway", "keychain", "oauth", "pkce", "adc", "helper"}
    assert not modules & {f"litectl.credentials.{name}" for name in flows}


@pytest.mark.usefixtures("stored_login")
def test_a_cached_list_of_a_stored_login_costs_no_network(
    tmp_path: Path, fake: FakeProxy, litectl: Litectl
) -> None:
    """A login that is not due needs nobody for `models list` from the cache."""
    litectl.variables.clear()
    fake.on_models(model_info("gpt-5.2"))
    assert litectl("models", "refresh").code == 0

    code, modules = loaded_by(tmp_path, {}, "models", "list")

    assert code == 0
    assert not modules & (HEAVY | NETWORK | DRAWING | {"hashlib", "litectl.credentials.oauth"})


def test_a_cached_list_of_a_helper_runs_nothing(tmp_path: Path, fake: FakeProxy, litectl: Litectl) -> None:
    """A key helper is not even loaded where the list is cached."""
    variables = {"LITECTL_BASE_URL": fake.root, "LITELLM_API_KEY_HELPER": "echo sk-of-a-helper-01"}
    fake.on_models(model_info("gpt-5.2"))
    litectl.variables.clear()
    assert litectl("models", "refresh", variables=variables).code == 0

    code, modules = loaded_by(tmp_path, variables, "models", "list")

    assert code == 0
    assert not modules & (HEAVY | NETWORK | DRAWING | {"litectl.credentials.helper"})


def test_a_helper_loads_no_network(tmp_path: Path, fake: FakeProxy) -> None:
    """`token` runs the helper and keeps its key without anything else."""
    variables = {"LITECTL_BASE_URL": fake.root, "LITELLM_API_KEY_HELPER": "echo sk-of-a-helper-01"}

    code, modules = loaded_by(tmp_path, variables, "token")

    assert code == 0
    assert "litectl.credentials.helper" in modules
    # One helper at a time needs a lock.
    assert not modules & ((HEAVY | NETWORK | DRAWING) - {"filelock", "asyncio"})


_LOOKED_UP = ("cache", "cachefile", "catalog", "families", "fingerprint", "rows")


def test_ask_loads_only_what_asking_needs(tmp_path: Path, variables: dict[str, str]) -> None:
    """
    A question loads httpx, but no drawing, no certificates for plain http, and no discovery.

    What is cached of its model is looked up.
    """
    code, modules = loaded_by(tmp_path, variables, "ask", "--no-stdin", "-m", "gpt-5.2", "-p", "Hi")

    assert code == 0
    assert "httpx" in modules
    assert not modules & (HEAVY - {"certifi"} | DRAWING | {"truststore"})
    looked_up = {"litectl.catalog", *(f"litectl.catalog.{name}" for name in _LOOKED_UP)}
    assert {name for name in modules if name.startswith("litectl.catalog")} <= looked_up


def test_importing_everything_does_nothing(tmp_path: Path) -> None:
    """Importing a command opens no connection, starts no process and writes no file."""
    probe = """
import sys
def audit(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event in ("socket.connect", "subprocess.Popen", "os.mkdir", "os.remove") or writes:
        print(event, arguments)
sys.dont_write_bytecode = True
import typer
sys.addaudithook(audit)
from importlib import import_module
from litectl.app import COMMANDS
for entry in COMMANDS.values():
    import_module(entry.module)
for name in ("wire.proxy", "sandbox.sandbox", "exchange.ask", "catalog.discovery", "output.table"):
    import_module("litectl." + name)
"""
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, cwd=tmp_path)

    assert done.stdout == b""
