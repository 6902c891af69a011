"""Lines of a form that lost its columns: "Cancer no", "CANCER NO     TRANSPLANT NO" in, "Cancer:no" out, as long.

A line that ends so by chance stands alone; those of a form stand together, or hold several items.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from extraction.knowledge import cues
from kb.patterns import compiled

_WIDE = compiled(r"(?: {2,}|\t)[ \t]*")
_MOST_WORDS = 6  # of an item
_MOST_WORDS_ALONE = 3  # ... that no other such item stands beside
_ITEM_AND_ANSWER = compiled(
    r"(?:^|(?<=[.:;?] ))(?P<item>(?!(?i:no|never|not|neither)\b)[A-Za-z][\w/'-]*(?: [\w/'()-]+){0,9}),"
    r"(?= (?:(?:no|none|never|nil)(?:[.;]|$)|none (?:in|since|at|so far|ever|known|to date|during)\b))"
)


def with_colons(normal: str) -> str:
    """The text with a colon between each item and its answer.

    >>> with_colons("Cancer no\\nDialysis yes")
    'Cancer:no\\nDialysis:yes'
    >>> with_colons("Transplant None      Cancer no"), with_colons("She was sure that she had no")
    ('Transplant:None      Cancer:no', 'She was sure that she had no')
    >>> with_colons("Asked by your form: dialysis, no. Cancer, no."), with_colons("Is she on dialysis, no.")
    ('Asked by your form: dialysis: no. Cancer: no.', 'Is she on dialysis, no.')
    """
    normal = _in_sentences(normal)
    if _answered().search(normal) is None:
        return normal
    lines = normal.split("\n")
    for at, places in answered_lines(lines).items():
        for place in places:
            lines[at] = f"{lines[at][:place]}:{lines[at][place + 1 :]}"
    return "\n".join(lines)


def _in_sentences(normal: str) -> str:
    """The text with a colon for the comma of items that are answered one after the other in a line."""
    if ", no" not in normal and ", ne" not in normal and ", ni" not in normal:
        return normal
    lines = normal.split("\n")
    for at, line in enumerate(lines):
        items = [item["item"] for item in _ITEM_AND_ANSWER.finditer(line)]
        if len(items) > 1 or (items and len(items[0].split()) <= _MOST_WORDS_ALONE):
            lines[at] = _ITEM_AND_ANSWER.sub(lambda item: item["item"] + ":", line)
    return "\n".join(lines)


def answered_lines(lines: Sequence[str]) -> dict[int, list[int]]:
    """The numbers of such lines, with where each item of the line ends."""
    found = [_places(line) for line in lines]
    return {
        at: places
        for at, places in enumerate(found)
        if len(places) > 1 or (places and any(found[max(at - 1, 0) : at] + found[at + 1 : at + 2]))
    }


def _places(line: str) -> list[int]:
    """Where each item of a line ends, if there is nothing but items and answers."""
    places = []
    start = len(line) - len(line.lstrip())
    for cell in _WIDE.split(line.strip()):
        start = line.index(cell, start)
        answered = _answered().fullmatch(cell)
        words = answered["item"].lower().split() if answered is not None else []
        if answered is None or len(words) > _MOST_WORDS or set(words) & _of_sentences():
            return []
        places.append(start + answered.end("item"))
        start += len(cell)
    return places


@functools.cache
def _answered() -> re.Pattern[str]:
    answers = "|".join(cues("sentences")["form"]["bare_answers"])
    return compiled(rf"(?:[-*•] |\d{{1,2}}[.)] )?(?P<item>[A-Z][\w/()-]*(?: [\w/()-]+)*) (?:{answers})\.?(?=\s|$)")


@functools.cache
def _of_sentences() -> frozenset[str]:
    """Words that no item of a form holds, but a sentence that a line breaks off."""
    form = cues("sentences")["form"]
    return frozenset([*form["verbs"], *form["no_items"]])
