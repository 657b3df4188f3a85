"""
What a run reads from and writes to.

terminal   the three streams: data out, messages, progress
secrets    those of the run, which no message shows (pure);  controls: what drives a terminal (pure)
stdin      what is piped in;  questions: what a person is asked
hidden     a secret typed without echo, however long
ticker     what moves on a terminal while one waits
"""
