"""
TAB in the shell of the user.

shells      the shells, and where each looks for the completion of a program. Pure.
scripts     the completion that comes with litectl
places      where it is on this machine, and whether the shell finds it there
installing  put it where the shell looks
"""
