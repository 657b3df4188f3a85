"""
What was spent in a period, and what is left of the budgets.

period    the days that are asked for
usage     what was spent on what;  activity: asks for it
budgets   what is left of one;  standing: asks for them
"""
