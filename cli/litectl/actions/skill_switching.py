"""A skill of the Skill Hub, offered to everybody or only to those it was granted to."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime


def switch(runtime: "Runtime", name: str, *, is_enabled: bool) -> None:
    """Enable or disable the skill *name*, and say so."""
    from litectl.output.skills import print_change
    from litectl.run.skillset import hub_skill_called
    from litectl.skills.changing import CHANGE_SECONDS, set_enabled

    with runtime.open_proxy() as proxy:
        found = hub_skill_called(runtime, proxy, name)
        seconds = runtime.options.timeout or CHANGE_SECONDS
        skill = set_enabled(proxy, found, is_enabled=is_enabled, seconds=seconds)
    done = "enabled" if is_enabled else "disabled"
    print_change(runtime.terminal, skill, done, runtime.options.format)
