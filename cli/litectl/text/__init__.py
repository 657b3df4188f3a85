"""
Text: JSON from outside, names, counts. Pure.

jsontext    JSON from outside, decoded without surprises
nearness    names that look alike
wordsearch  which have the words of `--search`
counting    how many, and which of them
lines       a text as one line
"""
