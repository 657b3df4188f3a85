"""The check that a chat model streams: its answer comes as events, and ends as a stream does."""

from litectl.errors import ProxyError
from litectl.exchange.question import opening
from litectl.smoke.answering import PROMPT
from litectl.smoke.asker import Asker, Inquiry, tokens_for
from litectl.smoke.measuring import in_short, rate_in_short

_TOKENS = 32
_EVENTS = "text/event-stream"


def streams(asker: Asker) -> str:
    """Ask for a stream, and return when its first text came."""
    inquiry = Inquiry(opening(PROMPT), tokens_for(asker.backend, _TOKENS), stream=True)
    answer = asker.answer(inquiry)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _EVENTS:
        raise ProxyError(
            f"the answer came in one piece and not as a stream ({kind or 'no content type'})",
            hint="check what stands between here and the proxy: a gateway may hold answers back",
        )
    took = asker.account.taken[-1]
    rate = f", {rate_in_short(took.rate)}" if took.rate else ""
    return f"first text after {in_short(took.first_token)}{rate}"
