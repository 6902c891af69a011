"""When a result was taken: a span of the text in, the interval of days that its words, line or heading give, out.

A date beside the value wins, then one that opens the sentence or stands before it in the clause, then the date of the
heading above the line. A date of something else (a drug, a diagnosis) in another clause is not taken.
"""

from __future__ import annotations

import re

from extraction.dates_before_results import date_before, date_heading_bracket, date_in_row
from extraction.dates_behind_results import (
    date_behind,
    date_behind_all,
    date_behind_row,
    date_of_occasion,
    second_value,
)
from extraction.dates_over_results import date_ending_report, date_heading_lines, date_heading_paragraph
from extraction.reading import Reading, TimeExpression
from extraction.result_dates import dates_in, may_date, places_of_names
from kb.facts import Time
from kb.patterns import compiled

_BY_MEANS = compiled(
    r"[\s,]*\(?(?:on|at|by|in|from|per|with|according to)\s+(?:(?:the|an?|her|his|last|latest|repeat|recent|bedside"
    r"|formal|transthoracic|resting|standard)\s+)*",
    re.IGNORECASE,
)
_FARTHEST_BEHIND = 130  # characters at which no part looks for a date any more


def time_of(reading: Reading, start: int, end: int) -> Time | None:
    """The time of the result at [start, end) of the text, or None where the letter gives none for it."""
    sentence = reading.sentences[reading.sentence_at(start)]
    if not reading.times or reading.times.starts[0] > max(sentence.end, end) + _FARTHEST_BEHIND:
        return None
    last = _means_end(reading, end, sentence.end)
    stop = _next_result(reading, last, sentence.end)
    second = second_value(reading, end)
    if second is not None:
        stop = min(stop, second)
    found = (
        _inside(reading, start, end)
        or date_in_row(reading, start, end)
        or date_heading_bracket(reading, start)
        or date_behind(reading, last, stop)
        or date_behind_all(reading, end, sentence.end if second is None else second)
        or date_before(reading, sentence.start, start)
        or date_of_occasion(reading, start, last, stop)
        or date_behind_row(reading, end, sentence.end if second is None else second)
        or date_ending_report(reading, start)
        or date_heading_paragraph(reading, start)
        or date_heading_lines(reading, start)
    )
    return None if found is None else found.time


def time_behind(reading: Reading, start: int, end: int) -> Time | None:
    """The time that stands inside the result at [start, end) or directly behind it, where one before is another's."""
    sentence = reading.sentences[reading.sentence_at(start)]
    found = _inside(reading, start, end) or date_behind(reading, end, _next_result(reading, end, sentence.end))
    return None if found is None else found.time


def _next_result(reading: Reading, end: int, limit: int) -> int:
    """Where the next test is named: a date behind it belongs to that one."""
    later = [mention.start for mention in reading.mentions_in(end, limit) if mention.kind in ("lab", "score")]
    return later[0] if later else limit


def _means_end(reading: Reading, end: int, limit: int) -> int:
    """Behind the test by which a value was found: "42 % on the echo of 14 July 2025" is dated by what follows it."""
    for mention in reading.mentions_in(end, min(limit, end + 40))[:1]:
        if mention.kind == "lab" and _BY_MEANS.fullmatch(reading.normal, end, mention.start):
            return mention.end
    return end


def _inside(reading: Reading, start: int, end: int) -> TimeExpression | None:
    inside = [time for time in dates_in(reading, start, end) if may_date(time) and time.end <= end]
    if inside:
        named = places_of_names(reading, max(0, start - 60), end)
        inside = [time for time in inside if not any(first <= time.start < last for first, last in named)]
    return inside[-1] if inside else None
