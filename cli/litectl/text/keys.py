"""How keys look in a text, and how one is shown. Pure."""

import re
from collections.abc import Iterator

VIRTUAL = "sk-"  # what virtual keys begin with, and their masked names too
BEGINNINGS = (VIRTUAL, "eyJ", "litellm_login_", "llm_srefresh_")
_SEPARATORS = dict.fromkeys(map(ord, "=/?&:@,;<>'\"`{}[]()"), " ")  # of what a key stands among in a word
_SHORTEST = 12  # characters
# Not as a part of a word such as `task-`. Compiled where they are used, for every start loads this module.
_KEY = (
    rf"(?:(?<![A-Za-z])|(?<=\\[nrt]))(?:{'|'.join(BEGINNINGS)})"
    r"[A-Za-z0-9_+/=-][A-Za-z0-9_.+/=~-]{7,}"
)
_HASH = r"\b[0-9a-f]{64}\b"  # by which a proxy names a key
_USERINFO = r"(://)[^/?#\s@`'\"]*@"


def masked(secret: str) -> str:
    """Return *secret* in a form that may be shown: its last four characters at most."""
    return f"{VIRTUAL}...{secret[-4:]}" if len(secret) >= _SHORTEST else "***"


def keys_in(word: str) -> Iterator[str]:
    """Give every part of *word*, typed on a command line, that looks like a key."""
    if not any(beginning in word for beginning in BEGINNINGS):
        return
    for part in (word, word.partition("=")[2], *word.translate(_SEPARATORS).split()):
        if part.startswith(BEGINNINGS) and len(part) >= _SHORTEST:
            yield part


def without_keys(text: str) -> str:
    """Return *text* without what looks like a key or its hash, and without user and password of a URL."""
    return re.sub(_USERINFO, r"\1", re.sub(_HASH, "***", re.sub(_KEY, "***", text)))
