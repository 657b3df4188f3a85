"""What one run of the program has: its files, who calls, and what is there for it."""
