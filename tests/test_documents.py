"""README and pages say what the code does, and lead where they say."""

import re
from pathlib import Path

import pytest

from litectl import environment
from litectl.app import COMMANDS

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()
PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]


def test_every_constant_of_the_environment_has_a_meaning() -> None:
    """No variable is read without a line of meaning."""
    names = {value for value in vars(environment).values() if isinstance(value, str) and value.isupper()}

    assert names == set(environment.MEANINGS)


def test_every_command_is_mentioned() -> None:
    """Each command of the table has its place in the README."""
    assert [name for name in COMMANDS if not re.search(rf"`(litectl )?{name}\b", README)] == []


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(REPOSITORY)) for page in PAGES])
def test_no_link_leads_nowhere(page: Path) -> None:
    """The file is there, and so is the heading of it that is named."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page.read_text())
    broken = [link for link in links if not _leads_somewhere(page, *link)]

    assert broken == []


def _leads_somewhere(page: Path, path: str, heading: str) -> bool:
    target = page.parent / path if path else page
    return target.exists() and (not heading or heading in _anchors(target.read_text()))


def _anchors(text: str) -> set[str]:
    """Return how the headings of a page are linked to."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_workflow_of_the_tutorial_is_the_one_of_the_examples() -> None:
    """What it shows of the job stands there."""
    shown = re.findall(r"```yaml\n(.+?)```", (REPOSITORY / "docs/tutorial.md").read_text(), re.DOTALL)

    assert shown
    assert all(part in (REPOSITORY / "examples/github-actions.yml").read_text() for part in shown)
