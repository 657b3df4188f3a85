"""The writer of the completion for bash."""

from collections.abc import Iterable, Iterator
from shlex import quote

from tree import MODELS_QUERY, PROFILES_QUERY, Command, Option, Tree, Value

_HEAD = """\
# Completion of litectl for bash 4 or newer. Written by `make generated`.

# Sets what can stand after the command $1: `commands`, `options`, and the `kind` of its
# argument with the `known` words for it. Fails when there is no such command.
_litectl_command() {
    commands=() options=() kind='' known=()
    case $1 in"""

_AFTER_COMMANDS = """\
        *) return 1 ;;
    esac"""

_BEFORE_VALUES = """\
}

# Sets the `kind` of the value of the option $2 of the command $1, and the `known` words for
# it. Fails when the option takes none.
_litectl_value() {
    kind='' known=()
    case "$1 $2" in"""

_TAIL = """\
        *) return 1 ;;
    esac
}

# Sets `words` to the words up to the cursor. Those that bash broke, at `:`, `=` and `@`, are whole again.
_litectl_join() {
    local line=${COMP_LINE:0:COMP_POINT} piece
    words=()
    for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ ${#words[@]} == 0 || $line == [[:space:]]* ]]; then
            line=${line#"${line%%[![:space:]]*}"}
            words+=('')
        fi
        ((${#piece} > ${#line})) && piece=$line
        words[${#words[@]}-1]+=$piece
        line=${line#"$piece"}
    done
}

# Reads the words before the cursor: the `command` they call, how many arguments are `given`
# to it, the `option` that waits for its value, whether all `dashes` are behind, and the
# options that name the `target`.
_litectl_read() {
    local index word
    for ((index = 1; index < last; index++)); do
        word=${words[index]}
        if [[ -n $option ]]; then
            case $option in --profile | --base-url) target+=("$option" "$word") ;; esac
            option=''
        elif [[ -z $dashes && $word == -- ]]; then
            dashes=behind
        elif [[ -z $dashes && $word == -?* ]]; then
            case ${word%%=*} in --profile | --base-url) [[ $word == *=* ]] && target+=("$word") ;; esac
            _litectl_value "$command" "$word" && option=$word
        elif ((given == 0)) && _litectl_command "$command $word"; then
            command+=" $word"
        else
            ((given++))
        fi
    done
}

# Sets `found` to what can be typed for a value of this `kind` that begins with $1.
_litectl_find() {
    found=()
    case $kind in
        words | list) found=("${known[@]}") ;;
        models) mapfile -t found < <(command litectl "${target[@]}" @MODELS_QUERY@ 2>/dev/null) ;;
        profiles) mapfile -t found < <(command litectl @PROFILES_QUERY@ 2>/dev/null) ;;
        program) mapfile -t found < <(compgen -c -- "$1") ;;
        files) compopt -o default ;;
    esac
}

_litectl() {
    local words=() last command=litectl option='' dashes='' given=0 target=()
    local commands options kind known found value head='' quoted='' kept candidate escaped
    COMPREPLY=()
    _litectl_join
    last=$((${#words[@]} - 1))
    _litectl_read
    value=${words[last]}
    kept=${value%"$2"}
    if [[ -z $option && -z $dashes && $value == --*=* ]]; then
        option=${value%%=*} head=${value%%=*}= value=${value#*=}
    fi
    if [[ $value == [\\"\\']* ]]; then
        quoted=${value:0:1} head+=${value:0:1} value=${value:1}
    fi
    _litectl_command "$command"
    if [[ -n $option ]]; then
        _litectl_value "$command" "$option" || return 0
    elif [[ -z $dashes && $value == -* ]]; then
        kind=words known=("${options[@]}")
    elif [[ $kind == program ]]; then
        [[ $given != 0 || $value == */* ]] && kind=files
    elif ((given > 0)); then
        return 0
    elif ((${#commands[@]} > 0)); then
        kind=words known=("${commands[@]}")
    fi
    if [[ $kind == list ]]; then
        compopt -o nospace
        [[ $value == *,* ]] && head+=${value%,*}, value=${value##*,}
    fi
    _litectl_find "$value"
    for candidate in "${found[@]}"; do
        # Names come from the proxy: nothing in them may mean anything to the shell.
        escaped=$candidate
        [[ $candidate == *[![:alnum:]_.,:@%+=/-]* ]] && printf -v escaped %q "$candidate"
        [[ -n $quoted && $escaped != "$candidate" ]] && continue
        candidate=$head$escaped
        # Readline replaces only what follows the last character it breaks words at.
        [[ $escaped == "$value"* ]] && COMPREPLY+=("${candidate#"$kept"}")
    done
    return 0
}

complete -F _litectl litectl
"""


def bash_script(tree: Tree) -> str:
    """Return the completion of *tree* for bash."""
    lines = [
        _HEAD,
        *(f"        {quote(command.line)}) {_what_follows(command)};;" for command in tree.root.walk()),
        _AFTER_COMMANDS,
        f"    options+=({_names(tree.shared)})",
        _BEFORE_VALUES,
        *(f"        {case}" for case in _value_cases(tree)),
        _TAIL.replace("@MODELS_QUERY@", MODELS_QUERY).replace("@PROFILES_QUERY@", PROFILES_QUERY),
    ]
    return "\n".join(lines)


def _what_follows(command: Command) -> str:
    """Return the assignments that describe *command*, each with a blank behind it."""
    parts = []
    if command.commands:
        parts.append(f"commands=({_words(child.path[-1] for child in command.commands)})")
    if command.options:
        parts.append(f"options=({_names(command.options)})")
    if command.argument:
        parts.append(_assigned(command.argument))
    return "".join(f"{part} " for part in parts)


def _value_cases(tree: Tree) -> Iterator[str]:
    """Give the case of every option that takes a value: the own ones by command, the shared ones by name."""
    for command in tree.root.walk():
        for option in command.options:
            yield from _case(option, (quote(f"{command.line} {name}") for name in option.names))
    for option in tree.shared:
        yield from _case(option, ("*" + quote(f" {name}") for name in option.names))


def _case(option: Option, patterns: Iterable[str]) -> Iterator[str]:
    if option.value:
        yield f"{' | '.join(patterns)}) {_assigned(option.value)} ;;"


def _assigned(value: Value) -> str:
    return f"kind={value.kind} known=({_words(value.words)})" if value.words else f"kind={value.kind}"


def _names(options: Iterable[Option]) -> str:
    return _words(name for option in options for name in option.names)


def _words(words: Iterable[str]) -> str:
    return " ".join(quote(word) for word in words)
