"""A scriptable command-line client for a LiteLLM proxy."""

__version__ = "0.1.0"
