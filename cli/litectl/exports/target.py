"""What is exported, and what a tool's own module has to say about its configuration. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from litectl.catalog.details import Details
from litectl.catalog.rows import Deployment, Model


class Offered(NamedTuple):
    """A model with everything that is known of it."""

    model: Model
    details: Details
    deployments: Sequence[Deployment]


class KeyReference(NamedTuple):
    """
    Where a tool finds the key, never the key itself.

    *command* prints it; *variable* is the environment variable that holds it, and
    *prefers_variable* that the user asked for that one. With *is_kept_there* that is where the
    command itself has it from. With *is_needed* false the proxy takes none.
    """

    command: str
    variable: str
    prefers_variable: bool = False
    is_needed: bool = True
    is_kept_there: bool = False


class Offer(NamedTuple):
    """
    A proxy and its models, for another tool.

    *provider* is the name of the entry in the tool's configuration, *headers* the extra
    headers with the environment variable that holds each value.
    """

    provider: str
    root: str
    key: KeyReference
    headers: Mapping[str, str]
    models: Sequence[Offered]

    @property
    def title(self) -> str:
        """What a person is shown of the entry."""
        return "LiteLLM" if self.provider == "litellm" else f"LiteLLM ({self.provider})"


class Target(NamedTuple):
    """
    A tool's configuration file.

    *place* takes the environment variables and the home directory and returns where the
    tool keeps it, None when there is no usual place. *render* returns the file with the offer in
    it: anew, or the text of the present file with everything else as it is; it
    raises `ConfigError` for a text it cannot keep. *holds* tells whether a name can stand
    in the file as it is. *notes* says what the user has to do besides.
    """

    place: Callable[[Mapping[str, str], str], str | None]
    render: Callable[[Offer, str | None], str]
    holds: Callable[[str], bool] = str.isprintable
    notes: Callable[[Offer], Sequence[str]] = lambda _: ()
