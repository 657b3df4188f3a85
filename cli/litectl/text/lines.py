"""A text as one line of a bearable length. Pure."""

LONGEST = 2_000  # characters


def one_line(text: str, most: int = LONGEST) -> str:
    """Return *text* on one line of at most *most* characters; what is not printable is a space."""
    # What is cut off anyway is not looked at.
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * most]).split())
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[: most - 1]}…"
