"""Times as they are printed."""

_LONGEST = 64  # characters of a date


def timestamp(seconds: float | None) -> str | None:
    """Return *seconds* since 1970 as RFC 3339 in UTC, None for None."""
    if seconds is None:
        return None
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def same_form(text: str | None) -> str | None:
    """Return the time that *text* names in the form of `timestamp`; what names none stays as it is."""
    if text is None or len(text) > _LONGEST:
        return text
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
        return timestamp(moment.timestamp()) if moment.tzinfo else text
    except (ValueError, OverflowError, OSError):
        return text
