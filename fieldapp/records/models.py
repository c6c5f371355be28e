"""The record as it was sent, its receipt, the log, custody, and the boxes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Epoch(Base):
    """One life of this database; a restore begins a new one, with a new log origin."""

    __tablename__ = "epochs"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    origin: Mapped[str] = mapped_column(String(200), unique=True)
    started_at: Mapped[int] = at()
    ended_at: Mapped[int | None] = maybe_at()
    backed_up_through: Mapped[int | None] = maybe_at()  # every received_at up to it is in a backup


class Record(Base):
    """Evidence, for ever as it was signed. ``body`` is the exact canonical text; the other columns are read from it."""

    __tablename__ = "records"
    pk: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(43))
    digest: Mapped[str] = mapped_column(String(43), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    chapter_id: Mapped[str] = mapped_column(ForeignKey("chapters.id"))
    form: Mapped[str | None] = mapped_column(String(60))
    shift_id: Mapped[str | None] = mapped_column(String(40))
    place_id: Mapped[str | None] = mapped_column(String(40))
    cell: Mapped[str | None] = mapped_column(String(20))
    day: Mapped[str] = mapped_column(String(10))
    part: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(12))
    retention: Mapped[str] = mapped_column(String(30))
    amends: Mapped[str | None] = mapped_column(String(43), index=True)  # digest of the amended record
    body: Mapped[str] = mapped_column(Text)
    sig: Mapped[str] = mapped_column(String(86))
    open: Mapped[str] = mapped_column(Text)  # canonical array of open disclosures
    received_at: Mapped[int] = at()
    receipt: Mapped[str] = mapped_column(Text)
    receipt_sig: Mapped[str] = mapped_column(String(86))
    reasons: Mapped[list[str]] = mapped_column(Json, default=list)  # why in quarantine; empty when not
    flags: Mapped[list[str]] = mapped_column(Json, default=list)
    in_quarantine: Mapped[bool] = mapped_column(default=False)
    leaf_index: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        UniqueConstraint("id", "key"),  # in this order: the door asks by id
        Index("ix_records_queue", "chapter_id", "in_quarantine", "day", "pk"),
        Index("ix_records_place", "place_id", "day"),
        Index("ix_records_unsequenced", "leaf_index", "pk"),
    )


class SealedFile(Base):
    """One age file of a record, for one box."""

    __tablename__ = "sealed_files"
    record_pk: Mapped[int] = mapped_column(ForeignKey("records.pk"), primary_key=True)
    box_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(43))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class RecordMedia(Base):
    """One item that a record's signed body names; it may have arrived before the record or come days later."""

    __tablename__ = "record_media"
    record_pk: Mapped[int] = mapped_column(ForeignKey("records.pk"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(43), primary_key=True, index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(101))


class Tombstone(Base):
    """What is left of an operation: its id, digest and receipt until ``void_after``; past that it is never applied."""

    __tablename__ = "tombstones"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    digest: Mapped[str] = mapped_column(String(43))
    receipt: Mapped[str] = mapped_column(Text)
    receipt_sig: Mapped[str] = mapped_column(String(86))
    void_after: Mapped[int] = mapped_column(BigInteger, index=True)


class Leaf(Base):
    """One leaf of the log, in the sequencer's order. A new epoch's tree begins with all leaves that the restored database has."""

    __tablename__ = "log_leaves"
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(40))  # in which it was appended
    hash: Mapped[str] = mapped_column(String(43), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # record, act, manifest


class Checkpoint(Base):
    """A signed tree head (C2SP checkpoint), verbatim. ``frontier`` is the compact range that the next append starts from."""

    __tablename__ = "checkpoints"
    epoch: Mapped[str] = mapped_column(String(40), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    root: Mapped[str] = mapped_column(String(44))
    text: Mapped[str] = mapped_column(Text)
    frontier: Mapped[list[str]] = mapped_column(Json)
    at: Mapped[int] = at()


class CustodyAct(Base):
    """An act of evidence custody; ``text`` is its canonical form and a leaf of the log."""

    __tablename__ = "custody_acts"
    pk: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_digest: Mapped[str] = mapped_column(String(43), index=True)
    act: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = at()
    leaf_index: Mapped[int | None] = mapped_column(BigInteger, index=True)


class Holder(Base):
    """A person's own age identity and manifest-signing key, wrapped on their machine; the server cannot unwrap it."""

    __tablename__ = "holders"
    id: Mapped[str] = key()
    person_id: Mapped[str | None] = maybe_ref("people.id")
    recipient: Mapped[str] = mapped_column(Text)
    sign_x: Mapped[str] = mapped_column(String(43))
    sign_y: Mapped[str] = mapped_column(String(43))
    wrapped: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # [{method: prf|passphrase, credential?, ...}]
    created_at: Mapped[int] = at()


class Box(Base):
    """A box: an age key pair with holders. Its private key exists on the server only sealed to each holder."""

    __tablename__ = "boxes"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    purpose: Mapped[str] = mapped_column(String(12))
    recipient: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = at()
    retired_at: Mapped[int | None] = maybe_at()


class BoxManifest(Base):
    """One version of a box's manifest, verbatim, signed by a holder; a leaf of the log."""

    __tablename__ = "box_manifests"
    box_id: Mapped[str] = mapped_column(ForeignKey("boxes.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    sig: Mapped[str] = mapped_column(String(86))
    at: Mapped[int] = at()
    leaf_index: Mapped[int | None] = mapped_column(BigInteger, index=True)


class BoxGrant(Base):
    """The box's private key, sealed to one holder (``recovery`` is the printed recovery key)."""

    __tablename__ = "box_grants"
    box_id: Mapped[str] = mapped_column(ForeignKey("boxes.id"), primary_key=True)
    holder_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[int] = at()


class BoxWitness(Base):
    """A holder of the box above stands for a box: their signature over its first manifest's text."""

    __tablename__ = "box_witnesses"
    box_id: Mapped[str] = mapped_column(ForeignKey("boxes.id"), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("holders.id"), primary_key=True)
    sig: Mapped[str] = mapped_column(String(86))
    at: Mapped[int] = at()
