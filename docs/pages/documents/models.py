"""The models, their lists, and what asking them costs."""

from litectl.catalog.rows import ABILITIES
from litectl.environment import Environment
from litectl.output.caches import cache_columns
from litectl.output.differences import difference_columns
from litectl.output.models import model_columns
from litectl.output.refreshes import refresh_columns
from litectl.terminal.terminal import Terminal
from pages.documents.document import Document, fields, rows

_PRICE = "US dollars per million tokens of"
_FETCHED = "when the list was fetched"
_SOURCE = "the route that the list came from, such as model_info"
_ABILITY = "true, false, or null when nobody knows"
_ERROR = {
    "code": "the word of the failure, null without one",
    "message": "what happened, null without a failure",
    "hint": "what to do about it",
    "exit_code": "the exit code of the failure",
}
MODEL = {
    "name": "what the model is called here",
    "mode": "what it does: chat, embedding, ...",
    "max_input_tokens": "the context window, in tokens",
    "max_output_tokens": "the longest answer, in tokens",
    **{f"abilities.{ability}": _ABILITY for ability in ABILITIES},
    "input_price": f"{_PRICE} prompt",
    "output_price": f"{_PRICE} answer",
    "cache_read_price": f"{_PRICE} prompt that is read from a cache",
    "cache_write_price": f"{_PRICE} prompt that is written into a cache",
    "providers[]": "who serves it",
    "deployments": "how many backends are behind the name",
    "incomplete": "whether facts are missing that some deployment did not tell",
    "safe_max_tokens": "an output limit that a backend with little capacity admits",
    "safe_max_tokens_reason": "why there is one: databricks, profile or guess",
    "guessed[]": "the fields that were only read off the name",
}
_DETAILS = {
    "supported_parameters[]": "the parameters that every deployment takes; null when nobody knows",
    "reasoning_efforts[]": "the levels of `ask --effort`; null when nobody knows",
    "endpoints[]": "the routes that it answers, such as /v1/responses; null when nobody knows",
}
_DEPLOYMENT = {
    "name": "the name of the model",
    "source": "the discovery step that listed it",
    "filled.*": "which steps added single fields",
    "id": "its id at the proxy",
    "backend": "the provider's own name of the model",
    "provider": "who serves it",
    "host": "the host that is asked",
    **{name: f"as `{name}` of the model" for name in ("mode", "max_input_tokens", "max_output_tokens")},
    "abilities.*": "those that are known, true or false",
    **{name: f"as `{name}` of the model" for name in MODEL if name.endswith("_price")},
    **dict.fromkeys(_DETAILS, "as that of the model"),
}
_STEP = {
    "source": "the name of the step",
    "path": "the route that was asked",
    "outcome": "how it ended",
    "entries": "how many entries it read",
    "status": "the HTTP status of a refusal",
    "seconds": "how long it took",
    "detail": "its error",
}
_SIDE = {
    "profile": "the profile of this side, or null",
    "base_url": "the URL of its proxy",
    "source": _SOURCE,
    "fetched_at": _FETCHED,
}
_EXPORTED = {
    **{name: MODEL[name] for name in ("name", "mode", "max_input_tokens", "max_output_tokens")},
    **{name: means for name, means in MODEL.items() if name.startswith(("safe", "abilities"))},
    **{name: means for name, means in MODEL.items() if name.endswith("_price")},
    "providers[]": MODEL["providers[]"],
    **_DETAILS,
    "guessed[]": MODEL["guessed[]"],
}
_CACHED = {
    "current": "whether it is used now",
    "base_url": "the URL of the proxy; null for a damaged list",
    "source": "the route that the list came from; null for a damaged one",
    "fetched_at": _FETCHED,
    "age_seconds": "how old it is",
    "stale": "whether it is older than 24 hours",
    "models": "how many models it has; null for another list",
    "bytes": "the size of the file",
    "tools": "how many tools it has; null for another list",
    "skills": "how many skills it has; null for another list",
    "kind": "models, tools or skills",
    "fingerprint": "the name of its file, which stands for proxy, credential and headers",
}
_REFRESHED = {
    "profile": "the profile",
    "ok": "whether its list was fetched",
    "models": "how many models it has",
    "added[]": "the names that are new",
    "removed[]": "the names that are gone",
    **_ERROR,
    "exit_code": "the exit code of the failure, 0 without one",
    "seconds": "how long it took",
}
_NOBODY = Terminal(Environment({}), stdin=None, stdout=None, stderr=None)  # reads nothing for the names
_ABOUT_LIST = {"source": _SOURCE, "fetched_at": _FETCHED}

DOCUMENTS = (
    Document(
        ("models list",),
        (
            *fields({**_ABOUT_LIST, "stale": "whether it is older than 24 hours"}),
            *rows("models", model_columns(), MODEL),
        ),
    ),
    Document(
        ("models show",),
        (
            *fields({name: means for name, means in MODEL.items() if name != "deployments"}),
            *fields(_DETAILS),
            *fields(
                {"refused_parameters[]": "what `ask` learnt that it refuses, since the list was fetched"}
            ),
            *fields(_DEPLOYMENT, "deployments[].", is_always=False),
            *fields({"sources.*": "where each value came from, by its name"}),
        ),
    ),
    Document(
        ("models refresh",),
        (
            *fields(_ABOUT_LIST),
            *fields(
                {
                    "models": "how many models the list has",
                    "added[]": "the names that are new",
                    "removed[]": "the names that are gone",
                }
            ),
            *fields(_STEP, "steps[]."),
            *fields(
                {
                    "tools": "how many MCP tools there are; null when they were not fetched",
                    "mcp_servers_failed[]": "the MCP servers that did not list their tools",
                }
            ),
        ),
    ),
    Document(
        ("models refresh",),
        (
            *fields({"finished_at": "when it ended; null when it was left to another run"}),
            *rows("profiles", refresh_columns(_NOBODY), _REFRESHED),
        ),
        "with `--all-profiles`",
    ),
    Document(
        ("models diff",),
        (
            *fields(_SIDE, "before."),
            *fields(_SIDE, "after."),
            *rows(
                "differences",
                difference_columns(),
                {
                    "name": "the name of a model",
                    "change": "added, removed or changed",
                    "field": "the field that differs; null for a model that is new or gone",
                    "before": "its value in the first list",
                    "after": "its value in the second list",
                },
            ),
        ),
    ),
    Document(
        ("models export --to json",),
        (
            *fields(
                {
                    "provider": "the name of the entry",
                    "base_url": "the URL of the proxy",
                    "api_key.command": "the command that prints the key; instead, `variable` names one",
                    "headers.*": "for each extra header the variable that has its value",
                }
            ),
            *fields(_EXPORTED, "models[]."),
        ),
    ),
    Document(
        ("cache show",),
        (
            *fields(
                {
                    "directory": "where the model lists are",
                    "tools_directory": "where the tool lists are",
                    "skills_directory": "where the skill lists are",
                }
            ),
            *rows("lists", cache_columns(), _CACHED),
        ),
    ),
    Document(("cache clear",), fields({"removed": "how many lists"})),
    Document(("cache path",), fields({"path": "where the list is, or with `--all` the directory"})),
)
