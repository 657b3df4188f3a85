"""How litectl ends. Pure."""

from litectl.errors import MEANINGS
from litectl.topics.topic import Section, Topic

TOPIC = Topic(
    "Exit codes",
    """
The exit code says what kind of failure it was, so that a script can act on it. The same failure has the
same code in every command.

\b
    litectl ask -m gpt-5.2 -p Hi
    case $? in
        0) ;;
        8|12) sleep 60 ;;
        *) exit 1 ;;
    esac
""",
    (
        Section(
            "Codes",
            rows=tuple((f"{int(code)} {code.name}", when) for code, when in MEANINGS.items()),
            headings=("code", "when"),
        ),
        Section(
            "In JSON",
            """
With `--json` a failure is one object, the last line of stderr. Its `code` is the name of the exit code in
small letters, such as `rate_limited`.
""",
        ),
    ),
)
