"""A safe word and a duress word: the same to all who look, and one of them calls for help."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from fieldapp.accounts.models import Words
from fieldapp.accounts.services import words
from fieldapp.alerts.models import Alert, Delivery, Notice, PushSubscription
from fieldapp.core import db as core_db
from fieldapp.core import jobs
from fieldapp.core.canonical import b64u, dumps
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.records import serverkeys
from fieldapp.shifts.models import Claim
from fieldapp.shifts.services import claims
from tests import age
from tests.phones import Phone, phone_of
from tests.pushservice import PushService


class Scene:
    """A shift under way with two people on it; Fern has chosen words, and a coordinator has a phone."""

    def __init__(self, make, sign_in, clock, app) -> None:
        self.make, self.sign_in, self.clock = make, sign_in, clock
        self.chapter = make.chapter()
        self.shift = make.shift(make.place(self.chapter), starts_in=HOUR)
        self.fern, self.lead = (
            make.person(self.chapter, field_name="Fern"),
            make.person(self.chapter, field_name="Maple"),
        )
        self.coordinator = make.person(self.chapter, "coordinator", field_name="Juniper")
        service = PushService()
        self.phone, self.other = (phone_of(make, one, self.chapter) for one in (self.fern, self.coordinator))
        for one in (self.phone, self.other):
            one.subscribe(service)
        claims.claim(self.fern.id, self.shift.id, clock.now(), by=self.coordinator.id)
        clock.advance(HOUR + MINUTE)
        claims.check_in(self.fern.id, self.shift.id, clock.now())
        self.recipient = serverkeys.hand_in(app.config["SETTINGS"].data_dir)[0].recipient

    def choose(self, safe: str = "Mango", duress: str = "Harbor street") -> int:
        answer = self.sign_in(self.fern).post("/me/words", {"safe": safe, "duress": duress})
        return int(answer.status_code)

    def out(self, word: str) -> dict:
        """Fern's phone says that they are out, with a word."""
        sealed = b64u(age.seal(self.recipient, dumps({"word": word}).encode().ljust(1024)))
        made = self.phone.inner.operation("check_out", shift=self.shift.id, open={"/word": sealed})
        (result,) = self.phone.inner.sync(made)
        jobs.run_due(self.clock.now())
        return result

    def says(self, word: str) -> str:
        """A coordinator types what Fern said."""
        desk = self.sign_in(self.coordinator)
        answer = desk.post(f"/shifts/{self.shift.id}/word", {"person_id": self.fern.id, "word": word})
        assert answer.status_code == 302
        jobs.run_due(self.clock.now())
        return str(desk.get(f"/shifts/{self.shift.id}").text)

    def is_out(self) -> bool:
        (claim,) = self.make.all(Claim)
        return claim.out_at is not None


@pytest.fixture
def scene(make, sign_in, clock, app) -> Scene:
    serverkeys.make(app.config["SETTINGS"].data_dir, clock.now())
    return Scene(make, sign_in, clock, app)


@pytest.mark.parametrize("safe,duress", [("", "harbor"), ("mango", "MANGO "), ("ma", "harbor"), ("m" * 31, "harbor")])
def test_two_different_short_words_are_needed(scene, safe, duress):
    assert scene.choose(safe, duress) == 422
    assert scene.make.all(Words) == []


def test_choosing_and_dropping_words_needs_the_passkey_once_more(scene):
    page = scene.sign_in(scene.fern, stepped_up=False)
    assert page.post("/me/words", {"safe": "mango", "duress": "harbor"}).status_code == 403
    scene.choose()
    assert page.post("/me/words/forget").status_code == 403
    assert len(scene.make.all(Words)) == 1
    assert scene.sign_in(scene.fern).post("/me/words/forget").status_code == 302
    assert scene.make.all(Words) == []


def test_neither_the_words_nor_which_is_which_are_kept(scene):
    orders = set()
    for _ in range(12):
        scene.choose()
        (kept,) = scene.make.all(Words)
        text = json.dumps([kept.salt, kept.slots]).lower()
        # Four letters come up in random base64 now and then; as a value of their own they never may.
        assert not [one for one in ("mango", "harbor", '"safe', "duress") if one in text]
        assert {tuple(sorted(slot)) for slot in kept.slots} == {("check", "meaning", "nonce")}
        assert len({tuple(len(slot[name]) for name in sorted(slot)) for slot in kept.slots}) == 1
        made = words._hash("mango", words.unb64u(kept.salt))
        orders.add([bool(words._meaning(made, slot)) for slot in kept.slots].index(True))
    assert orders == {0, 1}


