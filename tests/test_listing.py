"""Lists and records as a table, tab-separated text, and JSON."""

import json
from operator import itemgetter
from typing import Any

import pytest

from litectl.catalog.rows import ABILITIES, Model
from litectl.errors import UsageError
from litectl.output.columns import Column, Listing, cell, choose_columns
from litectl.output.listing import print_listing, print_record
from litectl.output.models import DEFAULT_COLUMNS, model_columns
from program import Screen

ALL = "stdin stdout stderr"
COLUMNS = [
    Column("name", "Name", lambda row: row[0]),
    Column("count", "Count", lambda row: row[1], for_people=lambda value: f"{value:,}", is_number=True),
    Column("flag", "Flag", lambda row: row[2], as_json=bool),
]
ROWS = [("first", 12345, True), ("wörld", None, None)]
LISTING = Listing("things", COLUMNS, COLUMNS[:2], ROWS, {"source": "test"})
CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))


def printed(listing: Listing, output_format: str | None, *, is_terminal: bool = False) -> str:
    """Return what printing *listing* writes to stdout."""
    screen = Screen(terminals=ALL if is_terminal else "")
    print_listing(screen.terminal, listing, output_format)
    return screen.out


# One cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        ("plain text", "plain text"),
        ("two  spaces ", "two  spaces "),
        ("a\tb", "a b"),
        ("a\nb", "a b"),
        ("a\rb", "a b"),
        ("a\r\n\tb\n", "a b"),
        ("\t", ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (1048576, "1048576"),
        (0.0, "0"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (0.075, "0.075"),
        (1234567.0, "1234567"),
        (7.5e-08, "7.5e-08"),
        ([], ""),
        (["a", "b"], "a,b"),
        (("a\tb", None, True), "a b,,true"),
    ],
)
def test_a_value_is_one_cell_of_text(value: object, text: str) -> None:
    """Unknown is empty, and nothing in a cell can end the cell or the line."""
    assert text == cell(value)


# Columns


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name", ["name"]),
        ("flag,name", ["flag", "name"]),
        (" flag , name ,", ["flag", "name"]),
        ("name,name", ["name", "name"]),
    ],
)
def test_columns_are_chosen_by_name_in_the_given_order(text: str, names: list[str]) -> None:
    """Spaces and a comma too many do no harm."""
    assert names == [column.name for column in choose_columns(text, COLUMNS)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("naem", "unknown column: naem"),
        ("name,Flag", "unknown column: Flag"),
        ("one,two", "unknown column: one"),
        ("", "no column was named"),
        (" , ", "no column was named"),
    ],
)
def test_an_unknown_column_is_a_usage_error_with_the_known_names(text: str, what: str) -> None:
    """A mistyped name is repeated, and the hint lists what there is."""
    with pytest.raises(UsageError) as caught:
        choose_columns(text, COLUMNS)

    assert (what, "the columns are name, count, flag") == (caught.value.message, caught.value.hint)


def test_the_columns_of_a_model_are_its_public_fields() -> None:
    """The JSON fields are a contract: adding one is a decision, removing one breaks scripts."""
    names = [column.name for column in model_columns()]

    assert names == [
        "name",
        "mode",
        "max_input_tokens",
        "max_output_tokens",
        "abilities",
        "input_price",
        "output_price",
        "cache_read_price",
        "cache_write_price",
        "providers",
        "deployments",
        "incomplete",
        "safe_max_tokens",
        "safe_max_tokens_reason",
        "guessed",
    ]
    assert choose_columns(DEFAULT_COLUMNS, model_columns())


