# Completion of litectl for bash 4 or newer. Written by `make generated`.

# Sets what can stand after the command $1: `commands`, `options`, the `kind` of its argument
# with the `known` words for it, and the kind of the `rest`, the arguments after the first, with
# the words for `them`. Fails when there is no such command.
_litectl_command() {
    commands=() options=() kind='' known=() rest='' them=()
    case $1 in
        litectl) commands=(login logout whoami token env profiles models cache ask cost embed tokens mcp skills smoke completion doctor keys spend api sandbox version) options=(--version -V) ;;
        'litectl login') options=(--helper --key-variable --gcloud --pkce --device --paste --browser --no-browser --team --virtual-key --no-virtual-key --keychain --no-keychain --verify --no-verify --model -m) ;;
        'litectl logout') options=(--revoke --no-revoke) ;;
        'litectl whoami') ;;
        'litectl token') ;;
        'litectl env') options=(--shell --for) ;;
        'litectl profiles') commands=(add list show use set remove) ;;
        'litectl profiles add') options=(--model -m --keychain) kind=text ;;
        'litectl profiles list') options=(--columns) ;;
        'litectl profiles show') kind=profiles ;;
        'litectl profiles use') kind=profiles ;;
        'litectl profiles set') commands=(model context_size allow_http auth_header ca_bundle client_cert client_key keychain) ;;
        'litectl profiles set model') kind=models ;;
        'litectl profiles set context_size') kind=text ;;
        'litectl profiles set allow_http') kind=words known=(true false) ;;
        'litectl profiles set auth_header') kind=words known=(authorization x-litellm-api-key x-api-key) ;;
        'litectl profiles set ca_bundle') kind=files ;;
        'litectl profiles set client_cert') kind=files ;;
        'litectl profiles set client_key') kind=files ;;
        'litectl profiles set keychain') kind=words known=(true false) ;;
        'litectl profiles remove') options=(--yes -y --revoke --no-revoke) kind=profiles ;;
        'litectl models') commands=(list show refresh test diff export) ;;
        'litectl models list') options=(--mode --search --sort --reverse --columns) ;;
        'litectl models show') kind=models ;;
        'litectl models refresh') options=(--allow-health --no-mcp --all-profiles --jitter) ;;
        'litectl models test') options=(--stream --params --tools --vision --repeat --max-ttft --max-time --max-cost --strict --yes -y --junit --tap --github --summary) kind=models ;;
        'litectl models diff') options=(--fields) kind=profiles rest=profiles ;;
        'litectl models export') options=(--to --write --file --provider --key-variable --mode --search) ;;
        'litectl cache') commands=(show clear path) ;;
        'litectl cache show') options=(--columns) ;;
        'litectl cache clear') options=(--all) ;;
        'litectl cache path') options=(--all) ;;
        'litectl ask') options=(--prompt -p --model -m --system -s --attach --file -f --attach-type --allow-private --stdin --no-stdin --stdin-timeout --messages --tool-results --skill --skills --protocol --temperature --max-tokens --effort --param --schema --json-object --tools --mcp --engine --max-steps --confirm --allow --server-header --fallback --cache --drop-params --adapt --no-adapt --strict --session --tag --metadata --retries --max-wait --proxy-retries --stream --no-stream --show-reasoning --usage --save --dry-run) ;;
        'litectl cost') options=(--model -m --prompt -p --input-tokens --output-tokens) ;;
        'litectl embed') options=(--model -m --file -f --lines --dimensions --batch --retries --max-wait --usage) kind=text ;;
        'litectl tokens') options=(--model -m --prompt -p --file -f --messages --at-provider) ;;
        'litectl mcp') commands=(servers tools show call) ;;
        'litectl mcp servers') options=(--strict --columns --server-header) ;;
        'litectl mcp tools') options=(--server --search --strict --columns --server-header) ;;
        'litectl mcp show') options=(--server --server-header) kind=tools ;;
        'litectl mcp call') options=(--server --args --stdin --no-stdin --check --no-check --structured --output-dir --server-header) kind=tools rest=arguments ;;
        'litectl skills') commands=(list show create delete enable disable download) ;;
        'litectl skills list') options=(--origin --search --all --columns) ;;
        'litectl skills show') options=(--origin) kind=skills ;;
        'litectl skills create') options=(--name --description --origin --github --url --git-subdir --archive --sha256 --version --yes -y --dry-run) kind=files ;;
        'litectl skills delete') options=(--origin --yes -y) kind=skills ;;
        'litectl skills enable') kind=skills ;;
        'litectl skills disable') kind=skills ;;
        'litectl skills download') options=(--origin --output-dir --zip --allow-private) kind=skills ;;
        'litectl smoke') options=(--models --mode --sample --seed --require --expect-source --only --skip --prompt --stream --params --tools --vision --repeat --max-ttft --max-time --max-cost --concurrency --wait --strict --yes -y --server-header --junit --tap --github --summary) ;;
        'litectl completion') options=(--install --yes -y) kind=words known=(bash zsh fish powershell) ;;
        'litectl doctor') options=(--bundle --columns) kind=files ;;
        'litectl keys') commands=(list show create delete) ;;
        'litectl keys list') options=(--alias --user --team --expired --columns) ;;
        'litectl keys show') kind=text ;;
        'litectl keys create') options=(--alias --models --max-budget --budget-duration --duration --rpm --tpm --user --team --metadata) ;;
        'litectl keys delete') options=(--yes -y) kind=text ;;
        'litectl spend') options=(--by --since --until --user --team --columns) ;;
        'litectl api') options=(--method -X --query -q -H --data -d --form -F --include -i --paginate --stream) kind=words known=(GET HEAD POST PUT PATCH DELETE OPTIONS /health/liveliness /health/readiness /key/info /key/list /model/info /model_group/info /routes /spend/logs /team/list /user/info /user/list /v1/mcp/server /v1/models) rest=words them=(/health/liveliness /health/readiness /key/info /key/list /model/info /model_group/info /routes /spend/logs /team/list /user/info /user/list /v1/mcp/server /v1/models) ;;
        'litectl sandbox') commands=(install run start) ;;
        'litectl sandbox install') ;;
        'litectl sandbox run') options=(--config) kind=program ;;
        'litectl sandbox start') options=(--config --port) ;;
        'litectl version') ;;
        *) return 1 ;;
    esac
    options+=(--profile --base-url --api-key-file --header --auth-header --ca-bundle --client-cert --client-key --allow-http --timeout --offline --format --json --quiet -q --verbose -v --debug --no-input --help -h)
}

