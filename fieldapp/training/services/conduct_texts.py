"""Writing the code of conduct: drafts, and another person who publishes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from fieldapp.accounts.models import Membership, Person
from fieldapp.accounts.services import chapters
from fieldapp.core import jobs
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.training import policy
from fieldapp.training.models import ConductVersion
from fieldapp.training.services import conduct

LONGEST = 20_000
EXAMPLE = {
    "en": """We watch, we write, we stay calm. Whoever goes to a shift keeps to this.

- I observe. I do not interfere, block, touch or argue.
- I follow the rules of the place: phones, bags, where to stand.
- I write what officials do, in words that a judge may read. I never write the name or status of a person targeted.
- I never film faces of people targeted, and never post from a shift.
- I go with at least one other person, and I say when I am out.
- What I see and who is with me stays in the chapter.
- I treat everyone with respect: people in court, staff, officers, each other.
- I tell my lead or a coordinator when something goes wrong, also when it was me.

Whoever does not keep to this is talked to, and may be asked to stop.""",
    "es": """Observamos, anotamos, mantenemos la calma. Quien va a un turno respeta esto.

- Observo. No interfiero, no bloqueo, no toco ni discuto.
- Sigo las reglas del lugar: teléfonos, bolsas, dónde pararse.
- Anoto lo que hacen las autoridades, con palabras que pueda leer un juez. Nunca anoto el nombre ni el estatus de una persona afectada.
- Nunca grabo el rostro de personas afectadas ni publico nada desde un turno.
- Voy con al menos otra persona y aviso cuando ya salí.
- Lo que veo y quién va conmigo queda en el capítulo.
- Trato a todas las personas con respeto: en la corte, al personal, a agentes, entre nosotros.
- Aviso a quien lidera o coordina cuando algo sale mal, también si fui yo.

Con quien no lo respeta se habla, y se le puede pedir que pare.""",
}


def versions(actor: Actor, chapter_id: str) -> list[ConductVersion]:
    """A chapter's texts, newest first, for those who write them. Raises NotFound, Forbidden."""
    _expect(actor, chapter_id)
    query = select(ConductVersion).where(ConductVersion.chapter_id == chapter_id)
    return list(db.session.scalars(query.order_by(ConductVersion.number.desc()).limit(50)))


def _expect(actor: Actor, chapter_id: str) -> None:
    if chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_write_conduct(actor, chapter_id))


def save(actor: Actor, chapter_id: str, values: Mapping[str, str], now: int) -> ConductVersion:
    """Save a draft: the one that waits is written anew. Raises NotFound, Forbidden, Invalid."""
    _expect(actor, chapter_id)
    texts = {lang: _text(values.get(f"text_{lang}", "")) for lang in ("en", "es")}
    wrong = {
        f"text_{lang}": N_("Write it in both languages, in at most 20,000 characters.")
        for lang, text in texts.items()
        if not 1 <= len(text) <= LONGEST
    }
    if wrong:
        raise Invalid(fields=wrong)
    note = " ".join(values.get("note", "").replace("\x00", "").split())[:200]
    with write() as session:
        lock(session, [f"conduct of {chapter_id}"])
        last = select(ConductVersion).where(ConductVersion.chapter_id == chapter_id)
        newest = session.scalars(last.order_by(ConductVersion.number.desc()).limit(1)).first()
        if newest is None or newest.published_at is not None:
            newest = ConductVersion(chapter_id=chapter_id, number=newest.number + 1 if newest else 1)
            session.add(newest)
        newest.text_en, newest.text_es, newest.note = texts["en"], texts["es"], note
        newest.author_id, newest.created_at = actor.person_id, now
    return newest


def _text(said: str) -> str:
    lines = said.replace("\x00", "").replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def publish(actor: Actor, version_id: str, now: int, *, written_at: int) -> ConductVersion:
    """Let it hold. Another person than its author, or its author after a day where nobody else could (``alone``).

    ``written_at`` is when the text that was read was saved. Raises NotFound, Forbidden, DomainError.
    """
    draft = find(actor, version_id)
    if not policy.can_publish_conduct(actor, draft, now, alone=alone(actor, draft.chapter_id)):
        raise DomainError(
            "another_person",
            N_("Another person than its author publishes a code of conduct."),
            safe=N_("The draft is kept; nothing was published."),
            do=N_("Ask another coordinator or admin. Where there is no other, you may a day after you wrote it."),
        )
    with write() as session:
        lock(session, [f"conduct of {draft.chapter_id}"])
        live = session.get(ConductVersion, version_id, populate_existing=True)
        if live is None or live.published_at is not None or live.created_at != written_at:
            raise _changed()
        live.published_at, live.published_by = now, actor.person_id
        session.flush()
        chapters.touch(session, live.chapter_id)
        conduct.touch_members(session, live.chapter_id)
        jobs.enqueue(session, conduct.ENDS, {"version": live.id}, run_at=now + conduct.GRACE)
    return live


def _changed() -> DomainError:
    return DomainError(
        "not_waiting",
        N_("This draft does not wait any more: it was published, dropped, or written anew."),
        safe=N_("Nothing was changed."),
        do=N_("Open the page anew and look at what waits now."),
    )


def drop(actor: Actor, version_id: str) -> str:
    """Let a draft go; returns its chapter. Raises NotFound, Forbidden, DomainError("not_waiting")."""
    home = find(actor, version_id).chapter_id
    with write() as session:
        lock(session, [f"conduct of {home}"])
        live = session.get(ConductVersion, version_id, populate_existing=True)
        if live is None or live.published_at is not None:
            raise _changed()
        session.delete(live)
    return home


def find(actor: Actor, version_id: str) -> ConductVersion:
    """A version of a chapter whose text the actor writes. Raises NotFound, Forbidden."""
    found = db.session.get(ConductVersion, version_id)
    if found is None or found.chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_write_conduct(actor, found.chapter_id))
    return found


def alone(actor: Actor, chapter_id: str) -> bool:
    """Whether nobody else of the chapter itself could publish."""
    others = (
        select(func.count())
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.chapter_id == chapter_id, Membership.role.in_(policy.CONDUCT))
        .where(Membership.person_id != actor.person_id, Person.disabled_at.is_(None))
    )
    return not db.session.scalar(others)


def names(versions: Iterable[ConductVersion]) -> dict[str, str]:
    """The field names of those who wrote and published them. One query."""
    ids = {who for one in versions for who in (one.author_id, one.published_by) if who}
    query = select(Person.id, Person.field_name).where(Person.id.in_(ids))
    return dict(db.session.execute(query).tuples().all()) if ids else {}
