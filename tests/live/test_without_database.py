"""Keys and spend of a real proxy that has no database, nor the client for one."""

import pytest

from program import Program

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    "command",
    [("spend",), ("spend", "--by", "day"), ("keys", "list"), ("keys", "show"), ("keys", "delete", "a")],
)
def test_what_needs_a_database_says_so(real: Program, command: tuple[str, ...]) -> None:
    """In plain words, although the proxy itself only breaks."""
    result = real(*command)

    assert (result.code, result.out) == (1, "")
    assert "has no database" in result.err
