"""The kinds of test a protocol can ask, one file a kind: its schema, how its finding is made, its sentence.

`KINDS` maps the first key of a test in a protocol file (`measurement: lvef`) to the class that reads it: the first
own field of every concrete `Test` defined in a module of this folder. A new kind is a new file, nothing else.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from rules.tests.base import Test


def _first_key(kind: type[Test]) -> str:
    name = next(name for name in kind.__annotations__ if name in kind.model_fields)
    return kind.model_fields[name].alias or name


def _kinds() -> dict[str, type[Test]]:
    found: dict[str, type[Test]] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ != module.__name__ or not issubclass(kind, Test) or inspect.isabstract(kind):
                continue
            key = _first_key(kind)
            if key in found:
                raise TypeError(f"{kind.__name__} and {found[key].__name__} both begin with '{key}'")
            found[key] = kind
    return found


KINDS: dict[str, type[Test]] = _kinds()
