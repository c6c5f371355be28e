"""Who knows a kind: domains register theirs here, and what they check. ``records`` itself knows no domain (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.accounts.services.devices import KeyView
from fieldapp.core.protocol import EVIDENCE_KINDS


@dataclass(frozen=True)
class ParsedRecord:
    """A record whose envelope was checked. ``opened`` maps each disclosed path to its value; times are ms UTC."""

    body: dict[str, Any]
    text: str
    digest: str
    sig: str
    open_text: str  # canonical array of the open disclosures
    opened: dict[str, Any]
    sealed: dict[str, bytes] = field(default_factory=dict)  # box id to age file
    known: dict[str, Any] = field(default_factory=dict)  # what its kind found out before the transaction (Kind.ahead)

    @property
    def id(self) -> str:
        """The id that the phone minted; unique per key."""
        return str(self.body["id"])

    @property
    def kind(self) -> str:
        """``observation``, ``claim`` and so on."""
        return str(self.body["kind"])

    @property
    def chapter_id(self) -> str:
        """The chapter that the body names; evidence that names a wrong one is kept in its key's own."""
        return str(self.body["chapter"])

    @property
    def key(self) -> str:
        """Thumbprint of the signing key."""
        return str(self.body["key"])

    @property
    def shift_id(self) -> str | None:
        """The shift that the body names."""
        return self.body.get("shift")

    @property
    def place_id(self) -> str | None:
        """The place that the body names."""
        return self.body.get("place")

    @property
    def cell(self) -> str | None:
        """The coarse cell that stands for a place."""
        return self.body.get("cell")

    @property
    def void_after(self) -> int | None:
        """Past it an operation is never applied; None for evidence."""
        return self.body.get("void_after")

    @property
    def amends(self) -> str | None:
        """Digest of the amended record."""
        amended = self.body.get("amends")
        return str(amended["digest"]) if amended else None


class NotApplied(Exception):
    """An operation that cannot be applied: the phone gets a signed receipt with this code (docs/protocol.md 3.1)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Apply = Callable[[ParsedRecord, KeyView, int], None]
Check = Callable[[ParsedRecord, KeyView, int], list[str]]
Foresee = Callable[[ParsedRecord, KeyView, int], str | None]
Ahead = Callable[[ParsedRecord, KeyView, int], None]
Arrival = tuple[ParsedRecord, KeyView]
CheckMany = Callable[[Sequence[Arrival], int], Sequence[list[str]]]
Prepare = Callable[[Session, Sequence[Arrival]], None]
TakeMedia = Callable[[dict[str, Any], int, Iterator[bytes], int], str]


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    ``apply`` runs inside the write transaction, in a savepoint of its own; an operation that cannot be applied raises NotApplied.
    ``check`` (one record) or ``check_many`` (a batch, in few queries; answers in the same order) run before the transaction
    opens and give the reasons why a piece of evidence goes into quarantine.
    ``foresee`` is asked about an operation that comes alone, before the transaction opens: the code that it is not applied for at this
    moment, or None where only the transaction can tell. ``ahead`` does what is slow on purpose before the transaction opens, for
    nobody may wait for it, and leaves in the record's ``known`` what ``apply`` needs of it. ``prepare`` gets all operations of a
    request whose kinds share it, in the write transaction and before the first is applied: it locks what they need, in one order.
    ``urgent``: a small request that holds one, signed by a registered key, is taken however much else its address sent.
    ``per_minute``: how many new ones of a key are taken in a minute; more of them are asked to come later.
    """

    name: str
    evidence: bool
    apply: Apply | None = None
    check: Check | None = None
    check_many: CheckMany | None = None
    foresee: Foresee | None = None
    prepare: Prepare | None = None
    ahead: Ahead | None = None
    urgent: bool = False
    per_minute: int | None = None


_kinds: dict[str, Kind] = {name: Kind(name, evidence=True) for name in EVIDENCE_KINDS}
_examiners: list[CheckMany] = []
_take_media: TakeMedia | None = None


def register(kind: Kind) -> None:
    """Make a kind known, in place of what was registered under its name before."""
    _kinds[kind.name] = kind


def examiner(check: CheckMany) -> CheckMany:
    """Register reasons for quarantine that hold for evidence of every kind (an unknown shift or place). Usable as a decorator."""
    if check not in _examiners:
        _examiners.append(check)
    return check


def media_taker(take: TakeMedia) -> None:
    """Register who takes the sealed media of a rescue file: told its line, its size and its bytes, at a time in ms UTC, it answers what
    became of it (``stored``, ``duplicate``, ``conflict``, ``later…``, ``refused/…``). It reads as many of the bytes as it likes."""
    global _take_media  # noqa: PLW0603 - one for the process, as the kinds are
    _take_media = take


def take_media() -> TakeMedia | None:
    """What was registered with ``media_taker``."""
    return _take_media


def find(name: str) -> Kind | None:
    """The kind of that name, or None."""
    return _kinds.get(name)


def examiners() -> tuple[CheckMany, ...]:
    """What was registered with ``examiner``."""
    return tuple(_examiners)
