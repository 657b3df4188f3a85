"""Attachments: told apart by their bytes, bounded, and put into the words of chat completions."""

from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.catalog.rows import ABILITIES
from litectl.errors import UsageError
from litectl.exchange.attachments import (
    ABILITY_OF_KIND,
    AUDIO,
    AUDIO_LIMIT,
    IMAGE,
    IMAGE_LIMIT,
    LARGEST,
    PDF,
    PDF_LIMIT,
    TEXT,
    TEXT_LIMIT,
    Attachment,
    attachment_of,
    binary_parts,
    part_of,
    text_files,
)
from litectl.exchange.question import TextFile

PNG_BYTES = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG_BYTES = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
GIF_BYTES = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
WEBP_BYTES = b"RIFF\x24\x00\x00\x00WEBPVP8 "
PDF_BYTES = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PLAIN_PDF = b"%PDF-1.4\n1 0 obj\n"
WAV_BYTES = b"RIFF\n\n\n\nWAVEfmt "
ID3_BYTES = b"ID3\x04\x00\x00\x00\x00\x01\x00rest"
MP3_BYTES = b"\xff\xfb\x90\x64\x00"
FLAC_BYTES = b"fLaC\x00\x00\x00\x22\x10\x00"
OGG_BYTES = b"OggS\x00\x02\x00\x00"

BINARIES = [
    (PNG_BYTES, IMAGE, "image/png"),
    (JPEG_BYTES, IMAGE, "image/jpeg"),
    (GIF_BYTES, IMAGE, "image/gif"),
    (GIF_BYTES.replace(b"89a", b"87a"), IMAGE, "image/gif"),
    (WEBP_BYTES, IMAGE, "image/webp"),
    (PDF_BYTES, PDF, "application/pdf"),
    (PLAIN_PDF, PDF, "application/pdf"),
    (WAV_BYTES, AUDIO, "audio/wav"),
    (ID3_BYTES, AUDIO, "audio/mpeg"),
    (MP3_BYTES, AUDIO, "audio/mpeg"),
    (b"\xff\xf3\x40\xc0", AUDIO, "audio/mpeg"),
    (b"\xff\xe2\x40\xc0", AUDIO, "audio/mpeg"),
    (FLAC_BYTES, AUDIO, "audio/flac"),
    (OGG_BYTES, AUDIO, "audio/ogg"),
]


@pytest.mark.parametrize(("content", "kind", "media_type"), BINARIES)
@pytest.mark.parametrize("name", ["plain", "lies.txt"])
def test_the_bytes_say_what_it_is(name: str, content: bytes, kind: str, media_type: str) -> None:
    """Whatever it is called, and the bytes are kept."""
    assert attachment_of(name, content) == Attachment(name, kind, media_type, content)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", b""),
        (b"a,b\n1,2\n", b"a,b\n1,2\n"),
        ("Grüße ☃".encode(), "Grüße ☃".encode()),
        (b"\xef\xbb\xbfmarked", b"marked"),
        (b"<svg/>", b"<svg/>"),
        (b"\x1b[31mred", b"\x1b[31mred"),
        # Texts about formats begin with their signatures, or nearly so.
        (b"GIF89a is a format", b"GIF89a is a format"),
        (b"ID3 tags hold titles", b"ID3 tags hold titles"),
        (b"fLaC begins a file", b"fLaC begins a file"),
        (b"OggS begins a page", b"OggS begins a page"),
        (b"%PDF", b"%PDF"),
        (b"RIFF", b"RIFF"),
    ],
)
def test_everything_else_in_utf_8_is_text(content: bytes, text: bytes) -> None:
    """Its byte order mark alone is dropped, also when its name says an image."""
    assert attachment_of("lies.png", content) == Attachment("lies.png", TEXT, "text/plain", text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Grüße".encode("latin-1"), "`it` is not UTF-8 text (byte 2), and no image"),
        ("Grüße".encode("utf-16"), "`it` has NUL bytes"),
        ("Grüße".encode("utf-16-le"), "`it` has NUL bytes"),
        ("日本".encode("utf-16"), "`it` is not UTF-8 text (byte 0)"),
        (b"\xfe\xff\x65\xe5", "`it` is not UTF-8 text (byte 0)"),
        (b"text\x00", "`it` has NUL bytes"),
        (b"\x7fELF\x02\x01\x01\x00", "`it` has NUL bytes"),
        (b"PK\x03\x04\xff\xff", "`it` is not UTF-8 text (byte 4)"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "`it` has NUL bytes"),
        (b"\xff\xf1\x50\x80", "`it` is not UTF-8 text (byte 0)"),  # AAC, whose frames have another layer
    ],
)
def test_what_nobody_could_read_is_refused(content: bytes, message: str) -> None:
    """The error says why it is no text, and the hint everything that can be attached."""
    with pytest.raises(UsageError) as caught:
        attachment_of("it", content)

    assert caught.value.message.startswith(message)
    known = ("UTF-8", "png", "jpeg", "gif", "webp", "pdf", "wav", "mp3", "flac", "ogg")
    assert [word for word in known if word not in str(caught.value.hint)] == []


