"""Whatever is sent, the door answers: never a 500, one outcome for each record, and the good ones beside it are stored (Hypothesis)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fieldapp.core import canonical, p256
from fieldapp.core.canonical import CanonicalError, loads
from fieldapp.core.protocol import DOMAIN_RECORD, REFUSED_CODES
from fieldapp.records.models import Record

OUTCOMES = {"stored", "duplicate", "quarantined", "conflict", "later"}
FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["\x00", "\ud800", "é\U0001f600", "__proto__", "/a~2", "-0"]
)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)

WORD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
BIG = canonical.MAX_INTEGER


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists and objects of what is inside."""
    return st.lists(inner, max_size=4) | st.dictionaries(WORD, inner, max_size=4)


@pytest.fixture
def phone(make):
    """A volunteer's phone."""
    return make.phone(make.person(make.chapter()))


def told(outcome: str) -> bool:
    """Whether this is one of the outcomes that docs/protocol.md knows."""
    return (
        outcome in OUTCOMES or outcome.removeprefix("refused/") in REFUSED_CODES or outcome.startswith("not_applied/")
    )


def check(phone: Any, strange: list[Any]) -> None:
    """Good records around the strange ones are stored, and each strange one gets one clear outcome."""
    good = [phone.observation(), phone.observation()]
    sent = [good[0], *strange, good[1]]
    answer = phone.post(json.dumps({"v": 1, "records": sent}).encode())
    assert answer.status_code == 200, answer.text
    results = answer.get_json()["results"]
    assert len(results) == len(sent)
    assert [results[0]["outcome"], results[-1]["outcome"]] == ["stored", "stored"]
    for one in results[1:-1]:
        assert told(one["outcome"]), one
        assert ("receipt" in one) == (
            one["outcome"].partition("/")[0] in {"stored", "duplicate", "quarantined", "not_applied"}
        )


@FUZZ
@given(strange=st.lists(JSON, min_size=1, max_size=5))
def test_anything_in_place_of_an_envelope_is_refused(phone, strange):
    check(phone, strange)


@FUZZ
@given(data=st.data())
def test_an_envelope_with_anything_in_place_of_a_member_gets_one_outcome(phone, data):
    envelope = phone.observation(sealed={"nobodys": {"/notes": "x"}})
    for name in data.draw(st.lists(st.sampled_from([*envelope, "more"]), min_size=1, max_size=3)):
        envelope[name] = data.draw(JSON)
    check(phone, [envelope])


@FUZZ
@given(data=st.data())
def test_a_signed_body_with_anything_in_place_of_a_member_gets_one_outcome(phone, data):
    body = loads(phone.envelope(data.draw(st.sampled_from(["observation", "amendment", "claim", "alert"])))["body"])
    members = st.sampled_from([*body, "shift", "place", "cell", "amends", "void_after", "more"])
    for name in data.draw(st.lists(members, min_size=1, max_size=3)):
        body[name] = data.draw(JSON)
    try:
        text = canonical.dumps(body)
    except CanonicalError:
        text = json.dumps(body)
    signed = {"body": text, "digest": "", "sig": "", "open": [], "sealed": {}}
    if text.isascii():
        signed |= {"digest": p256.sha256(text), "sig": p256.sign(phone.private, DOMAIN_RECORD, text)}
    check(phone, [signed])


@FUZZ
@given(data=st.data())
def test_anything_disclosed_of_a_true_body_gets_one_outcome(phone, data):
    envelope = phone.observation(open={"/type": "master", "/mode": "webex"})
    answers = st.lists(
        st.sampled_from(envelope["open"]) | JSON | st.tuples(st.just("A" * 22), TEXT, JSON).map(list), max_size=4
    )
    check(phone, [{**envelope, "open": data.draw(answers)}])


@FUZZ
@given(raw=st.binary(max_size=300) | JSON.map(lambda said: json.dumps(said).encode()))
def test_anything_in_place_of_a_request_gets_an_error_in_the_one_shape(phone, raw):
    answer = phone.post(raw)
    assert answer.status_code in {400, 413}
    assert set(answer.get_json()["error"]) == {"code", "message", "safe", "do"}


@FUZZ
@given(value=st.recursive(WORD | st.none() | st.booleans() | st.integers(-BIG, BIG), nested, max_leaves=15))
def test_the_fast_way_to_canonical_text_is_the_reference(value):
    import rfc8785

    text = canonical.dumps(value)
    assert text == rfc8785.dumps(value).decode()
    assert canonical.parse(text) == value


def test_nothing_that_was_refused_is_stored(phone, make):
    phone.sync({**phone.observation(), "sig": "A" * 86}, [1], {"body": "{}"})
    assert not make.all(Record)
