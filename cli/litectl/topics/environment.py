"""The variables that litectl reads. Pure."""

from litectl.environment import MEANINGS, USUAL
from litectl.topics.topic import Section, Topic

_HEADINGS = ("variable", "meaning")

TOPIC = Topic(
    "Environment",
    """
An option comes before the variable that says the same. An empty value counts as unset, and so does the
word `undefined`.

\b
    export LITECTL_BASE_URL=https://litellm.example.com LITECTL_API_KEY="$PROXY_KEY"
    litectl models list
""",
    (
        Section("Variables", rows=tuple(MEANINGS.items()), headings=_HEADINGS),
        Section("Of the system", rows=tuple(USUAL.items()), headings=_HEADINGS),
    ),
)
