"""JSON Schema: whether a document is one, and what does not fit it."""
