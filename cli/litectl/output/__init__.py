"""Rows and columns become a table, tab-separated text, or JSON."""
