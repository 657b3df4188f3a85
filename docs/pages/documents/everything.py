"""All documents."""

from pages.documents import asking, models, operations, profiles, tools
from pages.documents.document import Document, Field

# What the last line of stderr is when a command fails.
ERROR = (
    Field("code", "the word of this kind of failure: the name of the exit code in small letters"),
    Field("message", "what happened"),
    Field("hint", "what to run or to change; null when nothing is known"),
    Field("exit_code", "the exit code"),
    Field("status", "the HTTP status", is_always=False),
    Field("call_id", "the id of the call in the log of the proxy", is_always=False),
    Field("retry_after", "how many seconds to wait", is_always=False),
    Field("reason", "a word for what the code alone does not tell", is_always=False),
)

DOCUMENTS: tuple[Document, ...] = (
    *profiles.DOCUMENTS,
    *models.DOCUMENTS,
    *asking.DOCUMENTS,
    *tools.DOCUMENTS,
    *operations.DOCUMENTS,
)
