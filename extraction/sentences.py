"""Where sentences and lines end: a normalised text in, sentence spans and hard line breaks out.

A letter mixes running text, wrapped lines, bullets, headings and table rows; an assertion must not leak from one
of them into the next. A line break inside a wrapped paragraph is no boundary, every other one is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extraction.knowledge import cues
from kb.patterns import compiled
from kb.vocabulary import Drug, Vocabulary, vocabulary

_BULLET = compiled(r"[ \t]*(?:[-*•>+]|o(?= )|\(?\d{1,2}[.)](?!\d)|\(?[a-z][.)](?= )|\([ivx]{1,4}\)|#)[ \t]*\S")
_SALUTATION = compiled(
    r"(?:dear|hi|hello|good (?:morning|afternoon|day)|esteemed|respected)\b[^.;:\d]{0,60},", re.IGNORECASE
)
_KEY_VALUE = compiled(r"[ \t]*[A-Za-z][\w /&(),.'%+-]{0,48}:(?:\s|$)")
_COLUMNS = compiled(r"\S(?:\t+| *\| *| {3,})\S")
_NARROW_COLUMNS = compiled(r"\S {2,}\S+.* {2,}\S")
_WORDS_OF_A_ROW = 10
# the sign comes first and looks back over itself, so that the search leaps from one to the next
_STOP = compiled(
    r"[.!?;](?:(?<!;)[.!?]*[\"')\]]*(?=\s|$)|(?<=[a-z)]{2}\.)(?=,?[A-Z][a-z])|(?<=\.)(?=,\s{0,2}[A-Z])|(?<=;)(?=\s))"
)
_FIRST_WORD = compiled(r"[^\W\d_]+")
_WORD_BEFORE = compiled(r"[A-Za-z][A-Za-z.]*$")
_LONGEST = 2000
_WIDEST_PAGE, _NEARLY = 140, 0.7
_SHORT_NAME = 5  # letters; so short a name opens a line of a list only in capitals
_NEWLINE = compiled(r"\n")
_BROKEN = compiled(r"\. \d{1,2} ?[a-zµ]{1,5}/[a-z]", re.IGNORECASE)  # a scan's "1. 2 mg/dL" is one number
_NUMBERED = compiled(r"(?:^|\n)[ \t]*\(?(?:\d{1,2}|[a-zA-Z])$")


@dataclass(frozen=True, slots=True)
class Layout:
    """Sentence spans in order, and the offsets of the newlines that end a line for good."""

    sentences: list[tuple[int, int]]
    breaks: list[int]


@functools.cache
def _abbreviations() -> frozenset[str]:
    return frozenset(word.lower().rstrip(".") for word in cues("sentences")["abbreviations"])


def layout(normal: str) -> Layout:
    """Sentences and hard line breaks of a normalised text.

    >>> text = "Dr. A saw her. eGFR is 60.\\n- no rash\\n- fever"
    >>> [text[start:end] for start, end in layout(text).sentences]
    ['Dr. A saw her.', 'eGFR is 60.', '- no rash', '- fever']
    """
    breaks = _hard_breaks(normal)
    sentences: list[tuple[int, int]] = []
    start = 0
    for end in [*breaks, len(normal)]:
        _split_block(normal, start, end, sentences)
        start = end + 1
    return Layout(sentences, breaks)


def is_table_row(line: str) -> bool:
    """Whether a line's white space or bars set out columns (two spaces alone may be a scan's running text)."""
    if _COLUMNS.search(line):
        return True
    return (
        _NARROW_COLUMNS.search(line) is not None and len(line.split()) < _WORDS_OF_A_ROW and any(map(str.isdigit, line))
    )


def unwrapped(normal: str, breaks: Sequence[int]) -> str:
    """The text with a space for every newline amid a clause: before a small letter or behind a word that joins.

    >>> unwrapped("none in\\nthe last year\\n- no rash", [21])
    'none in the last year\\n- no rash'
    """
    hard = set(breaks)
    signs = list(normal)
    for match in _NEWLINE.finditer(normal):
        at = match.start()
        line = normal[normal.rfind("\n", 0, at) + 1 : at].split()
        amid = normal[at + 1 : at + 2].islower() or (bool(line) and line[-1].lower() in _joining_words())
        if at not in hard and amid:
            signs[at] = " "
    return "".join(signs)


def _hard_breaks(normal: str) -> list[int]:
    lines: list[tuple[int, int]] = []
    start = 0
    for line in normal.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    full = _full_line([normal[begin:end] for begin, end in lines])
    return [
        end
        for (begin, end), (following, following_end) in pairwise(lines)
        if not _is_wrapped(normal[begin:end], normal[following:following_end], full)
    ]


def _full_line(lines: Sequence[str]) -> float:
    """How long a line is that may have been wrapped: where paragraphs run on far beyond a page's width, none is."""
    lengths = (len(line.strip()) for line in lines if len(line) > _WIDEST_PAGE and not is_table_row(line))
    longest = max(lengths, default=0)
    return longest * _NEARLY if longest > _WIDEST_PAGE else 0


