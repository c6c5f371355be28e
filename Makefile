# Fieldapp. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8080
PY := .venv/bin/python
JS_SOURCES := $(shell find static/js static/css templates fieldapp tools -not -path "*/node_modules/*" -type f \( -name '*.js' -o -name '*.mjs' -o -name '*.css' -o -name '*.html' -o -name '*.json' -o -name '*.svg' \) 2>/dev/null)

.PHONY: help run tour dev test test-long sim lint bench lighthouse shots build setup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.app build/.built ## set everything up and serve, with demo data when the database is empty (PORT=8080)
	@exec $(PY) -m fieldapp serve --port $(PORT) --demo

tour: .venv/.dev build/.built ## see the product without a passkey device: one signed-in window for each role, or pictures in build/tour
	@tools/system.sh test
	@exec $(PY) -m tools.tour

dev: .venv/.dev build/.built ## serve with reload
	@exec $(PY) -m fieldapp serve --port $(PORT) --demo --reload

test: setup ## every test that gates, on SpatiaLite and PostGIS, in a real browser too
	@tools/test.sh

test-long: setup ## storms and scale
	@$(PY) -m pytest -m long tests
	@node tests/sync/run.mjs --seeds 100000

sim: node_modules/.stamp ## the outbox under a seeded scheduler: make sim SEEDS=1000000
	@node tests/sync/run.mjs --seeds $(or $(SEEDS),100000)

lint: .venv/.dev build/.built ## ruff, mypy, import-linter, eslint, tsc, templates, Spanish
	@tools/lint.sh

bench: setup ## one JSON line for each figure, on both databases
	@$(PY) -m tests.bench

lighthouse: setup tools/lighthouse/node_modules/.stamp ## Lighthouse's four scores of the sign-in page and the field app
	@$(PY) -m tools.scores

shots: setup ## pictures of every page at both sizes, light and dark, in English and Spanish, in build/shots
	@$(PY) -m tools.shots

setup: .venv/.dev build/.built ## what the tests need, without running them
	@tools/system.sh test

build: build/.built ## what a real installation needs before its first command, and after each update

.venv/bin/python:
	@tools/system.sh run
	@test -e .venv || $(PYTHON) -m venv .venv

.venv/.app: .venv/bin/python requirements/app.lock
	@tools/system.sh run
	@echo "Installing Python packages ..."
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/app.lock 2>&1 | { grep -v -i warning || true; }
	@touch $@

.venv/.dev: .venv/.app requirements/dev.lock
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock 2>&1 | { grep -v -i warning || true; }
	@touch $@

node_modules/.stamp: package.json package-lock.json
	@echo "Installing browser packages ..."
	@test -L node_modules || npm ci --no-audit --no-fund --loglevel=error
	@touch $@

tools/lighthouse/node_modules/.stamp: tools/lighthouse/package.json tools/lighthouse/package-lock.json
	@echo "Installing Lighthouse ..."
	@cd tools/lighthouse && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build/.built: node_modules/.stamp .venv/.app $(JS_SOURCES) $(wildcard translations/es/*.po)
	@mkdir -p build
	@node tools/build.mjs
	@$(PY) tools/i18n.py
	@touch $@

clean: ## remove what was built, never data
	rm -rf build static/dist .pytest_cache .mypy_cache .ruff_cache
