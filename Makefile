# What contributors run. PYTHON is the interpreter of an environment with '.[dev]' in it.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)

.PHONY: check attack bench screenshots

check: ## What has to hold: format, lint, types, tests; .ci/run does the same in an environment of its own.
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest

attack: ## Hostile files, kills, payloads, links, random histories; ARGS="histories --size 5000 --seed 1".
	$(PYTHON) -m tests.attack $(ARGS)

bench: ## Print the figures.
	$(PYTHON) -m tests.bench

screenshots: ## Draw screenshots/ anew.
	$(PYTHON) -m tests.screenshots
