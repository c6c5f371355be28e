#!/usr/bin/env bash
# Everything that gates. First what needs no server: the phone's JavaScript, and the simulator on both cores. Then Python on both databases, with
# the browsers: alone, because they are the ones that a busy machine can make late. One that fails there is run once more and named (-rR).
set -eu
node --test tests/js/*.test.mjs
node tests/sync/run.mjs --seeds 2500 &
half=$!
node tests/sync/run.mjs --from 2500 --seeds 2500
wait $half
node tests/sync/planted.mjs
node tests/sync/media-planted.mjs
.venv/bin/python -m pytest -n 2 --dist loadfile -rR -m "not long" tests
