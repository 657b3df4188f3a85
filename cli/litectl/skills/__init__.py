"""The skills that the proxy offers."""
