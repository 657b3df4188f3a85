#!/bin/sh
# The main job in front of you: log in, list the models, ask one, use it in a pipe, call a tool.
# Run by `make demo` as `litectl sandbox run -- sh examples/demo.sh`, which names the proxy and its key in
# LITECTL_BASE_URL and LITECTL_API_KEY. It keeps its files apart from yours.
set -eu

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
# A shell may not come by there when a signal ends it.
trap 'exit 130' INT
trap 'exit 143' TERM
export XDG_CONFIG_HOME="$files/config" XDG_CACHE_HOME="$files/cache" XDG_STATE_HOME="$files/state"
url=$LITECTL_BASE_URL
printf '%s\n' "$LITECTL_API_KEY" >"$files/key"
# Nothing of your own environment has a say in what follows.
unset LITECTL_BASE_URL LITECTL_API_KEY LITECTL_PROFILE LITECTL_MODEL LITELLM_OFFLINE LITELLM_DISCOVERY_TIMEOUT_MS

show() {
    printf '\n$ %s\n' "$1"
    sh -c "$1"
}

printf '\nA real LiteLLM proxy is running on this machine. Its key is in a file called key.\n'
cd "$files"
show "litectl login --base-url $url --api-key-file key"
show "litectl whoami"
show "litectl models list"
show "litectl ask -m mock-hello -p 'Say hello' --usage"
show "litectl profiles set model=mock-long"
show "litectl ask -p 'Write a long answer' | head -n 3"
show "echo 'some text' | litectl ask -m mock-hello -p 'Summarise this' --json"
show "litectl mcp call add a=2 b=3"

printf '\nA failure has an exit code that a script can act on:\n'
printf '\n$ litectl ask -m mock-rate-limited -p Hi\n'
litectl ask -m mock-rate-limited -p Hi || printf 'exit code %s\n' "$?"

cat <<'EOF'

That was it; the proxy stops now, and nothing is left running. What to type next:

  .venv/bin/litectl sandbox run -- sh                    a shell with a proxy to try things on
  .venv/bin/litectl login                                log in to your own proxy
  .venv/bin/litectl models list
  .venv/bin/litectl ask -m MODEL -p "Name three rivers"

docs/tutorial.md goes on from here, in ten minutes from the sandbox to CI.
EOF
