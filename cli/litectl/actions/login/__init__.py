"""A login: what it asks, and where it goes."""
