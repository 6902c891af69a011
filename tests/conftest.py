"""How much the property tests try: a moderate number of examples by default, many more for `make check`."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("default", max_examples=60, deadline=None)
settings.register_profile("check", max_examples=1500, deadline=None)
settings.load_profile("default")
