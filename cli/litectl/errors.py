"""
Every way litectl can fail, and the exit code each one gives.

The class decides: it carries the stable word for machines (`code`), the exit
code and a default hint. The tree:

    LitectlError
    |-- OutputError        1  stdout cannot be written to
    |-- ProxyError         1  the proxy answered with an error of no class below
    |   |-- GuardrailError               a guardrail or content filter refused the text
    |   |-- ToolError                    a tool says that it failed
    |   `-- UnsupportedParameterError    the model does not take a parameter of the request
    |-- UsageError         2  bad option or argument
    |-- ConfigError        3  no usable proxy URL, unknown profile, broken file
    |-- AuthError          4  no, expired or refused credential
    |-- NetworkError       5  unreachable, DNS, TLS, time-out
    |-- NotFoundError      6  unknown model, tool, server or skill, or one this key may not use
    |-- PartialError       7  some of many failed
    |-- RateLimitError     8  wait and try again
    |-- BudgetError        9  budget exceeded; waiting does not help
    |-- ContextError      10  the prompt is too long for the model
    |-- IncompleteError   11  the answer broke off or was empty
    |-- UpstreamError     12  the proxy or its backend failed
    |-- InternalError     70  a bug in litectl
    |-- Interrupted      130  SIGINT
    `-- Terminated       143  SIGTERM
"""

from collections.abc import Mapping
from enum import IntEnum


class ExitCode(IntEnum):
    """The process exit codes; a public contract."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIG = 3
    AUTH = 4
    NETWORK = 5
    NOT_FOUND = 6
    PARTIAL = 7
    RATE_LIMITED = 8
    BUDGET = 9
    CONTEXT = 10
    INCOMPLETE = 11
    UPSTREAM = 12
    INTERNAL = 70
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS = {
    ExitCode.OK: "success; an empty list; a closed pipe, as with `head`",
    ExitCode.FAILED: (
        "the proxy answered with an error that has no code below, a tool failed, the system refused, "
        "as where stdout is on a full disk, or `models diff` found a difference"
    ),
    ExitCode.USAGE: "bad option or argument",
    ExitCode.CONFIG: (
        "no usable proxy URL, unknown profile, offline, "
        "or a file of litectl that is damaged or cannot be written, as on a full disk"
    ),
    ExitCode.AUTH: "no, expired or refused credential",
    ExitCode.NETWORK: "unreachable, DNS, TLS, time-out",
    ExitCode.NOT_FOUND: (
        "unknown model, tool, server, skill, key or route of `api`, or a model this key may not use "
        "(the message suggests near names)"
    ),
    ExitCode.PARTIAL: (
        "some of several items failed: a check of `smoke` or a profile of `models refresh --all-profiles`; "
        "an MCP server, with `--strict` of `mcp servers` and `mcp tools`; "
        "or a skill was looked for in a list that was cut"
    ),
    ExitCode.RATE_LIMITED: "wait and try again; the hint says how long",
    ExitCode.BUDGET: "budget or quota used up; waiting does not help",
    ExitCode.CONTEXT: "the prompt is too long for the model",
    ExitCode.INCOMPLETE: (
        "the answer broke off, was empty, was cut at a limit that litectl added (with `--strict` at any), "
        "or is not the JSON that was asked for"
    ),
    ExitCode.UPSTREAM: "the proxy or its backend failed; trying again may help",
    ExitCode.INTERNAL: "a bug in litectl",
    ExitCode.INTERRUPTED: "Ctrl-C",
    ExitCode.TERMINATED: "SIGTERM",
}


class LitectlError(Exception):
    """
    A failure with a message for people and an exit code for scripts.

    *message* says what happened, *hint* what to run or change. *details* are
    further fields of the JSON form of the error, for example the HTTP
    `status`, the `call_id`, `retry_after` in seconds, or `reason`: a stable word
    where the class alone does not tell (`guardrail`, `quota`,
    `unsupported_parameter`, `upstream_auth`, `server_credential`).
    """

    exit_code = ExitCode.FAILED
    hint: str | None = None

    def __init__(
        self, message: str, *, hint: str | None = None, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or type(self).hint
        self.details = dict(details or {})

    @property
    def code(self) -> str:
        """The stable word of this class of failure, such as `rate_limited`."""
        return self.exit_code.name.lower()

    def as_json(self) -> dict[str, object]:
        """Return the public JSON form: code, message, hint, exit_code, then the details."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "exit_code": int(self.exit_code),
            **self.details,
        }


