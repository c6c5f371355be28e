"""Run every ``tests/bench/bench_*.py``: each has ``figures(bench) -> Iterator[dict]``, asked once for each kind of database."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from tests.bench.harness import DATABASES, Bench


def main(words: list[str]) -> None:
    """Print the figures of the modules whose name holds one of ``words`` (all when there are none)."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    if words and not any(word in name for name in names for word in words):
        sys.exit(
            f"python -m tests.bench [WORD ...]: part of a name of {', '.join(name[6:] for name in names)}; without, all of them."
        )
    for name in names:
        if words and not any(word in name for word in words):
            continue
        for database in DATABASES:
            with Bench(database) as bench:
                for figure in import_module(f"tests.bench.{name}").figures(bench):
                    print(json.dumps({"database": database, **figure}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
