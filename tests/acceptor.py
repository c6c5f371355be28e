"""A process of its own that answers messages when the others do: python -m tests.acceptor GO_FILE PERSON:MESSAGE:SAY ...

It says "ready", waits until the file is there, and prints one outcome a line.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from fieldapp import create_app
from fieldapp.config import from_environment
from fieldapp.core.db import db
from fieldapp.shifts.services import answers
from fieldapp.shifts.services.rules import Refused


def main(go: Path, now: int, asked: list[str]) -> None:
    """Answer each in turn at ``now`` (ms UTC)."""
    app = create_app(from_environment())
    with app.app_context():
        db.session.execute(db.text("SELECT 1"))
        db.session.rollback()
        print("ready", flush=True)
        while not go.exists():
            time.sleep(0.01)
        for one in asked:
            person, message, say = one.split(":")
            try:
                answers.answer(person, message, say, now)
                print("outcome done", flush=True)
            except Refused as no:
                print(f"outcome {no.verdict.code}", flush=True)
        print("finished", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
