"""`litectl completion`: the script of a shell, printed or installed."""

import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from litectl.completion.shells import SHELLS
from program import Litectl, Program
from shells import COMPLETIONS

PLACES = {
    "bash": ".local/share/bash-completion/completions/litectl",
    "zsh": ".zfunc/_litectl",
    "fish": ".config/fish/completions/litectl.fish",
    "powershell": ".config/powershell/litectl.ps1",
}


def script(shell: str) -> bytes:
    """Return the script for *shell* as it is in the repository."""
    return (COMPLETIONS / SHELLS[shell].script).read_bytes()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_byte_by_byte(litectl: Litectl, shell: str) -> None:
    """Nothing else is said, so that it can be read by the shell or put into a file."""
    done = litectl("completion", shell)
    assert (done.code, done.out.encode(), done.err) == (0, script(shell), "")


@pytest.mark.parametrize(
    ("path", "shell"),
    [("/bin/bash", "bash"), ("/usr/local/bin/zsh", "zsh"), ("fish", "fish"), ("/opt/pwsh", "powershell")],
)
def test_without_a_name_it_is_the_shell_of_the_user(litectl: Litectl, path: str, shell: str) -> None:
    """As SHELL names it."""
    assert litectl("completion", variables={"SHELL": path}).out.encode() == script(shell)


@pytest.mark.parametrize(
    ("words", "path", "said"),
    [
        (["tcsh"], "/bin/bash", "unknown shell: tcsh"),
        ([""], "/bin/bash", "unknown shell: "),
        (["BASH\x1b[2J"], "/bin/bash", "unknown shell: "),
        ([], "", "which shell? SHELL is not set"),
        ([], "/bin/dash", "which shell? there is no completion for `/bin/dash`"),
        (["--install"], "/", "which shell? there is no completion for `/`"),
    ],
)
def test_another_shell_is_an_error_that_names_the_choices(
    litectl: Litectl, words: list[str], path: str, said: str
) -> None:
    """It ends with exit code 2 and prints nothing."""
    done = litectl("completion", *words, variables={"SHELL": path})
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {said}")
    assert "one of bash, zsh, fish, powershell" in done.err
    assert "\x1b" not in done.err


def test_a_person_is_told_how_to_install_it(litectl: Litectl) -> None:
    """A script on a terminal is seldom what was wanted."""
    done = litectl("completion", "zsh", terminal=True)
    assert done.out.replace("\r\n", "\n").encode() == script("zsh")
    assert "`litectl completion zsh --install`" in done.err


def test_a_script_has_no_format(litectl: Litectl) -> None:
    """It is what the shell reads, so a format is an error."""
    done = litectl("completion", "zsh", "--json")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_installed_where_the_shell_looks(litectl: Litectl, isolated: Path, shell: str) -> None:
    """The script is a file of the user; no start-up file is touched, and what it needs is said."""
    done = litectl("completion", shell, "--install")
    target = isolated / PLACES[shell]
    assert (done.code, done.out) == (0, "")
    assert target.read_bytes() == script(shell)
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert [path for path in isolated.rglob("*") if path.is_file()] == [target]
    assert f"installed {target}\n" in done.err
    if shell in ("zsh", "powershell"):
        assert "now add this line to" in done.err


def test_it_can_be_installed_again(litectl: Litectl, isolated: Path) -> None:
    """What is there already is left alone, and that is no error."""
    litectl("completion", "fish", "--install")
    target = isolated / PLACES["fish"]
    before = target.stat()
    done = litectl("completion", "fish", "--install", "--json")
    assert done.json == {
        "schema_version": 1,
        "shell": "fish",
        "path": str(target),
        "written": False,
        "startup": None,
        "line": None,
    }
    assert target.stat().st_ino == before.st_ino


def test_a_line_that_is_there_is_not_asked_for(litectl: Litectl, isolated: Path) -> None:
    """A start-up file that has it needs no other."""
    first = litectl("completion", "zsh", "--install", "--json").json
    Path(first["startup"]).write_text(f"{first['line']}\n")
    assert litectl("completion", "zsh", "--install", "--json").json["line"] is None


