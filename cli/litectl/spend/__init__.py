"""What was spent in a period, and what is left of the budgets."""
