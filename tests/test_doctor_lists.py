"""Findings of what is kept: the tools of MCP servers, and the refresh that cron runs."""

from pathlib import Path

import pytest

from litectl.doctor.finding import OK, WARNING
from litectl.doctor.lists import examine_last_refresh, examine_tools
from litectl.mcp.cache import ToolCache
from litectl.mcp.tools import Outcome, Tool, ToolList
from litectl.storage.lastrefresh import LastRefresh, ProfileRefresh

NOW = 1_800_000_000.0
HOUR = 3600.0


def refreshed(name: str, message: str = "") -> ProfileRefresh:
    """Return how the refresh of the profile *name* ended; *message* says why it failed."""
    return ProfileRefresh(name, not message, message, None if message else 3, changed=False)


@pytest.mark.parametrize(
    ("last", "status", "words"),
    [
        (None, OK, "never run"),
        (LastRefresh(NOW - HOUR, [refreshed("a"), refreshed("b")]), OK, "2 profiles, 1 h 0 min old"),
        (LastRefresh(NOW - HOUR, [refreshed("a", "no key")]), WARNING, "profile `a` failed: no key"),
        (LastRefresh(NOW - 49 * HOUR, [refreshed("a")]), WARNING, "not run for two days"),
        (LastRefresh(NOW - HOUR, [refreshed("a")]), OK, "1 profile, 1 h"),
        (LastRefresh(NOW - HOUR, []), OK, "0 profiles"),
    ],
)
def test_the_refresh_of_all_profiles_is_looked_at(last: LastRefresh | None, status: str, words: str) -> None:
    """What failed is named, and one that does not run any more is seen."""
    finding = examine_last_refresh(last, NOW)

    assert (finding.status, words in finding.detail) == (status, True)
    assert (finding.remedy is not None) == (status == WARNING)


def test_the_tools_that_are_known_are_counted(tmp_path: Path) -> None:
    """With the servers that did not list theirs."""
    cache = ToolCache(tmp_path, "0123", "https://proxy.example.com")
    outcomes = [Outcome("github", "ok", 1), Outcome("jira", "unreachable")]
    tool = Tool("search", "github", "id-1")
    cache.write(ToolList(NOW - 60, [tool], outcomes, 1))

    finding = examine_tools(cache, NOW)

    assert finding.status == OK
    assert "1 tool of 2 MCP servers, without those of jira" in finding.detail


def test_without_a_cache_none_is_known() -> None:
    """That is no problem."""
    assert examine_tools(None, NOW).status == OK


def test_a_profile_that_was_removed_since_is_no_warning() -> None:
    """What failed for it can be mended by nobody; without knowing the profiles, all count."""
    last = LastRefresh(NOW, [ProfileRefresh("gone", False, "no answer", None, False)])

    assert examine_last_refresh(last, NOW, stored=["dev"]).status == OK
    assert examine_last_refresh(last, NOW, stored=["gone"]).status == WARNING
    assert examine_last_refresh(last, NOW).status == WARNING
