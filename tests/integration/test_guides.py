"""Guides: written by one person, published by another; what people read of them, in the app and on the web."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.core import db as database
from fieldapp.core.clock import DAY, HOUR, FixedClock
from fieldapp.guides import markdown
from fieldapp.guides.models import Guide, GuideVersion
from fieldapp.guides.services import publishing
from tests.conftest import NOON
from tests.factories import Factory
from tests.people import Browser, Page

EDIT = "/guides/edit"
TEXT = {
    "title_en": "Parking",
    "text_en": "Park **behind** the court.",
    "title_es": "Dónde dejar el carro",
    "text_es": "Detrás de la corte.",
}


@pytest.fixture
def chapter(make: Factory) -> Chapter:
    """A top chapter."""
    return make.chapter("New York", hotline="212-555-0142")


@pytest.fixture
def author(make: Factory, chapter: Chapter, sign_in: Browser) -> Page:
    """A trainer's browser."""
    return sign_in(make.person(chapter, "trainer", field_name="Maple"))


@pytest.fixture
def reviewer(make: Factory, chapter: Chapter, sign_in: Browser) -> Page:
    """A coordinator's browser."""
    return sign_in(make.person(chapter, "coordinator", field_name="Juniper"))


def write(page: Page, **more: str) -> str:
    """A new page's address on the desk."""
    values = {"slug": "parking", "icon": "map-pin", "position": "3", "audience": "members", **TEXT, **more}
    answer = page.post(f"{EDIT}/new", values)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def publish(page: Page, address: str, number: int = 1, langs: tuple[str, ...] = ("en", "es")) -> None:
    """Publish a draft in these languages."""
    for lang in langs:
        answer = page.post(f"{address}/publish", {"lang": lang, "number": str(number)})
        assert answer.status_code == 302, answer.text


def snapshot(page: Page) -> Any:
    """What a phone fetches."""
    return page.get("/api/v1/field").get_json()


def listed(page: Page) -> list[str]:
    """Titles that a phone lists, of everybody's and members' pages."""
    told = snapshot(page)
    return [one["title"]["en"] for half in ("public", "personal") for one in told[half]["guides"]]


def test_a_draft_is_read_by_nobody_until_another_person_publishes_it(author: Page, reviewer: Page) -> None:
    address = write(author)
    assert "Parking" not in listed(reviewer)
    refused = author.post(f"{address}/publish", {"lang": "en", "number": "1"})
    assert refused.status_code == 409
    assert "Another person publishes what you wrote." in refused.text
    publish(reviewer, address)
    assert "Parking" in listed(author)
    bodies = author.get("/api/v1/guides").get_json()["members"]["bodies"]
    assert bodies["parking"]["en"] == [{"p": ["Park ", {"b": "behind"}, " the court."]}]


def test_the_desk_tells_reviewers_how_many_drafts_wait_for_them(author: Page, reviewer: Page) -> None:
    write(author)
    assert '<span class="count hot">2</span>' in reviewer.get(EDIT).text
    assert '<span class="count hot">' not in author.get(EDIT).text


def test_the_only_editor_of_a_chapter_publishes_alone_a_day_later(
    make: Factory, chapter: Chapter, sign_in: Browser, clock: FixedClock
) -> None:
    pod = make.chapter("Queens", chapter)
    alone = make.person(pod, "coordinator")
    address = write(sign_in(alone))
    assert "You may publish it from" in sign_in(alone).get(address).text
    clock.advance(DAY - 1)
    page = sign_in(alone)
    assert page.post(f"{address}/publish", {"lang": "en", "number": "1"}).status_code == 409
    clock.advance(1)
    publish(page, address)
    assert "alone, a day later" in page.get(f"{address}/history").text


def test_an_admin_of_the_chapter_above_publishes_for_a_pod_at_once(
    make: Factory, chapter: Chapter, sign_in: Browser
) -> None:
    pod = make.chapter("Queens", chapter)
    coordinator = sign_in(make.person(pod, "coordinator"))
    address = write(coordinator)
    publish(sign_in(make.person(chapter, "admin")), address)
    assert "Parking" in listed(coordinator)


