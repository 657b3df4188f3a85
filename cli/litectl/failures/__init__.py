"""What an answer that is no success stands for. Pure."""
