"""docs/threat-model.md names files that limit what is given up, and tests that show it. They exist, and each row has both."""

from __future__ import annotations

import re

from fieldapp import TOP

TEXT = (TOP / "docs/threat-model.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:tests|fieldapp|static|tools|docs)/[\w./-]+)(?:::(\w+))?`")
MUST = (
    "locked phone",
    "unlocked phone",
    "database",
    "server",
    "backup",
    "coordinator",
    "legal partner",
    "push",
    "network",
)


def rows() -> list[list[str]]:
    """The table's rows, without its head."""
    lines = [line for line in TEXT.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def test_every_file_and_test_that_is_named_exists() -> None:
    missing = []
    for path, test in NAMED.findall(TEXT):
        file = TOP / path
        if not file.is_file() or (test and f"def {test}(" not in file.read_text(encoding="utf-8")):
            missing.append(f"{path}::{test}" if test else path)
    assert missing == []


def test_every_part_has_what_limits_it_and_what_shows_it() -> None:
    for row in rows():
        assert len(row) == 5, row
        part, _, _, limits, shows = row
        if "none of ours" in shows:
            continue
        assert any(not path.startswith("tests/") for path, _ in NAMED.findall(limits)), part
        assert any(path.startswith("tests/") for path, _ in NAMED.findall(shows)), part


def test_every_part_that_may_be_seized_or_turn_is_there() -> None:
    parts = " ".join(row[0] for row in rows())
    assert [name for name in MUST if name not in parts] == []


def test_files_in_backticks_are_named_whole() -> None:
    short = [one for one in re.findall(r"`([\w./-]+\.(?:py|m?js))(?:::\w+)?`", TEXT) if not (TOP / one).is_file()]
    assert short == []