def test_two_who_write_at_once_lose_nothing(author: Page, reviewer: Page, make: Factory) -> None:
    address = write(author)
    first = {**TEXT, "text_en": "One.", "base_en": "1", "base_es": "1"}
    assert author.post(address, first).status_code == 302
    late = reviewer.post(address, {**TEXT, "text_en": "Two.", "base_en": "1", "base_es": "1"})
    assert late.status_code == 409
    assert "Somebody saved this page while you were writing." in late.text
    assert sorted(one.text for one in make.all(GuideVersion) if one.lang == "en") == [
        "One.",
        "Park **behind** the court.",
    ]


def test_a_reviewer_never_publishes_what_they_did_not_look_at(author: Page, reviewer: Page) -> None:
    address = write(author)
    author.post(address, {**TEXT, "text_en": "Newer.", "base_en": "1", "base_es": "1"})
    assert reviewer.post(f"{address}/publish", {"lang": "en", "number": "1"}).status_code == 409
    publish(reviewer, address, 2, ("en",))


def test_versions_of_thousands_of_lines_are_told_one_after_the_other() -> None:
    old, new = ([str(n % by) for n in range(9_000)] for by in (7, 5))
    assert [(line.kind, line.text) for line in publishing._lines(old, new)] == [
        *(("gone", text) for text in old),
        *(("new", text) for text in new),
    ]


def test_an_old_version_comes_back_as_a_draft_and_versions_are_compared(author: Page, reviewer: Page) -> None:
    address = write(author)
    publish(reviewer, address)
    author.post(address, {**TEXT, "text_en": "Take the <b>train</b>.", "base_en": "1", "base_es": "1"})
    publish(reviewer, address, 2, ("en",))
    compared = author.get(f"{address}/history?lang=en&old=1&new=2").text
    assert "<del>Park **behind** the court.</del>" in compared
    assert "<ins>Take the &lt;b&gt;train&lt;/b&gt;.</ins>" in compared
    assert author.post(f"{address}/restore", {"lang": "en", "number": "1"}).status_code == 302
    publish(reviewer, address, 3, ("en",))
    bodies = author.get("/api/v1/guides").get_json()["members"]["bodies"]
    assert bodies["parking"]["en"][0]["p"][1] == {"b": "behind"}


def test_a_language_that_lags_behind_is_named_until_somebody_has_read_both(
    author: Page, reviewer: Page, clock: FixedClock
) -> None:
    address = write(author)
    publish(reviewer, address)
    clock.advance(HOUR)
    author.post(address, {**TEXT, "text_en": "New.", "base_en": "1", "base_es": "1"})
    publish(reviewer, address, 2, ("en",))
    assert "Spanish lags behind." in author.get(address).text
    assert "lags behind" in author.get(EDIT).text
    author.post(address, {**TEXT, "text_en": "New.", "base_en": "2", "base_es": "1", "same_es": "1"})
    publish(reviewer, address, 2, ("es",))
    assert "lags behind" not in author.get(EDIT).text


def test_making_a_members_page_public_takes_another_person_too(author: Page, reviewer: Page) -> None:
    address = write(author)
    publish(reviewer, address)
    wanted = {"audience": "public", "icon": "map-pin", "position": "3"}
    assert author.post(f"{address}/sort", wanted).status_code == 409
    assert author.get("/guides/parking").status_code == 404
    assert reviewer.post(f"{address}/sort", wanted).status_code == 302
    assert author.get("/guides/parking").status_code == 200


def test_a_members_page_that_was_taken_over_is_made_public_by_two(author: Page, reviewer: Page, make: Factory) -> None:
    address = str(author.post(f"{EDIT}/adopt", {"slug": "first_shift"}).location)
    (guide,) = make.all(Guide)
    assert guide.audience == "members"
    wanted = {"audience": "public", "icon": "map-pin", "position": "3"}
    for page in (author, reviewer):
        refused = page.post(f"{address}/sort", wanted)
        assert refused.status_code == 409
        assert "Nobody of this chapter has written or reviewed this text yet." in refused.text
    numbers = {"base_en": "1", "base_es": "1"}
    author.post(address, TEXT | numbers)
    publish(reviewer, address, 2)
    assert author.post(f"{address}/sort", wanted).status_code == 409
    assert reviewer.post(f"{address}/sort", wanted).status_code == 302


def test_a_page_put_away_leaves_every_phone_and_comes_back_whole(author: Page, reviewer: Page) -> None:
    address = write(author)
    publish(reviewer, address)
    before = author.get("/api/v1/field").headers["ETag"]
    author.post(f"{address}/archive")
    assert "Parking" not in listed(author)
    assert author.get("/api/v1/field", headers={"If-None-Match": before}).status_code == 200
    author.post(f"{address}/archive", {"back": "1"})
    assert "Parking" in listed(author)


