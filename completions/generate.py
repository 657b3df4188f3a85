"""
Write the completions of litectl for bash, zsh, fish and PowerShell.

The commands, options and fixed values stand in the scripts, so completing them
starts no program. With `--check` nothing is written; the exit code is 1 when a
script is not what would be written.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from bash import bash_script
from fish import fish_script
from powershell import powershell_script
from tree import describe
from zsh import zsh_script

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Write or check the scripts and return the exit code."""
    parser = argparse.ArgumentParser(description="Write the completions of litectl.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a script is stale")
    is_check = parser.parse_args().check
    scripts = written()
    if not is_check:
        for name, text in scripts.items():
            (HERE / name).write_text(text, encoding="utf-8")
        return 0
    stale = stale_names(scripts)
    for name in stale:
        print(f"error: completions/{name} is stale; write it anew with `make generated`", file=sys.stderr)
    return 1 if stale else 0


def written() -> dict[str, str]:
    """Return the scripts of the tree as it is now, by file name."""
    tree = describe()
    return {
        "litectl.bash": bash_script(tree),
        "_litectl": zsh_script(tree),
        "litectl.fish": fish_script(tree),
        "litectl.ps1": powershell_script(tree),
    }


def stale_names(scripts: Mapping[str, str]) -> list[str]:
    """Return the names of the files that differ from *scripts* or are missing."""
    return [name for name, text in scripts.items() if _content(HERE / name) != text]


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
