"""The code that makes tests of a protocol's words: nothing in, its files out, for whoever keeps what they made."""

from __future__ import annotations

import functools
from pathlib import Path

import kb

_HERE = Path(__file__).parent
_KNOWLEDGE = Path(kb.__file__).parent


@functools.cache
def code() -> tuple[Path, ...]:
    """Every file that what is read from a protocol, or from the evidence of a score, depends on, but its own."""
    folders = (_HERE, _HERE / "tests", _KNOWLEDGE)
    return (*(file for folder in folders for file in sorted(folder.glob("*.py"))), _KNOWLEDGE / "units.yaml")
