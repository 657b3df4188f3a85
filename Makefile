# Run `make` for the list of targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# As many processes as there are processors; each starts its own proxies for the live tests.
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal
INSTALLED := $(VENV)/installed

.PHONY: help demo test lint types unit live generated bench bench-short wheel zipapp release-check clean

help:
	@echo "make demo           log in to a real proxy on this machine, list its models, ask one"
	@echo "make test           every check: lint, types, generated files, all tests"
	@echo "make lint           ruff and codespell"
	@echo "make types          mypy"
	@echo "make unit           the tests that need no real proxy"
	@echo "make live           the tests against a real LiteLLM proxy"
	@echo "make generated      write completions/, the reference, the man pages and the picture anew"
	@echo "make bench          time and memory beside the floors and other programs; some twenty minutes"
	@echo "make bench-short    the same in few pairs without the others; fails far over a bar"
	@echo "make wheel          build wheel and sdist into dist/"
	@echo "make zipapp         litectl and its packages as one file, dist/litectl.pyz"
	@echo "make release-check  all that has to be true before a release"
	@echo "make clean          remove $(VENV) and caches"

demo: $(INSTALLED)
	@$(BIN)/litectl sandbox install
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/litectl sandbox run -- sh examples/demo.sh

test: lint types
	@echo "== generated files"
	@$(BIN)/python completions/generate.py --check
	@$(BIN)/python docs/write_reference.py --check
	@echo "== the sandbox, a real LiteLLM proxy for the live tests"
	@$(BIN)/litectl sandbox install
	@echo "== the picture of the README"
	@$(BIN)/python docs/write_picture.py --check
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
	@$(BIN)/litectl sandbox install
	@$(BIN)/python docs/write_picture.py

bench: $(INSTALLED)
	@$(BIN)/python bench/run.py

bench-short: $(INSTALLED)
	@echo "== time and memory beside the floors"
	@$(BIN)/python bench/run.py --short

wheel: $(INSTALLED)
	@rm -rf dist
	@$(BIN)/python -m hatchling build --directory dist

zipapp: wheel
	@$(BIN)/python .ci/single_file.py dist/litectl-*.whl dist/litectl.pyz
	@echo dist/litectl.pyz

release-check: test zipapp
	@echo "== release"
	@$(BIN)/python .ci/release.py

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
