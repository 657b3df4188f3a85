"""The ways to log in: which of them an option chose, or the person is asked for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from litectl.errors import LoginUnavailableError, UsageError

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime

# The options that choose the way to log in; `BROWSER` is the choice among the three that use one.
KEY, HELPER, GCLOUD, VARIABLE = "--api-key-file", "--helper", "--gcloud", "--key-variable"
PKCE, DEVICE, PASTE = "--pkce", "--device", "--paste"
BROWSER = "browser"
UNATTENDED = (KEY, HELPER, VARIABLE, GCLOUD)


def one_way(ways: Mapping[str, bool]) -> str | None:
    """Return the way that was chosen by an option, None for one to be asked for; raises `UsageError`."""
    chosen = [way for way, is_chosen in ways.items() if is_chosen]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} exclude each other", hint="choose one of them")
    return next(iter(chosen), None)


def require_fitting(way: str | None, *, team: str | None, virtual_key: bool | None) -> None:
    """Raise `UsageError` for an option that does not go with *way*."""
    if team is not None and way not in (None, DEVICE):
        why = "the page asks for the team" if way == PKCE else "there is no team to choose"
        raise UsageError(f"`--team` does not go with `{way}`: {why}", hint="use it with `--device`")
    if virtual_key is not None and way != PASTE:
        raise UsageError("`--virtual-key` goes with `--paste` only", hint="add `--paste`, or leave it out")


def asked_way(runtime: "Runtime") -> str:
    """Ask for browser or key; without single sign-on there is only the key."""
    from litectl.actions.login.dialogue import asks_for_browser
    from litectl.credentials.offer import fetch_offer, require_sso

    if not runtime.terminal.can_prompt:
        raise UsageError(
            "how to log in? nobody can be asked here",
            hint="say `--api-key-file -` for a key on stdin, `--helper CMD`, `--key-variable NAME`, "
            "`--gcloud`, or `--device`, which shows a page and a code",
        )
    with runtime.transport.connect(runtime.target.root) as proxy:
        try:
            require_sso(fetch_offer(proxy), proxy.root)
        except LoginUnavailableError as error:
            runtime.terminal.note(error.message)
            return KEY
    return BROWSER if asks_for_browser(runtime.terminal) else KEY
