"""The first checks of a chat model: that it answers at all, and says what that took."""

from collections.abc import Sequence

from litectl.errors import ProxyError
from litectl.exchange.pricing import dollars_text
from litectl.exchange.question import opening
from litectl.smoke.asker import Asker, Inquiry, tokens_for
from litectl.smoke.check import Check, Measures, Result, failed, passed, warned
from litectl.smoke.measuring import joined
from litectl.smoke.wording import shown
from litectl.text.counting import counted

PROMPT = "Reply with one short word."
_TOKENS = 32


def answers(asker: Asker) -> str:
    """Ask one plain question, unstreamed, and return what is answered."""
    inquiry = Inquiry(opening(PROMPT), tokens_for(asker.backend, _TOKENS))
    return shown(asker.without_secrets(asker.answer(inquiry).text))


def usage_of(check: Check, taken: Sequence[Measures], *, has_output: bool = True) -> Result:
    """Return whether the requests that were *taken* reported their tokens, and what they cost."""
    whole = joined(taken)
    tokens = f"{counted(whole.input_tokens or 0, 'token')} in"
    if has_output:
        tokens += f", {whole.output_tokens or 0} out"
    silent = [each for each in taken if not each.input_tokens or (has_output and not each.output_tokens)]
    if silent:
        which = f" in {len(silent)} of {len(taken)} runs" if len(taken) > 1 else ""
        error = ProxyError(
            f"the answer does not say how many tokens it took{which} ({tokens})",
            hint="tell the operator of the proxy: what is not counted is in no budget",
        )
        return failed(check, error, 0.0)
    if whole.cost is None:
        return passed(check, f"{tokens}; nobody knows what they cost", 0.0)
    if whole.is_estimate:
        error = ProxyError(
            f"the proxy reports no cost ({tokens}, about {dollars_text(whole.cost)} by the prices it lists)",
            hint="tell the operator of the proxy: what has no cost is in no budget",
        )
        return warned(check, error, 0.0)
    return passed(check, f"{tokens}, {dollars_text(whole.cost)}", 0.0)
