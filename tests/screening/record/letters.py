"""A small protocol, a letter with words planted in it, and a store with that letter's screening."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

CANARY = "Zebrawood"
PROTOCOL = """\
id: MINI
version: "1"
title: a small protocol
criteria:
  - id: I1
    number: Inclusion 1
    title: Age 5 years or over
    quote: "Age"
    essential: true
    requires: {age: at the screening date, at_least: 5 a}
  - id: I4a
    number: Inclusion 4
    title: LVEF at least 55 %
    quote: "LVEF"
    requires: {measurement: lvef, at_least: 55 %}
  - id: E10
    number: Exclusion 10
    title: Malignancy, previous or concurrent
    quote: "cancer"
    excludes: {condition: malignancy}
"""
LETTER = f"""\
City Hospital
Date: 15 June 2026

Dear colleague,
This 31 year old woman from {CANARY} has lupus. Echo 30/5/26: LVEF 48%. No history of malignancy.
"""
Run = Callable[..., tuple[int, str, str]]


def write_files(folder: Path) -> None:
    """The protocol and the letter, as files."""
    (folder / "mini.yaml").write_text(PROTOCOL, encoding="utf-8")
    (folder / "a.txt").write_text(LETTER, encoding="utf-8")
