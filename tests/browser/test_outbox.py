"""The page of what is on this phone, and the file that a coordinator hands in for it, in a real Chromium without network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from fieldapp.core.db import db
from fieldapp.records.models import Record
from tests.browser.scene import Scene, join, phone
from tests.browser.stage import CHROMIUM, DESK, QUIET
from tests.people import Browser

pytestmark = pytest.mark.browser
AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SLOW = 30_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("scene"))
    yield made
    made.server.shutdown()


@pytest.fixture
def carried(chromium: Chromium, scene: Scene, request: pytest.FixtureRequest) -> Iterator[tuple[BrowserContext, Page]]:
    """Somebody's phone with the app on it."""
    context, page = phone(chromium, scene, reduced_motion="reduce")
    page.set_default_timeout(SLOW)
    join(page, scene, f"Bird {abs(hash(request.node.name)) % 10_000}")
    page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    page.reload()
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
    expect(page.locator("fa-app h1")).to_be_visible(timeout=SLOW)
    yield context, page
    context.close()


def desk(chromium: Chromium, scene: Scene, role: str) -> Page:
    """A signed-in browser at the desk."""
    with scene.app.app_context():
        client = Browser(scene.app, scene.clock)(scene.make.person(scene.chapter, role)).client
        cookie = client.get_cookie("__Host-fieldapp", "localhost", "/")
    assert cookie is not None
    context = chromium.new_context(base_url=scene.url, viewport=DESK, reduced_motion="reduce")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": "https://localhost/", "secure": True}])
    page = context.new_page()
    page.set_default_timeout(SLOW)
    return page


