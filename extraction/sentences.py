"""Where sentences end: a normalised running text in, sentence spans out.

A letter mixes prose, items of lists, headings and rows of tables; an assertion must not leak from one of them into the
next. Every line ends a sentence.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from kb.patterns import compiled

# the sign comes first and looks back over itself, so that the search leaps from one to the next
_STOP = compiled(
    r"[.!?;](?:(?<!;)[.!?]*[\"')\]]*(?=\s|$)|(?<=[a-z)]{2}\.)(?=,?[A-Z][a-z])|(?<=\.)(?=,\s{0,2}[A-Z])|(?<=;)(?=\s))"
)
_WORD_BEFORE = compiled(r"[A-Za-z][A-Za-z.]*$")
_LONGEST = 2000
_BROKEN = compiled(r"\. \d{1,2} ?[a-zµ]{1,5}/[a-z]", re.IGNORECASE)  # a scan's "1. 2 mg/dL" is one number
_NUMBERED = compiled(r"^[ \t]*\(?(?:\d{1,2}|[a-zA-Z])$")


@functools.cache
def _abbreviations() -> frozenset[str]:
    return frozenset(word.lower().rstrip(".") for word in cues("sentences")["abbreviations"])


def sentence_spans(normal: str) -> list[tuple[int, int]]:
    """The sentences of a normalised running text, none of which goes on over the end of a line.

    >>> text = "Dr. A saw her. eGFR is 60.\\n- no rash\\n- fever"
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Dr. A saw her.', 'eGFR is 60.', '- no rash', '- fever']
    """
    sentences: list[tuple[int, int]] = []
    start = 0
    for line in normal.split("\n"):
        _split_line(normal, start, start + len(line), sentences)
        start += len(line) + 1
    return sentences


@functools.cache
def _behind_initials() -> tuple[str, ...]:
    return tuple(cues("sentences")["behind_initials"])


def _split_line(normal: str, start: int, end: int, sentences: list[tuple[int, int]]) -> None:
    line = normal[start:end]
    begin = 0
    for stop in _STOP.finditer(line):
        if line[stop.start()] == "." and _is_abbreviation(line, stop.start(), stop.end()):
            continue
        _add(normal, start + begin, start + stop.end(), sentences)
        begin = stop.end()
    _add(normal, start + begin, end, sentences)


def _is_abbreviation(line: str, dot: int, end: int) -> bool:
    before = line[max(0, dot - 24) : dot]
    if _NUMBERED.search(before) or not before.strip() or (before[-1:].isdigit() and _BROKEN.match(line, dot)):
        return True
    word = _WORD_BEFORE.search(before)
    if word is None:
        return False
    text = word.group().lower()
    if text in _abbreviations():
        return True
    after = line[end : end + 3].lstrip()
    if after[:1].isdigit() and text.split(".")[-1] in cues("sentences")["before_numbers"]:
        return True  # "bili. 17"
    if text in cues("sentences")["before_brackets"] and line[end:].lstrip(" ")[:1] == "(":
        return True  # "HIV neg. (03/2025)"
    if text == "sq" and compiled(r"m(?![a-z])").match(after):
        return True  # "per sq. m"
    if len(text) == 1 and before[-2:-1] != "-" and line[end : end + 12].strip().lower().startswith(_behind_initials()):
        return True  # "T. Bil"
    if len(text) == 1 and text not in "ai" and after[:1].islower() and before[-1].isupper():
        return True  # "E. coli"
    # "o.d.", "b.i.d.", "p.o.", "i.v." inside a sentence; an initial before a name
    return "." in text and all(len(part) <= 1 for part in text.split(".")) and not after[:1].isupper()


def _add(normal: str, start: int, end: int, sentences: list[tuple[int, int]]) -> None:
    """Adds a sentence; what goes on for pages without a stop is cut at a space, so that its cost stays bounded."""
    while end - start > _LONGEST:
        cut = max(normal.rfind(" ", start + 1, start + _LONGEST), start + _LONGEST // 2)
        _add(normal, start, cut, sentences)
        start = cut
    text = normal[start:end]
    stripped = text.strip()
    if stripped:
        first = start + len(text) - len(text.lstrip())
        sentences.append((first, first + len(stripped)))
