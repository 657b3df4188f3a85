"""What can be typed for the options and arguments of litectl; Typer does not know it."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from litectl.api.path import METHODS
from litectl.app import COMMANDS
from litectl.catalog.differences import FIELDS
from litectl.commands.options import FORMATS
from litectl.completion.shells import SHELLS as COMPLETED
from litectl.exchange.attachments import KINDS
from litectl.exchange.protocols import NAMES
from litectl.exchange.reasoning import EFFORTS
from litectl.exports.targets import MODULES
from litectl.output.caches import cache_columns
from litectl.output.columns import Column
from litectl.output.doctor import finding_columns
from litectl.output.exports import SHELLS, TOOLS
from litectl.output.keys import key_columns
from litectl.output.models import model_columns
from litectl.output.profiles import profile_columns
from litectl.output.skills import skill_columns
from litectl.output.spend import budget_columns, usage_columns
from litectl.output.tools import server_columns, tool_columns
from litectl.profiles.typed import SETTINGS
from litectl.skills.skill import ORIGINS
from litectl.smoke.steps import NEEDS, REQUIRED, SOURCE
from litectl.smoke.wishes import SOURCES
from litectl.spend.usage import WAYS
from litectl.topics.contents import TOPICS

# The documented commands that tell what is known on this machine; they never use the network.
_QUERIES = {
    "@MODELS@": "models list --offline --mode all --columns name --format tsv",
    "@EMBEDDING_MODELS@": "models list --offline --mode embedding --columns name --format tsv",
    "@PROFILES@": "profiles list --columns name --format tsv",
    "@TOOLS@": "mcp tools --offline --columns name,server --format tsv",
    "@SERVERS@": "mcp tools --offline --columns server --format tsv",
    "@ARGUMENTS@": "mcp show --offline --format tsv",
    "@SKILLS@": "skills list --offline --all --columns name --format tsv",
}
# LiteLLM's words; a proxy may have others.
_MODES = (
    *("all", "chat", "responses", "completion", "embedding", "rerank", "moderation", "image_generation"),
    *("image_edit", "video_generation", "audio_speech", "audio_transcription", "realtime", "ocr", "mixed"),
)


class Value(NamedTuple):
    """
    What can be typed for an option or an argument.

    `words` is one of *words* and `list` several of them with commas between;
    `models`, `embedding_models`, `profiles`, `skills`, `tools`, `servers`, the last two together
    and `files` are looked up when they are asked for, and so are the `arguments` of the tool that
    stands before them; `upload` is a file behind `@` or `NAME=@`, or any text;
    `program` is the command line of another program, `text` is anything.
    """

    kind: Literal[
        "words",
        "list",
        "models",
        "embedding_models",
        "profiles",
        "skills",
        "tools",
        "servers",
        "tools_and_servers",
        "arguments",
        "files",
        "upload",
        "program",
        "text",
    ]
    words: tuple[str, ...] = ()


def _columns(*lists: Iterable[Column]) -> Value:
    """Return the names of the columns in *lists*, each once."""
    return Value("list", tuple(dict.fromkeys(column.name for columns in lists for column in columns)))


TEXT = Value("text")
_MODELS = Value("models")
_PROFILES = Value("profiles")
_FILES = Value("files")
_TOOLS = Value("tools")
_TOOLS_AND_SERVERS = Value("tools_and_servers")
_SKILLS = Value("skills")
_UPLOAD = Value("upload")
_FLAGS = Value("words", ("true", "false"))
_METHODS = Value("words", METHODS)
_AUTH_HEADERS = Value("words", ("authorization", "x-litellm-api-key", "x-api-key"))
_MODEL_COLUMNS = _columns(model_columns())
# What answers a plain GET, at once and without cost.
_PATHS = (
    *(
        "/health/liveliness",
        "/health/readiness",
        "/key/info",
        "/key/list",
        "/model/info",
        "/model_group/info",
    ),
    *("/routes", "/spend/logs", "/team/list", "/user/info", "/user/list", "/v1/mcp/server", "/v1/models"),
)

# By option or, where a name means different things, by the whole line; `...` stands for what follows
# the first of several arguments, where that is something else.
_VALUES = {
    "--profile": _PROFILES,
    "--api-key-file": _FILES,
    "--format": Value("words", FORMATS),
    "--model": _MODELS,
    "--file": _FILES,
    "--messages": _FILES,
    "--tool-results": _FILES,
    "--tools": _FILES,
    "--schema": _FILES,
    "--save": _FILES,
    "--fallback": _MODELS,
    "--effort": Value("words", EFFORTS),
    "--attach-type": Value("words", tuple(KINDS)),
    "--ca-bundle": _FILES,
    "--client-cert": _FILES,
    "--client-key": _FILES,
    "--auth-header": _AUTH_HEADERS,
    "env --shell": Value("words", SHELLS),
    "env --for": Value("words", TOOLS),
    "models list --sort": _MODEL_COLUMNS._replace(kind="words"),
    "models list --columns": _MODEL_COLUMNS,
    "--protocol": Value("words", NAMES),
    "--mode": Value("words", _MODES),
    "models show name": _MODELS,
    "models diff profiles": _PROFILES,
    "models diff --fields": Value("list", FIELDS),
    "models export --to": Value("words", tuple(MODULES)),
    "cache show --columns": _columns(cache_columns()),
    "profiles list --columns": _columns(profile_columns()),
    "profiles use name": _PROFILES,
    "profiles remove name": _PROFILES,
    "profiles show name": _PROFILES,
    "profiles set model": _MODELS,
    "profiles set allow_http": _FLAGS,
    "profiles set keychain": _FLAGS,
    "profiles set auth_header": _AUTH_HEADERS,
    "profiles set ca_bundle": _FILES,
    "profiles set client_cert": _FILES,
    "profiles set client_key": _FILES,
    "sandbox run command": Value("program"),
    "--mcp": _TOOLS_AND_SERVERS,
    "--allow": _TOOLS_AND_SERVERS,
    "--engine": Value("words", ("local", "proxy")),
    "--server": Value("servers"),
    "--output-dir": _FILES,
    "mcp servers --columns": _columns(server_columns()),
    "mcp tools --columns": _columns(tool_columns()),
    "skills list --columns": _columns(skill_columns()),
    "mcp show tool": _TOOLS,
    "mcp call tool": _TOOLS,
    "mcp call arguments": Value("arguments"),
    "--origin": Value("words", ORIGINS),
    "--zip": _FILES,
    **{f"skills {verb} name": _SKILLS for verb in ("show", "delete", "enable", "disable", "download")},
    "--skill": _SKILLS,
    "skills create folder": _FILES,
    "--junit": _FILES,
    "--summary": _FILES,
    "models test name": _MODELS,
    "smoke --models": _MODELS,
    "smoke --require": _MODELS,
    "smoke --expect-source": Value("words", SOURCES),
    # The other two are asked for by options of their own.
    "smoke --only": Value("words", tuple(name for name in NEEDS if name not in (SOURCE, REQUIRED))),
    "smoke --skip": Value("words", tuple(NEEDS)),
    "completion shell": Value("words", tuple(COMPLETED)),
    "doctor path": _FILES,
    "doctor --columns": _columns(finding_columns()),
    "keys list --columns": _columns(key_columns()),
    "keys create --models": _MODELS,
    "spend --by": Value("words", WAYS),
    "spend --columns": _columns(budget_columns(), *map(usage_columns, WAYS)),
    "api words": Value("words", (*METHODS, *_PATHS)),
    "api words ...": Value("words", _PATHS),
    "api --method": _METHODS,
    "api --data": _UPLOAD,
    "api --form": _UPLOAD,
    "embed --model": Value("embedding_models"),
    "--config": _FILES,
    "help words": Value("words", (*COMMANDS, *TOPICS)),
    "help words ...": TEXT,
}
# A first argument that decides what the second can be is described as commands.
FIRST_WORDS = {("profiles", "set"): tuple(SETTINGS)}


def value_at(*line: str) -> Value:
    """Return what can be typed at *line*: the words of a command and the name of an option or argument."""
    return _VALUES.get(" ".join(line)) or _VALUES.get(line[-1]) or TEXT


def value_after(*line: str) -> Value:
    """Return what can be typed for another argument behind the one at *line*."""
    return _VALUES.get(" ".join((*line, "..."))) or value_at(*line)


def with_queries(script: str) -> str:
    """Return *script* with the command lines of litectl in place of their marks, such as `@MODELS@`."""
    for mark, query in _QUERIES.items():
        script = script.replace(mark, query)
    return script
