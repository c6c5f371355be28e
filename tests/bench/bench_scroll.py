"""How the page of a session scrolls with forty cases in it, on a phone that computes four times slower than this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.bench_memory import CASES, cases
from tests.bench.bench_phone import prepare
from tests.bench.harness import Bench, percentile

SLOWER = 4
#: The time between frames while a finger would scroll: collected until it is asked for, in milliseconds.
WATCH = """() => {
  Object.assign(globalThis, { frames_: [], going_: true, far_: 0 });
  const main = document.querySelector("main");
  let last = performance.now();
  const tick = (now) => {
    frames_.push(now - last);
    last = now;
    far_ = Math.max(far_, main.scrollTop, scrollY);
    if (going_) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""
OPENS = """async () => {
  const began = performance.now();
  location.hash = "#/court";
  while (document.querySelectorAll("main .row").length < 40) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """From the top to the end and back: the frames, and those later than a twentieth of a second."""
    if bench.database != "spatialite":
        return  # the phone does not know which database the server has
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        scene, phone = prepare(playwright, Path(home))
        phone.context.set_default_timeout(60_000)
        cases(phone.page)
        phone.cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        opened = phone.page.evaluate(OPENS)
        tall = phone.page.evaluate("() => document.querySelector('main').scrollHeight")
        phone.page.evaluate(WATCH)
        for way in (-1, 1):
            gesture = {"x": 180, "y": 400, "yDistance": way * tall, "speed": 2400, "gestureSourceType": "touch"}
            phone.cdp.send("Input.synthesizeScrollGesture", gesture)
        frames: list[float] = phone.page.evaluate("() => { going_ = false; return frames_; }")
        yield {
            "figure": "scroll_forty_cases",
            "cases": CASES,
            "slow_down": SLOWER,
            "opened_ms": round(opened),
            "scrolled_px": round(phone.page.evaluate("() => far_")),
            "frames": len(frames),
            "frame_p50_ms": percentile(frames, 0.5),
            "frame_p95_ms": percentile(frames, 0.95),
            "later_than_50_ms": sum(one > 50 for one in frames),
        }
        phone.close()
        scene.server.shutdown()