@given(
    content=st.binary(),
    declared=st.none() | st.sampled_from(["text", "image", "application/pdf", "audio/mp3"]),
)
def test_no_bytes_are_a_crash(content: bytes, declared: str | None) -> None:
    """They are an attachment whose text can be read and whose part can be sent, or a usage error."""
    try:
        found = attachment_of("it", content, declared)
    except UsageError:
        return
    assert len(text_files([found])) + len(binary_parts([found])) == 1


@given(name=st.text(), declared=st.text())
def test_no_word_is_a_crash(name: str, declared: str) -> None:
    """Whatever the name and the declaration, it is an attachment or a usage error."""
    try:
        found = attachment_of(name, b"text", declared)
    except UsageError:
        return
    assert found.kind == TEXT


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (PNG_BYTES, "image/png", "image/png"),
        (PNG_BYTES, "image", "image/png"),
        (JPEG_BYTES, "image/jpg", "image/jpeg"),
        (PDF_BYTES, "pdf", "application/pdf"),
        (PDF_BYTES, " Application/PDF; charset=binary", "application/pdf"),
        (WAV_BYTES, "audio/x-wav", "audio/wav"),
        (MP3_BYTES, "audio/mp3", "audio/mpeg"),
        (OGG_BYTES, "audio/opus", "audio/ogg"),
        (OGG_BYTES, "AUDIO", "audio/ogg"),
        (b"{}", "application/json", "text/plain"),
        (b"{}", "application/ld+json", "text/plain"),
        (b"a,b", "text/csv; charset=utf-8", "text/plain"),
        # What begins like something else is text when that is said of it.
        (PLAIN_PDF, "text", "text/plain"),
        (b"RIFF----WAVE is a header", "text/plain", "text/plain"),
    ],
)
def test_a_declaration_that_fits_is_taken(content: bytes, declared: str, media_type: str) -> None:
    """A kind or a media type, as people and servers write them."""
    found = attachment_of("it", content, declared)

    assert (found.media_type, found.content) == (media_type, content)


