"""
A browser that logs in by itself, at a proxy whose identity provider asks nothing.

`visit` goes through the pages; as a program, `scripted_browser.py [--team TEAM] [--deny] URL`, it
can be named by BROWSER.
"""

import argparse
import shlex
import sys
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

SECONDS = 20.0


class _Form(HTMLParser):
    """The only form of a page: where it is sent, its hidden fields, and the teams to choose from, by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()
        self.teams: dict[str, str] = {}
        self._option: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read what the form is made of."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given["action"]
        if "name" in given:
            self.names.add(given["name"])
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given["value"]
        if tag == "option":
            self._option = given["value"]

    def handle_data(self, data: str) -> None:
        """Read the name of a team."""
        if self._option is not None:
            self.teams[data] = self._option
            self._option = None


def visit(url: str, *, code: str | None = None, team: str | None = None, agree: bool = True) -> None:
    """
    Open *url*, the page of a login, and do what a person does there.

    *code* is typed where the page asks for one, *team* is the name of the one to choose, else
    the first is. Whoever does not *agree* denies the login. Raises when a page is not as it should be.
    """
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=SECONDS) as browser:
        page = browser.get(url).raise_for_status()
        form = _Form(page.text)
        answer = dict(form.fields)
        if "user_code" in form.names:
            assert code is not None, "the page asks for a code"
            answer["user_code"] = code
        if "decision" in form.names:
            answer["decision"] = "approve" if agree else "deny"
        if form.teams:
            answer["team_id"] = form.teams[team] if team else next(iter(form.teams.values()))
        assert len(answer) > 1, f"no page of a login: {page.text[:500]}"
        browser.post(urljoin(str(page.url), form.action), data=answer).raise_for_status()


def command(*options: str) -> str:
    """Return the value of BROWSER that makes this the browser, with *options*."""
    return f"{shlex.join([sys.executable, __file__, *options])} %s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--team")
    parser.add_argument("--deny", action="store_true")
    parser.add_argument("url")
    options = parser.parse_args()
    visit(options.url, team=options.team, agree=not options.deny)