@pytest.mark.parametrize(
    ("model", "fields", "text"),
    [
        (
            Model("m", "chat", 8192, 4096, "+-?+????", 0.25, 10.0, None, None, "azure,openai", 2)._replace(
                safe_max_tokens=4096, safe_max_tokens_reason="databricks", guessed="tools"
            ),
            {
                "name": "m",
                "mode": "chat",
                "max_input_tokens": 8192,
                "max_output_tokens": 4096,
                "abilities": {
                    "tools": True,
                    "vision": False,
                    "reasoning": None,
                    "structured_output": True,
                    "prompt_caching": None,
                    "pdf": None,
                    "audio": None,
                    "web_search": None,
                },
                "input_price": 0.25,
                "output_price": 10.0,
                "cache_read_price": None,
                "cache_write_price": None,
                "providers": ["azure", "openai"],
                "deployments": 2,
                "incomplete": False,
                "safe_max_tokens": 4096,
                "safe_max_tokens_reason": "databricks",
                "guessed": ["tools"],
            },
            (
                "m\tchat\t8192\t4096\ttools,structured_output\t0.25\t10\t\t\tazure,openai\t2\tfalse"
                "\t4096\tdatabricks\ttools\n"
            ),
        ),
        (
            Model("m", incomplete=True),
            {
                "name": "m",
                "mode": None,
                "max_input_tokens": None,
                "max_output_tokens": None,
                "abilities": dict.fromkeys(ABILITIES),
                "input_price": None,
                "output_price": None,
                "cache_read_price": None,
                "cache_write_price": None,
                "providers": [],
                "deployments": 1,
                "incomplete": True,
                "safe_max_tokens": None,
                "safe_max_tokens_reason": None,
                "guessed": [],
            },
            "m\t\t\t\t\t\t\t\t\t\t1\ttrue\t\t\t\n",
        ),
    ],
    ids=["known", "unknown"],
)
def test_a_model_in_json_and_in_text(model: Model, fields: dict[str, object], text: str) -> None:
    """What nobody knows is null in JSON and empty in text, never zero or false."""
    listing = Listing("models", model_columns(), model_columns(), [model])

    assert [fields] == list(listing.objects())
    assert text == printed(listing, "tsv")


# The formats


def test_tab_separated_text_has_no_heading() -> None:
    """One line per row and nothing else, ready for `cut` and `awk`."""
    assert printed(LISTING, "tsv") == "first\t12345\nwörld\t\n"


def test_csv_has_a_heading_and_quotes_what_needs_it() -> None:
    """Any program that reads CSV gets the shown columns, be there commas, quotes or line breaks in them."""
    rows = [('a, "b"', 1, True), ("two\nlines", None, False)]

    assert printed(LISTING._replace(rows=rows), "csv") == 'name,count\n"a, ""b""",1\ntwo lines,\n'
    assert printed(LISTING._replace(rows=[]), "csv") == "name,count\n"


def test_json_is_one_document_with_every_column() -> None:
    """The noun names the array; what is shown in other formats does not narrow the JSON."""
    document = json.loads(printed(LISTING, "json"))

    assert document == {
        "schema_version": 1,
        "source": "test",
        "things": [
            {"name": "first", "count": 12345, "flag": True},
            {"name": "wörld", "count": None, "flag": False},
        ],
    }
    assert list(document) == ["schema_version", "source", "things"]


def test_json_lines_are_bare_rows() -> None:
    """One object per line, without an envelope."""
    lines = printed(LISTING, "jsonl").splitlines()

    assert list(LISTING.objects()) == [json.loads(line) for line in lines]


def test_text_in_json_is_readable() -> None:
    """Letters beyond ASCII are written as they are."""
    assert "wörld" in printed(LISTING, "json")
    assert "wörld" in printed(LISTING, "jsonl")


@pytest.mark.parametrize("output_format", ["json", "jsonl"])
def test_json_keeps_what_text_cannot(output_format: str) -> None:
    """Tabs, line breaks and control characters survive the way through JSON in a pipe."""
    name = f"a{CONTROLS}b"

    document = json.loads(printed(LISTING._replace(rows=[(name, 1, True)]), output_format))

    assert name == (document["things"][0] if output_format == "json" else document)["name"]


@pytest.mark.parametrize(("is_terminal", "expected"), [(True, "table"), (False, "tsv")])
def test_the_format_follows_the_stream(is_terminal: bool, expected: str) -> None:
    """Without a choice people get a table and pipes get text."""
    assert printed(LISTING, expected, is_terminal=is_terminal) == printed(
        LISTING, None, is_terminal=is_terminal
    )


@pytest.mark.parametrize(
    ("output_format", "is_terminal", "expected"),
    [
        ("tsv", False, ""),
        ("jsonl", False, ""),
        ("table", False, ""),
        (None, False, ""),
        (None, True, "note: no things\n"),
        ("tsv", True, "note: no things\n"),
    ],
)
def test_an_empty_list_prints_nothing(output_format: str | None, is_terminal: bool, expected: str) -> None:
    """No line, no heading; a person is told on stderr."""
    screen = Screen({"NO_COLOR": "1"}, terminals=ALL if is_terminal else "")

    print_listing(screen.terminal, LISTING._replace(rows=[]), output_format)

    assert not screen.out
    assert expected == screen.err


