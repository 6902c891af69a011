"""Imports without what is not used: a package's name in, imports that find an empty one in its place meanwhile."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def without(name: str, **members: Any) -> Iterator[None]:
    """Imports of the module find one that has these members and no others, unless it is loaded already.

    Who imports it later gets the real one; so does, by way of the stand-in, who asks that later for another member.
    """
    if name in sys.modules:
        yield
        return

    def of_the_real_one(member: str) -> Any:
        if sys.modules.get(name) is stand_in:
            raise AttributeError(member)
        return getattr(importlib.import_module(name), member)

    stand_in = ModuleType(name)
    vars(stand_in).update(members, __getattr__=of_the_real_one)
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]
