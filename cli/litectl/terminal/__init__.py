"""What a run reads from and writes to."""
