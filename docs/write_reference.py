"""
Write the reference and the man pages of litectl.

What they say is taken from the code. With `--check` nothing is written; the
exit code is 1 when a page is not what would be written, or nobody writes it.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from litectl.topics.contents import TOPICS, topic
from pages.commands import commands_page
from pages.commandtree import describe, shared
from pages.fields import json_fields_page
from pages.man import man_page
from pages.topics import files_page, topic_page

HERE = Path(__file__).resolve().parent
_MAN = "man"


def main() -> int:
    """Write or check the pages and return the exit code."""
    parser = argparse.ArgumentParser(description="Write the reference and the man pages of litectl.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    is_check = parser.parse_args().check
    pages = written()
    stale, unknown = stale_names(pages), unknown_names(pages)
    if is_check:
        for name in (*stale, *unknown):
            print(f"error: docs/{name} is stale; write it anew with `make generated`", file=sys.stderr)
        return 1 if stale or unknown else 0
    for name in stale:
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(pages[name], encoding="utf-8")
    for name in unknown:
        (HERE / name).unlink()
    return 0


def written() -> dict[str, str]:
    """Return the pages of the program as it is now, by their names below `docs`."""
    root, everywhere = describe(), shared()
    return {
        "reference/commands.md": commands_page(root, everywhere),
        "reference/files.md": files_page(),
        "reference/json-fields.md": json_fields_page(root),
        **{f"reference/{name}.md": topic_page(topic(name)) for name in TOPICS},
        **{f"{_MAN}/{each.page}.1": man_page(each, root, everywhere) for each in root.walk()},
    }


def stale_names(pages: Mapping[str, str]) -> list[str]:
    """Return the names of the files that differ from *pages* or are missing."""
    return [name for name, text in pages.items() if _content(HERE / name) != text]


def unknown_names(pages: Mapping[str, str]) -> list[str]:
    """Return the names of man pages that are of no command any more."""
    present = (f"{_MAN}/{path.name}" for path in sorted((HERE / _MAN).glob("*.1")))
    return [name for name in present if name not in pages]


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
