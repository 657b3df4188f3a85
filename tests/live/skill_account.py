"""The Skills API of Anthropic: what an account there keeps, in pages."""

from email.parser import BytesParser
from email.policy import HTTP
from itertools import count
from urllib.parse import parse_qs, unquote, urlsplit

from fake_proxy import Answer, Request, json_answer

ROUTE = "/anthropic/v1/skills"
BETA = "skills-2025-10-02"
_DAY = "2026-01-{:02}T10:00:00.000000Z"
_DEFAULT_LIMIT, _MOST = 20, 100  # skills on a page


class SkillAccount:
    """The custom skills of one account."""

    def __init__(self) -> None:
        self.skills: dict[str, dict[str, object]] = {}
        self.files: dict[str, list[str]] = {}
        self._numbers = count(1)

    @staticmethod
    def serves(request: Request) -> bool:
        """Tell whether *request* is for the Skills API."""
        path = urlsplit(request.path).path
        return path == ROUTE or path.startswith(f"{ROUTE}/")

    def keep(self, title: str) -> dict[str, object]:
        """Keep a skill called *title*, and return it as Anthropic shows it."""
        number = next(self._numbers)
        at = _DAY.format(number % 28 + 1)
        skill: dict[str, object] = {
            "id": f"skill_{number:024}",
            "created_at": at,
            "display_title": title,
            "latest_version": str(1759178010641129 + number),
            "source": "custom",
            "type": "skill",
            "updated_at": at,
        }
        self.skills[str(skill["id"])] = skill
        return skill

    def answer_to(self, request: Request) -> Answer:
        """Answer as Anthropic does."""
        if BETA not in request.headers.get("anthropic-beta", ""):
            return _error(400, "invalid_request_error", "this API is in beta")
        url = urlsplit(request.path)
        name = unquote(url.path.removeprefix(ROUTE).lstrip("/"))
        if name:
            return self._one(request.method, name)
        return self._created(request) if request.method == "POST" else self._page(parse_qs(url.query))

    def _one(self, method: str, name: str) -> Answer:
        if name not in self.skills:
            return _error(404, "not_found_error", f"Skill not found: {name}")
        if method == "DELETE":
            del self.skills[name]
            return json_answer({"id": name, "type": "skill_deleted"})
        return json_answer(self.skills[name])

    def _page(self, query: dict[str, list[str]]) -> Answer:
        limit = min(int(query.get("limit", [str(_DEFAULT_LIMIT)])[0]), _MOST)
        first = int(query.get("page", ["page_0"])[0].removeprefix("page_"))
        found = list(self.skills.values())
        following = first + limit
        more = following < len(found)
        page = {"data": found[first:following], "has_more": more}
        return json_answer({**page, "next_page": f"page_{following}" if more else None})

    def _created(self, request: Request) -> Answer:
        head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = list(BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts())
        files = [str(part.get_filename()) for part in parts if part.get_filename()]
        titles = [
            part.get_content().strip()
            for part in parts
            if part.get_param("name", header="content-disposition") == "display_title"
        ]
        if not any(path.endswith(("SKILL.md", ".zip")) for path in files):
            return _error(
                400, "invalid_request_error", "SKILL.md file must be exactly in the top-level folder"
            )
        skill = self.keep(titles[0] if titles else files[0])
        self.files[str(skill["id"])] = files
        return json_answer(skill)


def _error(status: int, kind: str, message: str) -> Answer:
    error = {"type": kind, "message": message}
    return json_answer({"type": "error", "error": error, "request_id": "req_1"}, status)
