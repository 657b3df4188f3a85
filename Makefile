# Run `make` for the list of targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# As many processes as there are processors; each starts its own proxies for the live tests.
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal
INSTALLED := $(VENV)/installed

.PHONY: help demo test lint types unit live generated bench clean

help:
	@echo "make demo       log in to a real proxy on this machine, list its models, ask one"
	@echo "make test       every check: lint, types, generated files, all tests"
	@echo "make lint       ruff and codespell"
	@echo "make types      mypy"
	@echo "make unit       the tests that need no real proxy"
	@echo "make live       the tests against a real LiteLLM proxy"
	@echo "make generated  write completions/, the reference and the man pages anew"
	@echo "make bench      start-up and streaming beside their floors"
	@echo "make clean      remove $(VENV) and caches"

demo: $(INSTALLED)
	@$(BIN)/litectl sandbox install
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/litectl sandbox run -- sh examples/demo.sh

test: lint types
	@echo "== generated files"
	@$(BIN)/python completions/generate.py --check
	@$(BIN)/python docs/write_reference.py --check
	@echo "== the sandbox, a real LiteLLM proxy for the live tests"
	@$(BIN)/litectl sandbox install
	@echo "== tests"
	@$(PYTEST)

lint: $(INSTALLED)
	@echo "== lint"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/codespell

types: $(INSTALLED)
	@echo "== types"
	@$(BIN)/mypy

unit: $(INSTALLED)
	@$(PYTEST) -m "not live and not db"

live: $(INSTALLED)
	@$(BIN)/litectl sandbox install
	@$(PYTEST) -m live

generated: $(INSTALLED)
	@$(BIN)/python completions/generate.py
	@$(BIN)/python docs/write_reference.py

bench: $(INSTALLED)
	@$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist

$(INSTALLED): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is missing; install Python 3.11 or newer, or say PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is older than 3.11; say PYTHON=python3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "error: $(PYTHON) has no venv; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "== making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' || { echo "error: pip could not install; check the network and the package index" >&2; exit 1; }
	@echo "== installing litectl and its checks into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group test --group lint || { echo "error: pip could not install; check the network and the package index" >&2; exit 1; }
	@touch $@
