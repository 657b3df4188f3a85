"""The pages of a list: which answers are some, and what asks for the next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.api.pagination import Page, page_of
from litectl.errors import IncompleteError

LAST = Page(True)
NONE = Page()


def following(name: str, value: str) -> Page:
    """Return a page after which another one comes."""
    return Page(True, (name, value))


@pytest.mark.parametrize(
    ("document", "page"),
    [
        # /key/list and /v2/model/info
        ({"keys": [], "total_count": 25, "current_page": 1, "total_pages": 3}, following("page", "2")),
        ({"keys": [], "total_count": 25, "current_page": 3, "total_pages": 3}, LAST),
        ({"keys": [], "total_count": 25, "current_page": 99, "total_pages": 3}, LAST),
        # /user/list, /v2/team/list, /spend/logs/v2
        ({"users": [], "total": 5, "page": 2, "page_size": 2, "total_pages": 3}, following("page", "3")),
        ({"teams": [], "total": 0, "page": 1, "page_size": 1, "total_pages": 0}, LAST),
        # /user/daily/activity
        (
            {"results": [], "metadata": {"page": 1, "total_pages": 2, "has_more": True}},
            following("page", "2"),
        ),
        ({"results": [], "metadata": {"page": 2, "total_pages": 2, "has_more": False}}, LAST),
        # /management/v1/spend_logs/users
        ({"data": [], "meta": {"page": 1, "page_size": 1, "has_more": True}}, following("page", "2")),
        ({"data": [], "meta": {"page": 2, "page_size": 1, "has_more": False}}, LAST),
        # /guardrails/usage/logs
        ({"logs": [], "total": 11, "page": 1, "page_size": 10}, following("page", "2")),
        ({"logs": [], "total": 10, "page": 1, "page_size": 10}, LAST),
        ({"logs": [], "total": 10, "page": 1, "page_size": 0}, NONE),
        # /v1/files, /v1/batches, /v1/containers
        ({"object": "list", "data": [], "has_more": False}, LAST),
        ({"data": [{"id": "a"}, {"id": "b"}], "has_more": True, "last_id": "b"}, following("after", "b")),
        ({"data": [{"id": "a"}, {"id": "b"}], "has_more": True, "last_id": None}, following("after", "b")),
        ({"data": [{"id": "a"}, {"id": "b"}], "has_more": True}, following("after", "b")),
        # /v1/skills
        ({"data": [], "has_more": True, "next_page": "page_MjAy"}, following("page", "page_MjAy")),
        ({"data": [], "has_more": False, "next_page": None}, LAST),
        # a cursor
        ({"items": [], "next_cursor": "abc"}, following("cursor", "abc")),
        ({"items": [], "next_cursor": 7}, following("cursor", "7")),
        ({"items": [], "next_cursor": ""}, LAST),
        # no pages at all
        ({"data": [], "object": "list"}, NONE),
        ({"total_pages": 3}, NONE),
        ({"page": 1}, NONE),
        ({"page": "1", "total_pages": "3"}, NONE),
        ({"page": True, "total_pages": 3}, NONE),
        ({"page": -1, "total_pages": 3}, NONE),
        ({"page": 1, "total_pages": float("nan")}, NONE),
        ({"has_more": "yes"}, NONE),
        ({"metadata": "x", "meta": [{"page": 1}]}, NONE),
        ([], NONE),
        ([{"page": 1, "total_pages": 2}], NONE),
        ("I'm alive!", NONE),
        (None, NONE),
        (7, NONE),
    ],
)
def test_a_page_says_what_follows(document: object, page: Page) -> None:
    """By its number, the id of its last row, or a token; an answer without any of them is no page."""
    assert page_of(document) == page


@pytest.mark.parametrize(
    "document",
    [
        {"data": [], "has_more": True},
        {"data": [7], "has_more": True},
        {"data": [{"id": None}], "has_more": True},
        {"data": [{"id": "x" * 3000}], "has_more": True},
        {"data": [{"id": True}], "has_more": True},
        {"rows": [], "next_cursor": {"start_time": "2026-01-01", "request_id": "r"}},
        {"rows": [], "next_cursor": 1.5},
        {"rows": [], "next_page": ["x"]},
    ],
)
def test_a_list_that_goes_on_nobody_knows_where_is_not_whole(document: object) -> None:
    """It is an error, for whoever reads the rows would take them for all."""
    with pytest.raises(IncompleteError, match="does not say where"):
        page_of(document)


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["page", "total_pages", "has_more", "last_id", "data", "meta", "next_page", "id", "total"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(document=VALUES)
def test_no_answer_confuses_it(document: object) -> None:
    """Whatever comes, the next page is a name and a text, or there is none, or that is the error."""
    try:
        page = page_of(document)
    except IncompleteError:
        return
    if page.following is not None:
        name, value = page.following
        assert page.is_one
        assert name in ("page", "after", "cursor")
        assert isinstance(value, str)
        assert value
