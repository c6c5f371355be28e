"""Overdue care and how to reach a person: a chapter's times by its coordinators, one's own words by oneself."""

from __future__ import annotations

from tests.access.rows import Row

CHAPTER = {"chapter_id": "@here"}
SHIFT = {"shift_id": "@rota"}
ON_IT = {"here-certified"}
ROWS = [
    Row("shifts.care_first", may={"coordinator"}),
    Row("shifts.care_page", params=CHAPTER, may={"coordinator"}, of="here"),
    Row("shifts.care_change", "POST", CHAPTER, may={"coordinator"}, of="here"),
    Row("shifts.reach_page", params=SHIFT, may=set(), denied=404, also=ON_IT),
    Row("shifts.reach", "POST", SHIFT, may=set(), denied=404, also=ON_IT, data={"words": "The blue car"}),
    Row("calendar.reach_api", params=SHIFT, may=set(), denied=404, also=ON_IT),
    Row("calendar.reach_api_put", "PUT", SHIFT, may=set(), denied=404, also=ON_IT, json={"words": "", "buddy": ""}),
    Row("alerts.quiet_page"),
    Row("alerts.quiet", "POST"),
    Row("alerts.quiet_api"),
    Row("alerts.quiet_api_put", "PUT", json={"start": "21:00", "end": "8:00"}),
]
