"""Benchmarks: figures, not thresholds. ``python -m tests.bench [WORD]`` prints one JSON line for each; WORD picks modules by name."""
