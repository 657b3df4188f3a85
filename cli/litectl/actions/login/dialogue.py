"""The questions and messages of a login, on the terminal."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from litectl.credentials.dialogue import Dialogue, Team
from litectl.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from litectl.credentials.stored import StoredCredential
    from litectl.run.runtime import Runtime
    from litectl.terminal.terminal import Terminal


def login_dialogue(terminal: "Terminal", *, browser: bool) -> Dialogue:
    """Return how a flow speaks with the person; with *browser* pages are opened as well as shown."""

    def show_page(url: str, code: str | None) -> None:
        # Also with `--quiet`: without it there is no login.
        terminal.raw_error(f"Open this page in a browser:\n\n    {url}\n")
        if code is not None:
            terminal.raw_error(f"Verification code: {code}\n\nType it on that page.\n")
        if browser:
            from litectl.credentials.browser import open_page

            open_page(url)

    def waiting(text: str, seconds: float) -> AbstractContextManager[None]:
        return terminal.progress(text, limit=seconds)

    def choose_team(teams: Sequence[Team]) -> str:
        if not terminal.can_prompt:
            names = ", ".join(team.name for team in teams)
            raise UsageError(f"which of your teams is it for? {names}", hint="name it with `--team TEAM`")
        shown = [team.name if team.name == team.id else f"{team.name} ({team.id})" for team in teams]
        return teams[terminal.questions.choose("team", shown, flag="--team TEAM")].id

    return Dialogue(show_page, waiting, choose_team)


def typed_root(terminal: "Terminal", known: str | None) -> str:
    """
    Ask for the URL of the proxy, until it is one, and return its root; *known* is taken for nothing.

    Of the address of a page, copied from the browser, the root is taken.
    """
    from litectl.wire.pasted import route_in, without_route
    from litectl.wire.root import normalise_root

    question = f"proxy URL [{known}]" if known else "proxy URL, such as https://litellm.example.com"
    while True:
        try:
            root = normalise_root(terminal.questions.ask(question, flag="--base-url URL") or known or "")
        except ConfigError as error:
            terminal.error(error.message, error.hint)
            continue
        if route := route_in(root):
            terminal.note(f"`{route}` at its end is left out; `--base-url URL` would keep it")
        return without_route(root)


def asks_for_browser(terminal: "Terminal") -> bool:
    """Ask how to log in; tell whether it is with the browser."""
    answers = ("with your browser (single sign-on)", "with an API key")
    return terminal.questions.choose("how to log in", answers, flag="--device or --api-key-file PATH") == 0


def pasted_login(
    runtime: "Runtime",
    root: str,
    dialogue: Dialogue,
    *,
    virtual_key: bool | None,
    check: "Callable[[StoredCredential], None]",
) -> "StoredCredential":
    """
    Return the credential of a token that the person copies from the proxy's own page.

    *check* raises for a token that the proxy does not accept.
    *virtual_key* says whether a virtual key is made from it; None asks on a
    terminal, and makes none elsewhere. When that fails the token itself is kept.
    """
    from litectl.credentials.paste import exchange_for_virtual_key, stored_token
    from litectl.output.times import timestamp

    terminal = runtime.terminal
    token = _pasted_token(runtime, root, dialogue)
    check(stored_token(root, token))
    if virtual_key is None and terminal.can_prompt:
        question = "make a virtual key from it, which usually lasts longer?"
        virtual_key = terminal.questions.confirm(question, flag="--virtual-key", default=True)
    if not virtual_key:
        return stored_token(root, token)
    with runtime.transport.connect(root, token) as proxy:
        exchanged = exchange_for_virtual_key(proxy, token, now=runtime.now())
    terminal.mask(exchanged.credential.secret)
    if exchanged.failure is not None:
        terminal.warn(f"no virtual key was made: {exchanged.failure}; the token itself is kept")
    else:
        ends = timestamp(exchanged.credential.expires_at)
        terminal.say("a virtual key was made" + (f", which ends at {ends}" if ends else ""))
    return exchanged.credential


def _pasted_token(runtime: "Runtime", root: str, dialogue: Dialogue) -> str:
    from litectl.credentials.chain import parse_key
    from litectl.credentials.paste import PAGE

    terminal = runtime.terminal
    if terminal.stdin_is_terminal:
        dialogue.show_page(f"{root}{PAGE}", None)
    text = runtime.read_secret("token from the page", flag="--api-key-file PATH").decode("utf-8", "replace")
    token = parse_key(text, "the page" if terminal.stdin_is_terminal else "stdin")
    terminal.mask(token)
    return token
