"""The writer of the completion for fish."""

from collections.abc import Iterable, Iterator

from tree import Command, Option, Tree
from values import Value, with_queries

_HEAD = """\
# Completion of litectl for fish. Written by `make generated`.

# Prints the commands and arguments before the cursor, each on a line.
function __litectl_line
    set -l words (commandline -opc)
    set -l line
    while set -e words[1]; and set -q words[1]
        switch $words[1]
@VALUE_OPTIONS@
            case --
                set -a line $words[2..]
                break
            case '-*'
            case '*'
                set -a line $words[1]
        end
    end
    printf '%s\\n' $line
end

# Whether exactly these commands stand before the cursor.
function __litectl_at
    set -l line (__litectl_line)
    test "$line" = "$argv"
end

# Whether these commands stand before the cursor, whatever follows them.
function __litectl_after
    set -l line (__litectl_line)
    string match -q -- "$argv *" "$line "
end

# Whether these commands stand before the cursor, and an argument behind them.
function __litectl_past
    __litectl_after $argv; and not __litectl_at $argv
end

# Prints the typed list with each of the words at its end.
function __litectl_list
    set -l typed (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    set -l before (string match -r '.*,' -- $typed)
    printf '%s\\n' "$before"$argv
end

# Prints those of the options $argv, each with its value, that stand before the cursor.
function __litectl_given
    set -l words (commandline -opc)
    for index in (seq (count $words))
        if contains -- $words[$index] $argv
            printf '%s\\n' $words[$index..(math $index + 1)]
        else if contains -- (string replace -r '=.*' '' -- $words[$index]) $argv
            printf '%s\\n' $words[$index]
        end
    end
end

# Prints what litectl answers to a query about the proxy that the line names. A name that
# begins with a dash would be read as an option, and fish lets a tilde mean a home; they are left out.
function __litectl_query
    command litectl (__litectl_given --profile --base-url) $argv 2>/dev/null | string match -r -v -- '^[-~]'
end

function __litectl_models
    __litectl_query @MODELS@
end

function __litectl_embedding_models
    __litectl_query @EMBEDDING_MODELS@
end

function __litectl_skills
    __litectl_query @SKILLS@
end

function __litectl_profiles
    command litectl @PROFILES@ 2>/dev/null
end

# Makes paths, `server/tool`, of rows of a tool and its server, those after the first argument: of each
# where the typed word has a slash, and of those whose name is not alone where the first argument
# says so. Adds the plain names of the rest.
function __litectl_paths
    set -l names (string replace -r '\\t.*' '' -- $argv[2..])
    set -l several
    if test "$argv[1]" = alone
        set several (printf '%s\\n' $names | sort | uniq -d)
    end
    for row in $argv[2..]
        set -l parts (string split -m 1 \\t -- $row)
        if contains -- $parts[1] $several
            printf '%s/%s\\n' $parts[2] $parts[1]
        else
            printf '%s\\n' $parts[1]
            if string match -q -- '*/*' (commandline -ct); and test -z (__litectl_given --server)[1]
                printf '%s/%s\\n' $parts[2] $parts[1]
            end
        end
    end | string match -r -v -- '^[-~]'
end

function __litectl_tools
    __litectl_paths alone (__litectl_query @TOOLS@ (__litectl_given --server))
end

function __litectl_servers
    __litectl_query @SERVERS@
end

function __litectl_tools_and_servers
    set -l rows (__litectl_query @TOOLS@)
    __litectl_paths any $rows
    string replace -r '.*\\t' '' -- $rows | string match -r -v -- '^[-~]'
end

# Prints the files that the typed word $argv can name behind its `@`, with what stands before them.
function __litectl_files
    set -l parts (string split -m 1 @ -- "$argv")
    for path in $parts[2]*
        test -d $path; and set path $path/
        printf '%s@%s\\n' $parts[1] $path
    end
end

function __litectl_upload
    set -l typed (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    string match -q -r '^([^@]*=)?@' -- "$typed"; and __litectl_files $typed
end

# Prints the names of the arguments that the tool takes and that are not given yet.
function __litectl_arguments
    set -l typed (commandline -ct)
    set -l parts (string split -m 1 @ -- "$typed")
    string match -q -- '*=*' "$parts[1]"; and return
    if set -q parts[2]
        __litectl_files $typed
        return
    end
    set -l line (__litectl_line)
    set -l taken
    for word in $line[4..]
        set -a taken (string split -m 1 = -- $word)[1]
    end
    set -l found (__litectl_query @ARGUMENTS@ (__litectl_given --server) -- $line[3])
    for row in $found
        set -l name (string split -m 1 \\t -- $row)[1]
        if test -n "$name"; and not contains -- $name $taken; and not string match -q -- '*=*' $name
            printf '%s=\\n' $name
        end
    end
end

# Completes the command line of another program.
function __litectl_program
    set -l line (__litectl_line)
    complete --do-complete=(string join ' ' -- $line[3..] '')(commandline -ct)
end

complete -c litectl -f"""


def fish_script(tree: Tree) -> str:
    """Return the completion of *tree* for fish."""
    commands = list(tree.root.walk())
    head = _HEAD.replace("@VALUE_OPTIONS@", "\n".join(_value_cases(tree)))
    lines = [
        with_queries(head),
        *(_complete(_but(option), option) for option in tree.shared),
        *(line for command in commands for line in _command_lines(command)),
    ]
    return "\n".join(lines) + "\n"


def _value_cases(tree: Tree) -> Iterator[str]:
    """Give the cases of the options that a value follows; elsewhere the same name may be a flag."""
    commands = list(tree.root.walk())
    options = [*tree.shared, *(option for command in commands for option in command.options)]
    valued = set(_names(option for option in options if option.value))
    flags = set(_names(option for option in options if not option.value))
    yield f"            case {' '.join(sorted(valued - flags))}"
    yield "                set -e words[1]"
    for name in sorted(valued & flags):
        paths = [
            " ".join(command.path)
            for command in commands
            if name in _names(option for option in command.options if option.value)
        ]
        yield f"            case {name}"
        yield f"                string match -q -r -- '^({'|'.join(paths)}) ' \"$line \"; and set -e words[1]"


def _names(options: Iterable[Option]) -> list[str]:
    return [name for option in options for name in option.names]


def _but(option: Option) -> str:
    """Return the condition of the shared *option*: that no command stands there which it is not for."""
    return "; and ".join(f"not __litectl_after {' '.join(path)}" for path in option.but)


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
        place = after if command.argument.value.kind == "program" else at
        lines.append(f"complete -c litectl -n '{place}' {_values(command.argument.value)}")
    if command.rest:
        lines.append(f"complete -c litectl -n '__litectl_past {path}' {_values(command.rest.value)}")
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
        case "files":
            return "-F"
        case "text":
            return "-f"
        case _:
            return f"-f -a '(__litectl_{value.kind})'"


def _quoted(text: str) -> str:
    """Return *text* in single quotes, as fish reads them."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
