"""The writer of the completion for PowerShell."""

from collections.abc import Iterable, Iterator

from tree import Command, Option, Tree
from values import Value, with_queries

# In PowerShell `@{}`, `switch` and `-eq` take `-F` for `-f`; here everything is compared with case.
_HEAD = """\
# Completion of litectl for PowerShell 5.1 or newer. Written by `make generated`.
#
# Nobody has seen this run yet: no PowerShell was at hand where it was written. The tests check its
# grammar and what it names, and drive it where there is a `pwsh`.

Register-ArgumentCompleter -Native -CommandName litectl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    Set-StrictMode -Off
    $PSNativeCommandUseErrorActionPreference = $false

    # Gives what can stand after the command $line: `Commands` and `Options`, each with its help behind
    # a blank, and the `Values` of its argument and of the `Rest`, the arguments after the first, each a
    # kind with the known words behind it. Gives nothing when there is no such command.
    function Get-LitectlCommand([string] $line) {
        switch -CaseSensitive -Exact ($line) {"""

_BEFORE_SHARED = """\
        }
    }

    # What every command has, each with its help behind a blank.
    $shared = @("""

_BEFORE_VALUES = """\
    )

    # Gives the kind of the value of the option $name of the command $line, with the known words
    # behind it, and nothing when the option takes none.
    function Get-LitectlValue([string] $line, [string] $name) {
        switch -CaseSensitive -Exact ("$line $name") {"""

_BEFORE_SHARED_VALUES = """\
        }
        switch -CaseSensitive -Exact ($name) {"""

