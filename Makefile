# What contributors run. PYTHON is the interpreter of an environment with '.[dev]' in it.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
PYTEST = $(PYTHON) -m pytest
ALL_CORES = -n auto --dist worksteal

.PHONY: help check lint test fast slow matrix attack laws bench bench-compare shots docs clients

help: ## Say what there is.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 15

check: lint test ## What has to hold, and what CI runs: format, lint, types, tests.

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

test:
	$(PYTEST) $(ALL_CORES)

fast: ## The tests to run while you work: no terminal, no whole app, no measuring.
	$(PYTEST) $(ALL_CORES) -m 'not (benchmark or pty or app or long)'

slow: matrix attack laws ## What takes too long for each change: versions, attacks, examples.

matrix: ## The tests on each Python that is installed, with the oldest and the newest packages.
	$(PYTHON) scripts/matrix.py $(ARGS)

attack: ## Hostile files, kills, payloads, links, random histories; ARGS="histories --size 5000 --seed 1".
	$(PYTHON) -m tests.attack $(ARGS)

laws: ## Try what holds for any input with ten times as many examples.
	$(PYTEST) $(ALL_CORES) -m hypothesis --examples 10

bench: ## Hold the tests to their limits of time, on a machine with nothing else to do; print the figures.
	$(PYTEST) -n 0 -m 'benchmark or timed' --timed
	$(PYTHON) -m scripts.bench.beside $(if $(JSON),--json $(JSON))
	$(PYTHON) -m scripts.bench

bench-compare: ## Measure beside the floors anew, and name what got slower since OLD=figures.json of "make bench JSON=…".
	$(PYTHON) -m scripts.bench.beside --compare $(OLD)

clients: ## Install the agents of others that tests run, pinned, in .clients/; npm for two of them.
	$(PYTHON) -m venv .clients
	.clients/bin/python -m pip install -q -r tests/attach/clients.txt
	-cd .clients && npm install --no-audit --no-fund --allow-scripts=@anthropic-ai/claude-code \
		@anthropic-ai/claude-code@2.1.197 @openai/codex@0.171.0

shots: ## Draw screenshots/ anew.
	$(PYTHON) -m scripts.screenshots

docs: ## Write anew what README.md and docs/ have from the code.
	$(PYTHON) -m scripts.docs
