"""A file of export lines for a POSIX shell: where the proxy is, how its key is had, and its models. Pure."""

import re
import shlex
from collections.abc import Sequence

from litectl.exports.target import Offer, Target

_NAME = re.compile(r"(?:export )?([A-Za-z_][A-Za-z0-9_]*)=")


def _render(offer: Offer, text: str | None) -> str:
    """Return *text* with our lines in the place of older ones of the same names, or at its end."""
    lines = _lines(offer)
    kept = [line for line in (text or "").splitlines() if _variable(line) not in lines]
    return "".join(f"{line}\n" for line in [*kept, *lines.values()])


def _lines(offer: Offer) -> dict[str, str]:
    """Return a line for each variable; the key is fetched when the file is read."""
    values = {
        "LITELLM_BASE_URL": shlex.quote(offer.root),
        "OPENAI_BASE_URL": shlex.quote(f"{offer.root}/v1"),
    }
    if offer.key.is_needed:
        found = f'"${{{offer.key.variable}}}"' if offer.key.prefers_variable else f'"$({offer.key.command})"'
        if offer.key.variable != "LITELLM_API_KEY" or not offer.key.prefers_variable:
            values["LITELLM_API_KEY"] = found
        values["OPENAI_API_KEY"] = '"$LITELLM_API_KEY"'
    values["LITELLM_MODELS"] = shlex.quote(",".join(_names(offer)))
    return {name: f"export {name}={value}" for name, value in values.items()}


def _names(offer: Offer) -> Sequence[str]:
    return [offered.model.name for offered in offer.models]


def _variable(line: str) -> str | None:
    found = _NAME.match(line)
    return found.group(1) if found else None


TARGET = Target(lambda _variables, _home: None, _render)
