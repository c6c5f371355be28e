#!/usr/bin/env bash
# Every check that needs no database. Runs all of them, then says which failed.
set -u
failed=()
step() { echo "== $1"; "${@:2}" || failed+=("$1"); }
step "ruff" .venv/bin/ruff check .
step "ruff format" .venv/bin/ruff format --check .
step "mypy" .venv/bin/mypy
step "import-linter" .venv/bin/lint-imports --no-cache
step "templates" .venv/bin/python tools/lint_templates.py
step "Spanish, pages" .venv/bin/python tools/i18n.py --check
step "Spanish, phone" node tools/i18n.mjs
step "eslint" node_modules/.bin/eslint .
step "tsc" node_modules/.bin/tsc -p tsconfig.json
if [ "${#failed[@]}" -gt 0 ]; then echo "lint failed: ${failed[*]}"; exit 1; fi
echo "lint: all clean"
