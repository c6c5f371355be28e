"""The log remembers: what was accepted becomes leaves under signed checkpoints, and an independent count agrees (RFC 6962)."""

from __future__ import annotations

import base64
import hashlib

import pytest

from fieldapp.core.canonical import loads, unb64u
from fieldapp.core.clock import DAY, HOUR, MINUTE, SECOND
from fieldapp.records import serverkeys, tree
from fieldapp.records.crypto import note_is_signed
from fieldapp.records.models import BoxManifest, Checkpoint, CustodyAct, Leaf, Record, Tombstone
from fieldapp.records.services import custody, epochs, forgetting, log
from tests.conftest import NOON


@pytest.fixture
def phone(make):
    """A volunteer's phone."""
    return make.phone(make.person(make.chapter()))


def merkle(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1 as it is written there: recursive, by the largest power of two."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


def leaf(text: str) -> bytes:
    return hashlib.sha256(b"\x00" + text.encode()).digest()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 100])
def test_appending_step_by_step_gives_the_root_of_the_whole_tree(size):
    leaves = [leaf(str(i)) for i in range(size)]
    frontier: list[bytes] = []
    count = 0
    for one in leaves:
        frontier, count = tree.append(frontier, count, [one])
    assert (count, tree.root(frontier)) == (size, merkle(leaves))
    assert tree.append([], 0, leaves) == (frontier, size)


def newest(make) -> Checkpoint:
    return max(make.all(Checkpoint), key=lambda one: (one.at, one.size))


def test_records_acts_and_manifests_become_leaves_whose_root_anybody_can_recompute(make, phone, clock, app):
    kit = make.box(phone.chapter)
    phone.sync(*(phone.observation() for _ in range(5)), phone.observation(day_part="2099-01-01/night"))
    custody.act(make.all(Record)[0].digest, "copied", "legal-1", clock.now())
    assert log.sequence(clock.now()) == 8
    clock.advance(SECOND)
    phone.sync(phone.observation())
    assert log.sequence(clock.now()) == 1
    texts = {leaf(one.body): one.leaf_index for one in make.all(Record)}
    texts |= {leaf(one.text): one.leaf_index for one in [*make.all(CustodyAct), *make.all(BoxManifest)]}
    in_order = sorted(texts, key=lambda one: texts[one])
    head = newest(make)
    assert sorted(texts.values()) == list(range(9))
    assert [unb64u(one.hash) for one in sorted(make.all(Leaf), key=lambda one: one.index)] == in_order
    assert base64.b64decode(head.root) == merkle(in_order)
    origin, size, root = head.text.split("\n")[:3]
    assert (origin, size, root) == (epochs.current(clock.now()).origin, "9", head.root)
    assert note_is_signed(serverkeys.ring(app.config["SETTINGS"].data_dir).log.public_key(), origin, head.text)
    assert kit.id


def test_every_checkpoint_is_the_root_of_what_was_there_then(make, phone, clock):
    for _ in range(4):
        phone.sync(*(phone.observation() for _ in range(3)))
        log.sequence(clock.now())
        clock.advance(SECOND)
    leaves = [unb64u(one.hash) for one in sorted(make.all(Leaf), key=lambda one: one.index)]
    for head in make.all(Checkpoint):
        assert base64.b64decode(head.root) == merkle(leaves[: head.size])


def test_an_operation_never_becomes_a_leaf(make, phone, clock):
    phone.sync(phone.operation("alert_cancel"))
    assert log.sequence(clock.now()) == 0
    assert not make.all(Leaf)


def test_nothing_new_makes_no_new_checkpoint(make, phone, clock):
    phone.sync(phone.observation())
    log.sequence(clock.now())
    assert log.sequence(clock.now() + SECOND) == 0
    assert len(make.all(Checkpoint)) == 1


def test_a_long_queue_is_taken_in_batches(make, phone, clock):
    phone.sync(*(phone.observation() for _ in range(7)))
    assert [log.sequence(clock.now(), limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert newest(make).size == 7


def test_the_newest_checkpoint_travels_beside_every_answer(phone, clock):
    phone.sync(phone.observation())
    log.sequence(clock.now())
    answer = phone.post({"v": 1, "records": [phone.observation()]})
    assert answer.headers["Fieldapp-Time"] == str(NOON)
    assert answer.headers["Fieldapp-Epoch"] == epochs.current(NOON).id
    assert unb64u(answer.headers["Fieldapp-Checkpoint"]).decode() == epochs.standing(NOON).checkpoint
    assert "Fieldapp-Backed-Up-Through" not in answer.headers


def test_a_new_epoch_continues_the_same_leaves_under_a_new_origin(make, phone, clock):
    old = phone.observation()
    phone.sync(old)
    log.sequence(clock.now())
    before = epochs.current(clock.now())
    clock.advance(HOUR)
    after = epochs.begin(clock.now())
    head = newest(make)
    assert (head.epoch, head.size) == (after.id, 1)
    assert head.text.startswith(after.origin + "\n1\n")
    phone.sync(phone.observation(), phone.observation(log=before.origin))
    log.sequence(clock.now() + 1)
    leaves = [unb64u(one.hash) for one in sorted(make.all(Leaf), key=lambda one: one.index)]
    assert base64.b64decode(newest(make).root) == merkle(leaves)
    assert len(leaves) == 3


def test_a_record_that_names_an_epoch_which_a_restore_forgot_is_still_ours(phone):
    seen, foreign = phone.observation(log="localhost/log/forgotten"), phone.observation(log="evil.example/log/a")
    assert [one["outcome"] for one in phone.sync(seen, foreign)] == ["stored", "refused/unknown_log"]


def test_a_receipt_names_the_epoch_it_was_given_in(phone, clock):
    first = phone.observation()
    (one,) = phone.sync(first)
    after = epochs.begin(clock.now() + 1)
    (two,) = phone.sync(phone.observation())
    (again,) = phone.sync(first)
    assert loads(two["receipt"]["text"])["epoch"] == after.id
    assert again["receipt"] == one["receipt"]


def test_a_backup_covers_only_what_was_surely_committed_before_it_began(phone, clock):
    epochs.current(clock.now())
    epochs.backed_up(clock.now())
    answer = phone.post({"v": 1, "records": [phone.observation()]})
    assert int(answer.headers["Fieldapp-Backed-Up-Through"]) == NOON - 2 * MINUTE


def test_a_tombstone_is_forgotten_only_when_nothing_could_be_applied_any_more(make, phone, clock):
    cancel = phone.operation("alert_cancel", void_after=clock.now() + DAY)
    phone.sync(cancel)
    clock.advance(DAY)
    assert forgetting.forget(clock.now()) == 0
    clock.advance(1)
    assert forgetting.forget(clock.now()) == 1
    assert not make.all(Tombstone)
    (late,) = phone.sync(cancel)
    assert late["outcome"] == "not_applied/void"
    assert not make.all(Tombstone)
