"""Regular expressions that are the same in every run: a pattern in, the compiled expression out.

Python's compiler takes longer over the product's expressions than over everything else before a first letter. What it
makes of each is therefore kept beside the byte code, under the pattern itself, its flags and the Python. Only for
patterns that are written in code or made of terms and cues: none with words of a letter comes here.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import importlib
import marshal
import re
import sys
from array import array
from typing import Any

from kb.kept import read_kept, write_kept

_NAME = "patterns"
_MOST = 5000  # beyond it, what this run did not use is not kept
_KEY = hashlib.sha256(sys.version.encode()).digest()
_Parts = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]
"""Flags, code, count of groups, and the names of groups with their numbers and in the order of these."""


@functools.cache
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`.

    >>> compiled("[a-z]+", re.IGNORECASE).match("ANA 1:640").group()
    'ANA'
    """
    flags = int(flags)
    parts = _known().get((pattern, flags))
    if parts is None:
        parts = _compile(pattern, flags)
        if parts is None:
            return re.compile(pattern, flags)
        _added[pattern, flags] = parts
    else:
        _used.add((pattern, flags))
    found_flags, code, groups, numbers, names = parts
    made: re.Pattern[str] = _engine("_sre").compile(
        pattern, found_flags, array("I", code).tolist(), groups, numbers, names
    )
    return made


_added: dict[tuple[str, int], _Parts] = {}
_used: set[tuple[str, int]] = set()


@functools.cache
def _engine(name: str) -> Any:
    return importlib.import_module(name)


def _compile(pattern: str, flags: int) -> _Parts | None:
    """What `re.compile` hands to its engine; None on a Python that does it in another way."""
    compiler = _engine("re._compiler")
    if array("I").itemsize != _engine("_sre").CODESIZE or not hasattr(compiler, "_code"):
        return None
    tree = _engine("re._parser").parse(pattern, flags)
    numbers: dict[str, int] = dict(tree.state.groupdict)
    names: list[str | None] = [None] * tree.state.groups
    for name, number in numbers.items():
        names[number] = name
    code = array("I", compiler._code(tree, flags)).tobytes()
    return flags | tree.state.flags, code, tree.state.groups - 1, numbers, tuple(names)


@functools.cache
def _known() -> dict[tuple[str, int], _Parts]:
    """The expressions of earlier runs; those of this one are added to them when it ends."""
    atexit.register(_keep)
    return _read()


def _read() -> dict[tuple[str, int], _Parts]:
    body = read_kept(_NAME, _KEY)
    found: dict[tuple[str, int], _Parts] = {} if body is None else marshal.loads(body)
    return found


def _keep() -> None:
    if not _added:
        return
    known = _read()
    if len(known) + len(_added) > _MOST:
        known = {key: parts for key, parts in known.items() if key in _used}
    write_kept(_NAME, _KEY, marshal.dumps(known | _added))
