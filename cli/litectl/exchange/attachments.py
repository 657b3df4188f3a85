"""
Attachments: what goes along with a prompt, and as what it is sent.

What an attachment is, its bytes say and never its name. Text becomes a part of the prompt; images,
PDFs and audio become content parts of their own. Pure.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.exchange.question import TextFile, decode_text, file_name

TEXT = "text"
IMAGE = "image"
PDF = "pdf"
AUDIO = "audio"

# The most bytes of each; the encoding of a request adds a third.
TEXT_LIMIT = 32 * 2**20
IMAGE_LIMIT = 20 * 2**20
PDF_LIMIT = 32 * 2**20
AUDIO_LIMIT = 25 * 2**20
_LIMITS = {TEXT: TEXT_LIMIT, IMAGE: IMAGE_LIMIT, PDF: PDF_LIMIT, AUDIO: AUDIO_LIMIT}
LARGEST = max(_LIMITS.values())  # bytes; of what is longer, one byte more is enough to refuse it

# The ability of a model, as the catalog calls it, that each kind needs; text needs none.
ABILITY_OF_KIND = {IMAGE: "vision", PDF: "pdf", AUDIO: "audio"}

_TEXT_TYPE = "text/plain"
KINDS = {
    _TEXT_TYPE: TEXT,
    "image/png": IMAGE,
    "image/jpeg": IMAGE,
    "image/gif": IMAGE,
    "image/webp": IMAGE,
    "application/pdf": PDF,
    "audio/wav": AUDIO,
    "audio/mpeg": AUDIO,
    "audio/flac": AUDIO,
    "audio/ogg": AUDIO,
}
_ALIASES = {
    "image/jpg": "image/jpeg",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-flac": "audio/flac",
    "audio/opus": "audio/ogg",
    "audio/vorbis": "audio/ogg",
    "application/ogg": "audio/ogg",
}
_TEXT_TYPES = re.compile(r"text/.+|application/(?:.+\+)?(?:json|xml|yaml|toml|javascript)")
_AUDIO_FORMATS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/flac": "flac", "audio/ogg": "ogg"}
# Long enough that no text in UTF-8 begins like this, except with those of PDF.
_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a[^\x00]*\x00"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-[0-9]"), "application/pdf"),
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"ID3[\x02-\x04][^\xff].[\x00-\x7f]{4}", re.DOTALL), "audio/mpeg"),
    # A frame of layer III; the byte order mark of UTF-16 differs in the layer alone.
    (re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x00-\xef]"), "audio/mpeg"),
    (re.compile(rb"fLaC[\x00\x80]\x00\x00\x22"), "audio/flac"),
    (re.compile(rb"OggS\x00"), "audio/ogg"),
)
_KNOWN_HINT = (
    "attach text in UTF-8 (`iconv` converts other text), an image (png, jpeg, gif, webp), a pdf, "
    "or audio (wav, mp3, flac, ogg)"
)


class Attachment(NamedTuple):
    """One attachment: the *name* the model is told, one of the four kinds, its media type, its bytes."""

    name: str
    kind: str
    media_type: str
    content: bytes


class _Declaration(NamedTuple):
    """What the user says that an attachment is; *media_type* is None when only its kind was said."""

    kind: str
    media_type: str | None


def attachment_of(name: str, content: bytes, declared: str | None = None) -> Attachment:
    """
    Return *content*, called *name*, as what its bytes say that it is.

    *declared* is a media type or a kind; it makes text of what only begins like
    something else. Text loses its byte order mark. Raises `UsageError` for what nobody could
    read, for what is too large, and for a declaration that the bytes contradict.
    """
    name = file_name(name)
    declaration = None if declared is None else _declaration(declared)
    media_type = _signature(content) or _TEXT_TYPE
    if declaration is not None and declaration.kind == TEXT and _is_text(content):
        media_type = _TEXT_TYPE
    kind = KINDS[media_type]
    _require_size(name, kind, len(content))
    if declaration is not None:
        _require_agreement(name, declaration, media_type)
    if kind == TEXT:
        content = _text(name, content).encode()
    return Attachment(name, kind, media_type, content)


def text_files(attachments: Iterable[Attachment]) -> list[TextFile]:
    """Return those of *attachments* that go into the prompt."""
    return [TextFile(each.name, each.content.decode()) for each in attachments if each.kind == TEXT]


def binary_parts(attachments: Iterable[Attachment]) -> list[dict[str, object]]:
    """Return the content parts of those of *attachments* that are not text."""
    return [part_of(each) for each in attachments if each.kind != TEXT]


def part_of(attachment: Attachment) -> dict[str, object]:
    """Return the content part of *attachment* in the words of chat completions; text is no part."""
    encoded = b64encode(attachment.content).decode()
    address = f"data:{attachment.media_type};base64,{encoded}"
    if attachment.kind == AUDIO:
        audio_format = _AUDIO_FORMATS[attachment.media_type]
        return {"type": "input_audio", "input_audio": {"data": encoded, "format": audio_format}}
    if attachment.kind == PDF:
        # Whoever takes the type from the name has to find the one that the bytes say.
        ending = "" if attachment.name.lower().endswith(".pdf") else ".pdf"
        return {"type": "file", "file": {"filename": attachment.name + ending, "file_data": address}}
    return {"type": "image_url", "image_url": {"url": address}}


def _signature(content: bytes) -> str | None:
    found = (media_type for pattern, media_type in _SIGNATURES if pattern.match(content))
    return next(found, None)


def _is_text(content: bytes) -> bool:
    try:
        _text("", content)
    except UsageError:
        return False
    return True


def _text(name: str, content: bytes) -> str:
    """Return *content* as text; raises `UsageError` when it is none, and so nothing that is known."""
    no_other = "and no image, pdf or audio that is known"
    if b"\0" in content:
        raise UsageError(f"`{name}` has NUL bytes, so it is not text, {no_other}", hint=_KNOWN_HINT)
    try:
        return decode_text(content, f"`{name}`")
    except UsageError as error:
        raise UsageError(f"{error.message}, {no_other}", hint=_KNOWN_HINT) from error


def _require_size(name: str, kind: str, size: int) -> None:
    limit = _LIMITS[kind]
    if size > limit:
        shown = f"more than {LARGEST:,}" if size > LARGEST else f"{size:,}"
        raise UsageError(
            f"`{name}` has {shown} bytes, and {kind} may have {limit:,} ({limit // 2**20} MiB)",
            hint="send a part of it, or a smaller version",
        )


def _declaration(declared: str) -> _Declaration:
    """Return what *declared* says; raises `UsageError` when it is no type that can be attached."""
    word = declared.partition(";")[0].strip().lower()
    if word in _LIMITS:
        return _Declaration(word, None)
    if _TEXT_TYPES.fullmatch(word):
        return _Declaration(TEXT, None)
    media_type = _ALIASES.get(word, word)
    if media_type not in KINDS:
        raise UsageError(
            f"unknown type of an attachment: {declared}",
            hint=f"name a kind ({', '.join(_LIMITS)}) or a media type ({', '.join(KINDS)})",
        )
    return _Declaration(KINDS[media_type], media_type)


def _require_agreement(name: str, declaration: _Declaration, media_type: str) -> None:
    """Raise `UsageError` when the bytes say another type than the user."""
    if declaration.kind == KINDS[media_type] and declaration.media_type in (None, media_type):
        return
    what = "not an image, pdf or audio that is known" if media_type == _TEXT_TYPE else media_type
    raise UsageError(
        f"`{name}` is declared as {declaration.media_type or declaration.kind}, and its bytes are {what}",
        hint="leave the declaration out: the type is found in the bytes",
    )
