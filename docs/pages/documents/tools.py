"""The tools of the MCP servers, and the skills."""

from litectl.output.skills import skill_columns
from litectl.output.tools import server_columns, tool_columns
from pages.documents.document import Document, fields, rows

_FETCHED = {"fetched_at": "when the servers were asked"}
_PROBLEM = "null, or why the arguments cannot be checked before a call"
_SERVER = {
    "name": "what the server is called",
    "id": "its id",
    "status": "how it is: ok, auth_required, unreachable, ...; null where the proxy tells nothing",
    "tools": "how many tools it has",
    "auth": "the credential that it wants, none for none",
    "transport": "how the proxy reaches it",
    "http_status": "the HTTP status of its refusal",
    "description": "what it is for",
}
_TOOL = {
    "name": "what the tool is called",
    "server": "the server that it is on",
    "server_id": "the id of the server",
    "description": "what it does",
    "arguments[]": "the names of its arguments, those that are required first",
    "required[]": "the names of those that are required",
    "problem": _PROBLEM,
}
_SHOWN = {
    **{name: _TOOL[name] for name in ("name", "server", "server_id", "description", "problem")},
    "schema.*": "the JSON Schema of its arguments, as the server gives it",
}
_RESULT = {
    "content[].*": "the parts of the result, as they came",
    "structuredContent.*": "the structured result, where there is one",
    "isError": "whether the tool says that it failed",
    "resultType": "what kind of result it is, where the server says so",
    "_meta.*": "what else the server says of it",
    "saved[]": "with `--output-dir`: the paths of the files that were saved",
}
_SKILL = {
    "name": "what the skill is called",
    "origin": "who has it: hub, litellm_proxy or anthropic",
    "enabled": "whether it is offered to everybody",
    "version": "its version",
    "description": "what it is for",
    "id": "its id, by which it is found among others of the name",
    "source.*": "where a skill of the hub lies; null for others",
    "created_at": "when it was made",
    "updated_at": "when it was changed",
}
_PLACE = {
    "address": "the address of its files",
    "files_from": "who has its files: proxy, archive, git or null",
    "fetch_with": "the command that fetches them, or null",
}
_CHANGED = ("name", "id", "origin", "enabled", "version", "description")
_REFUSED = {
    "origin": "who could not be asked",
    "code": "the word of the failure",
    "message": "what happened",
    "partial": "whether the public skills were listed all the same",
}
_UPLOAD = {
    "name": "what it would be called",
    "origin": "who would keep it",
    "description": "what it is for",
    "size": "the bytes of all files",
    "skipped": "how many files are left out, since their names begin with a dot",
    "files[].path": "a file that would be sent",
    "files[].size": "its bytes",
}
_REGISTERED = {
    "name": "what it would be called",
    "origin": "hub",
    "description": "what it is for",
    "version": "its version",
    "source.*": "where it lies",
}
_DOWNLOADED = {
    **{name: _SKILL[name] for name in ("name", "origin", "id")},
    "path": "the folder or the archive that was written",
    "files": "how many files it has; null for an archive",
    "bytes": "their size",
}

DOCUMENTS = (
    Document(("mcp servers",), (*fields(_FETCHED), *rows("servers", server_columns(), _SERVER))),
    Document(
        ("mcp tools",),
        (
            *fields(_FETCHED),
            *fields({"left_out.*": "how many tools are not in the list, by the reason"}),
            *rows("tools", tool_columns(), _TOOL),
        ),
    ),
    Document(("mcp show",), fields(_SHOWN)),
    Document(("mcp call",), fields(_RESULT, is_always=False)),
    Document(
        ("skills list",),
        (
            *fields(_REFUSED, "refused[]."),
            *fields(
                {
                    "left_out": "how many entries had no name",
                    "cut[]": "the origins that have more skills than they list",
                }
            ),
            *rows("skills", skill_columns(), _SKILL),
        ),
    ),
    Document(("skills show",), fields({**_SKILL, **_PLACE})),
    Document(
        ("skills create", "skills delete", "skills enable", "skills disable"),
        fields({name: _SKILL[name] for name in _CHANGED}),
    ),
    Document(("skills create",), fields(_UPLOAD), "with `--dry-run` and a folder"),
    Document(("skills create",), fields(_REGISTERED), "with `--dry-run` and a place"),
    Document(("skills download",), fields(_DOWNLOADED)),
)
