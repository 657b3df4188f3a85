"""
Text: JSON from outside, names, counts. Pure.

jsontext    JSON from outside, decoded without surprises
nearness    names that look alike
keys        how keys look, and one that is shown
lines       text from outside on one line
wordsearch  which have the words of `--search`
counting    how many, and which of them;  durations: how long;  paths: one that cannot be read
"""
