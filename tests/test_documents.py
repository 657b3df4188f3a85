"""README and changelog say what the code does."""

import re
from pathlib import Path

from litectl import environment

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()


def test_every_constant_of_the_environment_has_a_meaning() -> None:
    """No variable is read without a line of meaning."""
    names = {value for value in vars(environment).values() if isinstance(value, str) and value.isupper()}

    assert names == set(environment.MEANINGS)


def test_the_files_that_are_linked_exist() -> None:
    """No link of the README leads nowhere."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert links
    assert all((REPOSITORY / link).exists() for link in links)
