"""The name of the environment variable that holds the key of a profile. Pure."""

import re

from litectl.errors import UsageError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# How keys and tokens begin, and what nobody calls a variable: many letters and digits without a break.
_KEY = re.compile(r"(?:eyJ|litellm_login_|llm_srefresh_).*|(?=.*\d)[A-Za-z0-9]{20,}")
_LONGEST = 256  # characters


def check_variable_name(name: str) -> str:
    """Return *name* when a variable may be called so; raises `UsageError`, which never repeats it."""
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        what = "is not the name of a variable"
    elif _KEY.fullmatch(name):
        what = "looks like a key"
    else:
        return name
    raise UsageError(
        f"what was given as the key variable {what}",
        hint="give the NAME of an environment variable, such as LAB_KEY; its value is the key",
    )
