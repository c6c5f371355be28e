"""The desk's navigation: each domain says where its pages are and for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request
from markupsafe import Markup

from fieldapp.core.actor import Actor
from fieldapp.web.gate import maybe_actor


@dataclass(frozen=True)
class NavItem:
    """One entry: shown to actors with one of ``roles`` anywhere, in order of ``order``."""

    endpoint: str
    label: str
    roles: tuple[str, ...]
    order: int
    within: str = ""  # its pages' common beginning, where the blueprint has more than one entry

    @property
    def section(self) -> str:
        """The blueprint whose pages mark this entry as the current one."""
        return self.endpoint.split(".", 1)[0]


_items: list[NavItem] = []


def register(item: NavItem) -> None:
    """Add an entry once."""
    if item not in _items:
        _items.append(item)


def items() -> list[NavItem]:
    """The entries that the signed-in actor may see."""
    actor = maybe_actor()
    if actor is None:
        return []
    return sorted((i for i in _items if actor.where(*i.roles)), key=lambda i: i.order)


def current(item: NavItem) -> bool:
    """Whether the request is within the entry's section, and in no part of it that has an entry of its own."""
    if item.within:
        return _is_within(item)
    section = bool(request.blueprint and request.blueprint == item.section)
    return section and not any(_is_within(one) for one in _items if one.within)


def _is_within(item: NavItem) -> bool:
    return request.path == item.within or request.path.startswith(f"{item.within}/")


_badges: dict[str, Callable[[Actor], int]] = {}
_chapter_name: list[Callable[[Actor], str]] = []


def register_badge(endpoint: str, count: Callable[[Actor], int]) -> None:
    """Show a count behind an entry; it must be one cheap indexed query."""
    _badges[endpoint] = count


def register_chapter_name(name: Callable[[Actor], str]) -> None:
    """How the bar learns the current chapter's name."""
    _chapter_name[:] = [name]


def badge(item: NavItem) -> Markup:
    """The entry's count as a badge; nothing when there is none."""
    actor = maybe_actor()
    count = _badges[item.endpoint](actor) if actor and item.endpoint in _badges else 0
    return Markup(' <span class="count hot">{}</span>').format(count) if count else Markup("")


def chapter_name() -> str:
    """The current chapter's name."""
    actor = maybe_actor()
    return _chapter_name[0](actor) if actor and _chapter_name else ""


_bar_end: list[Callable[[Actor], Markup]] = []


def register_bar_end(part: Callable[[Actor], Markup]) -> None:
    """Add something at the end of every desk page's bar; it must be one cheap indexed query."""
    if part not in _bar_end:
        _bar_end.append(part)


def bar_end() -> Markup:
    """What domains put at the end of the bar."""
    actor = maybe_actor()
    return Markup("").join(part(actor) for part in _bar_end) if actor else Markup("")


def init_app(app: Flask) -> None:
    """Give templates the entries."""
    app.jinja_env.globals.update(
        nav_items=items, nav_current=current, nav_badge=badge, chapter_name=chapter_name, bar_end=bar_end
    )
