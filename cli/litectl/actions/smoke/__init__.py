"""A smoke run, from its options to its report."""
