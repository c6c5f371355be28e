"""What is made from counted things is kept in memory under their counts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """The last few things by their tag; a tag names all that the thing was made from, so nothing on it is ever stale."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, T] = OrderedDict()

    def find(self, tag: str) -> T | None:
        """The thing with this tag, where there is one."""
        with self._lock:
            return self._kept.get(tag)

    def put(self, tag: str, thing: T) -> None:
        """Keep a thing in place of the one with this tag."""
        with self._lock:
            self._kept[tag] = thing
            self._kept.move_to_end(tag)
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)

    def get(self, tag: str, make: Callable[[], T]) -> T:
        """The thing with this tag, made where there is none."""
        with self._lock:
            found = self._kept.get(tag)
            if found is not None:
                self._kept.move_to_end(tag)
                return found
        made = make()
        self.put(tag, made)
        return made
