"""A question: everything one request to a model is made of, before any wire protocol."""

from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from litectl.errors import UsageError


class TextFile(NamedTuple):
    """A text file to send along: the *name* the model is told, and its content."""

    name: str
    content: str


Message = Mapping[str, object]
_NAME_LIMIT = 200  # characters; the end is kept, where the type stands
_CONVERT = "convert it first, for example with `iconv -f LATIN1 -t UTF-8`"
_NOT_IN_NAMES = '"<>'  # what would end the mark that a name stands in
SYSTEM = ("system", "developer")  # the roles that instruct


class Question(NamedTuple):
    """
    What is asked of *model*: a conversation and its parameters, in the words of chat completions.

    *messages* are those of that protocol; *parameters* are sent as they are, or
    as the protocol of the request calls them. Without *stream* the answer comes in one
    piece. *limit* is how many tokens it may have at most; one that is cut there is
    incomplete when *limit_is_ours*, and in any case when the question *is_strict*. With *runs_calls* the
    model is told what its calls gave, and so of one that is broken.
    """

    model: str
    messages: Sequence[Message]
    parameters: Mapping[str, object] = MappingProxyType({})
    stream: bool = True
    limit: int | None = None
    limit_is_ours: bool = False
    is_strict: bool = False
    runs_calls: bool = False

    @property
    def names_servers(self) -> bool:
        """Whether the proxy is to run tools of its MCP servers for the model."""
        tools = self.parameters.get("tools")
        return isinstance(tools, list) and any(
            isinstance(tool, dict) and tool.get("type") == "mcp" for tool in tools
        )


def opening(
    prompt: str, system: str | None = None, parts: Sequence[Mapping[str, object]] = ()
) -> list[Message]:
    """
    Return a conversation that begins with *prompt*, after the instruction *system*.

    *parts* are content parts that are no text; the prompt before them may be empty.
    """
    messages: list[Message] = [] if system is None else [{"role": "system", "content": system}]
    return [*messages, {"role": "user", "content": content_of(prompt, parts)}]


def content_of(prompt: str, parts: Sequence[Mapping[str, object]]) -> str | list[Mapping[str, object]]:
    """Return the content of a message: the text *prompt* alone, or its part before the *parts*."""
    text = [{"type": "text", "text": prompt}] if prompt.strip() else []
    return [*text, *parts] if parts else prompt


def parts_of(message: Message) -> list[Mapping[str, object]]:
    """Return the parts of *message*; a plain text is one."""
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []


def text_in(message: Message) -> str:
    """Return the text of *message*, of all its parts."""
    return "\n\n".join(str(part.get("text")) for part in parts_of(message) if part.get("type") == "text")


def compose_prompt(
    prompt: str | None, piped: str, files: Sequence[TextFile], *, may_be_empty: bool = False
) -> str:
    """
    Return the text of the user: the prompt, then what was piped in, then the files.

    Raises `UsageError` when nothing but white space is left, unless it *may_be_empty* because
    something else is asked about.
    """
    parts = [prompt or "", piped, *(_with_name(file) for file in files if file.content.strip())]
    text = "\n\n".join(part for part in parts if part.strip())
    if not text and not may_be_empty:
        raise UsageError(
            "there is no prompt", hint='give one with `-p "..."`, a pipe, or a file with `-f PATH`'
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
            hint=_CONVERT,
        ) from error


def check_argument(text: str, origin: str) -> str:
    """Return *text*, an argument; raises `UsageError` for bytes of it that are not UTF-8."""
    # They would be sent as question marks: another text.
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{origin} is not UTF-8 text", hint=_CONVERT)
    return text


def file_name(name: str) -> str:
    """Return *name* as one short line that can stand in a prompt; `file` for an empty one."""
    harmless = (c if c.isprintable() and c not in _NOT_IN_NAMES else "_" for c in name.strip())
    return "".join(harmless)[-_NAME_LIMIT:].strip() or "file"


def _with_name(file: TextFile) -> str:
    return f'<file name="{file_name(file.name)}">\n{file.content.rstrip()}\n</file>'
