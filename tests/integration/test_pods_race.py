"""A pod is taken away while somebody comes in with its invite: one of them wins, and the other is told so."""

from __future__ import annotations

import pytest

from fieldapp.accounts.models import Chapter, Membership, Person
from tests.authenticator import Authenticator
from tests.between import between
from tests.enrol import enrol, invite


@pytest.fixture
def scene(make, sign_in, clock):
    class Scene:
        parent = make.chapter("North")
        pod = make.chapter("Pod", parent)
        pod_id = pod.id
        place = make.place(pod)
        page = sign_in(make.person(parent, "coordinator"))
        token = invite(pod, clock, "coordinator")
        newcomer = sign_in.nobody()

        def take_away(self):
            return self.page.post(f"/pods/{self.pod_id}/remove", headers={"Accept": "application/json"})

        def come_in(self):
            return enrol(self.newcomer, self.token, Authenticator(), name="Wren")

        def pods(self):
            return [one.name for one in make.all(Chapter) if one.parent_id]

    made = Scene()
    made.page.csrf()
    made.newcomer.csrf()
    return made


def test_a_pod_that_is_taken_away_first_ends_the_invite_of_whoever_is_coming_in(app, make, scene):
    before = len(make.all(Person))
    with between(app, "DELETE FROM ceremonies WHERE ceremonies.id", scene.take_away, waits=True) as removed:
        answer = scene.come_in()
    assert removed[0].status_code == 302 or answer.status_code == 200  # one of the two
    if removed[0].status_code == 302:
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (410, "invite_expired")
        assert (scene.pods(), len(make.all(Person))) == ([], before)
    else:
        assert scene.pods() == ["Pod"]


def test_a_pod_that_is_gone_when_the_passkey_is_made_says_that_the_invite_has_ended(app, make, scene):
    before = len(make.all(Person))
    told = scene.newcomer.post(
        "/api/v1/enrol/begin", json={"token": scene.token, "field_name": "Wren", "lang": "en"}
    ).get_json()
    credential = Authenticator().create(told["options"])
    assert scene.take_away().status_code == 302
    answer = scene.newcomer.post(
        "/api/v1/enrol/finish",
        json={"ceremony": told["ceremony"], "credential": credential, "passkey_name": "My phone"},
    )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (410, "invite_expired")
    assert (scene.pods(), len(make.all(Person))) == ([], before)


def test_whoever_is_coming_in_first_keeps_the_pod(app, make, scene):
    with between(app, "INSERT INTO memberships", scene.take_away, waits=True) as removed:
        answer = scene.come_in()
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert (removed[0].status_code, removed[0].get_json()["error"]["code"]) == (409, "in_use")
    assert scene.pods() == ["Pod"]
    assert len([one for one in make.all(Membership) if one.chapter_id == scene.pod_id]) == 1


def test_two_take_it_away_at_once_and_the_second_finds_nothing(app, scene, make, sign_in):
    other = sign_in(make.person(scene.parent, "coordinator"))
    other.csrf()
    pod_id = scene.pod_id

    def too():
        return other.post(f"/pods/{pod_id}/remove", headers={"Accept": "application/json"})

    with between(app, "DELETE FROM chapters", too, waits=True) as second:
        assert scene.take_away().status_code == 302
    assert second[0].status_code == 404
    assert scene.pods() == []
