"""Profiles: the stored proxies, and which of them a run talks to."""
