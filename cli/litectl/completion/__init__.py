"""TAB in the shell of the user: the scripts, and where each shell looks for its own."""
