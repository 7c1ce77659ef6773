# What one does with the project. Bare `make` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
BIN := $(VENV)/bin
FAST := tests/domain tests/contracts
BENCHMARKS := events relay alerts emails latency load calls feeds agenda
export PYTHONWARNINGS := default

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.demo: requirements/demo.lock
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo

$(VENV)/.bench: requirements/bench.lock $(VENV)/.demo
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

demo: $(VENV)/.demo ## the newsletter of May 2016, told live (ARGS=--exit ends at once)
	$(BIN)/ccp demo $(ARGS)

test: $(VENV)/.dev ## every test that can run here, on two to four workers (ARGS="-n0 -k word" on none)
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup $(ARGS)

check: $(VENV)/.dev ## format, lint, spelling, types, imports, drift, fast tests: under a minute
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/typos --format brief
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-cache | tail -n 3
	$(BIN)/ccp generate --check
	$(BIN)/pytest -q $(FAST)

fix: $(VENV)/.dev ## format, sort imports, write what is generated
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .
	$(BIN)/ccp generate

chaos: $(VENV)/.dev ## kill everything for a while, then check every promise (ARGS="--seeds 10 --seconds 90", --compose in containers)
	$(BIN)/python -m tests.chaos $(ARGS)

bench: $(VENV)/.bench ## ours against peers in one run, figures and plots into benchmarks/README.md (ARGS=agenda for one)
	for name in $(or $(ARGS),$(BENCHMARKS)); do $(BIN)/python -m benchmarks.$$name; done

up: ## the platform in containers, on http://127.0.0.1:8080
	docker compose up --build --wait

down: ## stop the containers; their data stays
	docker compose down

lock: ## pin every dependency with its hashes
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra demo -o requirements/demo.lock
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra dev -o requirements/dev.lock -c requirements/demo.lock
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra bench -o requirements/bench.lock -c requirements/demo.lock
	for s in profiles calls matchmaking notifications; do \
	  $(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra $$s -o requirements/$$s.lock -c requirements/demo.lock; done

.PHONY: help demo test check fix chaos bench up down lock
