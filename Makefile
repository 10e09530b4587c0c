# Every target does all the set-up it needs; a half-finished one is completed by the next call.
# Where make does not exist: python tools/setup.py dev, then the commands below with the .venv's python.
.PHONY: help setup run test test-long validate audit bench lint docs lock clean
.DEFAULT_GOAL := help
PY := .venv/bin/python
# any Python 3 can run tools/setup.py, which then looks for one that is new enough
FIND := for p in python3 python3.11 python3.12 python3.13 python3.14 python "$$HOME"/.pyenv/versions/3.*/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 6))' >/dev/null 2>&1 && break; p=; done; \
	if [ -z "$$p" ]; then echo "set-up: Python 3.11 or newer is needed; found none on PATH and under pyenv"; exit 2; fi; "$$p"

help:
	@echo "make run        a thousand futures of May 2018, then the dashboard"
	@echo "make test       all tests but the long ones, on two Pythons when there are two"
	@echo "make setup test-long validate audit bench lint docs lock clean"

setup:
	@$(FIND) tools/setup.py dev

run:
	@$(FIND) tools/setup.py base
	@$(PY) -m regime_abm run baseline_2018
	@$(PY) tools/foreground.py $(PY) -m regime_abm dashboard

test: setup
	@$(PY) tools/tests.py short

test-long: setup
	@$(PY) tools/tests.py long

validate: setup
	@$(PY) -m regime_abm validate
	@$(PY) -m regime_abm validate --modules all
	@$(PY) -m tests.science.references

audit: setup
	@$(PY) -m tools.sign_audit

bench: setup
	@$(PY) -m benchmarks

lint: setup
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

docs: setup
	TUTORIALS=run NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict

lock:
	@$(FIND) tools/lock.py

clean:
	rm -rf .venv .venv-newer .venv.lock .venv-newer.lock build dist site .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .benchmarks .coverage .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
