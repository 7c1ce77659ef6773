# The commands of the project. Bare `make` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
BIN := $(VENV)/bin
FAST := tests/domain tests/contracts --ignore-glob=*test_agenda*.py
BENCHMARKS := events relay alerts emails latency load calls directory feeds pages agenda
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup
export PYTHONWARNINGS := default
export PYTHONDONTWRITEBYTECODE :=  # tests start many processes: each would compile the whole code again

help: ## show this list
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

demo: $(VENV)/.demo ## play the newsletter of May 2016 (ARGS=--exit exits after the last line)
	$(BIN)/ccp demo $(ARGS)

test: $(VENV)/.dev ## run every test that can run here, on up to four workers (ARGS="-n0 -k word": without workers)
	$(PYTEST) $(ARGS)

check: $(VENV)/.dev ## check format, spelling, types, imports and generated files; run the fast tests (about a minute)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/typos --format brief
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-cache | tail -n 3
	$(BIN)/ccp generate --check
	$(PYTEST) -q $(FAST)

fix: $(VENV)/.dev ## format, sort imports, write generated files
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .
	$(BIN)/ccp generate

chaos: $(VENV)/.dev ## kill processes at random, then check that nothing was lost (ARGS="--seeds 10 --seconds 90"; --compose: in containers)
	$(BIN)/python -m tests.chaos $(ARGS)

bench: $(VENV)/.bench ## compare with other tools; write benchmarks/README.md (ARGS=agenda: only this benchmark)
	for name in $(or $(ARGS),$(BENCHMARKS)); do $(BIN)/python -m benchmarks.$$name; done

pictures: $(VENV)/.dev ## play the demo and take the pictures of the README
	$(BIN)/python -m tests.browser.pictures

up: ## run the platform in containers, on http://127.0.0.1:8080 (its passwords: .env)
	sh deploy/secrets.sh
	docker compose up --build --wait

down: ## stop the containers; keep their data
	docker compose down

lock: ## pin every dependency with its hashes
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra demo -o requirements/demo.lock
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra dev -o requirements/dev.lock -c requirements/demo.lock
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra bench -o requirements/bench.lock -c requirements/demo.lock
	for s in profiles calls matchmaking notifications; do \
	  $(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra $$s -o requirements/$$s.lock -c requirements/demo.lock; done

.PHONY: help demo test check fix chaos bench pictures up down lock
