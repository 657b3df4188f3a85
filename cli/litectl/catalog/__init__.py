"""What is there: the models a proxy offers, discovered, merged and cached for 24 hours."""
