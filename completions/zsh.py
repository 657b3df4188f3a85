"""The writer of the completion for zsh."""

from collections.abc import Iterable

from tree import PROGRAM, Argument, Command, Option, Tree
from values import Value, with_queries

_HEAD = """\
#compdef litectl
# Completion of litectl for zsh. Written by `make generated`.

# Sets `target` and `server` to the options that name the proxy and the server.
_litectl_read() {
    local index
    for ((index = 2; index < litectl_current; index++)); do
        case $litectl_words[index] in
            (--profile|--base-url) target+=("${(@Q)litectl_words[index,index+1]}") ;;
            (--profile=*|--base-url=*) target+=("${(Q)litectl_words[index]}") ;;
            (--server) server=("${(@Q)litectl_words[index,index+1]}") ;;
            (--server=*) server=("${(Q)litectl_words[index]}") ;;
        esac
    done
}

# Sets `found` to the lines that litectl prints for a query. A name that begins with a dash
# would be read as an option, and is left out.
_litectl_query() {
    found=(${(f)"$(command litectl "$@" 2>/dev/null)"})
    found=(${found:#-*})
}

_litectl_models() {
    local -a target server found
    _litectl_read
    _litectl_query $target @MODELS@
    compadd "$@" -a found
}

_litectl_embedding_models() {
    local -a target server found
    _litectl_read
    _litectl_query $target @EMBEDDING_MODELS@
    compadd "$@" -a found
}

_litectl_skills() {
    local -a target server
    local -aU found
    _litectl_read
    _litectl_query $target @SKILLS@
    compadd "$@" -a found
}

_litectl_profiles() {
    local -a found
    _litectl_query @PROFILES@
    compadd "$@" -a found
}

# Makes paths, `server/tool`, of `found`, rows of a tool and its server: of each where the typed word
# has a slash, and of those whose name is not alone where $1 says so. Adds the plain names of the rest.
_litectl_paths() {
    local row name
    local -a same rows=($found) names=(${found%%$'\\t'*})
    found=()
    for row in $rows; do
        name=${row%%$'\\t'*}
        same=(${(M)names:#$name})
        if [[ -n $1 && $#same -gt 1 ]]; then
            found+=(${row#*$'\\t'}/$name)
        else
            found+=($name)
            [[ $PREFIX == */* && -z $server ]] && found+=(${row#*$'\\t'}/$name)
        fi
    done
    found=(${found:#-*})
}

_litectl_tools() {
    local -a target server found
    _litectl_read
    _litectl_query $target @TOOLS@ $server
    _litectl_paths alone
    compadd "$@" -a found
}

_litectl_servers() {
    local -a target server
    local -aU found
    _litectl_read
    _litectl_query $target @SERVERS@
    compadd "$@" -a found
}

_litectl_tools_and_servers() {
    local -a target server servers
    local -aU found
    _litectl_read
    _litectl_query $target @TOOLS@
    servers=(${found#*$'\\t'})
    _litectl_paths
    found+=(${servers:#-*})
    compadd "$@" -a found
}

# Completes the names of the arguments that the tool takes and that are not given yet.
_litectl_arguments() {
    local -a target server found taken
    [[ ${PREFIX%%@*} == *=* ]] && return 1
    if compset -P 1 '*@'; then
        _files
        return
    fi
    # The word at the cursor is one of the line too; it has no `=`.
    taken=(${(M)${(Q)line[2,-1]}:#*=*})
    taken=(${taken%%=*})
    _litectl_read
    _litectl_query $target @ARGUMENTS@ $server -- "${(Q)line[1]}"
    found=(${found%%$'\\t'*})
    found=(${${found:#*=*}:|taken})
    found=(${^found}=)
    compadd "$@" -S '' -a found
}

_litectl_upload() {
    compset -P '(|[^@]#=)@' || return 1
    _files
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
    everywhere = [option for option in tree.shared if not option.but]
    lines = [
        with_queries(_HEAD),
        *(line for command in tree.root.walk() for line in _case(command)),
        _BEFORE_SHARED,
        *(f"        {_quoted(spec)}" for spec in _option_specs(everywhere)),
        "    )",
        *(line for option in tree.shared if option.but for line in _but(option)),
        _TAIL,
    ]
    return "\n".join(lines)


def _but(option: Option) -> list[str]:
    """Return the lines for a shared *option* that is not for all commands."""
    patterns = "|".join(_quoted(" ".join((PROGRAM, *path))) for path in option.but)
    specs = " ".join(map(_quoted, _option_specs([option])))
    return [f"    [[ $1 == ({patterns}) ]] || arguments+=({specs})"]


def _case(command: Command) -> list[str]:
    described = [f"{child.path[-1]}:{child.help}" for child in command.commands]
    specs = _option_specs(command.options)
    if command.argument:
        specs.append(_argument_spec("1", command.argument))
    if command.rest:
        specs.append(_argument_spec("*", command.rest))
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


def _argument_spec(place: str, argument: Argument) -> str:
    # What follows another program's name is its own, options too.
    where = "(-)*::command" if argument.value.kind == "program" else f"{place}:{argument.metavar}"
    return f"{where}:{_action(argument.value)}"


def _action(value: Value) -> str:
    """Return what `_arguments` does to offer *value*."""
    match value.kind:
        case "words":
            return f"({' '.join(value.words)})"
        case "list":
            return f"_values -s , column {' '.join(value.words)}"
        case "files":
            return "_files"
        case "text":
            # A blank shows the name of the value and offers nothing.
            return " "
        case _:
            return f"_litectl_{value.kind}"


def _quoted(text: str) -> str:
    """Return *text* in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"
