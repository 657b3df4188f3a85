"""
The commands, one module per noun: read options, call one core function, hand rows to output.

At the top of a command module stand Typer and types only; the rest is imported
where it is used, so that each command pays for what it needs.
"""
