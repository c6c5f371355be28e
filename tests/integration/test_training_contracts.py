"""Who holds what on a date, and who is experienced: what shifts and records ask training."""

from __future__ import annotations

from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Person
from fieldapp.core.clock import DAY
from fieldapp.training.services import certificates, grades


def test_a_certificate_holds_until_its_end_and_not_after(make, clock):
    chapter = make.chapter()
    fern, course = make.person(chapter), make.course(chapter)
    make.certificate(fern, course, ends_in=10 * DAY)
    assert certificates.holds(fern.id, course.id, clock.now() + 10 * DAY - 1)
    assert not certificates.holds(fern.id, course.id, clock.now() + 10 * DAY)


def test_many_people_are_asked_at_once(make, clock):
    chapter = make.chapter()
    fern, wren, tern = (make.person(chapter) for _ in range(3))
    course, other = make.course(chapter), make.course(chapter, "ICE watch")
    make.certificate(fern, course)
    make.certificate(fern, other)
    make.certificate(wren, course, revoked_at=clock.now(), revoke_reason="left early")
    held = certificates.valid_courses([fern.id, wren.id, tern.id], clock.now())
    assert held == {fern.id: {course.id, other.id}}


def test_a_watcher_of_the_chapter_above_is_experienced_in_its_pod_but_not_the_other_way(make, clock):
    chapter = make.chapter()
    pod = make.chapter(parent=chapter)
    trainer = actor_for(make.person(chapter, "trainer"))
    above, below = make.person(chapter), make.person(pod)
    grades.set_grade(trainer, above.id, chapter.id, "watcher", clock.now())
    grades.set_grade(trainer, below.id, pod.id, "lead", clock.now())
    both = [above.id, below.id]
    assert grades.experienced(both, pod.id) == {above.id, below.id}
    assert grades.experienced(both, chapter.id) == {above.id}


def test_a_grade_is_seen_on_the_persons_phone(make, clock):
    chapter = make.chapter()
    fern = make.person(chapter)
    grades.set_grade(actor_for(make.person(chapter, "trainer")), fern.id, chapter.id, "shadow", clock.now())
    [row] = [p for p in make.all(Person) if p.id == fern.id]
    assert row.version == 2
