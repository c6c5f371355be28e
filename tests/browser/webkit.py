"""WebKit by its own driver (W3C WebDriver): MiniBrowser of WebKitGTK on a screen that nobody sees. It has no passkeys and no push."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.stage import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 30.0  # seconds


class Fault(AssertionError):
    """What the driver refused, in its own words."""


class WebKit:
    """A browser whose profile lies in ``home``. Elements are looked for until they are there."""

    def __init__(self, home: Path, screen: str) -> None:
        self.port = free_port()
        home.mkdir(parents=True, exist_ok=True)
        kept = {name: str(home) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        env = {**os.environ, **kept, "DISPLAY": screen, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        command = ["WebKitWebDriver", f"--port={self.port}", "--host=127.0.0.1"]
        self.driver = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = ""
        options = {"binary": minibrowser(), "args": ["--automation"]}
        wanted = {"acceptInsecureCerts": True, "webkitgtk:browserOptions": options}
        made = self._begin({"capabilities": {"alwaysMatch": wanted}})
        self.version = str(made["capabilities"]["browserVersion"])
        self.session = f"/session/{made['sessionId']}"

    def _begin(self, wanted: dict[str, Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._call("POST", "/session", wanted)
            except OSError:  # the driver is not up yet
                assert time.monotonic() < end, "the driver does not answer"
                time.sleep(0.05)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Fault(error.read().decode(errors="replace")) from None

    def do(self, method: str, path: str, **body: Any) -> Any:
        """A command of the session."""
        return self._call(method, self.session + path, body if method == "POST" else None)

    def goto(self, url: str) -> None:
        """Open an address."""
        self.do("POST", "/url", url=url)

    def keep_cookie(self, cookie: dict[str, Any]) -> None:
        """Give the browser a cookie of the site that it shows, and wait until it has it."""
        self.do("POST", "/cookie", cookie=cookie)
        end = time.monotonic() + PATIENCE
        while not any(one["name"] == cookie["name"] for one in self.do("GET", "/cookie")):
            assert time.monotonic() < end, "the cookie was not taken"
            time.sleep(0.1)

    def reopen(self, url: str) -> None:
        """Close the window and open the address in a new one: as cold as it gets, MiniBrowser under a driver keeps nothing when it ends."""
        fresh = self.do("POST", "/window/new", type="window")
        self.do("DELETE", "/window")
        self.do("POST", "/window", handle=fresh["handle"])
        self.goto(url)

    def run(self, script: str, *args: Any) -> Any:
        """The value of an async function body; it is waited for."""
        body = f"const done = [...arguments].pop(); (async (...args) => {{ {script} }})(...arguments).then(done, (e) => done(String(e)));"
        return self.do("POST", "/execute/async", script=body, args=list(args))

    def until(self, script: str, *args: Any) -> Any:
        """Wait until the script's value is true."""
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(Fault):  # the page is being left
                said = self.run(script, *args)
                if said:
                    return said
            assert time.monotonic() < end, f"not within {PATIENCE} s: {script}; the page says: {self.text()}"
            time.sleep(0.1)

    def text(self) -> str:
        """What the page shows."""
        return str(self.run("return document.body.innerText"))

    def see(self, words: str) -> None:
        """Wait until the page shows these words."""
        self.until("return document.body.innerText.includes(args[0])", words)

    def tap(self, kind: str, words: str) -> None:
        """Click the first visible ``button``, ``link`` or ``label`` with these words, as a finger does."""
        tag = {"link": "a"}.get(kind, kind)
        found = self.until(FIND, tag, words)
        self.do("POST", f"/element/{found[ELEMENT]}/click")

    def type(self, label: str, text: str) -> None:
        """Type into the field with this label. The driver answers before the last key is there; on a busy machine it loses keys, and the
        field is emptied and typed into once more."""
        found = self.until(FIELD, label)
        for _ in range(3):
            self.do("POST", f"/element/{found[ELEMENT]}/value", text=text)
            end = time.monotonic() + PATIENCE / 3
            while time.monotonic() < end:
                if self.run("return args[0].value === args[1]", found, text):
                    return
                time.sleep(0.1)
            self.do("POST", f"/element/{found[ELEMENT]}/clear")
        raise AssertionError(f"{text!r} could not be typed; the page says: {self.text()}")

    def close(self) -> None:
        """Close the browser and its driver."""
        with contextlib.suppress(Exception):
            self._call("DELETE", self.session)
        self.driver.terminate()
        self.driver.wait(30)


FIND = """return [...document.querySelectorAll(args[0])].find((one) => one.checkVisibility() &&
  one.innerText.replace(/\\s+/g, " ").trim().startsWith(args[1]));"""
FIELD = """return [...document.querySelectorAll("input, textarea")].find((one) => {
  const ids = one.getAttribute("aria-labelledby")?.split(" ");
  const named = ids?.map((id) => document.getElementById(id)?.innerText ?? "").join(" ");
  return (named ?? one.labels?.[0]?.innerText ?? "").trim().startsWith(args[0]); });"""


def minibrowser() -> str:
    """Where Debian has it."""
    return str(next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")))


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody sees, until the block ends; its name."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x1000x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as said:
            yield f":{said.readline().strip()}"
    finally:
        server.terminate()
        server.wait(30)
