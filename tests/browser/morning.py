"""A morning at court, told by the pages it happens on: what each person does, in order, with nothing done behind a page's back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Playwright, Route, expect

from tests.browser.cast import PATIENCE, Member, see, strip
from tests.browser.search import in_files
from tests.browser.stage import DESK, PHONE, Installation
from tests.pushservice import Message

ZONE = "America/Phoenix"  # no summer time: the story may be told at any hour of any day
# What only the legal team may ever read; the last is a form that was never saved.
SECRETS = ("Zwetschgenknoedel", "Quokkafluesterer", "Papageientaucher")
OPENLY = "Worth-Street-Doors"  # what the server does keep as it is: the search must find it


def nothing_to_read(folder: Path, *known: str) -> None:
    """No file in the folder has the words that are for counsel alone; what is known to be there is found by the same search."""
    for word in known:
        assert in_files(word, folder) != []
    for word in SECRETS:
        assert in_files(word, folder) == []


class Morning:
    """The people, and what they do in order."""

    def __init__(self, playwright: Playwright, home: Path, site: Installation) -> None:
        self.playwright, self.home, self.site = playwright, home, site
        self.people: list[Member] = []

    def enrol(self, name: str, link: str, viewport: dict[str, int] = DESK) -> Member:
        member = Member(self.playwright, self.home, self.site.url, name, viewport=viewport)
        self.people.append(member)
        member.join(link)
        return member

    def gather(self) -> None:
        """The first admin by the link that the command prints, everybody else by an invite."""
        printed = self.site.run("init", "--name", "Phoenix", "--zone", ZONE)
        self.site.start()
        link = re.search(r"http\S+/enrol#\S+", printed)
        assert link
        admin = self.enrol("Aspen", link.group())
        self.trainer = self.enrol("Birch", admin.invite("Trainer"))
        self.counsel = self.enrol("Lee", admin.invite("Legal partner"))
        self.coordinator = self.enrol("Cedar", admin.invite("Coordinator"))
        self.volunteer = self.enrol("Juniper", admin.invite("Volunteer"), PHONE)

    def certify(self) -> None:
        """A course, a session of yesterday, and the volunteer was there."""
        page = self.trainer.page
        page.goto("/training")
        page.get_by_role("link", name="Add a course").first.click()
        page.get_by_label("Name in English").fill("Court watch basics")
        page.get_by_label("Name in Spanish").fill("Lo básico de la observación")
        page.get_by_role("button", name="Add a course").click()
        page.get_by_role("link", name="Plan a session").click()
        page.get_by_label("Day", exact=True).fill(f"{datetime.now(ZoneInfo(ZONE)) - timedelta(days=1):%Y-%m-%d}")
        page.get_by_label("From", exact=True).fill("10:00")
        page.get_by_label("To", exact=True).fill("12:00")
        page.get_by_role("button", name="Plan a session").click()
        page.get_by_role("button", name="Add by hand").click()
        dialog = page.get_by_role("dialog", name="Add by hand")
        dialog.get_by_label("Who is here").select_option(label="Juniper")
        dialog.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("button", name=re.compile("^Certify")).click()
        see(page.get_by_text("All 1 are certified"))

    def make_box(self) -> None:
        """The legal box is made in the browser; its recovery key is shown once."""
        page = self.counsel.page
        page.goto("/legal/box")
        page.get_by_role("button", name="Make the legal box").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="With my passkey").click()
        see(dialog.get_by_role("heading", name="The recovery key"))
        assert dialog.locator(".secret").inner_text().replace(" ", "").startswith("AGE-SECRET-KEY-PQ-1")
        dialog.get_by_role("button", name="It is on paper, make the box").click()
        see(page.get_by_text("has a legal box"))

    def plan(self) -> None:
        """A place, and a shift that begins soon and needs the certificate."""
        page = self.coordinator.page
        page.goto("/places")
        page.get_by_role("link", name="Add a place").first.click()
        page.get_by_label("Name", exact=True).fill("Phoenix Immigration Court")
        page.get_by_label("Address").fill("250 N 7th Avenue, Suite 300")
        page.get_by_label("City").fill("Phoenix")
        page.get_by_label("State", exact=True).fill("AZ")
        page.get_by_label("Time zone").fill(ZONE)
        page.get_by_label("Latitude", exact=True).fill("33.4513")
        page.get_by_label("Longitude", exact=True).fill("-112.0825")
        page.get_by_role("button", name="Add the place").click()
        see(page.get_by_role("heading", name="Phoenix Immigration Court"))
        begins = datetime.now(ZoneInfo(ZONE)) + timedelta(minutes=40)
        page.goto("/shifts")
        page.get_by_role("link", name="Add a shift").first.click()
        page.get_by_label("Day", exact=True).fill(f"{begins:%Y-%m-%d}")
        page.get_by_label("From", exact=True).fill(f"{begins:%H:%M}")
        page.get_by_label("To", exact=True).fill(f"{begins + timedelta(hours=3):%H:%M}")
        page.get_by_label("Certificate needed").select_option(label="Court watch basics")
        page.get_by_label("Meet", exact=True).fill(OPENLY)
        page.get_by_role("button", name="Add a shift").click()
        see(page.get_by_text("Nobody is on this shift yet."))

    def arrive(self) -> None:
        """The volunteer takes the shift and is there."""
        page = self.volunteer.page
        page.reload()
        page.get_by_role("link", name="See shifts you may take").click()
        page.get_by_role("button", name=re.compile("^Take:")).click()
        see(page.get_by_role("button", name=re.compile("^Give back:")))
        page.get_by_role("link", name="Today").click()
        page.get_by_role("button", name="I'm here").click()
        see(page.get_by_text("You are here", exact=True))
        expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
        page.evaluate("async () => void (await navigator.serviceWorker.ready)")

    def write_offline(self) -> None:
        """Without network: a court session with a moment of its timeline, three cases, the beginning of a fourth."""
        self.volunteer.context.set_offline(True)
        page = self.volunteer.page
        page.get_by_role("link", name="Write").first.click()
        page.get_by_role("button", name="Court session").click()
        page.get_by_role("radio", name="Short hearings").click()
        page.get_by_role("radio", name="Yes", exact=True).click()
        page.get_by_label("Note").fill(f"The clerk said {SECRETS[0]} twice.")
        page.get_by_role("button", name=re.compile("^More")).click()
        page.get_by_role("button", name=re.compile("^Timeline")).click()
        page.get_by_role("button", name="Session starts", exact=True).click()
        page.get_by_role("button", name="Save").click()
        see(page.get_by_role("heading", name="Read once more"))
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Write case 1").click()
        for number in (1, 2, 3):
            see(page.get_by_role("heading", name=f"Case {number}"))
            page.get_by_role("radio", name="None").first.click()
            page.get_by_role("radio", name="In person").click()
            if number == 2:
                page.get_by_label("Note").fill(f"He asked for the {SECRETS[1]}.")
                page.get_by_role("button", name="Save and next case").click()
                see(page.get_by_role("heading", name="Read once more"))
            page.get_by_role("button", name="Save and next case").click()
        see(page.get_by_role("heading", name="Case 4"))
        page.get_by_role("radio", name="Attorney").click()
        page.get_by_label("Note").fill(f"Nobody knew the {SECRETS[2]}.")
        page.get_by_role("link", name="Back to the session").click()
        see(page.get_by_text("3 cases written"))
        page.get_by_role("link", name="Back to Write").click()
        expect(strip(page)).to_contain_text("4 saved on this phone")

    def alert_offline(self) -> None:
        """An alert without network says that nobody was told."""
        page = self.volunteer.page
        page.get_by_role("link", name="Alert").click()
        page.get_by_role("button", name="Someone is being taken").click()
        see(page.get_by_text("Nothing is sent yet."))
        page.get_by_role("button", name="Tap again to send").click()
        see(page.get_by_role("heading", name="NOT SENT"))

    def lose_power(self) -> None:
        """SIGKILL, then the app from cold without network: everything is still there."""
        self.volunteer.kill()
        nothing_to_read(self.volunteer.home, "250 N 7th Avenue")
        self.volunteer.open(offline=True)
        page = self.volunteer.page
        page.goto("/")
        expect(strip(page)).to_contain_text("5 saved on this phone", timeout=PATIENCE)
        see(page.get_by_text("You are here", exact=True))
        page.goto("/#/write")
        see(page.get_by_text("3 cases written"))
        page.get_by_role("button", name="Unlock").click()
        see(page.get_by_role("link", name="Case 4"))
        page.get_by_role("button", name="Close the session").click()
        page.locator("input.stepper__n").first.fill("3")
        page.get_by_role("button", name="Save and close the session").click()
        expect(strip(page)).to_contain_text("6 saved on this phone", timeout=PATIENCE)

    def come_back(self) -> list[str]:
        """The network returns, and loses the server's first answer; ids of all that the phone had to say."""
        lost: list[int] = []

        def lose(route: Route) -> None:
            if lost:
                return route.continue_()
            lost.append(route.fetch().status)
            return route.abort()

        self.volunteer.context.route("**/api/v1/sync", lose)
        self.volunteer.context.set_offline(False)
        expect(strip(self.volunteer.page)).to_contain_text("All received", timeout=PATIENCE)
        self.volunteer.context.unroute("**/api/v1/sync")
        assert lost == [200]
        return self.volunteer.outbox()

    def answer(self, message: Message) -> None:
        """The coordinator's browser is told while nobody is signed in there, and its person answers."""
        page = self.coordinator.page
        shown = self.coordinator.receive(message.text.decode())
        assert shown == [
            {"title": "Fieldapp: 1 new message", "body": "", "data": {"id": message.json["notice"], "today": False}}
        ]
        self.coordinator.context.clear_cookies()
        page.goto(self.coordinator.tap_notification())
        see(page.get_by_text("One message. No sign-in needed."))
        see(page.get_by_role("heading", name="Someone is being taken"))
        see(page.get_by_text("Phoenix Immigration Court"))
        page.get_by_role("button", name="I've got it").click()
        see(page.get_by_text("You have it"))

    def be_answered(self) -> None:
        """The raiser's phone says so."""
        page = self.volunteer.page
        page.goto("/#/alert")
        see(page.get_by_role("heading", name="I've got it"))

    def look_at_the_map(self) -> None:
        """Signed in again (the passkey offers itself), the answer stays, and board and map show the place."""
        page = self.coordinator.page
        page.get_by_role("link", name="Sign in and keep it").click()
        see(page.get_by_text("It is yours until you say that it's over."))
        page.goto("/coverage")
        pin = page.get_by_role("link", name="Phoenix Immigration Court: open alert, Someone is being taken")
        see(pin).click()
        see(page.get_by_text("Cedar signed in: it stays with them"))

    def read(self) -> None:
        """Counsel proves themselves once more, opens what is sealed, and sees that it is unchanged."""
        page = self.counsel.page
        page.goto("/legal")
        page.get_by_role("link", name=re.compile("^Court session")).click()
        see(page.get_by_text("Its leaf is in the log."))
        expect(page.get_by_text(SECRETS[0])).to_have_count(0)
        with page.expect_response("**/api/v1/step-up/finish"):
            page.get_by_role("button", name=re.compile("^Open")).click()
        page.get_by_role("dialog").get_by_role("button", name="Use my passkey").click()
        see(page.get_by_text(f"The clerk said {SECRETS[0]} twice."))
        see(page.get_by_text("Session starts"))
        see(page.get_by_text("Every word opened here matches what was signed."))

    def read_again(self) -> None:
        """Minutes later the boxes are still open: one proof is asked for, for the record and its amendment together."""
        page = self.counsel.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        see(page.get_by_text(f"The clerk said {SECRETS[0]} twice."))
        see(page.get_by_text("Every word opened here matches what was signed."))
        assert len([url for url in asked if url.endswith("/step-up/begin")]) == 1
