"""
A login: what it asks, and where it goes.

dialogue  questions and messages on the terminal
storage   into which profile it goes, and what becomes of the one before
"""
