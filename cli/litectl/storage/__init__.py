"""Files of this machine: where they are, how they are written, and lists that are kept."""
