"""
What a question says: the prompt, what is piped in, files, and the conversation before it.

The edge that joins the options of a command, files and the network to `litectl.exchange`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.inputs import STDIN, is_piped, read_bytes
from litectl.errors import UsageError

if TYPE_CHECKING:
    from litectl.actions.inputs import Inputs
    from litectl.exchange.attachments import Attachment
    from litectl.exchange.question import Message, TextFile
    from litectl.run.runtime import Runtime

_DOWNLOAD_SECONDS = 60.0


class Prompt(NamedTuple):
    """
    The options that say what is asked.

    *files* are paths, web addresses, or `-`; *attach_type* is what is on stdin. *messages* and
    *results* are paths of a conversation and of the results of its calls. *stdin_seconds* bounds
    the waiting for a silent stdin. *skills* are names of those that the model is told of, and with
    *all_skills* it is told of every one.
    """

    text: str | None = None
    system: str | None = None
    files: Sequence[str] = ()
    attach_type: str | None = None
    allow_private: bool = False
    reads_stdin: bool = True
    stdin_seconds: float | None = None
    messages: str | None = None
    results: str | None = None
    skills: Sequence[str] = ()
    all_skills: bool = False


class Said(NamedTuple):
    """A conversation to be answered, and the *kinds* of what is attached to its end."""

    messages: "Sequence[Message]"
    kinds: frozenset[str] = frozenset()


def said(runtime: "Runtime", inputs: "Inputs", prompt: Prompt) -> Said:
    """Return what *prompt* says, read and fetched; raises `UsageError` for nothing at all."""
    from litectl.exchange.question import check_argument, compose_prompt, content_of, opening

    check_argument(prompt.text or "", "the prompt")
    check_argument(prompt.system or "", "the system prompt")
    earlier = _earlier(inputs, prompt)
    attached = [_attachment(runtime, each, prompt) for each in prompt.files if each != STDIN]
    piped = _piped(runtime, inputs, prompt)
    parts, files, on_stdin = _sorted(piped, attached)
    text = compose_prompt(prompt.text, on_stdin, files, may_be_empty=bool(parts or earlier))
    kinds = frozenset(each.kind for each in (*piped, *attached))
    if not earlier:
        return Said(opening(text, prompt.system, parts), kinds)
    from litectl.exchange.conversation import continued

    content = content_of(text, parts) if text or parts else None
    return Said(continued(earlier, prompt=content, system=prompt.system), kinds)


def _sorted(
    piped: "Sequence[Attachment]", attached: "Sequence[Attachment]"
) -> "tuple[list[dict[str, object]], list[TextFile], str]":
    """Return the parts that are no text, the text files, and the text on stdin."""
    if not piped and not attached:
        return [], [], ""
    from litectl.exchange.attachments import TEXT, binary_parts, text_files

    on_stdin = "".join(each.content.decode() for each in piped if each.kind == TEXT)
    return binary_parts([*piped, *attached]), text_files(attached), on_stdin


def _earlier(inputs: "Inputs", prompt: Prompt) -> "list[Message]":
    """Return the conversation so far, with the results of its calls."""
    if prompt.messages is None:
        if prompt.results is not None:
            raise UsageError(
                "`--tool-results` answers the calls of a conversation, and there is none",
                hint="give the conversation with `--messages PATH`",
            )
        return []
    from litectl.exchange.conversation import conversation_of, with_results

    messages = conversation_of(inputs.text(prompt.messages, "--messages"), f"`{prompt.messages}`")
    if prompt.results is None:
        return messages
    return with_results(messages, inputs.text(prompt.results, "--tool-results"), f"`{prompt.results}`")


def _piped(runtime: "Runtime", inputs: "Inputs", prompt: Prompt) -> "list[Attachment]":
    """Return what is on stdin, when it is there to be read: one attachment, or none for an empty pipe."""
    named = STDIN in prompt.files
    if not named and (not prompt.reads_stdin or inputs.stdin_is_taken or not is_piped(runtime)):
        content = b""
    else:
        has_prompt = bool(prompt.text is not None or prompt.files or prompt.messages)
        content = inputs.stdin("-f -" if named else "the prompt", has_prompt=has_prompt)
        if has_prompt and not content:
            _note_silence(runtime)
    if content:
        from litectl.exchange.attachments import attachment_of

        return [attachment_of("stdin", content, prompt.attach_type)]
    if prompt.attach_type is not None:
        raise UsageError(
            "nothing came on stdin, and `--attach-type` is about that", hint="pipe it in, with `-f -`"
        )
    return []


def _note_silence(runtime: "Runtime") -> None:
    """Tell a person that the program before the pipe printed nothing; scripts often have such a stdin."""
    terminal = runtime.terminal
    if terminal.stdin_is_pipe and terminal.stderr_is_terminal:
        terminal.note("nothing was piped in; the model is asked without it")


def _attachment(runtime: "Runtime", place: str, prompt: Prompt) -> "Attachment":
    from pathlib import Path

    from litectl.exchange.attachments import LARGEST, attachment_of

    if "://" not in place:
        return attachment_of(Path(place).name, read_bytes(place, LARGEST))
    from litectl.wire.download import download

    runtime.require_online()
    with runtime.terminal.waiting("fetching the file of `-f`"):
        found = download(
            place,
            limit=LARGEST,
            seconds=runtime.options.timeout or _DOWNLOAD_SECONDS,
            allow_private=prompt.allow_private,
            tls=runtime.transport.tls,
        )
    return attachment_of(found.name, found.content)
