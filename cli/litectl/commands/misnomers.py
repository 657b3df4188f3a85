"""What to say instead of an option that is called otherwise here than in other programs. Pure."""

from collections.abc import Mapping

_ALIAS = "call it with `--alias NAME`"
_FIELD = (
    """a field of a JSON body is said with `-d '{"name": "value"}'`, one of a form with `-F name=value`"""
)
_JQ = "give the body to another program: `litectl api PATH | jq FILTER`"
_FILE = "stdout is the body and nothing else: `litectl api PATH > FILE`"
_SILENT = "for nothing but errors on stderr say `--quiet`"
_DOLLARS = "a number of US dollars, such as `--max-cost 5`"

# By the path of a command and the option; the empty one is a word too many.
_HINTS: Mapping[str, Mapping[str, str]] = {
    "litectl api": {
        **dict.fromkeys(("-f", "--field", "--raw-field"), _FIELD),
        **dict.fromkeys(("--jq", "-t", "--template"), _JQ),
        **dict.fromkeys(("-o", "--output"), _FILE),
        **dict.fromkeys(("-s", "--silent"), _SILENT),
        "-q": f"it adds to the query: `-q name=value`; {_SILENT}",
    },
    "litectl keys create": {"": _ALIAS, "--name": _ALIAS},
    "litectl smoke": {"--max-cost": _DOLLARS},
    "litectl models test": {"--max-cost": _DOLLARS},
}


def hint_for(path: str, option: str) -> str | None:
    """Return what to say in place of *option*, which the command at *path* does not take; None if unknown."""
    return _HINTS.get(path, {}).get(option)
