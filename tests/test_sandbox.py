"""`litectl sandbox` without the real proxy: what it says before anything is installed."""

from pathlib import Path

from litectl.sandbox import REQUIREMENT, Sandbox
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
    sandbox = Sandbox(tmp_path)

    assert not sandbox.is_installed
    (tmp_path / "installed.json").write_text('{"requirement": "litellm[proxy]==0.1"}')
    assert not sandbox.is_installed
    (tmp_path / "installed.json").write_text(f'{{"requirement": "{REQUIREMENT}"}}')
    assert sandbox.is_installed


def test_a_failing_installer_is_said_with_the_end_of_its_output(litectl: Litectl, tmp_path: Path) -> None:
    """When the installer fails the exit is 12, its last lines are shown, and nothing counts as installed."""
    fake_uv = tmp_path / "uv"
    fake_uv.write_text("#!/bin/sh\necho no index here >&2\nexit 1\n")
    fake_uv.chmod(0o755)

    result = litectl("sandbox", "install", variables={"PATH": str(tmp_path)})

    assert result.code == 12
    assert "no index here" in result.err
