"""A chapter's parameters of the response: read by coordinators and admins, changed by coordinators."""

from __future__ import annotations

from tests.access.rows import Row

CHAPTER = {"chapter_id": "@here"}
READ = {"coordinator", "admin"}
ROWS = [
    Row("alerts.rules_first", may=READ),
    Row("alerts.rules", params=CHAPTER, may=READ, of="here"),
    Row("alerts.change_rules", "POST", CHAPTER, may={"coordinator"}, of="here"),
    Row("alerts.preview_rules", "POST", CHAPTER, may=READ, of="here"),
    Row("alerts.usual_rules", "POST", CHAPTER, may={"coordinator"}, of="here"),
]
