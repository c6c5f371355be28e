"""``fieldapp init`` on an empty installation, and invites from the console."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.models import Chapter, Invite, Membership
from fieldapp.core import setup
from tests.authenticator import Authenticator
from tests.enrol import enrol

LINK = re.compile(r"http://localhost/enrol#(\S+)")


@pytest.fixture
def run(app):
    """Runs a command and gives its result."""
    return lambda *words: app.test_cli_runner().invoke(args=words)


def test_the_first_admin_enrols_by_the_printed_link(run, make, sign_in):
    told = run("init", "--name", "North East", "--zone", "America/Chicago")
    assert told.exit_code == 0, told.output
    token = LINK.search(told.output).group(1)
    page = sign_in.nobody()
    assert enrol(page, token, Authenticator(), name="Ash").status_code == 200
    (chapter,) = make.all(Chapter)
    assert (chapter.name, chapter.zone, chapter.parent_id) == ("North East", "America/Chicago", None)
    assert [row.role for row in make.all(Membership)] == ["admin"]


def test_an_installation_is_set_up_once(run, make):
    assert run("init").exit_code == 0
    again = run("init")
    assert again.exit_code == 1
    assert "set up already" in again.output
    assert len(make.all(Chapter)) == len(make.all(Invite)) == 1


def test_an_unknown_zone_is_refused_in_words(run, make):
    told = run("init", "--zone", "Mars/Olympus")
    assert told.exit_code == 1
    assert "Mars/Olympus is not an IANA time zone, such as America/New_York. Nothing was set up." in told.output
    assert make.all(Chapter) == []


def test_domains_do_their_part_in_the_same_transaction(run, make):
    seen = []

    @setup.on_init
    def part(session, installation):
        seen.append(session.get(Chapter, installation.chapter_id).name)
        return ["A line to print."]

    try:
        told = run("init", "--name", "North")
    finally:
        setup._hooks.remove(part)
    assert seen == ["North"]
    assert "A line to print." in told.output


def test_the_console_invites_into_the_top_chapter_or_a_named_one(run, make, sign_in):
    top = make.chapter("Top")
    pod = make.chapter("Pod", top)
    for words, chapter in ((["--role", "legal"], top), (["--role", "volunteer", "--chapter", pod.id], pod)):
        token = LINK.search(run("invite", *words).output).group(1)
        answer = enrol(sign_in.nobody(), token, Authenticator(), name=f"In {chapter.name}")
        assert answer.get_json()["chapter"] == chapter.id


def test_the_console_says_when_there_is_no_such_chapter(run, make):
    told = run("invite", "--chapter", "nope")
    assert told.exit_code == 1
    assert "no such chapter" in told.output
