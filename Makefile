# What developers and CI run. Needs Python 3.11 or later and make, nothing else; see README.md.
# The first that runs and is new enough: a version manager may put a python3.13 on the path that only says it is missing.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Wheels only, and only those whose hashes are in the lock file: nothing is built, nothing unknown is installed.
INSTALL := $(PIP) install --only-binary :all: --require-hashes
# For bytecode of what is imported, and of nothing else of a large package: a tenth of the time and of the disk.
KEEP_BYTECODE := env -u PYTHONDONTWRITEBYTECODE
IMPORT := $(KEEP_BYTECODE) $(BIN)/python -c
ONCE ?=
UPGRADE ?=
TESTS ?= tests
FAST ?=
WORKERS ?= 3  # on two cores: tests that start processes wait half of their time
DOCS := tests/test_docs.py tests/test_architecture.py tests/alerts/test_alert_docs.py \
  tests/alerts/rules/test_rule_docs.py tests/wirewatch/cli/test_command_docs.py

# An extra of pyproject.toml, where there are wheels of it for this machine; any other failure is one.
part = $(INSTALL) $(2) --requirement requirements-$(1).lock 2>.venv/$(1).log || \
  { grep -q "No matching distribution" .venv/$(1).log && \
    echo "without wirewatch[$(1)]: no wheels for this machine; docs/operations.md says what is missing" ; } || \
  { cat .venv/$(1).log >&2; exit 1; }

.PHONY: setup setup-fast check test kernels run demo bench docs api-docs screenshots lock clean

setup: .venv/.ready

# The matcher as machine code, for many thousand rules.
setup-fast: .venv/.fast

.venv/.ready: requirements.lock requirements-kafka.lock requirements-regex.lock pyproject.toml
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "wirewatch needs Python 3.11 or later. Install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { echo "could not make .venv; on Debian and Ubuntu install the package python3-venv"; rm -rf .venv; exit 1; }
	@echo "installing wirewatch into .venv"
	@$(INSTALL) --no-compile --requirement requirements.lock
	@$(PIP) uninstall --yes setuptools 2>/dev/null  # Python 3.11 puts it there; nothing here needs it
	@$(call part,kafka)
	@$(call part,regex)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(IMPORT) "import wirewatch.cli.commands.run, ingest.preloaded"
	@echo "making the word lists of forms(...)"
	@$(BIN)/python -m wirewatch.word_lists
	@touch $@

.venv/.fast: .venv/.ready requirements-fast.lock
	@echo "installing what makes machine code of the matcher"
	@$(call part,fast,--no-compile)
	@echo "compiling the matcher for this machine"
	@$(IMPORT) "from alerts.rules.native import warm_up; warm_up()"
	@touch $@

.venv/.dev: .venv/.fast requirements-dev.lock
	@echo "installing the tools for tests"
	@$(INSTALL) --requirement requirements-dev.lock
	@touch $@

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# FAST=1 for the working day, in under two minutes: CONTRIBUTING.md says what it leaves out.
test: .venv/.dev
	$(KEEP_BYTECODE) $(if $(FAST),WIREWATCH_TEST_EFFORT=0.1) $(BIN)/pytest $(TESTS) -n $(strip $(WORKERS)) --dist loadgroup \
	  $(if $(FAST),-m "not (kafka or postgres or browser or oidc or e2e or slow)")

# The matcher's kernels as plain Python with every bound checked, against the reference evaluator, and how much of them that runs.
kernels: .venv/.dev
	$(KEEP_BYTECODE) WIREWATCH_MATCHER=plain WIREWATCH_TEST_EFFORT=0.1 $(BIN)/coverage run -m pytest -q -p no:xdist \
	  tests/alerts/rules/native tests/alerts/rules/test_ruleset.py tests/alerts/rules/test_lists.py
	$(BIN)/coverage report

run: setup
	$(BIN)/wirewatch run --config wirewatch.toml

demo: setup
	@$(BIN)/wirewatch demo $(if $(ONCE),--once)

# What each kind of channel shows, drawn from what it sends (docs/pictures). Needs chromium.
screenshots: .venv/.dev
	$(BIN)/python -m tests.pictures

bench: setup-fast
	$(BIN)/python -m bench.log
	$(BIN)/python -m bench.pipeline
	$(BIN)/python -m bench.ingest
	$(BIN)/python -m bench.preview
	$(BIN)/python -m bench.collector
	$(BIN)/python -m bench.matching --rules 100,1000,10000,100000

# The part of docs/api.md that is made from the table of operations.
api-docs: .venv/.dev
	$(BIN)/python -m tests.api_reference

docs: .venv/.dev
	$(BIN)/pytest $(DOCS) -q

LOCK = uv pip compile $(if $(UPGRADE),--upgrade) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock"

# Needs uv; UPGRADE=1 takes newer versions. What an extra adds is locked apart, in the versions of requirements.lock where both have a package.
lock:
	$(LOCK) --extra build --output-file requirements.lock pyproject.toml
	$(LOCK) --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	for part in kafka regex fast; do \
	  $(PYTHON) -c 'import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)["project"]["optional-dependencies"]["'$$part'"])' \
	    < pyproject.toml | $(LOCK) --constraint requirements.lock --output-file requirements-$$part.lock - || exit 1; \
	done

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
