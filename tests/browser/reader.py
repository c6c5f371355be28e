"""What a screen reader is told of a page, and what a hand and large text meet on it: each fault in a few words."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page

#: What one can act on: each needs a name.
ACTS = {
    *("button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "switch", "slider", "spinbutton"),
    *("tab", "menuitem", "gridcell", "option", "listbox", "Date", "DateTime", "InputTime"),
}
#: A section's footer stands below what scrolls in it.
REGIONS = {"banner", "main", "contentinfo", "navigation", "dialog", "complementary", "sectionfooter"}
#: Focus may stand on these without their being something to act on: a heading that a page begins at, a part that scrolls.
RESTS = {
    "heading",
    "main",
    "RootWebArea",
    "dialog",
    "alert",
    "region",
    "group",
    "list",
    "timer",
    "image",
    "status",
    "form",
}
NEAR = 4  # px

# By hand and eye: what is pressed is large enough, and with large text nothing is cut off, lies upon another or leaves the screen.
MEASURED = """(large) => {
  const faults = [];
  const words = (one) => (one.innerText || one.getAttribute("aria-label") || one.name || "").slice(0, 40);
  const say = (one) => `${one.tagName.toLowerCase()}.${one.className} "${words(one)}"`;
  const root = document.querySelector("dialog[open], fa-alert dialog, [role=dialog]") ?? document.body;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.getBoundingClientRect().width > 1;
  const acts = [...root.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(shown);
  // A tick and its words are one target.
  const target = (one) => (one.matches("input[type=radio], input[type=checkbox]") ? (one.closest("label") ?? one) : one);
  const inText = (one) => one.tagName === "A" && getComputedStyle(one).display === "inline";
  const targets = [...new Set(acts.filter((one) => !inText(one)).map(target))];
  for (const one of targets) {
    const { width, height } = one.getBoundingClientRect();
    const least = one.matches(".tap:not(.tap--small):not(.tap--c), .btn--field, .btn--tall, .hold") ? 64 : 48;
    if (height < least - 0.5 || width < 47.5) faults.push(`small ${Math.round(width)}x${Math.round(height)}: ${say(one)}`);
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 1) faults.push(`${wide} px too wide`);
  for (const one of root.querySelectorAll("*")) {
    if (!(one instanceof HTMLElement) || !shown(one) || one.closest(".sr, .pp thead")) continue;
    const style = getComputedStyle(one);
    const cut = (how) => how === "hidden" || how === "clip";
    const texts = [...one.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    const text = texts.length > 0;
    const beyond = one.scrollWidth - one.clientWidth;
    if (one.matches("main, .main, .sheet") && beyond > 1) faults.push(`scrolls sideways by ${beyond}: ${say(one)}`);
    if (cut(style.overflowX) && beyond > 1 && one.innerText?.trim()) faults.push(`cut off at the side: ${say(one)}`);
    if (text && cut(style.overflowY) && one.scrollHeight > one.clientHeight + 2) faults.push(`cut off below: ${say(one)}`);
    for (const node of texts) {
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.right > innerWidth + 1 || box.left < -1) faults.push(`leaves the screen: ${say(one)}`);
    }
  }
  if (large) {
    const scroller = (one) => one.closest("main, .main, .sheet, footer, header");
    for (const [i, a] of targets.entries())
      for (const b of targets.slice(i + 1)) {
        if (a.contains(b) || b.contains(a) || scroller(a) !== scroller(b)) continue;
        const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
        const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
        const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
        if (across > 2 && down > 2) faults.push(`one upon another: ${say(a)} and ${say(b)}`);
      }
  }
  return faults;
}"""


@dataclass(frozen=True)
class Said:
    """One thing that a screen reader says: where it lies, and in which region of the page."""

    role: str
    name: str
    level: int
    focusable: bool
    region: str
    box: tuple[float, float, float, float] | None  # left, top, right, bottom

    def __str__(self) -> str:
        return f'{self.role} "{self.name[:40]}"'


def told(cdp: CDPSession) -> list[Said]:
    """The browser's own accessibility tree, in the order in which it is read."""
    nodes = cdp.send("Accessibility.getFullAXTree")["nodes"]
    shot = cdp.send("DOMSnapshot.captureSnapshot", {"computedStyles": []})["documents"][0]
    boxes = {
        shot["nodes"]["backendNodeId"][index]: (x, y, x + width, y + height)
        for index, (x, y, width, height) in zip(shot["layout"]["nodeIndex"], shot["layout"]["bounds"], strict=True)
    }
    known = {node["nodeId"]: node for node in nodes}
    found: list[Said] = []

    def walk(node: dict[str, Any], region: str) -> None:
        role = str(node.get("role", {}).get("value", ""))
        if not node.get("ignored"):
            about = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
            region = f"{role} {node['nodeId']}" if role in REGIONS else region
            box = boxes.get(node.get("backendDOMNodeId"))
            name = str(node.get("name", {}).get("value", ""))
            found.append(Said(role, name, int(about.get("level") or 0), bool(about.get("focusable")), region, box))
        for child in node.get("childIds", []):
            if child in known:
                walk(known[child], region)

    walk(nodes[0], "")
    return found


def misread(said: list[Said]) -> list[str]:
    """What is wrong with names, roles, headings, landmarks and order."""
    return [*_unnamed(said), *_headings(said), *_landmarks(said), *_order(said)]


def _unnamed(said: list[Said]) -> list[str]:
    acts = [f"no name: {one} at {one.box}" for one in said if one.role in ACTS and not one.name.strip()]
    mute = [f"no role: {one}" for one in said if one.focusable and one.role not in ACTS | RESTS]
    return acts + mute


def _headings(said: list[Said]) -> list[str]:
    levels = [one for one in said if one.role == "heading"]
    firsts = [one for one in levels if one.level == 1]
    faults = [] if len(firsts) == 1 else [f"{len(firsts)} first headings: {[str(one) for one in firsts]}"]
    faults += [f"a heading before the first: {levels[0]}"] if levels and levels[0].level != 1 else []
    steps = itertools.pairwise(levels)
    return faults + [f"from level {a.level} to {b.level}: {b}" for a, b in steps if b.level > a.level + 1]


def _landmarks(said: list[Said]) -> list[str]:
    roles = [one.role for one in said]
    dialogs = [one for one in said if one.role in {"dialog", "alertdialog"}]
    faults = [f"no name: {one}" for one in dialogs if not one.name.strip()]
    faults += [f"no name: {one}" for one in said if one.role == "navigation" and not one.name.strip()]
    if not dialogs and roles.count("main") != 1:
        faults.append(f"{roles.count('main')} main parts")
    if not {"status", "alert"} & set(roles):
        faults.append("nothing tells of changes")
    return faults


def _order(said: list[Said]) -> list[str]:
    """Within a region, what is read later lies lower, or beside and to the right."""
    seen = [one for one in said if one.box and one.role in ACTS | {"heading"} and one.box[2] - one.box[0] > 1]
    faults = []
    for a, b in itertools.pairwise(seen):
        if a.region != b.region or a.box is None or b.box is None or a.role == "option" or b.role == "option":
            continue
        above = b.box[3] <= a.box[1] + NEAR
        shared = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
        left = shared > (b.box[3] - b.box[1]) / 2 and b.box[2] <= a.box[0] + NEAR
        if above or left:
            faults.append(f"read after {a}, but before it on the screen: {b}")
    return faults


def measured(page: Page, *, large: bool = False) -> list[str]:
    """Sizes, and with ``large`` text what it does to the page."""
    return [str(one) for one in page.evaluate(MEASURED, large)]
