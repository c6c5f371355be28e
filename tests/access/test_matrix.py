"""Every endpoint, every kind of person, every direction: who gets in, and what the others get (DESIGN 12)."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import url_for
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.access.conftest import MODULES
from tests.access.rows import Row
from tests.access.world import KINDS, NOBODY, OUTSIDE, WHERE, World

ROWS: list[Row] = [row for module in MODULES for row in module.ROWS]
ACTORS = (*NOBODY, *(f"{where}-{kind}" for where in WHERE for kind in KINDS))
SIGN_IN = 401
IN = 200


def methods(rule: Rule) -> set[str]:
    """The methods that we wrote; HEAD and OPTIONS come with the framework."""
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def test_every_endpoint_and_method_has_a_row_and_every_row_an_endpoint(world: World) -> None:
    there = {(rule.endpoint, method) for rule in world.app.url_map.iter_rules() for method in methods(rule)}
    assert {(row.endpoint, row.method) for row in ROWS} == there


def test_no_endpoint_is_described_twice() -> None:
    twice = [name for name, count in Counter(str(row) + str(sorted(row.params)) for row in ROWS).items() if count > 1]
    assert not twice


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_only_those_who_may_get_in(world: World, row: Row) -> None:
    found = {actor: reached(world, row, actor) for actor in ACTORS}
    assert found == {actor: expected(row, actor) for actor in ACTORS}


def expected(row: Row, actor: str) -> int:
    """What the row says this actor gets: 200 for any answer that lets them in, 401 for being asked to sign in."""
    where, _, kind = actor.rpartition("-")
    if actor in row.statuses:
        return row.statuses[actor]
    if actor in row.also:
        return IN
    if kind == "partner" and kind not in row.may:
        return 403  # people of another organisation have one page, and nothing else is there for them or is not
    reach = row.of is None or where not in OUTSIDE or kind in {*NOBODY, "disabled"}
    if kind in row.may and reach:
        return IN
    if kind in {*NOBODY, "disabled"}:
        return SIGN_IN
    return row.denied if reach else 404


def reached(world: World, row: Row, actor: str) -> int:
    """Ask as this actor: 401 (or the way to the sign-in page), 403, 404, or 200 for any other answer."""
    with world.app.test_request_context(base_url="http://localhost"):
        path = url_for(row.endpoint, **{name: world.fill(value) for name, value in row.params.items()})
    page = world.page(actor, fresh=row.fresh)
    answer = (
        page.get(path)
        if row.method == "GET"
        else page.send(row.method, path, world.fill(row.data), json=world.fill(row.json))
    )
    return understood(answer, row, f"{row} as {actor}")


def understood(answer: TestResponse, row: Row, what: str) -> int:
    """The answer's kind; a fault, a wrong method, a limit or a CSRF refusal would prove nothing."""
    status = answer.status_code
    assert status < 500 or status == 503, f"{what}: {status}"
    assert status not in {405, 429}, f"{what}: {status}"
    assert not (status == 400 and b"open for too long" in answer.data), f"{what}: the CSRF token was refused"
    if row.method == "GET" and status == 302 and answer.location.startswith("/sign-in"):
        return SIGN_IN
    if row.built and status == 404:
        return IN
    return status if status in {401, 403, 404} else IN
