"""The writer of the completion for bash."""

from collections.abc import Iterable, Iterator
from shlex import quote

from tree import Command, Option, Tree
from values import Value, with_queries

_HEAD = """\
# Completion of litectl for bash 4 or newer. Written by `make generated`.

# Sets what can stand after the command $1: `commands`, `options`, the `kind` of its argument
# with the `known` words for it, and the kind of the `rest`, the arguments after the first, with
# the words for `them`. Fails when there is no such command.
_litectl_command() {
    commands=() options=() kind='' known=() rest='' them=()
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

# Sets `plain` to what the word $1 says without its quotes. Nothing in it is run.
_litectl_plain() {
    local typed=$1 quote='' mark
    plain=''
    while [[ $typed == *[\\\\\\"\\']* ]]; do
        plain+=${typed%%[\\\\\\"\\']*}
        typed=${typed#"${typed%%[\\\\\\"\\']*}"}
        mark=${typed:0:1} typed=${typed:1}
        if [[ $mark == "$quote" ]]; then
            quote=''
        elif [[ $mark == \\\\ && $quote != \\' ]]; then
            [[ -n $quote && $typed != [\\\\\\"\\$\\`]* ]] && plain+=\\\\
            plain+=${typed:0:1} typed=${typed:1}
        elif [[ -z $quote ]]; then
            quote=$mark
        else
            plain+=$mark
        fi
    done
    plain+=$typed
}

# Reads the words before the cursor: the `command` they call, the arguments that are `given`
# to it, the `option` that waits for its value, whether all `dashes` are behind, and the
# options that name the `target` and the `server`.
_litectl_read() {
    local index word plain
    for ((index = 1; index < last; index++)); do
        _litectl_plain "${words[index]}"
        word=$plain
        if [[ -n $option ]]; then
            case $option in
                --profile | --base-url) target+=("$option" "$word") ;;
                --server) server=("$option" "$word") ;;
            esac
            option=''
        elif [[ -z $dashes && $word == -- ]]; then
            dashes=behind
        elif [[ -z $dashes && $word == -?* ]]; then
            case $word in
                --profile=* | --base-url=*) target+=("$word") ;;
                --server=*) server=("$word") ;;
            esac
            _litectl_value "$command" "$word" && option=$word
        elif ((${#given[@]} == 0)) && _litectl_command "$command $word"; then
            command+=" $word"
        else
            given+=("$word")
        fi
    done
}

# Sets `found` to the lines that litectl prints for a query.
_litectl_query() {
    mapfile -t found < <(command litectl "${target[@]}" "$@" 2>/dev/null)
}

# Sets `found` to the arguments that the given tool takes and that are not given yet.
_litectl_arguments() {
    local line name lines taken=("${given[@]:1}")
    printf -v taken '%s\\n' '' "${taken[@]%%=*}"
    _litectl_query @ARGUMENTS@ "${server[@]}" -- "${given[0]}"
    lines=("${found[@]}") found=()
    for line in "${lines[@]}"; do
        name=${line%%$'\\t'*}
        [[ -z $name || $name == *=* || $taken == *$'\\n'"$name"$'\\n'* ]] || found+=("$name=")
    done
}

# Sets `found` to the files that $1 can name behind its `@`, with what stands before them.
_litectl_uploads() {
    mapfile -t found < <(compgen -f -- "${1#*@}")
    found=("${found[@]/#/"${1%%@*}@"}")
}

# Makes paths, `server/tool`, of `found`, rows of a tool and its server: of each where $1 has a
# slash, and of those whose name is not alone where $2 says so. Adds the plain names of the rest.
_litectl_paths() {
    local rows=("${found[@]}") row name
    local -A uses=()
    for row in "${rows[@]}"; do
        uses["x${row%%$'\\t'*}"]+=1
    done
    found=()
    for row in "${rows[@]}"; do
        name=${row%%$'\\t'*}
        if [[ -n $2 && ${uses["x$name"]} != 1 ]]; then
            found+=("${row#*$'\\t'}/$name")
        else
            found+=("$name")
            [[ $1 == */* && -z ${server[0]} ]] && found+=("${row#*$'\\t'}/$name")
        fi
    done
}

# Sets `found` to what can be typed for a value of this `kind` that begins with $1.
_litectl_find() {
    local servers
    found=()
    case $kind in
        words | list) found=("${known[@]}") ;;
        models) _litectl_query @MODELS@ ;;
        embedding_models) _litectl_query @EMBEDDING_MODELS@ ;;
        skills) _litectl_query @SKILLS@ ;;
        profiles)
            target=()
            _litectl_query @PROFILES@
            ;;
        tools)
            _litectl_query @TOOLS@ "${server[@]}"
            _litectl_paths "$1" alone
            ;;
        servers) _litectl_query @SERVERS@ ;;
        tools_and_servers)
            _litectl_query @TOOLS@
            servers=("${found[@]#*$'\\t'}")
            _litectl_paths "$1"
            found+=("${servers[@]}")
            ;;
        arguments)
            compopt -o nospace
            if [[ ${1%%@*} == *=* ]]; then
                return
            elif [[ $1 == *@* ]]; then
                _litectl_uploads "$1"
            else
                _litectl_arguments
            fi
            ;;
        program) mapfile -t found < <(compgen -c -- "$1") ;;
        files) compopt -o default ;;
        upload)
            compopt -o nospace
            [[ $1 =~ ^([^@]*=)?@ ]] && _litectl_uploads "$1"
            ;;
    esac
}

_litectl() {
    local words=() last command=litectl option='' dashes='' given=() target=() server=()
    local commands options kind known rest them found value head='' quoted='' kept candidate escaped
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
        [[ ${#given[@]} != 0 || $value == */* ]] && kind=files
    elif ((${#given[@]} > 0)); then
        kind=$rest known=("${them[@]}")
    elif ((${#commands[@]} > 0)); then
        kind=words known=("${commands[@]}")
    fi
    if [[ $kind == list ]]; then
        compopt -o nospace
        [[ $value == *,* ]] && head+=${value%,*}, value=${value##*,}
    fi
    _litectl_find "$value"
    for candidate in "${found[@]}"; do
        # A name that begins with a dash would be read as an option.
        [[ -z $candidate || ($kind != words && $candidate == -*) ]] && continue
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
        with_queries(_TAIL),
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
        parts.append(_assigned(command.argument.value))
    if command.rest:
        parts.append(_assigned(command.rest.value, "rest", "them"))
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


def _assigned(value: Value, kind: str = "kind", known: str = "known") -> str:
    return f"{kind}={value.kind} {known}=({_words(value.words)})" if value.words else f"{kind}={value.kind}"


def _names(options: Iterable[Option]) -> str:
    return _words(name for option in options for name in option.names)


def _words(words: Iterable[str]) -> str:
    return " ".join(quote(word) for word in words)
