"""Where a skill of the Skill Hub lies: what is sent, and what is refused before anything is sent."""

from typing import Any

import pytest

from litectl.errors import UsageError
from litectl.skills.skill import check_name
from litectl.skills.sources import source_of

GIT = "https://git.example.com/team/skills.git"
ZIP = "https://files.example.com/my-skill.zip?sig=1"
DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, None),
        ({"github": "acme/my.skills_2"}, {"source": "github", "repo": "acme/my.skills_2"}),
        ({"url": GIT}, {"source": "url", "url": GIT}),
        (
            {"url": "git@github.com:acme/skills.git"},
            {"source": "url", "url": "git@github.com:acme/skills.git"},
        ),
        ({"url": "ssh://git@host/r.git"}, {"source": "url", "url": "ssh://git@host/r.git"}),
        ({"git_subdir": (GIT, "plugins/p.1")}, {"source": "git-subdir", "url": GIT, "path": "plugins/p.1"}),
        ({"archive": ZIP}, {"source": "archive", "url": ZIP}),
        (
            {"archive": ZIP, "sha256": DIGEST.upper()},
            {"source": "archive", "url": ZIP, "sha256": DIGEST},
        ),
    ],
)
def test_each_option_is_a_source_of_the_hub(options: Any, expected: object) -> None:
    """The object is the one that the hub takes."""
    assert source_of(**options) == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"github": "a/b", "url": GIT}, "a skill lies in one place"),
        ({"sha256": DIGEST}, "`--sha256` is for an archive"),
        ({"sha256": DIGEST, "github": "a/b"}, "`--sha256` is for an archive"),
        ({"github": "acme"}, "not a repository of GitHub: acme"),
        ({"github": GIT}, f"not a repository of GitHub: {GIT}"),
        ({"github": "a/b\n"}, "not a repository of GitHub: a/b?"),
        ({"url": ""}, "not the address of a git repository: "),
        ({"url": "./here"}, "not the address of a git repository: ./here"),
        ({"url": "file:///etc"}, "not the address of a git repository: file:///etc"),
        ({"url": "https://"}, "not the address of a git repository: https://"),
        ({"url": "https://[x"}, "not the address of a git repository: https://[x"),
        ({"url": "https://a b"}, "not the address of a git repository: https://a b"),
        ({"git_subdir": (GIT, "../up")}, "not a folder of a repository: ../up"),
        ({"git_subdir": (GIT, "/root")}, "not a folder of a repository: /root"),
        ({"git_subdir": (GIT, "a//b")}, "not a folder of a repository: a//b"),
        ({"git_subdir": (GIT, "")}, "not a folder of a repository: "),
        ({"git_subdir": ("x", "a")}, "not the address of a git repository: x"),
        ({"archive": "http://h/x.zip"}, "not the https address of an archive: http://h/x.zip"),
        ({"archive": "https:///x.zip"}, "not the https address of an archive: https:///x.zip"),
        ({"archive": ZIP, "sha256": "abc"}, "not a SHA-256: it has 64 hexadecimal digits"),
        ({"archive": ZIP, "sha256": f"sha256:{DIGEST}"}, "not a SHA-256: it has 64 hexadecimal digits"),
    ],
)
def test_what_the_hub_would_refuse_is_refused(options: Any, said: str) -> None:
    """The message says which of it is wrong."""
    with pytest.raises(UsageError) as caught:
        source_of(**options)

    assert caught.value.message == said


@pytest.mark.parametrize("url", ["https://token@h/r.git", "https://u:token@h/r.git", "ssh://u:token@h/r.git"])
def test_no_secret_goes_into_the_hub(url: str) -> None:
    """An address with a user of the web or a password is refused, and not repeated."""
    for options in ({"url": url}, {"git_subdir": (url, "a")}, {"archive": url}):
        with pytest.raises(UsageError) as caught:
            source_of(**options)
        assert "token" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("name", ["a", "my-skill-2", "x" * 64])
def test_names_of_skills(name: str) -> None:
    """Lower-case letters, digits and hyphens make a name."""
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "My", "a_b", "a b", "a\n", "ü", "../x", "x" * 65, "x" * 100_000])
def test_what_no_skill_is_called(name: str) -> None:
    """Everything else is refused in one short line."""
    with pytest.raises(UsageError) as caught:
        check_name(name)

    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 120
