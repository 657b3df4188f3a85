"""How a proxy says that it is: routes that want no credential, and the words of their answers. Pure."""

LIVELINESS, READINESS = "/health/liveliness", "/health/readiness"
_READY = ("healthy", "connected", "ok")  # of which the second is the word of older proxies
# There are more, such as `disconnected`, for a database that is only away.
_DATABASES = {"connected": True, "not connected": False}


def is_ready(status: str) -> bool:
    """Tell whether *status*, that of the readiness, says that the proxy is ready."""
    return status in _READY


def has_database(word: object) -> bool | None:
    """Tell whether *word*, the `db` of the readiness, says that a database is there; None for others."""
    return _DATABASES.get(word.lower()) if isinstance(word, str) else None
