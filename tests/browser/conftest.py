"""Browser tests wait for what they expect as long as a busy machine may need; what is there at once costs nothing."""

from __future__ import annotations

from playwright.sync_api import expect

expect.set_options(timeout=30_000)