_TAIL = r"""        }
    }

    # Gives the text of a word as litectl gets it.
    function Get-LitectlText($element) {
        if ($null -ne $element.StringConstantType) {
            return [string]$element.Value
        }
        return $element.Extent.Text
    }

    # Reads the words before the cursor: the `Line` of commands they call, the arguments that are
    # `Given` to it, the `Option` that waits for its value, whether all `Dashes` are behind, and the
    # options that name the `Target` and the `Server`.
    function Read-LitectlLine([object[]] $elements) {
        $read = @{ Line = 'litectl'; Given = @(); Option = ''; Dashes = $false; Target = @(); Server = @() }
        foreach ($element in $elements) {
            $word = Get-LitectlText $element
            if ($read.Option) {
                if (@('--profile', '--base-url') -ccontains $read.Option) {
                    $read.Target += @($read.Option, $word)
                } elseif ($read.Option -ceq '--server') {
                    $read.Server = @($read.Option, $word)
                }
                $read.Option = ''
            } elseif ((-not $read.Dashes) -and ($word -ceq '--')) {
                $read.Dashes = $true
            } elseif ((-not $read.Dashes) -and ($word -cmatch '^-.')) {
                if ($word -cmatch '^--(profile|base-url)=') {
                    $read.Target += @($word)
                } elseif ($word -cmatch '^--server=') {
                    $read.Server = @($word)
                } elseif (Get-LitectlValue $read.Line $word) {
                    $read.Option = $word
                }
            } elseif (($read.Given.Count -eq 0) -and (Get-LitectlCommand "$($read.Line) $word")) {
                $read.Line += " $word"
            } else {
                $read.Given += @($word)
            }
        }
        return $read
    }

    # Gives the lines that litectl prints for a query, and nothing where it fails.
    function Get-LitectlLines([object[]] $words) {
        $program = Get-Command -Name litectl -CommandType Application -TotalCount 1 -ErrorAction Ignore
        if ($program) {
            & $program $words 2>$null
        }
    }

    # Gives the arguments that the given tool takes and that are not given yet.
    function Get-LitectlArguments($read) {
        $taken = @($read.Given | ForEach-Object { ($_ -split '=')[0] })
        $taken[0] = ''
        $query = @($read.Target) + @(-split '@ARGUMENTS@') + @($read.Server) + @('--', $read.Given[0])
        foreach ($row in @(Get-LitectlLines $query)) {
            $name = ($row -split "`t")[0]
            if ((-not $name.Contains('=')) -and ($taken -cnotcontains $name)) {
                "$name="
            }
        }
    }

    # Gives $rows of a tool and its server as paths, `server/tool`: of each where $typed has a slash, and of
    # those whose name is not alone where $alone says so. Gives the plain names of the rest, too.
    function Get-LitectlPaths([object[]] $rows, [string] $typed, [bool] $alone) {
        $names = @($rows | ForEach-Object { ($_ -split "`t")[0] })
        foreach ($row in $rows) {
            $name, $server = $row -split "`t"
            if ($alone -and (@($names -ceq $name).Count -gt 1)) {
                "$server/$name"
            } else {
                $name
                if ($typed.Contains('/')) {
                    "$server/$name"
                }
            }
        }
    }

    # Gives the files that $typed can name.
    function Get-LitectlFiles([string] $typed) {
        foreach ($found in @([System.Management.Automation.CompletionCompleters]::CompleteFilename($typed))) {
            $path = $found.CompletionText
            if ($path.StartsWith("'")) {
                $path = $path.Substring(1, $path.Length - 2).Replace("''", "'")
            }
            if (-not $typed.StartsWith('.')) {
                $path = $path -replace '^\.[\\/]', ''
            }
            $path
        }
    }

    # Gives the files that $typed can name behind its `@`, with what stands before them.
    function Get-LitectlUploads([string] $typed) {
        $before, $part = $typed -split '@', 2
        Get-LitectlFiles $part | ForEach-Object { "$before@$_" }
    }

    # Gives what can be typed for a value of this $kind that begins with $typed.
    function Get-LitectlFound([string] $kind, [object[]] $known, [string] $typed, $read) {
        switch -CaseSensitive -Exact ($kind) {
            'words' { $known }
            'list' { $known }
            'models' { Get-LitectlLines (@($read.Target) + @(-split '@MODELS@')) }
            'embedding_models' { Get-LitectlLines (@($read.Target) + @(-split '@EMBEDDING_MODELS@')) }
            'skills' { Get-LitectlLines (@($read.Target) + @(-split '@SKILLS@')) }
            'profiles' { Get-LitectlLines @(-split '@PROFILES@') }
            'servers' { Get-LitectlLines (@($read.Target) + @(-split '@SERVERS@')) }
            'tools' {
                $rows = @(Get-LitectlLines (@($read.Target) + @(-split '@TOOLS@') + @($read.Server)))
                if ($read.Server.Count -gt 0) {
                    $rows | ForEach-Object { ($_ -split "`t")[0] }
                } else {
                    Get-LitectlPaths $rows $typed $true
                }
            }
            'tools_and_servers' {
                $rows = @(Get-LitectlLines (@($read.Target) + @(-split '@TOOLS@')))
                Get-LitectlPaths $rows $typed $false
                $rows | ForEach-Object { ($_ -split "`t")[1] }
            }
            'arguments' {
                if ($typed -cmatch '^[^=@]*@') {
                    Get-LitectlUploads $typed
                } elseif (-not $typed.Contains('=')) {
                    Get-LitectlArguments $read
                }
            }
            'upload' {
                if ($typed -cmatch '^([^@]*=)?@') {
                    Get-LitectlUploads $typed
                }
            }
            'files' { Get-LitectlFiles $typed }
            'program' {
                [System.Management.Automation.CompletionCompleters]::CompleteCommand($typed) |
                    ForEach-Object { $_.CompletionText }
            }
        }
    }

    # Gives $text as a word in which nothing means anything to the shell.
    function Get-LitectlQuoted([string] $text, [bool] $always) {
        if ((-not $always) -and ($text -cmatch '^[\w./:+=%-][\w./:+=%@-]*$')) {
            return $text
        }
        $language = [System.Management.Automation.Language.CodeGeneration]
        return "'$($language::EscapeSingleQuotedStringContent($text))'"
    }

    $word = [string]$wordToComplete
    $elements, $typed, $head, $kept = @(), '', '', ''
    foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
        $begin = $element.Extent.StartOffset
        if ($element.Extent.EndOffset -lt $cursorPosition) {
            $elements += @($element)
        } elseif ($begin -lt $cursorPosition) {
            $typed = $element.Extent.Text.Substring(0, $cursorPosition - $begin)
        }
    }
    $read = Read-LitectlLine $elements
    $isQuoted = $typed -match '^["'']'
    if ($isQuoted) {
        $typed = $typed.Substring(1).TrimEnd($typed[0])
    } elseif ($typed.EndsWith($word, [System.StringComparison]::Ordinal)) {
        # PowerShell replaces only the word it gave.
        $kept = $typed.Substring(0, $typed.Length - $word.Length)
    }
    if ((-not $read.Option) -and (-not $read.Dashes) -and ($typed -cmatch '^--[^=]*=')) {
        $read.Option, $typed = $typed -split '=', 2
        $head = "$($read.Option)="
    }

    $after = Get-LitectlCommand $read.Line
    $described = @()
    if ($read.Option) {
        $kind, $known = Get-LitectlValue $read.Line $read.Option
    } elseif ((-not $read.Dashes) -and $typed.StartsWith('-')) {
        $described = @($after.Options) + $shared
    } elseif ($read.Given.Count -gt 0) {
        $kind, $known = $after.Rest
        if ($after.Values -ceq 'program') {
            $kind = 'files'
        }
    } elseif ($after.Commands) {
        $described = $after.Commands
    } else {
        $kind, $known = $after.Values
    }
    # PowerShell completes files itself where nothing is given.
    if (($kind -ceq 'files') -and (-not $head)) {
        return
    }

    $help = New-Object 'System.Collections.Generic.Dictionary[string,string]'
    if ($described.Count -gt 0) {
        $kind = 'words'
        foreach ($line in @($described | Where-Object { $_ })) {
            $name, $text = $line -split ' ', 2
            if (-not $text) {
                $text = $name
            }
            if (-not $help.ContainsKey($name)) {
                $help[$name] = $text
            }
        }
        $known = @($help.Keys)
    }
    if (($kind -ceq 'list') -and $typed.Contains(',')) {
        $comma = $typed.LastIndexOf(',') + 1
        $head += $typed.Substring(0, $comma)
        $typed = $typed.Substring($comma)
    }

    $result = [System.Management.Automation.CompletionResult]
    $offered = @(
        foreach ($candidate in @(Get-LitectlFound $kind $known $typed $read)) {
            # A name that begins with a dash would be read as an option.
            $isName = $candidate -and (($kind -ceq 'words') -or (-not $candidate.StartsWith('-')))
            if ($isName -and $candidate.StartsWith($typed, [System.StringComparison]::Ordinal)) {
                $text = "$head$(Get-LitectlQuoted $candidate $false)"
                if ($isQuoted) {
                    $text = Get-LitectlQuoted "$head$candidate" $true
                } elseif ($text.StartsWith($kept, [System.StringComparison]::Ordinal)) {
                    $text = $text.Substring($kept.Length)
                }
                $tip = $candidate
                if ($help.ContainsKey($candidate)) {
                    $tip = $help[$candidate]
                }
                $result::new($text, $candidate, 'ParameterValue', $tip)
            }
        }
    )
    if ($offered.Count -gt 0) {
        return $offered
    }
    # An empty word keeps PowerShell from completing files where none is wanted.
    return ''
}
"""


