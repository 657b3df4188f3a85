"""
What a path of `api` leads to: a route of the proxy, and nothing else.

The credential goes along with the request, so what could lead to another server, or out of the
prefix that a proxy is mounted under, is refused in every form in which a server on the way might
read it. Pure.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote_plus, unquote_to_bytes, urlsplit

from litectl.errors import ConfigError, UsageError
from litectl.wire.root import same_origin

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READING = ("GET", "HEAD")  # which change nothing
_LONGEST = 32_768  # characters; the HTTP library takes twice as many
_LONGEST_METHOD = 20  # characters that are quoted; a part of a longer word may be that of a key
_MOST_DECODINGS = 5
# What RFC 3986 lets a path and a query have, and brackets, which many a query has.
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_QUERY = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]{}|^`\"<>-]|%[0-9A-Fa-f]{2})*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# A segment that means this or the one above; some servers cut it at `;`, and some take `\` for `/`.
_DOTS = re.compile(r"(?:\A|[/?#\\])\.{1,2}(?:\Z|[/?#;\\])")
_HINT = "give a path of the proxy, for example `/v1/models`"


def method_of(text: str) -> str:
    """Return the method that *text* names, in any case; raises `UsageError`."""
    if text.upper() not in METHODS:
        if "/" in text:
            raise UsageError(
                "there is one path, and the method stands before it",
                hint="`litectl api [METHOD] PATH`; a body is given with `-d JSON`",
            )
        shown = text if len(text) <= _LONGEST_METHOD else "a word that long"
        raise UsageError(f"unknown method: {shown}", hint=f"it is one of {', '.join(METHODS)}")
    return text.upper()


def path_on(root: str, text: str) -> str:
    """
    Return the path, and the query, that *text* names on the proxy at *root*, below its prefix.

    A full address has to be one of that proxy. Raises `UsageError`.
    """
    if len(text) > _LONGEST:
        raise UsageError(f"the path is longer than {_LONGEST:,} characters", hint=_HINT)
    _require_plain(text)
    if _SCHEME.match(text):
        text = _below(root, text)
    elif text.startswith("//"):
        raise UsageError("the path begins with `//`, which means another server", hint=_HINT)
    path, mark, query = text.partition("?")
    path = path if path.startswith("/") else f"/{path}"
    _require_own(path)
    if not _QUERY.fullmatch(query):
        raise UsageError(
            "the query of the path has a character that is to be percent-encoded",
            hint="give it as `-q name=value`, which encodes it",
        )
    return f"{path}{mark}{query}"


def with_query(path: str, pairs: Sequence[str]) -> str:
    """Return *path* with the *pairs* `name=value` behind its query, encoded; raises `UsageError`."""
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise UsageError("`-q` is `name=value`", hint="for example `-q page=2`")
        path = _appended(path, name, value)
    if len(path) > _LONGEST:
        raise UsageError(f"the query is longer than {_LONGEST:,} characters", hint="send it with `-d`")
    return path


def with_parameter(path: str, name: str, value: str) -> str:
    """Return *path* with *value* as the only parameter *name* of its query, the others as they are."""
    bare, _, query = path.partition("?")
    kept = [each for each in query.split("&") if each and unquote_plus(each.partition("=")[0]) != name]
    return _appended(f"{bare}?{'&'.join(kept)}" if kept else bare, name, value)


def _appended(path: str, name: str, value: str) -> str:
    joint = "&" if "?" in path else "?"
    if path.endswith(("?", "&")):
        joint = ""
    return f"{path}{joint}{_encoded(name)}={_encoded(value)}"


def _encoded(text: str) -> str:
    # An argument that was not UTF-8 is sent as the bytes that it was.
    return quote(text.encode("utf-8", "surrogateescape"), safe="")


def _require_plain(text: str) -> None:
    """Raise `UsageError` for what no path has, wherever it stands."""
    if not text:
        raise UsageError("the path is empty", hint=_HINT)
    if any(character.isspace() or not character.isprintable() for character in text):
        raise UsageError("the path contains white space or control characters", hint=_HINT)
    if "\\" in text:
        raise UsageError("the path contains a backslash", hint=_HINT)
    if "#" in text:
        raise UsageError("the path has a fragment, which is never sent", hint="write `%23` for a `#`")


def _below(root: str, url: str) -> str:
    """Return what follows *root* in the address *url*; raises `UsageError` when it is another server's."""
    try:
        is_own = same_origin(root, url)
        prefix, path = urlsplit(root).path, urlsplit(url).path
    except (ConfigError, ValueError):
        is_own, prefix, path = False, "", ""
    if not is_own or (path + "/").startswith("//") or not f"{path}/".startswith(f"{prefix}/"):
        raise UsageError(f"that address is not on {root}, and the credential stays there", hint=_HINT)
    query = url.partition("?")
    return (path[len(prefix) :] or "/") + query[1] + query[2]


def _require_own(path: str) -> None:
    """Raise `UsageError` for a *path* that leads out of the proxy once it is decoded, once or more."""
    if not _PATH.fullmatch(path):
        raise UsageError(
            "the path has a character that is to be percent-encoded",
            hint="write `%20` for a space and `%25` for a percent sign",
        )
    for _ in range(_MOST_DECODINGS):
        if path.startswith("//") or "\\" in path or any(not each.isprintable() for each in path):
            raise UsageError("the path hides what could lead to another server", hint=_HINT)
        if _DOTS.search(path):
            raise UsageError("the path has a segment `.` or `..`, which could leave the proxy", hint=_HINT)
        try:
            decoded = unquote_to_bytes(path).decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError("the path is not UTF-8 once it is decoded", hint=_HINT) from None
        if decoded == path:
            return
        path = decoded
    raise UsageError("the path is percent-encoded too many times", hint=_HINT)
