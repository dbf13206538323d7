# Everything in one command each, on a fresh Debian machine with Python 3.11. `make up` starts Genka.

PYTHON ?= python3.11
VENV := .venv
RUN := $(VENV)/bin/python
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup up test check bench soak calibrate

help:
	@echo "make up      start Genka with demo data (PORT=8000, DEMO_PASSWORD, GENKA_VAR: its folder, var/)"
	@echo "make test    all tests, a real browser included"
	@echo "make check   format, lint, types, contracts, templates, migrations, then make test"
	@echo "make bench   how fast the engine and the pages are, as ratios"
	@echo "make calibrate MEASUREMENTS=file.csv   refit the serving model (minutes), to be committed"
	@echo "make soak    the tests that kill real processes"
	@echo "make setup   only the Python environment in $(VENV)"

setup: $(VENV)/.app

up: $(VENV)/.app
	@exec $(RUN) manage.py up

test: $(VENV)/.dev
	@.ci/browser
	@$(RUN) -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

check: $(VENV)/.dev
	@.ci/check
	@$(MAKE) --no-print-directory test

bench: $(VENV)/.dev
	@$(RUN) -m pytest tests/bench -q -s -p no:cacheprovider

calibrate: $(VENV)/.dev
	@test -n "$(MEASUREMENTS)" || { echo "Say which file: make calibrate MEASUREMENTS=file.csv" >&2; exit 2; }
	@$(RUN) manage.py calibrate "$(MEASUREMENTS)"

soak: $(VENV)/.dev
	@$(RUN) -m pytest tests/faults -q -n 0 -m faults

# Stamps: a lock that has not changed installs nothing. The dev lock holds all of the app lock.
$(VENV)/.made:
	@PYTHON=$(PYTHON) .ci/venv $(VENV)
	@touch $@

$(VENV)/.app: requirements/app.txt | $(VENV)/.made
	@cmp -s requirements/dev.txt $(VENV)/.dev || $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/app.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.made
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@cp requirements/dev.txt $@
	@touch $(VENV)/.app
