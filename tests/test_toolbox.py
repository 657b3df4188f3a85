"""The tools of a run: cached by the rules of the model list, refreshed with it, shown and cleared."""

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer, model_info
from litectl.errors import ConfigError, ProxyError, UpstreamError
from litectl.mcp import listing
from litectl.mcp.listing import LIST_SECONDS
from litectl.mcp.tools import ToolList
from litectl.run.runtime import Runtime
from litectl.wire.proxy import Proxy
from program import Litectl, Screen
from tool_answers import on_tools

DAY = 24 * 3600.0
KEY = "sk-test-key-0001"
OFF = {"LITELLM_DISCOVERY_TIMEOUT_MS": "0"}
OnTools = Callable[..., None]


class Run(NamedTuple):
    """A run, and what it says on stderr."""

    runtime: Runtime
    screen: Screen

    def names(self) -> list[str]:
        """Return the names of the tools to use now."""
        return [tool.name for tool in self.runtime.toolbox.current().tools]


Start = Callable[..., Run]


@pytest.fixture
def start(fake: FakeProxy) -> Start:
    """Start a run against the fake proxy."""

    def started(variables: Mapping[str, str] | None = None, *, terminals: str = "", **options: object) -> Run:
        environ = {**os.environ, "LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": KEY, **(variables or {})}
        screen = Screen(environ, terminals=terminals)
        runtime = Runtime(environ, screen.terminal)
        vars(runtime.options).update(options)
        return Run(runtime, screen)

    return started


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch, fake: FakeProxy) -> OnTools:
    """Let the fake proxy list tools."""

    def offered(failed: str = "", **tools: list[str]) -> None:
        on_tools(monkeypatch, fake, tools, failed=failed)

    return offered


def make_older(isolated: Path, seconds: float) -> None:
    """Let the cached tool list be fetched *seconds* ago."""
    (path,) = (isolated / ".cache/litectl/tools").glob("*.json")
    head, content = path.read_bytes().split(b"\n", 1)
    document = {**json.loads(head), "fetched_at": time.time() - seconds}
    path.write_bytes(json.dumps(document).encode() + b"\n" + content)


def asked(fake: FakeProxy) -> int:
    """Return how often the tool list was asked for."""
    return len([request for request in fake.requests if request.path == listing.PATH])


# Which list to use


def test_the_list_is_fetched_once_a_day(
    start: Start, offer: OnTools, fake: FakeProxy, isolated: Path
) -> None:
    """The second run answers from the cache, also without the network; a day later it is fetched again."""
    offer(calc=["add"])
    assert start().names() == ["add"]
    offer(calc=["add", "sub"])

    assert start().names() == start(offline=True).names() == ["add"]
    assert asked(fake) == 1
    make_older(isolated, DAY + 1)
    assert start().names() == ["add", "sub"]


def test_a_proxy_without_tools_is_asked_once_a_day(start: Start, offer: OnTools, fake: FakeProxy) -> None:
    """TAB works there without the network, and gives nothing."""
    offer()

    assert start().names() == start().names() == start(offline=True).names() == []
    assert asked(fake) == 1


def test_another_key_has_another_list(start: Start, offer: OnTools, fake: FakeProxy) -> None:
    """As it has another model list, under the same fingerprint."""
    offer(calc=["add"])
    runs = [start(), start({"LITECTL_API_KEY": "sk-another-key-02"}), start(header=["X-Team: blue"])]

    assert [run.names() for run in runs] == [["add"]] * 3
    assert asked(fake) == 3
    for run in runs:
        paths = run.runtime.lister.require_cache().file.path, run.runtime.toolbox.require_cache().file.path
        assert paths[0].name == paths[1].name


