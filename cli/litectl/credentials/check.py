"""Does the proxy accept a credential, and which version does it run?"""

from litectl.errors import BudgetError, LitectlError, ProxyError
from litectl.wire.proxy import Proxy


def check_credential(proxy: Proxy, *, seconds: float) -> BudgetError | None:
    """
    Raise unless *proxy* accepts the credential it is asked with.

    A key whose budget is used up is accepted; its `BudgetError` is returned.
    """
    try:
        document = proxy.get_json("/v1/models", seconds=seconds).document
    except BudgetError as error:
        return error
    if not isinstance(document, dict) or not isinstance(document.get("data"), list):
        raise ProxyError(
            f"{proxy.root} answers, but not as a LiteLLM proxy",
            hint="give the root of the proxy, without the path of any route",
        )
    return None


def proxy_version(proxy: Proxy, *, seconds: float) -> str | None:
    """Return the version of LiteLLM that *proxy* runs, or None when it does not tell."""
    try:
        document = proxy.get_json("/public/model_hub/info", seconds=seconds).document
    except LitectlError:
        # An optional route; older proxies do not have it.
        return None
    version = document.get("litellm_version") if isinstance(document, dict) else None
    return version if isinstance(version, str) else None
