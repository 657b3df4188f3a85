"""What the picture of the README is made with."""
