"""What a command does: one function for each, joined from the run and the core."""
