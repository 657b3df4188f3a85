"""The check that an embedding model gives a vector for a text."""

import time
from shlex import quote

from litectl.errors import LitectlError
from litectl.exchange.embedding import Embeddings, embed
from litectl.exchange.events import Usage
from litectl.smoke.account import Account
from litectl.smoke.check import Measures
from litectl.smoke.remedies import remedy
from litectl.wire.proxy import Proxy

_TEXT = "One short text."
_MOST_TOKENS = 64  # of the text, and of whatever a proxy puts around it


def embeds(proxy: Proxy, account: Account, seconds: float) -> str:
    """Ask for the vector of one short text within *seconds*, and return how long it is."""

    def send() -> tuple[Embeddings, Measures]:
        started = time.monotonic()
        found = embed(proxy, account.backend.name, [_TEXT], seconds=seconds)
        took = time.monotonic() - started
        usage = Usage(input_tokens=found.input_tokens)
        return found, account.measure(usage, found.cost, found.headers, seconds=took)

    try:
        found = account.paid(lambda: _MOST_TOKENS, 0, send)
    except LitectlError as error:
        name = quote(account.backend.name)
        error.hint = remedy(error, name, f"litectl embed -m {name} Hi --json")
        raise
    return f"a vector of {found.dimensions} numbers"