@pytest.mark.parametrize(
    ("variables", "options", "why"),
    [({}, {"offline": True}, "`--offline` or"), (OFF, {}, "LITELLM_DISCOVERY_TIMEOUT_MS is 0")],
)
def test_without_a_list_that_may_be_fetched_there_is_an_error(
    start: Start, fake: FakeProxy, variables: dict[str, str], options: dict[str, object], why: str
) -> None:
    """It names what forbids the fetch, and the command that does it."""
    with pytest.raises(ConfigError, match=f"no tool list is cached .* {why}") as caught:
        start(variables, **options).names()

    assert "litectl models refresh" in (caught.value.hint or "")
    assert fake.requests == []


def test_an_old_list_is_better_than_none(
    start: Start, offer: OnTools, fake: FakeProxy, isolated: Path
) -> None:
    """When it cannot be fetched the old one is used, and told; within a minute nobody asks again."""
    offer(calc=["add"])
    start().names()
    make_older(isolated, DAY + 1)
    fake.on("GET", listing.PATH, error_answer(500, "", "down"))

    first, second = start(), start()

    assert first.names() == second.names() == ["add"]
    assert "warning: the tool list is older than 24 hours and cannot be refreshed" in first.screen.err
    assert "`litectl models refresh` tries now" in second.screen.err
    assert asked(fake) == 2


