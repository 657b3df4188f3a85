"""
What is true of all commands, said once: for `litectl help TOPIC`, the man pages and the reference.

contents       the table of topics
topic          what a topic consists of
environment, exit_codes, formatting, configuration: one topic each, made from the tables of the code
files          the files that litectl keeps, and when they may go

A new topic is a module with a `TOPIC`, and a line in `contents.TOPICS`.
"""
