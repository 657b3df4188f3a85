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
        """Return up to three names that look like *name*, first those that have it as a part."""
        from litectl.text.nearness import near

        return near(name, (model.name for model in self.models))

    def hint_for(self, name: str) -> str:
        """Return what to do about the model *name*, which the proxy refuses."""
        if self.find(name):
            return "the proxy lists this model, but the backend behind it does not know it: tell the operator"
        from litectl.text.nearness import did_you_mean

        hint = did_you_mean(self.near(name))
        return hint or "see the models this key may use with `litectl models list --mode all`"
