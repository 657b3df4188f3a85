"""Findings of files: places, permissions, damage, and that nothing is mended or made."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from litectl.completion.places import homes_of
from litectl.completion.scripts import script_of
from litectl.completion.shells import SHELLS
from litectl.doctor.completion import examine_completion
from litectl.doctor.files import NAMES, examine_files
from litectl.doctor.finding import FAILURE, OK, WARNING, Finding
from litectl.environment import Environment
from litectl.errors import ConfigError, ExitCode
from litectl.profiles.profile import Profiles, ProfileStore
from litectl.storage.paths import NoHomeError, Paths
from program import Litectl


def no_profiles() -> Profiles:
    """Give none."""
    return Profiles()


def found(load_from: Path | None = None) -> dict[str, Finding]:
    """Return the findings by name; the profiles are read from the file *load_from*."""
    load = ProfileStore(load_from, None).load if load_from else no_profiles
    return {finding.name: finding for finding in examine_files(Paths(), load)}


def content(home: Path) -> dict[str, tuple[int, float]]:
    """Return mode and time of everything below *home*."""
    return {str(path): (path.stat().st_mode, path.stat().st_mtime) for path in home.rglob("*")}


@pytest.fixture
def stored(isolated: Path) -> Path:
    """Give the file of profiles of a user who logged in."""
    path = isolated / ".config/litectl/profiles.json"
    path.parent.mkdir(mode=0o700, parents=True)
    path.write_text('{"version": 1, "default": null, "profiles": {}}')
    path.chmod(0o600)
    return path


def test_a_new_user_has_no_files_and_gets_none(isolated: Path) -> None:
    """That nothing is there is ok, and it stays so."""
    findings = found()

    assert [finding.status for finding in findings.values()] == [OK] * len(NAMES)
    assert tuple(findings) == NAMES
    assert list(isolated.iterdir()) == []


@pytest.mark.parametrize("full", [{"f_bfree": 0, "f_bavail": 0}, {"f_ffree": 0, "f_favail": 0}])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_full_disk_is_a_warning(
    isolated: Path, monkeypatch: pytest.MonkeyPatch, full: dict[str, int], is_new: bool
) -> None:
    """Without room, or without room for more files; where there is no limit nothing is full."""
    if not is_new:
        (isolated / ".cache/litectl").mkdir(mode=0o700, parents=True)
    roomy = {"f_bfree": 9999, "f_bavail": 9999, "f_ffree": 9, "f_favail": 9, "f_frsize": 4096}

    def disk(totals: int) -> Callable[[object], object]:
        return lambda _: SimpleNamespace(**{**roomy, "f_blocks": totals, "f_files": totals, **full})

    monkeypatch.setattr(os, "statvfs", disk(99999))
    finding = found()["cache_directory"]
    assert (finding.status, "disk is full" in finding.detail) == (WARNING, True)
    assert "every command fetches its list anew" in finding.detail
    assert "df -h" in str(finding.remedy)

    monkeypatch.setattr(os, "statvfs", disk(0))
    assert found()["cache_directory"].status == OK


def test_private_files_are_ok(isolated: Path, stored: Path) -> None:
    """Where they are is said."""
    findings = found(stored)

    assert {finding.status for finding in findings.values()} == {OK}
    assert str(stored) in findings["profiles_file"].detail


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o666])
def test_profiles_that_others_can_read_are_a_failure_and_stay_as_they_are(
    isolated: Path, stored: Path, mode: int
) -> None:
    """The remedy closes them; looking does not."""
    stored.chmod(mode)
    stored.parent.chmod(0o755)
    before = content(isolated)

    findings = found(stored)

    assert content(isolated) == before
    assert findings["config_directory"].status == FAILURE
    assert findings["config_directory"].exit_code == ExitCode.CONFIG
    assert f"chmod 600 {stored}" in str(findings["config_directory"].remedy)
    assert findings["profiles_file"].status == OK


def test_a_directory_that_others_can_look_into_is_a_warning(stored: Path) -> None:
    """They see no more than names."""
    stored.parent.chmod(0o755)

    finding = found(stored)["config_directory"]

    assert finding.status == WARNING
    assert f"chmod 700 {stored.parent}" in str(finding.remedy)


def test_tokens_that_others_can_read_are_a_failure(isolated: Path) -> None:
    """So is the secret of the cache."""
    tokens = isolated / ".local/state/litectl/tokens"
    tokens.mkdir(parents=True, mode=0o700)
    tokens.parent.chmod(0o700)
    (tokens / "0123.json").write_text("{}")
    (tokens / "0123.json").chmod(0o604)

    finding = found()["state_directory"]

    assert (finding.status, finding.exit_code) == (FAILURE, ExitCode.CONFIG)
    assert "0123.json" in str(finding.remedy)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2}', '{"version": 1}', '{"version": 1, "profiles": {"a": 1}}', "\x00\xff"],
)
def test_a_damaged_file_of_profiles_is_a_failure(stored: Path, text: str) -> None:
    """It says how to move it away."""
    stored.write_text(text)

    finding = found(stored)["profiles_file"]

    assert (finding.status, finding.exit_code) == (FAILURE, ExitCode.CONFIG)
    assert finding.remedy


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_profiles_that_are_no_file_are_a_failure(stored: Path, make: Callable[[Path], None]) -> None:
    """Nothing is read, which would have no end."""
    stored.unlink()
    make(stored)

    finding = found(stored)["profiles_file"]

    assert (finding.status, finding.exit_code) == (FAILURE, ExitCode.CONFIG)
    assert "it is not a regular file" in finding.detail
    assert finding.remedy


def test_a_directory_that_is_a_file_is_a_failure(isolated: Path) -> None:
    """Nothing could be put into it."""
    (isolated / ".cache").mkdir()
    (isolated / ".cache/litectl").write_text("")

    finding = found()["cache_directory"]

    assert (finding.status, finding.exit_code) == (FAILURE, ExitCode.CONFIG)
    assert "is not a directory" in finding.detail


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_failure(stored: Path) -> None:
    """With how to make it one's own."""
    stored.parent.chmod(0)

    findings = found(stored)
    stored.parent.chmod(0o700)

    assert findings["config_directory"].status == FAILURE
    assert "chown" in str(findings["config_directory"].remedy)


