"""Times as they are printed."""


def timestamp(seconds: float | None) -> str | None:
    """Return *seconds* since 1970 as RFC 3339 in UTC, None for None."""
    if seconds is None:
        return None
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
