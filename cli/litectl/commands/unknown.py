"""What to say about a command that is not there: its name here, or which looks like it. Pure."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litectl.errors import UsageError

_ASK = 'ask with `litectl ask -m MODEL -p "..."`'
_CHAT = f"{_ASK}; a conversation goes on with its `litectl ask --save PATH` and `litectl ask --messages PATH`"
_CREDENTIAL = "it is `litectl login`, `litectl logout`, `litectl whoami` or `litectl token`"
_SETTINGS = (
    "`litectl login` stores a proxy, `litectl profiles set KEY=VALUE` its settings; "
    "see `litectl profiles show` and `litectl help configuration`"
)
_PROFILES = (
    "see `litectl profiles list`, choose with `litectl profiles use NAME`, or once with `--profile NAME`"
)
_CHECK = "`litectl smoke` checks the proxy, and `litectl doctor` finds out why it does not work"
_LISTS = "see `litectl models list`, `litectl mcp tools`, `litectl skills list`, `litectl keys list`"
_LOGS = (
    "no prompt or answer is kept, but with `litectl ask --save PATH`; what was spent shows `litectl spend`"
)
_SPENT = "what was spent and is left shows `litectl spend`; what a request would cost `litectl cost`"
_DEFAULT_MODEL = "the default model is kept with `litectl profiles set model=MODEL`"
_FETCHED = "the list of models is fetched anew with `litectl models refresh`"
_TOOLS = "see `litectl mcp tools` and `litectl mcp servers`; call one with `litectl mcp call TOOL KEY=VALUE`"
_OWN_KEY = (
    "a key of yours is stored with `litectl login --api-key-file PATH`; these are the keys of the proxy"
)
_SANDBOX = "`litectl sandbox start` runs until Ctrl-C, `litectl sandbox run -- CMD` as long as the command"

# By the path of a group: words of other programs, and what is meant.
_MEANT: Mapping[str, Mapping[str, str]] = {
    "litectl": {
        **dict.fromkeys(("prompt", "run", "exec", "complete", "generate", "query", "question"), _ASK),
        **dict.fromkeys(("chat", "repl", "continue", "conversation"), _CHAT),
        **dict.fromkeys(
            ("auth", "account", "accounts", "signin", "credentials", "refresh-token"), _CREDENTIAL
        ),
        **dict.fromkeys(("config", "configure", "init", "setup", "settings", "set", "set-key"), _SETTINGS),
        **dict.fromkeys(("context", "contexts", "use", "switch"), _PROFILES),
        **dict.fromkeys(("status", "ping", "health", "check", "test", "verify"), _CHECK),
        **dict.fromkeys(("diagnose", "debug", "info"), "look for the cause with `litectl doctor`"),
        **dict.fromkeys(("ls", "list", "get", "show", "describe", "search", "find"), _LISTS),
        **dict.fromkeys(("log", "logs", "history"), _LOGS),
        **dict.fromkeys(("usage", "costs", "budget", "budgets", "balance", "billing", "quota"), _SPENT),
        **dict.fromkeys(("tool", "tools", "server", "servers", "call"), _TOOLS),
        **dict.fromkeys(("user", "me", "team", "teams"), "who you are says `litectl whoami`"),
        **dict.fromkeys(("refresh", "update", "sync"), _FETCHED),
        **dict.fromkeys(("default", "alias", "aliases"), _DEFAULT_MODEL),
        **dict.fromkeys(("start", "serve", "up", "proxy"), _SANDBOX),
        **dict.fromkeys(("request", "curl", "http", "post"), "send it with `litectl api [METHOD] PATH`"),
        **dict.fromkeys(("count", "tokenize"), "count the tokens of a text with `litectl tokens`"),
        **dict.fromkeys(("template", "templates"), "keep a prompt in a file: `litectl ask -f PATH`"),
        **dict.fromkeys(("schema", "schemas"), "give it with the question: `litectl ask --schema SCHEMA`"),
        **dict.fromkeys(("fragment", "fragments"), "add a file to a question: `litectl ask -f PATH`"),
        "model": "did you mean `models`?",
        "man": "see `litectl help COMMAND`",
        "environment": "see `litectl help environment`, or for export lines `litectl env`",
        "embed-models": "see `litectl models list --mode embedding`",
        "embed-multi": "it takes many texts: `litectl embed -m MODEL --lines -f PATH`",
    },
    "litectl models": {
        **dict.fromkeys(("search", "find"), "`litectl models list --search TEXT`"),
        **dict.fromkeys(("default", "use", "set", "aliases"), _DEFAULT_MODEL),
    },
    "litectl mcp": {
        **dict.fromkeys(("list", "ls", "list-tools"), "did you mean `tools` or `servers`?"),
        **dict.fromkeys(
            ("add", "remove"), "the operator of the proxy adds its servers; see `litectl mcp servers`"
        ),
    },
    "litectl keys": dict.fromkeys(("set", "path", "get"), _OWN_KEY),
    "litectl cache": dict.fromkeys(("refresh", "update"), _FETCHED),
    "litectl profiles": {
        "current": "the one that is used shows `litectl whoami --offline`",
        "rename": "log in again with `litectl login --profile NAME`, "
        "then forget the old one with `litectl profiles remove NAME`",
    },
    "litectl sandbox": dict.fromkeys(("stop", "down", "status", "serve"), _SANDBOX),
}
# Words for the same thing; the first line that has one and the name of a command of the group tells it.
_SAME = (
    ("list", "ls", "all"),
    ("show", "get", "describe", "info", "view", "inspect", "cat", "ls"),
    ("delete", "remove", "rm", "del", "destroy", "revoke", "uninstall"),
    ("create", "add", "new", "generate", "make", "upload", "install"),
    ("use", "switch", "default", "select"),
    ("clear", "clean", "purge", "flush", "delete", "rm"),
    ("refresh", "update", "sync", "pull", "fetch"),
    ("download", "pull", "fetch", "get"),
    ("set", "edit", "update", "configure"),
    ("test", "check", "ping", "try"),
    ("call", "run", "exec", "invoke"),
    ("run", "exec", "shell"),
    ("start", "up"),
)
_SHORTEST_PART = 3  # characters: fewer are a part of too many names


def unknown_command(path: str, word: str, names: Iterable[str]) -> "UsageError":
    """Return the error that says that *word* is none of the commands *names* of the group at *path*."""
    from litectl.errors import UsageError
    from litectl.failures.wording import readable
    from litectl.text.nearness import did_you_mean

    known = [*names]
    hint = meant(path, word, known) or did_you_mean(alike(word, known)) or f"see `{path} --help`"
    what = "there is no command" if path == "litectl" else f"`{path}` has no command"
    return UsageError(f"{what} `{readable(word)}`", hint=hint)


def meant(path: str, word: str, names: Iterable[str]) -> str | None:
    """Return what *word*, no command of the group at *path*, is called here; None if it is not known."""
    from litectl.text.nearness import did_you_mean

    if hint := _MEANT.get(path, {}).get(word):
        return hint
    if path == "litectl" and " " in word:
        return _ASK
    known = set(names)
    found = ([name for name in group if name in known] for group in _SAME if word in group)
    return did_you_mean(next(filter(None, found), []))


def alike(word: str, names: Iterable[str]) -> list[str]:
    """Return those of *names* that look like *word*; of one that is very short, those that begin so."""
    from litectl.text.nearness import near

    found = near(word, names)
    return found if len(word) >= _SHORTEST_PART else [name for name in found if name.startswith(word[:1])]
