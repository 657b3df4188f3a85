"""A question, from its request to its answer."""
