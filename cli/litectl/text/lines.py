"""Text from outside on one line, for a message or a cell. Pure."""


def one_line(text: str) -> str:
    """Return *text* on one line; what is not printable is a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def short_line(text: str, most: int) -> str:
    """Return *text* on one line of at most *most* characters."""
    # What is cut off anyway is not looked at.
    line = one_line(text[: 4 * most])
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[: most - 1]}…"