def test_without_a_home_everything_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that need no files work all the same."""

    def nowhere(_: str) -> Path:
        raise NoHomeError("there is no home directory to keep files in")

    monkeypatch.setattr(Paths, "_directory", staticmethod(nowhere))

    findings = found()

    assert {finding.status for finding in findings.values()} == {WARNING}
    assert all("HOME" in str(finding.remedy) for finding in findings.values())


def test_the_loader_is_asked_only_when_there_is_a_file(isolated: Path) -> None:
    """Nobody is told that a missing file is damaged."""

    def load() -> Profiles:
        raise ConfigError("damaged")

    assert {finding.status for finding in examine_files(Paths(), load)} == {OK}


# Completion


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """Give a system with an empty home, where bash has the package bash-completion."""
    loader = tmp_path / "root/usr/share/bash-completion/bash_completion"
    loader.parent.mkdir(parents=True)
    loader.touch()
    (tmp_path / "home").mkdir()
    return tmp_path


def completion(system: Path, shell: str | None) -> Finding:
    """Return the finding for *shell*."""
    homes = homes_of(system / "home", Environment({}))
    return examine_completion(shell, homes, system=system / "root")


@pytest.mark.parametrize("name", SHELLS)
def test_a_missing_completion_is_a_warning_that_says_how_to_install_it(
    system: Path, litectl: Litectl, name: str
) -> None:
    """What the remedies say makes it ok, and again when a new litectl brings another one."""
    finding = completion(system, f"/usr/bin/{name}")
    assert finding.status == WARNING
    assert f"`litectl completion {name} --install`" in str(finding.remedy)

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOME", str(system / "home"))
        target = Path(litectl("completion", name, "--install", "--json").json["path"])
    if name in ("zsh", "powershell"):
        unread = completion(system, name)
        said, _, line = str(unread.remedy).partition(": ")
        assert (unread.status, said[:18]) == (WARNING, "add this line to /")
        startup = Path(said.removeprefix("add this line to "))
        startup.parent.mkdir(parents=True, exist_ok=True)
        startup.write_text(f"{line}\n")
    assert completion(system, name) == Finding("completion", OK, str(target))

    target.write_text("# Completion of litectl for all of them\n")
    stale = completion(system, name)
    assert (stale.status, "another version" in stale.detail) == (WARNING, True)
    assert stale.remedy == f"`litectl completion {name} --install`"


@pytest.mark.parametrize("name", [name for name, shell in SHELLS.items() if shell.of_system])
def test_a_completion_of_the_system_counts(system: Path, name: str) -> None:
    """Wherever the shell looks; an old one is told, with a remedy that writes it there."""
    place = system / "root" / SHELLS[name].of_system[0].lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(script_of(SHELLS[name]))
    assert completion(system, name).status == OK

    place.write_text("# Completion of litectl for old\n")
    assert completion(system, name).remedy == f"`litectl completion {name} > {place}`"


def test_bash_without_its_package_needs_a_line(system: Path) -> None:
    """The package bash-completion is what looks into the home; without it a line loads the script."""
    place = system / "home/.local/share/bash-completion/completions/litectl"
    place.parent.mkdir(parents=True)
    place.write_bytes(script_of(SHELLS["bash"]))
    assert completion(system, "bash").status == OK

    (system / "root/usr/share/bash-completion/bash_completion").unlink()
    finding = completion(system, "bash")
    assert finding.status == WARNING
    assert finding.remedy == f"add this line to {system / 'home/.bashrc'}: . {place}"

    (system / "home/.bashrc").write_text(f". {place}\n")
    assert completion(system, "bash").status == OK


@pytest.mark.parametrize(
    ("shell", "startup", "line"),
    [
        ("bash", ".bashrc", ". ~/src/litectl/completions/litectl.bash"),
        ("bash", ".bashrc", "source <(litectl completion bash)"),
        ("zsh", ".zshrc", "source ~/src/_litectl"),
        ("pwsh", ".config/powershell/profile.ps1", "litectl completion powershell | Out-String | iex"),
    ],
)
def test_a_line_in_a_startup_file_counts(system: Path, shell: str, startup: str, line: str) -> None:
    """Whatever loads the script."""
    path = system / "home" / startup
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{line}\n")

    assert completion(system, f"/bin/{shell}") == Finding("completion", OK, f"loaded by {path}")


@pytest.mark.parametrize("shell", [None, "", "/bin/dash", "nu", "/"])
def test_another_shell_has_none(system: Path, shell: str | None) -> None:
    """That is nothing to warn of."""
    assert completion(system, shell).status == OK


def test_without_a_home_there_is_no_completion_in_it() -> None:
    """Only that of the system is looked for."""
    assert examine_completion("/bin/fish", None, system=Path("/nowhere")).status == WARNING
