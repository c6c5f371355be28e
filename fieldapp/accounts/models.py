"""People, chapters, roles, invites, passkeys, sessions, devices and their signing keys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Chapter(Base):
    """A chapter or, below another, a pod. ``path``: the ids from the top, a slash after each; descendants share it."""

    __tablename__ = "chapters"
    id: Mapped[str] = key()
    parent_id: Mapped[str | None] = maybe_ref("chapters.id")
    path: Mapped[str] = mapped_column(String(400), index=True)
    name: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(60), default="America/New_York")
    hotline: Mapped[str] = mapped_column(String(40), default="")
    legal_line: Mapped[str] = mapped_column(String(40), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    version: Mapped[int] = mapped_column(default=1)  # counts every change that a phone's snapshot shows
    created_at: Mapped[int] = at()


class Person(Base):
    """A member, known by a field name only."""

    __tablename__ = "people"
    id: Mapped[str] = key()
    field_name: Mapped[str] = mapped_column(String(60))
    lang: Mapped[str] = mapped_column(String(5), default="en")
    user_handle: Mapped[str] = mapped_column(String(90), unique=True)  # b64u of 64 random bytes (WebAuthn 4)
    version: Mapped[int] = mapped_column(default=1)
    disabled_at: Mapped[int | None] = maybe_at()
    created_at: Mapped[int] = at()
    memberships: Mapped[list[Membership]] = relationship(back_populates="person", cascade="all, delete-orphan")
    passkeys: Mapped[list[Passkey]] = relationship(cascade="all, delete-orphan")


class Membership(Base):
    """One role of a person in one chapter; it acts in all pods below too."""

    __tablename__ = "memberships"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    chapter_id: Mapped[str] = mapped_column(ForeignKey("chapters.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[int] = at()
    person: Mapped[Person] = relationship(back_populates="memberships")
    chapter: Mapped[Chapter] = relationship()
    __table_args__ = (
        CheckConstraint("role IN ('volunteer','trainer','coordinator','legal','admin')", name="role_known"),
    )


class Invite(Base):
    """A single-use, expiring link: to join, or (``person_id`` set) to enrol anew. Only the token's hash is kept."""

    __tablename__ = "invites"
    id: Mapped[str] = key()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    chapter_id: Mapped[str] = ref("chapters.id")
    roles: Mapped[list[str]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(String(80), default="")
    person_id: Mapped[str | None] = maybe_ref("people.id")
    partner_id: Mapped[str | None] = mapped_column(String(43))  # the partner organisation that it lets somebody into
    created_by: Mapped[str | None] = maybe_ref("people.id")
    created_at: Mapped[int] = at()
    not_before: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[int] = at()
    used_at: Mapped[int | None] = maybe_at()
    used_by: Mapped[str | None] = maybe_ref("people.id")
    revoked_at: Mapped[int | None] = maybe_at()


class Recovery(Base):
    """A request to enrol a person anew: two coordinators, or one and 24 hours (DESIGN 5)."""

    __tablename__ = "recoveries"
    id: Mapped[str] = key()
    person_id: Mapped[str] = ref("people.id")
    chapter_id: Mapped[str] = ref("chapters.id")
    asked_by: Mapped[str] = ref("people.id")
    asked_at: Mapped[int] = at()
    seconded_by: Mapped[str | None] = maybe_ref("people.id")
    ready_at: Mapped[int | None] = maybe_at()
    invite_id: Mapped[str | None] = maybe_ref("invites.id")
    ended_at: Mapped[int | None] = maybe_at()


class Passkey(Base):
    """A WebAuthn credential."""

    __tablename__ = "passkeys"
    id: Mapped[str] = key()
    person_id: Mapped[str] = ref("people.id")
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)  # b64u; at most 1,023 bytes
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(60))
    transports: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[int] = at()
    last_used_at: Mapped[int | None] = maybe_at()


class Ceremony(Base):
    """A WebAuthn challenge under way; used once, within five minutes."""

    __tablename__ = "ceremonies"
    id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(String(20))
    challenge: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[str | None] = maybe_ref("people.id")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class LoginSession(Base):
    """A session. The cookie holds a token, the row its hash; no address, no browser string beyond a family name."""

    __tablename__ = "login_sessions"
    id: Mapped[str] = key()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = ref("people.id")
    chapter_id: Mapped[str] = ref("chapters.id")
    device_id: Mapped[str | None] = maybe_ref("devices.id")
    label: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[int] = at()
    last_seen_at: Mapped[int] = at()
    expires_at: Mapped[int] = at()
    step_up_until: Mapped[int] = mapped_column(BigInteger, default=0)
    ended_at: Mapped[int | None] = maybe_at()


class Device(Base):
    """An installed app on one phone, or a desk browser."""

    __tablename__ = "devices"
    id: Mapped[str] = key()
    person_id: Mapped[str] = ref("people.id")
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[int] = at()
    revoked_at: Mapped[int | None] = maybe_at()


class DeviceKey(Base):
    """A device's signing key: P-256, one in use at a time. ``person_id`` is dropped 30 days after the shift (LEGAL)."""

    __tablename__ = "device_keys"
    thumbprint: Mapped[str] = mapped_column(String(43), primary_key=True)  # RFC 7638
    device_id: Mapped[str | None] = maybe_ref("devices.id")  # dropped with the person: a device is somebody's
    person_id: Mapped[str | None] = maybe_ref("people.id")
    chapter_id: Mapped[str] = ref("chapters.id")
    x: Mapped[str] = mapped_column(String(43))
    y: Mapped[str] = mapped_column(String(43))
    witness: Mapped[bytes | None] = mapped_column(LargeBinary)  # who holds it, sealed to legal
    registered_at: Mapped[int] = at()
    used_at: Mapped[int | None] = maybe_at()  # when a record came with it first; until then the key waits
    revoked_at: Mapped[int | None] = maybe_at()
    __table_args__ = (UniqueConstraint("x", "y"), Index("ix_device_keys_device", "device_id", "revoked_at"))


class Words(Base):
    """A person's safe word and duress word. Neither is here, nor which is which: ``slots`` holds for each a check and a meaning, in
    random order, both under what scrypt makes of the word itself and ``salt``. ``tries``: wrong ones at a desk since ``tried_at``."""

    __tablename__ = "words"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(24))
    slots: Mapped[list[Any]] = mapped_column(Json, default=list)
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[int] = mapped_column(BigInteger, default=0)


class Partner(Base):
    """An organisation that asks a chapter for people. ``ended_at``: nobody of it signs in any more."""

    __tablename__ = "partners"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[int] = at()
    ended_at: Mapped[int | None] = maybe_at()
    __table_args__ = (CheckConstraint("kind IN ('immigrant_led','legal','other')", name="kind_known"),)


class PartnerPerson(Base):
    """Somebody who signs in for a partner. They hold no role in a chapter: nothing of a chapter is theirs to read."""

    __tablename__ = "partner_people"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    partner_id: Mapped[str] = ref("partners.id")
    since: Mapped[int] = at()
    ended_at: Mapped[int | None] = maybe_at()
