"""Where a reference inside a schema leads."""

import pytest

from litectl.mcp.references import referred

CITY = {"type": "string"}
SCHEMA = {"$defs": {"City": CITY, "a/b~": 1, "": 2}, "anyOf": [{}, CITY], "~1": 3}


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("#", SCHEMA),
        ("#/$defs/City", CITY),
        ("#/%24defs/City", CITY),
        ("#/$defs/a~1b~0", 1),
        ("#/$defs/", 2),
        ("#/~01", 3),
        ("#/anyOf/1", CITY),
        ("#/anyOf/1/type", "string"),
        ("#/anyOf/1/type/0", None),
        ("#/anyOf/2", None),
        ("#/anyOf/-1", None),
        ("#/anyOf/\u0661", None),
        ("#/anyOf/" + "1" * 9999, None),
        ("#/x" + "/x" * 99_999, None),
        ("#City", None),
        ("", None),
        ("/$defs/City", None),
        ("https://example.com/#/$defs/City", None),
        (None, None),
        (5, None),
        (["#"], None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_reference_leads_to_a_part_or_nowhere(reference: object, target: object) -> None:
    """It is a JSON pointer behind `#`; what is anything else, or outside of the schema, leads nowhere."""
    assert referred(SCHEMA, reference) == target
