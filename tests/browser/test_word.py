"""With my word: a safe word and a duress word leave the same screen and the same storage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Person as Member
from fieldapp.accounts.services import words
from fieldapp.alerts.models import Alert
from fieldapp.core import jobs
from fieldapp.core.db import db
from tests.browser.cast import PATIENCE, see, strip
from tests.browser.scene import NOW, Scene
from tests.browser.stage import PHONE
from tests.browser.test_locked import Phone, playwright  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser

# What the outbox holds, by the names and the sizes of what is there.
SHAPE = """async () => {
  const sized = (one) => {
    if (one instanceof CryptoKey) return "key";
    if (ArrayBuffer.isView(one) || one instanceof ArrayBuffer) return one.byteLength;
    if (Array.isArray(one)) return one.map(sized);
    if (one && typeof one === "object") return Object.fromEntries(Object.keys(one).sort().map((name) => [name, sized(one[name])]));
    return typeof one;
  };
  const rows = [];
  const open = indexedDB.open("fieldapp-outbox");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  for (const store of ["items", "bodies", "drafts", "receipts"]) {
    const values = base.transaction(store).objectStore(store).getAll();
    await new Promise((done) => (values.onsuccess = done));
    rows.push(...values.result.map((value) => `${store} ${JSON.stringify(sized(value))}`));
  }
  base.close();
  return [...rows.sort(), localStorage.length, sessionStorage.length];
}"""
# Whether the phone has heard yet that its network is gone says nothing of the word.
SCREEN = "() => document.querySelector('.screen').innerText.replace(', no network', '')"


def drawn(phone: Phone) -> None:
    """The screen stands whole: the card of the way in comes with a part that is loaded later."""
    see(phone.page.get_by_text("Your way in"))


def leave_with(phone: Phone, scene: Scene, word: str) -> dict[str, Any]:
    """Check in, then leave with a word; what the screen and the storage are like, waiting and received."""
    person = phone.enrol(scene)
    with scene.app.app_context():
        chooser = replace(actor_for(db.session.get_one(Member, person)), step_up_until=NOW + 1)
        words.choose(chooser, "mango", "harbor street", NOW)
    page = phone.page
    page.get_by_role("button", name="I'm here").click()
    see(page.get_by_text("You are here", exact=True))
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
    page.get_by_role("link", name="With my word").click()
    phone.context.set_offline(True)
    page.get_by_label("Your word").fill(word)
    page.get_by_role("button", name="I'm out and OK").click()
    see(page.get_by_text("You are out", exact=True))
    expect(strip(page)).to_contain_text("1 saved on this phone")
    assert word not in page.content()
    drawn(phone)
    found = {"waiting": page.evaluate(SCREEN), "kept": page.evaluate(SHAPE)}
    phone.context.set_offline(False)
    page.reload()
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
    see(page.get_by_text("You are out", exact=True))
    with scene.app.app_context():
        jobs.run_due(NOW)
        found["alerts"] = len(db.session.scalars(db.select(Alert)).all())
    page.reload()
    see(page.get_by_text("You are out", exact=True))
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
    drawn(phone)
    return found | {"received": page.evaluate(SCREEN)}


def test_both_words_leave_the_same_screen_and_the_same_storage_and_one_calls_for_help(
    playwright: Playwright,  # noqa: F811
    tmp_path: Path,
) -> None:
    found = {}
    for word in ("mango", "harbor street"):
        home = tmp_path / word.split()[0]
        (home / "scene").mkdir(parents=True)
        scene = Scene(home / "scene")
        phone = Phone(playwright, home / "phone", scene.url, viewport=PHONE)
        found[word] = leave_with(phone, scene, word)
        assert phone.problems == []
        phone.close()
        scene.server.shutdown()
    assert [one.pop("alerts") for one in found.values()] == [0, 1]
    assert found["mango"] == found["harbor street"]
