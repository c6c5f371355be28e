"""Merge the Spanish fragments in translations/es/ into one compiled catalogue, and say what has no Spanish yet.

python tools/i18n.py            compile into build/translations
python tools/i18n.py --check    also fail when a text on a page or in an error has no Spanish
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TOP = Path(__file__).resolve().parent.parent
FRAGMENTS = TOP / "translations" / "es"
TARGET = TOP / "build" / "translations" / "es" / "LC_MESSAGES" / "messages.mo"
METHODS = [("fieldapp/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "lazy_gettext": None}


def merged() -> Catalog:
    """One catalogue of all fragments; exits when two say different things for one text."""
    catalog = Catalog(locale="es", domain="messages", fuzzy=False)
    for path in sorted(FRAGMENTS.glob("*.po")):
        with path.open("rb") as handle:
            for message in read_po(handle, locale="es"):
                if not message.id or not message.string or message.fuzzy:
                    continue
                known = catalog.get(message.id)
                if known and known.string != message.string:
                    sys.exit(
                        f"{path.name}: {message.id!r} has another Spanish elsewhere: {known.string!r} and {message.string!r}"
                    )
                catalog.add(message.id, message.string)
    return catalog


def texts() -> set[str]:
    """Every text that the pages and the code ask gettext for."""
    found = extract_from_dir(TOP, METHODS, keywords=KEYWORDS, directory_filter=_ours)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found if message}


def _ours(path: str) -> bool:
    return Path(path).name not in {".venv", "node_modules", "build", "tests", "static", ".git", "migrations", "tools"}


def main() -> None:
    """Compile, and check when asked."""
    catalog = merged()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("wb") as handle:
        write_mo(handle, catalog)
    if "--check" in sys.argv:
        missing = sorted(text for text in texts() if catalog.get(text) is None)
        for text in missing:
            print(f"no Spanish: {text!r}")
        sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
