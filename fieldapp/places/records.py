"""Why evidence that names a place waits for a person: a place that its chapter cannot see (docs/protocol.md 3.1)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.records import registry
from fieldapp.records.registry import Arrival

# Built once: asked with every request whose evidence names a place.
_PATHS = (
    select(Place.id, Chapter.path)
    .join(Chapter, Chapter.id == Place.chapter_id)
    .where(Place.id.in_(bindparam("places", expanding=True)))
)
_CHAPTERS = select(Chapter.id, Chapter.path).where(Chapter.id.in_(bindparam("chapters", expanding=True)))


@registry.examiner
def examine(arrived: Sequence[Arrival], _: int) -> list[list[str]]:
    """A place belongs to a record when its chapter is the record's, one above, or a pod below. Two queries.

    Closed places are places: what was seen there before is evidence.
    """
    places = {record.place_id for record, _ in arrived if record.place_id}
    if not places:
        return [[] for _ in arrived]
    read = db.session.connection()
    paths = dict(read.execute(_PATHS, {"places": list(places)}).tuples().all())
    chapters = {record.chapter_id for record, _ in arrived} | {key.chapter_id for _, key in arrived}
    homes = dict(read.execute(_CHAPTERS, {"chapters": list(chapters)}).tuples().all())
    found = []
    for record, key in arrived:
        home = homes.get(record.chapter_id) or homes.get(key.chapter_id, "")
        fits = record.place_id is None or _related(paths.get(record.place_id, ""), home)
        found.append([] if fits else ["unknown_place"])
    return found


def _related(one: str, other: str) -> bool:
    return bool(one and other) and (one.startswith(other) or other.startswith(one))
