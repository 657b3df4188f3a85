"""
The runtime of one command: environment, terminal, clock, files, and the proxy they lead to.

The only reader of `os.environ`. Everything costly is built at first use, so a
command that answers from disk never loads the network.
"""

import os
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from litectl import environment
from litectl.environment import Environment
from litectl.errors import ConfigError
from litectl.storage.paths import NoHomeError, Paths
from litectl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from litectl.credentials.chain import Credential
    from litectl.profiles.profile import Profile, Profiles, ProfileStore
    from litectl.profiles.target import Target
    from litectl.run.caller import Caller
    from litectl.run.lister import Lister
    from litectl.run.toolbox import Toolbox
    from litectl.run.transport import Transport
    from litectl.wire.proxy import Proxy

_SECRET_LIMIT = 64 * 2**10 + 1  # bytes; whoever parses it refuses the last one
_LOGIN_HOURS = 24.0
_SECRET_SECONDS = 60.0  # a password manager may ask for its own password first


class SharedOptions:
    """The options that work before and after every verb; the defaults until they are given."""

    profile: str | None = None
    base_url: str | None = None
    api_key_file: str | None = None
    header: Sequence[str] = ()
    auth_header: str | None = None
    ca_bundle: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    allow_http = False
    timeout: float | None = None
    offline = False
    format: str | None = None
    quiet = False
    verbose = False
    debug = False
    no_input = False


class Runtime:
    """What a command may need; built by `main`, and by tests with streams of their own."""

    def __init__(self, variables: Mapping[str, str], terminal: Terminal | None = None) -> None:
        self.environment = Environment(variables)
        self.terminal = terminal or Terminal.of_process(self.environment)
        self.options = SharedOptions()
        self.paths = Paths()
        self.stdin_was_read = False

    @classmethod
    def of_process(cls) -> "Runtime":
        """Return the runtime of this process."""
        return cls(os.environ)

    def of_profile(self, name: str) -> "Runtime":
        """Return a runtime for the profile *name*, whatever proxy and key the options name."""
        other = Runtime(self.environment.all(), self.terminal)
        vars(other.options).update(vars(self.options))
        other.options.profile = name
        other.options.base_url = other.options.api_key_file = None
        return other

    def aimed_at(self, root: str, profile: "Profile | None") -> "Runtime":
        """Return a runtime for *root*, with the settings of *profile*, whatever names another proxy."""
        from litectl.profiles.target import BASE_URL_OPTION, Target

        other = Runtime(self.environment.all(), self.terminal)
        other.options = self.options
        other.target = Target(root, BASE_URL_OPTION, profile, (profile,) if profile else ())
        return other

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time()

    @property
    def offline(self) -> bool:
        """Whether the network is forbidden, by `--offline` or LITELLM_OFFLINE."""
        return self.options.offline or self.environment.flag(environment.OFFLINE)

    @property
    def wants_json(self) -> bool:
        """Whether JSON was asked for."""
        return self.options.format in ("json", "jsonl")

    # Which proxy, which key

    @cached_property
    def profile_store(self) -> "ProfileStore":
        """The file of profiles."""
        from litectl.profiles.profile import ProfileStore

        def tightened(path: object) -> None:
            self.terminal.warn(f"`{path}` was open to other users; it is yours alone now")

        return ProfileStore(self.paths.profiles, tightened)

    @cached_property
    def profiles(self) -> "Profiles":
        """The stored profiles; none where there is no home for them."""
        from litectl.profiles.profile import Profiles

        try:
            store = self.profile_store
        except NoHomeError:
            return Profiles()
        return store.load()

    @cached_property
    def target(self) -> "Target":
        """The proxy to talk to."""
        from litectl.profiles.target import choose_target

        return choose_target(self.options.profile, self.options.base_url, self.environment, self.profiles)

    @cached_property
    def transport(self) -> "Transport":
        """How that proxy is reached."""
        from litectl.run.transport import Transport

        return Transport(self, self.terminal.trace)

    @cached_property
    def caller(self) -> "Caller":
        """Who calls that proxy."""
        from litectl.run.caller import Caller

        return Caller(self)

    @property
    def credential(self) -> "Credential":
        """The credential for that proxy; masked in every message from now on."""
        return self.caller.credential

    def open_proxy(self) -> "Proxy":
        """Return the proxy, ready to be asked; raises `ConfigError` when offline or not allowed."""
        proxy = self.caller.open_proxy()
        if not self.is_configured:
            missing, remedy = self.missing_proxy
            proxy.unreachable_hint = f"{missing}: say `{remedy}`"
        return proxy

    @property
    def missing_proxy(self) -> tuple[str, str]:
        """What is missing where nothing names a proxy, and the command that helps."""
        if self.profiles.by_name:
            return "no profile is the default", self.profiles.line_to_choose
        return "no proxy is configured", "litectl login"

    def read_secret(self, what: str, *, flag: str) -> bytes:
        """
        Return the secret that is piped in, or typed without echo where stdin is a terminal.

        Raises `UsageError` when nothing comes; *flag* is another way to give it.
        """
        from litectl.errors import UsageError

        terminal = self.terminal
        if terminal.stdin_is_terminal:
            return terminal.questions.ask_hidden(what, flag=flag).encode()
        self.stdin_was_read = True
        try:
            return terminal.read_stdin(
                _SECRET_LIMIT,
                silence=_SECRET_SECONDS,
                on_silence=lambda: terminal.note(f"waiting for the {what} on stdin"),
            )
        except TimeoutError:
            raise UsageError(
                f"no {what} came on stdin for {_SECRET_SECONDS:g} s", hint=f"pipe it in, or use `{flag}`"
            ) from None

    def require_online(self) -> None:
        """Raise `ConfigError` when the network is forbidden."""
        if self.offline:
            way_out = "leave `--offline` out" if self.options.offline else f"unset {environment.OFFLINE}"
            raise ConfigError("this needs the network, which is forbidden", hint=way_out)

    @property
    def is_configured(self) -> bool:
        """Whether anything at all names a proxy, or only the built-in default does."""
        from litectl.profiles.target import BUILT_IN

        return self.target.source != BUILT_IN

    @cached_property
    def lister(self) -> "Lister":
        """What that proxy offers."""
        from litectl.run.lister import Lister

        return Lister(self)

    @cached_property
    def toolbox(self) -> "Toolbox":
        """Which tools its MCP servers have."""
        from litectl.run.toolbox import Toolbox

        return Toolbox(self)

    @property
    def login_hours(self) -> float:
        """How many hours a browser login lasts when the proxy does not say; raises `ConfigError`."""
        hours = self.environment.number(environment.LOGIN_HOURS, _LOGIN_HOURS)
        if not hours:
            raise ConfigError(f"{environment.LOGIN_HOURS} is not a number of hours", hint="24 is usual")
        return hours
