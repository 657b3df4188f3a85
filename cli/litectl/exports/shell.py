"""A file of export lines for a POSIX shell: where the proxy is, how its key is had, and its models. Pure."""

import json
import shlex
from collections.abc import Iterator

from litectl.errors import ConfigError
from litectl.exports.target import Offer, Target

_BEGIN, _END = "# >>> litectl models export: {} >>>", "# <<< litectl models export: {} <<<"


def _render(offer: Offer, text: str | None) -> str:
    """Return *text* with our block in the place of the one of this provider, or at its end."""
    begin, end = _BEGIN.format(offer.provider), _END.format(offer.provider)
    block = "".join(f"{line}\n" for line in (begin, *_lines(offer), end))
    before, found, rest = (text or "").partition(f"{begin}\n")
    if not found:
        gap = "" if not before or before.endswith("\n") else "\n"
        return f"{before}{gap}{block}"
    _, found, after = rest.partition(f"{end}\n")
    if not found:
        raise ConfigError(
            f"the block of litectl in that file has no end: {end}", hint="repair it, or remove the block"
        )
    return f"{before}{block}{after}"


def _lines(offer: Offer) -> Iterator[str]:
    """Give a line for each variable; the key is fetched when the file is read."""
    values = {
        "LITELLM_BASE_URL": shlex.quote(offer.root),
        "OPENAI_BASE_URL": shlex.quote(f"{offer.root}/v1"),
    }
    if offer.key.is_needed:
        found = f'"${{{offer.key.variable}}}"' if offer.key.prefers_variable else f'"$({offer.key.command})"'
        if offer.key.variable != "LITELLM_API_KEY" or not offer.key.prefers_variable:
            values["LITELLM_API_KEY"] = found
        values["OPENAI_API_KEY"] = '"$LITELLM_API_KEY"'
    if offer.headers:
        references = {name: f"${variable}" for name, variable in offer.headers.items()}
        values["LITELLM_HEADERS"] = shlex.quote(json.dumps(references))
    values["LITELLM_MODELS"] = shlex.quote(",".join(offered.model.name for offered in offer.models))
    return (f"export {name}={value}" for name, value in values.items())


TARGET = Target(lambda _variables, _home: None, _render)
