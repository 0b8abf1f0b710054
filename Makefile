# Everything that people and machines do here. `make help` lists it. Needs Python 3.11 or newer, git, make, and a package registry.

.DEFAULT_GOAL := help
.PHONY: help setup run test test-deep lint bench migration screenshots browser
SHELL := /bin/sh

# Another interpreter: make PYTHON=/usr/bin/python3.13 setup
PYTHON ?=
# How many tests run at once; 0 runs them in this process, as a debugger wants it.
WORKERS ?= 2
# Which tests: make test TESTS=tests/domain
TESTS ?= tests
LINES ?= 1000000
ARGS ?=
MESSAGE ?=

BIN := .venv/bin

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: .venv/installed static/vendor/installed.txt ## What all the others begin with: .venv, packages, browser assets

run: setup ## The desk: your data, else the demo merchant. HOST, PORT, DATABASE_URL and more: docs/configuration.md
	@exec $(BIN)/flask serve

test: setup browser ## The whole suite, on SQLite, PostgreSQL and in a browser (TESTS=…, WORKERS=…, ARGS=…)
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS) $(TESTS)

test-deep: setup browser ## The long ones too: more examples, more seeds, more dates (under an hour)
	@exec $(BIN)/python -m pytest --deep -n $(WORKERS) --dist worksteal $(ARGS) $(TESTS)

lint: setup ## Style, layout and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup ## How fast it is, against the floor (LINES=100000, ARGS=…)
	@exec $(BIN)/python -m bench --lines $(LINES) $(ARGS)

migration: setup ## Draft a migration of what the models say (MESSAGE='suppliers have holidays')
	@exec $(BIN)/python -m migrations.draft "$(MESSAGE)"

screenshots: setup browser ## The pictures of README and docs/pages.md, taken anew of the demo merchant
	@exec $(BIN)/python -m tests.screenshots

browser: .venv/installed
	@$(BIN)/python -m tests.chromium

.venv/bin/python:
	@set -e; found=''; \
	for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found=$$candidate; break; \
		fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo 'Backorder Desk needs Python 3.11 or newer with its venv module, and found none.' >&2; \
		echo 'Install one (Debian and Ubuntu: python3 and python3-venv), or say where it is: make PYTHON=/path/to/python3.11 …' >&2; \
		exit 1; \
	fi; \
	echo "Setting up .venv with $$("$$found" --version): a minute or two, once."; \
	rm -rf .venv; \
	"$$found" -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -e '.[dev]'
	@touch $@

static/vendor/installed.txt: package.json package-lock.json dashboard/web/assets.py | .venv/installed
	@$(BIN)/python -m dashboard.web.assets
	@touch $@
