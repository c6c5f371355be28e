"""Training: sessions are open to the chapter's people and its pods; trainers and coordinators teach, certify, revoke, grade."""

from __future__ import annotations

from fieldapp.core.clock import HOUR
from fieldapp.training.models import Certificate, TrainingSession
from tests.access.rows import SIGNED_IN, Row
from tests.access.world import World

TEACH = {"coordinator", "trainer"}
PODS = {f"pod-{kind}" for kind in SIGNED_IN}
POD_MAY_NOT = dict.fromkeys(PODS, 403)  # what stands above a pod is seen from there
POD_TEACHES = POD_MAY_NOT | {f"pod-{kind}": 200 for kind in TEACH}
SESSION = {"session_id": "@sitting"}
COURSE = {"course_id": "@own_course"}


def things(world: World) -> dict[str, str]:
    """A course of the chapter, a session of it, and a certificate."""
    make, here, now = world.make, world.chapters["here"], world.clock.now()
    course = make.course(here, "Course of the matrix")
    sitting = make.keep(
        TrainingSession(
            course_id=course.id,
            chapter_id=here.id,
            starts_at=now - HOUR,
            ends_at=now + HOUR,
            zone="America/New_York",
            code="seedofmatrix",
        )
    )
    given = make.keep(
        Certificate(
            person_id=world.people["here-trainee"].id, course_id=course.id, confirmed_at=now, ends_at=now + HOUR
        )
    )
    return {"own_course": course.id, "sitting": sitting.id, "given": given.id}


def _teach(endpoint: str, method: str = "GET", **params: str) -> Row:
    return Row(endpoint, method, params or SESSION, may=TEACH, of="here", statuses=POD_MAY_NOT)


ROWS = [
    Row("training.index"),
    Row("training.mine"),
    Row("training.here"),
    Row("training.arrive", "POST"),
    Row("training.new_course", may=TEACH),
    Row("training.create_course", "POST", may=TEACH),
    _teach("training.course", **COURSE),
    _teach("training.edit_course", "POST", **COURSE),
    Row("training.new_session", params=COURSE, may=TEACH, of="here", statuses=POD_TEACHES),
    Row("training.create_session", "POST", COURSE, may=TEACH, of="here", statuses=POD_TEACHES),
    _teach("training.retire_course", "POST", course_id="@own_course"),
    _teach("training.session"),
    _teach("training.code"),
    _teach("training.picture"),
    _teach("training.edit_session_page"),
    _teach("training.edit_session", "POST"),
    _teach("training.set_check_in", "POST"),
    Row(
        "training.add",
        "POST",
        SESSION,
        may=TEACH,
        of="here",
        statuses=POD_MAY_NOT,
        data={"person_id": "@here-certified"},
    ),
    Row(
        "training.mark",
        "POST",
        SESSION,
        may=TEACH,
        of="here",
        statuses=POD_MAY_NOT,
        data={"person_id": "@here-certified", "state": "here"},
    ),
    _teach("training.certify", "POST"),
    Row("training.sign_up", "POST", SESSION, of="here", also=PODS),
    Row("training.leave", "POST", SESSION, of="here", also=PODS),
    _teach("training.cancel_session", "POST"),
    Row("training.everyone", may=TEACH),
    Row("training.person", params={"person_id": "@here-trainee"}, may=TEACH, of="here"),
    Row("training.grade", "POST", {"person_id": "@here-trainee"}, may=TEACH, of="here", data={"grade": "shadow"}),
    Row(
        "training.revoke",
        "POST",
        {"certificate_id": "@given"},
        may=TEACH,
        of="here",
        statuses=POD_MAY_NOT,
        data={"person_id": "@here-trainee"},
    ),
]
