"""The reference of the JSON, held against what is printed."""
