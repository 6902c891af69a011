"""Grades told in words: a stretch of text in, the places of the grades and their values out.

"Grade III", "graded II-III", "of the second grade", "classed III of IV". What is told overall outweighs the other
grades of a clause, and the stage of one organ ("skin stage 3") is no grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.knowledge import cues
from kb.patterns import compiled

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def grades_of(text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """Every grade between two places of a text."""
    known = cues("conditions")
    pattern = compiled(known["grade_of"], re.IGNORECASE)
    of_organ = compiled(known["stage_of_an_organ"], re.IGNORECASE)
    for match in pattern.finditer(text, start, len(text) if end is None else end):
        if of_organ.search(text, max(start, match.start() - 30), match.end()) is None:
            yield match


def chosen_grade(text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """The grade that counts where several are told: that told overall, else the first."""
    found = list(grades_of(text, start, end))
    overall = compiled(cues("conditions")["told_overall"], re.IGNORECASE)
    whole = [one for one in found if overall.search(text, max(start, one.start() - 12), one.end() + 9)]
    return next(iter([*whole, *found]), None)


def grade_in(text: str) -> str | None:
    """The grade as a digit, or a range of two; none where the text gives none.

    >>> grade_in("skin, grade III")
    '3'
    >>> grade_in("still grade II-III")
    '2-3'
    """
    match = chosen_grade(text)
    return None if match is None else value_of_grade(match)


def value_of_grade(match: re.Match[str]) -> str | None:
    """The digit or the range of two that a grade's words give."""
    written = [digit_of(group) for group in match.groups() if group is not None]
    return "-".join(written) or None


def digit_of(written: str) -> str:
    """ "III", "three", "third" and "3" as a digit."""
    word = written.lower()
    return str(
        _ROMAN.get(word) or cues("conditions")["grade_words"].get(word) or cues("timing")["numbers"].get(word, word)
    )
