"""The second client, against a server that runs: everything it knows of it, it knows from docs/protocol.md."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

import pytest
import requests

from .conftest import Server
from .fieldclient import age, checks, keys, proofs, records
from .fieldclient.canonical import Fault, canonical, parse, sha256, unb64u
from .fieldclient.client import Client, Outcome
from .fieldclient.wire import Refused

CELL = "4071,-7401"
HOUR = 3_600_000
SEEN = {"how_many": "n1", "saw_or_told": "saw", "narrative": "Two agents at the door."}


def now(client: Client) -> int:
    """The newest time that the server said."""
    assert client.clock
    return client.clock


def seen(client: Client, **answers: Any) -> records.Record:
    """A sighting in a cell, as the client writes it."""
    return client.observe("salute", {**SEEN, **answers}, at=now(client), cell=CELL)


def another(
    client: Client, original: records.Record, opened: list[records.Disclosure] | None = None, **members: Any
) -> records.Record:
    """A record like the original with other members (None: without), signed anew; nothing sealed."""
    kept = {
        name: value
        for name, value in original.body.items()
        if name not in ("files", "commitments", "open", "key", "id")
    }
    changed = {name: value for name, value in {**kept, **members}.items() if value is not None}
    return client.keep(records.build(client.own_keys[-1], changed, opened))


def bent(original: records.Record, **members: Any) -> records.Record:
    """The record with other members of its envelope."""
    return dataclasses.replace(original, envelope={**original.envelope, **members})


def only(outcomes: list[Outcome]) -> Outcome:
    assert len(outcomes) == 1
    return outcomes[0]


def operation(client: Client, kind: str, payload: dict[str, Any] | None = None, **members: str) -> Outcome:
    """What becomes of an operation."""
    record = client.operate(kind, payload or {}, at=now(client), void_after=now(client) + HOUR, **members)
    return only(client.sync(record))


# --- who one is


def test_an_invite_link_works_once(server: Server) -> None:
    link = server.link("invite", "--role", "volunteer")
    Client(server.url).enrol(link, "Wren")
    with pytest.raises(Refused) as caught:
        Client(server.url).enrol(link, "Another Wren")
    assert (caught.value.status, caught.value.code) == (410, "invite_used")
    assert {"message", "safe", "do"} <= set(caught.value.error)


def test_a_name_that_somebody_has_is_asked_for_again(server: Server, regular: Client) -> None:
    with pytest.raises(Refused) as caught:
        Client(server.url).enrol(server.link("invite", "--role", "volunteer"), regular.welcome["person"]["field_name"])
    assert (caught.value.status, caught.value.code) == (422, "invalid")
    assert set(caught.value.error["fields"]) == {"field_name"}


def test_nothing_is_changed_without_the_csrf_token(server: Server) -> None:
    stranger = Client(server.url)
    with pytest.raises(Refused) as caught:
        stranger.call("POST", "/api/v1/enrol/begin", {"token": "x", "field_name": "Wren", "lang": "en"})
    assert (caught.value.status, caught.value.code) == (400, "csrf")


def test_a_passkey_signs_in_again_after_signing_out(server: Server) -> None:
    volunteer = server.newcomer("Plover")
    person = volunteer.welcome["person"]
    volunteer.sign_out()
    with pytest.raises(Refused) as caught:
        volunteer.refresh()
    assert caught.value.status == 401
    volunteer.sign_in()
    assert volunteer.welcome["person"] == person
    volunteer.etag = ""
    assert volunteer.refresh()


def test_a_snapshot_that_has_not_changed_is_not_sent_again(volunteer: Client) -> None:
    assert not volunteer.refresh()


def test_the_snapshot_names_the_box_of_the_pinned_chain(server: Server, volunteer: Client) -> None:
    assert server.box and volunteer.box
    assert (volunteer.box["box"], volunteer.box["recipient"]) == (server.box[0], server.box[1].recipient)


def test_a_chain_that_is_not_the_pinned_one_is_never_used(volunteer: Client) -> None:
    volunteer.pinned = [{**volunteer.pinned[0], "sig": "A" * 86}]
    volunteer.etag = ""
    with pytest.raises(Fault) as caught:
        volunteer.refresh()
    assert caught.value.code == "broken_chain"


def test_a_key_without_proof_is_not_registered(volunteer: Client) -> None:
    fresh = volunteer.fresh_key()
    stolen = {"jwk": fresh.jwk, "proof": volunteer.own_keys[0].sign(keys.DEVICE_KEY, "{}")}
    with pytest.raises(Refused) as caught:
        volunteer.post("/api/v1/device", {"name": "Second client", "keys": [stolen]})
    assert caught.value.code == "bad_proof"


def test_the_same_key_again_is_welcome(volunteer: Client) -> None:
    [key] = volunteer.own_keys
    assert volunteer.register(key, registered_at=now(volunteer)) == [key.thumbprint]


# --- writing


def test_an_observation_is_stored_and_let_go_for_its_receipt(volunteer: Client) -> None:
    record = seen(volunteer)
    outcome = only(volunteer.sync())
    assert (outcome.outcome, outcome.let_go) == ("stored", True)
    assert outcome.receipt
    assert outcome.receipt["leaf"] == record.proof["leaf"]
    assert outcome.receipt["received_at"] % (HOUR // 4) == 0
    assert volunteer.outbox == {}


def test_what_is_sealed_opens_for_the_box_alone(volunteer: Client, identity: age.Identity) -> None:
    record = seen(volunteer)
    [file] = record.envelope["sealed"].values()
    opened = {path: value for _, path, value in records.unseal(identity, unb64u(file))}
    assert opened["/narrative"] == SEEN["narrative"]
    assert {"/_/observed_at", "/_/captured_at", "/_/clock", "/_/not_before", "/_/seq"} < set(opened)
    assert "narrative" not in canonical(record.envelope["open"])
    with pytest.raises(Fault):
        records.unseal(age.Identity.new(), unb64u(file))


def test_a_counsel_opens_the_box_with_the_grant_and_reads_it(server: Server) -> None:
    assert server.box and server.counsel
    [holder] = server.counsel.client.call("GET", "/api/v1/boxes/holder").json()["holders"]
    [grant] = holder["grants"]
    assert age.decrypt(server.counsel.identity, unb64u(grant["sealed"])).decode() == str(server.box[1])


def test_an_amendment_of_an_observation_is_stored(volunteer: Client) -> None:
    record = seen(volunteer)
    amendment = volunteer.amend(record, SEEN, {**SEEN, "how_many": "n2", "narrative": ""}, at=now(volunteer))
    assert [one.outcome for one in volunteer.sync()] == ["stored", "stored"]
    assert [one[1:] for one in amendment.envelope["open"]] == [["/how_many", "n2"]]


def test_the_same_record_again_gets_the_first_receipt_byte_for_byte(volunteer: Client) -> None:
    record = seen(volunteer)
    first, second = (only(volunteer.sync(record)) for _ in range(2))
    assert (first.outcome, second.outcome) == ("stored", "duplicate")
    assert second.result["receipt"] == first.result["receipt"]


def test_the_same_id_with_other_words_is_a_conflict_and_stays(volunteer: Client) -> None:
    record = seen(volunteer)
    volunteer.sync()
    other = another(volunteer, record, id=record.body["id"])
    outcome = only(volunteer.sync())
    assert (outcome.outcome, outcome.let_go) == ("conflict", False)
    assert (outcome.result["stored"], outcome.result["digest"]) == (record.envelope["digest"], other.envelope["digest"])
    assert list(volunteer.outbox.values()) == [other]


@pytest.mark.parametrize(
    "members",
    [
        {"day_part": "2045-01-01/morning"},
        {"chapter": "elsewhere"},
        {"shift": "no-such-shift"},
        {"form": "no_such_form@1"},
        {"form_hash": sha256("another form")},
        {"place": "no-such-place", "cell": None},
        {"kind": "amendment", "amends": {"digest": sha256("nothing"), "id": "00000000-0000-4000-8000-000000000000"}},
    ],
    ids=[
        "the future",
        "another chapter",
        "a shift nobody knows",
        "a form nobody knows",
        "another form's hash",
        "a place nobody knows",
        "an amendment of what has not come",
    ],
)
def test_evidence_that_is_odd_is_quarantined_and_let_go(volunteer: Client, members: dict[str, Any]) -> None:
    record = another(volunteer, seen(volunteer), **members)
    outcome = only(volunteer.sync(record))
    assert (outcome.outcome, outcome.let_go) == ("quarantined", True)


@pytest.mark.parametrize(
    ("path", "value"), [("/narrative", "Two agents."), ("/no_such_question", "x"), ("/how_many", "x")]
)
def test_answers_that_the_form_does_not_allow_in_the_open_are_quarantined(
    volunteer: Client, path: str, value: str
) -> None:
    record = another(volunteer, seen(volunteer), [records.disclose(path, value)])
    assert only(volunteer.sync(record)).outcome == "quarantined"


def test_the_client_writes_no_answer_that_the_form_does_not_offer(volunteer: Client) -> None:
    with pytest.raises(Fault) as caught:
        seen(volunteer, how_many="dozens")
    assert caught.value.code == "answers_invalid"


def test_a_form_can_be_read_for_ever_by_its_hash(volunteer: Client) -> None:
    for name, digest in volunteer.snapshot["public"]["form_hashes"].items():
        found = parse(volunteer.call("GET", f"/api/v1/forms/{digest}", session=False).text)
        assert (f"{found['id']}@{found['version']}", sha256(canonical(found))) == (name, digest)


REFUSED: dict[str, dict[str, Any]] = {
    "bad_signature": {"sig": "A" * 86},
    "digest_mismatch": {"digest": sha256("another")},
    "disclosure_mismatch": {"open": []},
    "file_mismatch": {"sealed": {}},
    "unknown_member": {"note": 1},
    "bad_shape": {"sig": None},
    "too_large": {"sealed": {"box": "A" * 90_000}},
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_bent_record_is_refused_as_the_client_said_and_stays(volunteer: Client, code: str) -> None:
    record = seen(volunteer)
    wrong = bent(record, **REFUSED[code])
    with pytest.raises(Fault) as caught:
        checks.check_envelope(wrong.envelope, volunteer.welcome["log"], volunteer.own_keys[-1].jwk)
    outcome = only(volunteer.sync(wrong))
    assert (outcome.outcome, outcome.let_go) == (f"refused/{code}", False) == (f"refused/{caught.value.code}", False)
    assert list(volunteer.outbox.values()) == [record]


MEMBERS: dict[str, dict[str, Any]] = {
    "unknown_log": {"log": "example.com/log/e1"},
    "unknown_version": {"v": 2},
    "unknown_kind": {"kind": "rumour"},
    "bad_shape": {"cell": "9001,0"},
}


@pytest.mark.parametrize("code", MEMBERS)
def test_a_record_with_members_that_nobody_takes_is_refused_as_the_client_said(volunteer: Client, code: str) -> None:
    wrong = another(volunteer, seen(volunteer), **MEMBERS[code])
    with pytest.raises(Fault) as caught:
        checks.check_envelope(wrong.envelope, volunteer.welcome["log"], volunteer.own_keys[-1].jwk)
    assert only(volunteer.sync(wrong)).outcome == f"refused/{code}" == f"refused/{caught.value.code}"


def test_a_record_by_a_key_that_was_never_registered_is_taken_once_it_is(volunteer: Client) -> None:
    fresh = volunteer.fresh_key()
    volunteer.own_keys.append(fresh)
    seen(volunteer)
    assert only(volunteer.sync()).outcome == "refused/unknown_key"
    volunteer.register(fresh, registered_at=now(volunteer))
    assert only(volunteer.sync()).outcome == "stored"


def test_one_bad_record_does_not_hold_up_the_others(volunteer: Client) -> None:
    first, second, third = (seen(volunteer) for _ in range(3))
    found = volunteer.sync(first, bent(second, digest=sha256("another")), third)
    assert [one.outcome for one in found] == ["stored", "refused/digest_mismatch", "stored"]
    assert list(volunteer.outbox.values()) == [second]


# --- operations and the notice door


def test_a_claim_of_no_shift_is_receipted_as_not_applied(volunteer: Client) -> None:
    outcome = operation(volunteer, "claim", shift="no-such-shift")
    assert (outcome.outcome, outcome.let_go) == ("not_applied/unknown_shift", True)
    assert outcome.receipt and outcome.receipt["leaf"] is None


def test_an_operation_without_its_payload_is_not_applied(volunteer: Client) -> None:
    assert (
        operation(volunteer, "alert", {"what": "dancing", "raised_at": now(volunteer)}, cell=CELL).outcome
        == "not_applied/invalid"
    )


def test_an_operation_that_waits_too_long_is_void(volunteer: Client) -> None:
    late = volunteer.operate(
        "alert_cancel", {"alert": "x"}, at=now(volunteer), void_after=now(volunteer) + 15 * 24 * HOUR
    )
    assert only(volunteer.sync(late)).outcome == "not_applied/void"


def test_who_raised_an_alert_asks_for_it_with_any_key_of_theirs_and_takes_it_back(volunteer: Client) -> None:
    at = now(volunteer)
    raised = operation(volunteer, "alert", {"what": "ice_here", "raised_at": at}, cell=CELL)
    assert raised.outcome == "stored"
    volunteer.register(volunteer.fresh_key(), registered_at=at)
    found = volunteer.ask(alert=raised.record.body["id"])
    assert (found["notice"], found["answer"]) == (None, None)
    assert {name: found["alert"][name] for name in ("what", "state", "cell", "raised_at", "place", "got_it", "mine")} == {
        "what": "ice_here", "state": "raised", "cell": CELL, "raised_at": at, "place": None, "got_it": None, "mine": False,
    }  # fmt: skip
    assert operation(volunteer, "alert_cancel", {"alert": raised.record.body["id"]}).outcome == "stored"
    assert volunteer.ask(alert=raised.record.body["id"])["alert"]["state"] == "cancelled"


def test_another_persons_alert_is_not_there(server: Server, volunteer: Client) -> None:
    raised = operation(volunteer, "alert", {"what": "need_help", "raised_at": now(volunteer)}, cell=CELL)
    stranger = server.newcomer("Stranger")
    for about in ({"alert": raised.record.body["id"]}, {"notice": "no-such-notice"}):
        with pytest.raises(Refused) as caught:
            stranger.ask(**about)
        assert caught.value.status == 404


# --- what is not an answer


@pytest.mark.parametrize(
    "answer",
    [
        "<html>Welcome to Free WiFi</html>",
        "{}",
        '{"v":1,"results":[]}',
        '{"v":1,"results":[{"outcome":"stored"}]}',
        '{"v":1,"results":[{"outcome":"fine"}]}',
    ],
)
def test_a_captive_portal_gets_nothing(volunteer: Client, answer: str) -> None:
    record = seen(volunteer)
    with pytest.raises(Fault):
        volunteer.settle([record], answer)
    assert list(volunteer.outbox.values()) == [record]


def test_a_record_that_is_asked_for_later_stays(volunteer: Client) -> None:
    record = seen(volunteer)
    said = {
        "id": record.body["id"],
        "digest": record.envelope["digest"],
        "outcome": "later",
        "not_before": now(volunteer) + HOUR,
    }
    outcome = only(volunteer.settle([record], canonical({"v": 1, "results": [said]})))
    assert (outcome.let_go, outcome.result["not_before"]) == (False, now(volunteer) + HOUR)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "bad_json"),
        ('{"v":1,"records":[]}', "application/json", 400, "bad_shape"),
        (json.dumps({"v": 1, "records": [1] * 101}), "application/json", 413, "too_many"),
        (json.dumps({"v": 1, "records": ["x" * 1_048_576]}), "application/json", 413, "too_large"),
        ("{}", "text/plain", 415, "unsupported_media_type"),
    ],
    ids=["not JSON", "no records", "101 records", "more than 1 MiB", "not sent as JSON"],
)
def test_a_request_that_is_wrong_as_a_whole_has_one_shape_of_error(
    volunteer: Client, body: str, kind: str, status: int, code: str
) -> None:
    answer = requests.post(f"{volunteer.base}/api/v1/sync", data=body, headers={"Content-Type": kind}, timeout=60)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert {"code", "message", "safe", "do"} <= set(error)


# --- the log


def test_what_was_taken_is_in_the_log_that_the_checkpoint_signs(
    regular: Client, beginning: list[records.Record]
) -> None:
    """The order is the sequencer's: the client, which knows every leaf so far, tries each."""
    assert regular.checkpoint
    checkpoint = regular.verified(regular.checkpoint)
    leaves = [
        proofs.leaf_hash(regular.pinned[0]["text"]),
        *(proofs.leaf_hash(one.envelope["body"]) for one in beginning),
    ]
    assert checkpoint.size == len(leaves)
    assert checkpoint.root in {proofs.tree_root(list(order)) for order in itertools.permutations(leaves)}


def test_the_log_only_grows(volunteer: Client) -> None:
    assert volunteer.checkpoint
    before = volunteer.verified(volunteer.checkpoint).size
    seen(volunteer)
    volunteer.sync()
    assert volunteer.verified(volunteer.checkpoint).size >= before


def test_a_record_seals_the_newest_checkpoint_that_the_client_saw(volunteer: Client, identity: age.Identity) -> None:
    [file] = seen(volunteer).envelope["sealed"].values()
    opened = {path: value for _, path, value in records.unseal(identity, unb64u(file))}
    assert opened["/_/not_before"] == volunteer.checkpoint
    assert volunteer.verified(opened["/_/not_before"]).size >= 3
    assert opened["/_/clock"] == {"phone": now(volunteer), "server": now(volunteer)}