@pytest.mark.parametrize(
    ("content", "declared", "message"),
    [
        (PNG_BYTES, "image/jpeg", "`it` is declared as image/jpeg, and its bytes are image/png"),
        (PNG_BYTES, "pdf", "`it` is declared as pdf, and its bytes are image/png"),
        (PNG_BYTES, "text", "`it` is declared as text, and its bytes are image/png"),
        (PDF_BYTES, "text/plain", "`it` is declared as text, and its bytes are application/pdf"),
        (b"plain", "image", "`it` is declared as image, and its bytes are not an image, pdf or audio"),
        (b"", "audio/wav", "`it` is declared as audio/wav, and its bytes are not an image, pdf or audio"),
        (b"\xfftext", "text", "`it` is not UTF-8 text (byte 0)"),
        (b"\x00", "text", "`it` has NUL bytes"),
        (b"text", "video/mp4", "unknown type of an attachment: video/mp4"),
        (b"text", "image/svg+xml", "unknown type of an attachment: image/svg+xml"),
        (b"text", "png", "unknown type of an attachment: png"),
        (b"text", "", "unknown type of an attachment: "),
    ],
)
def test_a_declaration_that_the_bytes_contradict_is_refused(
    content: bytes, declared: str, message: str
) -> None:
    """Nothing is sent as what it is not; the error says both."""
    with pytest.raises(UsageError) as caught:
        attachment_of("it", content, declared)

    assert caught.value.message.startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("beginning", "limit", "said"),
    [
        (b"", TEXT_LIMIT, "text may have 33,554,432 (32 MiB)"),
        (PNG_BYTES, IMAGE_LIMIT, "image may have 20,971,520 (20 MiB)"),
        (PDF_BYTES, PDF_LIMIT, "pdf may have 33,554,432 (32 MiB)"),
        (WAV_BYTES, AUDIO_LIMIT, "audio may have 26,214,400 (25 MiB)"),
    ],
)
def test_every_kind_has_a_limit(beginning: bytes, limit: int, said: str) -> None:
    """One byte more than it is a usage error that says how much there is and may be."""
    assert len(attachment_of("it", beginning.ljust(limit, b" ")).content) == limit

    with pytest.raises(UsageError) as caught:
        attachment_of("it", beginning.ljust(limit + 1, b" "))

    size = f"{limit + 1:,}" if limit < LARGEST else f"more than {LARGEST:,}"
    assert caught.value.message == f"`it` has {size} bytes, and {said}"


def test_a_text_that_was_cut_off_is_too_large_and_not_broken() -> None:
    """One byte more than the largest attachment tells enough, also when it halves a letter."""
    with pytest.raises(UsageError, match="more than 33,554,432 bytes"):
        attachment_of("it", "ü".encode() * (LARGEST // 2) + "ü".encode()[:1])


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        (
            "a.png",
            b"\x89PNG\r\n\x1a\n",
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        ),
        (
            "a.pdf",
            b"%PDF-1",
            {
                "type": "file",
                "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0x"},
            },
        ),
        ("a", b"OggS\x00", {"type": "input_audio", "input_audio": {"data": "T2dnUwA=", "format": "ogg"}}),
    ],
)
def test_a_part_is_one_of_chat_completions(name: str, content: bytes, part: dict[str, Any]) -> None:
    """Images and PDFs as data URLs, audio as its data and format."""
    assert part_of(attachment_of(name, content)) == part


@pytest.mark.parametrize(
    ("content", "audio_format"),
    [(WAV_BYTES, "wav"), (MP3_BYTES, "mp3"), (ID3_BYTES, "mp3"), (FLAC_BYTES, "flac"), (OGG_BYTES, "ogg")],
)
def test_audio_has_a_format(content: bytes, audio_format: str) -> None:
    """In the protocol's own words, with every byte."""
    part: Any = part_of(attachment_of("it", content))

    assert part["input_audio"]["format"] == audio_format
    assert b64decode(part["input_audio"]["data"]) == content


@pytest.mark.parametrize(
    ("name", "sent"),
    [("a.pdf", "a.pdf"), ("A.PDF", "A.PDF"), ("stdin", "stdin.pdf"), ("lies.txt", "lies.txt.pdf")],
)
def test_a_pdf_is_called_one(name: str, sent: str) -> None:
    """Whoever goes by names finds the type that the bytes say."""
    part: Any = part_of(attachment_of(name, PDF_BYTES))

    assert part["file"]["filename"] == sent


def test_text_goes_into_the_prompt_and_all_else_into_parts() -> None:
    """In the order in which they were attached."""
    attached = [
        attachment_of("b.png", PNG_BYTES),
        attachment_of("b.txt", b"\xef\xbb\xbftwo"),
        attachment_of("a.wav", WAV_BYTES),
        attachment_of("a.txt", b"one"),
    ]

    assert text_files(attached) == [TextFile("b.txt", "two"), TextFile("a.txt", "one")]
    assert [part["type"] for part in binary_parts(attached)] == ["image_url", "input_audio"]


def test_every_binary_kind_needs_an_ability_that_models_have() -> None:
    """The names are those of the catalog."""
    assert set(ABILITY_OF_KIND) == {IMAGE, PDF, AUDIO}
    assert set(ABILITY_OF_KIND.values()) <= set(ABILITIES)
