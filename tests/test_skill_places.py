"""Where the files of a skill are."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.skills.places import (
    Archive,
    Repository,
    address_of,
    fetching_line,
    folder_name,
    holder_of,
    place_of,
)
from litectl.skills.skill import ANTHROPIC, HUB, STORED, Skill

SHA = "AB" * 32


def hub(**source: object) -> Skill:
    """Return a skill of the hub with this *source*."""
    return Skill("s", "s", HUB, source=source)


@pytest.mark.parametrize(
    ("skill", "place", "holder", "address"),
    [
        (
            hub(source="github", repo="org/r"),
            Repository("https://github.com/org/r"),
            "git",
            "https://github.com/org/r",
        ),
        (
            hub(source="url", url="https://g.invalid/r.git"),
            Repository("https://g.invalid/r.git"),
            "git",
            "https://g.invalid/r.git",
        ),
        (
            hub(source="git-subdir", url="git@g.invalid:o/r.git", path="a/b"),
            Repository("git@g.invalid:o/r.git", "a/b"),
            "git",
            "git@g.invalid:o/r.git#a/b",
        ),
        (
            hub(source="archive", url="https://h.invalid/p.zip", sha256=SHA),
            Archive("https://h.invalid/p.zip", SHA.lower()),
            "archive",
            "https://h.invalid/p.zip",
        ),
        (
            hub(source="archive", url="https://h.invalid/p.zip"),
            Archive("https://h.invalid/p.zip"),
            "archive",
            "https://h.invalid/p.zip",
        ),
        (  # a checksum that no file has is not the same as none
            hub(source="archive", url="https://h.invalid/p.zip", sha256="abc"),
            Archive("https://h.invalid/p.zip", "abc"),
            "archive",
            "https://h.invalid/p.zip",
        ),
        (Skill("s", "litellm_skill_1", STORED), None, "proxy", None),
        (Skill("s", "skill_1", ANTHROPIC), None, None, None),
        (Skill("s", "s", HUB), None, None, None),
    ],
)
def test_places(skill: Skill, place: object, holder: str | None, address: str | None) -> None:
    """Every kind of source has its place, and who keeps none has none."""
    assert (place_of(skill), holder_of(skill), address_of(skill)) == (place, holder, address)


@pytest.mark.parametrize(
    "skill",
    [
        hub(source="archive", url="http://h.invalid/p.zip"),
        hub(source="archive", url="https:///p.zip"),
        hub(source="archive", url="https://[x/p.zip"),
        hub(source="archive", url="https://h.invalid/\x1b[0m"),
        hub(source="archive", url=7),
        hub(source="github", repo="--upload-pack=x/y"),
        hub(source="github", repo="a/b/c"),
        hub(source="url", url="ext::sh -c touch% /tmp/x"),
        hub(source="url", url="--upload-pack=x"),
        hub(source="url", url="/etc"),
        hub(source="url", url="file:///etc"),
        hub(source="url", url="https://-x/r"),
        hub(source="url", url="https://h.invalid/a b"),
        hub(source="url", url="https://h.invalid/a\nb"),
        hub(source=["github"], repo="o/r"),
        hub(repo="o/r"),
    ],
)
def test_what_is_no_address_is_no_place(skill: Skill) -> None:
    """Plain http, other protocols of git, options, blanks, controls and wrong types are no place."""
    assert place_of(skill) is None


def test_a_clone_line_is_quoted() -> None:
    """A shell that runs the line sees one address, whatever is in it."""
    place = place_of(hub(source="url", url="https://h.invalid/$(id);'x'"))

    assert isinstance(place, Repository)
    assert shlex.split(place.clone_line) == ["git", "clone", "--", "https://h.invalid/$(id);'x'"]


@pytest.mark.parametrize(
    ("skill", "line"),
    [
        (hub(source="github", repo="o/r"), "git clone -- https://github.com/o/r"),
        (hub(source="archive", url="https://h.invalid/p.zip"), "litectl skills download s"),
        (Skill("s", "litellm_skill_1", STORED), "litectl skills download litellm_skill_1"),
        (Skill("s", "--zip=x; rm y", STORED), "litectl skills download -- '--zip=x; rm y'"),
        (Skill("s", "skill_1", ANTHROPIC), None),
        (hub(), None),
    ],
)
def test_the_line_that_fetches_the_files(skill: Skill, line: str | None) -> None:
    """By the id, which names one skill, quoted, and never taken for an option."""
    assert fetching_line(skill) == line


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("my-skill", "my-skill"),
        ("My Skill 2.0", "My-Skill-2.0"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "skill"),
        ("", "skill"),
        ("été", "t"),
        ("x" * 300, "x" * 64),
        ("a\x00b/c", "a-b-c"),
    ],
)
def test_folder_names(name: str, folder: str) -> None:
    """A name becomes a folder of plain characters that is neither hidden nor elsewhere."""
    assert folder_name(name) == folder


@given(st.text())
def test_a_folder_name_is_always_safe(name: str) -> None:
    """Never empty, hidden, a path or longer than 64 characters."""
    folder = folder_name(name)

    assert 0 < len(folder) <= 64
    assert folder.isascii()
    assert not set(folder) & set("/\\\0 ")
    assert folder[0] not in ".-"
