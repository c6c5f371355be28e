"""Browser tests wait for what they expect as long as a busy machine may need; what is there at once costs nothing.

One that fails is run once more, and the report names it (``R``): real browsers under load fail for reasons that are not the product's. What
fails twice has failed. Nothing but browser tests is run again.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that drive a browser get their second run."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
