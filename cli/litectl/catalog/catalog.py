"""The catalog: what a proxy offers, where that was learnt, and when."""

from collections.abc import Sequence
from typing import NamedTuple

from litectl.catalog.rows import Deployment, Model


class Catalog(NamedTuple):
    """
    What a proxy offers: *models* as users see them and the *deployments* behind them.

    *source* is the discovery step that answered, *fetched_at* seconds since 1970.
    """

    source: str
    fetched_at: float
    models: Sequence[Model]
    deployments: Sequence[Deployment] = ()

    def find(self, name: str) -> Model | None:
        """Return the model *name*, or None."""
        return next((model for model in self.models if model.name == name), None)

    def near(self, name: str) -> list[str]:
        """Return up to three names that look like *name*."""
        from difflib import get_close_matches

        names = {model.name.lower(): model.name for model in self.models}
        return [names[match] for match in get_close_matches(name.lower(), names, n=3)]