def _is_wrapped(line: str, following: str, full: float) -> bool:
    """Whether a paragraph goes on over the line break."""
    here, there = line.strip(), following.strip()
    if not here or not there or _SALUTATION.fullmatch(here):
        return False
    if _BULLET.match(following) or here[-1] in ".!?:":
        return False
    if is_table_row(line) and is_table_row(following):
        return False
    if _opens_with_drug(here) and _opens_with_drug(there) and here[-1] not in ",(" and not _is_joining(here):
        return False  # a list without bullets
    if there.split()[0] in _openers() and here[-1] not in ",(":
        return False
    if _answered().search(here):
        return False  # "dialysis - never": an item of a list of short answers
    if there[0].islower() and here[-1].isalpha():
        return True
    if is_table_row(line) or is_table_row(following):
        return False
    if there[0].islower():
        return True
    if _KEY_VALUE.match(following) or len(here) < 45:
        return here[-1] in ",(" or _is_joining(here)
    return len(here) >= full or here[-1] in ",(" or _is_joining(here)


@functools.cache
def _behind_initials() -> tuple[str, ...]:
    return tuple(cues("sentences")["behind_initials"])


@functools.cache
def _answered() -> re.Pattern[str]:
    return compiled(rf"(?:^|[\w)] ?)\s*[-–:=]\s*(?:{'|'.join(cues('sentences')['answers'])})$", re.IGNORECASE)


@functools.cache
def _openers() -> frozenset[str]:
    return frozenset(cues("sentences")["openers"])


def _is_joining(line: str) -> bool:
    return line.split()[-1].lower() in _joining_words()


def _opens_with_drug(line: str) -> bool:
    first = _FIRST_WORD.match(_dose_form().sub("", line, count=1))
    if first is None:
        return False
    word = first.group()
    return (len(word) > _SHORT_NAME or (word.isupper() and len(word) > 2)) and word.lower() in _drug_words(vocabulary())


@functools.cache
def _dose_form() -> re.Pattern[str]:
    """What a prescription puts before the name: "Tab", "Inj."."""
    return compiled(rf"^(?:{'|'.join(cues('sentences')['dose_forms'])})\b\.? ?", re.IGNORECASE)


@functools.lru_cache(maxsize=2)
def _drug_words(terms: Vocabulary) -> frozenset[str]:
    """The first words of the names of drugs."""
    names = (name for term in terms.of_kind("drug") if isinstance(term, Drug) for name in term.spellings)
    words = (_FIRST_WORD.match(name) for name in names)
    return frozenset(word.group().lower() for word in words if word is not None)


@functools.cache
def _joining_words() -> frozenset[str]:
    return frozenset(cues("sentences")["joining_words"])


def _split_block(normal: str, start: int, end: int, sentences: list[tuple[int, int]]) -> None:
    block = normal[start:end]
    begin = 0
    for stop in _STOP.finditer(block):
        if block[stop.start()] == "." and _is_abbreviation(block, stop.start(), stop.end()):
            continue
        _add(normal, start + begin, start + stop.end(), sentences)
        begin = stop.end()
    _add(normal, start + begin, end, sentences)


def _is_abbreviation(block: str, dot: int, end: int) -> bool:
    before = block[max(0, dot - 24) : dot]
    if _NUMBERED.search(before) or not before.strip() or (before[-1:].isdigit() and _BROKEN.match(block, dot)):
        return True
    word = _WORD_BEFORE.search(before)
    if word is None:
        return False
    text = word.group().lower()
    if text in _abbreviations():
        return True
    after = block[end : end + 3].lstrip()
    if after[:1].isdigit() and text.split(".")[-1] in cues("sentences")["before_numbers"]:
        return True  # "bili. 17"
    if text == "sq" and compiled(r"m(?![a-z])").match(after):
        return True  # "per sq. m"
    if len(text) == 1 and before[-2:-1] != "-" and block[end : end + 12].strip().lower().startswith(_behind_initials()):
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
