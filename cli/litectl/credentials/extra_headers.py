"""
The extra headers of a run: from LITELLM_HEADERS, the profile and `--header`, the last one winning.

They may be secrets themselves, so they obey the rules of a credential: a
variable's go only to its own family's proxy, a profile's only to its root.
"""

from collections.abc import Sequence

from litectl import environment
from litectl.credentials.chain import family_names
from litectl.environment import Environment
from litectl.profiles.target import Target
from litectl.wire.headers import merged, parse_header, parse_headers_variable, resolve_references


def extra_headers(target: Target, variables: Environment, options: Sequence[str]) -> dict[str, str]:
    """
    Return the headers that go to *target* besides those that say who asks.

    *options* are the texts of `--header`. Raises `UsageError` for one of them
    and `ConfigError` for a variable or a reference that cannot be used.
    """
    layers = []
    text = variables.get(environment.HEADERS)
    if text is not None and family_names(environment.LITELLM_BASE_URL, target, variables):
        layers.append(parse_headers_variable(text, environment.HEADERS))
    profile = target.settings_profile
    if profile is not None and profile.root == target.root:
        layers.append(dict(profile.headers))
    layers.append(dict(parse_header(option) for option in options))
    return {name: resolve_references(name, value, variables.get) for name, value in merged(*layers).items()}
