"""The result of a tool on the streams: its text or its JSON on stdout, on stderr what is not shown."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from litectl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from litectl.mcp.result import Blob, ToolResult

_NOUNS = {"image": ("image", "images"), "audio": ("sound", "sounds"), "resource": ("file", "files")}


def print_result(
    terminal: Terminal,
    result: "ToolResult",
    output_format: str | None,
    *,
    structured: bool,
    saved: "Sequence[Path] | None",
) -> None:
    """
    Print *result*: its document in the JSON formats, else its text; with *structured* that content, if any.

    Files are printed in that document only, with the paths where they are *saved*; None is for not at all.
    """
    is_whole = output_format in ("json", "jsonl")
    has_structured = structured and result.structured is not None
    if structured and not has_structured:
        what = "the whole result" if is_whole else "its text"
        terminal.note(f"the tool gave no structured content, so this is {what}")
    if is_whole and not has_structured:
        paths = {} if saved is None else {"saved": [str(path) for path in saved]}
        _write_json(terminal, {**result.document, **paths}, output_format)
        return
    if has_structured:
        _write_json(terminal, result.structured, output_format)
    else:
        _write_text(terminal, result)
    _tell_left_out(terminal, result, are_saved=saved is not None)


def _tell_left_out(terminal: Terminal, result: "ToolResult", *, are_saved: bool) -> None:
    for problem in result.problems:
        terminal.note(f"{problem}; `--json` prints the whole result")
    if result.blobs and not are_saved:
        terminal.note(f"{_blobs_text(result.blobs)} not shown; save with `--output-dir DIR`")


def print_saved(terminal: Terminal, paths: "Sequence[Path]") -> None:
    """Say on stderr where the files of a result are."""
    for path in paths:
        terminal.say(f"saved `{path}`")


def _write_json(terminal: Terminal, value: object, output_format: str | None) -> None:
    indent = None if output_format == "jsonl" else 2
    terminal.write_line(json.dumps(value, ensure_ascii=False, indent=indent))


def _write_text(terminal: Terminal, result: "ToolResult") -> None:
    if result.text:
        terminal.write(result.text if result.text.endswith("\n") else f"{result.text}\n")
    elif result.structured is not None:
        terminal.note("the tool gave no text; `--structured` prints its structured content")
    elif not result.blobs:
        terminal.note("the tool gave no text")


def _blobs_text(blobs: "Sequence[Blob]") -> str:
    """Return what *blobs* are, how large, and the verb for them."""
    from litectl.mcp.result import size_text

    size = size_text(sum(len(blob.content) for blob in blobs))
    kinds = Counter(blob.kind for blob in blobs)
    counted = " and ".join(f"{count} {_NOUNS[kind][count > 1]}" for kind, count in kinds.items())
    types = ", ".join(dict.fromkeys(blob.media_type for blob in blobs[:5]))
    return f"{counted} ({types}, {size}) {'is' if len(blobs) == 1 else 'are'}"
