"""What is printed where, and in which format. Pure."""

from litectl.topics.topic import Section, Topic

FORMATS = {
    "table": "a table for people; on a terminal what is printed without `--format`",
    "tsv": "a line for each row, tabs in between, no heading; in a pipe what is printed without `--format`",
    "csv": "the same with a heading and commas, as RFC 4180 has it",
    "json": "one JSON document with `schema_version` and all fields; `--json` is short for it",
    "jsonl": "one JSON object on each line",
}

TOPIC = Topic(
    "Formatting",
    """
What was asked for goes to stdout, and everything else to stderr: notes, warnings, progress, questions,
errors. So a pipe gets the data and nothing else.

\b
    litectl models list --columns name,max_input_tokens
    litectl models list --json | jq -r '.models[].name'
    litectl keys list --format csv > keys.csv
""",
    (
        Section("Formats", rows=tuple(FORMATS.items()), headings=("format", "what is printed")),
        Section(
            "Columns",
            """
`--columns A,B` chooses the columns of a list and their order, for `table`, `tsv` and `csv`. The help of a
command names them; JSON always has all. What nobody knows is a dash in a table, empty in `tsv` and `csv`,
and null in JSON.
""",
        ),
        Section(
            "JSON",
            """
An empty list is an empty array, never prose. Times are UTC as RFC 3339 has them, costs are US dollars,
prices US dollars per million tokens.

With `--json` a failure leaves stdout empty, and the last line of stderr is one object: `code`, `message`,
`hint`, `exit_code`, and what else is known, such as `status` and `call_id`.
""",
        ),
        Section(
            "What stderr says",
            "",
            (
                ("-q, --quiet", "errors only"),
                ("-v, --verbose", "what is done"),
                ("--debug", "as `-v`, with a traceback for a bug in litectl"),
            ),
            ("option", "what is said"),
        ),
        Section(
            "Colour and width",
            """
There is colour on a terminal only, and none with NO_COLOR or `TERM=dumb`; FORCE_COLOR has it in a pipe,
too. Tables and the help are as wide as COLUMNS says, else as the terminal. Control characters in what
a model writes are not shown on a terminal.
""",
        ),
    ),
)