class OutputError(LitectlError):
    """stdout cannot be written to."""

    hint = "check the disk, or whatever reads the output"


class ProxyError(LitectlError):
    """The proxy answered with an error that has no class of its own."""

    hint = "the proxy's whole answer is in the error of `--json`"


class GuardrailError(ProxyError):
    """A guardrail of the proxy, or a content filter behind it, refused the prompt or the answer."""

    hint = "change the prompt, or ask the operator of the proxy about its guardrails"


class ToolError(ProxyError):
    """A tool ran, or began to, and says that it failed."""


class UnsupportedParameterError(ProxyError):
    """The model does not take a parameter of the request; `parameters` of its details names them."""

    hint = "leave the parameter out, or try `--drop-params`"

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters, as far as the refusal tells them."""
        names = self.details.get("parameters")
        return [str(name) for name in names] if isinstance(names, list) else []


class UsageError(LitectlError):
    """An option or argument is wrong."""

    exit_code = ExitCode.USAGE


class ConfigError(LitectlError):
    """There is no usable proxy URL, profile or settings file."""

    exit_code = ExitCode.CONFIG


class AuthError(LitectlError):
    """There is no credential, or the proxy refused it."""

    exit_code = ExitCode.AUTH
    hint = "log in with `litectl login`, or see what is used with `litectl whoami`"


class NotAllowedError(AuthError):
    """The proxy knows the credential, and does not let it do this; a new token would change nothing."""


class LoginUnavailableError(AuthError):
    """The proxy does not offer this way to log in; another one may work."""

    hint = "choose another way: `litectl login --api-key-file PATH`, or see `litectl login --help`"


class NetworkError(LitectlError):
    """The proxy could not be reached, or said nothing in time."""

    exit_code = ExitCode.NETWORK
    hint = "find out why with `litectl doctor`"
    was_sent = True  # or some of the request may have been


class ConnectionLostError(NetworkError):
    """The connection was not made, or ended with nothing received: a read may be tried again."""


class UnreachableError(ConnectionLostError):
    """The connection was not made: nothing was asked of anybody, so it may always be tried again."""

    was_sent = False


class TimedOutError(NetworkError):
    """The answer was not complete in time."""

    hint = "allow more time with `--timeout SECONDS`"


class NotFoundError(LitectlError):
    """A model, tool, server or skill does not exist, or this key may not use it."""

    exit_code = ExitCode.NOT_FOUND
    hint = "see the models this key may use with `litectl models list`"


class PartialError(LitectlError):
    """Some of many failed, and the others did not."""

    exit_code = ExitCode.PARTIAL


class RateLimitError(LitectlError):
    """A limit was reached; waiting helps."""

    exit_code = ExitCode.RATE_LIMITED
    hint = (
        "wait and try again; or choose a smaller model, a shorter prompt or a lower `--max-tokens`; "
        "or ask the operator of the proxy for a higher limit"
    )


class BudgetError(LitectlError):
    """The budget is used up; waiting does not help."""

    exit_code = ExitCode.BUDGET
    hint = "ask the operator of the proxy to raise the budget"


class ContextError(LitectlError):
    """The prompt is longer than the model's context window."""

    exit_code = ExitCode.CONTEXT
    hint = "shorten the prompt, or choose a model with a larger window from `litectl models list`"


class IncompleteError(LitectlError):
    """The answer broke off, was empty, or never said that it was finished."""

    exit_code = ExitCode.INCOMPLETE
    hint = "the answer so far cannot be trusted to be whole; try again"


class UpstreamError(LitectlError):
    """The proxy or the backend behind it failed."""

    exit_code = ExitCode.UPSTREAM
    hint = "the proxy or its backend failed; try again later"


class Interrupted(LitectlError):
    """SIGINT arrived, as from Ctrl-C."""

    exit_code = ExitCode.INTERRUPTED


class Terminated(LitectlError):
    """SIGTERM arrived."""

    exit_code = ExitCode.TERMINATED


class InternalError(LitectlError):
    """A bug in litectl."""

    exit_code = ExitCode.INTERNAL
    hint = (
        "this is a bug in litectl; run it again with `--debug` and report what it prints, "
        "with the output of `litectl version --json`"
    )


class Stopped(BaseException):
    """
    A signal arrived; *error* is what `main` reports.

    Not an `Exception`, so that nothing on the way up takes it for a failure of its own.
    """

    def __init__(self, error: LitectlError) -> None:
        super().__init__(error.message)
        self.error = error


class ReaderGone(Exception):
    """Whoever read stdout has closed it, as `head -1` does; that is success."""
