"""An expression from what was kept is the very one that Python's compiler makes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from kb import kept, patterns
from kb.patterns import compiled

PATTERNS = (
    ("", 0),
    (r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?!\d)", 0),
    (r"(?i)(?:no|not) (\w+)(?: (?:and|or) \1)?", 0),
    (r"[^\W\d_]+", re.IGNORECASE | re.DOTALL),
    ("µmol|σ|ß", re.IGNORECASE),
    (r"(?<=[a-z])\.(?=\s|$)", re.MULTILINE),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(kept, "_place", lambda name: tmp_path / f"{name}.kept")
    monkeypatch.setattr(patterns, "_added", {})
    _forget()


def _forget() -> None:
    compiled.cache_clear()
    patterns._known.cache_clear()


@pytest.mark.parametrize("again", [False, True])
def test_it_is_what_python_compiles(again: bool) -> None:
    if again:
        for pattern, flags in PATTERNS:
            compiled(pattern, flags)
        patterns._keep()
        patterns._added.clear()
        _forget()
    for pattern, flags in PATTERNS:
        made, expected = compiled(pattern, flags), re.compile(pattern, flags)
        assert made == expected  # the same code, flags and pattern
        assert (made.groups, dict(made.groupindex)) == (expected.groups, dict(expected.groupindex))
        found = made.search("12.5 no x and x .\nA 2 µMOL")
        assert (found and found.groupdict()) == (
            (e := expected.search("12.5 no x and x .\nA 2 µMOL")) and e.groupdict()
        )
    assert again == (not patterns._added)


def test_a_pattern_that_is_none_is_refused_as_ever() -> None:
    with pytest.raises(re.error):
        compiled("(")


def test_another_python_compiles_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_compile", lambda *_: None)
    assert compiled("a+b") == re.compile("a+b")
