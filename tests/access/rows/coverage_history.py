"""What was, in numbers: for those who see coverage."""

from __future__ import annotations

from tests.access.rows import Row

SEE = {"coordinator", "admin"}
ROWS = [
    Row("coverage.past", may=SEE),
]
