"""
Model configurations of other tools, made from the catalog.

A new tool is a module with a `TARGET`, and a line in `targets.MODULES`.
"""
