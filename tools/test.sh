#!/usr/bin/env bash
# Everything that gates. The phone's JavaScript first (seconds), then Python on both databases, then the simulator and the browser.
set -eu
node --test tests/js/*.test.mjs
node tests/sync/run.mjs --seeds 5000 &
sim=$!
.venv/bin/python -m pytest -n 2 --dist loadfile -m "not long" tests
wait $sim
node tests/sync/planted.mjs
