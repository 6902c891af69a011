"""No pattern that a text matches is left out by its words."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from extraction.knowledge import cues
from extraction.statements import compile_pattern
from extraction.triggers import PIECE, Triggers


def _listed() -> list[str]:
    entries = cues("statements").values()
    groups = [entry.get(key, []) for entry in entries for key in ("absent", "possible", "present")]
    groups += [patterns for entry in entries for patterns in entry.get("codes", {}).values()]
    return sorted({pattern for group in groups for pattern in group})


def _written(pieces: list[str], chance: random.Random) -> str:
    """A text that the pieces may match: brackets chosen, gaps filled, some spaces closed, any case."""
    alternatives, current = [], ""
    while pieces:
        piece = pieces.pop(0)
        if piece in ")]":
            break
        if piece == "|":
            alternatives.append(current)
            current = ""
        elif piece in "([":
            inner = _written(pieces, chance)
            current += inner if piece == "(" or chance.random() < 0.5 else ""
        elif piece == "...":
            current += chance.choice([" ", " so far ", " , "])
        elif piece == "*":
            current += chance.choice(["", "ed", "ing"])
        else:
            current += chance.choice([" ", "", "  "]) if piece.isspace() else piece
    return chance.choice([*alternatives, current])


@given(st.sampled_from(_listed()), st.randoms(use_true_random=False))
def test_what_matches_is_a_candidate(pattern: str, chance: random.Random) -> None:
    text = f"Today {_written(PIECE.findall(pattern), chance)} as told."
    text = text.upper() if chance.random() < 0.2 else text
    if re.search(rf"(?<!\w)(?:{compile_pattern(pattern)})(?!\w)", text, re.IGNORECASE):
        assert Triggers([(pattern, 7)]).candidates([text]) == [{7}]


def test_words_that_a_pattern_needs_are_missed() -> None:
    triggers = Triggers([("(keen|eager) ... (trial|study)", 1), ("refractory to", 2), (", ...", 3)])
    assert triggers.candidates(["She is eager to join the study."]) == [{1, 3}]
    assert triggers.candidates(["She is eager to leave.", "The study is refractory to her."]) == [{3}, {2, 3}]
