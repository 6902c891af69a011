"""Imports without what is not used: a package's name in, imports that find an empty one in its place meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def without(name: str, **members: Any) -> Iterator[None]:
    """Imports of the module find one that has these members and no others, unless it is loaded already.

    Who imports it later gets the real one.
    """
    if name in sys.modules:
        yield
        return
    stand_in = ModuleType(name)
    vars(stand_in).update(members)
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]
