"""Questions to a person: who is asked, and which answers count."""

import pytest

from litectl.errors import UsageError
from program import Screen


@pytest.mark.parametrize("question", ["ask", "ask_hidden", "confirm"])
@pytest.mark.parametrize("terminals", ["", "stdin", "stderr"])
def test_a_question_that_nobody_can_answer_names_its_option(question: str, terminals: str) -> None:
    """In a script the answer comes by an option; what is piped in is not taken for one."""
    screen = Screen(stdin=b"yes\n", terminals=terminals)

    with pytest.raises(UsageError) as caught:
        getattr(screen.terminal.questions, question)("Proxy URL", flag="--base-url URL")

    assert "proxy url" in caught.value.message.lower()
    assert "`--base-url URL`" in (caught.value.hint or "")
    assert (screen.err, screen.stdin.tell()) == ("", 0)


def test_an_answer_is_one_trimmed_line() -> None:
    """The question is on stderr, and only the line that answers it is read."""
    screen = Screen(stdin=b"  wo\xc3\xa4 \r\nnext\n", terminals="stdin stderr")

    assert screen.terminal.questions.ask("Where", flag="--where") == "woä"
    assert screen.terminal.questions.ask("And", flag="--and") == "next"
    assert (screen.out, screen.err) == ("", "Where: And: ")


def test_an_ended_stdin_is_no_answer() -> None:
    """Ctrl-D instead of an answer names the option."""
    with pytest.raises(UsageError, match="no answer to: Where") as caught:
        Screen(terminals="stdin stderr").terminal.questions.ask("Where", flag="--where")

    assert "`--where`" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("y", True), ("Y", True), ("yes", True), (" YES ", True), ("", False), ("n", False), ("yep", False)],
)
def test_only_y_and_yes_confirm(typed: str, expected: bool) -> None:
    """Anything else, and nothing at all, is a no."""
    screen = Screen(stdin=f"{typed}\n".encode(), terminals="stdin stderr")

    assert expected == screen.terminal.questions.confirm("Sure?", flag="--yes")
    assert screen.err == "Sure? [y/N]: "
