"""The days of an episode that a paragraph tells of: a Reading and a mention without a day of its own in, its Time out.

"Admission 12/01/26 - 27/01/26. Found wandering. Conclusion: lupus psychosis." The psychosis was in those days.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading, Sentence, TimeExpression
from kb.facts import Time
from kb.patterns import compiled

_MOST_SENTENCES = 20  # of an episode, behind the one that dates it
_HEADS = compiled(r"[ \t]*[)\]]?[ \t]*(?::|[-–] |\|)")
_LIST_MARK = compiled(r"[\s\d*•.)(-]*")


def episode_of(reading: Reading, mention: Mention) -> Time | None:
    """The days of the stay or the dated entry that the mention's sentence goes on about."""
    if not reading.times or reading.times.starts[0] > mention.start:
        return None
    own = reading.sentences[mention.sentence]
    if _words("elsewhere").search(reading.normal, own.start, own.end):
        return None
    told: list[TimeExpression] = list(_points(reading, own))
    for number in range(mention.sentence - 1, max(-1, mention.sentence - 1 - _MOST_SENTENCES), -1):
        sentence = reading.sentences[number]
        if reading.is_parted(number):
            return None
        days = _opened_by(reading, sentence)
        if days is not None:
            return days if all(_within(time, days) for time in told) else None
        if _words("elsewhere").search(reading.normal, sentence.start, sentence.end):
            return None
        told += _points(reading, sentence)
    return None


def _points(reading: Reading, sentence: Sentence) -> list[TimeExpression]:
    times = reading.times_in(sentence.start, sentence.end)
    return [time for time in times if time.role != "duration" and time.time is not None]


def _within(time: TimeExpression, days: Time) -> bool:
    inner = time.time
    return (
        inner is not None
        and (days.earliest is None or inner.latest is None or inner.latest >= days.earliest)
        and (days.latest is None or inner.earliest is None or inner.earliest <= days.latest)
    )


def _opened_by(reading: Reading, sentence: Sentence) -> Time | None:
    """The days of the stay that a sentence opens, or those of the entry that its date heads."""
    times = _points(reading, sentence)
    if len(times) != 1 or times[0].role not in ("point", "span"):
        return None
    time, normal = times[0], reading.normal
    stay = _words("stay").search(normal, sentence.start, sentence.end)
    if stay is None:
        line = max(sentence.start, normal.rfind("\n", 0, time.start) + 1)
        headed = _LIST_MARK.fullmatch(normal, line, time.start) and _HEADS.match(normal, time.end)
        return time.time if headed else None
    if time.role == "span" or not _words("began").search(normal, sentence.start, time.start):
        return time.time
    day = reading.letter_date.latest if reading.letter_date else None
    return None if time.time is None or day is None else Time(time.time.earliest, day, time.time.written)


@functools.cache
def _words(name: str) -> re.Pattern[str]:
    """ "stay" and "began": what opens an episode; "elsewhere": words of another time than its own."""
    return compiled(r"\b(?:" + "|".join(cues("events")["episode"][name]) + r")\b", re.IGNORECASE)
