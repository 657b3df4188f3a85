"""Whose a certificate is, in the form in which Python reads one; anybody may write anything there. Pure."""

from collections.abc import Mapping
from typing import Any

from litectl.failures.wording import readable
from litectl.text.counting import some_of

_NAME_LIMIT = 80  # characters
_NAMES_SHOWN = 5


def subject_of(found: Mapping[str, Any]) -> str:
    """Return the names that the certificate is for, else whose it says it is."""
    names = [value for _, value in found.get("subjectAltName", ())]
    return some_of(names, _NAMES_SHOWN, _shown) if names else _name(found.get("subject"))


def issuer_of(found: Mapping[str, Any]) -> str:
    """Return who signed it."""
    return _name(found.get("issuer"))


def _name(pairs: Any) -> str:
    fields = {key: value for group in pairs or () for key, value in group}
    shown = [_shown(fields[key]) for key in ("commonName", "organizationName") if key in fields]
    return " of ".join(shown) or "nobody"


def _shown(text: object) -> str:
    """Return *text* as one short line, without what drives a terminal."""
    return readable(str(text), _NAME_LIMIT)