@pytest.mark.parametrize("word", ["Mango", "  mANGO "])
def test_the_safe_word_says_out_and_ok_and_no_more(scene, word):
    scene.choose()
    assert scene.out(word)["outcome"] == "stored"
    assert scene.is_out() and scene.make.all(Alert) == []


def test_the_duress_word_says_the_same_and_calls_for_help_without_the_person_hearing_of_it(scene, client):
    scene.choose()
    assert scene.out("harbor  STREET")["outcome"] == "stored"
    assert scene.is_out()
    (alert,) = scene.make.all(Alert)
    assert (alert.what, alert.state, alert.person_id, alert.shift_id) == (
        "need_help",
        "raised",
        scene.fern.id,
        scene.shift.id,
    )
    assert {notice.person_id for notice in scene.make.all(Notice)} == {scene.coordinator.id}
    assert "Alert 1" not in scene.sign_in(scene.fern).get("/alerts/mine").text
    assert scene.sign_in(scene.fern).post(f"/alerts/{alert.id}/take-back").status_code == 404
    assert scene.phone.take_back(alert.record_id) == "not_applied/unknown_alert"
    assert client.post("/api/v1/notice", json=scene.phone.asks(alert=alert.record_id)).status_code == 404
    board = scene.sign_in(scene.coordinator).get(f"/alerts/{alert.id}").text
    assert "By their duress word" in board and "Do not call or write to it" in board


def test_who_is_told_hears_not_to_call_that_phone_and_its_own_person_hears_nothing(scene, client, make):
    """Not even where a notice of it has gone to that person by mistake."""
    scene.choose()
    scene.out("harbor street")
    (worded,) = make.all(Alert)
    notice = make.keep(Notice(alert_id=worded.id, person_id=scene.fern.id, step=0, created_at=scene.clock.now()))
    (own,) = [one for one in make.all(PushSubscription) if one.person_id == scene.fern.id]
    make.keep(Delivery(notice_id=notice.id, subscription_id=own.id, next_try_at=scene.clock.now()))

    def told(phone: Phone, alert: Alert) -> dict:
        (one,) = [one for one in make.all(Notice) if (one.alert_id, one.person_id) == (alert.id, phone.person.id)]
        answer = client.post("/api/v1/notice", json=phone.asks(notice=one.id))
        assert answer.status_code == 200
        return dict(answer.get_json()["alert"])

    assert told(scene.other, worded)["by_word"] is True
    assert "by_word" not in told(scene.phone, worded)
    assert set(told(scene.phone, worded)) == set(told(scene.other, worded)) - {"by_word"}
    scene.phone.raise_alert("need_help")
    (mine,) = [one for one in make.all(Alert) if one.key == scene.phone.thumbprint]
    assert set(told(scene.other, mine)) == set(told(scene.phone, worded))


def test_what_the_phone_hears_is_the_same_for_both(scene, make):
    scene.choose()
    seen = []
    for word in ("mango", "harbor street"):
        result = scene.out(word)
        told = scene.sign_in(scene.fern).get("/api/v1/field").get_json()["personal"]["shifts"]["mine"][0]
        receipt = json.loads(result["receipt"]["text"])
        seen.append(
            (
                {name: type(value) for name, value in result.items()},
                len(result["receipt"]["text"]),
                receipt["outcome"],
                told,
            )
        )
        (claim,) = make.all(Claim)
        with claims.write() as session:
            session.get_one(Claim, (claim.shift_id, claim.person_id)).out_at = None
    assert seen[0] == seen[1]


def test_both_leave_the_same_job_which_raises_once_however_often_it_runs(scene):
    scene.choose()
    sealed = b64u(age.seal(scene.recipient, dumps({"word": "harbor street"}).encode().ljust(1024)))
    scene.phone.inner.sync(scene.phone.inner.operation("check_out", shift=scene.shift.id, open={"/word": sealed}))
    (job,) = [one for one in scene.make.all(jobs.Job) if one.kind == claims.WORD_SAID]
    payload = json.loads(job.payload)
    assert len(payload["said"]) == len("duress")
    for _ in range(2):
        jobs._handlers[claims.WORD_SAID](payload, scene.clock.now())
    assert len(scene.make.all(Alert)) == 1


