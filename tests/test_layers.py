"""The layers: who may import whom, read from the sources."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import litectl

PACKAGE = Path(litectl.__file__).parent

# Lowest first. A module may import its own layer and those below it, but within layers 0 and 1
# only what its name says; a longer prefix wins over a shorter one.
LAYERS = {
    "litectl": 0,
    "litectl.errors": 0,
    "litectl.environment": 0,
    "litectl.text": 1,
    "litectl.schemas": 1,
    "litectl.failures": 1,
    "litectl.api": 1,
    "litectl.reports": 1,
    "litectl.exports": 1,
    "litectl.exports.files": 2,
    "litectl.wire": 2,
    "litectl.wire.root": 1,
    "litectl.wire.addresses": 1,
    "litectl.wire.answers": 1,
    "litectl.wire.headers": 1,
    "litectl.wire.health": 1,
    "litectl.wire.x509": 1,
    "litectl.wire.eventstream": 1,
    "litectl.wire.pasted": 1,
    "litectl.storage": 2,
    "litectl.profiles": 2,
    "litectl.credentials": 2,
    "litectl.credentials.tokens": 1,
    "litectl.credentials.variable": 1,
    "litectl.catalog": 2,
    "litectl.catalog.rows": 1,
    "litectl.catalog.entries": 1,
    "litectl.catalog.modes": 1,
    "litectl.catalog.families": 1,
    "litectl.catalog.wildcards": 1,
    "litectl.catalog.filling": 1,
    "litectl.catalog.guesses": 1,
    "litectl.catalog.merge": 1,
    "litectl.catalog.details": 1,
    "litectl.catalog.differences": 1,
    "litectl.catalog.overrides": 1,
    "litectl.catalog.catalog": 1,
    "litectl.catalog.selection": 1,
    "litectl.mcp": 2,
    "litectl.mcp.tools": 1,
    "litectl.mcp.fitting": 1,
    "litectl.mcp.offering": 1,
    "litectl.mcp.result": 1,
    "litectl.mcp.refusals": 1,
    "litectl.mcp.limits": 1,
    "litectl.mcp.entries": 1,
    "litectl.mcp.servers": 1,
    "litectl.mcp.choice": 1,
    "litectl.mcp.signature": 1,
    "litectl.mcp.arguments": 1,
    "litectl.mcp.checking": 1,
    "litectl.mcp.kinds": 1,
    "litectl.mcp.references": 1,
    "litectl.skills": 2,
    "litectl.skills.skill": 1,
    "litectl.skills.frontmatter": 1,
    "litectl.skills.sources": 1,
    "litectl.skills.refusals": 1,
    "litectl.skills.archive": 1,
    "litectl.skills.inventory": 1,
    "litectl.skills.prompt": 1,
    "litectl.skills.rows": 1,
    "litectl.skills.places": 1,
    "litectl.exchange": 2,
    "litectl.exchange.typed": 1,
    "litectl.exchange.events": 0,
    "litectl.exchange.question": 1,
    "litectl.exchange.answer": 1,
    "litectl.exchange.answerer": 1,
    "litectl.exchange.attachments": 1,
    "litectl.exchange.fields": 1,
    "litectl.exchange.pricing": 1,
    "litectl.exchange.tools": 1,
    "litectl.exchange.conversation": 1,
    "litectl.exchange.schema": 1,
    "litectl.exchange.strictness": 1,
    "litectl.exchange.protocols": 1,
    "litectl.exchange.adaptation": 1,
    "litectl.exchange.backend": 1,
    "litectl.exchange.choice": 1,
    "litectl.exchange.limits": 1,
    "litectl.exchange.parameters": 1,
    "litectl.exchange.promptcache": 1,
    "litectl.exchange.reasoning": 1,
    "litectl.exchange.thinking": 1,
    "litectl.exchange.retries": 1,
    "litectl.exchange.form": 1,
    "litectl.exchange.jsoncall": 1,
    "litectl.exchange.spend": 1,
    "litectl.keys": 2,
    "litectl.keys.key": 1,
    "litectl.keys.entries": 1,
    "litectl.keys.owner": 1,
    "litectl.keys.refusals": 1,
    "litectl.keys.wishes": 1,
    "litectl.spend": 2,
    "litectl.spend.period": 1,
    "litectl.spend.usage": 1,
    "litectl.spend.budgets": 1,
    "litectl.smoke": 2,
    "litectl.smoke.check": 1,
    "litectl.smoke.report": 1,
    "litectl.smoke.measuring": 1,
    "litectl.smoke.remedies": 1,
    "litectl.smoke.steps": 1,
    "litectl.smoke.selection": 1,
    "litectl.smoke.wording": 1,
    "litectl.completion": 2,
    "litectl.completion.shells": 1,
    "litectl.doctor": 2,
    "litectl.doctor.finding": 1,
    "litectl.doctor.group": 1,
    "litectl.doctor.allowance": 1,
    "litectl.doctor.masking": 1,
    "litectl.sandbox": 2,
    "litectl.sandbox.models": 1,
    "litectl.terminal": 3,
    "litectl.topics": 1,
    "litectl.topics.configuration": 2,
    "litectl.terminal.controls": 1,
    "litectl.terminal.secrets": 1,
    "litectl.output": 3,
    "litectl.run": 4,
    "litectl.actions": 4,
    "litectl.commands": 4,
    "litectl.commands.misnomers": 1,
    "litectl.commands.unknown": 1,
    "litectl.signals": 4,
    "litectl.lazy": 4,
    "litectl.app": 4,
    "litectl.main": 4,
    "litectl.__main__": 4,
}
FORBIDDEN_BELOW_THE_EDGE = {"typer"}
FORBIDDEN_IN_PURE_MODULES = {"os", "time", "pathlib", "socket", "subprocess", "httpx", "sys"}


class Import(NamedTuple):
    """One import: who imports what, and where it stands; a typed one is for type checkers only."""

    importer: str
    imported: str
    is_lazy: bool
    is_typed: bool
    line: int


def imports_of(path: Path) -> Iterator[Import]:
    """Give every import in the source at *path*, also those for type checkers only."""
    importer = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    tree = ast.parse(path.read_text())
    top_level = {id(node) for node in tree.body}
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        is_lazy, is_typed = id(node) not in top_level, id(node) in typing_only
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, alias.name, is_lazy, is_typed, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                imported = name if is_module(name) else str(node.module)
                yield Import(importer, imported, is_lazy, is_typed, node.lineno)


def is_module(name: str) -> bool:
    """Tell whether *name* is a module of ours."""
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.joinpath("__init__.py").exists()


def layer_of(name: str) -> int:
    """Return the layer of the module *name*."""
    while name not in LAYERS:
        name = name.rpartition(".")[0]
    return LAYERS[name]


SOURCES = sorted(PACKAGE.rglob("*.py"))
ALL_IMPORTS = [found for path in SOURCES for found in imports_of(path)]
IMPORTS = [found for found in ALL_IMPORTS if not found.is_typed]
OURS = [found for found in IMPORTS if found.imported.startswith("litectl")]


def test_there_is_something_to_walk() -> None:
    """The walk finds the sources and their imports."""
    assert len(SOURCES) > 30
    assert len(OURS) > 100


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "litectl"])
def test_the_map_names_modules_that_exist(name: str) -> None:
    """No entry of the map is left over."""
    assert is_module(name)


def test_imports_go_down_only() -> None:
    """No module imports, or knows the types of, a layer above its own."""
    ours = [found for found in ALL_IMPORTS if found.imported.startswith("litectl")]
    upward = [found for found in ours if layer_of(found.imported) > layer_of(found.importer)]

    assert upward == []


def test_services_have_no_cycles() -> None:
    """Following imports from a module never leads back to it."""
    graph: dict[str, set[str]] = {}
    for found in OURS:
        if found.imported != found.importer:
            graph.setdefault(found.importer, set()).add(found.imported)

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        stack = [start]
        while stack:
            for name in graph.get(stack.pop(), set()) - seen:
                seen.add(name)
                stack.append(name)
        return seen

    assert [name for name in graph if name in reachable(name)] == []


def test_only_the_edge_knows_typer() -> None:
    """Typer is imported by commands and what runs them, by nothing below."""
    users = {found.importer for found in IMPORTS if found.imported.split(".")[0] in FORBIDDEN_BELOW_THE_EDGE}

    assert {name for name in users if layer_of(name) < 4} == set()


def test_pure_modules_do_no_input_or_output() -> None:
    """Words and pure modules import nothing that touches files, network, clock or process."""
    found = {
        (each.importer, each.imported)
        for each in IMPORTS
        if layer_of(each.importer) < 2 and each.imported.split(".")[0] in FORBIDDEN_IN_PURE_MODULES
    }

    assert found == set()


def test_commands_import_what_they_need_when_they_need_it() -> None:
    """At the top of a command module stand Typer, the shared options and tables of names only."""
    eager = {
        (found.importer, found.imported)
        for found in IMPORTS
        if found.importer.startswith("litectl.commands.")
        and found.importer != "litectl.commands.options"
        and found.imported != "litectl.lazy"
        and not found.is_lazy
        and found.imported.split(".")[0] not in sys.stdlib_module_names | {"typer"}
        and found.imported not in ("litectl.commands.options", "litectl.commands.smoke_options")
    }

    assert eager == set()


_SHARED = ("options", "smoke_options", "misnomers", "unknown")


def test_no_command_needs_another() -> None:
    """What two commands do stands in a room below them."""
    between = {
        (found.importer, found.imported)
        for found in OURS
        if found.imported.startswith("litectl.commands.")
        and found.imported.removeprefix("litectl.commands.") not in _SHARED
    }

    assert between == set()


def test_every_command_has_its_own_module() -> None:
    """A command is found from what is typed: the tables name modules of the same names."""
    from litectl.app import COMMANDS
    from litectl.commands.models import VERBS

    assert {name: f"litectl.commands.models.{name}" for name in VERBS} == {
        name: entry.module for name, entry in VERBS.items()
    }
    assert {name: f"litectl.commands.{name}" for name in COMMANDS} == {
        name: entry.module for name, entry in COMMANDS.items()
    }


PACKAGES = [path for path in SOURCES if path.name == "__init__.py" and "commands" not in path.parts]


@pytest.mark.parametrize("path", PACKAGES, ids=[path.parent.name for path in PACKAGES])
def test_a_package_says_what_its_modules_are(path: Path) -> None:
    """Whoever looks for the room of a change finds each module named where its package begins."""
    if path.parent == PACKAGE:
        said = (PACKAGE.parents[1] / "docs" / "architecture.md").read_text()
    else:
        said = ast.get_docstring(ast.parse(path.read_text())) or ""
    inside = {found.stem for found in path.parent.iterdir() if found.is_dir() or found.suffix == ".py"}
    assert {name for name in inside if not name.startswith("_")} - set(re.findall(r"\w+", said)) == set()
