"""The files that litectl keeps, and who may take them away. Pure."""

from typing import NamedTuple


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
