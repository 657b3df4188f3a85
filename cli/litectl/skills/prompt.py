"""What a model is told of skills. Pure."""

from collections.abc import Iterable

from litectl.skills.frontmatter import read_front_matter, without_front_matter
from litectl.skills.skill import Skill

_INTRODUCTION = (
    "The skills below are available here; follow the instructions of one that is given in full "
    "where it fits the task, and say so where another one would help."
)
_NO_DESCRIPTION = "No description is given."
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def skills_element(skills: Iterable[tuple[Skill, str | None]]) -> str:
    """Return one sentence and an element with the *skills*, each with its SKILL.md or None."""
    elements = "\n".join(_element(skill, text) for skill, text in skills)
    return f"{_INTRODUCTION}\n\n<litellm_skills>\n{elements}\n</litellm_skills>"


def _element(skill: Skill, text: str | None) -> str:
    """Return *skill* with what the front matter of *text* repeats told once."""
    said = skill.description or read_front_matter(text or "").description
    description = _escaped(said or "").strip() or _NO_DESCRIPTION
    instructions = _escaped(without_front_matter(text or "")).strip()
    content = f"{description}\n\n{instructions}\n" if instructions else description
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
