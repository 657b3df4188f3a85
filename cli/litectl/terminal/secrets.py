"""The secrets of a run, which no message shows. Pure."""

from litectl.terminal.controls import scrub
from litectl.text.keys import masked

_SHORTEST = 4  # characters; masking fewer would tear words apart


class Secrets:
    """Every secret that was made known so far, in each of its forms."""

    def __init__(self) -> None:
        self._masked: dict[str, str] = {}

    def add(self, secret: str) -> None:
        """Keep *secret* from being shown, also as JSON, URLs and Python write it."""
        if len(secret) < _SHORTEST:
            return
        from urllib.parse import quote

        in_json = secret.replace("\\", "\\\\").replace('"', '\\"')
        in_urls = {quote(secret, safe=safe, errors="replace") for safe in ("/", "")}
        forms = {secret, in_json, repr(secret)[1:-1], *in_urls}
        self._masked |= dict.fromkeys(forms, masked(secret))

    def hide(self, text: str) -> str:
        """Return *text* without control characters, and with every secret in its masked form."""
        # Controls go first, for one inside a secret would hide it; the longest secret goes first,
        # for it may contain a shorter one.
        text = scrub(text)
        for secret in sorted(self._masked, key=len, reverse=True):
            text = text.replace(secret, self._masked[secret])
        return text
