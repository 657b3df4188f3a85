"""The account of a check: what its requests to one model took, each paid from the purse of the run."""

from collections.abc import Callable, Mapping
from shlex import quote
from typing import TypeVar

from litectl.errors import (
    BudgetError,
    GuardrailError,
    IncompleteError,
    LitectlError,
    NetworkError,
    UpstreamError,
)
from litectl.exchange import answerer
from litectl.exchange.backend import Backend
from litectl.exchange.events import Usage
from litectl.exchange.pricing import CATALOG_ESTIMATE, UNKNOWN, Cost, known_price, listed_cost
from litectl.smoke.check import Measures
from litectl.smoke.purse import MAX_COST, Purse

Answered = TypeVar("Answered")


class Account:
    """
    What the requests of one check to *backend* took: *taken*, one entry of each that was sent.

    *warnings* say what was seen that is no failure.
    """

    def __init__(self, backend: Backend, purse: Purse) -> None:
        self.backend = backend
        self.taken: list[Measures] = []
        self.warnings: list[LitectlError] = []
        self._purse = purse

    def paid(
        self,
        tokens_in: Callable[[], int],
        tokens_out: int | None,
        send: Callable[[], tuple[Answered, Measures]],
    ) -> Answered:
        """
        Return what *send* gives, a request that has at most so many tokens, None for any number.

        Those of the input are counted only where it matters what they cost. Raises `BudgetError` instead
        of sending what could cost more than is left, and what *send* raises.
        """
        most = self._most(tokens_in(), tokens_out) if self._purse.is_bounded else 0.0
        self._purse.take(most)
        cost = most
        try:
            answered, measures = send()
            self.taken.append(measures)
            cost = most if measures.cost is None else measures.cost
        except LitectlError as error:
            if _was_sent(error):
                self.taken.append(Measures(requests=1))
            cost = 0.0 if _is_free(error) else most
            raise
        finally:
            self._purse.pay(most, cost)
        return answered

    def _most(self, tokens_in: int, tokens_out: int | None) -> float:
        """Return the most US dollars of so many tokens; raises `BudgetError` where nobody knows."""
        name, model = self.backend.name, self.backend.model
        price_in = known_price(model.input_price) if model else None
        price_out = known_price(model.output_price) if model else None
        if price_in is None or (price_out is None and tokens_out != 0):
            settings = " ".join(
                quote(f"models.{name}.{field}=USD") for field in ("input_price", "output_price")
            )
            raise BudgetError(
                f"not sent: nobody knows the prices of {name}, so `--max-cost` cannot be kept",
                hint=f"say them, per million tokens, with `litectl profiles set {settings}`, "
                "or leave `--max-cost` out",
                details={"reason": MAX_COST},
            )
        if tokens_out is None:
            setting = quote(f"models.{name}.max_output_tokens=N")
            raise BudgetError(
                f"not sent: nothing limits the answer of {name}, so `--max-cost` cannot be kept",
                hint=f"say its limit with `litectl profiles set {setting}`, or leave `--max-cost` out",
                details={"reason": MAX_COST},
            )
        return (tokens_in * price_in + tokens_out * (price_out or 0.0)) / 1e6

    def cost_of(self, usage: Usage | None, told: Cost, headers: Mapping[str, str]) -> Cost:
        """Return what a request cost: what the proxy *told*, else what its prices make of *usage*."""
        model = self.backend.model
        # Every prompt has tokens, and another model has other prices.
        if told.dollars is not None or model is None or usage is None or stand_in(headers) is not None:
            return told
        if not usage.input_tokens:
            return UNKNOWN
        listed = listed_cost(
            model,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_tokens=usage.cached_tokens,
        )
        return UNKNOWN if listed is None else Cost(listed, CATALOG_ESTIMATE)

    def measure(
        self,
        usage: Usage | None,
        told: Cost,
        headers: Mapping[str, str],
        *,
        seconds: float,
        first_token: float | None = None,
    ) -> Measures:
        """Return what one request took, and note when another model answered it."""
        self._note_fallback(headers)
        cost = self.cost_of(usage, told, headers)
        tokens_out = usage.output_tokens if usage else None
        return Measures(
            requests=1,
            input_tokens=usage.input_tokens if usage else None,
            output_tokens=tokens_out,
            cost=cost.dollars,
            is_estimate=cost.is_estimate,
            first_token=() if first_token is None else (first_token,),
            total=(seconds,),
            rate=(tokens_out / seconds,) if tokens_out and seconds > 0 else (),
        )

    def _note_fallback(self, headers: Mapping[str, str]) -> None:
        name, by = self.backend.name, stand_in(headers)
        if by is None:
            return
        who = by if by and by != name else "another model"
        self.warnings.append(
            UpstreamError(
                f"{who} answered, as a fallback for {name}",
                hint=f"see why with `litectl ask -m {quote(name)} -p Hi --param disable_fallbacks=true`",
                details={"reason": "fallback", "model": by or None},
            )
        )


def stand_in(headers: Mapping[str, str]) -> str | None:
    """Return the model that answered as a fallback, empty for one without a name; None for the one asked."""
    return (answerer.model_group(headers) or "") if answerer.fallbacks(headers) else None


def _is_free(error: LitectlError) -> bool:
    """Tell whether no model can have been paid for: the request was refused, or nobody was reached."""
    # A guardrail may have refused an answer that was made, and a provider may bill what broke off.
    if isinstance(error, IncompleteError | GuardrailError):
        return False
    status = error.details.get("status")
    was_refused = isinstance(status, int) and 400 <= status < 500 and status != 408
    return was_refused or not _was_sent(error)


def _was_sent(error: LitectlError) -> bool:
    return not isinstance(error, NetworkError) or error.was_sent
