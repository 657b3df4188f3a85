"""
The checks of a smoke run that reach no model: of the proxy itself, and of what it lists.

The edge that joins options and the caller to `litectl.smoke`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from typing import TYPE_CHECKING

from litectl.errors import BudgetError, LitectlError
from litectl.smoke import steps
from litectl.smoke.check import Check, Result

if TYPE_CHECKING:
    from litectl.catalog.catalog import Catalog
    from litectl.catalog.discovery import Discovery
    from litectl.exchange.backend import Backend
    from litectl.mcp.servers import Server
    from litectl.run.runtime import Runtime
    from litectl.smoke.finding import Finding
    from litectl.smoke.report import Report
    from litectl.smoke.selection import Selection
    from litectl.smoke.wishes import SmokeWishes
    from litectl.wire.proxy import Proxy

_CHECK_SECONDS = 30.0


class ProxyChecks:
    """
    The checks of the proxy of a run; what they open is closed by *stack*.

    Afterwards *backends* are the models that were selected, and *has_budget* is false when the budget was
    found to be used up. *waited* is for how many seconds the proxy was waited for in vain.
    """

    backends: "Sequence[Backend]" = ()
    has_budget = True
    waited: float | None = None

    def __init__(self, runtime: "Runtime", wishes: "SmokeWishes", report: "Report", stack: ExitStack) -> None:
        self._runtime, self._wishes, self._report, self._stack = runtime, wishes, report, stack
        self._header_servers = tuple(runtime.toolbox.header_servers)
        self._discovery: Discovery | None = None

    def results(self, names: Sequence[str], selection: "Selection") -> Iterator[Result]:
        """Run the checks called *names* in their order, and give how each ended."""
        checks: dict[str, Callable[[], Iterable[Result]]] = {
            steps.REACHABLE: lambda: self._ended(steps.REACHABLE, self._reachable),
            steps.TLS: lambda: self._ended(steps.TLS, self._certificate),
            steps.READINESS: lambda: self._ended(steps.READINESS, self._readiness),
            steps.CREDENTIAL: lambda: self._ended(steps.CREDENTIAL, self._credential),
            steps.DISCOVERY: lambda: self._ended(steps.DISCOVERY, self._discover),
            steps.SOURCE: lambda: self._ended(steps.SOURCE, self._source),
            steps.REQUIRED: self._required,
            steps.MCP: self._servers,
            steps.SKILLS: lambda: self._ended(steps.SKILLS, self._skills),
            steps.MODELS: lambda: self._ended(steps.MODELS, partial(self._select, selection)),
        }
        for name in names:
            yield from checks[name]()

    def connect(self) -> "Proxy":
        """Return the proxy, asked without a credential."""
        return self._runtime.transport.connect(self._runtime.target.root)

    def _ended(self, name: str, look: "Callable[[], Finding]") -> "Iterator[Result]":
        from litectl.smoke.finding import ended

        yield ended(Check(name, is_gate=name in steps.GATES), look)

    def _reachable(self) -> "Finding":
        from litectl.smoke.proxychecks import reachable

        seconds = self._seconds(_CHECK_SECONDS)
        return self._after_waiting(lambda: reachable(self._stranger, seconds=seconds))

    def _certificate(self) -> "Finding":
        from litectl.smoke.finding import Absent
        from litectl.smoke.proxychecks import certificate

        runtime = self._runtime
        root = runtime.target.root
        if not root.startswith("https:"):
            return Absent("the proxy is asked over plain http")
        from litectl.wire.certificate import served_certificate

        found = served_certificate(root, runtime.transport.tls, seconds=self._seconds(_CHECK_SECONDS))
        return certificate(found, runtime.now())

    def _readiness(self) -> "Finding":
        from litectl.smoke.proxychecks import readiness

        seconds = self._seconds(_CHECK_SECONDS)
        return self._after_waiting(lambda: readiness(self._stranger, seconds=seconds))

    def _credential(self) -> "Finding":
        from litectl.credentials.chain import NONE
        from litectl.smoke.proxychecks import credential

        proxy, own = self._proxy, self._runtime.credential
        source = None if own.kind == NONE else own.source
        seconds, is_to_pay = self._seconds(_CHECK_SECONDS), self._wishes.asks_models
        finding = credential(proxy, source, seconds=seconds, is_to_pay=is_to_pay)
        self.has_budget = not isinstance(finding, BudgetError)
        return finding

    def _discover(self) -> "Finding":
        from litectl.smoke.listchecks import discovered

        self._discovery = self._runtime.lister.discover()
        return discovered(self._discovery)

    def _source(self) -> "Finding":
        from litectl.smoke.listchecks import from_source

        return from_source(self._catalog, self._wishes.expect_source or "")

    def _required(self) -> "Iterator[Result]":
        from litectl.smoke.finding import ended
        from litectl.smoke.listchecks import required

        for name in self._wishes.require:
            yield ended(Check(steps.REQUIRED, name), partial(required, self._catalog, name))

    def _servers(self) -> "list[Result]":
        from litectl.smoke.listchecks import servers_answer, unknown_servers

        check = Check(steps.MCP)
        choice = steps.server_choice(self._wishes.only, self._wishes.skip)
        results = servers_answer(
            check,
            lambda: self._runtime.toolbox.fetch(self._proxy),
            self._described,
            self._header_servers,
            choice,
        )
        for name in unknown_servers(choice.skip, results) if results[0].check.subject else ():
            self._runtime.terminal.note(f"`--skip` names an MCP server that the proxy does not list: {name}")
        self._report.split(check, [result.check for result in results])
        return results

    def _described(self) -> "Sequence[Server]":
        from litectl.mcp.listing import SERVERS_SECONDS, fetch_servers

        trace = self._runtime.terminal.trace
        return fetch_servers(self._proxy, seconds=self._seconds(SERVERS_SECONDS), trace=trace)

    def _skills(self) -> "Finding":
        from litectl.skills.listing import LIST_SECONDS
        from litectl.smoke.listchecks import skills_answer

        return skills_answer(self._proxy, seconds=self._seconds(LIST_SECONDS))

    def _select(self, selection: "Selection") -> "Finding":
        from litectl.catalog.rows import grouped
        from litectl.exchange.backend import Backend
        from litectl.smoke.selection import named, require_asked, selected

        catalog = self._catalog
        models = selected(catalog.models, selection)
        if self._wishes.asks_models:
            require_asked(models)
        groups = grouped(catalog.deployments)
        self.backends = [Backend(model.name, model, groups.get(model.name, ())) for model in models]
        how = ""
        if selection.sample is not None:
            how = f", a sample of `--seed {selection.seed}`"
        elif not self._wishes.asks_models:
            how = "; listed, not asked: for that say `--prompt`"
        return named(models) + how

    def _after_waiting(self, look: "Callable[[], Finding]") -> "Finding":
        """Return what *look* finds; that it was waited for in vain is in the error that it raises."""
        try:
            return look()
        except LitectlError as error:
            if self.waited is not None:
                error.message += f", also after {self.waited:g} s of `--wait`"
            raise

    # Who is asked

    @cached_property
    def _stranger(self) -> "Proxy":
        """The proxy, asked without a credential: what is wrong with that is found by its own check."""
        return self._stack.enter_context(self.connect())

    @cached_property
    def _proxy(self) -> "Proxy":
        return self._stack.enter_context(self._runtime.open_proxy())

    def _seconds(self, usual: float) -> float:
        return self._runtime.options.timeout or usual

    @property
    def _catalog(self) -> "Catalog":
        """The list that was found, with the overrides of the profile."""
        assert self._discovery is not None
        catalog, overrides = self._discovery.catalog, self._runtime.lister.overrides
        if not overrides:
            return catalog
        from litectl.catalog.overrides import override

        return catalog._replace(models=override(catalog.models, overrides))
