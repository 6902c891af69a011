"""Results told otherwise than by a number in their unit: classes of a scale, own limits, a percentage behind litres.

A page and a place in, the value and where its words stand out.
"""

from __future__ import annotations

import re

from extraction.numbers import Written, read_number
from extraction.result_words import Page
from kb.facts import Coded, Interval, Quantity, Value
from kb.patterns import compiled
from kb.units import codes_of
from kb.vocabulary import Score

_FIGURES = (("iii", "3"), ("ii", "2"), ("iv", "4"), ("i", "1"), ("v", "5"))
# behind a number that would be a percentage: it is in litres or in a unit of gas transfer
FOREIGN = compiled(r" ?(?:l(?:it(?:er|re)s?)?|ml|mmol|m[lL]s)(?![a-z])(?:/[a-z0-9]+)*", re.IGNORECASE)


def class_written(page: Page, scale: Score, at: int, limit: int) -> tuple[Value, int, int] | None:
    """A class of an ordered scale, by its word: "MGFA class IIb", "renal BILAG A"; of "II-III" either may be meant."""
    levels = scale_words(scale)
    words = "|".join(sorted(map(re.escape, levels), key=len, reverse=True))
    match = compiled(
        rf"(?:(?:class|grade|category|score)[ \t]+)?({words})(?:[ \t]?(?:-|/|to|or)[ \t]?({words}))?(?![\w-])",
        re.IGNORECASE,
    ).match(page.normal, at, limit)
    if match is None:
        return None
    written = page.text[match.start() : match.end()]
    first, last = levels[match.group(1).lower()], levels.get((match.group(2) or "").lower())
    value: Value = Coded(first, written)
    if last is not None and scale.levels[first] != scale.levels[last]:
        ranks = scale.levels[first], scale.levels[last]
        value = Quantity(Interval(min(ranks), max(ranks)), "{score}", written)
    return value, match.start(), match.end()


def scale_words(scale: Score) -> dict[str, str]:
    """The words of a scale's classes with the class that each means: "3a" is IIIa."""
    figures = {
        key.replace(roman, figure, 1): key for key in scale.levels for roman, figure in _FIGURES if key[:-1] == roman
    }
    return {**figures, **{key: key for key in scale.levels}}


def by_its_range(interval: Interval, bounds: Interval, words: str) -> Value | None:
    """What the letter's own limit makes of a number whose unit differs from laboratory to laboratory."""
    low, high, limit = interval.least, interval.greatest, bounds.greatest
    if limit is None or low is None or high is None:
        return None
    return Coded("positive", words) if low > limit else Coded("negative", words) if high <= limit else None


def percent_behind(page: Page, at: int, limit: int) -> Written | None:
    """The percentage behind a value in another unit: "2.1 L (71 % predicted)"."""
    joint = compiled(r"[ \t]*[(,;:=/-]*[ \t]*").match(page.normal, at, limit)
    written = read_number(page.normal, joint.end() if joint else at, limit, page.comma)
    return written if written is not None and codes_of(written.unit or "") == ("%",) else None
