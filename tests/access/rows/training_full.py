"""Training: quizzes, conduct, the welcome call, shadowed shifts, revoking."""

from __future__ import annotations

from fieldapp.core.clock import DAY, HOUR
from fieldapp.shifts.models import Claim, Shift, SignOff
from fieldapp.training.models import Certificate, ConductVersion, QuizVersion
from tests.access.rows import Row
from tests.access.rows.training import POD_MAY_NOT, PODS, TEACH
from tests.access.world import World

QUIZ = {"course_id": "@quiz_course"}
SHADOWED = {"shift_id": "@shadowed"}
LEAD = {"here-certified"}
WRITE = {"coordinator", "admin"}
QUESTION = {
    "text": {"en": "May you film?", "es": "¿Puedes grabar?"},
    "choices": [{"en": "No", "es": "No"}, {"en": "Yes", "es": "Sí"}],
    "right": 0,
    "why": {"en": "The building says so.", "es": "Así lo dice el edificio."},
}


def things(world: World) -> dict[str, str]:
    """A course with a quiz, a draft of a code, a shift that was shadowed, a certificate to look at."""
    make, here, now = world.make, world.chapters["here"], world.clock.now()
    course = make.course(here, "Course with a quiz")
    make.keep(QuizVersion(course_id=course.id, number=1, questions=[QUESTION], created_at=now))
    text = {"text_en": "Calm.", "text_es": "Calma.", "created_at": now}
    draft = make.keep(ConductVersion(chapter_id=here.id, number=1, **text))
    code = make.keep(ConductVersion(chapter_id=world.chapters["parent"].id, number=1, published_at=now, **text))
    place = make.place(here, "Court of the shadows")
    lead, trainee = world.people["here-certified"], world.people["here-trainee"]
    shift = make.keep(
        Shift(
            chapter_id=here.id,
            place_id=place.id,
            starts_at=now - 5 * HOUR,
            ends_at=now - HOUR,
            lead_id=lead.id,
            taken=1,
        )
    )
    make.keep(Claim(shift_id=shift.id, person_id=trainee.id, state="confirmed", at=now - DAY, here_at=now - 5 * HOUR))
    make.keep(SignOff(shift_id=shift.id, person_id=trainee.id, result="signed", at=now))
    shown = make.keep(Certificate(person_id=trainee.id, course_id=course.id, confirmed_at=now, ends_at=now + HOUR))
    return {"quiz_course": course.id, "draft": draft.id, "code": code.id, "shadowed": shift.id, "shown": shown.id}


def another_draft(world: World) -> str:
    """One for each request, because dropping uses it up."""
    here, number = world.chapters["here"], 100 + world.make.number()
    text = {"text_en": "Calm.", "text_es": "Calma.", "created_at": world.clock.now()}
    return str(world.make.keep(ConductVersion(chapter_id=here.id, number=number, **text)).id)


ROWS = [
    Row("training.take_quiz", params=QUIZ, of="here", also=PODS),
    Row("training.answer_quiz", "POST", QUIZ, of="here", also=PODS, data={"number": "1", "q0": "0"}),
    Row("training.edit_quiz_page", params=QUIZ, may=TEACH, of="here", statuses=POD_MAY_NOT),
    Row("training.edit_quiz", "POST", QUIZ, may=TEACH, of="here", statuses=POD_MAY_NOT),
    Row("training.conduct_page"),
    Row("training.accept_conduct", "POST", data={"version_id": "@code"}),
    Row("training.conduct_desk", may=WRITE),
    Row("training.save_conduct", "POST", may=WRITE),
    Row("training.publish_conduct", "POST", {"version_id": "@draft"}, may=WRITE, of="here", data={"written_at": "1"}),
    Row("training.drop_conduct", "POST", {"version_id": another_draft}, may=WRITE, of="here"),
    Row("training.welcome", "POST", {"person_id": "@here-trainee"}, may=TEACH, of="here", data={"what": "called"}),
    Row("training.revoke_page", params={"certificate_id": "@shown"}, may=TEACH, of="here", statuses=POD_MAY_NOT),
    Row("shifts.shadows", params=SHADOWED, may={"coordinator"}, of="here", also=LEAD),
    Row(
        "shifts.sign_off",
        "POST",
        SHADOWED,
        may={"coordinator"},
        of="here",
        also=LEAD,
        data={"person_id": "@here-trainee", "result": "signed"},
    ),
]
