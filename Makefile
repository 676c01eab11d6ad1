PYTHON ?= python3
.PHONY: run test lint format bench clean

run:
	@$(PYTHON) deploy/bootstrap.py
	@.venv/bin/python -m app.cli.run

test: lint
	@.venv/bin/python deploy/browser.py
	@.venv/bin/python -m pytest -n auto --dist loadgroup

lint:
	@$(PYTHON) deploy/bootstrap.py --dev
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache

format:
	@$(PYTHON) deploy/bootstrap.py --dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench:
	@$(PYTHON) deploy/bootstrap.py --dev
	@.venv/bin/python -m bench

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
