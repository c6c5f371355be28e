"""Blanks are printed with a number on each sheet, and what became of the paper is recorded from what a phone signed."""

from __future__ import annotations

import json
import re

import pytest

from fieldapp.core.clock import DAY
from fieldapp.observations import blanks, catalogue, serials
from fieldapp.observations.models import PaperSheet, PaperStatement
from fieldapp.observations.services import paper
from fieldapp.records.models import Record


@pytest.fixture
def chapter(make):
    return make.chapter("New York", hotline="212-555-0142", legal_line="212-555-0199")


def print_sheets(page, form="master@1", lang="en", count=3):
    """Print through the page; returns the address of the sheets."""
    answer = page.post("/paper", {"form": form, "lang": lang, "count": str(count)})
    assert answer.status_code == 302, answer.text
    return answer.location


def say(phone, serial, fate, *, whom=None, **more):
    opened = {"/serial": serial, "/fate": fate, **({"/with": whom} if whom else {}), **more}
    return phone.sync(phone.operation("paper", open=opened))[0]["outcome"]


@pytest.fixture
def sheet(make, chapter, sign_in):
    """One printed sheet of the chapter."""
    print_sheets(sign_in(make.person(chapter)), count=1)
    return make.all(PaperSheet)[0]


def test_a_serial_shows_a_wrong_character_and_two_that_changed_places():
    serial = serials.mint()
    assert serials.normal(serials.shown(serial).lower()) == serial
    for place in range(len(serial)):
        for other in set(serials.ALPHABET) - {serial[place]}:
            assert serials.normal(serial[:place] + other + serial[place + 1 :]) is None
    for place in range(len(serial) - 1):
        swapped = serial[:place] + serial[place + 1] + serial[place] + serial[place + 2 :]
        assert swapped == serial or serials.normal(swapped) is None
    for known in ("K7M29QX6", "22222222", "ZZZZZZZ5"):  # as in tests/js/paper.test.mjs
        assert serials.normal(known) == known
    assert serials.normal(None) is None and serials.normal("K7M2") is None and serials.normal("O" * 8) is None


def test_a_volunteer_prints_blanks_with_the_warnings_the_lines_to_call_and_a_number_on_each_sheet(
    make, chapter, sign_in
):
    page = sign_in(make.person(chapter))
    text = page.get(print_sheets(page)).text
    sheets = make.all(PaperSheet)
    assert [(one.number, one.of) for one in sheets] == [(1, 3), (2, 3), (3, 3)]
    for one in sheets:
        assert text.count(serials.shown(one.serial)) == 3  # head, and the foot of both sides
    for words in ("Sheet 2 of 3", "212-555-0142", "212-555-0199", "A judge and the government", "Never write the name"):
        assert words in text
    assert "Do not destroy it if you were told to keep it" in text


def test_the_sheets_are_in_the_language_asked_for_whatever_the_reader_speaks(make, chapter, sign_in):
    page = sign_in(make.person(chapter, lang="en"))
    text = page.get(print_sheets(page, lang="es")).text
    assert "¿Había abogado?" in text or "Abogado o abogada" in text
    assert "Hoja 1 de 3" in text and "No la destruyas" in text
    assert "Sheets to print" in text


def test_every_form_in_every_version_can_be_printed_in_both_languages(make, chapter, sign_in):
    page = sign_in(make.person(chapter))
    for ref in catalogue.definitions():
        for lang in ("en", "es"):
            answer = page.get(print_sheets(page, ref, lang, 1))
            assert answer.status_code == 200 and catalogue.definitions()[ref]["title"][lang] in answer.text


@pytest.mark.parametrize("ref", sorted(catalogue.definitions()))
def test_a_blank_asks_everything_the_form_asks_and_nothing_twice(ref):
    defn = catalogue.definitions()[ref]
    made = blanks.of(defn, "en")
    asked = [one.id for one in (*made.first, *made.notes, *made.more)]
    assert len(asked) == len(set(asked))
    head = {field["id"] for field in defn["fields"] if field.get("source") in ("judges", "courtrooms")}
    beside = {field["id"] for field in defn["fields"] if field["id"].endswith("_unlisted")}
    assert set(asked) | head | beside == {field["id"] for field in defn["fields"] if field["type"] != "pin"}
    assert made.court or not head
    stars = [field["id"] for field in defn["fields"] if field.get("star") and field["type"] != "pin"]
    assert [one for one in asked if one in stars] == stars


def test_a_sheet_says_nothing_of_who_printed_it(make, chapter, sheet):
    columns = set(PaperSheet.__table__.columns.keys())
    assert columns == {
        *("id", "chapter_id", "batch", "serial", "form", "lang", "number", "of", "printed_at"),
        *("entered_at", "fate", "whom", "fate_at"),
    }


@pytest.mark.parametrize(
    "change", [{"form": "nothing@1"}, {"lang": "fr"}, {"count": "0"}, {"count": "51"}, {"count": "many"}, {"count": ""}]
)
def test_a_print_that_makes_no_sense_is_refused_in_words(make, chapter, sign_in, change):
    page = sign_in(make.person(chapter))
    answer = page.post("/paper", {"form": "master@1", "lang": "en", "count": "2", **change})
    assert answer.status_code == 422
    assert make.all(PaperSheet) == []


