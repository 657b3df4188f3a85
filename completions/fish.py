"""The writer of the completion for fish."""

from tree import MODELS_QUERY, PROFILES_QUERY, Command, Option, Tree, Value, value_options

_HEAD = """\
# Completion of litectl for fish. Written by `make generated`.

# Prints the commands and arguments before the cursor.
function __litectl_line
    set -l words (commandline -opc)
    set -l line
    while set -e words[1]; and set -q words[1]
        switch $words[1]
            case @VALUE_OPTIONS@
                set -e words[1]
            case --
                set -a line $words[2..]
                break
            case '-*'
            case '*'
                set -a line $words[1]
        end
    end
    echo "$line"
end

# Whether exactly these commands stand before the cursor.
function __litectl_at
    test (__litectl_line) = "$argv"
end

# Whether these commands stand before the cursor, whatever follows them.
function __litectl_after
    string match -q -- "$argv *" (__litectl_line)' '
end

# Prints the typed list with each of the words at its end.
function __litectl_list
    set -l typed (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    set -l before (string match -r '.*,' -- $typed)
    printf '%s\\n' "$before"$argv
end

function __litectl_models
    set -l words (commandline -opc)
    set -l target
    for index in (seq (count $words))
        switch $words[$index]
            case --profile --base-url
                set -a target $words[$index..(math $index + 1)]
            case '--profile=*' '--base-url=*'
                set -a target $words[$index]
        end
    end
    command litectl $target @MODELS_QUERY@ 2>/dev/null
end

function __litectl_profiles
    command litectl @PROFILES_QUERY@ 2>/dev/null
end

# Completes the command line of another program.
function __litectl_program
    set -l words (string replace 'sandbox run ' '' -- (__litectl_line)' ')
    complete --do-complete="$words"(commandline -ct)
end

complete -c litectl -f"""


def fish_script(tree: Tree) -> str:
    """Return the completion of *tree* for fish."""
    commands = list(tree.root.walk())
    options = [*tree.shared, *(option for command in commands for option in command.options)]
    head = (
        _HEAD.replace("@VALUE_OPTIONS@", " ".join(sorted(set(value_options(options)))))
        .replace("@MODELS_QUERY@", MODELS_QUERY)
        .replace("@PROFILES_QUERY@", PROFILES_QUERY)
    )
    lines = [
        head,
        *(_complete("", option) for option in tree.shared),
        *(line for command in commands for line in _command_lines(command)),
    ]
    return "\n".join(lines) + "\n"


def _command_lines(command: Command) -> list[str]:
    """Return the lines for what follows *command*: its options, its commands, its argument."""
    path = " ".join(command.path)
    at = f"__litectl_at {path}".rstrip()
    # The options of the program itself go before any command.
    after = f"__litectl_after {path}" if path else at
    lines = [_complete(after, option) for option in command.options]
    for child in command.commands:
        described = f" -d {_quoted(child.help)}" if child.help else ""
        lines.append(f"complete -c litectl -n '{at}' -a {child.path[-1]}{described}")
    if command.argument:
        place = after if command.argument.kind == "program" else at
        lines.append(f"complete -c litectl -n '{place}' {_values(command.argument)}")
    return lines


def _complete(condition: str, option: Option) -> str:
    """Return the line for *option* where *condition* holds; an empty one holds always."""
    words = ["complete -c litectl"]
    if condition:
        words.append(f"-n '{condition}'")
    words += [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.value:
        words.append(f"-r {_values(option.value)}")
    return " ".join([*words, f"-d {_quoted(option.help)}"])


def _values(value: Value) -> str:
    """Return the arguments of `complete` that offer *value*."""
    match value.kind:
        case "words":
            return f"-f -a '{' '.join(value.words)}'"
        case "list":
            return f"-f -a '(__litectl_list {' '.join(value.words)})'"
        case "models":
            return "-f -a '(__litectl_models)'"
        case "profiles":
            return "-f -a '(__litectl_profiles)'"
        case "files":
            return "-F"
        case "program":
            return "-f -a '(__litectl_program)'"
        case "text":
            return "-f"


def _quoted(text: str) -> str:
    """Return *text* in single quotes, as fish reads them."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
