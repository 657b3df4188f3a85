"""Control characters, which a terminal acts on instead of showing them. Pure."""

# C0 controls but tab and newline, DEL, and C1; then the separators of lines, and the marks that turn the
# direction of text around.
_CONTROLS = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
del _CONTROLS[ord("\n")], _CONTROLS[ord("\t")]


def scrub(text: str) -> str:
    """Return *text* without the control characters that could drive a terminal."""
    return text.translate(_CONTROLS)
