"""The check that a chat model sees: a picture of one colour, made here, and the question which."""

import struct
import zlib
from shlex import quote

from litectl.errors import ProxyError
from litectl.exchange.attachments import Attachment, part_of
from litectl.exchange.question import opening
from litectl.smoke.asker import Asker, Inquiry, tokens_for
from litectl.smoke.wording import shown

_COLOUR, _RED = "red", b"\xff\x00\x00"
_PROMPT = "Which colour is this picture? Reply with one word."
_SIDE = 64  # pixels; some models refuse what is much smaller
_TOKENS = 32
_UNSEEN_TOKENS = 10_000  # of a picture, however small: more than any provider is known to count


def sees(asker: Asker) -> str:
    """Ask for the colour of a picture, and return the answer; another colour is noted as a warning."""
    picture = Attachment("picture.png", "image", "image/png", png(_RED, _SIDE))
    inquiry = Inquiry(
        opening(_PROMPT, parts=[part_of(picture)]),
        tokens_for(asker.backend, _TOKENS),
        unseen_tokens=_UNSEEN_TOKENS,
    )
    text = asker.without_secrets(asker.answer(inquiry).text)
    if _COLOUR not in text.lower():
        asker.account.warnings.append(
            ProxyError(
                f"asked for the colour of a {_COLOUR} picture, the model answered {shown(text)}",
                hint="it may not see pictures at all: ask it about one with "
                f"`litectl ask -m {quote(asker.backend.name)} -f photo.png -p 'What is this?'`",
            )
        )
    return shown(text)


def png(pixel: bytes, side: int) -> bytes:
    """Return a square picture of one colour in the format PNG; *pixel* is red, green and blue."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + pixel * side) * side
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
