"""Create every table from the models: python -m tests.migrations.create DATABASE_URL"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from fieldapp import create_app
from fieldapp.core.db import create_all
from tests.conftest import settings_for

if __name__ == "__main__":
    with create_app(settings_for(Path(tempfile.mkdtemp()), sys.argv[1])).app_context():
        create_all()
