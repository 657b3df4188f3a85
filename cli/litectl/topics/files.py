"""The files that litectl keeps, and who may take them away. Pure."""

from typing import NamedTuple

from litectl.topics.topic import Section


class Place(NamedTuple):
    """
    A file or directory: the *property* of `Paths` that knows where it is, and *path*, where that is on Linux.

    *holds* says what is in it, *mode* its permissions, and *removal* when it may be deleted, and how.
    """

    property: str
    path: str
    mode: str
    holds: str
    removal: str


PLACES = (
    Place(
        "profiles",
        "$XDG_CONFIG_HOME/litectl/profiles.json",
        "0600",
        "the profiles: URLs, settings, and the secrets that are not in the keychain",
        "`litectl logout` takes a secret away, `litectl profiles remove NAME` a profile",
    ),
    Place(
        "catalogs",
        "$XDG_CACHE_HOME/litectl/catalogs/",
        "0700",
        "the cached model lists, and what models refused since",
        "at any time, with `litectl cache clear --all`; what nobody used for 30 days goes by itself",
    ),
    Place(
        "tool_lists",
        "$XDG_CACHE_HOME/litectl/tools/",
        "0700",
        "the cached lists of MCP tools",
        "as the model lists",
    ),
    Place(
        "skill_lists",
        "$XDG_CACHE_HOME/litectl/skills/",
        "0700",
        "the last lists of skills, for `--offline` and for TAB",
        "as the model lists",
    ),
    Place(
        "fingerprint_secret",
        "$XDG_STATE_HOME/litectl/fingerprint.key",
        "0600",
        "a random secret, so that the names of cached lists tell nothing of the key they are for",
        "at any time; every list is fetched anew then",
    ),
    Place(
        "tokens",
        "$XDG_STATE_HOME/litectl/tokens/",
        "0700",
        "the keys of helpers and the tokens of Google, until they end",
        "at any time; the helper is run again then",
    ),
    Place(
        "last_refresh",
        "$XDG_STATE_HOME/litectl/last_refresh.json",
        "0600",
        "how the last `litectl models refresh --all-profiles` ended, for `litectl doctor`",
        "at any time",
    ),
    Place(
        "sandbox",
        "$XDG_DATA_HOME/litectl/sandbox/",
        "0700",
        "the proxy of `litectl sandbox install`, about 740 MB, with its configuration and logs",
        "while no sandbox runs; `litectl sandbox install` puts it there again",
    ),
)

NOTES = (
    Section(
        "Where",
        """
A variable that is not set stands for `~/.config`, `~/.cache`, `~/.local/state` and `~/.local/share`; a
relative path in one counts as unset. On macOS all of them are in `~/Library/Application Support/litectl`,
but the cached lists, which are in `~/Library/Caches/litectl`. `litectl doctor` says where they are on this
machine.
""",
    ),
    Section(
        "How they are written",
        """
A file is written beside itself and renamed, so a reader sees the old or the new one whole. Directories
are 0700 and files 0600 whatever the umask says. Beside a file may be its lock, `.NAME.lock`, which is
empty and stays; one that is left of a process that was killed holds nobody up.
""",
    ),
    Section(
        "Elsewhere",
        """
With the extra `keychain` secrets may be in the keychain of the system, under the service `litectl`. What
you ask for goes where you say: `ask --save`, `models export --write` with the old file kept beside it,
`skills download`, `smoke --junit` and `--summary`, `doctor --bundle`, `completion --install`.
""",
    ),
    Section(
        "Uninstall",
        """
Uninstalling the package takes the program away, with its completions and man pages, and leaves the files
above. For nothing to be left, first end the logins, then remove the directories:

\b
    litectl profiles list --columns name | while read -r name; do
        litectl profiles remove "$name" --yes </dev/null
    done
    rm -rf ~/.config/litectl ~/.cache/litectl ~/.local/state/litectl ~/.local/share/litectl
    pipx uninstall litectl
""",
    ),
)
