"""Numbers, years and days of a month in words: a pattern and what it stands for.

"One hundred and ten", "twenty-one", "twenty twenty-six", "the twenty-first of May, two thousand and twenty-six": what
is dictated and typed as it was said.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from extraction.dates import month_names, month_places
from extraction.knowledge import cues
from extraction.scanning import matches_at
from extraction.word_places import first_words, has_word, word_places
from kb.patterns import compiled

NEARLY = 0.8  # of a duration: the least that "nearly three months" may be
_CENTURY = 2000  # letters of the years 2000 to 2099
_SPLIT = compiled(r"[\s-]+")
_MANY = 20  # from here on a ten takes a unit behind it: "twenty-one"


class SpelledDate(NamedTuple):
    """A day and month in words and its place; `year` is None where none is told."""

    start: int
    end: int
    day: int
    month: int
    year: int | None


@functools.cache
def count_pattern() -> str:
    """The source of a pattern (no group captures) for a count in words up to 999."""
    tens, units = any_of(_numbers(_MANY, 100)), any_of(_numbers(1, 10))
    small = rf"(?:{tens}[ -]{units}(?![a-z])|{any_of(cues('timing')['numbers'])})"
    return rf"(?:(?:a|{units}) hundred(?: and)?(?: {small})?|{small})"


def _numbers(low: int, high: int) -> list[str]:
    """The words for the numbers from `low` up to `high`, articles left out."""
    return [word for word, value in cues("timing")["numbers"].items() if low <= int(value) < high and len(word) > 2]


def count_of(written: str) -> float:
    """The number that a match of `count_pattern`, or digits, stand for.

    >>> count_of("one hundred and ten"), count_of("Twenty-one"), count_of("2.5")
    (110.0, 21.0, 2.5)
    """
    numbers, total = cues("timing")["numbers"], 0.0
    for word in _SPLIT.split(written.lower()):
        if word == "hundred":
            total *= 100
        elif word != "and":
            total += float(numbers.get(word, word) if not word[:1].isdigit() else word)
    return total


def any_of(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


@functools.cache
def days_in_words() -> dict[str, int]:
    """The days of a month spelled out: "fourth", "twenty-first"."""
    words = cues("timing")["days_spelled"]
    days = {word: at for at, word in enumerate(words, 1)} | {"thirtieth": 30}
    for sign in "- ":
        days |= {f"twenty{sign}{one}": 20 + at for at, one in enumerate(words[:9], 1)}
        days[f"thirty{sign}first"] = 31
    return days


@functools.cache
def _year() -> str:
    units = any_of(_numbers(1, 10))
    tens = rf"{any_of(_numbers(_MANY, 100))}[ -]{units}|{any_of(_numbers(10, 100))}"
    return rf"(?:(?:19|20)\d\d|two thousand(?: and)? (?:{tens}|{units})|twenty[ -](?:{tens}))(?![\w-])"


@functools.cache
def _spelled() -> re.Pattern[str]:
    days = any_of(days_in_words())
    month = any_of(month_names())
    number = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
    return compiled(
        rf"(?<![\w-])(?:(?:the )?(?:(?P<day>{days})(?: day)?|(?P<digits>{number}))(?: of)?(?: the month of)?"
        rf" (?P<month>{month})(?![a-z])|(?P<month2>{month}) (?:the )?(?P<day2>{days})(?=[,.;:)\n]|,? {_year()}|$))"
        rf"(?:,? (?:in |of )?(?:the year )?(?P<year>{_year()}))?(?!\w)",
        re.IGNORECASE,
    )


@functools.cache
def _first_words() -> frozenset[str]:
    """The words that a date in words begins with; a number may open it as well."""
    return first_words(("the", *days_in_words(), *month_names()))


@functools.cache
def _words_of_one() -> frozenset[str]:
    """The words one of which names the day or the year."""
    return first_words((*days_in_words(), "two thousand", "twenty"))


_DIGITS = compiled(r"\d(?<![\w-].)")


def spelled_dates(text: str) -> Iterator[SpelledDate]:
    """The dates of a text that have their day or their year in words.

    >>> [date[2:] for date in spelled_dates("the twenty-first of May, twenty twenty-six; on the tenth of April")]
    [(21, 5, 2026), (10, 4, None)]
    """
    if not has_word(text, _words_of_one()) or not month_places(text):
        return
    places = word_places(text)
    words = (place for word in _first_words() & places.keys() for place in places[word])
    digits = (match.start() for match in _DIGITS.finditer(text))
    for match in matches_at(sorted((*words, *digits)), _spelled(), text):
        written = match["day"] or match["day2"]
        year = match["year"]
        if not written and (year is None or year.isdigit()):
            continue  # a date in digits
        if written and " of " not in match.group().lower() and match.group("month") and match["month"].islower():
            continue  # "the first may have been"
        day = days_in_words()[written.lower()] if written else int(match["digits"].rstrip("sthndr"))
        month = month_names()[(match["month"] or match["month2"]).lower()]
        yield SpelledDate(match.start(), match.end(), day, month, None if year is None else _year_of(year))


def _year_of(written: str) -> int:
    """ "twenty twenty-six", "two thousand and twenty-six" or digits."""
    if written.isdigit():
        return int(written)
    words = written.lower().replace("two thousand", "", 1).removeprefix("twenty")
    return _CENTURY + int(count_of(words.removeprefix(" and").strip(" -")))