def test_what_came_with_fieldapp_is_there_until_the_chapter_makes_its_own(
    author: Page, reviewer: Page, make: Factory
) -> None:
    assert listed(author) == ["Your rights as an observer", "Your first shift"]
    address = str(author.post(f"{EDIT}/adopt", {"slug": "rights"}).location)
    assert listed(author) == ["Your rights as an observer", "Your first shift"]
    assert author.post(f"{EDIT}/adopt", {"slug": "rights"}).location == address
    unchanged = {f"text_{one.lang}": one.text for one in make.all(GuideVersion)} | {"base_en": "1", "base_es": "1"}
    unchanged |= {
        f"{name}_{one.lang}": getattr(one, name) for one in make.all(GuideVersion) for name in ("title", "about")
    }
    author.post(address, {name: text.replace("\n", "\r\n") for name, text in unchanged.items()})
    assert {one.number for one in make.all(GuideVersion)} == {1}
    assert [one.slug for one in make.all(Guide)] == ["rights"]
    ours = {"title_en": "Rights here", "text_en": "Ask us.", "base_en": "1", "base_es": "1"}
    author.post(address, {"title_es": "Derechos aquí", "text_es": "Pregunta.", **ours})
    publish(reviewer, address, 2)
    assert listed(author) == ["Rights here", "Your first shift"]
    author.post(f"{address}/archive")
    assert listed(author) == ["Your first shift"]


def test_a_pod_reads_the_pages_above_it_and_its_own_in_their_place(
    make: Factory, chapter: Chapter, author: Page, reviewer: Page, sign_in: Browser
) -> None:
    publish(reviewer, write(author))
    pod = make.chapter("Queens", chapter)
    below, stranger = (
        sign_in(make.person(pod, "coordinator")),
        sign_in(make.person(make.chapter("Elsewhere"), "coordinator")),
    )
    other = sign_in(make.person(pod, "trainer"))
    assert "Parking" in listed(below)
    assert "Parking" not in listed(stranger)
    address = str(below.post(f"{EDIT}/adopt", {"slug": "parking"}).location)
    below.post(address, {**TEXT, "title_en": "Parking in Queens", "base_en": "1", "base_es": "1"})
    publish(other, address, 2, ("en",))
    assert "Parking in Queens" in listed(below)
    assert "Parking" in listed(author)
    assert stranger.get(address).status_code == 404


def test_only_members_pages_stay_off_the_web_and_out_of_a_locked_phone(
    author: Page, reviewer: Page, sign_in: Browser
) -> None:
    publish(reviewer, write(author))
    nobody = sign_in.nobody()
    assert nobody.get("/guides/parking").status_code == 404
    assert nobody.get("/guides/first_shift").status_code == 404
    assert "Parking" not in nobody.get("/guides").text
    half = author.get("/api/v1/field?half=public").get_json()
    assert [one["id"] for one in half["public"]["guides"]] == ["rights"]
    assert set(half["personal"]) == {"me"}
    locked = author.get("/api/v1/guides?half=public")
    assert "behind" not in locked.text
    assert set(locked.get_json()) == {"v", "public"}


def test_public_pages_are_for_everybody_in_both_languages_and_may_be_kept(sign_in: Browser, chapter: Chapter) -> None:
    nobody = sign_in.nobody()
    english = nobody.get("/guides/rights?lang=en")
    assert "Your rights as an observer" in english.text
    assert 'lang="es"><h1>Tus derechos al observar</h1>' in nobody.get("/guides/rights?lang=es").text
    assert "csrf" not in english.text
    assert "Set-Cookie" not in english.headers
    assert english.headers["Cache-Control"] == "public, max-age=300"
    again = nobody.get("/guides/rights?lang=en", headers={"If-None-Match": english.headers["ETag"]})
    assert again.status_code == 304
    assert nobody.get("/guides?chapter=no-such").status_code == 404


