# What developers and CI run. Needs Python 3.11 or later and make, nothing else; see README.md.
# The first that runs and is new enough: a version manager may put a python3.13 on the path that only says it is missing.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ONCE ?=
TESTS ?= tests
DOCS := tests/test_docs.py tests/test_architecture.py tests/alerts/test_alert_docs.py \
  tests/alerts/rules/test_rule_docs.py tests/wirewatch/cli/test_command_docs.py

.PHONY: setup check test run demo bench docs lock clean

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "wirewatch needs Python 3.11 or later. Install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { echo "could not make .venv; on Debian and Ubuntu install the package python3-venv"; rm -rf .venv; exit 1; }
	@echo "installing wirewatch into .venv"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@echo "compiling the matcher for this machine"
	@$(BIN)/python -c "from alerts.rules.native import warm_up; warm_up()"
	@touch $@

.venv/.dev: .venv/.ready requirements-dev.lock
	@echo "installing the tools for tests"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/.dev
	$(BIN)/pytest $(TESTS) -n 2 --dist loadgroup

run: setup
	$(BIN)/wirewatch run --config wirewatch.toml

demo: setup
	@$(BIN)/wirewatch demo $(if $(ONCE),--once)

bench: setup
	$(BIN)/python -m bench.log
	$(BIN)/python -m bench.pipeline
	$(BIN)/python -m bench.ingest
	$(BIN)/python -m bench.preview
	$(BIN)/python -m bench.matching --rules 100,1000,10000,100000

docs: .venv/.dev
	$(BIN)/pytest $(DOCS) -q

lock:
	uv pip compile --upgrade --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile --upgrade --extra build --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
