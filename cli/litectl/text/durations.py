"""How long something is, for people. Pure."""

_LONGEST_HOURS = 48  # which are told as such


def duration_text(seconds: float) -> str:
    """Return *seconds* for people, such as `4 min`, `3 h 5 min` and `12 days`; below 0 with a sign."""
    sign, minutes = "-" if seconds < 0 else "", int(abs(seconds) // 60)
    hours = minutes // 60
    if not hours:
        return f"{sign}{minutes} min"
    return f"{sign}{hours // 24} days" if hours >= _LONGEST_HOURS else f"{sign}{hours} h {minutes % 60} min"
