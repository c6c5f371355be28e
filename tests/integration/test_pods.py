"""A pod is set up by one person from a template: two fields, two clicks, and a link for whoever leads it."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.models import Chapter, Invite
from fieldapp.core.db import write
from fieldapp.coverage.models import PodTemplate
from fieldapp.coverage.services import pod_templates
from fieldapp.places.models import Place
from fieldapp.places.services import nearby
from fieldapp.shifts.models import Need


@pytest.fixture
def parent(make):
    return make.chapter("North", hotline="555-0142")


@pytest.fixture
def page(make, parent, sign_in):
    return sign_in(make.person(parent, "coordinator"))


def fields(html: str) -> dict[str, list[str]]:
    """What a browser would send of the page's form: hidden and text fields, and what is ticked."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = said.get("type") not in {"checkbox", "radio"} or re.search(r"\schecked", tag)
        if "name" in said and ticked and said["name"] != "csrf_token":
            found.setdefault(said["name"], []).append(said.get("value", ""))
    return found


def test_two_fields_and_two_clicks_make_a_pod_with_places_needs_and_a_link(make, parent, page):
    course = make.course(parent, "Court watch basics")
    typed = {"name": "Newark pod", "near": "07102"}  # all that is typed
    first = fields(page.get("/pods/new").get_data(as_text=True))
    preview = page.post("/pods/preview", {**first, **typed, "parent": parent.id}).get_data(
        as_text=True
    )  # the first click
    assert not [c for c in make.all(Chapter) if c.name == "Newark pod"]
    assert course.name_en in preview
    assert "Newark Immigration Court" in preview
    made = page.post("/pods", fields(preview)).get_data(as_text=True)  # the second
    pod = next(c for c in make.all(Chapter) if c.name == "Newark pod")
    assert (pod.parent_id, pod.hotline, pod.zone) == (parent.id, "555-0142", parent.zone)
    places = [place for place in make.all(Place) if place.chapter_id == pod.id]
    assert "Newark Immigration Court" in {place.name for place in places}
    assert all(place.source_id for place in places)
    (court,) = [place for place in places if place.name == "Newark Immigration Court"]
    windows = [(n.weekday, n.start_minute, n.minimum) for n in make.all(Need) if n.place_id == court.id]
    assert len(windows) == 10
    assert (0, 8 * 60, 2) in windows
    (invite,) = make.all(Invite)
    assert (invite.chapter_id, invite.roles) == (pod.id, ["coordinator"])
    assert "/enrol#" in made
    assert "What comes next" in made


def test_what_is_unticked_or_edited_in_the_preview_is_not_made(make, parent, page):
    start = {"name": "Newark pod", "near": "Newark, NJ", "parent": parent.id}
    sent = fields(page.post("/pods/preview", start).get_data(as_text=True))
    keep = sent["place"][0]
    sent = {**sent, "place": [keep], "w-0-day": ["2"], "w-0-start": ["9:00"]}
    for n in (1, 2, 3):
        sent.pop(f"w-{n}-day")
    page.post("/pods", sent)
    pod = next(c for c in make.all(Chapter) if c.name == "Newark pod")
    assert len([p for p in make.all(Place) if p.chapter_id == pod.id]) == 1
    assert {(n.weekday, n.start_minute) for n in make.all(Need)} <= {(2, 9 * 60)}


def test_a_place_of_the_chapter_above_is_shared_and_keeps_the_needs_it_has(make, parent, page, clock):
    ours = make.place(parent, "Our court", at=(40.735, -74.17), city="Newark")
    make.keep(Need(place_id=ours.id, weekday=5, start_minute=600, end_minute=700, created_at=clock.now()))
    sent = fields(
        page.post("/pods/preview", {"name": "Pod", "near": "Newark", "parent": parent.id}).get_data(as_text=True)
    )
    assert f"place:{ours.id}" in sent["place"]
    page.post("/pods", sent)
    assert [n.weekday for n in make.all(Need) if n.place_id == ours.id] == [5]
    assert len([p for p in make.all(Place) if p.name == "Our court"]) == 1


def test_it_is_taken_away_again_while_nothing_is_in_it(make, parent, page, sign_in):
    sent = fields(
        page.post("/pods/preview", {"name": "Pod", "near": "Newark", "parent": parent.id}).get_data(as_text=True)
    )
    page.post("/pods", sent)
    pod = next(c for c in make.all(Chapter) if c.name == "Pod")
    assert "Take it away" in page.get(f"/pods/{pod.id}").get_data(as_text=True)
    member = make.person(pod)
    assert page.post(f"/pods/{pod.id}/remove").status_code == 409
    with write() as session:
        session.delete(session.merge(member))
    assert page.post(f"/pods/{pod.id}/remove").status_code == 302
    assert [c.name for c in make.all(Chapter)] == ["North"]
    assert not make.all(Place)
    assert not make.all(Need)
    assert not make.all(Invite)


def test_a_shift_in_it_keeps_it(make, parent, page):
    pod = make.chapter("Pod", parent)
    place = make.place(pod)
    make.shift(place)
    assert page.post(f"/pods/{pod.id}/remove").status_code == 409


def test_nothing_is_left_of_a_pod_that_could_not_be_made_whole(make, parent, page, sign_in):
    start = {"name": "Pod", "near": "Newark", "parent": parent.id}
    sent = fields(page.post("/pods/preview", start).get_data(as_text=True))
    wrong = page.post("/pods", {**sent, "w-0-minimum": ["1"]})
    assert wrong.status_code == 422
    assert "Two people or more" in wrong.get_data(as_text=True)
    tired = sign_in(make.person(parent, "coordinator"), stepped_up=False)
    assert tired.post("/pods", sent).status_code == 403
    assert [c.name for c in make.all(Chapter)] == ["North"]
    assert not make.all(Place)


def test_a_pod_is_kept_as_a_template_for_the_next(make, parent, page, clock):
    pod = make.chapter("Pod", parent)
    place = make.place(pod, kind="ice_office")
    for day in (0, 2):
        make.keep(Need(place_id=place.id, weekday=day, start_minute=450, end_minute=600, created_at=clock.now()))
    assert page.post(f"/pods/{pod.id}/template", {"name": "Ours"}).status_code == 302
    (kept,) = make.all(PodTemplate)
    assert kept.body["needs"][0]["weekdays"] == [0, 2]
    assert "Ours" in page.get("/pods/new").get_data(as_text=True)
    sent = {"name": "Next", "near": "", "parent": parent.id, "template": kept.id}
    assert 'value="7:30"' in page.post("/pods/preview", sent).get_data(as_text=True)


def test_a_pod_without_needs_is_no_template(make, parent, page):
    pod = make.chapter("Pod", parent)
    assert page.post(f"/pods/{pod.id}/template", {"name": "Ours"}).status_code == 422


def test_a_city_that_nobody_knows_proposes_nothing_and_says_so(parent, page):
    shown = page.post("/pods/preview", {"name": "Pod", "near": "Atlantis", "parent": parent.id}).get_data(as_text=True)
    assert "No place is known there" in shown


def test_a_zip_code_stands_for_its_postal_region(app, parent):
    assert nearby.near(parent, "07103")[0].city == "Newark"
    assert nearby.near(parent, "Newark, NJ")[0].city == "Newark"


def test_every_template_of_this_software_can_be_read():
    for one in pod_templates.shipped():
        assert one.names["es"]
        assert all(window.minimum >= 2 and window.seats >= window.minimum for window in one.windows)
