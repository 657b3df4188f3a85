# Completion of litectl for fish. Written by `make generated`.

# Prints the commands and arguments before the cursor, each on a line.
function __litectl_line
    set -l words (commandline -opc)
    set -l line
    while set -e words[1]; and set -q words[1]
        switch $words[1]
            case --alias --allow --api-key-file --archive --args --attach --attach-type --auth-header --base-url --batch --budget-duration --by --ca-bundle --client-cert --client-key --columns --concurrency --config --data --description --dimensions --duration --effort --engine --expect-source --fallback --fields --file --for --form --format --git-subdir --header --helper --input-tokens --jitter --junit --key-variable --max-budget --max-cost --max-steps --max-time --max-tokens --max-ttft --max-wait --mcp --messages --metadata --method --mode --model --models --name --only --origin --output-dir --output-tokens --param --port --profile --protocol --provider --proxy-retries --query --repeat --require --retries --rpm --sample --save --schema --search --seed --server --server-header --session --sha256 --shell --since --skill --skip --sort --stdin-timeout --summary --system --tag --team --temperature --timeout --to --tool-results --tpm --until --url --user --wait --zip -F -H -X -d -f -m -p -s
                set -e words[1]
            case --github
                string match -q -r -- '^(skills create) ' "$line "; and set -e words[1]
            case --prompt
                string match -q -r -- '^(ask|cost|tokens) ' "$line "; and set -e words[1]
            case --tools
                string match -q -r -- '^(ask) ' "$line "; and set -e words[1]
            case --version
                string match -q -r -- '^(skills create) ' "$line "; and set -e words[1]
            case -q
                string match -q -r -- '^(api) ' "$line "; and set -e words[1]
            case --
                set -a line $words[2..]
                break
            case '-*'
            case '*'
                set -a line $words[1]
        end
    end
    printf '%s\n' $line
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
    printf '%s\n' "$before"$argv
end

# Prints those of the options $argv, each with its value, that stand before the cursor.
function __litectl_given
    set -l words (commandline -opc)
    for index in (seq (count $words))
        if contains -- $words[$index] $argv
            printf '%s\n' $words[$index..(math $index + 1)]
        else if contains -- (string replace -r '=.*' '' -- $words[$index]) $argv
            printf '%s\n' $words[$index]
        end
    end
end

# Prints what litectl answers to a query about the proxy that the line names. A name that
# begins with a dash would be read as an option, and fish lets a tilde mean a home; they are left out.
function __litectl_query
    command litectl (__litectl_given --profile --base-url) $argv 2>/dev/null | string match -r -v -- '^[-~]'
end

function __litectl_models
    __litectl_query models list --offline --mode all --columns name --format tsv
end

function __litectl_embedding_models
    __litectl_query models list --offline --mode embedding --columns name --format tsv
end

function __litectl_skills
    __litectl_query skills list --offline --all --columns name --format tsv
end

function __litectl_profiles
    command litectl profiles list --columns name --format tsv 2>/dev/null
end

# Makes paths, `server/tool`, of rows of a tool and its server, those after the first argument: of each
# where the typed word has a slash, and of those whose name is not alone where the first argument
# says so. Adds the plain names of the rest.
function __litectl_paths
    set -l names (string replace -r '\t.*' '' -- $argv[2..])
    set -l several
    if test "$argv[1]" = alone
        set several (printf '%s\n' $names | sort | uniq -d)
    end
    for row in $argv[2..]
        set -l parts (string split -m 1 \t -- $row)
        if contains -- $parts[1] $several
            printf '%s/%s\n' $parts[2] $parts[1]
        else
            printf '%s\n' $parts[1]
            if string match -q -- '*/*' (commandline -ct); and test -z (__litectl_given --server)[1]
                printf '%s/%s\n' $parts[2] $parts[1]
            end
        end
    end | string match -r -v -- '^[-~]'
end

function __litectl_tools
    __litectl_paths alone (__litectl_query mcp tools --offline --columns name,server --format tsv (__litectl_given --server))
end

function __litectl_servers
    __litectl_query mcp tools --offline --columns server --format tsv
end

function __litectl_tools_and_servers
    set -l rows (__litectl_query mcp tools --offline --columns name,server --format tsv)
    __litectl_paths any $rows
    string replace -r '.*\t' '' -- $rows | string match -r -v -- '^[-~]'
end

# Prints the files that the typed word $argv can name behind its `@`, with what stands before them.
function __litectl_files
    set -l parts (string split -m 1 @ -- "$argv")
    for path in $parts[2]*
        test -d $path; and set path $path/
        printf '%s@%s\n' $parts[1] $path
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
    set -l found (__litectl_query mcp show --offline --format tsv (__litectl_given --server) -- $line[3])
    for row in $found
        set -l name (string split -m 1 \t -- $row)[1]
        if test -n "$name"; and not contains -- $name $taken; and not string match -q -- '*=*' $name
            printf '%s=\n' $name
        end
    end
end

# Completes the command line of another program.
function __litectl_program
    set -l line (__litectl_line)
    complete --do-complete=(string join ' ' -- $line[3..] '')(commandline -ct)
end

