"""A chapter's parameters of the response: read, changed with a passkey, refused with words, and never saved over somebody else's."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.models import Chapter
from fieldapp.alerts import words_rules
from fieldapp.alerts.services import parameters
from fieldapp.alerts.services.rules import Rules, rules_of
from fieldapp.core.clock import MINUTE
from tests.phones import phone_of


@pytest.fixture
def chapter(make):
    return make.chapter("Northeast")


@pytest.fixture
def path(chapter):
    return f"/alerts/rules/{chapter.id}"


@pytest.fixture
def desk(make, sign_in, chapter):
    return sign_in(make.person(chapter, "coordinator", field_name="Juniper"))


def form(version=0, **values):
    return {**parameters.entered(Rules()), "version": str(version), **values}


def settings(make):
    return make.all(Chapter)[0].settings


def test_every_parameter_stands_on_the_page_with_its_limits_and_what_is_usual(desk, path):
    page = desk.get("/alerts/rules", follow_redirects=True).text
    for name, limit in parameters.LIMITS.items():
        assert re.search(
            rf'name="{name}"[^>]*min="{limit.least}" max="{limit.most}" required value="{limit.usual}"', page
        ), name
    assert all(f'name="{name}"' in page for name in parameters.entered(Rules()))
    assert page.count("As usual") == len(parameters.LIMITS) + len(words_rules.QUESTIONS) + 1


def test_what_was_saved_holds_and_only_what_differs_from_the_usual_is_kept(make, desk, path):
    assert desk.post(path, form(climb_1="2", q_partner_asked="no", second="coordinator")).status_code == 303
    kept = settings(make)
    assert kept["alerts"] == {
        "climb_minutes": [2, 5, 10],
        "questions": ["firsthand", "reporter_known", "specific", "recent", "two_or_lead"],
        "second": "coordinator",
    }
    assert rules_of(kept).climb == (2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
    page = desk.get(path).text
    assert "Usual: 3" in page and "Juniper" in page and "2 minutes" in page


def test_an_open_alert_climbs_by_the_new_times(make, desk, path, chapter, clock):
    phone_of(make, make.person(chapter), chapter).raise_alert()
    desk.post(path, form(climb_1="1"))
    assert f'data-due="{clock.now() + MINUTE}"' in desk.get("/alerts").text


def test_another_one_who_saves_an_old_page_is_told_and_loses_nothing_of_what_was_saved(
    make, sign_in, desk, path, chapter
):
    other = sign_in(make.person(chapter, "coordinator", field_name="Finch"))
    other.post(path, form(repeat="6"))
    answer = desk.post(path, form(repeat="9"))
    assert answer.status_code == 409
    assert "Somebody else saved other values" in answer.text and "Saved meanwhile: 6" in answer.text
    assert 'name="repeat"' in answer.text and 'value="9"' in answer.text
    assert settings(make)["alerts"] == {"repeat_minutes": 6}
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert desk.post(path, form(version[1], repeat="9")).status_code == 303
    assert settings(make)["alerts"] == {"repeat_minutes": 9}


def test_back_to_the_usual_keeps_nothing_but_who_did_it(make, desk, path):
    desk.post(path, form(near_km="9"))
    assert desk.post(f"{path}/usual", {"version": "1"}).status_code == 303
    kept = settings(make)
    assert kept["alerts"] == {} and [one["what"] for one in kept["alerts_changed"]["changes"]] == [
        {"near_km": ["9", "5"]},
        {"near_km": ["5", "9"]},
    ]
    assert desk.post(f"{path}/usual", {"version": "1"}).status_code == 409


def test_the_same_again_is_no_change(make, desk, path):
    desk.post(path, form())
    assert parameters.CHANGED not in settings(make)


def test_what_other_parts_keep_in_the_settings_stays(make, desk, path, chapter):
    from fieldapp.core.db import write

    with write() as session:
        session.merge(chapter).settings = {
            "chat": "https://x.example/",
            "alerts": {"of_tomorrow": 1, "repeat_minutes": 7},
        }
    desk.post(path, form(repeat="5", near_km="8"))
    kept = settings(make)
    assert (kept["chat"], kept["alerts"]) == ("https://x.example/", {"of_tomorrow": 1, "near_km": 8})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("climb_1", ""),
        ("climb_1", "0"),
        ("climb_1", "-3"),
        ("climb_1", "1441"),
        ("climb_1", "3.5"),
        ("climb_1", "٣"),
        ("climb_1", "9" * 5000),
        ("climb_2", "2"),
        ("repeat", "x"),
        ("silent", "20"),
        ("unconfirmed", "6"),
        ("near_km", "101"),
        ("pair", "5"),
        ("asks_a_day", "51"),
        ("sends_a_day", "0"),
        ("second", "anybody"),
        ("q_specific", "<script>"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field_and_stays_in_the_form(make, desk, path, name, value):
    answer = desk.post(path, form(**{name: value}))
    assert answer.status_code == 400
    assert f'id="e-{name}"' in answer.text and "<script>" not in answer.text
    assert "alerts" not in settings(make)


def test_a_form_without_fields_is_refused_field_by_field(make, desk, path):
    answer = desk.post(path)
    assert answer.status_code == 400
    assert answer.text.count('class="error"') == len(parameters.LIMITS) + len(words_rules.QUESTIONS) + 1


def test_it_needs_a_fresh_passkey(make, sign_in, chapter, path):
    late = sign_in(make.person(chapter, "coordinator"), stepped_up=False)
    headers = {"Accept": "application/json"}
    assert late.post(path, form(repeat="6"), headers=headers).get_json()["error"]["code"] == "step_up"
    assert late.post(f"{path}/usual", {"version": "0"}, headers=headers).get_json()["error"]["code"] == "step_up"
    assert "alerts" not in settings(make)


def test_an_admin_reads_and_does_not_change(make, sign_in, chapter, path):
    admin = sign_in(make.person(chapter, "admin"))
    page = admin.get(path).text
    assert "You may read this." in page and "disabled" in page and ">Save<" not in page
    assert admin.post(path, form(repeat="6")).status_code == 403


def test_a_coordinator_above_changes_a_pods_parameters_and_a_pods_not_those_above(make, sign_in, chapter, desk):
    pod = make.chapter("Pod", chapter)
    assert desk.post(f"/alerts/rules/{pod.id}", form(repeat="6")).status_code == 303
    below = sign_in(make.person(pod, "coordinator"))
    assert below.get(f"/alerts/rules/{chapter.id}").status_code == 404
    assert below.post(f"/alerts/rules/{chapter.id}", form(repeat="6")).status_code == 404


def test_every_change_is_told_to_the_chapters_phones(make, desk, path):
    before = make.all(Chapter)[0].version
    desk.post(path, form(check="20"))
    assert make.all(Chapter)[0].version > before


def test_the_preview_shows_the_times_of_what_was_entered_and_saves_nothing(make, desk, path):
    answer = desk.post(f"{path}/preview", form(climb_1="2", still="10"))
    part = answer.text.split('id="rehearsal"')[1]
    assert answer.status_code == 200 and "<time>7:44</time>" in part and "<time>8:00</time>" in part
    assert "With what stands in the form." in part and 'value="2"' in answer.text
    assert settings(make) == {} or parameters.CHANGED not in settings(make)


def test_the_preview_counts_who_is_there_and_names_nobody(make, chapter, desk, path):
    make.place(chapter)
    for name in ("Alder", "Birch"):
        phone_of(make, make.person(chapter, "coordinator", field_name=name), chapter)
    part = desk.get(path).text.split('id="rehearsal"')[1]
    assert "<b>3 people</b>." in part and "3 have no push: call them." in part
    assert not any(name in part for name in ("Alder", "Birch", "Juniper"))


def test_the_preview_is_of_a_place_that_one_may_read(make, desk, path, chapter):
    here, elsewhere = make.place(chapter, "Here"), make.place(make.chapter("Elsewhere"), "Not ours")
    part = desk.post(f"{path}/preview", form(place=elsewhere.id)).text.split('id="rehearsal"')[1]
    assert f'value="{here.id}" selected' in part and "Not ours" not in part


def test_a_preview_of_nonsense_is_refused_as_saving_it_is(desk, path):
    answer = desk.post(f"{path}/preview", form(climb_1="x", place="'; --"))
    assert answer.status_code == 400 and "make no sense yet" in answer.text


def test_the_preview_says_what_the_machine_does(make, chapter, desk, path, clock):
    from fieldapp.alerts.models import AlertEvent
    from fieldapp.alerts.services import escalation, rehearsal

    raised = phone_of(make, make.person(chapter), chapter).raise_alert()
    said = [
        line.at
        for line in rehearsal.play(Rules(), rehearsal.crew(chapter.id, None, Rules(), clock.now()))
        if line.what == "told"
    ]
    for _ in range(said[-1] // MINUTE):
        clock.advance(MINUTE)
        escalation.climb_due(clock.now())
    paged = [one.at - raised.arrived_at for one in make.all(AlertEvent) if one.what == "paged"]
    assert sorted(paged) == said
