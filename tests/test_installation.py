"""The wheel as a user installs it: in an empty environment of each Python, and with the oldest packages."""

import json
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from artefacts import FROM_INDEX, REPOSITORY, Workshop, python_at_hand, without_sources
from fake_proxy import FakeProxy, chat_answer, model_info
from litectl import __version__
from program import Program

pytestmark = FROM_INDEX

KEY = "sk-test-key-0001"
OLDEST_PACKAGES = "oldest packages"
ENVIRONMENTS = ("3.11", "3.12", "3.13", "3.14", "3.15", OLDEST_PACKAGES)
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRA = PROJECT["optional-dependencies"]["keychain"]

# Prints what is installed as JSON: the version of each package and what it requires.
_LIST = """
import json
from importlib.metadata import distributions
print(json.dumps({found.name: [found.version, found.requires or []] for found in distributions()}))
"""
# Imports every module of litectl; `__main__` would run it.
_IMPORT_ALL = """
from importlib import import_module
from pkgutil import walk_packages
import litectl
for module in walk_packages(litectl.__path__, "litectl."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
"""


class Installed:
    """An environment with litectl, which has its *extra*, and was made with *name*."""

    def __init__(self, folder: Path, minor: int, extra: str = "") -> None:
        self.python = str(folder / "bin" / "python")
        self.litectl = Program([str(folder / "bin" / "litectl")], without_sources())
        self.minor, self.extra = minor, extra

    def run(self, program: str) -> str:
        """Run *program*, which sees this environment alone, and return what it prints."""
        done = subprocess.run([self.python, "-I", "-c", program], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def packages(self) -> Any:
        """Return the version and the requirements of each package."""
        return {canonicalize_name(name): found for name, found in json.loads(self.run(_LIST)).items()}

    def wants(self, requirement: Requirement, extras: Iterable[str]) -> bool:
        """Tell whether *requirement*, of a package taken with *extras*, counts for this Python."""
        version = f"3.{self.minor}"
        here = {"python_version": version, "python_full_version": f"{version}.0"}
        marker = requirement.marker
        return marker is None or any(marker.evaluate({**here, "extra": extra}) for extra in ("", *extras))


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Give each environment in turn; the one with the oldest packages has the extra `keychain`, too."""
    workshop, name = Workshop(tmp_path_factory), request.param
    if name != OLDEST_PACKAGES:
        minor = int(name.removeprefix("3."))
        return Installed(workshop.environment(python_at_hand(minor), name), minor)
    constraints = tmp_path_factory.mktemp("constraints") / "oldest.txt"
    constraints.write_text("".join(f"{package}=={version}\n" for package, version in oldest().items()))
    arguments = ["--constraint", str(constraints)]
    folder = workshop.environment(sys.executable, name, *arguments, extra="[keychain]")
    return Installed(folder, sys.version_info.minor, "keychain")


def oldest() -> Mapping[str, str]:
    """Return the oldest version of each package that `pyproject.toml` allows."""
    declared = [*map(Requirement, [*PROJECT["dependencies"], *EXTRA])]
    return {
        canonicalize_name(requirement.name): limit.version
        for requirement in declared
        for limit in requirement.specifier
        if limit.operator == ">="
    }


def declared_by(environment: Installed) -> set[str]:
    """Return the names of litectl, of what it declares, of what that requires, and so on."""
    packages = environment.packages()
    names, waiting = set(), [("litectl", frozenset({environment.extra} - {""}))]
    while waiting:
        name, extras = waiting.pop()
        if name in names:
            continue
        names.add(name)
        required = [*map(Requirement, packages[name][1])]
        waiting += [
            (canonicalize_name(requirement.name), frozenset(requirement.extras))
            for requirement in required
            if environment.wants(requirement, extras)
        ]
    return names


def test_nothing_is_installed_but_what_is_declared(installed: Installed) -> None:
    """The packages are those that `pyproject.toml` leads to, and all of them; they fit each other."""
    assert set(installed.packages()) == declared_by(installed)
    check = [sys.executable, "-m", "pip", "--python", installed.python, "check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("installed", [OLDEST_PACKAGES], indirect=True)
def test_the_oldest_packages_are_those_that_are_named(installed: Installed) -> None:
    """Each package has a lower limit in `pyproject.toml`, and that is the version which is tested."""
    packages = installed.packages()

    found = {name: Version(packages[name][0]) for name in oldest()}

    assert found == {name: Version(version) for name, version in oldest().items()}
    assert len(found) == len([*PROJECT["dependencies"], *EXTRA])


def test_every_module_finds_what_it_imports(installed: Installed) -> None:
    """No module needs a package, at its import, that is not declared."""
    installed.run(_IMPORT_ALL)


def test_it_starts(installed: Installed) -> None:
    """`--version` is that of the sources, and help is printed with nothing besides."""
    assert installed.litectl("--version").out == f"litectl {__version__}\n"
    for command in ([], ["sandbox"], ["ask"]):
        result = installed.litectl(*command, "--help")
        assert (result.code, result.err) == (0, "")
        assert result.out.startswith(" ".join(["Usage: litectl", *command]))


def test_without_a_proxy_it_says_what_to_do(installed: Installed) -> None:
    """Nothing listens: an error, a hint, and the exit code of the network."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        variables = {"LITECTL_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        result = installed.litectl("models", "list", variables=variables)

    assert (result.code, result.out) == (5, "")
    assert re.fullmatch(r"error: cannot connect to .*\nhint: .*\n", result.err)


def test_the_doctor_finds_all_packages(installed: Installed) -> None:
    """What `doctor` says of the program and its packages is in order."""
    result = installed.litectl("doctor", "--json", "--offline")

    findings = {finding["name"]: finding["status"] for finding in result.json["findings"]}
    assert [findings[name] for name in ("litectl", "python", "packages", "system")] == ["ok"] * 4


def test_it_lists_and_asks(installed: Installed, fake: FakeProxy, tmp_path: Path) -> None:
    """A list is fetched and shown on a terminal; a question is answered, as JSON that fits a schema."""
    fake.on_models(model_info("gpt-5.2"))
    fake.on_chat(chat_answer('{"answer": 42}'))
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"answer": {"type": "integer"}}}')
    program = Program(installed.litectl.command, without_sources({"LITECTL_BASE_URL": fake.root}))
    program.variables["LITECTL_API_KEY"] = KEY

    code, shown = program.on_terminal("models", "list")
    asked = program("ask", "-m", "gpt-5.2", "-p", "How many?", "--schema", str(schema))

    assert (code, "gpt-5.2" in shown) == (0, True), shown
    assert (asked.code, json.loads(asked.out)) == (0, {"answer": 42}), asked.err