@pytest.mark.parametrize("first", ["plain", "mango"])
def test_a_duress_word_is_heard_from_whoever_is_out_already(scene, first):
    """Made to tap "out and OK" first, they say the word to whoever asks, or to the phone a minute later."""
    scene.choose()
    if first == "plain":
        claims.check_out(scene.fern.id, scene.shift.id, scene.clock.now())
    else:
        scene.out(first)
    (before,) = (claim.out_at for claim in scene.make.all(Claim))
    scene.clock.advance(MINUTE)
    assert scene.out("papaya")["outcome"] == "not_applied/invalid"
    assert scene.out("mango")["outcome"] == "stored" and scene.make.all(Alert) == []
    assert scene.out("harbor street")["outcome"] == "stored"
    assert len(scene.make.all(Alert)) == 1
    assert f'value="{scene.fern.id}"' in scene.says("Harbor Street").split('name="person_id"')[1]
    assert len(scene.make.all(Alert)) == 2
    assert [claim.out_at for claim in scene.make.all(Claim)] == [before]


def test_no_transaction_waits_for_the_hash_of_a_word(scene, monkeypatch):
    """It is slow on purpose; SQLite has one writer, and a shift's row is locked."""
    slow, inside = hashlib.scrypt, []

    def watched(*args, **options):
        inside.append(getattr(core_db._local, "writing", False))
        return slow(*args, **options)

    monkeypatch.setattr(hashlib, "scrypt", watched)
    scene.choose()
    assert scene.out("mango")["outcome"] == "stored"
    scene.says("papaya")
    scene.says("harbor street")
    assert len(inside) >= 5 and not any(inside)


@pytest.mark.parametrize("word", ["papaya", ""])
def test_another_word_changes_nothing_and_says_so(scene, word):
    scene.choose()
    assert scene.out(word)["outcome"] == "not_applied/invalid"
    assert not scene.is_out() and scene.make.all(Alert) == []


@pytest.mark.parametrize("sealed", ["", "x", 7, None, {"word": "mango"}, "A" * 9000])
def test_what_was_not_sealed_here_is_no_word(scene, sealed):
    scene.choose()
    made = scene.phone.inner.operation("check_out", shift=scene.shift.id, open={"/word": sealed})
    outcome = scene.phone.inner.sync(made)[0]["outcome"]
    assert outcome == ("stored" if sealed is None else "not_applied/invalid")


def test_without_words_of_ones_own_anything_typed_is_out_and_ok(scene):
    assert scene.out("anything")["outcome"] == "stored"
    assert scene.is_out() and scene.make.all(Alert) == []


def test_a_phone_in_wrong_hands_tries_six_words_a_minute_at_most(scene, app):
    scene.choose()
    app.config["RATELIMIT_ENABLED"] = True
    outcomes = [scene.out(f"guess {n}")["outcome"] for n in range(8)]
    assert outcomes[-1] == "later" and outcomes.count("not_applied/invalid") <= 7


def test_a_coordinator_who_types_either_sees_the_same(scene, make):
    scene.choose()
    pages = []
    for word in ("mango", "harbor street"):
        page = scene.says(word).split("<main")[1].split('id="roster-text"')[0]
        pages.append(re.sub(r'csrf_token" value="[^"]+"', "", page))
        (claim,) = make.all(Claim)
        with claims.write() as session:
            session.get_one(Claim, (claim.shift_id, claim.person_id)).out_at = None
    assert "Noted: out and OK." in pages[0] and pages[0] == pages[1]
    assert len(make.all(Alert)) == 1


def test_wrong_words_at_a_desk_are_counted(scene):
    assert "They have chosen no words." in scene.says("mango")
    scene.choose()
    for _ in range(10):
        assert "That is not one of their words." in scene.says("papaya")
    assert "Too many wrong words for this person." in scene.says("mango")
    assert not scene.is_out()
    scene.clock.advance(HOUR)
    assert "Noted: out and OK." in scene.says("mango")
    assert scene.is_out()


def test_nobody_else_types_a_word(scene):
    scene.choose()
    for person in (scene.lead, scene.make.person(scene.make.chapter(), "coordinator")):
        answer = scene.sign_in(person).post(
            f"/shifts/{scene.shift.id}/word", {"person_id": scene.fern.id, "word": "mango"}
        )
        assert answer.status_code in {403, 404}
    stranger = {"person_id": scene.lead.id, "word": "mango"}
    desk = scene.sign_in(scene.coordinator)
    assert desk.post(f"/shifts/{scene.shift.id}/word", stranger).status_code == 302
    assert "Noted: out and OK." not in desk.get(f"/shifts/{scene.shift.id}").text and not scene.is_out()