def test_the_directories_of_the_standard_count(litectl: Litectl, tmp_path: Path, isolated: Path) -> None:
    """Those of the configuration and the data where they are named, and a relative one never."""
    variables = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": "relative"}
    variables["ZDOTDIR"] = str(tmp_path / "a zsh")
    fish, bash, zsh = (
        litectl("completion", shell, "--install", "--json", variables=variables).json
        for shell in ("fish", "bash", "zsh")
    )
    assert fish["path"] == str(tmp_path / "config/fish/completions/litectl.fish")
    assert bash["path"] == str(isolated / PLACES["bash"])
    assert zsh["startup"] == str(tmp_path / "a zsh/.zshrc")


def test_an_old_script_of_litectl_is_replaced(litectl: Litectl, isolated: Path) -> None:
    """It is what an update is for."""
    target = isolated / PLACES["zsh"]
    target.parent.mkdir()
    target.write_text(
        "#compdef litectl\n# Completion of litectl for zsh. Written by `make generated`.\nold\n"
    )
    assert litectl("completion", "zsh", "--install").code == 0
    assert target.read_bytes() == script("zsh")


def test_a_file_of_somebody_else_is_replaced_only_when_that_is_said(litectl: Litectl, isolated: Path) -> None:
    """In a job it is an error that names `--yes`; a person is asked."""
    target = isolated / PLACES["fish"]
    target.parent.mkdir(parents=True)
    target.write_text("complete -c litectl -a mine\n")

    refused = litectl("completion", "fish", "--install")
    assert (refused.code, "say `--yes`" in refused.err) == (2, True)
    asked = litectl("completion", "fish", "--install", terminal=True, stdin=b"n\n")
    assert (asked.code, "nothing was installed" in asked.err) == (0, True)
    assert target.read_text() == "complete -c litectl -a mine\n"

    assert litectl("completion", "fish", "--install", "--yes").code == 0
    assert target.read_bytes() == script("fish")


def test_a_place_that_cannot_be_written_is_an_error_with_a_way_out(litectl: Litectl, isolated: Path) -> None:
    """As where a file stands in the way of a directory, or a directory in that of the file."""
    (isolated / ".zfunc").touch()
    done = litectl("completion", "zsh", "--install")
    assert (done.code, done.out) == (3, "")
    assert "`litectl completion zsh`" in done.err
    (isolated / PLACES["fish"]).mkdir(parents=True)
    assert litectl("completion", "fish", "--install").code == 3


def test_without_a_home_nothing_is_installed(litectl: Litectl, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script can still be printed."""
    monkeypatch.setattr(Path, "home", no_home)
    done = litectl("completion", "zsh", "--install")
    assert (done.code, "set HOME" in done.err) == (3, True)
    assert litectl("completion", "zsh").code == 0


def test_the_current_directory_is_no_home(
    litectl: Litectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where HOME is relative the home is the one that the system knows."""
    home, current = tmp_path / "home", tmp_path / "current"
    current.mkdir()
    monkeypatch.chdir(current)
    monkeypatch.setenv("HOME", "relative")
    monkeypatch.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_dir=str(home)))

    assert litectl("completion", "fish", "--install").code == 0
    assert (home / ".config/fish/completions/litectl.fish").is_file()
    assert list(current.iterdir()) == []


def test_a_script_that_is_missing_is_an_error(litectl: Litectl, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that somebody took apart says what to do."""
    broken = {name: shell._replace(script="none") for name, shell in SHELLS.items()}
    monkeypatch.setattr("litectl.completion.shells.SHELLS", broken)
    done = litectl("completion", "zsh")
    assert (done.code, "install litectl again" in done.err) == (3, True)


def test_the_script_can_be_piped_from_a_process(program: Program) -> None:
    """As a start-up file reads it."""
    assert program("completion", "bash").out.encode() == script("bash")


def no_home() -> Path:
    """Stand for a system that does not know the user."""
    raise RuntimeError
