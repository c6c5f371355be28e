"""Who may do what: one file per domain, named as its blueprint, with ``ROWS = [Row(...), ...]``.

    Row("shifts.cancel", "POST", {"shift_id": "@shift"}, may={"coordinator"}, of="here")

* ``params``: values of the URL. ``"@name"`` is a thing of the world; a function is called with the world for every
  request (for what a request uses up); anything else is taken as it is.
* ``may``: roles that get in. Use EVERYONE (signed in or not), SIGNED_IN, VOLUNTEERS or names from ``world.KINDS``.
* ``of``: where the thing stands. ``"here"``: people of this chapter and of its parent with that role get in; those of
  this chapter or its parent without it get ``denied`` (403); those of a pod or of another chapter get 404.
  ``None``: there is no thing, the role is enough wherever it is.
* ``also``: whole actors that get in too, such as ``"pod-trainee"``. ``statuses``: whole actors with a status of
  their own.
* ``data``, ``json``: what is sent; a function is called with the world for every request. Without them a write sends
  an empty form, which is enough: the harness looks at who gets in, not at what happens then.
* ``fresh``: everybody signs in anew for this request, because it uses the session up.
* ``built``: a file that the build makes; before a build it is not there, for anybody, which counts as getting in.

A file may define ``things(world) -> dict[str, str]``: further things for its own ``"@name"``, made once with
``world.make``. The world has the chapters ``@here``, ``@parent``, ``@pod``, ``@another`` and a person for every actor:
``@here-trainee`` and so on. Everybody's last user verification is fresh (step-up holds).
People of partner organisations (``here-partner`` and so on) get 403 wherever ``may`` and ``also`` do not name them.
People who are not signed in, or disabled, are sent to the sign-in page (GET) or get 401. Nobody ever gets a 500.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

VOLUNTEERS = frozenset({"trainee", "certified", "lapsed"})
SIGNED_IN = VOLUNTEERS | {"coordinator", "trainer", "legal", "admin"}
EVERYONE = SIGNED_IN | {"anonymous", "invited", "disabled", "partner"}
Filler = Callable[[Any], Any]


@dataclass(frozen=True)
class Row:
    """One endpoint and method, and who gets in."""

    endpoint: str
    method: str = "GET"
    params: dict[str, Any] = field(default_factory=dict)
    may: frozenset[str] | set[str] = SIGNED_IN
    of: str | None = None
    denied: int = 403
    also: frozenset[str] | set[str] = frozenset()
    statuses: dict[str, int] = field(default_factory=dict)
    data: dict[str, Any] | Filler | None = None
    json: Any = None
    fresh: bool = False
    built: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"
