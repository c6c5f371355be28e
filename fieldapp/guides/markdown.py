"""Markdown read as parts: plain data that phones and pages draw themselves, so that no text of anybody's ever becomes markup.

A part is ``{"h": run}`` (heading), ``{"p": run}``, ``{"note": run}``, ``{"list": [run]}``, ``{"steps": [run]}`` or ``{"call":
"hotline"|"legal"}``. A run is a string, or a list of strings, ``{"b": text}`` and ``{"t": text, "to": address}`` where something is bold
or leads somewhere: to ``https:``, ``tel:`` or ``guide:`` (another page). Everything else that Markdown knows is read as its plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 20_000  # characters
MOST_PARTS = 400
DEEPEST = 8
Part = dict[str, Any]
_CALL = re.compile(r"call:(hotline|legal)\Z")
_SAFE = re.compile(r"(https://[^\s/\\]+\.[^\s\\]+|tel:\+?[0-9().-]{3,30}|guide:[a-z0-9_-]{1,40})\Z")
#: What can hide or turn text around (Unicode bidirectional controls), and control characters but the line's end.
_HIDING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_reader = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).disable(
    ["html_block", "html_inline", "code"]
)


def clean(text: str) -> str:
    """The text as it is kept: one kind of line's end, nothing that hides or turns."""
    return _HIDING.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")).strip()


def parts(text: str) -> list[Part]:
    """What a text says, part by part; at most ``MOST_PARTS``."""
    found: list[Part] = []
    for part in _blocks(_reader.parse(clean(text)[:LONGEST])):
        if len(found) == MOST_PARTS:
            break
        found.append(part)
    return found


def _blocks(tokens: list[Token]) -> Iterator[Part]:
    """Lists take their items, quotations their paragraphs; what is nested deeper joins them."""
    lists: list[tuple[str, list[Any]]] = []
    quotes = heading = 0
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append(("steps" if token.type[0] == "o" else "list", lists[0][1] if lists else []))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            kind, items = lists.pop()
            if not lists and items:
                yield {kind: items}
        elif token.type == "blockquote_open":
            quotes += 1
        elif token.type == "blockquote_close":
            quotes -= 1
        elif token.type == "heading_open":
            heading = 1
        elif token.type in {"inline", "fence"}:
            yield from _said(token, lists[0][1] if lists else None, "h" if heading else "note" if quotes else "p")
            heading = 0


def _said(token: Token, items: list[Any] | None, kind: str) -> Iterator[Part]:
    children = token.children or []
    call = _call(children)
    run = token.content.strip() if token.type == "fence" else _run(children)
    if items is not None:
        if run:
            items.append(run)
    elif call and kind == "p":
        yield {"call": call}
    elif run:
        yield {kind: run}


def _call(children: list[Token]) -> str:
    """The number that a paragraph of nothing but one link calls."""
    if len(children) < 2 or children[0].type != "link_open" or children[-1].type != "link_close":
        return ""
    if sum(child.type == "link_open" for child in children) > 1:
        return ""
    found = _CALL.match(str(children[0].attrs.get("href", "")))
    return found[1] if found else ""


def _run(children: list[Token]) -> Any:
    """One line's text; a string where nothing in it is bold or leads anywhere."""
    pieces: list[Any] = []
    bold, link = 0, ""
    for child in children:
        if child.type == "strong_open":
            bold += 1
        elif child.type == "strong_close":
            bold -= 1
        elif child.type == "link_open":
            link = str(child.attrs.get("href", ""))
        elif child.type == "link_close":
            link = ""
        elif child.type in {"softbreak", "hardbreak"}:
            _add(pieces, " ", 0, "")
        elif child.content:
            _add(pieces, child.content, bold, link)
    if not "".join(plain(pieces)).strip():
        return ""
    return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else pieces


def _add(pieces: list[Any], text: str, bold: int, link: str) -> None:
    if _SAFE.match(link):
        pieces.append({"t": text, "to": link})
    elif bold:
        pieces.append({"b": text})
    elif pieces and isinstance(pieces[-1], str):
        pieces[-1] += text
    else:
        pieces.append(text)


def plain(run: Any) -> str:
    """A run's text alone."""
    if isinstance(run, str):
        return run
    return "".join(piece if isinstance(piece, str) else str(piece.get("b") or piece.get("t") or "") for piece in run)
