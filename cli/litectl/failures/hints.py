"""What hints say in several rooms, and for the profile that was meant. Pure."""

import re

GATEWAY_HINT = (
    "check that the URL is the root of a LiteLLM proxy, and that no gateway or login page is in between"
)
ROOT_HINT = "check that the URL is the root of a LiteLLM proxy: `litectl doctor`"
_COMMAND = re.compile(r"`(litectl [^`]*)`")
_END_OF_OPTIONS = " -- "
# Such a command names a profile itself, or needs none.
_OF_NO_PROFILE = ("--profile", "--help", "litectl help", *(f"profiles {verb} " for verb in ("use", "remove")))


def for_profile(hint: str | None, name: str) -> str | None:
    """Return *hint* with its commands for the profile *name*; else they would be about the default one."""
    from shlex import quote

    option = f" --profile {quote(name)}"

    def named(found: re.Match[str]) -> str:
        if any(word in found[1] for word in _OF_NO_PROFILE):
            return found[0]
        command, end, rest = found[1].partition(_END_OF_OPTIONS)
        return f"`{command}{option}{end}{rest}`"

    return _COMMAND.sub(named, hint) if hint else hint
