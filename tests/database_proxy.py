"""A real proxy with a database, seen by its admin: makes keys, teams and users, and takes them away again."""

import uuid
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx

SECONDS = 30.0


class Team(NamedTuple):
    """A team of the proxy."""

    id: str
    name: str


class DatabaseProxy:
    """The proxy at *root*, asked with its master key; what it made is gone when the block is left."""

    def __init__(self, root: str, master_key: str) -> None:
        self.root = root
        self.master_key = master_key
        headers = {"Authorization": f"Bearer {master_key}"}
        self._client = httpx.Client(base_url=root, headers=headers, trust_env=False, timeout=SECONDS)
        self._made: list[tuple[str, dict[str, object]]] = []
        self._adopted: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in self._adopted:
            self.discard(path)
        for path, document in reversed(self._made):
            # A test may have deleted it already.
            self._client.post(path, json=document)
        self._client.close()

    def post(self, path: str, **document: object) -> Any:
        """Return the JSON answer to *document*; it must have worked."""
        return self._client.post(path, json=document).raise_for_status().json()

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON answer of *path*; it must have worked."""
        return self._client.get(path, params=query).raise_for_status().json()

    def offers(self, path: str) -> bool:
        """Tell whether the proxy has something at *path*."""
        return self._client.get(path).is_success

    def make_key(self, **fields: object) -> str:
        """Return a new virtual key with *fields*, as `/key/generate` names them."""
        key: str = self.post("/key/generate", **fields)["key"]
        self.adopt_key(key)
        return key

    def adopt_key(self, key: str) -> None:
        """Take away the key *key* too, which somebody else made."""
        self._made.append(("/key/delete", {"keys": [key]}))

    def make_skill(self, title: str) -> str:
        """Return the id of a new skill that the proxy keeps, called *title*."""
        query = {"custom_llm_provider": "litellm_proxy", "beta": "true"}
        # A field without a file name makes a form of parts of it.
        form = {"display_title": (None, title.encode())}
        answer = self._client.post("/v1/skills", params=query, files=form).raise_for_status()
        skill: str = answer.json()["id"]
        self.adopt_skill(skill)
        return skill

    def adopt_skill(self, skill: str) -> None:
        """Take away the stored skill with the id *skill* too, which somebody else made."""
        self._adopted.append(f"/v1/skills/{skill}?custom_llm_provider=litellm_proxy")

    def discard(self, path: str) -> None:
        """Delete what is at *path*, if it is still there."""
        self._client.delete(path)

    def make_user(self, **fields: object) -> str:
        """Return the id of a new user with *fields*, as `/user/new` names them."""
        user: str = self.post("/user/new", auto_create_key=False, **fields)["user_id"]
        self._made.append(("/user/delete", {"user_ids": [user]}))
        return user

    def make_team(self, *, member: str) -> Team:
        """Return a new team with the user *member* in it."""
        name = f"litectl-test-{uuid.uuid4().hex[:8]}"
        team: str = self.post("/team/new", team_alias=name)["team_id"]
        self._made.append(("/team/delete", {"team_ids": [team]}))
        self.post("/team/member_add", team_id=team, member={"role": "user", "user_id": member})
        return Team(team, name)

    def role_of(self, user: str) -> str:
        """Return the role of *user*."""
        role: str = self.get("/user/info", user_id=user)["user_info"]["user_role"]
        return role

    def set_role(self, user: str, role: str) -> None:
        """Give *user* another role until the block is left."""
        self._made.append(("/user/update", {"user_id": user, "user_role": self.role_of(user)}))
        self.post("/user/update", user_id=user, user_role=role)
