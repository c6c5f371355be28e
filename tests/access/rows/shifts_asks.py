"""What a person is asked about shifts: theirs alone. An answer to another's is refused in words, like one that came too late.

Coordinators see what is at risk and ask; whoever belongs to a shift's chapter stands in its line and offers a place of their own.
"""

from __future__ import annotations

from tests.access.rows import Row

PLAN = {"coordinator"}
SHIFT = {"shift_id": "@rota"}
FREE = {"shift_id": "@rota_free"}

ROWS = [
    Row("shifts.answer", "POST", {"message_id": "nothere"}, data={"say": "ok"}),
    Row("shifts.risks", may=PLAN),
    Row("shifts.ask", "POST", SHIFT, may=PLAN, of="here"),
    Row("shifts.ask_back", "POST", SHIFT, may=PLAN, of="here"),
    Row("shifts.cap", "POST", data={"chapter_id": "@here", "cap": "3"}, may=PLAN, of="here"),
    Row("shifts.wait", "POST", FREE, of="here"),
    Row("shifts.unwait", "POST", FREE, of="here"),
    Row("shifts.offer", "POST", FREE, of="here"),
    Row("shifts.keep", "POST", FREE, of="here"),
    Row("shifts.preferences_page"),
    Row("shifts.save_preferences", "POST"),
]