# Sets the `kind` of the value of the option $2 of the command $1, and the `known` words for
# it. Fails when the option takes none.
_litectl_value() {
    kind='' known=()
    case "$1 $2" in
        'litectl login --helper') kind=text ;;
        'litectl login --key-variable') kind=text ;;
        'litectl login --team') kind=text ;;
        'litectl login --model' | 'litectl login -m') kind=models ;;
        'litectl env --shell') kind=words known=(bash zsh sh fish powershell) ;;
        'litectl env --for') kind=words known=(litellm openai anthropic) ;;
        'litectl profiles add --model' | 'litectl profiles add -m') kind=models ;;
        'litectl profiles list --columns') kind=list known=(name base_url default credential expires_at model) ;;
        'litectl models list --mode') kind=words known=(all chat responses completion embedding rerank moderation image_generation image_edit video_generation audio_speech audio_transcription realtime ocr mixed) ;;
        'litectl models list --search') kind=text ;;
        'litectl models list --sort') kind=words known=(name mode max_input_tokens max_output_tokens abilities input_price output_price cache_read_price cache_write_price providers deployments incomplete safe_max_tokens safe_max_tokens_reason guessed) ;;
        'litectl models list --columns') kind=list known=(name mode max_input_tokens max_output_tokens abilities input_price output_price cache_read_price cache_write_price providers deployments incomplete safe_max_tokens safe_max_tokens_reason guessed) ;;
        'litectl models refresh --jitter') kind=text ;;
        'litectl models test --repeat') kind=text ;;
        'litectl models test --max-ttft') kind=text ;;
        'litectl models test --max-time') kind=text ;;
        'litectl models test --max-cost') kind=text ;;
        'litectl models test --junit') kind=files ;;
        'litectl models test --summary') kind=files ;;
        'litectl models diff --fields') kind=list known=(mode max_input_tokens max_output_tokens input_price output_price cache_read_price cache_write_price providers deployments incomplete safe_max_tokens safe_max_tokens_reason guessed tools vision reasoning structured_output prompt_caching pdf audio web_search) ;;
        'litectl models export --to') kind=words known=(pi opencode env json) ;;
        'litectl models export --file') kind=files ;;
        'litectl models export --provider') kind=text ;;
        'litectl models export --key-variable') kind=text ;;
        'litectl models export --mode') kind=words known=(all chat responses completion embedding rerank moderation image_generation image_edit video_generation audio_speech audio_transcription realtime ocr mixed) ;;
        'litectl models export --search') kind=text ;;
        'litectl cache show --columns') kind=list known=(current base_url source fetched_at age_seconds stale models bytes tools kind fingerprint skills) ;;
        'litectl ask --prompt' | 'litectl ask -p') kind=text ;;
        'litectl ask --model' | 'litectl ask -m') kind=models ;;
        'litectl ask --system' | 'litectl ask -s') kind=text ;;
        'litectl ask --attach' | 'litectl ask --file' | 'litectl ask -f') kind=files ;;
        'litectl ask --attach-type') kind=words known=(text/plain image/png image/jpeg image/gif image/webp application/pdf audio/wav audio/mpeg audio/flac audio/ogg) ;;
        'litectl ask --stdin-timeout') kind=text ;;
        'litectl ask --messages') kind=files ;;
        'litectl ask --tool-results') kind=files ;;
        'litectl ask --skill') kind=skills ;;
        'litectl ask --protocol') kind=words known=(chat responses messages) ;;
        'litectl ask --temperature') kind=text ;;
        'litectl ask --max-tokens') kind=text ;;
        'litectl ask --effort') kind=words known=(none minimal low medium high xhigh max) ;;
        'litectl ask --param') kind=text ;;
        'litectl ask --schema') kind=files ;;
        'litectl ask --tools') kind=files ;;
        'litectl ask --mcp') kind=tools_and_servers ;;
        'litectl ask --engine') kind=words known=(local proxy) ;;
        'litectl ask --max-steps') kind=text ;;
        'litectl ask --allow') kind=tools_and_servers ;;
        'litectl ask --server-header') kind=text ;;
        'litectl ask --fallback') kind=models ;;
        'litectl ask --session') kind=text ;;
        'litectl ask --tag') kind=text ;;
        'litectl ask --metadata') kind=text ;;
        'litectl ask --retries') kind=text ;;
        'litectl ask --max-wait') kind=text ;;
        'litectl ask --proxy-retries') kind=text ;;
        'litectl ask --save') kind=files ;;
        'litectl cost --model' | 'litectl cost -m') kind=models ;;
        'litectl cost --prompt' | 'litectl cost -p') kind=text ;;
        'litectl cost --input-tokens') kind=text ;;
        'litectl cost --output-tokens') kind=text ;;
        'litectl embed --model' | 'litectl embed -m') kind=embedding_models ;;
        'litectl embed --file' | 'litectl embed -f') kind=files ;;
        'litectl embed --dimensions') kind=text ;;
        'litectl embed --batch') kind=text ;;
        'litectl embed --retries') kind=text ;;
        'litectl embed --max-wait') kind=text ;;
        'litectl tokens --model' | 'litectl tokens -m') kind=models ;;
        'litectl tokens --prompt' | 'litectl tokens -p') kind=text ;;
        'litectl tokens --file' | 'litectl tokens -f') kind=files ;;
        'litectl tokens --messages') kind=files ;;
        'litectl mcp servers --columns') kind=list known=(name id status tools auth transport http_status description) ;;
        'litectl mcp servers --server-header') kind=text ;;
        'litectl mcp tools --server') kind=servers ;;
        'litectl mcp tools --search') kind=text ;;
        'litectl mcp tools --columns') kind=list known=(name server server_id description arguments required problem) ;;
        'litectl mcp tools --server-header') kind=text ;;
        'litectl mcp show --server') kind=servers ;;
        'litectl mcp show --server-header') kind=text ;;
        'litectl mcp call --server') kind=servers ;;
        'litectl mcp call --args') kind=text ;;
        'litectl mcp call --output-dir') kind=files ;;
        'litectl mcp call --server-header') kind=text ;;
        'litectl skills list --origin') kind=words known=(hub litellm_proxy anthropic) ;;
        'litectl skills list --search') kind=text ;;
        'litectl skills list --columns') kind=list known=(name origin enabled version description id source created_at updated_at) ;;
        'litectl skills show --origin') kind=words known=(hub litellm_proxy anthropic) ;;
        'litectl skills create --name') kind=text ;;
        'litectl skills create --description') kind=text ;;
        'litectl skills create --origin') kind=words known=(hub litellm_proxy anthropic) ;;
        'litectl skills create --github') kind=text ;;
        'litectl skills create --url') kind=text ;;
        'litectl skills create --git-subdir') kind=text ;;
        'litectl skills create --archive') kind=text ;;
        'litectl skills create --sha256') kind=text ;;
        'litectl skills create --version') kind=text ;;
        'litectl skills delete --origin') kind=words known=(hub litellm_proxy anthropic) ;;
        'litectl skills download --origin') kind=words known=(hub litellm_proxy anthropic) ;;
        'litectl skills download --output-dir') kind=files ;;
        'litectl skills download --zip') kind=files ;;
        'litectl smoke --models') kind=models ;;
        'litectl smoke --mode') kind=words known=(all chat responses completion embedding rerank moderation image_generation image_edit video_generation audio_speech audio_transcription realtime ocr mixed) ;;
        'litectl smoke --sample') kind=text ;;
        'litectl smoke --seed') kind=text ;;
        'litectl smoke --require') kind=models ;;
        'litectl smoke --expect-source') kind=words known=(model_info models model_group_info) ;;
        'litectl smoke --only') kind=words known=(reachable tls readiness credential discovery mcp skills models) ;;
        'litectl smoke --skip') kind=words known=(reachable tls readiness credential discovery source required mcp skills models) ;;
        'litectl smoke --repeat') kind=text ;;
        'litectl smoke --max-ttft') kind=text ;;
        'litectl smoke --max-time') kind=text ;;
        'litectl smoke --max-cost') kind=text ;;
        'litectl smoke --concurrency') kind=text ;;
        'litectl smoke --wait') kind=text ;;
        'litectl smoke --server-header') kind=text ;;
        'litectl smoke --junit') kind=files ;;
        'litectl smoke --summary') kind=files ;;
        'litectl doctor --columns') kind=list known=(name status detail remedy code exit_code seconds) ;;
        'litectl keys list --alias') kind=text ;;
        'litectl keys list --user') kind=text ;;
        'litectl keys list --team') kind=text ;;
        'litectl keys list --columns') kind=list known=(alias name spend max_budget budget_left models expires_at budget_reset_at budget_duration rpm_limit tpm_limit user_id team_id team_alias blocked created_at last_active metadata token) ;;
        'litectl keys create --alias') kind=text ;;
        'litectl keys create --models') kind=models ;;
        'litectl keys create --max-budget') kind=text ;;
        'litectl keys create --budget-duration') kind=text ;;
        'litectl keys create --duration') kind=text ;;
        'litectl keys create --rpm') kind=text ;;
        'litectl keys create --tpm') kind=text ;;
        'litectl keys create --user') kind=text ;;
        'litectl keys create --team') kind=text ;;
        'litectl keys create --metadata') kind=text ;;
        'litectl spend --by') kind=words known=(model key day provider) ;;
        'litectl spend --since') kind=text ;;
        'litectl spend --until') kind=text ;;
        'litectl spend --user') kind=text ;;
        'litectl spend --team') kind=text ;;
        'litectl spend --columns') kind=list known=(scope name id spend max_budget budget_left used_percent budget_reset_at daily_spend used_up_at model requests failed_requests input_tokens output_tokens cache_read_tokens cache_write_tokens key alias token user_id team_id exists day provider) ;;
        'litectl api --method' | 'litectl api -X') kind=words known=(GET HEAD POST PUT PATCH DELETE OPTIONS) ;;
        'litectl api --query' | 'litectl api -q') kind=text ;;
        'litectl api -H') kind=text ;;
        'litectl api --data' | 'litectl api -d') kind=upload ;;
        'litectl api --form' | 'litectl api -F') kind=upload ;;
        'litectl sandbox run --config') kind=files ;;
        'litectl sandbox start --config') kind=files ;;
        'litectl sandbox start --port') kind=text ;;
        *' --profile') kind=profiles ;;
        *' --base-url') kind=text ;;
        *' --api-key-file') kind=files ;;
        *' --header') kind=text ;;
        *' --auth-header') kind=words known=(authorization x-litellm-api-key x-api-key) ;;
        *' --ca-bundle') kind=files ;;
        *' --client-cert') kind=files ;;
        *' --client-key') kind=files ;;
        *' --timeout') kind=text ;;
        *' --format') kind=words known=(table tsv csv json jsonl) ;;
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
    while [[ $typed == *[\\\"\']* ]]; do
        plain+=${typed%%[\\\"\']*}
        typed=${typed#"${typed%%[\\\"\']*}"}
        mark=${typed:0:1} typed=${typed:1}
        if [[ $mark == "$quote" ]]; then
            quote=''
        elif [[ $mark == \\ && $quote != \' ]]; then
            [[ -n $quote && $typed != [\\\"\$\`]* ]] && plain+=\\
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
    printf -v taken '%s\n' '' "${taken[@]%%=*}"
    _litectl_query mcp show --offline --format tsv "${server[@]}" -- "${given[0]}"
    lines=("${found[@]}") found=()
    for line in "${lines[@]}"; do
        name=${line%%$'\t'*}
        [[ -z $name || $name == *=* || $taken == *$'\n'"$name"$'\n'* ]] || found+=("$name=")
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
        uses["x${row%%$'\t'*}"]+=1
    done
    found=()
    for row in "${rows[@]}"; do
        name=${row%%$'\t'*}
        if [[ -n $2 && ${uses["x$name"]} != 1 ]]; then
            found+=("${row#*$'\t'}/$name")
        else
            found+=("$name")
            [[ $1 == */* && -z ${server[0]} ]] && found+=("${row#*$'\t'}/$name")
        fi
    done
}

# Sets `found` to what can be typed for a value of this `kind` that begins with $1.
_litectl_find() {
    local servers
    found=()
    case $kind in
        words | list) found=("${known[@]}") ;;
        models) _litectl_query models list --offline --mode all --columns name --format tsv ;;
        embedding_models) _litectl_query models list --offline --mode embedding --columns name --format tsv ;;
        skills) _litectl_query skills list --offline --all --columns name --format tsv ;;
        profiles)
            target=()
            _litectl_query profiles list --columns name --format tsv
            ;;
        tools)
            _litectl_query mcp tools --offline --columns name,server --format tsv "${server[@]}"
            _litectl_paths "$1" alone
            ;;
        servers) _litectl_query mcp tools --offline --columns server --format tsv ;;
        tools_and_servers)
            _litectl_query mcp tools --offline --columns name,server --format tsv
            servers=("${found[@]#*$'\t'}")
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
    if [[ $value == [\"\']* ]]; then
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