def test_an_empty_list_in_json_is_still_a_document() -> None:
    """A script that reads JSON gets JSON."""
    assert json.loads(printed(LISTING._replace(rows=[]), "json")) == {
        "schema_version": 1,
        "source": "test",
        "things": [],
    }


# The table


def test_a_table_is_readable_without_colour() -> None:
    """Headings, aligned columns, the forms for people, a dash for the unknown, and no trailing space."""
    assert printed(LISTING, "table") == "NAME    COUNT\nfirst  12,345\nwörld       -\n"


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("max_input_tokens", 999, "999"),
        ("max_input_tokens", 1000, "1K"),
        ("max_input_tokens", 8192, "8.19K"),
        ("max_input_tokens", 65535, "65.5K"),
        ("max_input_tokens", 272000, "272K"),
        ("max_input_tokens", 999499, "999K"),
        ("max_input_tokens", 999999, "1M"),
        ("max_output_tokens", 1048576, "1.05M"),
        ("max_output_tokens", 2000000, "2M"),
        ("input_price", 0.0, "0"),
        ("input_price", 0.075, "0.075"),
        ("input_price", 1.25, "1.25"),
        ("output_price", 600.0, "600"),
        ("abilities", "+" * 8, "tools vision reasoning +5"),
        ("abilities", "+-+?????", "tools reasoning"),
        ("abilities", "---+-++-", "+3"),
        ("abilities", "?" * 8, "-"),
        ("mode", None, "-"),
        ("providers", "", "-"),
    ],
)
def test_people_see_short_forms_of_a_model(column: str, value: Any, shown: str) -> None:
    """Three digits with a unit, prices as short as they are, and the main abilities by name."""
    model = Model("m")._replace(**{column: value})
    columns = choose_columns(column, model_columns())

    assert shown == printed(Listing("models", columns, columns, [model]), "table").splitlines()[1].strip()


def test_numbers_of_a_model_stand_at_the_right_and_its_abilities_give_way() -> None:
    """Limits and prices can be compared at a glance, and the widest column is the first to go."""
    columns = model_columns()

    assert [column.name for column in columns if column.is_number] == [
        "max_input_tokens",
        "max_output_tokens",
        "input_price",
        "output_price",
        "cache_read_price",
        "cache_write_price",
        "deployments",
        "safe_max_tokens",
    ]
    assert [column.name for column in columns if column.gives_way] == ["abilities"]


