"""README and changelog say what the code does."""

import re
from pathlib import Path

from litectl import environment
from litectl.app import COMMANDS
from litectl.errors import ExitCode
from litectl.profiles.target import ROOT_ORDER

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()


def test_every_exit_code_is_listed() -> None:
    """The table of exit codes has every code under its name, and no other."""
    listed = {
        int(code): name for code, name in re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", README, re.MULTILINE)
    }

    assert {int(code): code.name for code in ExitCode} == listed


def test_every_variable_is_listed_with_its_meaning() -> None:
    """The table of variables is the one of the code."""
    listed = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*) \|$", README, re.MULTILINE))

    assert listed == environment.MEANINGS


def test_every_constant_of_the_environment_has_a_meaning() -> None:
    """No variable is read without a line of meaning."""
    names = {value for name, value in vars(environment).items() if name.isupper() and name != "MEANINGS"}

    assert names == set(environment.MEANINGS)


def test_every_command_is_mentioned() -> None:
    """Each command of the table has its place in the README."""
    assert all(f"`litectl {name}" in README or f", `{name}`" in README for name in COMMANDS)


def test_the_order_of_proxies_is_the_one_of_the_code() -> None:
    """The table of precedence names the sources of the proxy in their order."""
    section = README.partition("## Which proxy, which key")[2].partition("## Environment")[0]
    places = [section.find(f"`{source}") for source, _ in ROOT_ORDER if source.isupper() or source[0] == "-"]

    assert -1 not in places
    assert places == sorted(places)


def test_the_files_that_are_linked_exist() -> None:
    """No link of the README leads nowhere."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert links
    assert all((REPOSITORY / link).exists() for link in links)
