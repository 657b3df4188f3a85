"""Smoke tests and the doctor, keys and what is spent, the sandbox, the completion."""

from litectl.output.doctor import finding_columns
from litectl.output.keys import key_columns
from litectl.output.smoke import smoke_columns
from litectl.output.spend import budget_columns, usage_columns
from litectl.smoke.check import VERDICTS
from litectl.spend.usage import KEY, WAYS
from pages.documents.document import Document, fields, rows

_CODE = {"code": "the word of the failure, null without one", "exit_code": "its exit code"}
_FIGURES = {"median": "half of them were below it", "p95": "nineteen of twenty were below it"}
_CHECK = {
    "name": "the name of the check, such as answers",
    "subject": "the model or the MCP server; null for the whole proxy",
    "verdict": "passed, warning, failed or skipped",
    "seconds": "how long it took; null when it was not run",
    "detail": "what was seen, or why it failed or was not run",
    "hint": "what to do",
    **_CODE,
    "call_id": "the id, in the log of the proxy, of the request that failed",
    "requests": "how many billed requests it made",
    "input_tokens": "tokens of their prompts",
    "output_tokens": "tokens of their answers",
    "cost": "US dollars, null when unknown",
    "is_estimate": "whether the cost was reckoned from prices",
    **{f"first_token.{name}": f"seconds until the first text; {means}" for name, means in _FIGURES.items()},
    **{f"total.{name}": f"seconds until the end; {means}" for name, means in _FIGURES.items()},
    "rate.median": "output tokens per second; half of them were below it",
    "rate.p5": "the slow end; one of twenty was below it",
}
_RUN = {
    "base_url": "the URL of the proxy",
    "started_at": "when it began",
    "seconds": "how long it took",
    "complete": "whether it came to its end",
    "requests": "how many billed requests it made",
    "cost": "what they cost, in US dollars; null when unknown",
    **{f"counts.{verdict}": f"how many checks: {verdict}" for verdict in VERDICTS},
}
_FINDING = {
    "name": "what was looked at",
    "status": "ok, warning, failure or skipped",
    "detail": "what was found",
    "remedy": "what to do about it, null when there is nothing to do",
    **_CODE,
    "seconds": "how long it took",
}
_TEAM = {"user_id": "the user that it belongs to", "team_id": "the team that it belongs to"}
_KEY = {
    "alias": "what the key is called",
    "name": "its end, such as sk-...abcd",
    "spend": "what it has spent, in US dollars",
    "max_budget": "its budget, in US dollars; null for none",
    "budget_left": "what is left of that",
    "models[]": "the models that it is restricted to; none is no restriction",
    "expires_at": "when it ends",
    "budget_reset_at": "when its budget begins anew",
    "budget_duration": "how long a budget lasts, such as 30d",
    "rpm_limit": "how many requests a minute it may make",
    "tpm_limit": "how many tokens a minute",
    **_TEAM,
    "team_alias": "what the team is called",
    "blocked": "whether it is blocked",
    "created_at": "when it was made",
    "last_active": "when it was last used",
    "metadata.*": "the notes about it",
    "token": "its hash",
}
_USER = {
    "user_id": "the user of the credential",
    "user_email": "their address",
    "user_role": "their role at the proxy",
    "spend": "what they have spent, in US dollars",
    "max_budget": "their budget, in US dollars",
    "budget_left": "what is left of that",
    "budget_reset_at": "when it begins anew",
}
_BUDGET = {
    "scope": "whose it is: key, user, team or team_member",
    "name": "what people call it",
    "id": "the hash of the key, or the id",
    "spend": "what was spent, in US dollars",
    "max_budget": "the budget, null for none",
    "budget_left": "what is left of it, below 0 when more was spent",
    "used_percent": "how much of it is used",
    "budget_reset_at": "when it begins anew",
    "daily_spend": "what the last days cost, each",
    "used_up_at": "when it is used up if it goes on so",
}
_COUNTS = {
    "spend": "US dollars",
    "requests": "how many requests there were",
    "failed_requests": "how many of them failed",
    "input_tokens": "tokens of their prompts",
    "output_tokens": "tokens of their answers",
    "cache_read_tokens": "tokens that were read from a cache",
    "cache_write_tokens": "tokens that were written into a cache",
}
_SPENT_BY_KEY = {
    "key": "the alias of the key, else the beginning of its hash",
    "alias": "its alias",
    "token": "its hash",
    **_TEAM,
    "exists": "whether there still is such a key",
}
_PERIOD = {
    "since": "the first day",
    "until": "the last day",
    "by": "what was counted by",
    "user_id": "the user of `--user`",
    "team_id": "the team of `--team`",
    **{f"total.{name}": f"of all rows: {means}" for name, means in _COUNTS.items()},
    "cut": "whether there was more than could be read",
}


def _spent(by: str) -> Document:
    """Return the document of what was spent *by* something."""
    meanings = {**(_SPENT_BY_KEY if by == KEY else {by: f"the {by}"}), **_COUNTS}
    found = (*fields(_PERIOD), *rows("rows", usage_columns(by), meanings))
    return Document(("spend",), found, f"with `--by {by}`")


DOCUMENTS = (
    Document(("smoke", "models test"), (*fields(_RUN), *rows("checks", smoke_columns(), _CHECK))),
    Document(
        ("doctor",),
        (
            *fields({"checked_at": "when it looked", "base_url": "the URL of the proxy, null without one"}),
            *rows("findings", finding_columns(), _FINDING),
        ),
    ),
    Document(
        ("keys list",),
        (
            *fields(
                {
                    "own_only": "whether the calling key may see itself only",
                    "left_out": "how many entries had no hash",
                    "cut": "whether there are more",
                }
            ),
            *rows("keys", key_columns(), _KEY),
        ),
    ),
    Document(("keys show",), fields(_KEY)),
    Document(("keys show",), fields(_USER), "for a credential that is no key of the table"),
    Document(("keys create",), fields({"key": "the key itself, which nobody can see again", **_KEY})),
    Document(
        ("keys delete",),
        fields({name: _KEY[name] for name in ("alias", "name", "token", "user_id", "team_id")}, "keys[]."),
    ),
    Document(("spend",), rows("budgets", budget_columns(), _BUDGET)),
    *map(_spent, WAYS),
    Document(
        ("sandbox start",),
        fields(
            {
                "base_url": "the URL of the proxy",
                "api_key": "its key",
                "config": "the file of your own configuration; null for the mock models",
                "log": "the file of its log",
            }
        ),
    ),
    Document(
        ("completion",),
        fields(
            {
                "shell": "the shell that it is for",
                "path": "the file of the completion",
                "written": "whether it was written now; false where it was there already",
                "startup": "the start-up file that needs a line; null when none does",
                "line": "that line",
            }
        ),
        "with `--install`",
    ),
    Document(
        ("version",),
        fields(
            {
                "version": "the version of litectl",
                "python": "that of the Python that runs it",
                "platform": "the system",
                "config_directory": "where the profiles are; null without a home, as the next three",
                "cache_directory": "where the cached lists are",
                "state_directory": "where tokens and the like are",
                "data_directory": "where the sandbox is",
            }
        ),
    ),
)
