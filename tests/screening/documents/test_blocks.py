"""Tables without pages: rows as a page shows them, names with what is said of them, and what is read of each."""

from __future__ import annotations

import pytest

from screening.documents.blocks import table_text

TABLES = [
    ("a head over results", [["Test", "Result"], ["ALT", "24"]], "Test   Result\nALT   24"),
    (
        "a day over results",
        [["Blood", "3 May 2026"], ["ALT", "24"], ["AST", "31"]],
        "Blood   3 May 2026\nALT   24\nAST   31",
    ),
    ("names", [["Cancer", "never"], ["Vital signs", "stable"]], "Cancer: never\nVital signs: stable"),
    ("a question", [["Dialysis?", "no"]], "Dialysis? no"),
    ("days before events", [["3 May 2026", "MMR"], ["5 May 2026", "fever"]], "3 May 2026   MMR\n5 May 2026   fever"),
    (
        "two facts in a row",
        [["Age 34 y", "Wt 60 kg"], ["Dated", "3 May 2026"]],
        "Age 34 y   Wt 60 kg\nDated   3 May 2026",
    ),
    ("a list", [["Drugs", "- HCQ\n- MMF"], ["Cancer", "none"]], "Drugs:\n- HCQ\n- MMF\n\nCancer: none"),
    ("names of their own", [["Virology", "HIV: negative\nHCV: negative"]], "Virology:\nHIV: negative\nHCV: negative"),
    ("a value with a name behind", [["Sex", "F   Born: 1985"]], "Sex: F   Born: 1985"),
    ("a part of the letter", [["PMH", "gout"], ["Skin", "clear"]], "PMH: gout\n\nSkin: clear"),
    ("running numbers", [["1", "Cancer", "none"], ["2", "Trials", "none"]], "1. Cancer   none\n2. Trials   none"),
    ("figures", [["12", "U/L", "high"], ["40", "g/L", "low"]], "12   U/L   high\n40   g/L   low"),
    (
        "pieces of a sentence",
        [["She was given", "the", "MMR vaccine on"], ["3 May", "2026 by", "her family doctor."]],
        "She was given  the  MMR vaccine on\n3 May  2026 by  her family doctor.",
    ),
]


@pytest.mark.parametrize(("rows", "expected"), [row[1:] for row in TABLES], ids=[row[0] for row in TABLES])
def test_tables(rows: list[list[str]], expected: str) -> None:
    assert table_text(rows) == expected