@pytest.mark.parametrize(
    ("variables", "is_terminal", "has_colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_a_table_is_coloured_only_where_that_is_wanted(
    variables: dict[str, str], is_terminal: bool, has_colour: bool
) -> None:
    """Escape sequences are drawn on a terminal that takes them, and nowhere else."""
    screen = Screen(variables, terminals=ALL if is_terminal else "")

    print_listing(screen.terminal, LISTING, "table")

    assert has_colour == ("\x1b[" in screen.out)


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("output_format", ["table", "tsv", "json", "jsonl"])
def test_text_from_outside_never_drives_a_terminal(output_format: str, is_terminal: bool) -> None:
    """Control characters in a name reach no terminal in any format, and no table anywhere."""
    screen = Screen({"NO_COLOR": "1"}, terminals=ALL if is_terminal else "")

    print_listing(screen.terminal, LISTING._replace(rows=[(f"a{CONTROLS}b", 1, True)]), output_format)

    if is_terminal or output_format == "table":
        assert not set(CONTROLS) - {"\n", "\t"} & set(screen.out)
    assert "a" in screen.out


def test_a_newline_in_a_name_does_not_break_the_table() -> None:
    """One row is one line."""
    table = printed(LISTING._replace(rows=[("a\nb\tc", 1, True)]), "table", is_terminal=False)

    assert "a b c" in table


@pytest.mark.parametrize("name", ["[bold]x[/bold]", "[/]", ":smile:", "https://a.example.com"])
def test_a_name_is_drawn_as_it_is(name: str) -> None:
    """Nothing in a name is taken for markup."""
    assert name in printed(LISTING._replace(rows=[(name, 1, True)]), "table")


@pytest.mark.parametrize(
    ("width", "shown", "left_out"),
    [
        (13, ["A", "WIDE", "B", "C"], ""),
        (12, ["A", "B", "C"], "wide"),
        (7, ["A", "B", "C"], "wide"),
        (6, ["A", "B"], "wide, c"),
        (3, ["A"], "wide, b, c"),
        (1, ["A"], "wide, b, c"),
    ],
)
def test_what_has_no_room_is_left_out_whole_and_told(
    monkeypatch: pytest.MonkeyPatch, width: int, shown: list[str], left_out: str
) -> None:
    """Columns that give way go first and then the last ones; nothing is cut short in silence."""
    monkeypatch.setenv("COLUMNS", str(width))
    columns = [
        Column(name, name, lambda row: row, as_text=str, gives_way=name == "wide")
        for name in ("a", "wide", "b", "c")
    ]
    screen = Screen()

    print_listing(screen.terminal, Listing("things", columns, columns, [1]), "table")

    assert shown == screen.out.splitlines()[0].split()
    assert (f"note: no room for {left_out}; choose with `--columns`\n" if left_out else "") == screen.err


def test_a_wide_column_does_not_push_out_the_narrow_ones_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One long URL costs the column of URLs, not those that have room."""
    monkeypatch.setenv("COLUMNS", "20")
    names = ("name", "url", "default", "model")
    columns = [Column(name, name, itemgetter(place)) for place, name in enumerate(names)]
    row = ("work", "https://litellm.example.com", None, "gpt-5.2-codex")
    screen = Screen()

    print_listing(screen.terminal, Listing("things", columns, columns, [row]), "table")

    assert screen.out == "NAME  DEFAULT\nwork  -\n"
    assert screen.err == "note: no room for url, model; choose with `--columns`\n"


def test_a_name_that_is_wider_than_the_screen_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first column stays, in as many lines as it needs, and loses nothing."""
    monkeypatch.setenv("COLUMNS", "30")
    name = "".join(chr(ord("a") + number % 26) for number in range(100))

    lines = printed(LISTING._replace(rows=[(name, 1, True)]), "table").splitlines()

    assert max(map(len, lines)) <= 30
    assert name == "".join(line.split()[0] for line in lines[1:])


# Records

RECORD: dict[str, object] = {"name": "wörld", "count": None, "flags": ["a", "b"], "note": "x\ty\x1b[31m"}


@pytest.mark.parametrize(
    ("output_format", "is_terminal", "expected"),
    [
        (None, False, "name\twörld\ncount\t\nflags\ta,b\nnote\tx y\x1b[31m\n"),
        ("csv", False, 'name,value\nname,wörld\ncount,\nflags,"a,b"\nnote,x y\x1b[31m\n'),
        ("tsv", False, "name\twörld\ncount\t\nflags\ta,b\nnote\tx y\x1b[31m\n"),
        ("tsv", True, "name\twörld\ncount\t\nflags\ta,b\nnote\tx y[31m\n"),
        (None, True, "name   wörld\ncount  -\nflags  a,b\nnote   x y[31m\n"),
        ("table", False, "name   wörld\ncount  -\nflags  a,b\nnote   x y\x1b[31m\n"),
    ],
)
def test_a_record_is_one_line_per_field(output_format: str | None, is_terminal: bool, expected: str) -> None:
    """Aligned for people, tab-separated in a pipe, scrubbed on a terminal."""
    screen = Screen(terminals=ALL if is_terminal else "")

    print_record(screen.terminal, RECORD, output_format)

    assert expected == screen.out


@pytest.mark.parametrize(("output_format", "is_one_line"), [("json", False), ("jsonl", True)])
def test_a_record_in_json_has_a_version(output_format: str, is_one_line: bool) -> None:
    """The document is the record, with the version of its shape in front."""
    screen = Screen()

    print_record(screen.terminal, RECORD, output_format)

    document: dict[str, Any] = json.loads(screen.out)
    assert document == {"schema_version": 1, **RECORD}
    assert next(iter(document)) == "schema_version"
    assert is_one_line == (screen.out.count("\n") == 1)
