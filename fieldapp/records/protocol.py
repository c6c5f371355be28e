"""The protocol's constants under the name that this domain's readers look for; they are written in ``core.protocol``."""

from fieldapp.core.protocol import *  # noqa: F403
