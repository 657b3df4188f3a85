"""Who am I: the credential of a run, from an ordered chain of sources."""
