"""Templates hold no inline script or style, no |safe, no text outside gettext's reach, and balanced markup."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "path",
    "use",
}
RULES = (
    (re.compile(r"\|\s*safe\b"), "|safe lets markup through"),
    (re.compile(r"\sstyle\s*="), "an inline style breaks the Content Security Policy"),
    (re.compile(r"\son[a-z]+\s*="), "an inline handler breaks the Content Security Policy"),
    (re.compile(r"<script(?![^>]*\bsrc=)"), "an inline script breaks the Content Security Policy"),
    (re.compile(r"<style\b"), "an inline style sheet breaks the Content Security Policy"),
    (re.compile(r"(?:src|href|action)=\"https?:"), "nothing comes from another origin"),
)
JINJA = re.compile(
    r"\{%-?\s*block \w*attributes\s*-?%\}.*?\{%-?\s*endblock\s*-?%\}|\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.S
)
NOT_PROSE = {"code", "pre", "kbd", "svg"}
WORD = re.compile(r"[^\W\d_]{2,}")
PROPER = {"Fieldapp", "English", "Español", "SHA"}


class Reader(HTMLParser):
    """Collects visible text that gettext never sees, and attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.raw: list[tuple[int, str]] = []
        self.skip = 0
        self.spoken: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at attributes that people read or hear."""
        self.skip += tag in NOT_PROSE
        if tag not in {*VOID, "html"} and dict(attrs).get("lang"):  # says itself which language it is
            self.spoken.append(tag)
        for name, value in attrs:
            if name in {"aria-label", "title", "placeholder", "alt"} and value and WORD.search(value):
                self.raw.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not prose."""
        self.skip -= tag in NOT_PROSE
        if self.spoken and self.spoken[-1] == tag:
            self.spoken.pop()

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        text = data.strip()
        if not self.skip and not self.spoken and set(WORD.findall(text)) - PROPER - {"ms", "km"}:
            self.raw.append((self.getpos()[0], text))


def problems(path: Path) -> list[str]:
    """What is wrong with one template."""
    source = path.read_text(encoding="utf-8")
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        plain = JINJA.sub("", line)
        found += [f"{number}: {why}" for rule, why in RULES if rule.search(line if "|safe" in why else plain)]
    reader = Reader()
    reader.feed(JINJA.sub(lambda m: "\n" * m.group().count("\n"), source))
    found += [f"{line}: not translated: {text[:60]!r}" for line, text in reader.raw]
    return found


def main() -> None:
    """Check every template."""
    bad = False
    for path in sorted((TOP / "templates").rglob("*.html")):
        for problem in problems(path):
            bad = True
            print(f"{path.relative_to(TOP)}:{problem}")
    sys.exit(bad)


if __name__ == "__main__":
    main()
