"""Findings and their groups: nothing is raised, nothing is left out, and the first failure is the cause."""

from collections.abc import Iterator

import pytest

from litectl.doctor.finding import (
    FAILURE,
    OK,
    SKIPPED,
    WARNING,
    Finding,
    counts,
    exit_code_of,
    failure,
    judged,
    ok,
    skipped,
    warning,
)
from litectl.doctor.group import Group, examined
from litectl.errors import AuthError, ExitCode, NetworkError, Stopped, Terminated
from litectl.wire.pasted import remarks, route_in, without_route


def clock() -> float:
    """Stand still."""
    return 0.0


def giving(*findings: Finding, error: BaseException | None = None) -> Iterator[Finding]:
    """Give *findings*, then raise *error*."""
    yield from findings
    if error is not None:
        raise error


def test_what_comes_after_a_failure_is_skipped_and_says_why() -> None:
    """In its own group and in those that need it, also through others; the rest is looked at."""
    broken = failure("b", "broken", None, ExitCode.NETWORK)
    groups = [
        Group(("a", "b", "c"), lambda: giving(ok("a", "fine"), broken)),
        Group(("d",), lambda: giving(ok("d", "never")), needs=("a", "b")),
        Group(("e",), lambda: giving(ok("e", "never")), needs=("d",)),
        Group(("f",), lambda: giving(ok("f", "fine")), needs=("a",)),
    ]

    found = list(examined(groups, clock))

    assert [(each.name, each.status) for each in found] == [
        ("a", OK),
        ("b", FAILURE),
        ("c", SKIPPED),
        ("d", SKIPPED),
        ("e", SKIPPED),
        ("f", OK),
    ]
    assert {each.detail for each in found if each.status == SKIPPED} == {"not looked at: `b` failed"}


@pytest.mark.parametrize(
    ("error", "exit_code", "said"),
    [
        (AuthError("no key", hint="log in"), ExitCode.AUTH, "no key"),
        (NetworkError("gone"), ExitCode.NETWORK, "gone"),
        (PermissionError(13, "Permission denied"), ExitCode.FAILED, "the system refused"),
        (ZeroDivisionError("division by zero"), ExitCode.INTERNAL, "unexpected ZeroDivisionError"),
        (RecursionError("too deep"), ExitCode.INTERNAL, "unexpected RecursionError"),
    ],
)
def test_whatever_is_raised_is_a_finding(error: Exception, exit_code: ExitCode, said: str) -> None:
    """It is the failure of what would have been found next."""
    group = Group(("a", "b", "c"), lambda: giving(ok("a", "fine"), error=error))

    found = list(examined([group], clock))

    assert [each.status for each in found] == [OK, FAILURE, SKIPPED]
    assert found[1].name == "b"
    assert found[1].exit_code == exit_code
    assert said in found[1].detail


def test_a_signal_ends_an_examination() -> None:
    """Ctrl-C is no finding."""
    group = Group(("a",), lambda: giving(error=Stopped(Terminated("stopped"))))

    with pytest.raises(Stopped):
        list(examined([group], clock))


def test_without_the_network_only_what_is_here_is_looked_at() -> None:
    """All else is skipped, and nothing of it is run."""
    groups = [
        Group(("there",), lambda: giving(error=AssertionError("it was asked")), is_online=True),
        Group(("here",), lambda: giving(ok("here", "fine"))),
    ]

    found = list(examined(groups, clock, offline="--offline"))

    assert [(each.status, each.detail) for each in found] == [(SKIPPED, "--offline"), (OK, "fine")]


def test_each_finding_has_the_seconds_that_it_took() -> None:
    """But where it says itself how long that was."""
    times = iter([0.0, 1.5, 2.0, 3.0, 4.0])
    group = Group(("a", "b"), lambda: giving(ok("a", ""), ok("b", "")._replace(seconds=9.0)))

    assert [each.seconds for each in examined([group], lambda: next(times))] == [1.5, 9.0]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], 0),
        ([ok("a", ""), warning("b", ""), skipped("c", "")], 0),
        (
            [
                warning("a", ""),
                failure("b", "", None, ExitCode.AUTH),
                failure("c", "", None, ExitCode.CONFIG),
            ],
            4,
        ),
    ],
)
def test_the_exit_code_is_that_of_the_first_failure(findings: list[Finding], expected: int) -> None:
    """Warnings and what was skipped are none."""
    assert exit_code_of(findings) == expected


def test_findings_are_counted_by_status() -> None:
    """Each status is there, also with none."""
    assert counts([ok("a", ""), ok("b", "")]) == {OK: 2, WARNING: 0, FAILURE: 0, SKIPPED: 0}


def test_only_a_failure_has_a_code() -> None:
    """It is the word of its class."""
    assert failure("a", "", None, ExitCode.RATE_LIMITED).code == "rate_limited"
    assert warning("a", "").code is None


def test_problems_make_a_warning_that_says_the_facts_too() -> None:
    """Without one it is ok, and has no remedy."""
    assert judged("a", ["x"], ["bad"], "mend it") == warning("a", "bad; x", "mend it")
    assert judged("a", ["x", "y"], [], "mend it") == ok("a", "x; y")


ROOT = "https://proxy.example.com"


@pytest.mark.parametrize(
    ("root", "route", "without"),
    [
        (ROOT, None, ROOT),
        (f"{ROOT}/litellm", None, f"{ROOT}/litellm"),
        (f"{ROOT}/ui", "/ui", ROOT),
        (f"{ROOT}/UI/Login", "/ui/login", ROOT),
        (f"{ROOT}/team/v1/chat/completions", "/v1/chat/completions", f"{ROOT}/team"),
        (f"{ROOT}/v1/models", "/v1/models", ROOT),
        (f"{ROOT}/model/info", "/model/info", ROOT),
        (f"{ROOT}/gui", None, f"{ROOT}/gui"),
        (f"{ROOT}/chatty-completions", None, f"{ROOT}/chatty-completions"),
    ],
)
def test_a_route_at_the_end_of_a_url_is_seen(root: str, route: str | None, without: str) -> None:
    """As it is copied from a browser or another tool; a path prefix is none."""
    assert route_in(root) == route
    assert without_route(root) == without


@pytest.mark.parametrize(
    ("given", "root", "words"),
    [
        (ROOT, ROOT, []),
        (f"{ROOT}/v1/", ROOT, ["`/v1`"]),
        (f" {ROOT}/V1 ", ROOT, ["`/v1`"]),
        (f"{ROOT}/team/v1", f"{ROOT}/team", ["`/v1`", "`/team`"]),
    ],
)
def test_what_is_left_out_of_a_url_is_said(given: str, root: str, words: list[str]) -> None:
    """The `/v1` at its end, and the path under which the proxy is taken to be."""
    said = remarks(given, root)

    assert len(said) == len(words)
    assert all(word in remark for word, remark in zip(words, said, strict=True))
