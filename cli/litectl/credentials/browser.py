"""The user's browser: whether there is one on this machine, and opening a page in it."""

import subprocess
import sys
from threading import Thread
from urllib.parse import urlsplit

from litectl import environment
from litectl.environment import Environment
from litectl.errors import ConfigError

_WITH_A_DESKTOP = ("darwin", "win32", "cygwin")


def is_likely(variables: Environment, platform: str) -> bool:
    """
    Tell whether a browser started here would be seen by the person; *platform* is as in `sys.platform`.

    BROWSER says so itself. Over SSH the screen is elsewhere. Linux and the
    BSDs have one where a display is named, or where Windows is around them.
    """
    if variables.get(environment.BROWSER):
        return True
    if variables.get(environment.SSH_CONNECTION):
        return False
    if platform in _WITH_A_DESKTOP:
        return True
    displays = (environment.DISPLAY, environment.WAYLAND_DISPLAY, environment.WSL_DISTRO_NAME)
    return any(variables.get(name) for name in displays)


def open_page(url: str) -> None:
    """
    Start the user's browser with *url* and return at once; nothing waits for it.

    It has no stream of ours and a session of its own, so that neither its output
    nor its end is noticed, and Ctrl-C here does not reach it. A browser that cannot be
    started is no failure: whoever opens a page has shown its address too.
    Raises `ConfigError` for a URL that is not http or https.
    """
    if not _is_web_page(url):
        raise ConfigError(
            "refusing to open a page that is not http or https", hint="tell the operator of the proxy"
        )
    try:
        process = subprocess.Popen(
            # `-P`: nothing is imported from the current directory.
            [sys.executable, "-P", "-m", "webbrowser", url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return
    # A login takes minutes, in which a child that nobody waited for would be a zombie.
    Thread(target=process.wait, daemon=True).start()


def _is_web_page(url: str) -> bool:
    if not url.isprintable() or any(character.isspace() for character in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
