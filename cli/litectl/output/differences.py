"""The columns of the differences between two lists of models; their names are the fields of their JSON."""

from operator import attrgetter

from litectl.output.columns import Column, cell


def difference_columns() -> list[Column]:
    """Return the columns of a `Difference`."""
    return [
        Column("name", "Name", attrgetter("name")),
        Column("change", "Change", attrgetter("change")),
        Column("field", "Field", attrgetter("field")),
        Column("before", "Before", attrgetter("before"), as_text=cell),
        Column("after", "After", attrgetter("after"), as_text=cell),
    ]