complete -c litectl -f
complete -c litectl -l profile -r -f -a '(__litectl_profiles)' -d 'The stored profile to use'
complete -c litectl -l base-url -r -f -d 'The URL of the proxy'
complete -c litectl -l api-key-file -r -F -d 'Read the API key from this file; `-` is stdin'
complete -c litectl -l header -r -f -d 'An extra header, `Name: value`; can be repeated'
complete -c litectl -l auth-header -r -f -a 'authorization x-litellm-api-key x-api-key' -d 'The header that takes the key'
complete -c litectl -l ca-bundle -r -F -d 'Trust the CA certificates in this PEM file'
complete -c litectl -l client-cert -r -F -d 'The client certificate, a PEM file'
complete -c litectl -l client-key -r -F -d 'Its key, when it is in another PEM file'
complete -c litectl -l allow-http -d 'Allow plain http to other machines'
complete -c litectl -l timeout -r -f -d 'Give up after this many seconds'
complete -c litectl -l offline -d 'Use the cache only, never the network'
complete -c litectl -l format -r -f -a 'table tsv csv json jsonl' -d 'One of table, tsv, csv, json, jsonl'
complete -c litectl -l json -d 'Short for `--format json`'
complete -c litectl -l quiet -d 'Only errors on stderr'
complete -c litectl -n 'not __litectl_after api' -s q -d 'Only errors on stderr'
complete -c litectl -l verbose -s v -d 'Say on stderr what is done'
complete -c litectl -l debug -d 'As `-v`, with a traceback for a bug in litectl'
complete -c litectl -l no-input -d 'Never ask; fail and name the option instead'
complete -c litectl -l help -s h -d 'Show this message and exit.'
complete -c litectl -n '__litectl_at' -l version -s V -d 'Print the version'
complete -c litectl -n '__litectl_at' -a login -d 'Log in to a proxy and remember it as a profile'
complete -c litectl -n '__litectl_at' -a logout -d 'Forget the stored credential of a profile'
complete -c litectl -n '__litectl_at' -a whoami -d 'Show which proxy, credential and model are used, what named each, and the budget'
complete -c litectl -n '__litectl_at' -a token -d 'Print the bearer token and nothing else, for use as another tool\'s key helper'
complete -c litectl -n '__litectl_at' -a env -d 'Print export lines that point other tools at the proxy, with its key'
complete -c litectl -n '__litectl_at' -a profiles -d 'Manage the stored proxies: URL, login, headers, certificates, default model'
complete -c litectl -n '__litectl_at' -a models -d 'List and inspect the models of the proxy'
complete -c litectl -n '__litectl_at' -a cache -d 'See and clear the cached lists of models, tools and skills'
complete -c litectl -n '__litectl_at' -a ask -d 'Ask a model and print its answer'
complete -c litectl -n '__litectl_at' -a cost -d 'Estimate what a request costs, in US dollars, without asking a model'
complete -c litectl -n '__litectl_at' -a embed -d 'Turn texts into vectors with an embedding model'
complete -c litectl -n '__litectl_at' -a tokens -d 'Count the tokens of a text or a conversation as the proxy does for a model'
complete -c litectl -n '__litectl_at' -a mcp -d 'List and call the tools of the MCP servers behind the proxy'
complete -c litectl -n '__litectl_at' -a skills -d 'List and manage the skills of the proxy'
complete -c litectl -n '__litectl_at' -a smoke -d 'Check that the proxy and its models work'
complete -c litectl -n '__litectl_at' -a completion -d 'Print the completion of a shell, or install it, so that TAB works'
complete -c litectl -n '__litectl_at' -a doctor -d 'Find out why it does not work, and what to do'
complete -c litectl -n '__litectl_at' -a keys -d 'Manage the virtual keys of the proxy'
complete -c litectl -n '__litectl_at' -a spend -d 'Show what is left of the budgets before requests fail, or with `--by` what was spent'
complete -c litectl -n '__litectl_at' -a api -d 'Send any request to the proxy and print its answer'
complete -c litectl -n '__litectl_at' -a sandbox -d 'Run a real LiteLLM proxy with mock models on this machine, without keys or cost'
complete -c litectl -n '__litectl_at' -a version -d 'Print the version; with `--json` what a bug report should say, too'
complete -c litectl -n '__litectl_at' -a help -d 'Show the help of a command, or of a topic'
complete -c litectl -n '__litectl_after login' -l helper -r -f -d 'Use the key that this command prints, run when needed'
complete -c litectl -n '__litectl_after login' -l key-variable -r -f -d 'Use the key in this environment variable, read when needed'
complete -c litectl -n '__litectl_after login' -l gcloud -d 'Use Google\'s application default credentials of this machine'
complete -c litectl -n '__litectl_after login' -l pkce -d 'Single sign-on in a browser on this machine'
complete -c litectl -n '__litectl_after login' -l device -d 'Single sign-on with a code, in a browser on any machine'
complete -c litectl -n '__litectl_after login' -l paste -d 'Paste a token from the proxy\'s own page, or pipe it in'
complete -c litectl -n '__litectl_after login' -l browser -d 'Open the page, or only show its address'
complete -c litectl -n '__litectl_after login' -l no-browser -d 'Open the page, or only show its address'
complete -c litectl -n '__litectl_after login' -l team -r -f -d 'The id or name of the team to log in for'
complete -c litectl -n '__litectl_after login' -l virtual-key -d 'With `--paste`: make a virtual key from the token'
complete -c litectl -n '__litectl_after login' -l no-virtual-key -d 'With `--paste`: make a virtual key from the token'
complete -c litectl -n '__litectl_after login' -l keychain -d 'Keep the secret in the OS keychain, or in the file'
complete -c litectl -n '__litectl_after login' -l no-keychain -d 'Keep the secret in the OS keychain, or in the file'
complete -c litectl -n '__litectl_after login' -l verify -d 'Ask the proxy whether it accepts the key'
complete -c litectl -n '__litectl_after login' -l no-verify -d 'Ask the proxy whether it accepts the key'
complete -c litectl -n '__litectl_after login' -l model -s m -r -f -a '(__litectl_models)' -d 'The default model of `ask`'
complete -c litectl -n '__litectl_after logout' -l revoke -d 'End a browser login at the proxy too, where it can be'
complete -c litectl -n '__litectl_after logout' -l no-revoke -d 'End a browser login at the proxy too, where it can be'
complete -c litectl -n '__litectl_after env' -l shell -r -f -a 'bash zsh sh fish powershell' -d 'One of bash, zsh, sh, fish, powershell'
complete -c litectl -n '__litectl_after env' -l for -r -f -a 'litellm openai anthropic' -d 'One of litellm, openai, anthropic'
complete -c litectl -n '__litectl_at profiles' -a add -d 'Add a profile without logging in'
complete -c litectl -n '__litectl_at profiles' -a list -d 'List the stored profiles'
complete -c litectl -n '__litectl_at profiles' -a show -d 'Show a profile without its secrets'
complete -c litectl -n '__litectl_at profiles' -a use -d 'Make a profile the default'
complete -c litectl -n '__litectl_at profiles' -a set -d 'Set values of the default profile, or of `--profile NAME`'
complete -c litectl -n '__litectl_at profiles' -a remove -d 'Remove a profile with its credential'
complete -c litectl -n '__litectl_after profiles add' -l model -s m -r -f -a '(__litectl_models)' -d 'The default model of `ask`'
complete -c litectl -n '__litectl_after profiles add' -l keychain -d 'Keep the secrets of its logins in the OS keychain'
complete -c litectl -n '__litectl_at profiles add' -f
complete -c litectl -n '__litectl_after profiles list' -l columns -r -f -a '(__litectl_list name base_url default credential expires_at model)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_at profiles show' -f -a '(__litectl_profiles)'
complete -c litectl -n '__litectl_at profiles use' -f -a '(__litectl_profiles)'
complete -c litectl -n '__litectl_at profiles set' -a model
complete -c litectl -n '__litectl_at profiles set' -a context_size
complete -c litectl -n '__litectl_at profiles set' -a allow_http
complete -c litectl -n '__litectl_at profiles set' -a auth_header
complete -c litectl -n '__litectl_at profiles set' -a ca_bundle
complete -c litectl -n '__litectl_at profiles set' -a client_cert
complete -c litectl -n '__litectl_at profiles set' -a client_key
complete -c litectl -n '__litectl_at profiles set' -a keychain
complete -c litectl -n '__litectl_at profiles set model' -f -a '(__litectl_models)'
complete -c litectl -n '__litectl_at profiles set context_size' -f
complete -c litectl -n '__litectl_at profiles set allow_http' -f -a 'true false'
complete -c litectl -n '__litectl_at profiles set auth_header' -f -a 'authorization x-litellm-api-key x-api-key'
complete -c litectl -n '__litectl_at profiles set ca_bundle' -F
complete -c litectl -n '__litectl_at profiles set client_cert' -F
complete -c litectl -n '__litectl_at profiles set client_key' -F
complete -c litectl -n '__litectl_at profiles set keychain' -f -a 'true false'
complete -c litectl -n '__litectl_after profiles remove' -l yes -s y -d 'Do not ask'
complete -c litectl -n '__litectl_after profiles remove' -l revoke -d 'End a browser login at the proxy too, where it can be'
complete -c litectl -n '__litectl_after profiles remove' -l no-revoke -d 'End a browser login at the proxy too, where it can be'
complete -c litectl -n '__litectl_at profiles remove' -f -a '(__litectl_profiles)'
complete -c litectl -n '__litectl_at models' -a list -d 'List the models that this credential may use'
complete -c litectl -n '__litectl_at models' -a show -d 'Show all that is known of one model, and where each value came from'
complete -c litectl -n '__litectl_at models' -a refresh -d 'Fetch the model list now, and the tools of the MCP servers, and keep them for 24 hours'
complete -c litectl -n '__litectl_at models' -a test -d 'Check that one model works; every check but usage is a billed request'
complete -c litectl -n '__litectl_at models' -a diff -d 'Say what differs: between the cached list and the proxy now, or between profiles'
complete -c litectl -n '__litectl_at models' -a export -d 'Write the models into the configuration of another tool'
complete -c litectl -n '__litectl_after models list' -l mode -r -f -a 'all chat responses completion embedding rerank moderation image_generation image_edit video_generation audio_speech audio_transcription realtime ocr mixed' -d 'Only this mode, such as embedding, or `all`; else what can chat'
complete -c litectl -n '__litectl_after models list' -l search -r -f -d 'Only names or providers with these words'
complete -c litectl -n '__litectl_after models list' -l sort -r -f -a 'name mode max_input_tokens max_output_tokens abilities input_price output_price cache_read_price cache_write_price providers deployments incomplete safe_max_tokens safe_max_tokens_reason guessed' -d 'The column to sort by'
complete -c litectl -n '__litectl_after models list' -l reverse -d 'Sort downwards'
complete -c litectl -n '__litectl_after models list' -l columns -r -f -a '(__litectl_list name mode max_input_tokens max_output_tokens abilities input_price output_price cache_read_price cache_write_price providers deployments incomplete safe_max_tokens safe_max_tokens_reason guessed)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_at models show' -f -a '(__litectl_models)'
complete -c litectl -n '__litectl_after models refresh' -l allow-health -d 'Where no list can be had, ask /health, which makes billed calls'
complete -c litectl -n '__litectl_after models refresh' -l no-mcp -d 'Leave the tools of the MCP servers as they are'
complete -c litectl -n '__litectl_after models refresh' -l all-profiles -d 'Refresh every stored profile, one after another'
complete -c litectl -n '__litectl_after models refresh' -l jitter -r -f -d 'Wait a random time up to this before anything'
complete -c litectl -n '__litectl_after models test' -l stream -d 'Check streamed answers, too; billed'
complete -c litectl -n '__litectl_after models test' -l params -d 'Check the declared parameters, too; billed'
complete -c litectl -n '__litectl_after models test' -l tools -d 'Check calls of tools, too; billed'
complete -c litectl -n '__litectl_after models test' -l vision -d 'Check that images are seen, too; billed'
complete -c litectl -n '__litectl_after models test' -l repeat -r -f -d 'Ask so often, and give median and p95; billed'
complete -c litectl -n '__litectl_after models test' -l max-ttft -r -f -d 'Fail when the first token takes longer; billed'
complete -c litectl -n '__litectl_after models test' -l max-time -r -f -d 'Fail when an answer takes longer; billed'
complete -c litectl -n '__litectl_after models test' -l max-cost -r -f -d 'Send nothing that could cost more in all'
complete -c litectl -n '__litectl_after models test' -l strict -d 'Let a warning be a failure'
complete -c litectl -n '__litectl_after models test' -l yes -s y -d 'Do not ask'
complete -c litectl -n '__litectl_after models test' -l junit -r -F -d 'Write a JUnit XML report'
complete -c litectl -n '__litectl_after models test' -l tap -d 'Print the Test Anything Protocol'
complete -c litectl -n '__litectl_after models test' -l github -d 'Print annotations for GitHub Actions'
complete -c litectl -n '__litectl_after models test' -l summary -r -F -d 'Write a summary in Markdown'
complete -c litectl -n '__litectl_at models test' -f -a '(__litectl_models)'
complete -c litectl -n '__litectl_after models diff' -l fields -r -f -a '(__litectl_list mode max_input_tokens max_output_tokens input_price output_price cache_read_price cache_write_price providers deployments incomplete safe_max_tokens safe_max_tokens_reason guessed tools vision reasoning structured_output prompt_caching pdf audio web_search)' -d 'Compare these fields only; else all'
complete -c litectl -n '__litectl_at models diff' -f -a '(__litectl_profiles)'
complete -c litectl -n '__litectl_past models diff' -f -a '(__litectl_profiles)'
complete -c litectl -n '__litectl_after models export' -l to -r -f -a 'pi opencode env json' -d 'One of pi, opencode, env, json'
complete -c litectl -n '__litectl_after models export' -l write -d 'Merge it into the tool\'s own file, after a backup; else print it'
complete -c litectl -n '__litectl_after models export' -l file -r -F -d 'Write into this file instead'
complete -c litectl -n '__litectl_after models export' -l provider -r -f -d 'The name of its entry in the file'
complete -c litectl -n '__litectl_after models export' -l key-variable -r -f -d 'Let the tool read the key from this environment variable'
complete -c litectl -n '__litectl_after models export' -l mode -r -f -a 'all chat responses completion embedding rerank moderation image_generation image_edit video_generation audio_speech audio_transcription realtime ocr mixed' -d 'Only this mode, such as embedding, or `all`; else what can chat'
complete -c litectl -n '__litectl_after models export' -l search -r -f -d 'Only names or providers with these words'
complete -c litectl -n '__litectl_at cache' -a show -d 'List the cached lists of models, tools and skills, newest first'
complete -c litectl -n '__litectl_at cache' -a clear -d 'Remove the cached lists of this proxy and credential'
complete -c litectl -n '__litectl_at cache' -a path -d 'Print where the cached model list is, or with `--all` its directory'
complete -c litectl -n '__litectl_after cache show' -l columns -r -f -a '(__litectl_list current base_url source fetched_at age_seconds stale models bytes tools kind fingerprint skills)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_after cache clear' -l all -d 'Those of every proxy and credential'
complete -c litectl -n '__litectl_after cache path' -l all -d 'Those of every proxy and credential'
complete -c litectl -n '__litectl_after ask' -l prompt -s p -r -f -d 'The prompt'
complete -c litectl -n '__litectl_after ask' -l model -s m -r -f -a '(__litectl_models)' -d 'The model'
complete -c litectl -n '__litectl_after ask' -l system -s s -r -f -d 'The system prompt'
complete -c litectl -n '__litectl_after ask' -l attach -l file -s f -r -F -d 'A text, image, pdf or audio file to add, or its URL; can be repeated; `-` is stdin'
complete -c litectl -n '__litectl_after ask' -l attach-type -r -f -a 'text/plain image/png image/jpeg image/gif image/webp application/pdf audio/wav audio/mpeg audio/flac audio/ogg' -d 'What is on stdin, such as image/png or text'
complete -c litectl -n '__litectl_after ask' -l allow-private -d 'Fetch also from addresses of your own network'
complete -c litectl -n '__litectl_after ask' -l stdin -d 'Read what is piped in, or leave it alone'
complete -c litectl -n '__litectl_after ask' -l no-stdin -d 'Read what is piped in, or leave it alone'
complete -c litectl -n '__litectl_after ask' -l stdin-timeout -r -f -d 'Wait so long for a silent stdin (300); 0 is for ever'
complete -c litectl -n '__litectl_after ask' -l messages -r -F -d 'A conversation to go on with, as JSON'
complete -c litectl -n '__litectl_after ask' -l tool-results -r -F -d 'What the calls of that conversation gave, as JSON'
complete -c litectl -n '__litectl_after ask' -l skill -r -f -a '(__litectl_skills)' -d 'Tell the model this skill of the proxy; can be repeated'
complete -c litectl -n '__litectl_after ask' -l skills -d 'Tell the model what each skill of the proxy is for'
complete -c litectl -n '__litectl_after ask' -l protocol -r -f -a 'chat responses messages' -d 'chat, responses or messages; by default what the model needs'
complete -c litectl -n '__litectl_after ask' -l temperature -r -f -d 'Sampling temperature'
complete -c litectl -n '__litectl_after ask' -l max-tokens -r -f -d 'At most this many tokens of answer'
complete -c litectl -n '__litectl_after ask' -l effort -r -f -a 'none minimal low medium high xhigh max' -d 'How hard to think: none, minimal, low, medium, high, xhigh or max'
complete -c litectl -n '__litectl_after ask' -l param -r -f -d 'Any other parameter, its value JSON or text; can be repeated'
complete -c litectl -n '__litectl_after ask' -l schema -r -F -d 'JSON that fits this JSON Schema: a file, the JSON, or `name, age int`'
complete -c litectl -n '__litectl_after ask' -l json-object -d 'Any JSON object as the answer'
complete -c litectl -n '__litectl_after ask' -l tools -r -F -d 'Tools that the model may call, as JSON'
complete -c litectl -n '__litectl_after ask' -l mcp -r -f -a '(__litectl_tools_and_servers)' -d 'Let the model use this MCP server, or tool, of the proxy; can be repeated; `*` is any text'
complete -c litectl -n '__litectl_after ask' -l engine -r -f -a 'local proxy' -d 'Who runs the calls of `--mcp`: local or proxy'
complete -c litectl -n '__litectl_after ask' -l max-steps -r -f -d 'So many turns with calls at most (10)'
complete -c litectl -n '__litectl_after ask' -l confirm -d 'Ask before each call'
complete -c litectl -n '__litectl_after ask' -l allow -r -f -a '(__litectl_tools_and_servers)' -d 'Run calls of these tools only, unasked; can be repeated'
complete -c litectl -n '__litectl_after ask' -l server-header -r -f -d 'A header for one MCP server, `SERVER: Name: value`; can be repeated'
complete -c litectl -n '__litectl_after ask' -l fallback -r -f -a '(__litectl_models)' -d 'Who answers when the model fails; can be repeated'
complete -c litectl -n '__litectl_after ask' -l cache -d 'Keep the prompt in the prompt cache of Claude'
complete -c litectl -n '__litectl_after ask' -l drop-params -d 'Let the proxy drop what it cannot pass on'
complete -c litectl -n '__litectl_after ask' -l adapt -d 'Leave out what the model does not take, or send it as given'
complete -c litectl -n '__litectl_after ask' -l no-adapt -d 'Leave out what the model does not take, or send it as given'
complete -c litectl -n '__litectl_after ask' -l strict -d 'Fail when the answer is cut, at your own limit too'
complete -c litectl -n '__litectl_after ask' -l session -r -f -d 'The session that the call belongs to'
complete -c litectl -n '__litectl_after ask' -l tag -r -f -d 'A tag for the proxy\'s spend log; can be repeated'
complete -c litectl -n '__litectl_after ask' -l metadata -r -f -d 'More for that log; can be repeated'
complete -c litectl -n '__litectl_after ask' -l retries -r -f -d 'How often litectl tries again'
complete -c litectl -n '__litectl_after ask' -l max-wait -r -f -d 'The longest wait between two tries (30)'
complete -c litectl -n '__litectl_after ask' -l proxy-retries -r -f -d 'How often the proxy itself tries again'
complete -c litectl -n '__litectl_after ask' -l stream -d 'Print the answer as it arrives, or whole'
complete -c litectl -n '__litectl_after ask' -l no-stream -d 'Print the answer as it arrives, or whole'
complete -c litectl -n '__litectl_after ask' -l show-reasoning -d 'What the model thinks, on stderr, as it arrives'
complete -c litectl -n '__litectl_after ask' -l usage -d 'Tokens, cost and seconds on stderr'
complete -c litectl -n '__litectl_after ask' -l save -r -F -d 'Write the conversation with its answer here'
complete -c litectl -n '__litectl_after ask' -l dry-run -d 'Print what would be sent, and send nothing'
complete -c litectl -n '__litectl_after cost' -l model -s m -r -f -a '(__litectl_models)' -d 'The model'
complete -c litectl -n '__litectl_after cost' -l prompt -s p -r -f -d 'A prompt, whose tokens are counted'
complete -c litectl -n '__litectl_after cost' -l input-tokens -r -f -d 'So many tokens of prompt'
complete -c litectl -n '__litectl_after cost' -l output-tokens -r -f -d 'So many tokens of answer'
complete -c litectl -n '__litectl_after embed' -l model -s m -r -f -a '(__litectl_embedding_models)' -d 'The embedding model'
complete -c litectl -n '__litectl_after embed' -l file -s f -r -F -d 'A file as one text; can be repeated; `-` is stdin'
complete -c litectl -n '__litectl_after embed' -l lines -d 'Each line of the files is a text'
complete -c litectl -n '__litectl_after embed' -l dimensions -r -f -d 'Vectors of N numbers, not more'
complete -c litectl -n '__litectl_after embed' -l batch -r -f -d 'At most N texts in one request'
complete -c litectl -n '__litectl_after embed' -l retries -r -f -d 'How often litectl tries again'
complete -c litectl -n '__litectl_after embed' -l max-wait -r -f -d 'The longest wait between two tries (30)'
complete -c litectl -n '__litectl_after embed' -l usage -d 'Tokens, cost and seconds on stderr'
complete -c litectl -n '__litectl_at embed' -f
complete -c litectl -n '__litectl_after tokens' -l model -s m -r -f -a '(__litectl_models)' -d 'The model'
complete -c litectl -n '__litectl_after tokens' -l prompt -s p -r -f -d 'The text'
complete -c litectl -n '__litectl_after tokens' -l file -s f -r -F -d 'The file with the text; `-` is stdin'
complete -c litectl -n '__litectl_after tokens' -l messages -r -F -d 'A JSON array of chat messages; `-` is stdin'
complete -c litectl -n '__litectl_after tokens' -l at-provider -d 'Let the provider of the model count, where it can'
complete -c litectl -n '__litectl_at mcp' -a servers -d 'List the MCP servers, and whether they answer'
complete -c litectl -n '__litectl_at mcp' -a tools -d 'List the tools of the MCP servers'
complete -c litectl -n '__litectl_at mcp' -a show -d 'Show one tool and its arguments'
complete -c litectl -n '__litectl_at mcp' -a call -d 'Call a tool and print its result'
complete -c litectl -n '__litectl_after mcp servers' -l strict -d 'Fail when a server did not answer'
complete -c litectl -n '__litectl_after mcp servers' -l columns -r -f -a '(__litectl_list name id status tools auth transport http_status description)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_after mcp servers' -l server-header -r -f -d 'A header for one MCP server, `SERVER: Name: value`; can be repeated'
complete -c litectl -n '__litectl_after mcp tools' -l server -r -f -a '(__litectl_servers)' -d 'Only the tools of this server'
complete -c litectl -n '__litectl_after mcp tools' -l search -r -f -d 'Only tools with these words in name or description'
complete -c litectl -n '__litectl_after mcp tools' -l strict -d 'Fail when a server did not answer'
complete -c litectl -n '__litectl_after mcp tools' -l columns -r -f -a '(__litectl_list name server server_id description arguments required problem)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_after mcp tools' -l server-header -r -f -d 'A header for one MCP server, `SERVER: Name: value`; can be repeated'
complete -c litectl -n '__litectl_after mcp show' -l server -r -f -a '(__litectl_servers)' -d 'The server that has the tool, by name or id'
complete -c litectl -n '__litectl_after mcp show' -l server-header -r -f -d 'A header for one MCP server, `SERVER: Name: value`; can be repeated'
complete -c litectl -n '__litectl_at mcp show' -f -a '(__litectl_tools)'
complete -c litectl -n '__litectl_after mcp call' -l server -r -f -a '(__litectl_servers)' -d 'The server that has the tool, by name or id'
complete -c litectl -n '__litectl_after mcp call' -l args -r -f -d 'All arguments as JSON; `-` is stdin'
complete -c litectl -n '__litectl_after mcp call' -l stdin -d 'Read arguments that are piped in, or leave stdin alone'
complete -c litectl -n '__litectl_after mcp call' -l no-stdin -d 'Read arguments that are piped in, or leave stdin alone'
complete -c litectl -n '__litectl_after mcp call' -l check -d 'Check the arguments by the tool\'s schema, or do not'
complete -c litectl -n '__litectl_after mcp call' -l no-check -d 'Check the arguments by the tool\'s schema, or do not'
complete -c litectl -n '__litectl_after mcp call' -l structured -d 'Print the structured result as JSON, where there is one'
complete -c litectl -n '__litectl_after mcp call' -l output-dir -r -F -d 'Save images and other files here'
complete -c litectl -n '__litectl_after mcp call' -l server-header -r -f -d 'A header for one MCP server, `SERVER: Name: value`; can be repeated'
complete -c litectl -n '__litectl_at mcp call' -f -a '(__litectl_tools)'
complete -c litectl -n '__litectl_past mcp call' -f -a '(__litectl_arguments)'
complete -c litectl -n '__litectl_at skills' -a list -d 'List the skills of the proxy, and where each comes from'
complete -c litectl -n '__litectl_at skills' -a show -d 'Show all that is known of one skill'
complete -c litectl -n '__litectl_at skills' -a create -d 'Add a skill: the files of a folder, or the place where it lies'
complete -c litectl -n '__litectl_at skills' -a delete -d 'Delete a skill'
complete -c litectl -n '__litectl_at skills' -a enable -d 'Offer a skill of the Skill Hub to everybody; needs an admin'
complete -c litectl -n '__litectl_at skills' -a disable -d 'Offer a skill of the Skill Hub to nobody but those it was granted to; needs an admin'
complete -c litectl -n '__litectl_at skills' -a download -d 'Fetch the files of a skill into a folder of its name'
complete -c litectl -n '__litectl_after skills list' -l origin -r -f -a 'hub litellm_proxy anthropic' -d 'One of hub, litellm_proxy, anthropic'
complete -c litectl -n '__litectl_after skills list' -l search -r -f -d 'Only names or descriptions with these words'
complete -c litectl -n '__litectl_after skills list' -l all -d 'Also the skills that are disabled'
complete -c litectl -n '__litectl_after skills list' -l columns -r -f -a '(__litectl_list name origin enabled version description id source created_at updated_at)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_after skills show' -l origin -r -f -a 'hub litellm_proxy anthropic' -d 'One of hub, litellm_proxy, anthropic'
complete -c litectl -n '__litectl_at skills show' -f -a '(__litectl_skills)'
complete -c litectl -n '__litectl_after skills create' -l name -r -f -d 'Call it so; of a folder, else as SKILL.md does'
complete -c litectl -n '__litectl_after skills create' -l description -r -f -d 'What it is for; else as SKILL.md says'
complete -c litectl -n '__litectl_after skills create' -l origin -r -f -a 'hub litellm_proxy anthropic' -d 'Who keeps the files of a folder: litellm_proxy or anthropic'
complete -c litectl -n '__litectl_after skills create' -l github -r -f -d 'It lies in this repository of GitHub'
complete -c litectl -n '__litectl_after skills create' -l url -r -f -d 'It lies in this git repository'
complete -c litectl -n '__litectl_after skills create' -l git-subdir -r -f -d 'It lies in this folder of a git repository'
complete -c litectl -n '__litectl_after skills create' -l archive -r -f -d 'It lies in this zip archive, with https'
complete -c litectl -n '__litectl_after skills create' -l sha256 -r -f -d 'The SHA-256 of the archive'
complete -c litectl -n '__litectl_after skills create' -l version -r -f -d 'Its version in the Skill Hub'
complete -c litectl -n '__litectl_after skills create' -l yes -s y -d 'Do not ask'
complete -c litectl -n '__litectl_after skills create' -l dry-run -d 'Print what would be sent, and send nothing'
complete -c litectl -n '__litectl_at skills create' -F
complete -c litectl -n '__litectl_after skills delete' -l origin -r -f -a 'hub litellm_proxy anthropic' -d 'One of hub, litellm_proxy, anthropic'
complete -c litectl -n '__litectl_after skills delete' -l yes -s y -d 'Do not ask'
complete -c litectl -n '__litectl_at skills delete' -f -a '(__litectl_skills)'
complete -c litectl -n '__litectl_at skills enable' -f -a '(__litectl_skills)'
complete -c litectl -n '__litectl_at skills disable' -f -a '(__litectl_skills)'
complete -c litectl -n '__litectl_after skills download' -l origin -r -f -a 'hub litellm_proxy anthropic' -d 'One of hub, litellm_proxy, anthropic'
complete -c litectl -n '__litectl_after skills download' -l output-dir -r -F -d 'Make the folder of the skill in this one; else here'
complete -c litectl -n '__litectl_after skills download' -l zip -r -F -d 'Write the archive there, and unpack nothing'
complete -c litectl -n '__litectl_after skills download' -l allow-private -d 'Fetch also from addresses of your own network'
complete -c litectl -n '__litectl_at skills download' -f -a '(__litectl_skills)'
complete -c litectl -n '__litectl_after smoke' -l models -r -f -a '(__litectl_models)' -d 'Only these models, such as `gpt-*`; can be repeated, or a,b'
complete -c litectl -n '__litectl_after smoke' -l mode -r -f -a 'all chat responses completion embedding rerank moderation image_generation image_edit video_generation audio_speech audio_transcription realtime ocr mixed' -d 'Only models of this mode, or `all`'
complete -c litectl -n '__litectl_after smoke' -l sample -r -f -d 'Only so many of them, chosen at random'
complete -c litectl -n '__litectl_after smoke' -l seed -r -f -d 'The same sample as last time'
complete -c litectl -n '__litectl_after smoke' -l require -r -f -a '(__litectl_models)' -d 'Fail unless this model is listed; can be repeated, or a,b'
complete -c litectl -n '__litectl_after smoke' -l expect-source -r -f -a 'model_info models model_group_info' -d 'Fail unless the list came from here: model_info'
complete -c litectl -n '__litectl_after smoke' -l only -r -f -a 'reachable tls readiness credential discovery mcp skills models' -d 'Of what is always checked, only this; can be repeated, or a,b'
complete -c litectl -n '__litectl_after smoke' -l skip -r -f -a 'reachable tls readiness credential discovery source required mcp skills models' -d 'Leave this out, such as `mcp NAME`; can be repeated, or a,b'
complete -c litectl -n '__litectl_after smoke' -l prompt -d 'Ask each model a short question; billed'
complete -c litectl -n '__litectl_after smoke' -l stream -d 'Check streamed answers, too; billed'
complete -c litectl -n '__litectl_after smoke' -l params -d 'Check the declared parameters, too; billed'
complete -c litectl -n '__litectl_after smoke' -l tools -d 'Check calls of tools, too; billed'
complete -c litectl -n '__litectl_after smoke' -l vision -d 'Check that images are seen, too; billed'
complete -c litectl -n '__litectl_after smoke' -l repeat -r -f -d 'Ask so often, and give median and p95; billed'
complete -c litectl -n '__litectl_after smoke' -l max-ttft -r -f -d 'Fail when the first token takes longer; billed'
complete -c litectl -n '__litectl_after smoke' -l max-time -r -f -d 'Fail when an answer takes longer; billed'
complete -c litectl -n '__litectl_after smoke' -l max-cost -r -f -d 'Send nothing that could cost more in all'
complete -c litectl -n '__litectl_after smoke' -l concurrency -r -f -d 'How many models at a time'
complete -c litectl -n '__litectl_after smoke' -l wait -r -f -d 'Wait so long for a proxy that has just been started'
complete -c litectl -n '__litectl_after smoke' -l strict -d 'Let a warning be a failure'
complete -c litectl -n '__litectl_after smoke' -l yes -s y -d 'Do not ask'
complete -c litectl -n '__litectl_after smoke' -l server-header -r -f -d 'A header for one MCP server, `SERVER: Name: value`; can be repeated'
complete -c litectl -n '__litectl_after smoke' -l junit -r -F -d 'Write a JUnit XML report'
complete -c litectl -n '__litectl_after smoke' -l tap -d 'Print the Test Anything Protocol'
complete -c litectl -n '__litectl_after smoke' -l github -d 'Print annotations for GitHub Actions'
complete -c litectl -n '__litectl_after smoke' -l summary -r -F -d 'Write a summary in Markdown'
complete -c litectl -n '__litectl_after completion' -l install -d 'Put it where the shell looks for it'
complete -c litectl -n '__litectl_after completion' -l yes -s y -d 'Do not ask'
complete -c litectl -n '__litectl_at completion' -f -a 'bash zsh fish powershell'
complete -c litectl -n '__litectl_after doctor' -l bundle -d 'Also write a report without secrets, to attach to a ticket'
complete -c litectl -n '__litectl_after doctor' -l columns -r -f -a '(__litectl_list name status detail remedy code exit_code seconds)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_at doctor' -F
complete -c litectl -n '__litectl_at keys' -a list -d 'List the keys that this credential may see'
complete -c litectl -n '__litectl_at keys' -a show -d 'Show one key, its budget and its limits; without a name the one that asks'
complete -c litectl -n '__litectl_at keys' -a create -d 'Make a key, and print it: nobody can see it again'
complete -c litectl -n '__litectl_at keys' -a delete -d 'Delete keys; whoever uses one is refused from then on'
complete -c litectl -n '__litectl_after keys list' -l alias -r -f -d 'Only keys with these words in their alias'
complete -c litectl -n '__litectl_after keys list' -l user -r -f -d 'Only keys of this user'
complete -c litectl -n '__litectl_after keys list' -l team -r -f -d 'Only keys of this team'
complete -c litectl -n '__litectl_after keys list' -l expired -d 'Only keys that have ended'
complete -c litectl -n '__litectl_after keys list' -l columns -r -f -a '(__litectl_list alias name spend max_budget budget_left models expires_at budget_reset_at budget_duration rpm_limit tpm_limit user_id team_id team_alias blocked created_at last_active metadata token)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_at keys show' -f
complete -c litectl -n '__litectl_after keys create' -l alias -r -f -d 'What to call it; unique'
complete -c litectl -n '__litectl_after keys create' -l models -r -f -a '(__litectl_models)' -d 'Only these models; can be repeated; else all'
complete -c litectl -n '__litectl_after keys create' -l max-budget -r -f -d 'How much it may spend, in US dollars'
complete -c litectl -n '__litectl_after keys create' -l budget-duration -r -f -d 'Begin the budget anew after this time: 30d, 1mo'
complete -c litectl -n '__litectl_after keys create' -l duration -r -f -d 'End it after this time: 30m, 12h, 30d; else never'
complete -c litectl -n '__litectl_after keys create' -l rpm -r -f -d 'At most N requests a minute'
complete -c litectl -n '__litectl_after keys create' -l tpm -r -f -d 'At most N tokens a minute'
complete -c litectl -n '__litectl_after keys create' -l user -r -f -d 'The user that it belongs to'
complete -c litectl -n '__litectl_after keys create' -l team -r -f -d 'The team that it belongs to'
complete -c litectl -n '__litectl_after keys create' -l metadata -r -f -d 'A note about it; can be repeated'
complete -c litectl -n '__litectl_after keys delete' -l yes -s y -d 'Do not ask'
complete -c litectl -n '__litectl_at keys delete' -f
complete -c litectl -n '__litectl_after spend' -l by -r -f -a 'model key day provider' -d 'What was spent by model, key, day or provider'
complete -c litectl -n '__litectl_after spend' -l since -r -f -d 'With `--by`: 7d, 2w or 2026-11-01; 30d without it'
complete -c litectl -n '__litectl_after spend' -l until -r -f -d 'With `--by`: the last day; today without it'
complete -c litectl -n '__litectl_after spend' -l user -r -f -d 'With `--by`: of this user only'
complete -c litectl -n '__litectl_after spend' -l team -r -f -d 'With `--by`: of this team only'
complete -c litectl -n '__litectl_after spend' -l columns -r -f -a '(__litectl_list scope name id spend max_budget budget_left used_percent budget_reset_at daily_spend used_up_at model requests failed_requests input_tokens output_tokens cache_read_tokens cache_write_tokens key alias token user_id team_id exists day provider)' -d 'The columns to show, in this order'
complete -c litectl -n '__litectl_after api' -l method -s X -r -f -a 'GET HEAD POST PUT PATCH DELETE OPTIONS' -d 'The method, when it is not in front'
complete -c litectl -n '__litectl_after api' -l query -s q -r -f -d 'Add this to the query; can be repeated'
complete -c litectl -n '__litectl_after api' -s H -r -f -d 'A header of the request, `Name: value`; can be repeated'
complete -c litectl -n '__litectl_after api' -l data -s d -r -f -a '(__litectl_upload)' -d 'The body: JSON, @FILE, or `-` for stdin'
complete -c litectl -n '__litectl_after api' -l form -s F -r -f -a '(__litectl_upload)' -d 'A field of a form; can be repeated'
complete -c litectl -n '__litectl_after api' -l include -s i -d 'Print the status line and the headers too'
complete -c litectl -n '__litectl_after api' -l paginate -d 'Also get the pages that follow'
complete -c litectl -n '__litectl_after api' -l stream -d 'Print the body as it arrives'
complete -c litectl -n '__litectl_at api' -f -a 'GET HEAD POST PUT PATCH DELETE OPTIONS /health/liveliness /health/readiness /key/info /key/list /model/info /model_group/info /routes /spend/logs /team/list /user/info /user/list /v1/mcp/server /v1/models'
complete -c litectl -n '__litectl_past api' -f -a '/health/liveliness /health/readiness /key/info /key/list /model/info /model_group/info /routes /spend/logs /team/list /user/info /user/list /v1/mcp/server /v1/models'
complete -c litectl -n '__litectl_at sandbox' -a install -d 'Install a real LiteLLM proxy, about 740 MB'
complete -c litectl -n '__litectl_at sandbox' -a run -d 'Start the proxy, run a command against it, and stop it'
complete -c litectl -n '__litectl_at sandbox' -a start -d 'Start the proxy and print the lines that point litectl at it'
complete -c litectl -n '__litectl_after sandbox run' -l config -r -F -d 'Your own LiteLLM configuration, not the mock models'
complete -c litectl -n '__litectl_after sandbox run' -f -a '(__litectl_program)'
complete -c litectl -n '__litectl_after sandbox start' -l config -r -F -d 'Your own LiteLLM configuration, not the mock models'
complete -c litectl -n '__litectl_after sandbox start' -l port -r -f -d 'Where to listen, not a free port'
complete -c litectl -n '__litectl_at help' -f -a 'login logout whoami token env profiles models cache ask cost embed tokens mcp skills smoke completion doctor keys spend api sandbox version help configuration environment exit-codes formatting'
complete -c litectl -n '__litectl_past help' -f
