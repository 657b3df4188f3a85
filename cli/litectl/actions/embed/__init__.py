"""
Texts into vectors.

embedding  sent in parts, one after the other
texts      the arguments, files, or lines of stdin
"""
