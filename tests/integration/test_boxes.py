"""Boxes on the server: it keeps what counsel signed and sealed, checks every link of the chain, and can open nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from fieldapp.accounts.models import Membership
from fieldapp.core.canonical import loads, unb64u
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import write
from fieldapp.records.models import Box, BoxGrant, BoxManifest, BoxWitness
from fieldapp.records.services import boxes, sealed
from tests import age
from tests.counsel import BoxKit, Counsel

BOXES = "/api/v1/boxes"
OTHER = age.Identity(b"another box, always the same one").recipient


@pytest.fixture
def chapter(make):
    """A chapter."""
    return make.chapter("Here")


@pytest.fixture
def lee(make, sign_in, chapter):
    """Counsel with a holder of their own, and the browser they sit at."""
    return counsel(make, sign_in, chapter)


def counsel(make, sign_in, chapter) -> Counsel:
    made = Counsel(make.person(chapter, "legal"))
    made.page = sign_in(made.person)
    made.holder = made.page.post(f"{BOXES}/holder", json=made.new_holder()).get_json()["holder"]
    return made


def box_for(chapter, lee, clock) -> BoxKit:
    kit = BoxKit(chapter.id)
    answer = lee.page.post(BOXES, json=kit.first(lee, clock.now()))
    assert answer.status_code == 201, answer.text
    return kit


def test_counsel_makes_a_box_and_reads_with_it_what_a_phone_sealed(make, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    phone = make.phone(make.person(chapter))
    seen = phone.observation(sealed={kit.id: {"/notes": "The door was locked."}})
    assert phone.sync(seen)[0]["outcome"] == "stored"
    (mine,) = lee.page.get(f"{BOXES}/holder").get_json()["holders"]
    (grant,) = mine["grants"]
    key = lee.open_box(unb64u(grant["sealed"]))
    ((_, path, value),) = loads(key.open(unb64u(seen["sealed"][kit.id])).decode())
    assert (grant["box"], path, value) == (kit.id, "/notes", "The door was locked.")


def test_a_second_counsel_is_admitted_by_the_first_and_opens_the_same_box(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    kim = counsel(make, sign_in, chapter)
    answer = lee.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.admit(lee, kim))
    (mine,) = kim.page.get(f"{BOXES}/holder").get_json()["holders"]
    assert answer.status_code == 201
    assert kim.open_box(unb64u(mine["grants"][0]["sealed"])).secret == kit.identity.secret


def test_a_counsel_who_is_no_holder_cannot_admit_themselves(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    kim = counsel(make, sign_in, chapter)
    answer = kim.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.admit(kim, kim))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "bad_signature")
    assert len(make.all(BoxManifest)) == 1


def test_nobody_can_bring_what_another_holder_signed(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    kim = counsel(make, sign_in, chapter)
    answer = kim.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.admit(lee, kim))
    assert answer.get_json()["error"]["code"] == "bad_signature"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 3}, "broken_chain"),
        ({"previous": "A" * 43}, "broken_chain"),
        ({"box": "another"}, "other_box"),
        ({"purpose": "kitchen"}, "bad_shape"),
        ({"purpose": "dispatch"}, "other_box"),
        ({"recipient": OTHER}, "recipient_changed"),
        ({"extra": 1}, "bad_shape"),
        ({"holders": []}, "bad_shape"),
        ({"created_at": 0}, "bad_shape"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_manifest_that_does_not_chain_is_refused(make, sign_in, chapter, lee, clock, change, code):
    kit = box_for(chapter, lee, clock)
    answer = lee.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.next(lee, **change))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, code)


def test_a_holder_whom_the_server_does_not_know_is_not_admitted(chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    stranger = Counsel()
    stranger.holder = "stranger"
    answer = lee.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.admit(lee, stranger))
    assert answer.get_json()["error"]["code"] == "unknown_holder"


def test_counsel_of_another_chapter_is_not_admitted(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    far = counsel(make, sign_in, make.chapter("Far"))
    answer = lee.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.admit(lee, far))
    assert answer.get_json()["error"]["code"] == "unknown_holder"


def test_a_box_needs_a_grant_for_each_holder_the_recovery_key_too(make, chapter, lee, clock):
    kit = BoxKit(chapter.id)
    said = kit.first(lee, clock.now())
    for grants in (
        [],
        said["grants"][:1],
        [*said["grants"], said["grants"][0]],
        [{"holder": lee.holder, "sealed": "AAAA"}],
    ):
        answer = lee.page.post(BOXES, json={**said, "grants": grants})
        assert answer.get_json()["error"]["code"] == "bad_grants"
    assert not make.all(Box)


def test_a_second_box_is_made_only_as_the_named_successor_of_the_first(make, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    other = BoxKit(chapter.id)
    answer = lee.page.post(BOXES, json=other.first(lee, clock.now()))
    assert answer.get_json()["error"]["code"] == "not_successor"
    lee.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.next(lee, successor=other.id))
    clock.advance(1)
    answer = lee.page.post(BOXES, json=other.first(lee, clock.now()))
    assert answer.status_code == 201
    assert boxes.box_of([chapter.id])[chapter.id].id == other.id
    assert [loads(one["text"])["box"] for one in boxes.manifests_for([chapter.id])[chapter.id]] == [
        kit.id,
        kit.id,
        other.id,
    ]


def test_a_pod_seals_to_its_parents_box_unless_it_has_its_own(make, sign_in, chapter, lee, clock):
    pod = make.chapter("Pod", chapter)
    kit = box_for(chapter, lee, clock)
    assert boxes.box_of([pod.id])[pod.id].id == kit.id
    kim = counsel(make, sign_in, pod)
    own = box_for(pod, kim, clock)
    assert boxes.box_of([pod.id, chapter.id])[pod.id].id == own.id
    phone = make.phone(make.person(pod))
    results = phone.sync(*(phone.observation(sealed={box.id: {"/notes": "x"}}) for box in (kit, own)))
    assert [one["outcome"] for one in results] == ["stored", "stored"]


@pytest.fixture
def pods_own(make, sign_in, chapter, lee, clock):
    """A pod of the chapter, whose box is lee's, and a box of its own, by counsel of its own."""
    above = box_for(chapter, lee, clock)
    pod = make.chapter("Pod", chapter)
    kim = counsel(make, sign_in, pod)
    clock.advance(1)
    return pod, kim, box_for(pod, kim, clock), above