def test_hostile_markdown_is_text_everywhere(author: Page, reviewer: Page) -> None:
    hostile = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](https://ok.example/a)\n\n<img src=x onerror=alert(1)>"
    address = write(author, text_en=hostile, title_en="<i>T</i>", audience="public")
    publish(reviewer, address)
    for page in (author.get("/guides/parking?lang=en"), author.get(address)):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript' not in page.text
    body = author.get("/api/v1/guides").get_json()["public"]["bodies"]["parking"]["en"]
    assert body[0] == {"p": "<script>alert(1)</script>"}
    assert body[1]["p"][-1] == {"t": "y", "to": "https://ok.example/a"}


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "- " * 10_000, "> " * 9_000, "*a_" * 6_000, "a\n\n" * 6_000, "x" * 20_001]
)
def test_markdown_without_end_is_refused_or_read_within_bounds(author: Page, text: str) -> None:
    answer = author.post(f"{EDIT}/new", {"slug": "big", "audience": "members", "title_en": "Big", "text_en": text})
    assert answer.status_code in {302, 422}
    assert len(author.post(f"{EDIT}/preview", json={"text": text[:20_000]}).get_json()["parts"]) <= 400


def test_the_card_is_changed_by_language_reviewed_and_says_who_checked_it(
    author: Page, reviewer: Page, make: Factory
) -> None:
    assert author.get(f"{EDIT}/card").text.count("not yet checked by a speaker") == 12
    address = str(author.post(f"{EDIT}/adopt", {"slug": "card", "lang": "ht"}).location)
    values = {
        "lang": "ht",
        "base_ht": "0",
        "title_ht": "Dwa ou",
        "text_ht": "- Ou gen dwa rete an silans.\n- Pa siyen anyen.",
    }
    assert author.post(address.partition("?")[0], values).status_code == 302
    reviewer.post(f"{address.partition('?')[0]}/publish", {"lang": "ht", "number": "1", "speaker": "1"})
    card = author.get("/api/v1/guides").get_json()["public"]["card"]
    lines = ["Ou gen dwa rete an silans.", "Pa siyen anyen."]
    assert card["faces"] == {"ht": {"title": "Dwa ou", "lines": lines, "speaker": True}}
    assert author.get(f"{EDIT}/card").text.count("not yet checked by a speaker") == 11


def test_a_chapter_chooses_which_languages_the_card_offers(author: Page) -> None:
    author.post(f"{EDIT}/card", {"lang": ["ht", "ar"]})
    off = author.get("/api/v1/guides").get_json()["public"]["card"]["off"]
    assert "ht" not in off
    assert {"ru", "ko"} <= set(off)
    assert not {"en", "es"} & set(off)


def test_the_bodies_are_sent_once_for_each_change(author: Page, reviewer: Page) -> None:
    first = author.get("/api/v1/guides")
    tag = first.headers["ETag"]
    assert author.get("/api/v1/guides", headers={"If-None-Match": tag}).status_code == 304
    told = snapshot(author)
    assert told["public"]["guides_tag"] == first.get_json()["public"]["tag"]
    assert told["personal"]["guides_tag"] == first.get_json()["members"]["tag"]
    publish(reviewer, write(author))
    assert snapshot(author)["public"]["guides_tag"] == told["public"]["guides_tag"]
    assert snapshot(author)["personal"]["guides_tag"] != told["personal"]["guides_tag"]
    assert author.get("/api/v1/guides", headers={"If-None-Match": tag}).status_code == 200


def test_thirty_pages_of_three_kilobytes_leave_the_snapshot_small(
    chapter: Chapter, author: Page, make: Factory
) -> None:
    before = len(author.get("/api/v1/field", headers={"Accept-Encoding": "gzip"}).data)
    text = "".join(f"- Line {n}: what to do when it happens, and whom to call about it.\n" for n in range(44))
    for n in range(30):
        page = make.keep(Guide(chapter_id=chapter.id, slug=f"page-{n}", audience="public", created_at=NOON))
        for lang in ("en", "es"):
            said = {
                "title": f"How to do thing {n}",
                "about": f"In {n} minutes",
                "text": text,
                "parts": markdown.parts(text),
            }
            made = {"number": 1, "created_at": NOON, "published_at": NOON}
            make.keep(GuideVersion(guide_id=page.id, lang=lang, **said, **made))
    with database.write() as session:
        chapters.touch(session, chapter.id)
    after = author.get("/api/v1/field", headers={"Accept-Encoding": "gzip"})
    assert len(snapshot(author)["public"]["guides"]) == 31
    assert len(after.data) - before < 2_000
    assert len(author.get("/api/v1/guides").get_json()["public"]["bodies"]["page-7"]["en"][0]["list"]) == 44
