"""The doctor finds where disk and database differ; a backup copies what is new, and a restore brings it back."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

import pyrage
import pytest

from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db
from fieldapp.core.files import Store
from fieldapp.observations.services import inspecting
from fieldapp.records.services import epochs
from tests.uploads import Recording


@pytest.fixture
def doctor(app: Any) -> Any:
    """``doctor("--verify")`` gives its exit code and its findings."""

    def run(*words: str) -> tuple[int, list[tuple[str, str]]]:
        done = app.test_cli_runner().invoke(args=["doctor", "--json", *words])
        found = [json.loads(line) for line in done.output.splitlines()]
        db.session.rollback()
        return done.exit_code, [(one["what"], one["which"]) for one in found]

    return run


@pytest.fixture
def back_up(app: Any, tmp_path: Path) -> Any:
    """``back_up("--media", folder)`` gives the command's result."""
    to = pyrage.x25519.Identity.generate().to_public()

    def run(*words: str) -> Any:
        args = ["backup", str(tmp_path / "b.age"), "--recipient", str(to), *words]
        done = app.test_cli_runner().invoke(args=args)
        db.session.rollback()
        epochs.forget_seen()
        return done

    return run


def test_all_is_well_and_said_so(app, photo, doctor):
    photo.send()
    Recording(photo.phone, b"x" * 100).post(b"x" * 40)
    assert doctor() == doctor("--verify") == (0, [])
    assert "agree" in app.test_cli_runner().invoke(args=["doctor"]).output


def test_a_receipt_without_its_file_is_urgent(photo, store, doctor):
    photo.send()
    store.path(photo.sha256).unlink()
    assert doctor() == (2, [("no_file", photo.sha256)])


def test_a_file_that_rotted_is_found_when_it_is_read(photo, store, doctor):
    photo.send()
    store.path(photo.sha256).write_bytes(b"X" + photo.data[1:])
    assert doctor() == (0, [])
    assert doctor("--verify") == (2, [("wrong_digest", photo.sha256)])
    os.truncate(store.path(photo.sha256), 10)
    assert doctor() == (2, [("wrong_size", photo.sha256)])


def test_files_without_rows_are_named(photo, store, doctor):
    photo.send()
    with store.writing("a" * 22) as file:
        file.cut(0)
        file.write(b"stray")
        stray = file.digest()
        file.keep(stray)
    store.forget("a" * 22)
    with store.writing("b" * 22):
        pass
    (store.path(stray).parent / "notes.txt").touch()
    assert doctor() == (1, [("no_row", stray), ("no_row", "notes.txt"), ("left_over", "b" * 22)])


def test_an_upload_that_does_not_move_or_lost_what_had_come_is_named(photo, store, doctor, clock):
    photo.post(photo.data[:4_000])
    clock.advance(inspecting.STUCK + HOUR)
    assert doctor() == (1, [("stuck", photo.id)])
    store.forget(photo.id)
    assert doctor() == (1, [("no_incoming", photo.id), ("stuck", photo.id)])


def test_the_same_bytes_sent_twice_are_one_file_and_no_finding(photo, doctor, store):
    photo.send()
    Recording(photo.phone, photo.data).send()
    assert doctor("--verify") == (0, [])
    assert list(store.kept()) == [photo.sha256]


def test_a_backup_copies_only_what_is_new_and_says_when_media_are_not_in_it(photo, back_up, tmp_path):
    photo.send()
    assert "NOT in it: 1 sealed" in back_up().output
    copy = tmp_path / "copy"
    assert "1 new media files" in back_up("--media", str(copy)).output
    later = Recording(photo.phone, secrets.token_bytes(50))
    later.send()
    assert "1 new media files are in" in back_up("--media", str(copy)).output
    assert sorted(Store(copy).kept()) == sorted([photo.sha256, later.sha256])
    assert Store(copy).verified(photo.sha256)


def test_a_media_copy_is_a_folder_also_before_there_are_media(back_up, tmp_path):
    assert "0 new media files" in back_up("--media", str(tmp_path / "far" / "copy")).output
    assert (tmp_path / "far" / "copy").is_dir()  # fieldapp restore takes only one that exists


def test_a_media_folder_that_cannot_be_written_is_the_one_that_is_named(photo, back_up, tmp_path, clock):
    photo.send()
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    done = back_up("--media", str(tmp_path / "file" / "copy"))
    assert done.exit_code == 1
    assert f"Media cannot be copied into {tmp_path / 'file' / 'copy'}" in done.output
    assert "The backup of the rows is made" in done.output
    assert epochs.standing(clock.now()).backed_up_through is None


def test_a_rotten_file_is_not_copied_the_others_are_and_phones_are_not_told(photo, back_up, store, tmp_path, clock):
    photo.send()
    later = Recording(photo.phone, secrets.token_bytes(50))
    later.send()
    store.path(photo.sha256).write_bytes(b"X" + photo.data[1:])
    done = back_up("--media", str(tmp_path / "copy"))
    assert done.exit_code == 1 and photo.sha256 in done.output
    assert list(Store(tmp_path / "copy").kept()) == [later.sha256]
    assert epochs.standing(clock.now()).backed_up_through is None


def test_lost_files_come_back_from_the_copy(photo, back_up, store, tmp_path, doctor, clock):
    photo.send()
    back_up("--media", str(tmp_path / "copy"))
    store.path(photo.sha256).unlink()
    assert Store(tmp_path / "copy").copy_new(store) == (1, 0)
    assert doctor("--verify") == (0, [])
    clock.advance(DAY)
    assert photo.head().headers["Upload-Offset"] == str(len(photo.data))
