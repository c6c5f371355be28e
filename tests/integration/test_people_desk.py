"""Invites, roles, disabling and chapters, on the desk's own pages (DESIGN 5)."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.models import Chapter, DeviceKey, Invite, LoginSession, Membership, Person
from fieldapp.accounts.services import devices
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.shifts.services import claims
from tests.authenticator import Authenticator
from tests.conftest import NOON
from tests.enrol import enrol
from tests.integration.test_people_devices import Key, register

LINK = re.compile(r'value="http://localhost/enrol#([\w-]+)"')


@pytest.fixture
def north(make):
    """A chapter."""
    return make.chapter("North", zone="America/New_York")


@pytest.fixture
def ash(make, north):
    """Its admin."""
    return make.person(north, "admin", field_name="Ash")


@pytest.fixture
def juniper(make, north):
    """Its coordinator."""
    return make.person(north, "coordinator", field_name="Juniper")


@pytest.fixture
def finch(make, north):
    """A volunteer."""
    return make.person(north, field_name="Finch")


def roles_of(make, person):
    return sorted((m.chapter_id, m.role) for m in make.all(Membership) if m.person_id == person.id)


def text(answer):
    return answer.get_data(as_text=True)


def invite_by(page, chapter, *roles, **more):
    return page.post("/people/invites", {"chapter": chapter.id, "role": list(roles), **more})


# invites


def test_a_coordinator_makes_a_link_that_is_shown_once_and_works(make, sign_in, north, juniper):
    answer = invite_by(sign_in(juniper), north, "volunteer", note="met at the door")
    token = LINK.search(text(answer)).group(1)
    assert "<path" in text(answer)
    assert token not in str([vars(row) for row in make.all(Invite)])
    assert enrol(sign_in.nobody(), token, Authenticator(), name="Wren").status_code == 200
    listed = text(sign_in(juniper).get("/people/invites"))
    assert "met at the door" not in listed
    assert token not in listed


@pytest.mark.parametrize(
    ("role", "wanted", "status"),
    [
        ("coordinator", "trainer", 200),
        ("coordinator", "coordinator", 403),
        ("coordinator", "legal", 403),
        ("coordinator", "admin", 403),
        ("admin", "legal", 200),
        ("admin", "admin", 200),
        ("trainer", "volunteer", 403),
        ("legal", "volunteer", 403),
    ],
)
def test_who_may_invite_for_which_role(make, sign_in, north, role, wanted, status):
    page = sign_in(make.person(north, role))
    assert invite_by(page, north, wanted).status_code == status


def test_more_than_a_volunteer_needs_the_passkey_once_more(sign_in, north, juniper):
    page = sign_in(juniper, stepped_up=False)
    assert invite_by(page, north, "volunteer").status_code == 200
    refused = invite_by(page, north, "trainer")
    assert refused.status_code == 403
    assert "data-step-up" in text(refused)


def test_invites_go_downward_only(make, sign_in, north):
    pod = make.chapter("Pod", north)
    coordinator = sign_in(make.person(pod, "coordinator"))
    assert invite_by(coordinator, pod, "volunteer").status_code == 200
    assert invite_by(coordinator, north, "volunteer").status_code == 404
    above = sign_in(make.person(north, "coordinator"))
    assert invite_by(above, pod, "volunteer").status_code == 200


@pytest.mark.parametrize("form", [{"role": ["king"]}, {"lasts": "1y"}, {"note": "x" * 81}, {"note": "a\x00b"}])
def test_an_invite_of_no_shape_is_refused(sign_in, north, juniper, form):
    sent = {"chapter": north.id, "role": ["volunteer"], **form}
    assert sign_in(juniper).post("/people/invites", sent).status_code in {400, 422}


def test_a_new_link_ends_the_old_one(make, sign_in, north, juniper):
    page = sign_in(juniper)
    old = LINK.search(text(invite_by(page, north, "volunteer"))).group(1)
    (row,) = make.all(Invite)
    new = LINK.search(text(page.post(f"/people/invites/{row.id}/renew"))).group(1)
    assert enrol(sign_in.nobody(), old, Authenticator(), name="Wren").status_code == 410
    assert enrol(sign_in.nobody(), new, Authenticator(), name="Wren").status_code == 200


def test_an_ended_invite_does_not_work(make, sign_in, north, juniper):
    page = sign_in(juniper)
    token = LINK.search(text(invite_by(page, north, "volunteer"))).group(1)
    (row,) = make.all(Invite)
    assert page.get(f"/api/v1/invites/{row.id}").get_json() == {"state": "waiting"}
    page.post(f"/people/invites/{row.id}/end")
    assert page.get(f"/api/v1/invites/{row.id}").get_json() == {"state": "ended"}
    assert enrol(sign_in.nobody(), token, Authenticator()).status_code == 410


def test_the_links_of_whoever_is_disabled_or_loses_a_role_end_with_it(make, sign_in, north, ash):
    other = make.person(north, "admin")
    page = sign_in(other)
    back_door = LINK.search(text(invite_by(page, north, "admin"))).group(1)
    sign_in(ash).post(f"/people/{other.id}/disable")
    assert enrol(sign_in.nobody(), back_door, Authenticator()).status_code == 410
    third = make.person(north, "admin", "volunteer")
    back_door = LINK.search(text(invite_by(sign_in(third), north, "admin"))).group(1)
    sign_in(ash).post(f"/people/{third.id}/roles/take", {"chapter": north.id, "role": "admin"})
    assert enrol(sign_in.nobody(), back_door, Authenticator()).status_code == 410


def test_the_link_ends_when_it_was_asked_to(sign_in, clock, north, juniper):
    token = LINK.search(text(invite_by(sign_in(juniper), north, "volunteer", lasts="2h"))).group(1)
    clock.advance(2 * HOUR)
    assert enrol(sign_in.nobody(), token, Authenticator()).status_code == 410


# lists


def test_everyone_of_ones_chapters_and_nobody_elses_is_listed(make, sign_in, north, juniper, finch):
    make.person(make.chapter("Pod", north), field_name="Plover")
    make.person(make.chapter("Other"), field_name="Stranger")
    listed = text(sign_in(juniper).get("/people"))
    assert "Finch" in listed
    assert "Plover" in listed
    assert "Stranger" not in listed


def test_counsel_see_counsel_only(make, sign_in, north, finch):
    make.person(north, "legal", field_name="Cedar")
    page = sign_in(make.person(north, "legal", field_name="Oak"))
    listed = text(page.get("/people"))
    assert "Cedar" in listed
    assert "Finch" not in listed
    assert page.get(f"/people/{finch.id}").status_code == 403


def test_a_page_of_people_takes_the_same_number_of_queries_for_three_and_for_sixty(
    make, sign_in, north, juniper, queries
):
    page = sign_in(juniper)
    with queries() as few:
        page.get("/people")
    for _ in range(57):
        make.person(north)
    with queries() as many:
        page.get("/people")
    assert len(many) == len(few)


# roles


def test_an_admin_gives_and_takes_roles_and_they_hold_at_once(make, sign_in, north, ash, finch):
    page, theirs = sign_in(ash), sign_in(finch)
    assert theirs.get("/people").status_code == 403
    page.post(f"/people/{finch.id}/roles", {"chapter": north.id, "role": "coordinator"})
    assert theirs.get("/people").status_code == 200
    page.post(f"/people/{finch.id}/roles/take", {"chapter": north.id, "role": "coordinator"})
    assert theirs.get("/people").status_code == 403


def test_a_role_with_a_shorter_session_shortens_the_one_that_runs(make, sign_in, clock, north, ash, finch):
    theirs = sign_in(finch)
    sign_in(ash).post(f"/people/{finch.id}/roles", {"chapter": north.id, "role": "legal"})
    clock.advance(29 * MINUTE)
    assert theirs.get("/me").status_code == 200
    clock.advance(2 * MINUTE)
    assert theirs.get("/me").status_code == 302


@pytest.mark.parametrize("role", ["coordinator", "legal", "admin", "king", ""])
def test_a_coordinator_gives_no_role_above_trainer(make, sign_in, north, juniper, finch, role):
    answer = sign_in(juniper).post(f"/people/{finch.id}/roles", {"chapter": north.id, "role": role})
    assert answer.status_code in {403, 422}
    assert roles_of(make, finch) == [(north.id, "volunteer")]


def test_roles_need_the_passkey_once_more(make, sign_in, north, ash, finch):
    form = {"chapter": north.id, "role": "coordinator"}
    answer = sign_in(ash, stepped_up=False).post(f"/people/{finch.id}/roles", form)
    assert answer.status_code == 403
    assert "data-step-up" in text(answer)


def test_nobody_gives_roles_in_another_chapter(make, sign_in, ash, finch):
    other = make.chapter("Other")
    page = sign_in(ash)
    assert page.post(f"/people/{finch.id}/roles", {"chapter": other.id, "role": "admin"}).status_code == 404
    stranger = make.person(other)
    assert page.post(f"/people/{stranger.id}/roles", {"chapter": other.id, "role": "admin"}).status_code == 404


def test_the_last_admin_and_a_persons_last_role_stay(make, sign_in, north, ash, finch):
    page = sign_in(ash)
    page.post(f"/people/{ash.id}/roles", {"chapter": north.id, "role": "volunteer"})
    assert page.post(f"/people/{ash.id}/roles/take", {"chapter": north.id, "role": "admin"}).status_code == 409
    assert page.post(f"/people/{finch.id}/roles/take", {"chapter": north.id, "role": "volunteer"}).status_code == 409
    make.person(north, "admin", field_name="Elm")
    assert page.post(f"/people/{ash.id}/roles/take", {"chapter": north.id, "role": "admin"}).status_code == 302


def test_giving_a_role_twice_and_taking_one_that_is_not_held_change_nothing(make, sign_in, north, ash, finch):
    page = sign_in(ash)
    for _ in range(2):
        page.post(f"/people/{finch.id}/roles", {"chapter": north.id, "role": "volunteer"})
    page.post(f"/people/{finch.id}/roles/take", {"chapter": north.id, "role": "legal"})
    assert roles_of(make, finch) == [(north.id, "volunteer")]


# disabling


def test_a_disabled_persons_next_request_fails_and_their_keys_are_revoked_as_chosen(make, sign_in, juniper, finch):
    theirs, key = sign_in(finch), Key()
    register(theirs, key.offer(finch))
    sign_in(juniper).post(f"/people/{finch.id}/disable", {})
    assert theirs.get("/me").status_code == 302
    view = devices.find_key(key.thumbprint)
    assert (view.disabled, view.revoked_at) == (True, None)


def test_disabling_may_take_the_devices_right_to_write(make, sign_in, clock, juniper, finch):
    key = Key()
    register(sign_in(finch), key.offer(finch))
    sign_in(juniper).post(f"/people/{finch.id}/disable", {"revoke": "1"})
    assert devices.find_key(key.thumbprint).revoked_at == clock.now()
    sign_in(juniper).post(f"/people/{finch.id}/enable")
    view = devices.find_key(key.thumbprint)
    assert (view.disabled, view.revoked_at) == (False, clock.now())
    assert all(row.revoked_at for row in make.all(DeviceKey))


@pytest.mark.parametrize("role", ["coordinator", "legal", "admin"])
def test_a_coordinator_disables_no_equal_and_none_above(make, sign_in, north, juniper, role):
    other = make.person(north, role)
    assert sign_in(juniper).post(f"/people/{other.id}/disable").status_code == 403


def test_nobody_disables_themselves(sign_in, ash):
    assert sign_in(ash).post(f"/people/{ash.id}/disable").status_code == 403


def test_an_admin_ends_anothers_session_and_a_coordinator_may_not(make, sign_in, ash, juniper, finch):
    theirs = sign_in(finch)
    theirs.get("/me")
    (row,) = [s for s in make.all(LoginSession) if s.person_id == finch.id]
    assert sign_in(juniper).post(f"/sessions/{row.id}/end").status_code == 403
    assert sign_in(ash).post(f"/sessions/{row.id}/end").status_code == 302
    assert theirs.get("/me").status_code == 302


# chapters


def test_an_admin_makes_a_pod_and_leads_it(make, sign_in, north, ash):
    page = sign_in(ash)
    page.post("/chapters", {"parent": north.id, "name": "Hudson Valley", "zone": ""})
    pod = next(c for c in make.all(Chapter) if c.name == "Hudson Valley")
    assert (pod.parent_id, pod.path, pod.zone, pod.hotline) == (
        north.id,
        f"{north.path}{pod.id}/",
        north.zone,
        "555-0100",
    )
    assert "Hudson Valley" in text(page.get("/chapters"))
    assert page.get(f"/chapters/{pod.id}").status_code == 200


def test_a_change_of_a_chapter_is_counted_for_its_pods_too(make, sign_in, north, ash):
    pod = make.chapter("Pod", north)
    other = make.chapter("Other")
    sign_in(ash).post(f"/chapters/{north.id}", {"name": "North", "hotline": "212-555-0142"})
    versions = {c.name: c.version for c in make.all(Chapter)}
    assert versions == {"North": 2, "Pod": 2, "Other": 1}
    assert {pod.name, other.name} < set(versions)


@pytest.mark.parametrize(
    "form",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a\x00"},
        {"zone": "Mars/Olympus"},
        {"hotline": "call me"},
        {"legal_line": "1" * 41},
        {"chat": "javascript:alert(1)"},
        {"chat": "http://chat.example/room"},
        {"chat": "https://chat.example/" + "x" * 300},
    ],
)
def test_a_chapter_keeps_no_nonsense(make, sign_in, north, ash, form):
    assert sign_in(ash).post(f"/chapters/{north.id}", {"name": "North", **form}).status_code in {400, 422}
    assert next(c for c in make.all(Chapter) if c.id == north.id).version == 1


def test_the_link_of_the_chapters_chat_is_on_the_brief_card_of_those_on_a_shift_and_in_no_public_half(
    make, sign_in, north, ash, finch
):
    shift = make.shift(make.place(north))
    saved = sign_in(ash).post(f"/chapters/{north.id}", {"name": "North", "chat": "https://chat.example/north#k"})
    assert saved.status_code == 302
    claims.claim(finch.id, shift.id, NOON)
    told = sign_in(finch).get("/api/v1/field").get_json()
    assert told["personal"]["shifts"]["mine"][0]["brief"]["chat"] == "https://chat.example/north#k"
    assert "chat.example" not in str(told["public"])


def test_pods_nest_five_deep_at_most(make, sign_in, north, ash):
    deep = north
    for number in range(4):
        deep = make.chapter(f"Level {number}", deep)
    assert sign_in(ash).post("/chapters", {"parent": deep.id, "name": "Too deep"}).status_code == 422


# one's own page


def test_ones_own_page_says_what_is_held_and_ends_other_sessions(make, sign_in, finch):
    page = sign_in(finch)
    (mine,) = make.all(LoginSession)
    other = sign_in(finch)
    shown = text(page.get("/me"))
    assert "Volunteer in North" in shown
    assert shown.count("/end") == 2
    (theirs,) = [row for row in make.all(LoginSession) if row.id != mine.id]
    page.post(f"/sessions/{theirs.id}/end")
    assert other.get("/me").status_code == 302
    assert page.get("/me").status_code == 200


def test_a_session_is_seen_to_the_quarter_hour(make, sign_in, clock, finch):
    page = sign_in(finch)
    begun = clock.now()
    clock.advance(14 * MINUTE)
    page.get("/me")
    assert [row.last_seen_at for row in make.all(LoginSession)] == [begun]
    clock.advance(MINUTE)
    page.get("/me")
    assert [row.last_seen_at for row in make.all(LoginSession)] == [clock.now()]


def test_the_language_chosen_on_the_phone_becomes_the_persons(make, sign_in, finch):
    page = sign_in(finch)
    assert page.send("PUT", "/api/v1/language", json={"lang": "es"}).json == {"lang": "es"}
    (person,) = make.all(Person)
    assert (person.lang, person.version) == ("es", 2)
    assert 'lang="es"' in text(page.get("/me"))


@pytest.mark.parametrize("lang", ["xx", "", None, ["es"], {"es": 1}, 7])
def test_a_language_that_is_not_spoken_here_changes_nothing(make, sign_in, finch, lang):
    assert sign_in(finch).send("PUT", "/api/v1/language", json={"lang": lang}).status_code == 422
    assert make.all(Person)[0].lang == "en"


def test_choosing_a_language_is_kept_and_counted(make, sign_in, finch):
    page = sign_in(finch)
    page.post("/language", {"lang": "es", "next": "/me"})
    (person,) = make.all(Person)
    assert (person.lang, person.version) == ("es", 2)
    assert 'lang="es"' in text(page.get("/me"))
