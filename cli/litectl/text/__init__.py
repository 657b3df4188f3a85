"""Text: JSON from outside, names, counts. Pure."""
