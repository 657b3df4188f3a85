"""What a tool gave: text, structured content and files, read from the answer of the proxy. Pure."""

import json
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litectl.errors import IncompleteError
from litectl.failures.envelopes import envelope_of
from litectl.failures.wording import readable
from litectl.text.jsontext import can_be_written

MODEL_LIMIT = 64 * 2**10  # bytes of a text for a model
UNKNOWN_TYPE = "application/octet-stream"
_DEEPEST = 100  # levels of JSON inside each other; far less than a stack holds
_FIELDS = {"content", "structuredContent", "isError"}  # what a result has, at least one of them
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)
_URL_SAFE = str.maketrans("-_", "+/")
_NAMED_BLOBS = 20  # of more, a model is told the number only
_NAMED_TYPES = 5
_MARKER_SPACE = 100  # bytes that are more than enough for the mark of a cut


class Blob(NamedTuple):
    """
    A file in a result: an `image`, an `audio` or a `resource`.

    *uri* is how the server calls a resource, whatever that may hold; it is empty for none.
    """

    kind: str
    media_type: str
    content: bytes
    uri: str = ""


class ToolResult(NamedTuple):
    """
    What a tool gave: the *text* of all its parts, *structured* content and *blobs*.

    *document* is the result as it was answered. With *is_error* it says that the tool failed, and why.
    *problems* are sentences on the parts of it that could not be used.
    """

    text: str
    structured: object | None
    blobs: Sequence[Blob]
    document: Mapping[str, object]
    is_error: bool
    problems: Sequence[str] = ()


def result_of(document: object) -> ToolResult:
    """
    Return the result of a tool in the decoded answer *document*.

    Raises `IncompleteError` when there is none in it.
    """
    found, failure = _unwrapped(document)
    content = _Content(found.get("content"))
    text = "\n".join(content.texts)
    if failure and not text:
        text = envelope_of({"error": failure}).message
    return ToolResult(
        text,
        found.get("structuredContent"),
        content.blobs,
        found,
        bool(failure) or found.get("isError") is True,
        content.problems(),
    )


def _unwrapped(document: object) -> tuple[Mapping[str, object], object]:
    """Return the object that has the fields of a result, and the error beside them."""
    if not can_be_written(document, levels=_DEEPEST):
        raise IncompleteError(
            "the answer is not a result of a tool: it is nested too deeply, or has numbers that are none"
        )
    found = _with_content(document)
    failure = found.get("error")
    if not failure and not found.keys() & _FIELDS:
        found = _with_content(found.get("result"))
    if not failure and not found.keys() & _FIELDS:
        raise IncompleteError("the answer is not a result of a tool", details={"result": bounded(document)})
    return found, failure


def _with_content(value: object) -> Mapping[str, object]:
    """Return the result that *value* is; older proxies answer its content alone."""
    if isinstance(value, list):
        return {"content": value}
    return value if isinstance(value, dict) else {}


class _Content:
    """The parts of a result, sorted into texts and files."""

    def __init__(self, parts: object) -> None:
        self.texts: list[str] = []
        self.blobs: list[Blob] = []
        self._unusable: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        if isinstance(parts, list):
            for part in parts:
                self._take(part if isinstance(part, dict) else {})
        elif parts is not None:
            self._unusable["its content is not a list"] += 1

    def problems(self) -> list[str]:
        """Return a sentence for each way in which parts could not be used."""
        named = dict(self._unknown.most_common(_NAMED_TYPES))
        problems = {f"of the unknown type `{kind}`": count for kind, count in named.items()}
        if others := self._unknown.total() - sum(named.values()):
            problems["of other unknown types"] = others
        return [_left_out(count, why) for why, count in (problems | dict(self._unusable)).items()]

    def _take(self, part: Mapping[str, object]) -> None:
        kind = part.get("type")
        if kind == "text":
            self._take_text(part.get("text"), "a `text` without a text")
        elif kind == "resource_link":
            self._take_text(part.get("uri"), "a `resource_link` without an address")
        elif kind in ("image", "audio"):
            self._take_blob(str(kind), part, part.get("data"))
        elif kind == "resource":
            self._take_resource(part.get("resource"))
        else:
            self._unknown[(readable(kind) if isinstance(kind, str) else "") or "none"] += 1

    def _take_resource(self, resource: object) -> None:
        fields = resource if isinstance(resource, dict) else {}
        if isinstance(fields.get("text"), str):
            self.texts.append(fields["text"])
        else:
            self._take_blob("resource", fields, fields.get("blob"))

    def _take_text(self, text: object, problem: str) -> None:
        if isinstance(text, str):
            self.texts.append(text)
        else:
            self._unusable[problem] += 1

    def _take_blob(self, kind: str, fields: Mapping[str, object], data: object) -> None:
        content = _from_base64(data)
        if content is None:
            self._unusable[f"the data of the {kind} is not base64"] += 1
        else:
            uri = fields.get("uri")
            self.blobs.append(
                Blob(kind, _media_type(fields.get("mimeType")), content, uri if isinstance(uri, str) else "")
            )


def _left_out(count: int, why: str) -> str:
    if count == 1:
        return f"a part of the result is left out: {why}"
    return f"{count} parts of the result are left out: {why}"


def _from_base64(data: object) -> bytes | None:
    """Return the bytes behind *data* in either alphabet, None when it is no base64."""
    if not isinstance(data, str):
        return None
    plain = "".join(data.split()).rstrip("=").translate(_URL_SAFE)
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None


def _media_type(value: object) -> str:
    """Return a media type without its parameters; one that is unknown for what is none."""
    text = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
    return text if _MEDIA_TYPE.fullmatch(text) else UNKNOWN_TYPE


def size_text(count: int) -> str:
    """Return *count* bytes as words."""
    return "1 byte" if count == 1 else f"{count:,} bytes"


def plain_text(result: ToolResult) -> str:
    """Return the text of *result*; where it has none, its structured content as JSON."""
    if result.text or result.structured is None:
        return result.text
    return json.dumps(result.structured, ensure_ascii=False)


def for_model(result: ToolResult) -> str:
    """Return what a model is given of *result*: at most 64 KiB, which name its files and say what is cut."""
    named = [
        f"[{blob.kind} {blob.media_type}, {size_text(len(blob.content))}, not shown]"
        for blob in result.blobs[:_NAMED_BLOBS]
    ]
    if more := len(result.blobs) - len(named):
        named.append(f"[{more:,} more files, not shown]")
    tail = "\n".join(named)
    text = _cut(plain_text(result), MODEL_LIMIT - len(tail) - 1)
    return "\n".join(filter(None, [text, tail]))


def _cut(text: str, limit: int) -> str:
    """Return *text*, cut to *limit* bytes with the mark that says so."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode()
    kept = data[: limit - _MARKER_SPACE].decode("utf-8", "ignore")
    missing = len(data) - len(kept.encode())
    return f"{kept}\n[cut here: {missing:,} of {len(data):,} bytes are missing]"


def bounded(document: object) -> object | None:
    """Return *document* for the details of an error, None when it is over 1 MiB as JSON."""
    return document if len(json.dumps(document, ensure_ascii=False)) <= 2**20 else None
