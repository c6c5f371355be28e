"""A card for a family: sealed to an intake box, read by nobody but who holds it, gone at hand-off or after 72 hours."""

from __future__ import annotations

import json

import pytest

from fieldapp.core import jobs
from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.db import db
from fieldapp.core.protocol import FAMILY_CARD_MS, MAX_FAMILY_CARD_BYTES
from fieldapp.ops import backup
from fieldapp.records.models import Leaf, Record, SealedFile, Tombstone
from fieldapp.records.services import witnesses
from fieldapp.review.models import FamilyCard
from fieldapp.review.services import family
from tests.counsel import BoxKit, Counsel
from tests.integration.door.answers import outcomes

CARD = {
    "consent": True,
    "lang": "es",
    "who": "Her sister Ana",
    "how": "555-0137",
    "message": None,
    "at": 1_795_000_000_000,
}


@pytest.fixture
def chapter(make):
    return make.chapter("New York")


@pytest.fixture
def lee(make, chapter):
    """Counsel, with a key of their own."""
    return Counsel(make.person(chapter, "legal"))


@pytest.fixture
def intake(make, chapter, lee):
    """The chapter's intake box, made by who holds its legal box."""
    make.box(chapter, lee)
    return make.box(chapter, lee, "intake")


@pytest.fixture
def phone(make, chapter):
    return make.phone(make.person(chapter))


def card(phone, box, **more):
    """A card as a phone seals it."""
    more.setdefault("void_after", phone.clock.now() + FAMILY_CARD_MS)
    return phone.operation("family_card", **{"sealed": {box.id: {"/card": CARD}}, **more})


def test_a_card_is_kept_sealed_and_only_the_box_opens_it(make, phone, intake, clock):
    (result,) = phone.sync(card(phone, intake))
    assert (result["outcome"], json.loads(result["receipt"]["text"])["leaf"]) == ("stored", None)
    (kept,) = make.all(FamilyCard)
    assert (kept.box_id, kept.expires_at - kept.received_at) == (intake.id, 72 * HOUR)
    ((_, path, value),) = json.loads(intake.identity.open(kept.sealed))
    assert (path, value) == ("/card", CARD)


def test_a_card_is_no_record_and_no_leaf_and_names_nobody(make, phone, intake):
    before = len(make.all(Leaf))
    phone.sync(card(phone, intake))
    assert make.all(Record) == [] and make.all(SealedFile) == [] and len(make.all(Leaf)) == before
    columns = set(FamilyCard.__table__.columns.keys())
    assert columns == {"id", "chapter_id", "box_id", "sealed", "received_at", "expires_at"}


def test_the_same_card_twice_is_one_also_after_it_was_handed_over(make, phone, intake):
    sent = card(phone, intake)
    assert outcomes(phone.sync(sent)) == ["stored"]
    with db.engine.begin() as connection:
        connection.execute(FamilyCard.__table__.delete())
    assert outcomes(phone.sync(sent)) == ["duplicate"]
    assert make.all(FamilyCard) == []


def test_a_pods_card_goes_to_the_intake_box_above_it(make, phone, intake, chapter):
    pod = make.chapter("Pod", parent=chapter)
    watcher = make.phone(make.person(pod))
    assert outcomes(watcher.sync(card(watcher, intake))) == ["stored"]
    assert make.all(FamilyCard)[0].chapter_id == chapter.id


def test_anything_but_one_file_to_an_intake_box_of_ones_own_is_invalid(make, phone, intake, chapter, lee):
    legal = make.box(make.chapter())
    far = make.chapter()
    keeper = Counsel(make.person(far, "legal"))
    make.box(far, keeper)
    others = make.box(far, keeper, "intake")
    sent = [
        card(phone, intake, sealed={}),
        card(phone, legal),
        card(phone, others),
        card(phone, intake, open={"/who": "Ana"}),
        card(phone, intake, sealed={"nobodys": {"/card": CARD}}),
    ]
    assert outcomes(phone.sync(*sent)) == ["not_applied/invalid"] * len(sent)
    assert make.all(FamilyCard) == []


def test_what_no_box_could_open_or_is_far_too_long_is_invalid(make, phone, intake, monkeypatch):
    whole = phone.seal(intake.id, [])
    for data in (b"", b"not age", whole + bytes(MAX_FAMILY_CARD_BYTES)):
        monkeypatch.setattr(phone, "seal", lambda *_, data=data: data)
        assert outcomes(phone.sync(card(phone, intake))) == ["not_applied/invalid"]
    assert make.all(FamilyCard) == []


def test_a_card_for_two_boxes_or_with_a_photo_is_no_card(phone, intake):
    item = {"sha256": "A" * 43, "size": 1, "type": "image/sealed"}
    sent = [
        card(phone, intake, sealed={intake.id: {"/card": CARD}, "other": {"/card": CARD}}),
        card(phone, intake, media=[item]),
    ]
    assert outcomes(phone.sync(*sent)) == ["refused/bad_shape"] * 2


@pytest.mark.parametrize("kind", ["check_in", "paper", "alert_cancel"])
def test_no_other_operation_carries_a_file(phone, intake, kind):
    sent = phone.operation(kind, shift="s", sealed={intake.id: {"/card": CARD}})
    assert outcomes(phone.sync(sent)) == ["refused/bad_shape"]


def test_a_card_that_waited_too_long_on_a_phone_is_void(make, phone, intake, clock):
    sent = card(phone, intake)
    clock.advance(FAMILY_CARD_MS + 1)
    assert outcomes(phone.sync(sent)) == ["not_applied/void"]
    assert make.all(FamilyCard) == [] and make.all(Tombstone) == []


