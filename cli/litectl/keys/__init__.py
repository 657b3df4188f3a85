"""The virtual keys of the proxy."""
