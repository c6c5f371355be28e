"""Whatever is sent to people's pages, somebody gets one clear answer, and never a fault."""

from __future__ import annotations

import pytest

from fieldapp.accounts.models import Membership

NAMES = ["\x00", "a\x00b", "../../etc/passwd", "'; DROP TABLE people;--", "%", "x" * 3000, "\u202e\U0001f9ff", "\ufffd"]
IDS = {
    "person_id": "/people/{}",
    "chapter_id": "/chapters/{}",
    "invite_id": "/api/v1/invites/{}",
}
WRITES = [
    "/people/{}/roles",
    "/people/{}/roles/take",
    "/people/{}/disable",
    "/people/{}/enable",
    "/people/{}/recovery",
    "/people/invites/{}/renew",
    "/people/invites/{}/end",
    "/recoveries/{}/agree",
    "/recoveries/{}/link",
    "/recoveries/{}/end",
    "/chapters/{}",
    "/devices/{}/revoke",
    "/sessions/{}/end",
    "/me/passkeys/{}/name",
    "/me/passkeys/{}/remove",
]
FORM = ("chapter", "role", "lasts", "note", "name", "zone", "hotline", "legal_line", "parent", "lang", "next", "revoke")


@pytest.fixture
def page(make, sign_in):
    """An admin and coordinator's browser: nothing is refused for who asks."""
    person = make.person(make.chapter("North"), "admin", "coordinator")
    return sign_in(person)


def quoted(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_an_address_that_nothing_has_is_not_found(page, name):
    for path in IDS.values():
        assert page.get(path.format(quoted(name))).status_code in {400, 404, 308}
    for path in WRITES:
        assert page.post(path.format(quoted(name)), {"name": "x"}).status_code in {400, 404, 405}


@pytest.mark.parametrize("value", NAMES, ids=range(len(NAMES)))
def test_a_form_full_of_nonsense_is_refused_and_changes_nothing(make, page, value):
    before = len(make.all(Membership))
    person = make.person(make.chapter("Other"))
    mine = make.all(Membership)[0].person_id
    form = dict.fromkeys(FORM, value)
    for path in (
        "/people/invites",
        f"/people/{mine}/roles",
        f"/people/{mine}/roles/take",
        f"/people/{person.id}/roles",
        "/chapters",
        "/language",
    ):
        assert page.post(path, form).status_code in {302, 400, 403, 404, 409, 413, 422}, path
    assert len(make.all(Membership)) == before + 1


@pytest.mark.parametrize("value", NAMES, ids=range(len(NAMES)))
def test_a_query_of_nonsense_is_answered(page, sign_in, value):
    for path in ("/sign-in", "/enrol", "/people", "/me"):
        assert page.get(path, query_string={"next": value, "lang": value}).status_code in {200, 302, 400}
        assert sign_in.nobody().get(path, query_string={"next": value, "lang": value}).status_code in {200, 302, 400}
