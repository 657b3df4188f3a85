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
        switch -CaseSensitive -Exact ($line) {
            'litectl' {
                return @{
                    Commands = @(
                        'login Log in to a proxy and remember it as a profile'
                        'logout Forget the stored credential of a profile'
                        'whoami Show which proxy, credential and model are used, what named each, and the budget'
                        'token Print the bearer token and nothing else, for use as another tool''s key helper'
                        'env Print export lines that point other tools at the proxy, with its key'
                        'profiles Manage the stored proxies: URL, login, headers, certificates, default model'
                        'models List and inspect the models of the proxy'
                        'cache See and clear the cached lists of models, tools and skills'
                        'ask Ask a model and print its answer'
                        'cost Estimate what a request costs, in US dollars, without asking a model'
                        'embed Turn texts into vectors with an embedding model'
                        'tokens Count the tokens of a text or a conversation as the proxy does for a model'
                        'mcp List and call the tools of the MCP servers behind the proxy'
                        'skills List and manage the skills of the proxy'
                        'smoke Check that the proxy and its models work'
                        'completion Print the completion of a shell, or install it, so that TAB works'
                        'doctor Find out why it does not work, and what to do'
                        'keys Manage the virtual keys of the proxy'
                        'spend Show what is left of the budgets before requests fail, or with `--by` what was spent'
                        'api Send any request to the proxy and print its answer'
                        'sandbox Run a real LiteLLM proxy with mock models on this machine, without keys or cost'
                        'version Print the version; with `--json` what a bug report should say, too'
                        'help Show the help of a command, or of a topic'
                    )
                    Options = @(
                        '--version Print the version'
                        '-V Print the version'
                    )
                }
            }
            'litectl login' {
                return @{
                    Options = @(
                        '--helper Use the key that this command prints, run when needed'
                        '--key-variable Use the key in this environment variable, read when needed'
                        '--gcloud Use Google''s application default credentials of this machine'
                        '--pkce Single sign-on in a browser on this machine'
                        '--device Single sign-on with a code, in a browser on any machine'
                        '--paste Paste a token from the proxy''s own page, or pipe it in'
                        '--browser Open the page, or only show its address'
                        '--no-browser Open the page, or only show its address'
                        '--team The id or name of the team to log in for'
                        '--virtual-key With `--paste`: make a virtual key from the token'
                        '--no-virtual-key With `--paste`: make a virtual key from the token'
                        '--keychain Keep the secret in the OS keychain, or in the file'
                        '--no-keychain Keep the secret in the OS keychain, or in the file'
                        '--verify Ask the proxy whether it accepts the key'
                        '--no-verify Ask the proxy whether it accepts the key'
                        '--model The default model of `ask`'
                        '-m The default model of `ask`'
                    )
                }
            }
            'litectl logout' {
                return @{
                    Options = @(
                        '--revoke End a browser login at the proxy too, where it can be'
                        '--no-revoke End a browser login at the proxy too, where it can be'
                    )
                }
            }
            'litectl whoami' {
                return @{
                }
            }
            'litectl token' {
                return @{
                }
            }
            'litectl env' {
                return @{
                    Options = @(
                        '--shell One of bash, zsh, sh, fish, powershell'
                        '--for One of litellm, openai, anthropic'
                    )
                }
            }
            'litectl profiles' {
                return @{
                    Commands = @(
                        'add Add a profile without logging in'
                        'list List the stored profiles'
                        'show Show a profile without its secrets'
                        'use Make a profile the default'
                        'set Set values of the default profile, or of `--profile NAME`'
                        'remove Remove a profile with its credential'
                    )
                }
            }
            'litectl profiles add' {
                return @{
                    Options = @(
                        '--model The default model of `ask`'
                        '-m The default model of `ask`'
                        '--keychain Keep the secrets of its logins in the OS keychain'
                    )
                    Values = @('text')
                }
            }
            'litectl profiles list' {
                return @{
                    Options = @(
                        '--columns The columns to show, in this order'
                    )
                }
            }
            'litectl profiles show' {
                return @{
                    Values = @('profiles')
                }
            }
            'litectl profiles use' {
                return @{
                    Values = @('profiles')
                }
            }
            'litectl profiles set' {
                return @{
                    Commands = @(
                        'model '
                        'context_size '
                        'allow_http '
                        'auth_header '
                        'ca_bundle '
                        'client_cert '
                        'client_key '
                        'keychain '
                    )
                }
            }
            'litectl profiles set model' {
                return @{
                    Values = @('models')
                }
            }
            'litectl profiles set context_size' {
                return @{
                    Values = @('text')
                }
            }
            'litectl profiles set allow_http' {
                return @{
                    Values = @('words', 'true', 'false')
                }
            }
            'litectl profiles set auth_header' {
                return @{
                    Values = @('words', 'authorization', 'x-litellm-api-key', 'x-api-key')
                }
            }
            'litectl profiles set ca_bundle' {
                return @{
                    Values = @('files')
                }
            }
            'litectl profiles set client_cert' {
                return @{
                    Values = @('files')
                }
            }
            'litectl profiles set client_key' {
                return @{
                    Values = @('files')
                }
            }
            'litectl profiles set keychain' {
                return @{
                    Values = @('words', 'true', 'false')
                }
            }
            'litectl profiles remove' {
                return @{
                    Options = @(
                        '--yes Do not ask'
                        '-y Do not ask'
                        '--revoke End a browser login at the proxy too, where it can be'
                        '--no-revoke End a browser login at the proxy too, where it can be'
                    )
                    Values = @('profiles')
                }
            }
            'litectl models' {
                return @{
                    Commands = @(
                        'list List the models that this credential may use'
                        'show Show all that is known of one model, and where each value came from'
                        'refresh Fetch the model list now, and the tools of the MCP servers, and keep them for 24 hours'
                        'test Check that one model works; every check but usage is a billed request'
                        'diff Say what differs: between the cached list and the proxy now, or between profiles'
                        'export Write the models into the configuration of another tool'
                    )
                }
            }
            'litectl models list' {
                return @{
                    Options = @(
                        '--mode Only this mode, such as embedding, or `all`; else what can chat'
                        '--search Only names or providers with these words'
                        '--sort The column to sort by'
                        '--reverse Sort downwards'
                        '--columns The columns to show, in this order'
                    )
                }
            }
            'litectl models show' {
                return @{
                    Values = @('models')
                }
            }
            'litectl models refresh' {
                return @{
                    Options = @(
                        '--allow-health Where no list can be had, ask /health, which makes billed calls'
                        '--no-mcp Leave the tools of the MCP servers as they are'
                        '--all-profiles Refresh every stored profile, one after another'
                        '--jitter Wait a random time up to this before anything'
                    )
                }
            }
            'litectl models test' {
                return @{
                    Options = @(
                        '--stream Check streamed answers, too; billed'
                        '--params Check the declared parameters, too; billed'
                        '--tools Check calls of tools, too; billed'
                        '--vision Check that images are seen, too; billed'
                        '--repeat Ask so often, and give median and p95; billed'
                        '--max-ttft Fail when the first token takes longer; billed'
                        '--max-time Fail when an answer takes longer; billed'
                        '--max-cost Send nothing that could cost more in all'
                        '--strict Let a warning be a failure'
                        '--yes Do not ask'
                        '-y Do not ask'
                        '--junit Write a JUnit XML report'
                        '--tap Print the Test Anything Protocol'
                        '--github Print annotations for GitHub Actions'
                        '--summary Write a summary in Markdown'
                    )
                    Values = @('models')
                }
            }
            'litectl models diff' {
                return @{
                    Options = @(
                        '--fields Compare these fields only; else all'
                    )
                    Values = @('profiles')
                    Rest = @('profiles')
                }
            }
            'litectl models export' {
                return @{
                    Options = @(
                        '--to One of pi, opencode, env, json'
                        '--write Merge it into the tool''s own file, after a backup; else print it'
                        '--file Write into this file instead'
                        '--provider The name of its entry in the file'
                        '--key-variable Let the tool read the key from this environment variable'
                        '--mode Only this mode, such as embedding, or `all`; else what can chat'
                        '--search Only names or providers with these words'
                    )
                }
            }
            'litectl cache' {
                return @{
                    Commands = @(
                        'show List the cached lists of models, tools and skills, newest first'
                        'clear Remove the cached lists of this proxy and credential'
                        'path Print where the cached model list is, or with `--all` its directory'
                    )
                }
            }
            'litectl cache show' {
                return @{
                    Options = @(
                        '--columns The columns to show, in this order'
                    )
                }
            }
            'litectl cache clear' {
                return @{
                    Options = @(
                        '--all Those of every proxy and credential'
                    )
                }
            }
            'litectl cache path' {
                return @{
                    Options = @(
                        '--all Those of every proxy and credential'
                    )
                }
            }
            'litectl ask' {
                return @{
                    Options = @(
                        '--prompt The prompt'
                        '-p The prompt'
                        '--model The model'
                        '-m The model'
                        '--system The system prompt'
                        '-s The system prompt'
                        '--attach A text, image, pdf or audio file to add, or its URL; can be repeated; `-` is stdin'
                        '--file A text, image, pdf or audio file to add, or its URL; can be repeated; `-` is stdin'
                        '-f A text, image, pdf or audio file to add, or its URL; can be repeated; `-` is stdin'
                        '--attach-type What is on stdin, such as image/png or text'
                        '--allow-private Fetch also from addresses of your own network'
                        '--stdin Read what is piped in, or leave it alone'
                        '--no-stdin Read what is piped in, or leave it alone'
                        '--stdin-timeout Wait so long for a silent stdin (300); 0 is for ever'
                        '--messages A conversation to go on with, as JSON'
                        '--tool-results What the calls of that conversation gave, as JSON'
                        '--skill Tell the model this skill of the proxy; can be repeated'
                        '--skills Tell the model what each skill of the proxy is for'
                        '--protocol chat, responses or messages; by default what the model needs'
                        '--temperature Sampling temperature'
                        '--max-tokens At most this many tokens of answer'
                        '--effort How hard to think: none, minimal, low, medium, high, xhigh or max'
                        '--param Any other parameter, its value JSON or text; can be repeated'
                        '--schema JSON that fits this JSON Schema: a file, the JSON, or `name, age int`'
                        '--json-object Any JSON object as the answer'
                        '--tools Tools that the model may call, as JSON'
                        '--mcp Let the model use this MCP server, or tool, of the proxy; can be repeated; `*` is any text'
                        '--engine Who runs the calls of `--mcp`: local or proxy'
                        '--max-steps So many turns with calls at most (10)'
                        '--confirm Ask before each call'
                        '--allow Run calls of these tools only, unasked; can be repeated'
                        '--server-header A header for one MCP server, `SERVER: Name: value`; can be repeated'
                        '--fallback Who answers when the model fails; can be repeated'
                        '--cache Keep the prompt in the prompt cache of Claude'
                        '--drop-params Let the proxy drop what it cannot pass on'
                        '--adapt Leave out what the model does not take, or send it as given'
                        '--no-adapt Leave out what the model does not take, or send it as given'
                        '--strict Fail when the answer is cut, at your own limit too'
                        '--session The session that the call belongs to'
                        '--tag A tag for the proxy''s spend log; can be repeated'
                        '--metadata More for that log; can be repeated'
                        '--retries How often litectl tries again'
                        '--max-wait The longest wait between two tries (30)'
                        '--proxy-retries How often the proxy itself tries again'
                        '--stream Print the answer as it arrives, or whole'
                        '--no-stream Print the answer as it arrives, or whole'
                        '--show-reasoning What the model thinks, on stderr, as it arrives'
                        '--usage Tokens, cost and seconds on stderr'
                        '--save Write the conversation with its answer here'
                        '--dry-run Print what would be sent, and send nothing'
                    )
                }
            }
            'litectl cost' {
                return @{
                    Options = @(
                        '--model The model'
                        '-m The model'
                        '--prompt A prompt, whose tokens are counted'
                        '-p A prompt, whose tokens are counted'
                        '--input-tokens So many tokens of prompt'
                        '--output-tokens So many tokens of answer'
                    )
                }
            }
            'litectl embed' {
                return @{
                    Options = @(
                        '--model The embedding model'
                        '-m The embedding model'
                        '--file A file as one text; can be repeated; `-` is stdin'
                        '-f A file as one text; can be repeated; `-` is stdin'
                        '--lines Each line of the files is a text'
                        '--dimensions Vectors of N numbers, not more'
                        '--batch At most N texts in one request'
                        '--retries How often litectl tries again'
                        '--max-wait The longest wait between two tries (30)'
                        '--usage Tokens, cost and seconds on stderr'
                    )
                    Values = @('text')
                }
            }
            'litectl tokens' {
                return @{
                    Options = @(
                        '--model The model'
                        '-m The model'
                        '--prompt The text'
                        '-p The text'
                        '--file The file with the text; `-` is stdin'
                        '-f The file with the text; `-` is stdin'
                        '--messages A JSON array of chat messages; `-` is stdin'
                        '--at-provider Let the provider of the model count, where it can'
                    )
                }
            }
            'litectl mcp' {
                return @{
                    Commands = @(
                        'servers List the MCP servers, and whether they answer'
                        'tools List the tools of the MCP servers'
                        'show Show one tool and its arguments'
                        'call Call a tool and print its result'
                    )
                }
            }
            'litectl mcp servers' {
                return @{
                    Options = @(
                        '--strict Fail when a server did not answer'
                        '--columns The columns to show, in this order'
                        '--server-header A header for one MCP server, `SERVER: Name: value`; can be repeated'
                    )
                }
            }
            'litectl mcp tools' {
                return @{
                    Options = @(
                        '--server Only the tools of this server'
                        '--search Only tools with these words in name or description'
                        '--strict Fail when a server did not answer'
                        '--columns The columns to show, in this order'
                        '--server-header A header for one MCP server, `SERVER: Name: value`; can be repeated'
                    )
                }
            }
            'litectl mcp show' {
                return @{
                    Options = @(
                        '--server The server that has the tool, by name or id'
                        '--server-header A header for one MCP server, `SERVER: Name: value`; can be repeated'
                    )
                    Values = @('tools')
                }
            }
            'litectl mcp call' {
                return @{
                    Options = @(
                        '--server The server that has the tool, by name or id'
                        '--args All arguments as JSON; `-` is stdin'
                        '--stdin Read arguments that are piped in, or leave stdin alone'
                        '--no-stdin Read arguments that are piped in, or leave stdin alone'
                        '--check Check the arguments by the tool''s schema, or do not'
                        '--no-check Check the arguments by the tool''s schema, or do not'
                        '--structured Print the structured result as JSON, where there is one'
                        '--output-dir Save images and other files here'
                        '--server-header A header for one MCP server, `SERVER: Name: value`; can be repeated'
                    )
                    Values = @('tools')
                    Rest = @('arguments')
                }
            }
            'litectl skills' {
                return @{
                    Commands = @(
                        'list List the skills of the proxy, and where each comes from'
                        'show Show all that is known of one skill'
                        'create Add a skill: the files of a folder, or the place where it lies'
                        'delete Delete a skill'
                        'enable Offer a skill of the Skill Hub to everybody; needs an admin'
                        'disable Offer a skill of the Skill Hub to nobody but those it was granted to; needs an admin'
                        'download Fetch the files of a skill into a folder of its name'
                    )
                }
            }
            'litectl skills list' {
                return @{
                    Options = @(
                        '--origin One of hub, litellm_proxy, anthropic'
                        '--search Only names or descriptions with these words'
                        '--all Also the skills that are disabled'
                        '--columns The columns to show, in this order'
                    )
                }
            }
            'litectl skills show' {
                return @{
                    Options = @(
                        '--origin One of hub, litellm_proxy, anthropic'
                    )
                    Values = @('skills')
                }
            }
            'litectl skills create' {
                return @{
                    Options = @(
                        '--name Call it so; of a folder, else as SKILL.md does'
                        '--description What it is for; else as SKILL.md says'
                        '--origin Who keeps the files of a folder: litellm_proxy or anthropic'
                        '--github It lies in this repository of GitHub'
                        '--url It lies in this git repository'
                        '--git-subdir It lies in this folder of a git repository'
                        '--archive It lies in this zip archive, with https'
                        '--sha256 The SHA-256 of the archive'
                        '--version Its version in the Skill Hub'
                        '--yes Do not ask'
                        '-y Do not ask'
                        '--dry-run Print what would be sent, and send nothing'
                    )
                    Values = @('files')
                }
            }
            'litectl skills delete' {
                return @{
                    Options = @(
                        '--origin One of hub, litellm_proxy, anthropic'
                        '--yes Do not ask'
                        '-y Do not ask'
                    )
                    Values = @('skills')
                }
            }
            'litectl skills enable' {
                return @{
                    Values = @('skills')
                }
            }
            'litectl skills disable' {
                return @{
                    Values = @('skills')
                }
            }
            'litectl skills download' {
                return @{
                    Options = @(
                        '--origin One of hub, litellm_proxy, anthropic'
                        '--output-dir Make the folder of the skill in this one; else here'
                        '--zip Write the archive there, and unpack nothing'
                        '--allow-private Fetch also from addresses of your own network'
                    )
                    Values = @('skills')
                }
            }
            'litectl smoke' {
                return @{
                    Options = @(
                        '--models Only these models, such as `gpt-*`; can be repeated, or a,b'
                        '--mode Only models of this mode, or `all`'
                        '--sample Only so many of them, chosen at random'
                        '--seed The same sample as last time'
                        '--require Fail unless this model is listed; can be repeated, or a,b'
                        '--expect-source Fail unless the list came from here: model_info'
                        '--only Of what is always checked, only this; can be repeated, or a,b'
                        '--skip Leave this out, such as `mcp NAME`; can be repeated, or a,b'
                        '--prompt Ask each model a short question; billed'
                        '--stream Check streamed answers, too; billed'
                        '--params Check the declared parameters, too; billed'
                        '--tools Check calls of tools, too; billed'
                        '--vision Check that images are seen, too; billed'
                        '--repeat Ask so often, and give median and p95; billed'
                        '--max-ttft Fail when the first token takes longer; billed'
                        '--max-time Fail when an answer takes longer; billed'
                        '--max-cost Send nothing that could cost more in all'
                        '--concurrency How many models at a time'
                        '--wait Wait so long for a proxy that has just been started'
                        '--strict Let a warning be a failure'
                        '--yes Do not ask'
                        '-y Do not ask'
                        '--server-header A header for one MCP server, `SERVER: Name: value`; can be repeated'
                        '--junit Write a JUnit XML report'
                        '--tap Print the Test Anything Protocol'
                        '--github Print annotations for GitHub Actions'
                        '--summary Write a summary in Markdown'
                    )
                }
            }
            'litectl completion' {
                return @{
                    Options = @(
                        '--install Put it where the shell looks for it'
                        '--yes Do not ask'
                        '-y Do not ask'
                    )
                    Values = @('words', 'bash', 'zsh', 'fish', 'powershell')
                }
            }
            'litectl doctor' {
                return @{
                    Options = @(
                        '--bundle Also write a report without secrets, to attach to a ticket'
                        '--columns The columns to show, in this order'
                    )
                    Values = @('files')
                }
            }
            'litectl keys' {
                return @{
                    Commands = @(
                        'list List the keys that this credential may see'
                        'show Show one key, its budget and its limits; without a name the one that asks'
                        'create Make a key, and print it: nobody can see it again'
                        'delete Delete keys; whoever uses one is refused from then on'
                    )
                }
            }
            'litectl keys list' {
                return @{
                    Options = @(
                        '--alias Only keys with these words in their alias'
                        '--user Only keys of this user'
                        '--team Only keys of this team'
                        '--expired Only keys that have ended'
                        '--columns The columns to show, in this order'
                    )
                }
            }
            'litectl keys show' {
                return @{
                    Values = @('text')
                }
            }
            'litectl keys create' {
                return @{
                    Options = @(
                        '--alias What to call it; unique'
                        '--models Only these models; can be repeated; else all'
                        '--max-budget How much it may spend, in US dollars'
                        '--budget-duration Begin the budget anew after this time: 30d, 1mo'
                        '--duration End it after this time: 30m, 12h, 30d; else never'
                        '--rpm At most N requests a minute'
                        '--tpm At most N tokens a minute'
                        '--user The user that it belongs to'
                        '--team The team that it belongs to'
                        '--metadata A note about it; can be repeated'
                    )
                }
            }
            'litectl keys delete' {
                return @{
                    Options = @(
                        '--yes Do not ask'
                        '-y Do not ask'
                    )
                    Values = @('text')
                }
            }
            'litectl spend' {
                return @{
                    Options = @(
                        '--by What was spent by model, key, day or provider'
                        '--since With `--by`: 7d, 2w or 2026-11-01; 30d without it'
                        '--until With `--by`: the last day; today without it'
                        '--user With `--by`: of this user only'
                        '--team With `--by`: of this team only'
                        '--columns The columns to show, in this order'
                    )
                }
            }
            'litectl api' {
                return @{
                    Options = @(
                        '--method The method, when it is not in front'
                        '-X The method, when it is not in front'
                        '--query Add this to the query; can be repeated'
                        '-q Add this to the query; can be repeated'
                        '-H A header of the request, `Name: value`; can be repeated'
                        '--data The body: JSON, @FILE, or `-` for stdin'
                        '-d The body: JSON, @FILE, or `-` for stdin'
                        '--form A field of a form; can be repeated'
                        '-F A field of a form; can be repeated'
                        '--include Print the status line and the headers too'
                        '-i Print the status line and the headers too'
                        '--paginate Also get the pages that follow'
                        '--stream Print the body as it arrives'
                    )
                    Values = @('words', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', '/health/liveliness', '/health/readiness', '/key/info', '/key/list', '/model/info', '/model_group/info', '/routes', '/spend/logs', '/team/list', '/user/info', '/user/list', '/v1/mcp/server', '/v1/models')
                    Rest = @('words', '/health/liveliness', '/health/readiness', '/key/info', '/key/list', '/model/info', '/model_group/info', '/routes', '/spend/logs', '/team/list', '/user/info', '/user/list', '/v1/mcp/server', '/v1/models')
                }
            }
            'litectl sandbox' {
                return @{
                    Commands = @(
                        'install Install a real LiteLLM proxy, about 740 MB'
                        'run Start the proxy, run a command against it, and stop it'
                        'start Start the proxy and print the lines that point litectl at it'
                    )
                }
            }
            'litectl sandbox install' {
                return @{
                }
            }
            'litectl sandbox run' {
                return @{
                    Options = @(
                        '--config Your own LiteLLM configuration, not the mock models'
                    )
                    Values = @('program')
                }
            }
            'litectl sandbox start' {
                return @{
                    Options = @(
                        '--config Your own LiteLLM configuration, not the mock models'
                        '--port Where to listen, not a free port'
                    )
                }
            }
            'litectl version' {
                return @{
                }
            }
            'litectl help' {
                return @{
                    Values = @('words', 'login', 'logout', 'whoami', 'token', 'env', 'profiles', 'models', 'cache', 'ask', 'cost', 'embed', 'tokens', 'mcp', 'skills', 'smoke', 'completion', 'doctor', 'keys', 'spend', 'api', 'sandbox', 'version', 'help', 'configuration', 'environment', 'exit-codes', 'formatting')
                    Rest = @('text')
                }
            }
        }
    }

    # What every command has, each with its help behind a blank.
    $shared = @(
        '--profile The stored profile to use'
        '--base-url The URL of the proxy'
        '--api-key-file Read the API key from this file; `-` is stdin'
        '--header An extra header, `Name: value`; can be repeated'
        '--auth-header The header that takes the key'
        '--ca-bundle Trust the CA certificates in this PEM file'
        '--client-cert The client certificate, a PEM file'
        '--client-key Its key, when it is in another PEM file'
        '--allow-http Allow plain http to other machines'
        '--timeout Give up after this many seconds'
        '--offline Use the cache only, never the network'
        '--format One of table, tsv, csv, json, jsonl'
        '--json Short for `--format json`'
        '--quiet Only errors on stderr'
        '-q Only errors on stderr'
        '--verbose Say on stderr what is done'
        '-v Say on stderr what is done'
        '--debug As `-v`, with a traceback for a bug in litectl'
        '--no-input Never ask; fail and name the option instead'
        '--help Show this message and exit.'
        '-h Show this message and exit.'
    )

    # Gives the kind of the value of the option $name of the command $line, with the known words
    # behind it, and nothing when the option takes none.
    function Get-LitectlValue([string] $line, [string] $name) {
        switch -CaseSensitive -Exact ("$line $name") {
            'litectl login --helper' { return @('text') }
            'litectl login --key-variable' { return @('text') }
            'litectl login --team' { return @('text') }
            'litectl login --model' { return @('models') }
            'litectl login -m' { return @('models') }
            'litectl env --shell' { return @('words', 'bash', 'zsh', 'sh', 'fish', 'powershell') }
            'litectl env --for' { return @('words', 'litellm', 'openai', 'anthropic') }
            'litectl profiles add --model' { return @('models') }
            'litectl profiles add -m' { return @('models') }
            'litectl profiles list --columns' { return @('list', 'name', 'base_url', 'default', 'credential', 'expires_at', 'model') }
            'litectl models list --mode' { return @('words', 'all', 'chat', 'responses', 'completion', 'embedding', 'rerank', 'moderation', 'image_generation', 'image_edit', 'video_generation', 'audio_speech', 'audio_transcription', 'realtime', 'ocr', 'mixed') }
            'litectl models list --search' { return @('text') }
            'litectl models list --sort' { return @('words', 'name', 'mode', 'max_input_tokens', 'max_output_tokens', 'abilities', 'input_price', 'output_price', 'cache_read_price', 'cache_write_price', 'providers', 'deployments', 'incomplete', 'safe_max_tokens', 'safe_max_tokens_reason', 'guessed') }
            'litectl models list --columns' { return @('list', 'name', 'mode', 'max_input_tokens', 'max_output_tokens', 'abilities', 'input_price', 'output_price', 'cache_read_price', 'cache_write_price', 'providers', 'deployments', 'incomplete', 'safe_max_tokens', 'safe_max_tokens_reason', 'guessed') }
            'litectl models refresh --jitter' { return @('text') }
            'litectl models test --repeat' { return @('text') }
            'litectl models test --max-ttft' { return @('text') }
            'litectl models test --max-time' { return @('text') }
            'litectl models test --max-cost' { return @('text') }
            'litectl models test --junit' { return @('files') }
            'litectl models test --summary' { return @('files') }
            'litectl models diff --fields' { return @('list', 'mode', 'max_input_tokens', 'max_output_tokens', 'input_price', 'output_price', 'cache_read_price', 'cache_write_price', 'providers', 'deployments', 'incomplete', 'safe_max_tokens', 'safe_max_tokens_reason', 'guessed', 'tools', 'vision', 'reasoning', 'structured_output', 'prompt_caching', 'pdf', 'audio', 'web_search') }
            'litectl models export --to' { return @('words', 'pi', 'opencode', 'env', 'json') }
            'litectl models export --file' { return @('files') }
            'litectl models export --provider' { return @('text') }
            'litectl models export --key-variable' { return @('text') }
            'litectl models export --mode' { return @('words', 'all', 'chat', 'responses', 'completion', 'embedding', 'rerank', 'moderation', 'image_generation', 'image_edit', 'video_generation', 'audio_speech', 'audio_transcription', 'realtime', 'ocr', 'mixed') }
            'litectl models export --search' { return @('text') }
            'litectl cache show --columns' { return @('list', 'current', 'base_url', 'source', 'fetched_at', 'age_seconds', 'stale', 'models', 'bytes', 'tools', 'kind', 'fingerprint', 'skills') }
            'litectl ask --prompt' { return @('text') }
            'litectl ask -p' { return @('text') }
            'litectl ask --model' { return @('models') }
            'litectl ask -m' { return @('models') }
            'litectl ask --system' { return @('text') }
            'litectl ask -s' { return @('text') }
            'litectl ask --attach' { return @('files') }
            'litectl ask --file' { return @('files') }
            'litectl ask -f' { return @('files') }
            'litectl ask --attach-type' { return @('words', 'text/plain', 'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf', 'audio/wav', 'audio/mpeg', 'audio/flac', 'audio/ogg') }
            'litectl ask --stdin-timeout' { return @('text') }
            'litectl ask --messages' { return @('files') }
            'litectl ask --tool-results' { return @('files') }
            'litectl ask --skill' { return @('skills') }
            'litectl ask --protocol' { return @('words', 'chat', 'responses', 'messages') }
            'litectl ask --temperature' { return @('text') }
            'litectl ask --max-tokens' { return @('text') }
            'litectl ask --effort' { return @('words', 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max') }
            'litectl ask --param' { return @('text') }
            'litectl ask --schema' { return @('files') }
            'litectl ask --tools' { return @('files') }
            'litectl ask --mcp' { return @('tools_and_servers') }
            'litectl ask --engine' { return @('words', 'local', 'proxy') }
            'litectl ask --max-steps' { return @('text') }
            'litectl ask --allow' { return @('tools_and_servers') }
            'litectl ask --server-header' { return @('text') }
            'litectl ask --fallback' { return @('models') }
            'litectl ask --session' { return @('text') }
            'litectl ask --tag' { return @('text') }
            'litectl ask --metadata' { return @('text') }
            'litectl ask --retries' { return @('text') }
            'litectl ask --max-wait' { return @('text') }
            'litectl ask --proxy-retries' { return @('text') }
            'litectl ask --save' { return @('files') }
            'litectl cost --model' { return @('models') }
            'litectl cost -m' { return @('models') }
            'litectl cost --prompt' { return @('text') }
            'litectl cost -p' { return @('text') }
            'litectl cost --input-tokens' { return @('text') }
            'litectl cost --output-tokens' { return @('text') }
            'litectl embed --model' { return @('embedding_models') }
            'litectl embed -m' { return @('embedding_models') }
            'litectl embed --file' { return @('files') }
            'litectl embed -f' { return @('files') }
            'litectl embed --dimensions' { return @('text') }
            'litectl embed --batch' { return @('text') }
            'litectl embed --retries' { return @('text') }
            'litectl embed --max-wait' { return @('text') }
            'litectl tokens --model' { return @('models') }
            'litectl tokens -m' { return @('models') }
            'litectl tokens --prompt' { return @('text') }
            'litectl tokens -p' { return @('text') }
            'litectl tokens --file' { return @('files') }
            'litectl tokens -f' { return @('files') }
            'litectl tokens --messages' { return @('files') }
            'litectl mcp servers --columns' { return @('list', 'name', 'id', 'status', 'tools', 'auth', 'transport', 'http_status', 'description') }
            'litectl mcp servers --server-header' { return @('text') }
            'litectl mcp tools --server' { return @('servers') }
            'litectl mcp tools --search' { return @('text') }
            'litectl mcp tools --columns' { return @('list', 'name', 'server', 'server_id', 'description', 'arguments', 'required', 'problem') }
            'litectl mcp tools --server-header' { return @('text') }
            'litectl mcp show --server' { return @('servers') }
            'litectl mcp show --server-header' { return @('text') }
            'litectl mcp call --server' { return @('servers') }
            'litectl mcp call --args' { return @('text') }
            'litectl mcp call --output-dir' { return @('files') }
            'litectl mcp call --server-header' { return @('text') }
            'litectl skills list --origin' { return @('words', 'hub', 'litellm_proxy', 'anthropic') }
            'litectl skills list --search' { return @('text') }
            'litectl skills list --columns' { return @('list', 'name', 'origin', 'enabled', 'version', 'description', 'id', 'source', 'created_at', 'updated_at') }
            'litectl skills show --origin' { return @('words', 'hub', 'litellm_proxy', 'anthropic') }
            'litectl skills create --name' { return @('text') }
            'litectl skills create --description' { return @('text') }
            'litectl skills create --origin' { return @('words', 'hub', 'litellm_proxy', 'anthropic') }
            'litectl skills create --github' { return @('text') }
            'litectl skills create --url' { return @('text') }
            'litectl skills create --git-subdir' { return @('text') }
            'litectl skills create --archive' { return @('text') }
            'litectl skills create --sha256' { return @('text') }
            'litectl skills create --version' { return @('text') }
            'litectl skills delete --origin' { return @('words', 'hub', 'litellm_proxy', 'anthropic') }
            'litectl skills download --origin' { return @('words', 'hub', 'litellm_proxy', 'anthropic') }
            'litectl skills download --output-dir' { return @('files') }
            'litectl skills download --zip' { return @('files') }
            'litectl smoke --models' { return @('models') }
            'litectl smoke --mode' { return @('words', 'all', 'chat', 'responses', 'completion', 'embedding', 'rerank', 'moderation', 'image_generation', 'image_edit', 'video_generation', 'audio_speech', 'audio_transcription', 'realtime', 'ocr', 'mixed') }
            'litectl smoke --sample' { return @('text') }
            'litectl smoke --seed' { return @('text') }
            'litectl smoke --require' { return @('models') }
            'litectl smoke --expect-source' { return @('words', 'model_info', 'models', 'model_group_info') }
            'litectl smoke --only' { return @('words', 'reachable', 'tls', 'readiness', 'credential', 'discovery', 'mcp', 'skills', 'models') }
            'litectl smoke --skip' { return @('words', 'reachable', 'tls', 'readiness', 'credential', 'discovery', 'source', 'required', 'mcp', 'skills', 'models') }
            'litectl smoke --repeat' { return @('text') }
            'litectl smoke --max-ttft' { return @('text') }
            'litectl smoke --max-time' { return @('text') }
            'litectl smoke --max-cost' { return @('text') }
            'litectl smoke --concurrency' { return @('text') }
            'litectl smoke --wait' { return @('text') }
            'litectl smoke --server-header' { return @('text') }
            'litectl smoke --junit' { return @('files') }
            'litectl smoke --summary' { return @('files') }
            'litectl doctor --columns' { return @('list', 'name', 'status', 'detail', 'remedy', 'code', 'exit_code', 'seconds') }
            'litectl keys list --alias' { return @('text') }
            'litectl keys list --user' { return @('text') }
            'litectl keys list --team' { return @('text') }
            'litectl keys list --columns' { return @('list', 'alias', 'name', 'spend', 'max_budget', 'budget_left', 'models', 'expires_at', 'budget_reset_at', 'budget_duration', 'rpm_limit', 'tpm_limit', 'user_id', 'team_id', 'team_alias', 'blocked', 'created_at', 'last_active', 'metadata', 'token') }
            'litectl keys create --alias' { return @('text') }
            'litectl keys create --models' { return @('models') }
            'litectl keys create --max-budget' { return @('text') }
            'litectl keys create --budget-duration' { return @('text') }
            'litectl keys create --duration' { return @('text') }
            'litectl keys create --rpm' { return @('text') }
            'litectl keys create --tpm' { return @('text') }
            'litectl keys create --user' { return @('text') }
            'litectl keys create --team' { return @('text') }
            'litectl keys create --metadata' { return @('text') }
            'litectl spend --by' { return @('words', 'model', 'key', 'day', 'provider') }
            'litectl spend --since' { return @('text') }
            'litectl spend --until' { return @('text') }
            'litectl spend --user' { return @('text') }
            'litectl spend --team' { return @('text') }
            'litectl spend --columns' { return @('list', 'scope', 'name', 'id', 'spend', 'max_budget', 'budget_left', 'used_percent', 'budget_reset_at', 'daily_spend', 'used_up_at', 'model', 'requests', 'failed_requests', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'key', 'alias', 'token', 'user_id', 'team_id', 'exists', 'day', 'provider') }
            'litectl api --method' { return @('words', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') }
            'litectl api -X' { return @('words', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') }
            'litectl api --query' { return @('text') }
            'litectl api -q' { return @('text') }
            'litectl api -H' { return @('text') }
            'litectl api --data' { return @('upload') }
            'litectl api -d' { return @('upload') }
            'litectl api --form' { return @('upload') }
            'litectl api -F' { return @('upload') }
            'litectl sandbox run --config' { return @('files') }
            'litectl sandbox start --config' { return @('files') }
            'litectl sandbox start --port' { return @('text') }
        }
        switch -CaseSensitive -Exact ($name) {
            '--profile' { return @('profiles') }
            '--base-url' { return @('text') }
            '--api-key-file' { return @('files') }
            '--header' { return @('text') }
            '--auth-header' { return @('words', 'authorization', 'x-litellm-api-key', 'x-api-key') }
            '--ca-bundle' { return @('files') }
            '--client-cert' { return @('files') }
            '--client-key' { return @('files') }
            '--timeout' { return @('text') }
            '--format' { return @('words', 'table', 'tsv', 'csv', 'json', 'jsonl') }
        }
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
        $query = @($read.Target) + @(-split 'mcp show --offline --format tsv') + @($read.Server) + @('--', $read.Given[0])
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
            'models' { Get-LitectlLines (@($read.Target) + @(-split 'models list --offline --mode all --columns name --format tsv')) }
            'embedding_models' { Get-LitectlLines (@($read.Target) + @(-split 'models list --offline --mode embedding --columns name --format tsv')) }
            'skills' { Get-LitectlLines (@($read.Target) + @(-split 'skills list --offline --all --columns name --format tsv')) }
            'profiles' { Get-LitectlLines @(-split 'profiles list --columns name --format tsv') }
            'servers' { Get-LitectlLines (@($read.Target) + @(-split 'mcp tools --offline --columns server --format tsv')) }
            'tools' {
                $rows = @(Get-LitectlLines (@($read.Target) + @(-split 'mcp tools --offline --columns name,server --format tsv') + @($read.Server)))
                if ($read.Server.Count -gt 0) {
                    $rows | ForEach-Object { ($_ -split "`t")[0] }
                } else {
                    Get-LitectlPaths $rows $typed $true
                }
            }
            'tools_and_servers' {
                $rows = @(Get-LitectlLines (@($read.Target) + @(-split 'mcp tools --offline --columns name,server --format tsv')))
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
