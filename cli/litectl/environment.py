"""
The names of every environment variable litectl reads, one line of meaning each.

Only `runtime` reads the environment. An empty value, or the word `undefined`
that some wrappers export, counts as unset.
"""

from collections.abc import Mapping

PROFILE = "LITECTL_PROFILE"
BASE_URL = "LITECTL_BASE_URL"
API_KEY = "LITECTL_API_KEY"
MODEL = "LITECTL_MODEL"
ALLOW_HTTP = "LITECTL_ALLOW_HTTP"
STDIN_TIMEOUT = "LITECTL_STDIN_TIMEOUT"
LITELLM_BASE_URL = "LITELLM_BASE_URL"
LITELLM_API_KEY = "LITELLM_API_KEY"
LITELLM_PROXY_URL = "LITELLM_PROXY_URL"
LITELLM_PROXY_API_KEY = "LITELLM_PROXY_API_KEY"
OPENAI_BASE_URL = "OPENAI_BASE_URL"
OPENAI_API_KEY = "OPENAI_API_KEY"
HELPER = "LITELLM_API_KEY_HELPER"
HELPER_TTL = "LITECTL_API_KEY_HELPER_TTL"
HELPER_IS_RUNNING = "LITECTL_HELPER_IS_RUNNING"
GCLOUD = "LITELLM_GCLOUD_TOKEN_AUTH"
GOOGLE_APPLICATION_CREDENTIALS = "GOOGLE_APPLICATION_CREDENTIALS"
CLOUDSDK_CONFIG = "CLOUDSDK_CONFIG"
APPDATA = "APPDATA"
HEADERS = "LITELLM_HEADERS"
LOGIN_HOURS = "LITELLM_CLI_JWT_EXPIRATION_HOURS"
OFFLINE = "LITELLM_OFFLINE"
PI_DIRECTORY = "PI_CODING_AGENT_DIR"
DISCOVERY_TIMEOUT_MS = "LITELLM_DISCOVERY_TIMEOUT_MS"
SSL_CERT_FILE = "SSL_CERT_FILE"
BROWSER = "BROWSER"
SSH_CONNECTION = "SSH_CONNECTION"
DISPLAY = "DISPLAY"
WAYLAND_DISPLAY = "WAYLAND_DISPLAY"
WSL_DISTRO_NAME = "WSL_DISTRO_NAME"
NO_COLOR = "NO_COLOR"
FORCE_COLOR = "FORCE_COLOR"
TERM = "TERM"
CI = "CI"
GITHUB_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"

MEANINGS: dict[str, str] = {
    PROFILE: "the profile to use, as `--profile`",
    BASE_URL: "the proxy URL, as `--base-url`",
    API_KEY: "the key; comes before the stored login",
    MODEL: "the model of `ask`, `cost` and `tokens`, as `--model`; comes before that of the profile",
    ALLOW_HTTP: "1 allows plain http to hosts other than this machine, as `--allow-http`",
    STDIN_TIMEOUT: "seconds that a silent stdin is waited for, as `ask --stdin-timeout`",
    LITELLM_BASE_URL: "the proxy URL when nothing is stored",
    LITELLM_API_KEY: "the key when nothing is stored; goes with LITELLM_BASE_URL",
    LITELLM_PROXY_URL: "the proxy URL when nothing is stored, as LiteLLM's own CLI has it",
    LITELLM_PROXY_API_KEY: "the key that goes with LITELLM_PROXY_URL",
    OPENAI_BASE_URL: "the proxy URL when nothing else names one",
    OPENAI_API_KEY: "the key, only for a proxy named by OPENAI_BASE_URL",
    HELPER: "a command that prints the key, run without a shell",
    HELPER_TTL: "seconds a helper's key is kept when it does not tell its own end (300); 0 never keeps it",
    HELPER_IS_RUNNING: "set for a helper, so that one that runs litectl does not run itself for ever",
    GCLOUD: "1 uses Google's application default credentials for the key",
    GOOGLE_APPLICATION_CREDENTIALS: "the file of these credentials, instead of the default place",
    CLOUDSDK_CONFIG: "the directory of gcloud, where that file is looked for",
    APPDATA: "on Windows, where the directory of gcloud is",
    PI_DIRECTORY: "the directory of pi, for `models export --to pi --write`",
    HEADERS: "extra headers as a JSON object; go with LITELLM_BASE_URL",
    LOGIN_HOURS: "hours that a browser login lasts when the proxy does not say (24)",
    OFFLINE: "1 answers from the cache only, as `--offline`",
    DISCOVERY_TIMEOUT_MS: "milliseconds for fetching the model list (5000); 0 never fetches unasked",
    SSL_CERT_FILE: "a file of CA certificates to trust instead of the system's",
    BROWSER: "the command that opens a page of a login",
    SSH_CONNECTION: "set: the browser is on another machine, so a login shows a code",
    DISPLAY: "unset, as WAYLAND_DISPLAY, on Linux: there is no browser, so a login shows a code",
    WAYLAND_DISPLAY: "as DISPLAY",
    WSL_DISTRO_NAME: "set: the browser is that of Windows",
    NO_COLOR: "set: no colour",
    FORCE_COLOR: "set: colour in a pipe too",
    TERM: "`dumb`: no colour and no progress",
    CI: "set: never prompt, as `--no-input`",
    GITHUB_STEP_SUMMARY: "the file of GitHub Actions to which `smoke --github` adds its summary",
}

# Read by the system's own rules rather than by those above.
USUAL: dict[str, str] = {
    "HOME": "where the directories below are when they are not set",
    "XDG_CONFIG_HOME": "where the profiles are (`~/.config`)",
    "XDG_CACHE_HOME": "where the cached lists are (`~/.cache`)",
    "XDG_STATE_HOME": "where short-lived tokens are, and what the last refresh came to (`~/.local/state`)",
    "XDG_DATA_HOME": "where the sandbox is (`~/.local/share`)",
    "HTTPS_PROXY": "the HTTP proxy on the way to other machines than this one, for https",
    "HTTP_PROXY": "the same for http",
    "ALL_PROXY": "the same for both",
    "NO_PROXY": "hosts that are reached without one",
    "COLUMNS": "the width of the help and of tables, instead of that of the terminal",
    "PATH": "where a key helper, a browser and uv are looked for",
}


class Environment:
    """The environment variables of one run, read by name with the rules above."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def get(self, name: str) -> str | None:
        """Return the trimmed value of the variable *name*, or None when it counts as unset."""
        value = self._variables.get(name, "").strip()
        return None if value in ("", "undefined") else value

    def all(self) -> dict[str, str]:
        """Return every variable as it is, for a child process."""
        return dict(self._variables)

    def flag(self, name: str) -> bool:
        """Tell whether the variable *name* is set to anything but `0` or `false`."""
        value = self.get(name)
        return value is not None and value.lower() not in ("0", "false")

    def number(self, name: str, default: float) -> float | None:
        """Return the number, 0 or more, that *name* is: *default* where it is unset, None for no such one."""
        text = self.get(name)
        try:
            number = float(text) if text else default
        except ValueError:
            return None
        return number if 0 <= number < float("inf") else None
