# Termpost: what a stranger runs. Needs Python 3.11 or newer with venv, and make; nothing else.
# The system's Python, where it is new enough and has venv, as distributions build theirs with profile-guided optimisation: one that was
# compiled without takes a fifth more processor for each letter. Else the first on the path.
SYSTEM = /usr/bin/python3
PYTHON ?= $(shell $(SYSTEM) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(SYSTEM) || echo python3)
BIN = .venv/bin
PYTEST_ARGS ?=
# Tests that need the same slow server run on one worker, so that it is started once.
PYTEST = $(BIN)/python -m pytest -n auto --dist loadgroup

.PHONY: setup run test lint docs bench bench-full storm storm-full clean

setup: .venv/ready

.venv/ready: requirements.txt pyproject.toml
	@echo "== Setting up .venv (pinned, hashed dependencies; about a minute the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Termpost needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --quiet --quiet --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --quiet --no-deps --no-build-isolation -e .
	@touch $@
	@echo "== .venv is ready"

run: setup
	@exec $(BIN)/termpost run

test: setup
	@echo "== Running the tests in parallel on what this machine has; what is left out is listed at the end"
	@$(PYTEST) $(PYTEST_ARGS)

lint: setup
	@echo "== Lint"
	@$(BIN)/ruff check .
	@echo "== Types"
	@$(BIN)/mypy
	@echo "== Import contracts"
	@$(BIN)/lint-imports

bench: setup
	@echo "== Every figure in one table; about ten minutes on an idle machine"
	@$(BIN)/python -m tests.bench

bench-full: setup
	@echo "== Every figure, to 1,000,000 people; some hours"
	@$(BIN)/python -m tests.bench --full

storm: setup
	@echo "== 200 kills -9 in the middle of mailings; about half an hour"
	@$(BIN)/python -m tests.storm --kills 200

storm-full: setup
	@echo "== 1000 kills -9 in the middle of mailings, held and resent; some hours"
	@$(BIN)/python -m tests.storm --kills 500 --policy hold
	@$(BIN)/python -m tests.storm --kills 500 --policy resend

docs: setup
	@$(BIN)/python -m tests.house.write_docs

clean:
	rm -rf .venv var
