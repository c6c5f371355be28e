"""The collector of cycles looks at what is new, not again and again at what stays."""

from __future__ import annotations

import gc

YOUNG = 10_000  # objects made and not let go of before it looks; a page of the desk makes a few thousand


def settle() -> None:
    """Leave what is loaded by now alone for good. Called once, when a process that serves has everything imported.

    Without, each hundred thousand rows of coverage made the collector walk through the whole program: 0.1 s in the middle of a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