def powershell_script(tree: Tree) -> str:
    """Return the completion of *tree* for PowerShell."""
    lines = [
        _HEAD,
        *(line for command in tree.root.walk() for line in _command_case(command)),
        _BEFORE_SHARED,
        *(f"        {_quoted(line)}" for line in _described(tree.shared)),
        _BEFORE_VALUES,
        *(line for command in tree.root.walk() for line in _value_cases(command.options, f"{command.line} ")),
        _BEFORE_SHARED_VALUES,
        *_value_cases(tree.shared, ""),
        with_queries(_TAIL),
    ]
    return "\n".join(lines)


def _command_case(command: Command) -> Iterator[str]:
    """Give the lines that tell what can stand after *command*."""
    yield f"            {_quoted(command.line)} {{"
    yield "                return @{"
    described = [f"{child.path[-1]} {child.help}" for child in command.commands]
    for name, lines in (("Commands", described), ("Options", [*_described(command.options)])):
        if lines:
            yield f"                    {name} = @("
            yield from (f"                        {_quoted(line)}" for line in lines)
            yield "                    )"
    for name, argument in (("Values", command.argument), ("Rest", command.rest)):
        if argument:
            yield f"                    {name} = {_array(argument.value)}"
    yield "                }"
    yield "            }"


def _described(options: Iterable[Option]) -> Iterator[str]:
    """Give each name of the *options* with its help behind a blank."""
    return (f"{name} {option.help}" for option in options for name in option.names)


def _value_cases(options: Iterable[Option], before: str) -> Iterator[str]:
    """Give the case of each of the *options* that takes a value; *before* stands before its name."""
    for option in options:
        if option.value:
            for name in option.names:
                yield f"            {_quoted(before + name)} {{ return {_array(option.value)} }}"


def _array(value: Value) -> str:
    return f"@({', '.join(map(_quoted, (value.kind, *value.words)))})"


def _quoted(text: str) -> str:
    """Return *text* in single quotes, which typographic ones would end as well."""
    for mark in "'\u2018\u2019\u201a\u201b":
        text = text.replace(mark, mark * 2)
    return f"'{text}'"
