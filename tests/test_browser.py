"""The browser: whether one here would be seen, and that opening a page never holds us up."""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from litectl import environment
from litectl.credentials.browser import is_likely, open_page
from litectl.environment import Environment
from litectl.errors import ConfigError

SSH = {environment.SSH_CONNECTION: "10.0.0.1 50000 10.0.0.2 22"}
X11 = {environment.DISPLAY: ":0"}
WAYLAND = {environment.WAYLAND_DISPLAY: "wayland-0"}
WSL = {environment.WSL_DISTRO_NAME: "Ubuntu"}
NAMED = {environment.BROWSER: "firefox"}


@pytest.mark.parametrize(
    ("variables", "platform", "expected"),
    [
        ({}, "linux", False),
        ({}, "freebsd14", False),
        ({}, "openbsd7", False),
        (X11, "linux", True),
        (X11, "freebsd14", True),
        (WAYLAND, "linux", True),
        (WSL, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
        (SSH, "darwin", False),
        (SSH, "win32", False),
        (SSH | X11, "linux", False),
        (SSH | WSL, "linux", False),
        (NAMED, "linux", True),
        (NAMED | SSH, "linux", True),
        ({environment.BROWSER: " "}, "linux", False),
        ({environment.DISPLAY: ""}, "linux", False),
        ({environment.SSH_CONNECTION: ""}, "darwin", True),
    ],
)
def test_a_browser_is_likely_where_somebody_looks_at_the_screen(
    variables: dict[str, str], platform: str, expected: bool
) -> None:
    """BROWSER decides, then SSH, then the system and its display; empty variables are unset."""
    assert is_likely(Environment(variables), platform) is expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "/etc/passwd",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://example.com/",
        "data:text/html,x",
        "--help",
        "-n",
        "http://",
        "https:///path",
        "https://[::1",
        "https://example.com/ x",
        "https://example.com/\nx",
        " https://example.com/",
        "https://example.com/\x1b[2J",
    ],
)
def test_only_web_pages_are_opened(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a browser would take for a file, a script or an option is refused, and no process is started."""
    started: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **_: started.append(given))

    with pytest.raises(ConfigError, match="not http or https"):
        open_page(url)

    assert started == []


def awaited(path: Path) -> str:
    """Return the text of *path* once there is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text()).endswith("\n"):
            return text
        time.sleep(0.02)
    pytest.fail("the browser was not started")


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example.com/sso/key/generate?source=litellm-cli&key=cli-x&user_code=A-B",
        "http://[::1]:4000/",
    ],
)
def test_the_page_opens_in_the_user_s_browser(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The whole URL reaches the command of BROWSER as one argument; what that prints does not reach us."""
    seen = tmp_path / "seen"
    script = tmp_path / "browser.py"
    script.write_text(
        "import os, sys\n"
        "print('noise'); print('noise', file=sys.stderr)\n"
        f"temporary = {str(seen)!r} + '.new'\n"
        "open(temporary, 'w').write(repr((sys.argv[1:], os.getsid(0))) + '\\n')\n"
        f"os.rename(temporary, {str(seen)!r})\n"
    )
    monkeypatch.setenv("BROWSER", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} %s")

    open_page(url)

    assert awaited(seen).startswith(f"([{url!r}], ")
    assert capfd.readouterr() == ("", "")


def test_a_browser_that_stays_open_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The login goes on while the window is open, and a signal to our group does not close it."""
    seen, done = tmp_path / "seen", tmp_path / "done"
    script = tmp_path / "browser.py"
    script.write_text(
        "import os, time\n"
        f"temporary = {str(seen)!r} + '.new'\n"
        "open(temporary, 'w').write(f'{os.getpgid(0)}\\n')\n"
        f"os.rename(temporary, {str(seen)!r})\n"
        "deadline = time.monotonic() + 20\n"
        f"while not os.path.exists({str(done)!r}) and time.monotonic() < deadline: time.sleep(0.02)\n"
    )
    monkeypatch.setenv("BROWSER", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} %s")

    open_page("https://proxy.example.com/")
    group = int(awaited(seen))
    done.touch()

    assert group != os.getpgid(0)


def test_a_browser_that_has_ended_leaves_no_zombie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody waits for it, in the minutes that a login takes."""
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **settings: Any) -> None:
            super().__init__(*given, **settings)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    monkeypatch.setenv("BROWSER", "true %s")

    open_page("https://proxy.example.com/")

    deadline = time.monotonic() + 20
    while started[0].returncode is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert started[0].returncode == 0


def test_nothing_of_the_current_directory_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `webbrowser.py` in a cloned repository is not run."""
    seen, trap = tmp_path / "seen", tmp_path / "trap"
    (tmp_path / "webbrowser.py").write_text(f"open({str(trap)!r}, 'w').write('caught')\n")
    script = tmp_path / "script.sh"
    script.write_text(f'#!/bin/sh\necho "$1" > {shlex.quote(str(seen))}\n')
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROWSER", f"{shlex.quote(str(script))} %s")

    open_page("https://proxy.example.com/")

    assert awaited(seen) == "https://proxy.example.com/\n"
    assert not trap.exists()


def test_a_browser_that_cannot_be_started_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address stands on the screen for the person to open."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)

    open_page("https://proxy.example.com/")
