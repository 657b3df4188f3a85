"""The writer of the completion for zsh."""

from collections.abc import Iterable

from tree import MODELS_QUERY, PROFILES_QUERY, Command, Option, Tree, Value

_HEAD = """\
#compdef litectl
# Completion of litectl for zsh. Written by `make generated`.

_litectl_models() {
    local -a target names
    local index
    for ((index = 2; index < litectl_current; index++)); do
        case $litectl_words[index] in
            (--profile|--base-url) target+=("${(@Q)litectl_words[index,index+1]}") ;;
            (--profile=*|--base-url=*) target+=("${(Q)litectl_words[index]}") ;;
        esac
    done
    names=(${(f)"$(command litectl $target @MODELS_QUERY@ 2>/dev/null)"})
    compadd "$@" -a names
}

_litectl_profiles() {
    local -a names
    names=(${(f)"$(command litectl @PROFILES_QUERY@ 2>/dev/null)"})
    compadd "$@" -a names
}

# Completes the command line of another program, which may stand behind dashes.
_litectl_program() {
    if [[ $words[1] == -- ]]; then
        shift words
        ((CURRENT--))
    fi
    _normal
}

# Completes what follows the command $1.
_litectl_after() {
    local curcontext=$curcontext state state_descr line result
    local -A opt_args
    local -a context verbs arguments
    case $1 in"""

_BEFORE_SHARED = """\
        (*) return 1 ;;
    esac
    arguments+=("""

_TAIL = """\
    )
    (($#verbs)) && arguments+=('(-)1: :->command' '(-)*:: :->rest')
    _arguments -C -s -S : $arguments
    result=$?
    case $state in
        (command) _describe command verbs && result=0 ;;
        (rest) _litectl_after "$1 $words[1]" && result=0 ;;
    esac
    return result
}

_litectl() {
    local -a litectl_words=("${(@)words}")
    local litectl_current=$CURRENT
    _litectl_after litectl
}

# Found in fpath, this file is the body of the function; sourced, it has to be announced.
if [[ $funcstack[1] == _litectl ]]; then
    _litectl "$@"
else
    compdef _litectl litectl
fi
"""


def zsh_script(tree: Tree) -> str:
    """Return the completion of *tree* for zsh."""
    lines = [
        _HEAD.replace("@MODELS_QUERY@", MODELS_QUERY).replace("@PROFILES_QUERY@", PROFILES_QUERY),
        *(line for command in tree.root.walk() for line in _case(command)),
        _BEFORE_SHARED,
        *(f"        {_quoted(spec)}" for spec in _option_specs(tree.shared)),
        _TAIL,
    ]
    return "\n".join(lines)


def _case(command: Command) -> list[str]:
    described = [f"{child.path[-1]}:{child.help}" for child in command.commands]
    specs = _option_specs(command.options)
    if command.argument:
        specs.append(_argument_spec(command.metavar, command.argument))
    return [
        f"        ({_quoted(command.line)})",
        *_array("verbs", described),
        *_array("arguments", specs),
        "            ;;",
    ]


def _array(name: str, words: list[str]) -> list[str]:
    if not words:
        return []
    return [f"            {name}=(", *(f"                {_quoted(word)}" for word in words), "            )"]


def _option_specs(options: Iterable[Option]) -> list[str]:
    return [_option_spec(option, name) for option in options for name in option.names]


def _option_spec(option: Option, name: str) -> str:
    """Return *name* of *option* as `_arguments` wants it."""
    once = "*" if option.is_repeatable else f"({' '.join(option.names)})"
    text = option.help.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    if option.value is None:
        return f"{once}{name}[{text}]"
    attached = "=" if name.startswith("--") else "+"
    return f"{once}{name}{attached}[{text}]:{option.metavar}:{_action(option.value)}"


def _argument_spec(metavar: str, value: Value) -> str:
    # What follows another program's name is its own, options too.
    place = "(-)*::command" if value.kind == "program" else f"1:{metavar}"
    return f"{place}:{_action(value)}"


def _action(value: Value) -> str:
    """Return what `_arguments` does to offer *value*."""
    match value.kind:
        case "words":
            return f"({' '.join(value.words)})"
        case "list":
            return f"_values -s , column {' '.join(value.words)}"
        case "models":
            return "_litectl_models"
        case "profiles":
            return "_litectl_profiles"
        case "files":
            return "_files"
        case "program":
            return "_litectl_program"
        case "text":
            # A blank shows the name of the value and offers nothing.
            return " "


def _quoted(text: str) -> str:
    """Return *text* in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"
