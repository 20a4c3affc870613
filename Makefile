# Only relative paths: the checkout may be in a folder with spaces. POSIX sh; needs python3 and make.
PYTHON = python3
PORT = 8000
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet install

.PHONY: help setup setup-dev demo demo-reset test check bench

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1	/p' Makefile | expand -t 14

setup: ## Set everything up in .venv and node_modules; only what changed is done again
	@if [ -e .venv/.created ] && { [ "$$(cat .venv/.created)" != "$$(pwd -P)" ] || \
	    ! .venv/bin/python -c '' 2>/dev/null; }; then \
	    echo "Le dossier ou Python a changé de place : .venv est refait."; rm -rf .venv; fi
	@$(MAKE) -s .venv/.installed
	@.venv/bin/python -m microcredit.web.assets

setup-dev: setup ## The same, with what tests and checks need
	@$(MAKE) -s .venv/.dev
	@.venv/bin/python -m microcredit.web.assets --dev

demo: setup ## Serve the demo tenants (PORT=8000); Ctrl-C stops everything
	@exec .venv/bin/microcredit demo --port $(PORT)

demo-reset: setup ## The same, from fresh data
	@exec .venv/bin/microcredit demo --reset --port $(PORT)

test: setup-dev ## Run every test, a file at a time on each of two cores
	@.venv/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: setup-dev ## Check format, style, types, imports, templates and migrations
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m ruff check
	.venv/bin/python -m mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint
	.venv/bin/python migrations/check.py

bench: setup-dev ## Measure ratios and print them
	@.venv/bin/python -m pytest tests/benchmark -m benchmark -s

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Il faut Python 3.11 ou plus récent (essayez : make setup PYTHON=python3.12)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "Python ne peut pas créer d'environnement : installez python3-venv." >&2; exit 1; }
	@echo "Installation de Python et de ses bibliothèques…"
	@$(PYTHON) -m venv .venv
	@pwd -P > $@

.venv/.locked: requirements.txt .venv/.created
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

.venv/.installed: pyproject.toml .venv/.locked
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.locked
	@echo "Installation des outils de test…"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
