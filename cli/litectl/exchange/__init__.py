"""Ask and answer: a prompt goes out, an answer comes back as events."""
