"""What a person is asked about shifts: theirs alone. An answer to another's is refused in words, like one that came too late."""

from __future__ import annotations

from tests.access.rows import Row

ROWS = [
    Row("shifts.answer", "POST", {"message_id": "nothere"}, data={"say": "ok"}),
]