def test_another_chapters_sheets_are_not_there(make, chapter, sign_in):
    where = print_sheets(sign_in(make.person(chapter)))
    assert sign_in(make.person(make.chapter())).get(where).status_code == 404
    assert sign_in(make.person(chapter)).get("/paper/nosuchbatch").status_code == 404


def test_typed_in_then_given_to_counsel_is_recorded_as_it_was_signed(make, chapter, sheet, clock):
    phone = make.phone(make.person(chapter))
    assert say(phone, sheet.serial, "entered") == "stored"
    clock.advance(DAY)
    given = phone.operation("paper", open={"/serial": sheet.serial, "/fate": "given", "/with": "counsel"})
    assert phone.sync(given)[0]["outcome"] == "stored"
    assert phone.sync(given)[0]["outcome"] == "duplicate"
    [now] = make.all(PaperSheet)
    assert (now.fate, now.whom) == ("given", "counsel") and now.entered_at and now.fate_at > now.entered_at
    statements = make.all(PaperStatement)
    assert [one.fate for one in statements] == ["entered", "given"]
    assert statements[1].body == given["body"] and statements[1].sig == given["sig"]
    assert json.loads(statements[1].open) == given["open"]
    assert make.all(Record) == []


def test_a_later_word_stands_and_the_earlier_one_stays_beside_it(make, chapter, sheet):
    phone = make.phone(make.person(chapter))
    assert say(phone, sheet.serial, "kept", whom="me") == "stored"
    assert say(phone, sheet.serial, "destroyed") == "stored"
    [now] = make.all(PaperSheet)
    assert (now.fate, now.whom) == ("destroyed", None)
    assert [(one.fate, one.whom) for one in make.all(PaperStatement)] == [("kept", "me"), ("destroyed", None)]


def test_a_serial_is_taken_as_it_was_typed(make, chapter, sheet):
    phone = make.phone(make.person(chapter))
    assert say(phone, serials.shown(sheet.serial).lower(), "entered") == "stored"


@pytest.mark.parametrize(
    "opened",
    [
        {},
        {"/fate": "eaten"},
        {"/fate": ["kept"]},
        {"/fate": "kept"},
        {"/fate": "kept", "/with": "a neighbour"},
        {"/fate": "destroyed", "/with": "me"},
        {"/fate": "destroyed", "/with": None},
        {"/fate": "entered", "/note": "in my drawer"},
        {"/fate": "entered", "/serial": 7},
        {"/fate": "entered", "/serial": "AAAA-AAAB"},
        {"/fate": "entered", "/serial": {}},
    ],
)
def test_what_is_not_a_word_about_a_sheet_is_not_applied(make, chapter, sheet, opened):
    phone = make.phone(make.person(chapter))
    sent = phone.operation("paper", open={"/serial": sheet.serial, **opened})
    assert phone.sync(sent)[0]["outcome"] == "not_applied/invalid"
    assert make.all(PaperStatement) == []


def test_a_number_that_was_never_printed_and_one_of_another_chapter_are_answered_alike(make, sheet):
    phone = make.phone(make.person(make.chapter()))
    assert say(phone, serials.mint(), "entered") == "not_applied/invalid"
    assert say(phone, sheet.serial, "entered") == "not_applied/invalid"
    assert make.all(PaperSheet)[0].entered_at is None


def test_a_pod_types_in_what_the_chapter_above_it_printed(make, chapter, sheet):
    phone = make.phone(make.person(make.chapter("Pod", parent=chapter)))
    assert say(phone, sheet.serial, "entered") == "stored"


def test_coordinators_and_counsel_see_numbers_and_fates_and_volunteers_do_not(make, chapter, sheet, sign_in):
    phone = make.phone(make.person(chapter))
    say(phone, sheet.serial, "entered")
    number = serials.shown(sheet.serial)
    for role in ("coordinator", "legal"):
        text = sign_in(make.person(chapter, role)).get("/paper").text
        assert number in text and "Nobody has said" in text
        assert "1 sheet is typed in, and nobody has said what became of it." in text
    assert number not in sign_in(make.person(chapter)).get("/paper").text
    assert number not in sign_in(make.person(make.chapter(), "coordinator")).get("/paper").text
    say(phone, sheet.serial, "kept", whom="chapter")
    text = sign_in(make.person(chapter, "coordinator")).get("/paper").text
    assert "Kept by the chapter" in text
    assert number not in sign_in(make.person(chapter, "coordinator")).get("/paper?show=open").text


def test_the_list_costs_the_same_however_many_sheets_there_are(make, chapter, sign_in, queries):
    page = sign_in(make.person(chapter, "coordinator"))
    print_sheets(page, count=2)
    with queries() as few:
        page.get("/paper")
    print_sheets(page, count=50)
    with queries() as many:
        page.get("/paper")
    assert len(many) == len(few)


def test_all_that_may_become_of_a_sheet_has_words(make):
    from fieldapp.observations.desk import FATES

    said = {(fate, whom) for fate, known in paper.FATES.items() if fate != "entered" for whom in known or (None,)}
    assert said == set(FATES)


def test_the_keys_beside_the_answers_are_told_apart(make):
    for defn in catalogue.definitions().values():
        made = blanks.of(defn, "en")
        for one in (*made.first, *made.more):
            keys = [choice.key for choice in one.choices]
            assert len(keys) == len(set(keys)) and all(re.fullmatch("[1-9a-k]", key) for key in keys)