def test_on_a_terminal_an_old_list_is_used_at_once(
    start: Start, offer: OnTools, fake: FakeProxy, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One background refresh is started, which does the models as well."""
    started: list[object] = []
    monkeypatch.setattr("litectl.catalog.background.start_refresh", started.append)
    offer(calc=["add"])
    start().names()
    make_older(isolated, 3 * DAY)

    runs = [start(terminals="stdout") for _ in range(2)]

    assert [run.names() for run in runs] == [["add"]] * 2
    assert "note: the tool list is 3 days old; a new one is being fetched" in runs[0].screen.err
    assert len(started) == 1
    assert asked(fake) == 1


def test_a_damaged_list_is_fetched_again(start: Start, offer: OnTools, isolated: Path) -> None:
    """And told."""
    offer(calc=["add"])
    start().names()
    (path,) = (isolated / ".cache/litectl/tools").glob("*.json")
    path.write_bytes(b"{")
    run = start()

    assert run.names() == ["add"]
    assert "warning: the cached tool list in" in run.screen.err


# Cached, fetched


def test_looking_for_a_list_leaves_nothing_behind(start: Start, fake: FakeProxy, isolated: Path) -> None:
    """No request, no directory and no fingerprint where nothing was ever cached."""
    assert start().runtime.toolbox.cached() is None
    assert fake.requests == []
    assert list(isolated.iterdir()) == []


def test_what_is_cached_is_given_however_old(
    start: Start, offer: OnTools, fake: FakeProxy, isolated: Path
) -> None:
    """The proxy is never asked; a damaged list is none."""
    offer(calc=["add"])
    start().names()
    make_older(isolated, 90 * DAY)

    listed = start().runtime.toolbox.cached()

    assert listed is not None
    assert [tool.path for tool in listed.tools] == ["calc/add"]
    (path,) = (isolated / ".cache/litectl/tools").glob("*.json")
    path.write_bytes(b"{")
    assert start().runtime.toolbox.cached() is None
    assert asked(fake) == 1


def test_fetching_asks_now_and_keeps(start: Start, offer: OnTools) -> None:
    """Also by a proxy that is already open."""
    offer(calc=["add"])
    start().names()
    offer(calc=["sub"])
    run = start()

    with run.runtime.open_proxy() as proxy:
        fetched = run.runtime.toolbox.fetch(proxy)

    assert [tool.name for tool in fetched.tools] == ["sub"]
    assert start(offline=True).names() == ["sub"]
    offer(calc=["mul"])
    assert [tool.name for tool in start().runtime.toolbox.fetch().tools] == ["mul"]
    assert start(offline=True).names() == ["mul"]


def test_fetching_gives_what_is_there_now_also_when_it_is_nothing(start: Start, offer: OnTools) -> None:
    """The old tools stay in the cache, as in a refresh."""
    offer(calc=["add"])
    start().names()
    offer()

    assert start().runtime.toolbox.fetch().tools == []
    assert start(offline=True).names() == ["add"]


@pytest.mark.parametrize("place", [".cache/litectl/tools", ".local/state/litectl"])
def test_what_cannot_be_kept_is_used_all_the_same(
    start: Start, offer: OnTools, isolated: Path, place: str
) -> None:
    """No error, and a line with -v."""
    offer(calc=["add"])
    (isolated / place).parent.mkdir(parents=True)
    (isolated / place).touch()
    run = start()
    run.screen.terminal.verbose = True

    assert [tool.name for tool in run.runtime.toolbox.fetch().tools] == ["add"]
    assert "cannot create" in run.screen.err


@pytest.mark.parametrize(("timeout", "expected"), [(None, LIST_SECONDS), (3.0, 3.0)])
def test_the_limit_is_that_of_the_servers(
    start: Start, monkeypatch: pytest.MonkeyPatch, timeout: float | None, expected: float
) -> None:
    """The proxy waits for its servers for longer than a model list may take; `--timeout` wins."""
    limits = []

    def fetch_tools(_: Proxy, *, seconds: float, now: float) -> ToolList:
        limits.append(seconds)
        return ToolList(now, [])

    monkeypatch.setattr(listing, "fetch_tools", fetch_tools)
    start(timeout=timeout).names()
    start(timeout=timeout).runtime.toolbox.fetch()
    start(timeout=timeout).runtime.toolbox.refresh()

    assert limits == [expected] * 3


def test_a_refresh_raises_what_goes_wrong(start: Start, offer: OnTools, fake: FakeProxy) -> None:
    """Whoever asked for a new list is told that there is none; the old one stays."""
    offer(calc=["add"])
    assert [tool.name for tool in start().runtime.toolbox.refresh().tools] == ["add"]

    offer()
    with pytest.raises(ProxyError, match="lists no tools"):
        start().runtime.toolbox.refresh()
    fake.on("GET", listing.PATH, error_answer(503, "", "down"))
    with pytest.raises(UpstreamError):
        start().runtime.toolbox.refresh()

    assert start(offline=True).names() == ["add"]


# `models refresh`


def test_refresh_does_the_tools_as_well(
    litectl: Litectl, start: Start, offer: OnTools, fake: FakeProxy
) -> None:
    """Their number is said, and which servers failed; a young list does not hold it off."""
    fake.on_models(model_info("m"))
    offer(calc=["add"])
    litectl("models", "refresh")
    offer("broken", calc=["add", "sub"])

    said = litectl("models", "refresh").err.splitlines()
    told = litectl("models", "refresh", "--json").json

    assert said[1:] == ["2 tools of MCP servers", "MCP servers that did not list their tools: broken"]
    assert (told["models"], told["tools"], told["mcp_servers_failed"]) == (1, 2, ["broken"])
    assert start(offline=True).names() == ["add", "sub"]
    assert litectl("models", "refresh", "--quiet") == (0, "", "")


def test_the_tools_are_left_out_on_demand(litectl: Litectl, offer: OnTools, fake: FakeProxy) -> None:
    """`--no-mcp` asks for models only."""
    fake.on_models(model_info("m"))
    offer(calc=["add"])

    told = litectl("models", "refresh", "--no-mcp", "--json").json

    assert (told["models"], told["tools"], told["mcp_servers_failed"]) == (1, None, [])
    assert asked(fake) == 0


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"detail": "Not Found"}, 404),
        json_answer({"detail": {"error": "access_denied", "message": "not for you"}}, 403),
        error_answer(401, "auth_error", "no"),
    ],
    ids=["404", "403", "401"],
)
def test_a_proxy_without_tools_fails_no_refresh(litectl: Litectl, fake: FakeProxy, answer: Answer) -> None:
    """It is said with -v only; most proxies have none."""
    fake.on_models(model_info("m"))
    fake.on("GET", listing.PATH, answer)

    said = litectl("models", "refresh")
    told = litectl("models", "refresh", "--json")

    assert (said.code, said.err) == (0, "1 model, from model_info\nadded: m\n")
    assert (told.code, told.json["tools"], told.err) == (0, None, "")
    assert "\nno tools: " in litectl("models", "refresh", "-v").err


def test_tools_that_cannot_be_had_are_a_warning(
    litectl: Litectl, start: Start, offer: OnTools, fake: FakeProxy
) -> None:
    """The models were refreshed, which is what counts for cron; the old tools stay."""
    fake.on_models(model_info("m"))
    offer(calc=["add"])
    litectl("models", "refresh")
    fake.on("GET", listing.PATH, error_answer(503, "", "down"))

    result = litectl("models", "refresh", "--json")

    assert (result.code, result.json["models"], result.json["tools"]) == (0, 1, None)
    assert "warning: the tool list cannot be refreshed: " in result.err
    assert start(offline=True).names() == ["add"]
    assert litectl("models", "refresh", "--quiet") == (0, "", "")


def test_without_a_model_list_no_tools_are_asked_for(
    litectl: Litectl, offer: OnTools, fake: FakeProxy
) -> None:
    """The refresh has failed already."""
    offer(calc=["add"])
    fake.on("GET", "/model/info", error_answer(503, "", "down"))

    assert litectl("models", "refresh").code != 0
    assert asked(fake) == 0


@pytest.mark.parametrize("answer", [error_answer(404, "", "no"), error_answer(403, "", "not for you")])
def test_without_a_model_list_the_tools_that_are_known_are_refreshed(
    litectl: Litectl, start: Start, offer: OnTools, fake: FakeProxy, answer: Answer
) -> None:
    """A key may have tools only; the refresh behind an old list of them would do nothing else."""
    offer(calc=["add"])
    start().names()
    offer(calc=["add", "sub"])
    fake.on("GET", "/model/info", answer)

    assert litectl("models", "refresh", "--no-mcp").code != 0
    assert start(offline=True).names() == ["add"]
    assert litectl("models", "refresh").code != 0
    assert start(offline=True).names() == ["add", "sub"]


def test_where_nobody_answers_that_is_remembered_for_the_tools(
    litectl: Litectl, start: Start, offer: OnTools, fake: FakeProxy, isolated: Path
) -> None:
    """They are not asked for in vain, and who looks at the old list is told why it is old."""
    offer(calc=["add"])
    start().names()
    make_older(isolated, 3 * DAY)
    fake.on("GET", "/model/info", Answer(cut=True))

    assert litectl("models", "refresh").code == 5
    assert asked(fake) == 1
    run = start()
    assert run.names() == ["add"]
    assert "its last refresh, just now, failed: " in run.screen.err


# `cache`


def test_the_cache_has_lists_of_both_kinds(litectl: Litectl, offer: OnTools, fake: FakeProxy) -> None:
    """Side by side, each with the number of what it lists, and both marked as the ones in use."""
    fake.on_models(model_info("m"))
    offer(calc=["add", "sub"])
    litectl("models", "refresh")

    document = litectl("cache", "show", "--json").json

    assert document["tools_directory"] == document["directory"].replace("catalogs", "tools")
    shown = {
        entry["kind"]: (entry["source"], entry["models"], entry["tools"], entry["current"], entry["stale"])
        for entry in document["lists"]
    }
    assert shown == {
        "models": ("model_info", 1, None, True, False),
        "tools": ("mcp", None, 2, True, False),
    }


def test_clearing_removes_both_kinds(litectl: Litectl, start: Start, offer: OnTools, fake: FakeProxy) -> None:
    """Those of this key, or with --all of every one."""
    fake.on_models(model_info("m"))
    offer(calc=["add"])
    other = {"LITECTL_API_KEY": "sk-another-key-02"}
    litectl("models", "refresh")
    litectl("models", "refresh", variables=other)

    assert litectl("cache", "clear").err == "removed 2 cached lists\n"
    assert start().runtime.toolbox.cached() is None
    assert start(other, offline=True).names() == ["add"]
    assert litectl("cache", "clear", "--all").err == "removed 2 cached lists\n"
    assert litectl("cache", "show", "--json").json["lists"] == []