def test_a_card_for_another_chapter_is_not_taken(make, phone, intake):
    assert outcomes(phone.sync(card(phone, intake, chapter=make.chapter().id))) == ["not_applied/wrong_chapter"]


def test_a_key_cannot_fill_the_desk_with_cards(app, make, phone, intake):
    app.config["RATELIMIT_ENABLED"] = True
    told = [outcomes(phone.sync(card(phone, intake)))[0] for _ in range(8)]
    assert told.count("stored") == len(make.all(FamilyCard)) == 6 and set(told[6:]) == {"later"}


def test_evidence_sealed_to_an_intake_box_is_kept_apart(make, phone, intake):
    assert outcomes(phone.sync(phone.observation(sealed={intake.id: {"/notes": "x"}}))) == ["quarantined"]
    assert make.all(Record)[0].reasons == ["unknown_box"]


def test_every_card_is_gone_after_72_hours(make, app, phone, intake, clock):
    phone.sync(card(phone, intake))
    clock.advance(DAY)
    phone.sync(card(phone, intake))
    clock.advance(FAMILY_CARD_MS - DAY - 1)
    assert jobs.run_due(clock.now()) == 0
    clock.advance(1)
    jobs.run_due(clock.now())
    assert [one.expires_at for one in make.all(FamilyCard)] == [clock.now() + DAY]
    family.purge({}, clock.now() + DAY)
    assert make.all(FamilyCard) == []


# The page of counsel, and the box.


def test_counsel_sees_that_a_card_waits_never_what_it_says_and_hands_it_over(make, phone, intake, lee, sign_in):
    page = sign_in(lee.person)
    assert "No card waits" in page.get("/legal/family").text
    phone.sync(card(phone, intake))
    (kept,) = make.all(FamilyCard)
    text = page.get("/legal/family").text
    assert "deleted in 72 hours" in text and "Ana" not in text and "555-0137" not in text
    where = f"/legal/family/{kept.id}"
    assert page.get(f"{where}/sealed").data == kept.sealed
    assert page.post(f"{where}/handed-over", json={}).get_json() == {"handed_over": True}
    assert make.all(FamilyCard) == []
    assert page.get(f"{where}/sealed").status_code == 404


def test_a_card_needs_a_fresh_passkey(make, phone, intake, lee, sign_in, clock):
    phone.sync(card(phone, intake))
    (kept,) = make.all(FamilyCard)
    page = sign_in(lee.person)
    clock.advance(6 * MINUTE)
    for answer in (
        page.get(f"/legal/family/{kept.id}/sealed", headers={"Accept": "application/json"}),
        page.post(f"/legal/family/{kept.id}/handed-over", json={}, headers={"Accept": "application/json"}),
    ):
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "step_up")
    assert len(make.all(FamilyCard)) == 1


def test_a_card_whose_time_is_over_is_not_there_even_before_the_worker_came(make, phone, intake, lee, sign_in, clock):
    phone.sync(card(phone, intake))
    (kept,) = make.all(FamilyCard)
    clock.advance(FAMILY_CARD_MS)
    page = sign_in(lee.person)
    assert "No card waits" in page.get("/legal/family").text
    assert page.get(f"/legal/family/{kept.id}/sealed").status_code == 404


def test_only_who_holds_the_legal_box_makes_the_one_for_families(make, chapter, lee, sign_in, clock):
    def made(by):
        page = sign_in(by.person)
        by.holder = by.holder or page.post("/api/v1/boxes/holder", json=by.new_holder()).get_json()["holder"]
        answer = page.post("/api/v1/boxes", json=BoxKit(chapter.id).first(by, clock.now(), purpose="intake"))
        return answer.get_json().get("error", {}).get("code", answer.status_code)

    assert made(lee) == "not_legal"  # there is no legal box yet
    make.box(chapter, lee)
    assert made(Counsel(make.person(chapter, "legal"))) == "not_legal"
    assert made(lee) == 201
    said = sign_in(lee.person).get("/api/v1/boxes").get_json()
    (legal,), (intake,) = said["chapters"], said["intake"]
    assert intake["box"] != legal["box"] and [one["admitted"] for one in intake["counsel"]].count(True) == 1
    assert intake["above"] == {"box": legal["box"], "chapter": chapter.id, "confirmed": True}
    assert made(lee) == "not_successor"


def test_phones_are_told_both_chains_the_one_for_records_first(make, chapter, intake):
    told = [json.loads(one["text"]) for one in witnesses.chains_along(chapter.id)]
    assert [one["purpose"] for one in told] == ["legal", "intake"]


def test_a_box_for_families_is_confirmed_by_who_holds_the_legal_box_now(make, chapter, lee, intake, sign_in, clock):
    page, kim = sign_in(lee.person), Counsel(make.person(chapter, "legal"))
    assert (
        page.post(f"/api/v1/boxes/{intake.id}/witness", json={"witness": kim.witness(intake.newest)}).status_code == 422
    )
    answer = page.post(f"/api/v1/boxes/{intake.id}/witness", json={"witness": lee.witness(intake.newest)})
    assert answer.status_code == 201
    told = witnesses.chains_along(chapter.id)
    assert [len(one.get("witnesses", [])) for one in told] == [0, 1]


def test_the_page_of_the_box_offers_the_one_for_families_in_spanish_too(make, chapter, lee, sign_in):
    page = sign_in(lee.person)
    assert "box for families" not in page.get("/legal/box").text
    make.box(chapter, lee)
    assert "Hacer la caja para familias" in page.get("/legal/box?lang=es").text
    make.box(chapter, lee, "intake")
    assert "has a box for families" in page.get("/legal/box").text


def test_no_backup_holds_a_card(make, phone, intake):
    phone.sync(card(phone, intake))
    with db.engine.connect() as connection:
        assert "family_cards" not in {table.name for table in backup._tables(connection)}
