"""What a model is told of skills. Pure."""

from collections.abc import Mapping, Sequence

from litectl.skills.skill import Skill

_INTRODUCTION = (
    "The skills below are available here; follow the instructions of one that is given in full "
    "where it fits the task, and say so where another one would help."
)
_NO_DESCRIPTION = "No description is given."
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def skills_element(skills: Sequence[Skill], texts: Mapping[str, str]) -> str:
    """
    Return what is appended to the system prompt: a blank line, one sentence, and the enabled *skills*.

    *texts* are the contents of SKILL.md by the name of the skill. Of several skills of one name
    the first is taken. Empty when no skill is left.
    """
    named: dict[str, Skill] = {}
    for skill in skills:
        if skill.is_enabled:
            named.setdefault(skill.name, skill)
    if not named:
        return ""
    elements = "\n".join(_element(skill, texts.get(name)) for name, skill in named.items())
    return f"\n\n{_INTRODUCTION}\n\n<litellm_skills>\n{elements}\n</litellm_skills>"


def _element(skill: Skill, text: str | None) -> str:
    description = _escaped(skill.description or "").strip() or _NO_DESCRIPTION
    content = f"{description}\n\n{_escaped(text).strip()}\n" if text and text.strip() else description
    name = " ".join(_escaped(skill.name).split())
    return f'<skill name="{name}">{content}</skill>'


def _escaped(text: str) -> str:
    """Return *text* with its marks escaped and without characters that no document may hold."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or _is_text(c))
    return kept.translate(_ESCAPES)


def _is_text(character: str) -> bool:
    code = ord(character)
    return (
        code >= 0x20 and not 0x7F <= code < 0xA0 and not 0xD800 <= code < 0xE000 and code & 0xFFFE != 0xFFFE
    )