def snapshot_boxes(make, sign_in, chapter) -> list[dict]:
    return sign_in(make.person(chapter)).get("/api/v1/field").get_json()["public"]["boxes"]


def test_a_holder_of_the_box_above_stands_for_a_pods_own_and_phones_get_the_witness(
    make, sign_in, chapter, lee, pods_own
):
    pod, _, own, above = pods_own
    phone = sign_in(make.person(pod))
    before = phone.get("/api/v1/field")
    assert before.get_json()["public"]["boxes"] == [above.newest, own.newest]
    waiting = {"box": above.id, "chapter": chapter.id, "confirmed": False}
    assert [one["above"] for one in lee.page.get(BOXES).get_json()["chapters"]] == [None, waiting]
    witness = lee.witness(own.newest)
    assert lee.page.post(f"{BOXES}/{own.id}/witness", json={"witness": witness}).status_code == 201
    after = phone.get("/api/v1/field", headers={"If-None-Match": before.headers["ETag"]})
    assert after.get_json()["public"]["boxes"] == [above.newest, {**own.newest, "witnesses": [witness]}]
    assert lee.page.get(BOXES).get_json()["chapters"][1]["above"] == {**waiting, "confirmed": True}
    assert snapshot_boxes(make, sign_in, chapter) == [above.newest]


def test_nobody_but_a_holder_of_the_box_above_stands_for_a_box(make, sign_in, chapter, lee, pods_own):
    _, kim, own, above = pods_own
    far = counsel(make, sign_in, make.chapter("Far"))
    idle = counsel(make, sign_in, chapter)
    tries = [
        (kim, own, kim.witness(own.newest), 403, "forbidden"),
        (far, own, far.witness(own.newest), 404, "not_found"),
        (idle, own, idle.witness(own.newest), 422, "bad_signature"),
        (idle, own, lee.witness(own.newest), 422, "bad_signature"),
        (lee, own, lee.witness(above.newest), 422, "bad_signature"),
        (lee, own, lee.sign(loads(own.newest["text"]))["sig"], 422, "bad_signature"),
        (lee, own, None, 422, "bad_signature"),
        (lee, above, lee.witness(above.newest), 422, "not_asked"),
    ]
    for who, kit, witness, status, code in tries:
        answer = who.page.post(f"{BOXES}/{kit.id}/witness", json={"witness": witness})
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, code)
    assert not make.all(BoxWitness)


def test_a_pods_box_that_a_holder_of_the_box_above_made_asks_for_no_witness(make, chapter, lee, clock):
    box_for(chapter, lee, clock)
    box_for(make.chapter("Pod", chapter), lee, clock)
    assert [(one["above"] or {}).get("confirmed") for one in lee.page.get(BOXES).get_json()["chapters"]] == [None, True]


