"""The safe word and the duress word: chosen by a person, heard by a phone or a coordinator, kept by nobody.

Of a word only what a slow hash (scrypt) makes of it is kept, and its meaning under that: a copy of the database does not say which is
which without guessing the word first.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Words
from fieldapp.core.actor import Actor
from fieldapp.core.canonical import b64u, unb64u
from fieldapp.core.clock import HOUR
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, StepUpNeeded

SAFE, DURESS = "safe", "duress"
SHORTEST, LONGEST = 3, 30
TRIES = 10  # wrong ones an hour at a desk


class NotAWord(DomainError):
    """What was said is neither of the person's words."""

    def __init__(self) -> None:
        super().__init__("invalid", N_("That is not one of their words."), safe=N_("Nothing was changed."))


class TooOften(DomainError):
    """Too many wrong words."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "slow_down",
            N_("Too many wrong words for this person."),
            safe=N_("Nothing was changed."),
            do=N_("Wait an hour, or go and look."),
        )


class NoWords(DomainError):
    """The person chose none."""

    def __init__(self) -> None:
        super().__init__("no_words", N_("They have chosen no words."), safe=N_("Nothing was changed."))


def choose(actor: Actor, safe: str, duress: str, now: int) -> None:
    """Choose both, in place of those before; ``now``: ms UTC. Raises StepUpNeeded; Invalid where they are not two different short words."""
    words = plain(safe), plain(duress)
    wrong = {
        name: N_("A word of 3 to 30 letters.")
        for name, word in zip((SAFE, DURESS), words, strict=True)
        if not SHORTEST <= len(word) <= LONGEST
    }
    if not wrong and words[0] == words[1]:
        wrong = {DURESS: N_("The two words must differ.")}
    if wrong:
        raise Invalid(fields=wrong)
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    salt = secrets.token_bytes(16)
    slots = [_slot(_hash(word, salt), meaning) for word, meaning in zip(words, (SAFE, DURESS), strict=True)]
    slots.sort(key=lambda _: secrets.randbits(64))
    with write() as session:
        session.merge(Words(person_id=actor.person_id, salt=b64u(salt), slots=slots, tries=0, tried_at=0))


def forget(actor: Actor, now: int) -> None:
    """Keep none of them any more; ``now``: ms UTC. Raises StepUpNeeded: whoever holds an open phone must not take them away."""
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    with write() as session:
        found = session.get(Words, actor.person_id)
        if found is not None:
            session.delete(found)


def heard(session: Session, person_id: str, said: str) -> str:
    """What a word of this person means: ``safe`` or ``duress``; ``safe`` for anything where they chose none. Raises NotAWord."""
    found = session.get(Words, person_id)
    if found is None:
        return SAFE
    made = _hash(plain(said), unb64u(found.salt))
    meanings = [_meaning(made, slot) for slot in found.slots]  # both are looked at, whichever it is
    known = [one for one in meanings if one]
    if not known:
        raise NotAWord()
    return known[0]


def heard_at_desk(person_id: str, said: str, now: int) -> str:
    """``heard`` for a coordinator; tries are counted before the slow hash is made, which no transaction waits for, and one that was right
    is taken off again. ``now``: ms UTC. Raises NoWords, NotAWord, TooOften."""
    with write() as session:
        found = session.get(Words, person_id, populate_existing=True, with_for_update=True)
        if found is None:
            raise NoWords()
        if now - found.tried_at >= HOUR:
            found.tries, found.tried_at = 0, now
        if found.tries >= TRIES:
            raise TooOften()
        found.tries += 1
    meaning = heard(db.session(), person_id, said)
    right = (Words.person_id == person_id, Words.tries > 0)
    with write() as session:
        session.execute(update(Words).where(*right).values(tries=Words.tries - 1))
    return meaning


def plain(word: str) -> str:
    """A word as it is compared: without case, and without blanks around or doubled."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


def _hash(word: str, salt: bytes) -> bytes:
    return hashlib.scrypt(word.encode(), salt=salt, n=2**14, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32)


def _slot(made: bytes, meaning: str) -> dict[str, str]:
    nonce = secrets.token_bytes(16)
    mask = hmac.digest(made, b"meaning" + nonce, "sha256")
    text = meaning.encode().ljust(32)
    hidden = bytes(a ^ b for a, b in zip(text, mask, strict=True))
    return {"nonce": b64u(nonce), "check": b64u(hmac.digest(made, b"check" + nonce, "sha256")), "meaning": b64u(hidden)}


def _meaning(made: bytes, slot: dict[str, str]) -> str:
    nonce = unb64u(slot["nonce"])
    mask = hmac.digest(made, b"meaning" + nonce, "sha256")
    text = bytes(a ^ b for a, b in zip(unb64u(slot["meaning"]), mask, strict=True))
    right = hmac.compare_digest(hmac.digest(made, b"check" + nonce, "sha256"), unb64u(slot["check"]))
    return text.decode().strip() if right else ""
