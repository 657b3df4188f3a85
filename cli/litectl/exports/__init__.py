"""
Model configurations of other tools, made from the catalog.

targets  the table of tools;  target: what each of them has
pi, opencode, shell, plain: one tool each
documents  JSON that is merged into theirs;  files: written beside a copy of the old

A new tool is a module with a `TARGET`, and a line in `targets.MODULES`.
"""
