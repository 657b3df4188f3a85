"""Doctor: why it does not work, and what to do."""
