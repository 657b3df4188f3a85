"""
What a run reads from and writes to.

terminal  the three streams: data out, messages, prompts, progress; scrubs controls, masks secrets
hidden    a secret typed without echo, however long
ticker    what moves on a terminal while one waits
"""
