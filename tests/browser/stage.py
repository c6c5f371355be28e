"""The stage for browser tests: a real installation (web and worker as processes), and people with real browsers."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from fieldapp import TOP
from fieldapp.ops.serve import Processes

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "hasPrf": True,
}

# A virtual device's passkeys can be put into the next browser, but not the secret of their PRF: what it has said is noted, and said again.
REMEMBERS_PRF = """(() => {
  const bytes = (source) => new Uint8Array(source.buffer ?? source);
  const hex = (source) => Array.from(bytes(source), (one) => one.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g), (one) => parseInt(one, 16)).buffer;
  for (const how of ["get", "create"]) {
    const real = CredentialsContainer.prototype[how];
    CredentialsContainer.prototype[how] = async function (options) {
      const found = await real.call(this, options);
      const prf = options?.publicKey?.extensions?.prf;
      const salt = prf?.evalByCredential?.[found.id] ?? prf?.eval;
      if (!salt) return found;
      const said = found.getClientExtensionResults();
      const asked = `${found.id} ${hex(salt.first)}`;
      const first = said.prf?.results?.first;
      const told = await globalThis.notePrf(asked, first ? hex(first) : "");
      if (told) found.getClientExtensionResults = () => ({ ...said, prf: { results: { first: unhex(told) } } });
      return found;
    };
  }
})();"""


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """One Fieldapp: its data, its web server and its worker. ``more`` are further ``FIELDAPP_*`` settings."""

    def __init__(self, home: Path, database_url: str = "", **more: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.env = {
            **os.environ,
            "FIELDAPP_DATA_DIR": str(home),
            "FIELDAPP_PUBLIC_URL": self.url,
            "FIELDAPP_SECRET_KEY": "test-only-secret-test-only-secret-00",
            "PYTHONPATH": str(TOP),
            **{f"FIELDAPP_{name}": value for name, value in more.items()},
        }
        if database_url:
            self.env["FIELDAPP_DATABASE_URL"] = database_url
        self.log = home / "server.log"
        self.processes: Processes | None = None

    def run(self, *words: str) -> str:
        """A ``fieldapp`` command; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "fieldapp", *words],
            env=self.env,
            cwd=TOP,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start web and worker, and wait until they answer."""
        with self.log.open("ab") as log:
            self.processes = Processes(self.port, self.env, output=log)
        assert self.processes.wait_until_ready(), self.log.read_text(errors="replace")

    def stop(self) -> None:
        """Stop web and worker."""
        if self.processes:
            self.processes.stop()
            self.processes = None


class Person:
    """A person with a browser of their own, whose profile stays on disk, and a passkey device."""

    device: dict[str, Any] = AUTHENTICATOR
    flags: tuple[str, ...] = QUIET
    permissions: tuple[str, ...] = ("notifications", "geolocation")

    def __init__(
        self, playwright: Playwright, home: Path, url: str, *, viewport: dict[str, int], **options: Any
    ) -> None:
        self.playwright = playwright
        self.home = home
        self.url = url
        self.viewport = viewport
        self.options = options
        self.context: BrowserContext
        self.page: Page
        self.cdp: CDPSession
        self.authenticator = ""
        self.credentials: list[dict[str, Any]] = []
        self.prf: dict[str, str] = {}
        self.problems: list[str] = []
        self.open()

    def open(self, *, offline: bool = False) -> None:
        """Open the browser on the profile it had."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.home),
            executable_path=CHROMIUM,
            headless=True,
            args=list(self.flags),
            viewport=self.viewport,  # type: ignore[arg-type]
            base_url=self.url,
            offline=offline,
            permissions=list(self.permissions),
            **self.options,
        )
        self.context.expose_function("notePrf", self._note_prf)
        self.context.add_init_script(REMEMBERS_PRF)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.cdp = self.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": self.device})
        self.authenticator = made["authenticatorId"]
        for credential in self.credentials:
            self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.authenticator, "credential": credential})

    def _note_prf(self, asked: str, said: str) -> str:
        if said:
            self.prf[asked] = said
        return self.prf.get(asked, "")

    def _console(self, message: Any) -> None:
        text = message.text
        if re.search(r"Content Security Policy|TrustedHTML|TrustedScript|Refused to", text):
            self.problems.append(text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.problems.append(f"a request to another origin: {request.url}")

    @contextlib.contextmanager
    def passkey_untouched(self) -> Iterator[None]:
        """Nobody touches the passkey meanwhile: a sign-in page's autofill waits, as it does for a person."""
        self._presence(False)
        try:
            yield
        finally:
            self._presence(True)

    def _presence(self, enabled: bool) -> None:
        about = {"authenticatorId": self.authenticator, "enabled": enabled}
        self.cdp.send("WebAuthn.setAutomaticPresenceSimulation", about)

    def keep_passkeys(self) -> None:
        """Remember the passkeys: a virtual device, unlike a real one, dies with its browser."""
        found = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        self.credentials = found["credentials"]

    def pids(self) -> list[int]:
        """The browser's own processes."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(self.home).encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found

    def kill(self) -> None:
        """SIGKILL, as when a phone's battery is pulled."""
        self.keep_passkeys()
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.context.close()
        for lock in self.home.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the browser."""
        with contextlib.suppress(Exception):
            self.context.close()


@contextlib.contextmanager
def until(seconds: float, what: str) -> Iterator[Any]:
    """``with until(5, "the record arrived") as ok: while not ok(condition()): ...`` gives up with words after ``seconds``."""
    end = time.monotonic() + seconds

    def met(condition: Any) -> bool:
        if condition:
            return True
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.1)
        return False

    yield met
