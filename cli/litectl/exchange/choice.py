"""Which wire protocol a model is asked by, from what its deployments declare. Pure."""

from litectl.exchange.backend import Backend
from litectl.exchange.protocols import CHAT, MESSAGES, PATHS, RESPONSES

_RESPONSES_MODE = "responses"


def protocol_for(backend: Backend) -> str:
    """
    Return the wire protocol for *backend*: chat, unless every deployment declares that it wants another.

    The proxy bridges chat to every backend, and only its chat streams carry the cost and the
    wait of an upstream's limit; so it comes first where several are declared. A model of mode
    `responses` is one that its provider serves by that protocol alone.
    """
    mode = backend.model.mode if backend.model else None
    order = (RESPONSES, CHAT, MESSAGES) if mode == _RESPONSES_MODE else (CHAT, RESPONSES, MESSAGES)
    declared = backend.endpoints or ()
    return next((name for name in order if PATHS[name] in declared), order[0])
