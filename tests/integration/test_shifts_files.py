"""Shifts, people and needs as files: shown first, all or nothing, safe in a spreadsheet, and the same when they come back."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Invite
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Need, SheetImport, Shift
from fieldapp.shifts.services import claims, files
from fieldapp.shifts.sheets import text

cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
WEEK = ("Monday", "Tuesday", "Wednesday")
HEAD = "place,day,start,end,minimum,seats\n"


class Scene:
    """A chapter with two courts, a course, and a coordinator at the desk."""

    def __init__(self, make, sign_in, clock) -> None:
        self.make, self.clock, self.sign_in = make, clock, sign_in
        self.chapter = make.chapter()
        self.court = make.place(self.chapter, "Court on Varick")
        self.far = make.place(self.chapter, "Court in Saipan", zone="Pacific/Saipan")
        self.course = make.course(self.chapter, "Court watch basics")
        self.juniper = make.person(self.chapter, "coordinator", field_name="Juniper")
        self.page = sign_in(self.juniper)

    def upload(self, data: str | bytes, kind: str = "shifts", page: Any = None) -> Any:
        raw = data.encode() if isinstance(data, str) else data
        form = {"kind": kind, "chapter": self.chapter.id, "file": (io.BytesIO(raw), f"{kind}.csv")}
        return (page or self.page).post("/shifts/files", form, content_type="multipart/form-data")

    def plan(self, data: str | bytes, kind: str = "shifts") -> tuple[str, files.Plan]:
        answer = self.upload(data, kind)
        assert answer.status_code == 302, re.sub(r"<[^>]+>|\\s+", " ", answer.get_data(as_text=True))[-900:]
        import_id = answer.location.rsplit("/", 1)[1]
        assert self.page.get(answer.location).status_code == 200
        return import_id, files.kept(actor_for(self.juniper), import_id, self.clock.now())[1]

    def bring_in(self, data: str | bytes, kind: str = "shifts") -> Any:
        import_id, _ = self.plan(data, kind)
        return self.page.post(f"/shifts/files/{import_id}")

    def export(self, kind: str = "shifts") -> bytes:
        answer = self.page.post("/shifts/files/export", {"kind": kind, "chapter": self.chapter.id})
        assert answer.status_code == 200 and answer.mimetype == "text/csv"
        return bytes(answer.data)


@pytest.fixture
def scene(make, sign_in, clock) -> Scene:
    return Scene(make, sign_in, clock)


def test_a_file_of_shifts_makes_them_on_each_places_own_clocks(scene: Scene) -> None:
    scene.bring_in(HEAD + "Court on Varick,2027-01-12,8:30,12:30,2,4\nCourt in Saipan,2027-01-12,8:30,12:30,3,6\n")
    here, far = sorted(scene.make.all(Shift), key=lambda one: one.minimum)
    assert (here.place_id, here.seats, far.place_id) == (scene.court.id, 4, scene.far.id)
    assert here.starts_at - far.starts_at == 15 * 60 * MINUTE


def test_the_same_file_again_changes_nothing(scene: Scene) -> None:
    data = HEAD + "Court on Varick,2027-01-12,8:30,12:30,2,4\n"
    scene.bring_in(data)
    _, plan = scene.plan(data)
    assert plan.counts == {"bad": 0, "changed": 0, "new": 0, "unchanged": 1}


def test_every_wrong_row_is_named_with_its_reasons_and_the_good_ones_go_in(scene: Scene) -> None:
    data = (
        "place;day;start;end;minimum;seats;course\n"
        "Court on Varick;2027-01-12;8:30;12:30;2;4;Court watch basics\n"
        "Court of nowhere;2027-01-12;8:30;12:30;2;4;\n"
        "Court on Varick;someday;half nine;12:30;1;4;\n"
        "Court on Varick;2027-01-13;8:30;12:30;2;4;Basket weaving\n"
        "Court on Varick;2027-01-13;8:30\n"
        "Court on Varick;2027-01-12;8:30;12:30;2;4;\n"
    )
    import_id, plan = scene.plan("\ufeff" + data)
    assert [(step.line, step.what) for step in plan.steps] == [
        (2, "new"), (3, "bad"), (4, "bad"), (5, "bad"), (6, "bad"), (7, "bad"),
    ]  # fmt: skip
    assert len(plan.steps[2].reasons) == 3
    scene.page.post(f"/shifts/files/{import_id}")
    (made,) = scene.make.all(Shift)
    assert made.course_id == scene.course.id


def test_it_is_all_or_nothing_when_something_changed_meanwhile(scene: Scene) -> None:
    import_id, _ = scene.plan(
        HEAD + "Court on Varick,2027-01-12,8:30,12:30,2,4\nCourt in Saipan,2027-01-12,8:30,12:30,2,4\n"
    )
    with write() as session:
        session.merge(scene.far).closed_at = scene.clock.now()
    assert files.kept(actor_for(scene.juniper), import_id, scene.clock.now())[1].counts["bad"] == 1
    scene.page.post(f"/shifts/files/{import_id}")
    assert len(scene.make.all(Shift)) == 1
    assert scene.page.post(f"/shifts/files/{import_id}").status_code == 404


def test_an_exported_file_with_one_cell_changed_changes_that_shift(scene: Scene) -> None:
    shift = scene.make.shift(scene.court, starts_in=5 * DAY, seats=4, brief={"note": "Bring water"})
    rows = list(csv.DictReader(io.StringIO(scene.export().decode("utf-8-sig"))))
    rows[0]["seats"] = "9"
    _, plan = scene.plan(text.write(list(rows[0]), rows))
    assert [(step.what, step.fields) for step in plan.steps] == [("changed", ["seats"])]
    scene.bring_in(text.write(list(rows[0]), rows))
    changed = db.session.get_one(Shift, shift.id)
    assert (changed.seats, changed.brief) == (9, {"note": "Bring water"})


def test_a_file_without_a_column_leaves_it_as_it_is(scene: Scene) -> None:
    shift = scene.make.shift(scene.court, starts_in=5 * DAY, course_id=scene.course.id, brief={"note": "Bring water"})
    row = next(csv.DictReader(io.StringIO(scene.export().decode("utf-8-sig"))))
    few = {name: row[name] for name in ("id", "place", "day", "start", "end")} | {"seats": "7"}
    scene.bring_in(text.write(list(few), [few]))
    changed = db.session.get_one(Shift, shift.id)
    assert (changed.seats, changed.course_id, changed.brief) == (7, scene.course.id, {"note": "Bring water"})


def test_fewer_places_than_people_is_a_wrong_row(scene: Scene) -> None:
    shift = scene.make.shift(scene.court, starts_in=5 * DAY, minimum=4, seats=9)
    for _ in range(3):
        claims.claim(scene.make.person(scene.chapter).id, shift.id, scene.clock.now())
    _, plan = scene.plan(f"id,place,day,start,end,minimum,seats\n{_first(scene)},2,2\n")
    assert plan.counts["bad"] == 1


def test_people_come_in_as_invites_that_are_shown_once(scene: Scene) -> None:
    answer = scene.bring_in("field_name,roles\nFern,\nMaple,volunteer\njuniper,\nOak,king\n", "people")
    shown = answer.get_data(as_text=True)
    assert len(set(re.findall(r"/enrol#([A-Za-z0-9_-]{43})", shown))) == 2
    assert sorted(one.note for one in scene.make.all(Invite)) == ["Fern", "Maple"]
    assert scene.make.all(SheetImport) == []


def test_people_need_a_fresh_proof_both_ways(scene: Scene) -> None:
    import_id, _ = scene.plan("field_name\nFern\n", "people")
    page = scene.sign_in(scene.juniper, stepped_up=False)
    assert page.post("/shifts/files/export", {"kind": "people", "chapter": scene.chapter.id}).status_code == 403
    assert page.post(f"/shifts/files/{import_id}").status_code == 403
    assert scene.make.all(Invite) == []


def test_a_file_of_people_has_names_roles_and_certificates_and_no_secret(scene: Scene) -> None:
    fern = scene.make.person(scene.chapter, field_name="=Fern()")
    scene.make.certificate(fern, scene.course, ends_in=30 * DAY)
    data = scene.export("people").decode("utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(data)) if "Fern" in row["field_name"])
    assert row["field_name"] == "'=Fern()" and row["roles"] == "volunteer"
    assert row["certificates"] == "Court watch basics until 2026-12-23"
    assert fern.id not in data and fern.user_handle not in data


def test_needs_come_in_change_and_go_out_the_same(scene: Scene) -> None:
    head = "place,weekday,start,end,minimum,seats,form,course,from,until\n"
    scene.bring_in(head + "Court on Varick,Monday,8:30,12:30,2,4,master,Court watch basics,2027-01-04,\n", "needs")
    scene.bring_in(head + "Court on Varick,lunes,8:30,12:30,3,5,master,Court watch basics,2027-01-04,\n", "needs")
    (need,) = scene.make.all(Need)
    assert (need.weekday, need.minimum, need.seats, need.course_id) == (0, 3, 5, scene.course.id)
    _, plan = scene.plan(scene.export("needs"), "needs")
    assert plan.counts == {"bad": 0, "changed": 0, "new": 0, "unchanged": 1}


def windows(place: str, first: int, last: int) -> str:
    """Rows of a file of needs: one window of five minutes after the other."""
    rows = [f"{place},{WEEK[n // 100]},{n % 100 // 12 + 6}:{n % 100 % 12 * 5:02d},21:00\n" for n in range(first, last)]
    return "place,weekday,start,end\n" + "".join(rows)


def test_a_place_takes_two_hundred_windows_and_the_rows_above_say_so(scene: Scene) -> None:
    scene.bring_in(windows("Court on Varick", 0, 150), "needs")
    import_id, plan = scene.plan(windows("Court on Varick", 100, 202) + "Court in Saipan,Monday,8:00,9:00\n", "needs")
    assert plan.counts == {"bad": 2, "changed": 0, "new": 51, "unchanged": 50}
    assert scene.page.get(f"/shifts/files/{import_id}").text.count("A place has at most 200 weekly windows.") == 2
    scene.page.post(f"/shifts/files/{import_id}")
    assert Counter(need.place_id for need in scene.make.all(Need))[scene.court.id] <= 200


def test_windows_that_came_in_since_a_file_was_shown_are_counted(scene: Scene) -> None:
    import_id, _ = scene.plan(windows("Court on Varick", 0, 150), "needs")
    scene.bring_in(windows("Court on Varick", 150, 250), "needs")
    answer = scene.page.post(f"/shifts/files/{import_id}")
    assert answer.status_code in {302, 409}
    assert len(scene.make.all(Need)) <= 200


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfea\x00", b"a,b\n1,2\n", b"place,place,day,start,end\n", b"\xe9,day\n", b"x" * 1_000_001],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(scene: Scene, data: bytes) -> None:
    assert scene.upload(data).status_code == 422


def test_more_than_a_thousand_rows_are_refused(scene: Scene) -> None:
    assert scene.upload(HEAD + "Court on Varick,2027-01-12,8:30,12:30,2,4\n" * 1_001).status_code == 422


def test_another_coordinators_file_is_not_there_and_an_hour_later_ones_own(scene: Scene) -> None:
    import_id, _ = scene.plan(HEAD + "Court on Varick,2027-01-12,8:30,12:30,2,4\n")
    other = scene.sign_in(scene.make.person(scene.chapter, "coordinator"))
    assert other.get(f"/shifts/files/{import_id}").status_code == 404
    scene.clock.advance(60 * MINUTE)
    assert scene.page.get(f"/shifts/files/{import_id}").status_code == 404


def test_the_templates_can_be_brought_in_as_they_are(scene: Scene) -> None:
    for kind in files.KINDS:
        _, plan = scene.plan(scene.page.get(f"/shifts/files/template/{kind}.csv").data, kind)
        assert len(plan.steps) == 1 and not plan.unused
    assert scene.page.get("/shifts/files/template/secrets.csv").status_code == 404


@given(rows=st.lists(st.fixed_dictionaries({"place": cells, "day": cells, "note": cells}), min_size=1, max_size=8))
def test_what_goes_out_comes_back_the_same_whatever_is_in_it(rows: list[dict[str, str]]) -> None:
    rows = [{**row, "place": "x" + row["place"]} for row in rows]
    back = text.read(text.write(("place", "day", "note"), rows), ("place", "day", "note"), ("place",))
    assert [row.cells for row in back.rows] == rows


@given(cell=cells)
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    written = text.safe(cell)
    assert text.plain(written) == cell
    assert not written.startswith(tuple("=+-@\t\r\n"))


@given(
    note=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60), seats=st.integers(4, 90)
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_exported_shift_is_unchanged_when_it_comes_back(scene: Scene, note: str, seats: int) -> None:
    with write() as session:
        session.execute(db.delete(Shift))
    kept = {"note": note.strip()} if note.strip() else {}
    scene.make.shift(scene.court, starts_in=5 * DAY, seats=seats, brief=kept)
    _, plan = scene.plan(scene.export())
    assert plan.counts == {"bad": 0, "changed": 0, "new": 0, "unchanged": 1}


def _first(scene: Scene) -> str:
    row = next(csv.DictReader(io.StringIO(scene.export().decode("utf-8-sig"))))
    return ",".join(row[name] for name in ("id", "place", "day", "start", "end"))
