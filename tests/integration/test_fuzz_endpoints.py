"""Whatever is sent to whichever endpoint, by whoever: never a 500, and every error in the one shape (the door has its own fuzz)."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

ROLES = ("volunteer", "trainer", "coordinator", "legal", "admin")
TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "\x00", "-1", "9" * 30, "2026-02-30", "25:99", "../..", "%00", "'\"<b>", "null", "a" * 5000, "\ud7ff￿"]
    ),
)
PLAIN = TEXT.map(lambda text: text.encode("utf-8", "ignore").decode())
NAMES = st.sampled_from(
    [
        "name",
        "zone",
        "hotline",
        "chapter",
        "role",
        "roles",
        "person",
        "place",
        "day",
        "from",
        "to",
        "minimum",
        "seats",
        "course",
        "lat",
        "lon",
        "area",
        "kind",
        "reason",
        "decision",
        "lang",
        "next",
        "week",
        "view",
        "before",
        "since",
        "until",
        "mark",
        "field_name",
        "token",
        "credential",
        "ceremony",
        "keys",
        "device",
        "subscription",
        "text",
        "sig",
        "manifest",
        "grants",
        "recipient",
        "wrapped",
        "list",
        "label",
        "file",
        "code",
        "grade",
        "lead",
        "version",
    ]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), PLAIN),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(NAMES, PLAIN), inner, max_size=5)),
    max_leaves=8,
)
FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def everyone(make, sign_in):
    """A browser of somebody with every role, and one of nobody."""
    chapter = make.chapter()
    person = make.person(chapter, *ROLES)
    make.shift(make.place(chapter), course_id=make.course(chapter).id)
    return sign_in, person


def address(rule: Rule, values: list[str]) -> str:
    """The rule with its arguments filled in."""
    left = iter(values)
    return re.sub(r"<[^>]+>", lambda _: quote(next(left), safe="") or "x", rule.rule)


def test_no_endpoint_ever_answers_500(app, everyone):
    sign_in, person = everyone
    rules = [r for r in app.url_map.iter_rules() if r.endpoint not in {"static", "accounts.sign_out"}]
    for rule in rules:
        ask(app, rule, sign_in, person)


def ask(app, rule, sign_in, person):
    """Hypothesis against one rule."""

    @FEW
    @given(
        method=st.sampled_from(sorted(set(rule.methods or ()) - {"OPTIONS"}) or ["OPTIONS"]),
        values=st.lists(PLAIN, min_size=4, max_size=4),
        query=st.dictionaries(NAMES, PLAIN, max_size=4),
        form=st.dictionaries(NAMES, PLAIN, max_size=6),
        body=JSON,
        as_json=st.booleans(),
        signed_in=st.booleans(),
    )
    def tried(method, values, query, form, body, as_json, signed_in):
        page = pages[signed_in]
        sent = {"json": body} if as_json else {"data": form}
        path = address(rule, values)
        if method in {"GET", "HEAD"}:
            answer = page.client.open(path, method=method, query_string=query, base_url="https://localhost")
        else:
            answer = page.send(method, path, query_string=query, **({"json": body} if as_json else {"data": form}))
        assert answer.status_code < 500, (method, path, query, sent, answer.get_data(as_text=True)[:200])
        if answer.status_code >= 400 and answer.is_json and method != "HEAD":
            assert set(answer.get_json()["error"]) >= {"code", "message", "safe", "do"}

    pages = {True: sign_in(person), False: sign_in.nobody()}
    tried()
