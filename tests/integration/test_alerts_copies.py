"""Every message that goes to a chapter leaves a signed copy with its exact words, which those who may have been sent it can read."""

from __future__ import annotations

import json

import pytest

from fieldapp.alerts.services import answering, choices, copies, sending, stages
from fieldapp.core import p256
from fieldapp.core.clock import DAY
from fieldapp.core.protocol import DOMAIN_BROADCAST
from fieldapp.records import here, serverkeys
from tests.responders import YES, Courthouse

ADDRESS = "/api/v1/broadcasts"


@pytest.fixture
def scene(make, clock):
    return Courthouse(make, clock)


@pytest.fixture
def finch(scene):
    return scene.coordinator("Finch")


@pytest.fixture
def juniper(scene):
    return scene.coordinator("Juniper")


def confirmed(scene, finch):
    alert = scene.report()
    stages.confirm(scene.actor(finch), alert, YES, scene.clock.now())
    return alert


def broadcast(scene, finch, juniper):
    """An alert that the whole chapter was told of; the send."""
    alert, now = confirmed(scene, finch), scene.clock.now()
    send = sending.propose(scene.actor(finch, fresh=True), alert, "chapter", now)
    return sending.second(scene.actor(juniper, fresh=True), alert, send.id, True, now)


def read(page):
    return [json.loads(one["text"]) for one in page.get(ADDRESS).json["copies"]]


def test_a_member_reads_the_words_when_they_were_sent_and_by_which_two_roles(scene, finch, juniper, make, sign_in):
    send = broadcast(scene, finch, juniper)
    page = sign_in(make.person(scene.chapter))
    (one,) = page.get(ADDRESS).json["copies"]
    ring = serverkeys.ring(here.settings().data_dir)
    assert p256.verifies(ring.receipt.public_key(), one["sig"], DOMAIN_BROADCAST, one["text"])
    said = json.loads(one["text"])
    assert (said["id"], said["by"], said["sent_at"]) == (send.id, ["coordinator", "coordinator"], scene.clock.now())
    assert said["words"]["en"].startswith(f"ICE is here. Where: {scene.place.name}")
    assert said["words"]["es"].startswith("ICE está aquí. Dónde: ")
    assert said["words"]["en"].count("Last seen: Monday, November 23, 2026, ") == 1
    assert one["over_at"] is None


def test_the_copy_says_when_it_was_over_since(scene, finch, juniper, make, sign_in):
    send = broadcast(scene, finch, juniper)
    answering.over(scene.actor(finch), send.alert_id, scene.clock.now())
    (one,) = sign_in(make.person(scene.chapter)).get(ADDRESS).json["copies"]
    assert one["over_at"] == scene.clock.now()


def test_chapters_below_read_it_and_no_other_chapter_does(scene, finch, juniper, make, sign_in):
    broadcast(scene, finch, juniper)
    assert len(read(sign_in(make.person(make.chapter("Pod", scene.chapter))))) == 1
    assert read(sign_in(make.person(make.chapter("Elsewhere")))) == []
    assert read(sign_in(make.person(scene.parent))) == []
    assert len(read(sign_in(make.person(scene.parent, "coordinator")))) == 1


def test_a_smaller_ring_is_read_by_who_was_told_and_by_nobody_else(scene, finch, make, sign_in):
    alder = scene.observer("Alder")
    choices.choose(scene.actor(alder), {"near": True})
    sending.propose(scene.actor(finch), confirmed(scene, finch), "near", scene.clock.now())
    (said,) = read(sign_in(alder.person))
    assert (said["ring"], said["by"]) == ("near", ["coordinator"])
    assert read(sign_in(make.person(scene.chapter))) == []


def test_what_was_only_proposed_or_is_a_month_old_is_no_copy(scene, finch, juniper, make, sign_in):
    sending.propose(scene.actor(finch, fresh=True), confirmed(scene, finch), "chapter", scene.clock.now())
    member = make.person(scene.chapter)
    assert read(sign_in(member)) == []
    broadcast(scene, finch, juniper)
    assert len(read(sign_in(member))) == 1
    scene.clock.advance(copies.KEPT + DAY)
    assert read(sign_in(member)) == []


def test_a_message_about_a_street_says_the_kilometre_and_never_the_point(scene, finch, juniper, make, sign_in):
    now, point = scene.clock.now(), {"lat": 40_712_812, "lon": -74_006_034}
    alert = str(scene.reporter.raise_alert("being_taken", cell="4071,-7401", position=point).id)
    stages.confirm(scene.actor(finch), alert, YES, now)
    send = sending.propose(scene.actor(finch, fresh=True), alert, "chapter", now)
    sending.second(scene.actor(juniper, fresh=True), alert, send.id, True, now)
    (said,) = read(sign_in(make.person(scene.chapter)))
    assert "Where: within about 1 km of 40.71, -74.01." in said["words"]["en"]
    assert "812" not in said["words"]["es"]
