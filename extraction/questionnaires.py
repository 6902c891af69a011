"""Questions that stand on lines of their own, each with its answer below: a text and its mentions in, those told out.

"14. Malignancy?" asks, and what it names is told of by the answer alone. An answer of one word needs the question.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from extraction.knowledge import cues
from extraction.reading import Mention
from kb.patterns import compiled

_FEWEST = 3  # questions that make a form of a letter
_QUESTION = compiled(r"[ \t]*(?:\(?\d{1,2}[.)]|[a-zA-Z][.)]|[-*•#])?[ \t]*\S[^\n]{0,160}\?[ \t]*")
# "Dialysis : ?": an item of a form that nobody answered
_OPEN = compiled(r"^[ \t>*•#-]*(?:\d{1,2}[.)])?[^\n:;?]{2,90}:\s*\?(?=[ \t]*$|[ \t]{2,})", re.MULTILINE)
_ITEM = compiled(r"[ \t]*\(?\d{1,2}[.)][ \t]")


def told_in_answers(normal: str, mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions without those of a form's questions, and of its items that nobody answered."""
    kept = list(mentions)
    left_open = [match.span() for match in _OPEN.finditer(normal)] if "?" in normal else []
    kept = [one for one in kept if not any(start <= one.start < end for start, end in left_open)]
    if normal.count("?\n") < _FEWEST:
        return kept
    asked = _questions(normal)
    if len(asked) < _FEWEST:
        return kept
    return [one for one in kept if not any(start <= one.start < end for start, end, bare in asked if not bare)]


def _questions(normal: str) -> list[tuple[int, int, bool]]:
    """Where the questions stand, each with whether one word answers it."""
    found: list[tuple[int, int, bool]] = []
    lines, start = normal.split("\n"), 0
    for number, line in enumerate(lines):
        answer = next((one for one in lines[number + 1 : number + 3] if one.strip()), "")
        if _QUESTION.fullmatch(line) and answer and not _QUESTION.fullmatch(answer) and not _ITEM.match(answer):
            found.append((start, start + len(line), _one_word().match(answer) is not None))
        start += len(line) + 1
    return found


@functools.cache
def _one_word() -> re.Pattern[str]:
    words = "|".join(cues("sentences")["form"]["answers"])
    return compiled(rf"\W*(?:{words})\b\s*(?:[.,;:!–-]|$)", 2)
