"""Lists fetched now: those of one profile, or of every one."""
