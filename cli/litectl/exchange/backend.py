"""What the catalog knows of the model that is asked: the evidence for what may be sent to it. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from litectl.catalog.rows import Deployment, Model, ability_flags, shared_values


class Backend(NamedTuple):
    """
    The model *name* as far as the catalog knows it.

    Without *model* it knows nothing at all. *refused* names the parameters that
    it refused since the list was fetched.
    """

    name: str
    model: Model | None = None
    deployments: Sequence[Deployment] = ()
    refused: Sequence[str] = ()

    @property
    def parameters(self) -> list[str] | None:
        """The parameters that every deployment declares; None when one of them declares none."""
        return shared_values(self.deployments, "supported_parameters")

    @property
    def efforts(self) -> list[str] | None:
        """The effort levels that every deployment declares, weakest first, or None."""
        return shared_values(self.deployments, "reasoning_efforts")

    @property
    def endpoints(self) -> list[str] | None:
        """The paths that every deployment declares, or None."""
        return shared_values(self.deployments, "endpoints")

    def can(self, ability: str) -> bool | None:
        """Tell whether the model has *ability*, one of `litectl.catalog.rows.ABILITIES`; None is unknown."""
        return ability_flags(self.model.abilities)[ability] if self.model else None
