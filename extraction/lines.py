"""What a line of a letter is: a row of a table, an item of a list, a name with its value, a salutation."""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from kb.patterns import compiled
from kb.vocabulary import Drug, Vocabulary, vocabulary

_ITEM = compiled(r"[ \t]*(?:[-*•>+]|o(?= )|\(?\d{1,2}[.)](?!\d)|\(?[a-z][.)](?= )|\([ivx]{1,4}\)|#)[ \t]*\S")
_SALUTATION = compiled(
    r"(?:dear|hi|hello|good (?:morning|afternoon|day)|esteemed|respected)\b[^.;:\d]{0,60},", re.IGNORECASE
)
_KEY_VALUE = compiled(r"[ \t]*[A-Za-z][\w /&(),.'%+-]{0,48}:(?:\s|$)")
_COLUMNS = compiled(r"\S(?:\t+| *\| *| {3,})\S")
_COLUMN_SIGNS = ("\t", "|", "   ")  # one of them stands wherever `_COLUMNS` is met
_NARROW_COLUMNS = compiled(r"\S {2,}\S+.* {2,}\S")
_FIRST_WORD = compiled(r"[^\W\d_]+")
_WORDS_OF_A_ROW = 10
_SHORT_NAME = 5  # letters; so short a name opens a line of a list only in capitals


def is_table_row(line: str) -> bool:
    """Whether a line's white space or bars set out columns (two spaces alone may be a scan's running text)."""
    if line.count(" / ") > 1 or (any(sign in line for sign in _COLUMN_SIGNS) and _COLUMNS.search(line)):
        return True
    return (
        "  " in line
        and _NARROW_COLUMNS.search(line) is not None
        and len(line.split()) < _WORDS_OF_A_ROW
        and any(map(str.isdigit, line))
    )


def is_item(line: str) -> bool:
    """Whether the line begins with the sign, number or letter of a list's item."""
    return _ITEM.match(line) is not None


def is_salutation(line: str) -> bool:
    return _SALUTATION.fullmatch(line) is not None


def key_of(line: str) -> str | None:
    """What stands before the first colon of a line, where it is short: the name of what follows."""
    key = _KEY_VALUE.match(line)
    return None if key is None else key.group()


def is_heading(line: str) -> bool:
    """Whether the line holds nothing but the heading of a part of the letter."""
    return line.strip(" :").lower() in _headings()


def is_answered(line: str) -> bool:
    """Whether the line ends with a short answer: "dialysis - never"."""
    return _answered().search(line) is not None


def opens_anew(line: str) -> bool:
    """Whether the line's first word opens an item of a list that has no signs."""
    return line.split(maxsplit=1)[0] in _openers()


def is_joining(line: str) -> bool:
    """Whether the line's last word joins it to what follows: "none in"."""
    return line.split()[-1].lower() in _joining_words()


def opens_with_drug(line: str) -> bool:
    """Whether the line begins with a drug's name, behind a form of dose: "Tab Prednisolone"."""
    first = _FIRST_WORD.match(_dose_form().sub("", line, count=1))
    if first is None:
        return False
    word = first.group()
    return (len(word) > _SHORT_NAME or (word.isupper() and len(word) > 2)) and word.lower() in _drug_words(vocabulary())


@functools.cache
def _answered() -> re.Pattern[str]:
    return compiled(rf"(?:^|[\w)] ?)\s*[-–:=]\s*(?:{'|'.join(cues('sentences')['answers'])})$", re.IGNORECASE)


@functools.cache
def _headings() -> frozenset[str]:
    return frozenset(heading for headings in cues("sections").values() for heading in headings)


@functools.cache
def _openers() -> frozenset[str]:
    return frozenset(cues("sentences")["openers"])


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
