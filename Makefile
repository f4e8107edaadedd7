# The commands of the README. Each one installs what it needs first; a second run skips that.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev

# Without cached bytecode every start takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-whole test-long test-fast lint format bench bench-scale lock vendor clean

help:  ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: export PORTAL_MODE := $(or $(PORTAL_MODE),demo)
run: $(RUNTIME)  ## Serve the portal with its demo zone on http://127.0.0.1:8000 (PORT, DATA_DIR, DATABASE_URL, REDIS_URL)
	@$(PYTHON) manage.py serve --demo

test: $(DEV)  ## Install what is missing, then run every test on SQLite, on PostgreSQL + Redis, and in Chromium
	@deploy/prepare test
	@$(PYTHON) tests/run_all.py $(ARGS)

test-whole: $(DEV)  ## As make test, with every odd value in every field, and branches counted (an hour and a half)
	@deploy/prepare test
	@$(PYTHON) tests/run_all.py --whole $(ARGS)

test-long: $(DEV)  ## Run the long tests: stopped databases, big trees, rushes (a few minutes)
	@deploy/prepare long
	@$(PYTHON) tests/run_all.py --long $(ARGS)

test-fast: $(DEV)  ## Run the tests that start no server and no browser, on SQLite (ARGS="-k word")
	@$(PYTHON) tests/run_all.py --fast $(ARGS)

lint: $(DEV)  ## Check format, rules, types, import contracts, templates, migrations and deployment settings
	@deploy/lint

format: $(DEV)  ## Put Python files into their one format
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix-only .

bench: $(DEV)  ## Measure sheets, pages, growth and the deadline rush (ARGS="pages sqlite")
	@$(PYTHON) benchmarks/run.py $(ARGS)

bench-scale: $(DEV)  ## Measure pages with 53,000 organisations and 1.3 million members on PostgreSQL
	@$(PYTHON) benchmarks/run.py scale

lock: $(DEV)  ## Rewrite requirements*.txt from pyproject.toml, with hashes (UPGRADE=1 takes newer releases)
	@deploy/lock

vendor:  ## Copy the front-end packages of package.json into static/vendor (needs Node)
	npm run vendor

clean:  ## Remove .venv and caches; the data in .data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(RUNTIME): requirements.txt deploy/prepare
	@deploy/prepare runtime
	@touch $@

$(DEV): requirements.txt requirements-dev.txt deploy/prepare
	@deploy/prepare dev
	@touch $(RUNTIME) $@