def test_nothing_about_a_box_changes_without_a_fresh_passkey(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    clock.advance(6 * MINUTE)
    page = sign_in(lee.person, stepped_up=False)
    tries = [
        page.get(f"{BOXES}/holder"),
        page.post(f"{BOXES}/holder", json=lee.new_holder()),
        page.post(BOXES, json=kit.first(lee, clock.now())),
        page.post(f"{BOXES}/{kit.id}/manifests", json=kit.next(lee)),
        page.post(f"{BOXES}/{kit.id}/witness", json={"witness": lee.witness(kit.newest)}),
        page.post(f"{BOXES}/holder/{lee.holder}/wrappings", json={"wrapping": lee.new_holder()["wrapped"][0]}),
    ]
    assert {answer.get_json()["error"]["code"] for answer in tries} == {"step_up"}


def test_a_holder_is_wrapped_by_a_passkey_too_and_keeps_its_last_wrapping(lee):
    wrapping = {"method": "prf", "credential": "AAAA", "salt": "BBBB", "data": "CCCC"}
    address = f"{BOXES}/holder/{lee.holder}/wrappings"
    first, second = lee.page.post(address, json={"wrapping": wrapping}).get_json()["wrapped"]
    assert {**wrapping, "id": second["id"]} == second
    assert lee.page.send("DELETE", f"{address}/{first['id']}").get_json()["wrapped"] == [second]
    assert lee.page.send("DELETE", f"{address}/{second['id']}").get_json()["error"]["code"] == "last"
    assert lee.page.send("DELETE", f"{address}/gone").status_code == 404


def test_another_counsels_holder_is_not_there(make, sign_in, chapter, lee):
    kim = counsel(make, sign_in, chapter)
    wrapping = kim.new_holder()["wrapped"][0]
    answer = kim.page.post(f"{BOXES}/holder/{lee.holder}/wrappings", json={"wrapping": wrapping})
    assert answer.status_code == 404


def test_the_overview_shows_counsel_who_wait_to_be_admitted(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    kim = counsel(make, sign_in, chapter)
    (here,) = lee.page.get(BOXES).get_json()["chapters"]
    assert here["box"] == kit.id
    assert here["manifests"] == [kit.newest]
    assert {one["holder"]: one["admitted"] for one in here["counsel"]} == {lee.holder: True, kim.holder: False}


def test_a_holder_who_is_let_go_has_no_grant_any_more(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    kim = counsel(make, sign_in, chapter)
    said = kit.admit(lee, kim)
    lee.page.post(f"{BOXES}/{kit.id}/manifests", json=said)
    kit.newest = said["manifest"]
    left = [one for one in loads(kit.newest["text"])["holders"] if one["holder"] != kim.holder]
    assert lee.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.next(lee, holders=left)).status_code == 201
    assert {one.holder_id for one in make.all(BoxGrant)} == {lee.holder, "recovery"}


def test_a_holder_who_is_counsel_no_more_is_shown_until_somebody_lets_them_go(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    kim = counsel(make, sign_in, chapter)
    said = kit.admit(lee, kim)
    lee.page.post(f"{BOXES}/{kit.id}/manifests", json=said)
    kit.newest = said["manifest"]
    with write() as session:
        for one in session.scalars(select(Membership).where(Membership.person_id == kim.person.id)):
            session.delete(one)
    (here,) = lee.page.get(BOXES).get_json()["chapters"]
    assert here["former"] == [{"holder": kim.holder, "field_name": kim.person.field_name}]
    assert f'data-let-go="{kim.holder}"' in lee.page.get("/legal/box").text
    left = [one for one in loads(kit.newest["text"])["holders"] if one["holder"] != kim.holder]
    lee.page.post(f"{BOXES}/{kit.id}/manifests", json=kit.next(lee, holders=left))
    (here,) = lee.page.get(BOXES).get_json()["chapters"]
    assert here["former"] == []


def test_the_page_says_how_counsel_opens_their_key_and_that_one_way_is_few(lee):
    page = lee.page.get("/legal/box?lang=es").text
    assert "Siete palabras en papel" in page and "Hay un solo modo" in page and "data-remove-way" not in page
    wrapping = {"method": "prf", "credential": "AAAA", "salt": "BBBB", "data": "CCCC"}
    lee.page.post(f"{BOXES}/holder/{lee.holder}/wrappings", json={"wrapping": wrapping})
    page = lee.page.get("/legal/box").text
    assert "A passkey" in page and "There is only one way" not in page and page.count("data-remove-way") == 2
    assert "CCCC" not in page


def test_sealed_files_are_handed_to_counsel_of_the_chapter_only(make, sign_in, chapter, lee, clock):
    kit = box_for(chapter, lee, clock)
    phone = make.phone(make.person(chapter))
    seen = phone.observation(sealed={kit.id: {"/notes": "x"}})
    phone.sync(seen)
    assert sealed.sealed_file(acting(lee.person, clock), seen["digest"], kit.id, clock.now()) == unb64u(
        seen["sealed"][kit.id]
    )
    for person, error in (
        (make.person(chapter, "coordinator"), "forbidden"),
        (make.person(make.chapter("Far"), "legal"), "not_found"),
    ):
        with pytest.raises(Exception, match=error):
            sealed.sealed_files(acting(person, clock), seen["digest"], clock.now())
    with pytest.raises(Exception, match="step_up"):
        sealed.sealed_files(acting(lee.person, clock), seen["digest"], clock.now() + MINUTE)


def acting(person, clock):
    from dataclasses import replace

    from fieldapp.accounts.identity import actor_for

    return replace(actor_for(person), step_up_until=clock.now() + MINUTE)
