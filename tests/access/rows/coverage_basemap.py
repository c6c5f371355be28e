"""Streets under the maps: those who see coverage. Without a file there is nothing, for them as for everybody."""

from __future__ import annotations

from tests.access.rows import Row

ROWS = [Row("coverage.basemap", may={"coordinator", "admin"}, built=True)]
