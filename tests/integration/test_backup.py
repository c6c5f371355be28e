"""A backup is taken while serving, restores into an empty database of either kind, and phones make up for what it lacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from fieldapp import create_app
from fieldapp.accounts.models import LoginSession, Person
from fieldapp.core.clock import HOUR, FixedClock
from fieldapp.core.db import db
from fieldapp.ops import backup as backups
from fieldapp.places.models import Place
from fieldapp.records.models import Record
from fieldapp.records.services import epochs
from tests.conftest import NOON, settings_for
from tests.factories import Factory


@pytest.fixture
def other_app(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Flask]:
    """A second installation on the same kind of database, without a single table."""
    home = tmp_path / "other"
    home.mkdir()
    if database.startswith("postgresql"):
        url = request.getfixturevalue("cluster").create(f"restored_{os.getpid()}_{abs(hash(str(tmp_path))) % 10**8}")
    else:
        url = f"sqlite:///{home / 'fieldapp.db'}"
    made = create_app(settings_for(home, url), FixedClock(NOON))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def recipient() -> Any:
    """An age identity."""
    return pyrage.x25519.Identity.generate()


def test_everything_kept_comes_back_and_a_new_epoch_begins(app, make, sign_in, other_app, tmp_path, recipient):
    volunteer = make.phone(make.person(make.chapter()))
    make.place(make.chapter())
    volunteer.sync(volunteer.observation())
    file = tmp_path / "today.age"
    made = backups.backup(file, str(recipient.to_public()), tmp_path / "keys", NOON)
    before = epochs.current(NOON).id
    assert made.rows["records"] == 1
    assert b"observation" not in file.read_bytes()
    with other_app.app_context():
        backups.restore(file, str(recipient), tmp_path / "other" / "keys", NOON + HOUR)
        assert db.session.scalar(select(func.count()).select_from(Record)) == 1
        assert db.session.scalar(select(func.count()).select_from(Place).where(Place.geom.is_not(None))) == 1
        assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 0
        assert epochs.current(NOON).id != before


def test_a_phone_offers_again_what_the_restored_server_lacks_and_nothing_is_doubled(
    app, make, other_app, tmp_path, recipient
):
    volunteer = make.phone(make.person(make.chapter()))
    kept = volunteer.observation()
    volunteer.sync(kept)
    file = tmp_path / "today.age"
    backups.backup(file, str(recipient.to_public()), tmp_path / "keys", NOON)
    later = volunteer.observation()
    assert volunteer.sync(later)[0]["outcome"] == "stored"
    with other_app.app_context():
        backups.restore(file, str(recipient), tmp_path / "other" / "keys", NOON + HOUR)
        answers = volunteer.moved_to(other_app).sync(kept, later)
        assert [a["outcome"] for a in answers] == ["duplicate", "stored"]
        assert db.session.scalar(select(func.count()).select_from(Record)) == 2


def test_a_backup_does_not_restore_over_anything(app, make, tmp_path, recipient):
    make.chapter()
    file = tmp_path / "today.age"
    backups.backup(file, str(recipient.to_public()), tmp_path / "keys", NOON)
    with pytest.raises(backups.BackupError):
        backups.restore(file, str(recipient), tmp_path / "keys", NOON)


def test_a_damaged_file_leaves_the_database_empty(app, make, other_app, tmp_path, recipient):
    for _ in range(40):
        make.person(make.chapter())
    file = tmp_path / "today.age"
    backups.backup(file, str(recipient.to_public()), tmp_path / "keys", NOON)
    whole = file.read_bytes()
    for damaged in (whole[:-20], whole[: len(whole) // 2], whole[:-40] + b"\x00" * 40):
        file.write_bytes(damaged)
        with other_app.app_context():
            with pytest.raises(backups.BackupError):
                backups.restore(file, str(recipient), tmp_path / "other" / "keys", NOON)
            upgrade()
            assert db.session.scalar(select(func.count()).select_from(Person)) == 0
            db.session.rollback()


def test_another_identity_does_not_open_it(app, make, other_app, tmp_path, recipient):
    make.chapter()
    file = tmp_path / "today.age"
    backups.backup(file, str(recipient.to_public()), tmp_path / "keys", NOON)
    with other_app.app_context(), pytest.raises(backups.BackupError):
        backups.restore(file, str(pyrage.x25519.Identity.generate()), tmp_path / "other" / "keys", NOON)


def test_a_backup_that_cannot_be_finished_leaves_nothing_half_written(app, make, tmp_path, recipient):
    make.chapter()
    taken = tmp_path / "a folder has this name"
    taken.mkdir()
    with pytest.raises(IsADirectoryError):
        backups.backup(taken, str(recipient.to_public()), tmp_path / "keys", NOON)
    assert [path for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_phones_learn_up_to_when_a_backup_holds_what_was_received(app, make, tmp_path, recipient):
    volunteer = make.phone(make.person(make.chapter()))
    backups.backup(tmp_path / "b.age", str(recipient.to_public()), tmp_path / "keys", NOON)
    answer = volunteer.post({"v": 1, "records": [volunteer.observation()]})
    assert int(answer.headers["Fieldapp-Backed-Up-Through"]) <= NOON


def test_numbers_go_on_after_the_highest_one_that_was_restored(app, make, other_app, tmp_path, recipient):
    volunteer = make.phone(make.person(make.chapter()))
    volunteer.sync(volunteer.observation(), volunteer.observation())
    file = tmp_path / "today.age"
    backups.backup(file, str(recipient.to_public()), tmp_path / "keys", NOON)
    with other_app.app_context():
        backups.restore(file, str(recipient), tmp_path / "other" / "keys", NOON + HOUR)
        volunteer.moved_to(other_app).sync(volunteer.observation())
        assert db.session.scalar(select(func.max(Record.pk))) == 3
        assert Factory(FixedClock(NOON)).chapter().id
