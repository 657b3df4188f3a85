"""Which proxy and key are used, and which files are kept."""

from litectl.credentials.chain import API_KEY_FILE_OPTION, OWN_VARIABLE, SHARED_VARIABLES, KeyVariable
from litectl.profiles.target import BUILT_IN, PROFILE_OPTION, ROOT_ORDER
from litectl.topics.files import PLACES
from litectl.topics.topic import Section, Topic
from litectl.wire.root import DEFAULT_ROOT

_KINDS = {"profile": "the proxy of that profile", "url": "that URL"}
_STORED = "the stored login"
FILES = "Files"


def _proxies() -> tuple[tuple[str, str], ...]:
    """Return what names the proxy, highest first."""
    rows = {source: _KINDS[kind] for source, kind in ROOT_ORDER}
    rows[BUILT_IN] = DEFAULT_ROOT
    return tuple((_shown(source), meaning) for source, meaning in rows.items())


def _keys() -> tuple[tuple[str, str], ...]:
    """Return what gives the key, highest first."""
    return (
        (f"`{API_KEY_FILE_OPTION}`", "the key in that file; `-` is stdin"),
        (f"{_STORED} of `{PROFILE_OPTION}`", "that of the profile that the option names"),
        _variable(OWN_VARIABLE),
        (_STORED, "that of the proxy that is used, and of no other"),
        *map(_variable, SHARED_VARIABLES),
        ("none", "a proxy may need none"),
    )


def _variable(variable: KeyVariable) -> tuple[str, str]:
    condition = (
        f"only for the proxy that {variable.url_variable} names"
        if variable.only_with_url
        else f"unless {variable.url_variable} names another proxy"
    )
    return (_shown(variable.name), condition)


def _shown(source: str) -> str:
    return f"`{source}`" if source.isupper() or source.startswith("-") else source


TOPIC = Topic(
    "Configuration",
    """
litectl has no file of settings to write by hand. Each proxy is a profile: its URL, its login and its
settings, changed with `litectl login` and `litectl profiles set`.

\b
    litectl login --profile lab --base-url https://lab.example.com --api-key-file key
    litectl profiles set --profile lab model=gpt-5.2 parameters.temperature=0.2
    litectl profiles show lab
    litectl whoami --offline
""",
    (
        Section(
            "Which proxy",
            "The first of these that is set. `litectl whoami` says which it was.",
            _proxies(),
            ("what names it", "which proxy"),
        ),
        Section(
            "Which key",
            """
The first of these that is set and may go to that proxy. A stored login is never sent to another proxy
than the one it was issued for.
""",
            _keys(),
            ("where it is from", "which key, and when"),
        ),
        Section(
            FILES,
            """
All of them are readable by their owner only. `litectl doctor` says where they are on this machine.
""",
            tuple((f"`{place.path}`", place.holds) for place in PLACES),
            ("file", "what is in it"),
        ),
    ),
)