def written(page: Page) -> None:
    """A court session, saved."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    where = page.get_by_role("button", name="26 Federal Plaza")
    kind = page.get_by_role("radio", name="Short hearings")
    expect(where.or_(kind).first).to_be_visible()
    if where.count():
        where.first.click()
        page.get_by_role("button", name="Write", exact=True).click()
    kind.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Write case 1")).to_be_visible(timeout=SLOW)


def clean(page: Page, name: str) -> None:
    """axe finds nothing on the page, in either theme."""
    page.mouse.move(0, 0)
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        assert [(name, scheme, one["id"], one["nodes"][0]["target"]) for one in found] == []
    page.emulate_media(color_scheme="light")


def test_what_waits_is_handed_in_as_a_file_and_the_phone_lets_go(
    carried: tuple[BrowserContext, Page], chromium: Chromium, scene: Scene, tmp_path: Path
) -> None:
    context, page = carried
    context.set_offline(True)
    written(page)
    page.goto("/#/outbox")
    expect(page.get_by_role("heading", name="On its way")).to_be_visible()
    expect(page.locator("li").get_by_text("Saved here, waiting for network")).to_be_visible()
    page.get_by_role("button", name="Hand in without network").click()
    page.get_by_role("button", name="Make the file").click()
    expect(page.locator("fa-rescue").get_by_text("1 record is in the file.")).to_be_visible()
    clean(page, "outbox")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Save the file").click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    assert file.name == "rescue-2026-11-23.age"
    assert b"fieldapp" not in file.read_bytes()

    coordinator = desk(chromium, scene, "coordinator")
    coordinator.goto("/people")
    coordinator.get_by_role("link", name="Hand in a rescue file").click()
    coordinator.get_by_label("Rescue file").set_input_files(file)
    coordinator.get_by_role("button", name="Hand in").click()
    expect(coordinator.get_by_text("On the server: 1 of 1.")).to_be_visible()
    expect(coordinator.get_by_role("row", name="Written record")).to_contain_text("Received")
    clean(coordinator, "hand in")
    with scene.app.app_context():
        assert db.session.query(Record).filter_by(kind="observation").count() >= 1
    file.write_bytes(file.read_bytes()[:-3])
    coordinator.get_by_label("Rescue file").set_input_files(file)
    coordinator.get_by_role("button", name="Hand in").click()
    expect(coordinator.get_by_role("alert")).to_contain_text("damaged")
    coordinator.context.close()

    answers: list[dict[str, Any]] = []
    page.on("response", lambda heard: answers.append(json.loads(heard.text())) if "sync" in heard.url else None)
    context.set_offline(False)
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_role("button", name="What the server has")).to_be_visible()
    expect(page.get_by_role("button", name="Hand in without network")).to_have_count(0)
    assert [one["outcome"] for said in answers for one in said["results"]] == ["duplicate"]


def test_what_the_server_refuses_says_whom_to_call_and_can_be_tried_alone(
    carried: tuple[BrowserContext, Page],
) -> None:
    context, page = carried

    def answer(route: Any) -> None:
        sent = json.loads(route.request.post_data)["records"]
        told = [{"id": json.loads(one["body"])["id"], "digest": one["digest"]} for one in sent]
        route.fulfill(json={"v": 1, "results": [{**one, "outcome": "refused/bad_shape"} for one in told]})

    context.set_offline(True)
    written(page)
    context.route("**/api/v1/sync", answer)  # the service worker sends, too
    context.set_offline(False)
    page.goto("/#/outbox")
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_role("heading", name="Needs you 1")).to_be_visible()
    expect(page.get_by_text("Tried again by itself at")).to_be_visible()
    expect(page.get_by_text("bad_shape")).to_have_count(0)
    assert page.get_by_role("link", name="Call the hotline").get_attribute("href") == "tel:2125550142"
    clean(page, "outbox")
    context.unroute("**/api/v1/sync")
    page.get_by_role("button", name="Try this one now").click()
    expect(page.get_by_role("button", name="What the server has")).to_be_visible()
    page.get_by_role("button", name="What the server has").click()
    expect(page.get_by_role("link", name="Court session")).to_contain_text("Received")


def test_what_fails_alike_is_said_once_after_whom_to_call(carried: tuple[BrowserContext, Page]) -> None:
    context, page = carried

    def answer(route: Any) -> None:
        sent = json.loads(route.request.post_data)["records"]
        told = [{"id": json.loads(one["body"])["id"], "digest": one["digest"]} for one in sent]
        route.fulfill(json={"v": 1, "results": [{**one, "outcome": "refused/bad_shape"} for one in told]})

    context.set_offline(True)
    written(page)
    page.get_by_role("button", name="Write case 1").click()
    for n in (1, 2):
        expect(page.get_by_role("heading", name=f"Case {n}", exact=True)).to_be_visible()
        page.get_by_role("radio", name="None").first.click()
        page.get_by_role("button", name="Save and next case").click()
    expect(page.get_by_role("heading", name="Case 3", exact=True)).to_be_visible()
    context.route("**/api/v1/sync", answer)
    context.set_offline(False)
    page.goto("/#/outbox")
    page.get_by_role("button", name="Try now").click()
    needs = page.get_by_role("region", name="Needs you")
    expect(page.get_by_role("button", name="Try now")).to_be_enabled()
    expect(needs).to_contain_text("Needs you 3")
    expect(needs.get_by_text("The server could not read it.")).to_have_count(1)
    expect(needs.get_by_role("listitem")).to_have_count(0)
    expect(page.locator("main section").first).to_have_attribute("aria-label", "Who helps")
    clean(page, "alike")
    needs.get_by_role("button", name="Which they are").click()
    expect(needs.get_by_role("listitem")).to_have_count(3)
    expect(needs.get_by_role("link", name="Case 2")).to_be_visible()
    clean(page, "alike, opened")


def test_signing_out_with_unsent_records_offers_to_send_and_a_file(carried: tuple[BrowserContext, Page]) -> None:
    context, page = carried
    context.set_offline(True)
    written(page)
    page.goto("/#/you")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("1 record is not sent yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Send them first")).to_be_visible()
    page.get_by_role("button", name="Make a locked file").click()
    page.get_by_role("button", name="Make the file").click()
    expect(page.locator("fa-rescue").get_by_text("1 record is in the file.")).to_be_visible()
    clean(page, "leaving")
    page.goto("/#/in")
    expect(page.get_by_text("They stay here, and are sent as their writer's")).to_be_visible()
