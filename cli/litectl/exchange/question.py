"""A question: everything one request to a model is made of, before any wire protocol."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import NamedTuple

from litectl.errors import UsageError


class TextFile(NamedTuple):
    """A text file to send along: the *name* the model is told, and its content."""

    name: str
    content: str


class Question(NamedTuple):
    """
    What is asked of *model*.

    *prompt* is the whole text of the user, *system* the instruction before it.
    *temperature* and *max_tokens* (tokens) are sent only when given. With
    *cut_is_failure* an answer that ends at *max_tokens* is incomplete.
    """

    model: str
    prompt: str
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    cut_is_failure: bool = False


def compose_prompt(prompt: str | None, piped: str, files: Sequence[TextFile]) -> str:
    """
    Return the text of the user: the prompt, then what was piped in, then the files.

    Raises `UsageError` when nothing but white space is left.
    """
    parts = [prompt or "", piped, *(_with_name(file) for file in files if file.content.strip())]
    text = "\n\n".join(part for part in parts if part.strip())
    if not text:
        raise UsageError(
            "there is no prompt", hint='give one with `-p "..."`, a pipe, or a file with `-f FILE`'
        )
    return text


def decode_text(content: bytes, origin: str) -> str:
    """Return *content* as text; raises `UsageError` when it is not UTF-8."""
    text = content.removeprefix(BOM_UTF8)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{origin} is not UTF-8 text (byte {error.start + len(content) - len(text)})",
            hint="convert it first, for example with `iconv -f LATIN1 -t UTF-8`",
        ) from error


def _with_name(file: TextFile) -> str:
    return f'<file name="{file.name}">\n{file.content.rstrip()}\n</file>'
