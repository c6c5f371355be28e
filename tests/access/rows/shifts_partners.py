"""Partner organisations: kept by coordinators; their people have one page of their own, and nothing else."""

from __future__ import annotations

from fieldapp.accounts.models import Partner, PartnerPerson
from fieldapp.core.clock import DAY, HOUR
from fieldapp.shifts.models import PartnerAsk
from tests.access.rows import Row
from tests.access.world import World

PLAN = {"coordinator"}
NONE: frozenset[str] = frozenset()
NOT_THEIRS = {f"{where}-partner": 404 for where in ("parent", "pod", "another")}


def things(world: World) -> dict[str, str]:
    """An organisation of this chapter."""
    return {"partner": world.make.partner(world.chapters["here"]).id}


def new_ask(world: World, state: str = "asked") -> str:
    """An ask of this chapter's organisation that waits."""
    now = world.clock.now()
    (partner,) = [one for one in world.make.all(Partner) if one.id == partner_of(world)]
    made = PartnerAsk(
        partner_id=partner.id,
        chapter_id=partner.chapter_id,
        what="observe",
        state=state,
        place_id=world.things["rota_place"],
        starts_at=now + DAY,
        ends_at=now + DAY + HOUR,
        zone="America/New_York",
        people=2,
        created_at=now,
        over_at=now + DAY + HOUR,
    )
    return str(world.make.keep(made).id)


def partner_of(world: World) -> str:
    """The organisation that ``here-partner`` signs in for."""
    (row,) = [one for one in world.make.all(PartnerPerson) if one.person_id == world.people["here-partner"].id]
    return str(row.partner_id)


def asked_back(world: World) -> str:
    """One that the chapter asked something about."""
    return new_ask(world, "question")


def new_partner(world: World) -> str:
    """An organisation that may be ended."""
    return str(world.make.partner(world.chapters["here"]).id)


def new_login(world: World) -> str:
    """Somebody of an organisation who may be ended."""
    return str(world.make.partner_person(world.make.partner(world.chapters["here"])).id)


def _own(endpoint: str, ask: object) -> Row:
    return Row(endpoint, "POST", {"ask_id": ask}, may=NONE, also={"here-partner"}, statuses=NOT_THEIRS)


def _answer(endpoint: str) -> Row:
    return Row(endpoint, "POST", {"ask_id": new_ask}, may=PLAN, of="here")


ROWS = [
    Row("partners.home", may={"partner"}),
    Row("partners.ask", "POST", may={"partner"}),
    _own("partners.withdraw", new_ask),
    _own("partners.reply", asked_back),
    Row("partners.inbox", may=PLAN),
    Row("partners.one", params={"ask_id": new_ask}, may=PLAN, of="here"),
    _answer("partners.accept"),
    _answer("partners.decline"),
    _answer("partners.question"),
    Row("partners.keep", "POST", may=PLAN, of="here", data={"chapter": "@here", "days": "30"}),
    Row("accounts.partners_page", may=PLAN),
    Row("accounts.partner_create", "POST", may=PLAN, of="here", data={"chapter": "@here"}),
    Row("accounts.partner_invite", "POST", {"partner_id": "@partner"}, may=PLAN, of="here"),
    Row("accounts.partner_end", "POST", {"partner_id": new_partner}, may=PLAN, of="here"),
    Row("accounts.partner_person_end", "POST", {"person_id": new_login}, may=PLAN, of="here"),
]
