"""The page of the JSON documents."""

from collections.abc import Iterable, Iterator

from pages import mark
from pages.commandtree import PROGRAM, Command
from pages.documents.document import Document, Field
from pages.documents.everything import DOCUMENTS, ERROR

_INTRO = """\
With `--json` a command prints one document. It has `schema_version`, which is 1, and the fields below: a dot
is between the fields of objects, `[]` is behind the name of an array, and `.*` stands for fields that are not
fixed. What nobody knows is null; a field in brackets is left out then. Times are UTC, as RFC 3339 has them.

With `--format jsonl` each row of a list is a line of its own, with the fields behind `[].`, and an object is
one line."""
_BODIES = """\
`litectl api` prints what the proxy answers and `litectl models export` what the other tool reads. `litectl
embed` prints, in a pipe, a line for each text with the fields behind `embeddings[].`; the calls of `ask
--tools` are an array with those behind `tool_calls[].`; and `mcp call` adds no `schema_version`. The other
commands print no JSON."""
_FAILURE = """\
The last line of stderr; stdout stays empty. Some failures have more fields, such as the answer so far."""


def json_fields_page(root: Command) -> str:
    """Return the page of all documents, in the order of the commands of *root*."""
    order = {" ".join(command.path): place for place, command in enumerate(root.walk())}
    sections = sorted(
        (
            (order[" ".join(_words(name))], name, document)
            for document in DOCUMENTS
            for name in document.commands
        ),
        key=lambda section: section[0],
    )
    first: dict[int, str] = {}
    for _, name, document in sections:
        first.setdefault(id(document), name)
    parts = [
        _INTRO,
        _BODIES,
        "## A failure",
        _FAILURE,
        _table(ERROR),
        *(part for _, name, document in sections for part in _section(name, document, first[id(document)])),
    ]
    return mark.page("JSON fields", parts)


def _words(name: str) -> Iterator[str]:
    """Give the words of the command in *name*, without options."""
    for word in name.split():
        if word.startswith("-"):
            return
        yield word


def _section(name: str, document: Document, first: str) -> Iterator[str]:
    """Give the section of the command *name*; a document that the *first* one prints, too, is told once."""
    heading, told = f"{PROGRAM} {name}", f"{PROGRAM} {first}"
    yield f"## {heading}{f', {document.when}' if document.when else ''}"
    yield _table(document.fields) if name == first else f"As [`{told}`]({mark.anchor(told)})."


def _table(fields: Iterable[Field]) -> str:
    rows = ((_shown(field), mark.prose(field.means)) for field in fields)
    return mark.table(("field", "meaning"), rows)


def _shown(field: Field) -> str:
    return mark.code(field.path) if field.is_always else f"\\[{mark.code(field.path)}\\]"
