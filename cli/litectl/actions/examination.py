"""
An examination: everything that a run depends on, looked at in order.

The edge that joins options, variables and files to `litectl.doctor`. Nothing is written, no
request is billed, and nothing is raised: whatever is broken is a finding.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from litectl import environment
from litectl.errors import LitectlError
from litectl.run.onlooker import OnlookingRuntime
from litectl.storage.paths import NoHomeError

if TYPE_CHECKING:
    from litectl.catalog.discovery import Discovery
    from litectl.credentials.account import Account
    from litectl.credentials.chain import Credential
    from litectl.doctor.finding import Finding
    from litectl.doctor.group import Group
    from litectl.profiles.profile import Profiles
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

_REQUEST_SECONDS = 10.0
_CONNECT_SECONDS = 3.0


class Examination:
    """What is found of the proxy, the credential and the files of *runtime* by one who only looks on."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = OnlookingRuntime.like(runtime)
        self._account: Account | None = None
        self._listed: list[str] | None = None

    @property
    def requests(self) -> list[str]:
        """What was asked of the proxy so far, and how it ended."""
        return self._runtime.requests

    @property
    def root(self) -> str | None:
        """The root of the proxy, None where nothing names a usable one."""
        try:
            return self._runtime.target.root
        except LitectlError:
            return None

    def findings(self) -> "Iterator[Finding]":
        """Give every finding, each as soon as it is made, without any secret."""
        from litectl.doctor.group import examined
        from litectl.text.keys import without_keys
        from litectl.text.lines import one_line

        def shown(text: str) -> str:
            return one_line(without_keys(self._runtime.terminal.without_secrets(text)))

        self._mask_variables()
        for finding in examined(self._groups(), time.monotonic, offline=self._why_offline()):
            remedy = finding.remedy and shown(finding.remedy)
            yield finding._replace(detail=shown(finding.detail), remedy=remedy)

    def _groups(self) -> "list[Group]":
        """Return all that is looked at, in order: what comes first may be the cause of what comes after."""
        from litectl.doctor import acceptance, discovering, files, network, program, service
        from litectl.doctor.group import Group

        known = ("profile", "base_url", "headers")
        reached = ("base_url", "http_proxy", "dns", "connect", "tls")
        return [
            Group(program.NAMES, program.examine_program),
            Group(files.NAMES, self._files),
            Group(("profile", "base_url"), self._target, needs=("profiles_file",)),
            Group(("headers",), self._headers, needs=("base_url",)),
            Group(("tls_files",), self._tls_files, needs=("base_url",)),
            Group(("timeouts",), self._timeouts),
            Group(("variables",), self._variables, needs=("base_url",)),
            Group(("credential", "keychain"), self._credential, needs=known),
            Group(network.NAMES, self._network, needs=(*known, "tls_files"), is_online=True),
            Group(service.NAMES, self._service, needs=reached, is_online=True),
            Group(acceptance.NAMES, self._acceptance, needs=("answer", "credential"), is_online=True),
            Group(discovering.NAMES, self._discovery, needs=("token", "key"), is_online=True),
            Group(("default_model",), self._default_model, needs=("base_url",)),
            Group(("model_list",), self._model_list, needs=(*known, "credential")),
            Group(("tool_list",), self._tool_list, needs=(*known, "credential")),
            Group(("last_refresh",), self._last_refresh),
            Group(("completion",), self._completion),
        ]

    def _why_offline(self) -> str | None:
        if not self._runtime.offline:
            return None
        return "--offline" if self._runtime.options.offline else f"{environment.OFFLINE} is set"

    def _mask_variables(self) -> None:
        """Make the values of variables unprintable that may be secrets, used or not."""
        from litectl.doctor.masking import secrets_in

        for secret in secrets_in(self._runtime.environment.all()):
            self._runtime.terminal.mask(secret)

    # Here

    def _files(self) -> "Iterator[Finding]":
        from litectl.doctor.files import examine_files

        return examine_files(self._runtime.paths, self._load)

    def _load(self) -> "Profiles":
        """Return the stored profiles, whose secrets are masked from now on."""
        profiles, terminal = self._runtime.profiles, self._runtime.terminal
        for profile in profiles.by_name.values():
            stored = profile.credential
            for secret in (*stored.secrets.values(), stored.command or "") if stored else ():
                terminal.mask(secret)
        return profiles

    def _target(self) -> "Iterator[Finding]":
        from litectl.doctor.network import is_taken
        from litectl.doctor.target import examine_profile, examine_root

        def answers(root: str) -> bool:
            return runtime.offline or is_taken(root, seconds=_CONNECT_SECONDS)

        runtime, options = self._runtime, self._runtime.options
        yield examine_profile(options.profile, runtime.environment, runtime.profiles)
        yield examine_root(
            runtime.target,
            self._given_url(),
            allow_http=runtime.transport.allows_http(runtime.target.root),
            has_profiles=bool(runtime.profiles.by_name),
            is_taken=answers,
        )

    def _headers(self) -> "Iterator[Finding]":
        from litectl.doctor.transport import examine_headers

        transport, options = self._runtime.transport, self._runtime.options
        yield examine_headers(
            transport.extra_headers,
            transport.auth_header,
            options.auth_header,
            options.header,
            self._runtime.target,
        )

    def _tls_files(self) -> "Iterator[Finding]":
        from litectl.doctor.transport import examine_tls_files

        runtime, target = self._runtime, self._runtime.target
        yield examine_tls_files(
            runtime.transport.tls, target.root, vars(runtime.options), target.settings_profile
        )

    def _timeouts(self) -> "Iterator[Finding]":
        from litectl.doctor.transport import examine_timeouts

        runtime = self._runtime
        yield examine_timeouts(runtime.options.timeout, runtime.lister.seconds, runtime.environment)

    def _variables(self) -> "Iterator[Finding]":
        from litectl.doctor.variables import examine_variables

        runtime = self._runtime
        credential: Credential | None = None
        with suppress(LitectlError):  # which is a finding of its own
            credential = runtime.credential
        yield examine_variables(runtime.target, credential, runtime.environment)

    def _credential(self) -> "Iterator[Finding]":
        from litectl.credentials.keychain import backend_name
        from litectl.doctor.credential import examine_credential, examine_keychain
        from litectl.text.keys import masked

        credential, target = self._runtime.credential, self._runtime.target
        shown = masked(credential.secret) if credential.secret else None
        warnings = list(self._runtime.caller.warnings)
        yield examine_credential(credential, shown, target.candidates, target.root, warnings)
        yield examine_keychain(credential.stored, target.settings_profile, backend_name)

    def _given_url(self) -> str:
        """Return the URL of the proxy as it was given."""
        from litectl.profiles.target import BASE_URL_OPTION

        runtime, target = self._runtime, self._runtime.target
        if target.source == BASE_URL_OPTION:
            return runtime.options.base_url or target.root
        return target.root if target.profile else runtime.environment.get(target.source) or target.root

    def _model_list(self) -> "Iterator[Finding]":
        from litectl.doctor.lists import examine_models

        cache = self._runtime.lister.require_cache() if self._has_lists() else None
        yield examine_models(cache, self._runtime.now())

    def _tool_list(self) -> "Iterator[Finding]":
        from litectl.doctor.lists import examine_tools

        cache = self._runtime.toolbox.require_cache() if self._has_lists() else None
        yield examine_tools(cache, self._runtime.now())

    def _last_refresh(self) -> "Iterator[Finding]":
        from litectl.doctor.lists import examine_last_refresh
        from litectl.storage.lastrefresh import read_last_refresh

        try:
            last = read_last_refresh(self._runtime.paths.last_refresh)
        except NoHomeError:
            last = None
        stored: Collection[str] | None = None
        with suppress(LitectlError, OSError):
            stored = self._runtime.profiles.by_name
        yield examine_last_refresh(last, self._runtime.now(), stored=stored)

    def _has_lists(self) -> bool:
        """Tell whether anything can have been cached: to name its file would otherwise make the secret."""
        try:
            return self._runtime.paths.fingerprint_secret.is_file()
        except (NoHomeError, OSError):
            return False

    def _completion(self) -> "Iterator[Finding]":
        from litectl.completion.places import homes_of
        from litectl.doctor.completion import examine_completion
        from litectl.doctor.finding import WARNING, ok

        # Nobody presses TAB in a job, so it says nothing where nobody looks.
        variables = self._runtime.environment
        is_seen = self._runtime.terminal.stdout_is_terminal and not variables.get("CI")
        found = examine_completion(variables.get("SHELL"), homes_of(self._runtime.paths.home, variables))
        yield found if is_seen or found.status != WARNING else ok(found.name, found.detail)

    # There

    @property
    def _seconds(self) -> float:
        return self._runtime.options.timeout or _REQUEST_SECONDS

    def _network(self) -> "Iterator[Finding]":
        from litectl.doctor.network import examine_network

        runtime, seconds = self._runtime, min(self._seconds, _CONNECT_SECONDS)
        variables = runtime.environment.all()
        return examine_network(
            runtime.target.root, runtime.transport.tls, variables, seconds=seconds, now=runtime.now()
        )

    def _connect_as_nobody(self) -> "Proxy":
        return self._runtime.transport.connect(self._runtime.target.root)

    def _service(self) -> "Iterator[Finding]":
        from litectl.doctor.service import examine_service

        with self._connect_as_nobody() as proxy:
            yield from examine_service(proxy, seconds=self._seconds, now=self._runtime.now)

    def _acceptance(self) -> "Iterator[Finding]":
        from litectl.doctor.acceptance import Asker, examine_acceptance

        runtime = self._runtime
        asker = Asker(
            lambda: self._runtime.caller.credential,
            self._runtime.caller.bearer,
            self._runtime.caller.warnings,
            runtime.open_proxy,
            self._connect_as_nobody,
            self._remember,
        )
        return examine_acceptance(asker, seconds=self._seconds, now=runtime.now())

    def _remember(self, account: "Account") -> None:
        self._account = account

    def _discovery(self) -> "Iterator[Finding]":
        from litectl.doctor.discovering import examine_discovery

        return examine_discovery(self._discovered, self._account.models if self._account else None)

    def _discovered(self) -> "Discovery":
        from litectl.catalog.discovery import discover

        runtime = self._runtime
        with runtime.open_proxy() as proxy:
            discovery = discover(proxy, seconds=runtime.lister.seconds, now=runtime.now())
        self._listed = [model.name for model in discovery.catalog.models]
        return discovery

    def _default_model(self) -> "Iterator[Finding]":
        from litectl.actions.inputs import default_model
        from litectl.doctor.allowance import examine_default_model

        yield examine_default_model(*default_model(self._runtime), self._listed)
