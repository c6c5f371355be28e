"""Whether media on the disk and rows in the database say the same (``fieldapp doctor``). Nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.core.files import Store
from fieldapp.observations.models import MediaUpload

STUCK = 7 * DAY
BATCH = 1_000


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: a code, and a digest (b64u) or media id. ``urgent``: evidence may be lost."""

    what: str
    which: str
    urgent: bool

    @property
    def line(self) -> str:
        """As a command prints it (English)."""
        return f"{WORDS[self.what]}: {self.which}"


WORDS = {
    "no_file": "A receipt was given and the file is gone; bring it back from the media copy",
    "wrong_size": "A file is not as long as it was",
    "wrong_digest": "A file is not what its name says; bring it back from the media copy",
    "no_row": "A file that no row speaks of; a process ended between the two, or the database is older than the files",
    "no_incoming": "An upload under way lost what had arrived; its phone begins it again",
    "left_over": "An incoming file that no upload speaks of",
    "stuck": "An upload that has not moved for a week",
}


def findings(store: Store, now: int, *, verify: bool = False) -> Iterator[Finding]:
    """What differs at ``now`` (ms UTC); ``verify`` reads every kept file and compares its digest. Constant memory but for the names."""
    kept = set(store.kept())
    known: set[str] = set()
    for sha256, size in _complete():
        if sha256 in known:
            continue
        known.add(sha256)
        if sha256 not in kept:
            yield Finding("no_file", sha256, urgent=True)
        elif store.size(sha256) != size:
            yield Finding("wrong_size", sha256, urgent=True)
        elif verify and not store.verified(sha256):
            yield Finding("wrong_digest", sha256, urgent=True)
    for name in [*sorted(kept - known), *store.strange()]:
        yield Finding("no_row", name, urgent=False)
    yield from _under_way(store, now)


def _under_way(store: Store, now: int) -> Iterator[Finding]:
    under_way = db.session.execute(
        select(MediaUpload.id, MediaUpload.arrived, MediaUpload.touched_at).where(MediaUpload.received_at.is_(None))
    ).all()
    for media, arrived, touched_at in under_way:
        if store.arrived(media) < arrived:
            yield Finding("no_incoming", media, urgent=False)
        if touched_at < now - STUCK:
            yield Finding("stuck", media, urgent=False)
    ours = {media for media, _, _ in under_way}
    for name in store.incoming():
        if name not in ours:
            yield Finding("left_over", name, urgent=False)


def _complete() -> Iterator[tuple[str, int]]:
    """Digest and size of every complete upload, a page at a time."""
    after = ""
    while True:
        query = select(MediaUpload.id, MediaUpload.sha256, MediaUpload.arrived).where(
            MediaUpload.received_at.is_not(None), MediaUpload.id > after
        )
        page = db.session.execute(query.order_by(MediaUpload.id).limit(BATCH)).all()
        for _, sha256, size in page:
            yield str(sha256), size
        if len(page) < BATCH:
            return
        after = page[-1][0]
