"""What is true of all commands, said once: for `litectl help TOPIC`, the man pages and the reference."""
