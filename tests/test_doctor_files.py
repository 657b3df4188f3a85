"""Findings of files: places, permissions, damage, and that nothing is mended or made."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from litectl.doctor.completion import SHELLS, examine_completion
from litectl.doctor.files import NAMES, examine_files
from litectl.doctor.finding import FAILURE, OK, WARNING, Finding
from litectl.errors import ConfigError, ExitCode
from litectl.profiles.profile import Profiles, ProfileStore
from litectl.storage.paths import NoHomeError, Paths


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
    assert "it is no regular file" in finding.detail
    assert finding.remedy


def test_a_directory_that_is_a_file_is_a_failure(isolated: Path) -> None:
    """Nothing could be put into it."""
    (isolated / ".cache").mkdir()
    (isolated / ".cache/litectl").write_text("")

    finding = found()["cache_directory"]

    assert (finding.status, finding.exit_code) == (FAILURE, ExitCode.CONFIG)
    assert "is no directory" in finding.detail


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
    """Give a system where litectl is installed in a place of its own."""
    for shell in SHELLS.values():
        shipped = tmp_path / "prefix" / shell.shipped
        shipped.parent.mkdir(parents=True, exist_ok=True)
        shipped.write_text("complete litectl")
    (tmp_path / "home").mkdir()
    return tmp_path


def completion(system: Path, shell: str | None) -> Finding:
    """Return the finding for *shell*."""
    return examine_completion(shell, system / "home", prefix=system / "prefix", system=system / "root")


@pytest.mark.parametrize("name", SHELLS)
def test_a_missing_completion_is_a_warning_that_says_how_to_install_it(system: Path, name: str) -> None:
    """What the remedy says makes it ok."""
    shell = SHELLS[name]
    finding = completion(system, f"/usr/bin/{name}")

    assert finding.status == WARNING
    assert f"cp {system / 'prefix' / shell.shipped} ~/{shell.of_user[0]}" in str(finding.remedy)

    target = system / "home" / shell.of_user[0]
    target.parent.mkdir(parents=True)
    target.write_bytes((system / "prefix" / shell.shipped).read_bytes())
    assert completion(system, name) == Finding("completion", OK, str(target))

    target.write_text("complete litectl of old")
    stale = completion(system, name)
    assert (stale.status, str(target) in str(stale.remedy)) == (WARNING, True)


@pytest.mark.parametrize("name", SHELLS)
def test_a_completion_of_the_system_counts(system: Path, name: str) -> None:
    """Wherever the shell looks."""
    place = system / "root" / SHELLS[name].of_system[0].lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_text("complete litectl")

    assert completion(system, name).status == OK


def test_a_line_in_the_start_of_bash_counts(system: Path) -> None:
    """As the README shows it for systems without the package bash-completion."""
    (system / "home/.bashrc").write_text(". ~/src/litectl/completions/litectl.bash\n")

    assert completion(system, "/bin/bash").status == OK


@pytest.mark.parametrize("shell", [None, "", "/bin/dash", "pwsh", "/"])
def test_another_shell_has_none(system: Path, shell: str | None) -> None:
    """That is nothing to warn of."""
    assert completion(system, shell).status == OK
