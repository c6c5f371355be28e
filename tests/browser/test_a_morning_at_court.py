"""A morning at court, whole: real browsers with passkeys, the real web server and worker, a real database, no network for an hour."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import select, update

from fieldapp import create_app
from fieldapp.accounts.models import LoginSession
from fieldapp.accounts.models import Person as Account
from fieldapp.alerts.models import Alert
from fieldapp.config import from_environment
from fieldapp.core.db import db, write
from fieldapp.records.models import Record, SealedFile, Tombstone
from tests.browser.cast import Member
from tests.browser.morning import OPENLY, SECRETS, Morning, nothing_to_read
from tests.browser.search import in_files, in_tables
from tests.browser.stage import Installation
from tests.pushservice import PushService

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def push() -> Iterator[PushService]:
    with PushService() as service:
        yield service


@pytest.fixture(params=["spatialite", "postgis"])
def site(request: pytest.FixtureRequest, tmp_path: Path, push: PushService) -> Iterator[Installation]:
    """An empty installation, web and worker running; its temporary files are its own."""
    home = tmp_path / "site"
    (home / "tmp").mkdir(parents=True)
    url = request.getfixturevalue("cluster").create("morning") if request.param == "postgis" else ""
    made = Installation(home, url, PUSH_HOSTS=push.origin)
    made.env["TMPDIR"] = str(home / "tmp")
    made.run("db", "upgrade")
    yield made
    made.stop()


@pytest.fixture
def server(site: Installation) -> Iterator[Flask]:
    """A look at the installation's database from outside its processes."""
    app = create_app(from_environment(site.env))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def morning(playwright: Playwright, tmp_path: Path, site: Installation) -> Iterator[Morning]:
    made = Morning(playwright, tmp_path, site)
    yield made
    for member in made.people:
        member.close()


def test_a_morning_at_court(
    morning: Morning, site: Installation, server: Flask, push: PushService, request: pytest.FixtureRequest
) -> None:
    morning.gather()
    morning.certify()
    morning.make_box()
    morning.plan()
    told = push.subscribe()
    push.vapid = morning.coordinator.be_told(told)

    morning.arrive()
    morning.write_offline()
    morning.alert_offline()
    morning.lose_power()
    assert told.got == []

    said = morning.come_back()
    each_is_received_once(said)
    (message,) = push.wait_for(told)
    morning.answer(message)
    morning.be_answered()
    morning.look_at_the_map()

    let_the_proof_run_out(morning.counsel)
    morning.read()
    let_the_proof_run_out(morning.counsel)
    morning.read_again()

    folders = [site.home]
    if db.engine.dialect.name == "postgresql":
        folders.append(request.getfixturevalue("cluster").home)
    else:
        assert (site.home / "fieldapp.db-wal").stat().st_size > 0  # it is searched as it stands, the server goes on
    the_server_cannot_read_it(said, *folders)
    assert {member.name: member.problems for member in morning.people} == {member.name: [] for member in morning.people}


def each_is_received_once(said: list[str]) -> None:
    """One row for each id that the phone minted, nothing else, and nothing that a person must look at first."""
    db.session.rollback()
    records = list(db.session.scalars(select(Record)))
    rows = Counter([*(row.id for row in records), *db.session.scalars(select(Tombstone.id))])
    assert rows == Counter(said)
    assert len(said) == len({"claim", "check_in", "alert"}) + len(records)
    assert sorted(row.kind for row in records) == ["amendment", *["observation"] * 4]
    assert [row.reasons for row in records] == [[]] * 5
    assert len(list(db.session.scalars(select(SealedFile)))) == len(records)
    assert [alert.what for alert in db.session.scalars(select(Alert))] == ["being_taken"]


def let_the_proof_run_out(member: Member) -> None:
    """Five minutes have passed since this person last showed their passkey."""
    theirs = select(Account.id).where(Account.field_name == member.name).scalar_subquery()
    with write() as session:
        session.execute(update(LoginSession).where(LoginSession.person_id == theirs).values(step_up_until=0))


def the_server_cannot_read_it(said: list[str], *folders: Path) -> None:
    """Neither the database, nor its files, nor a log or a temporary file has the words."""
    db.session.rollback()
    assert {"records.body", "tombstones.id"} <= {column for one in said for column in in_tables(one)}
    assert in_tables(OPENLY) != []
    assert [name for word in SECRETS for name in in_tables(word)] == []
    assert in_files("worker started", folders[0]) == ["server.log"]
    nothing_to_read(folders[-1], OPENLY, said[0])
    nothing_to_read(folders[0])


def test_the_search_finds_a_word_in_every_disguise(tmp_path: Path) -> None:
    word = SECRETS[0].encode()
    coded = [base64.urlsafe_b64encode(b"~" * offset + word + b"?!") for offset in range(3)]
    for number, data in enumerate([word, word.hex().encode(), SECRETS[0].encode("utf-16"), *coded]):
        (tmp_path / str(number)).write_bytes(b"before " + data + b" after")
    (tmp_path / "other").write_bytes(b"Zwetschgen and Knoedel")
    assert in_files(SECRETS[0], tmp_path) == ["0", "1", "2", "3", "4", "5"]
