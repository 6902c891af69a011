"""When something happened: a mention in, its time and course out, from the time expressions of its sentence.

A date belongs to the mention beside it; the window of a denial ("no infection, rash or fever in the last 3 months")
belongs to everything that the same words deny.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Sequence

from extraction.reading import Mention, Reading, TimeExpression
from kb.facts import Course, Time
from kb.patterns import compiled

_JOINTS = compiled(
    r"[\s,/&(]*(?:and|or|with|plus|from|due to|secondary to|caused by|because of|as part of|attributed to|of)?[\s,/&]*"
)
_GOES_OVER = compiled(
    r"\b(?:on|in|of|since|from|until|by|the|and|to|dated|about|around) *\Z", re.IGNORECASE
)  # a wrapped line
_JOINED = compiled(r",|\band\b")
_NEVER = compiled(r"\b(?:never|ever|at no time)\b", re.IGNORECASE)
_REMARK = compiled(r"\b(?!last|past|since|within|during|before|until|checked|asked|as)[a-z]{4,}", re.IGNORECASE)
_LOOKED = compiled(
    r"\b(?:checked|screen(?:ed|ing)?|reviewed|mammogra\w*|smear|colonoscop\w*|PET\S*|ultrasound)\b[^.;]{0,25}$",
    re.IGNORECASE,
)  # "no malignancy, last mammogram 2025"
_TIMES = compiled(r"[x>]\s?\d|(?:for|over|more than)\b", re.IGNORECASE)
_NEXT_SUBJECT = compiled(r",\s+and\s+(?:an?|the|her|his|she|he|it|this|there)\b", re.IGNORECASE)
_SINCE = compiled(r"\bsince\b", re.IGNORECASE)
# the first letter comes first and looks back over itself, so that the search leaps from one to the next
_STATEMENT_ENDS = compiled(
    r"[;bBtTfFhHeEsSaAoO](?i:(?<=;)|(?<=\bb)ut\b|(?<=\bt)hen\b|(?<=\bf)ollowed by\b|(?<=\bh)owever\b|"
    r"(?<=\bb)ar\b|(?<=\be)xcept\b|(?<=\bs)ave for\b|(?<=\ba)(?:part|side) from\b|(?<=\bo)ther than\b)"
)


_COMPARED = compiled(
    r"\b(?:cf|c\.f|vs|versus|c/w|compared?(?: to| with| against)?|comparable (?:to|with)|in comparison (?:to|with)|"
    r"as|similar to|identical (?:to|with)|different from|against|"
    r"(?:unchanged|unaltered|no change|not changed|differs?) (?:from|to|against|on|w\.r\.t\.?))\.?"
    r"(?: (?:the|that|those|her|his|one|ecg|ekg|ct|hrct|film|scan|trace|tracing|report|study|previous|last|earlier))*"
    r"(?: (?:in|of|on|from))?\s*$",
    re.IGNORECASE,
)


def sentence_span(reading: Reading, mention: Mention) -> tuple[int, int]:
    """The characters of the sentence that holds the mention."""
    sentence = reading.sentences[mention.sentence]
    return sentence.start, max(sentence.end, mention.end)


def clause_span(reading: Reading, mention: Mention) -> tuple[int, int]:
    """The mention's part of its sentence: up to the neighbouring mention of its kind, a semicolon or "but"."""
    start, end = sentence_span(reading, mention)
    for other in reading.mentions_in(start, end):
        if other.kind != mention.kind:
            continue
        if other.end <= mention.start:
            start = max(start, other.end)
        elif other.start >= mention.end:
            end = min(end, other.start)
    for first, last in _statement_ends(reading.normal, *sentence_span(reading, mention)):
        if start <= first and last <= mention.start:
            start = max(start, last)
        elif mention.end <= first and last <= end:
            end = min(end, first)
    return start, end


@functools.lru_cache(maxsize=256)  # every mention of a sentence asks
def _statement_ends(normal: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    return tuple(stop.span() for stop in _STATEMENT_ENDS.finditer(normal, start, end))


# "normal in 2024, now shows": the date before is not of what is there now
_NOW_SHOWN = compiled(r"\b(?:now|currently|at present|today)\b[^;.]{0,25}$", re.IGNORECASE)


def time_beside(reading: Reading, mention: Mention, roles: Sequence[str] = ()) -> TimeExpression | None:
    """The expression that dates the mention: behind it in its clause, else before it, else behind its list."""
    start, end = clause_span(reading, mention)
    times = [
        time
        for time in reading.times_in(*sentence_span(reading, mention))
        if (not roles or time.role in roles) and not _is_compared(reading, time)
    ]
    dated_lines = [time for time in times if _heads_line(reading, time)]
    if dated_lines:  # "30/7 ECG: ... / 22/7 echo: ...": each line has its own day
        times = [time for time in times if _of_line(reading, mention, time)]
        if len(times) == 1 and times[0] in dated_lines:
            return times[0]
    behind = [time for time in times if mention.end <= time.start < end]
    before = [time for time in times if start <= time.start and time.end <= mention.start]
    if (
        behind
        and before
        and _JOINED.search(reading.normal, mention.end, behind[0].start)
        and not _JOINED.search(reading.normal, before[-1].end, mention.start)
    ):
        return before[-1]
    if behind:
        return behind[0]
    if before and not _NOW_SHOWN.search(reading.normal, before[-1].end, mention.start):
        return before[-1]
    return _behind_list(reading, mention, times) or _leading(reading, mention, times)


def _is_compared(reading: Reading, time: TimeExpression) -> bool:
    """Whether a day is only what today's finding is held against: "LBBB, unchanged cf. 2024"."""
    return _COMPARED.search(reading.normal[max(0, time.start - 40) : time.start]) is not None


def _heads_line(reading: Reading, time: TimeExpression) -> bool:
    line = reading.normal.rfind("\n", 0, time.start) + 1
    if line == 0 or time.role != "point" or reading.normal[line : time.start].strip(" \t-*"):
        return False
    return _GOES_OVER.search(reading.normal, max(0, line - 12), line - 1) is None


def _of_line(reading: Reading, mention: Mention, time: TimeExpression) -> bool:
    between = reading.normal[min(mention.end, time.end) : max(mention.start, time.start)]
    return "\n" not in between


def _behind_list(reading: Reading, mention: Mention, times: Sequence[TimeExpression]) -> TimeExpression | None:
    """ "fever and pneumonia in May": the time behind the last of the mentions that are joined to this one."""
    end = sentence_span(reading, mention)[1]
    at = mention
    for other in reading.mentions_in(mention.end, end):
        if other.kind != mention.kind or _JOINTS.fullmatch(reading.normal, at.end, other.start) is None:
            break
        at = other
    if at is mention:
        return None
    stop = clause_span(reading, at)[1]
    return next((time for time in times if at.end <= time.start < stop), None)


def _leading(reading: Reading, mention: Mention, times: Sequence[TimeExpression]) -> TimeExpression | None:
    """ "In 2019 she had pneumonia and a stroke": the time at the head of the sentence, if it is the only one."""
    start, end = sentence_span(reading, mention)
    if len(times) != 1 or times[0].end > mention.start:
        return None
    if _STATEMENT_ENDS.search(reading.normal, times[0].end, mention.start) is not None:
        return None
    first = next(iter(reading.mentions_in(start, end)), None)
    return times[0] if first is None or times[0].start <= first.start else None


def denied_time(reading: Reading, mention: Mention) -> Time | None:
    """The span over which a denial holds: its window, or from its "since" to the letter; None where it gives none."""
    start, end = sentence_span(reading, mention)
    cue = mention.cue or (mention.start, mention.end)
    times = [time for time in reading.times_in(start, end) if not _remarked(reading, mention, time)]
    if _NEVER.search(reading.normal[cue[0] : cue[1]]):
        times = [time for time in times if time.end > cue[0]]  # "no study in the past year and never had CAR-T"
    looks_back = any(time.role == "lookback" for time in times)
    for time in [time for time in times if time.start >= cue[0]] + [time for time in times if time.end <= cue[0]]:
        if looks_back and time.role == "point" and time.time == reading.letter_date:
            continue  # "no trial, now or in the last year"
        if _STATEMENT_ENDS.search(reading.normal, min(time.end, mention.end), max(time.start, mention.start)):
            continue
        if _NEXT_SUBJECT.search(reading.normal, mention.end, time.start):
            continue  # "never had an infarct, and a tape last year was normal"
        if _belongs_elsewhere(reading, mention, time) or _is_of_a_test(reading, mention, time, start):
            continue
        if time.role == "lookback":
            return time.time
        since = _SINCE.search(reading.normal, mention.end, time.start) if mention.end <= time.start else None
        if (time.role == "start" or since) and time.time is not None and reading.letter_date is not None:
            return Time(time.time.latest, reading.letter_date.latest, time.time.written)
        if time.role in ("point", "span") and time.time is not None:
            return time.time
        counted = (
            time.role == "duration" and mention.end <= time.start and _TIMES.match(reading.normal, time.start)
        )  # "none x 12 months"
        if counted and reading.letter_date and (began := since_duration(reading, time)) is not None:
            return Time(began.latest, reading.letter_date.latest, began.written)
    return None


def _is_of_a_test(reading: Reading, mention: Mention, time: TimeExpression, start: int) -> bool:
    """Whether a day before a denial is that of a test: "Echo 3 March: EF 60 %, no malignancy"."""
    cue = mention.cue or (mention.start, mention.end)
    if time.role not in ("point", "span") or time.end > cue[0]:
        return False
    return any(other.kind == "lab" for other in reading.mentions_in(start, cue[0]))


def _of_its_item(reading: Reading, mention: Mention, time: TimeExpression, others: Sequence[Mention]) -> bool:
    """Whether a list goes on behind a window that is its own item's: "CAR-T, live vaccine in 3 months, study"."""
    between = reading.normal[mention.end : time.start] if mention.end <= time.start else ""
    if "," not in between or re.match(r"\s*,", reading.normal[time.end : time.end + 3]) is None:
        return False
    return any(time.end <= other.start and other.cue is not None and other.cue == mention.cue for other in others)


def _remarked(reading: Reading, mention: Mention, time: TimeExpression) -> bool:
    """Whether a time stands in a bracket of its own matter: "no malignancy (skin check 10/2025 clean)"."""
    if time.role == "point" and _LOOKED.search(reading.normal, mention.end, time.start):
        return True
    opening = reading.normal.find("(", mention.end, time.start)
    if opening < 0 or ")" in reading.normal[opening : time.start]:
        return False
    return time.role == "point" and _REMARK.search(reading.normal[opening : time.start]) is not None


def _belongs_elsewhere(reading: Reading, mention: Mention, time: TimeExpression) -> bool:
    """Whether something that is there, or has a denial of its own, stands between the denied mention and the time."""
    others = reading.mentions_in(*sentence_span(reading, mention))
    if any(other.cue and mention.end < other.cue[0] <= time.start and other.start > mention.end for other in others):
        return True
    cue = mention.cue or (mention.start, mention.end)
    if (
        time.role == "lookback"
        and mention.kind in ("condition", "procedure")
        and _of_its_item(reading, mention, time, others)
    ):
        return True
    told_before = time.end <= cue[0] and time.role in ("point", "span", "start")
    if told_before and any(other.end <= time.start and other.kind != "lab" for other in others):
        return True  # "influenza vaccine in October, no live vaccines": the day is the former's
    behind = time.role == "lookback" and mention.end <= time.start
    if behind and any(other.start - time.end in (0, 1) for other in others):
        return True  # "no malignancy, recent infection or rash": the window is the next one's
    low, high = min(mention.end, time.end), max(mention.start, time.start)
    return any(
        other.assertion == "present" and other.temporality != "historical"
        for other in reading.mentions_in(low, high)
        if other is not mention and other.kind in ("condition", "procedure", "vaccine")
    )


def lasting(
    reading: Reading, found: TimeExpression | None, *, over: bool, ongoing: bool
) -> tuple[Time | None, Course | None]:
    """The time and the course that an expression gives something that may last.

    `over` and `ongoing` are what the words around say of its end; a start alone leaves it ongoing unless it is over.
    """
    state = False if over else True if ongoing else None
    if found is None:
        return None, None if state is None else Course(ongoing=state)
    if found.role == "start":
        return None, Course(start=found.time, ongoing=not over)
    if found.role == "end":
        return None, Course(end=found.time, ongoing=False)
    if found.role == "span":
        return found.time, Course(start=found.start_time, end=found.end_time, ongoing=False)
    if found.role == "duration":
        if ongoing:
            return None, Course(start=since_duration(reading, found), ongoing=state)
        return None, Course(ongoing=False) if over else None
    return found.time, None if state is None else Course(ongoing=state)


def since_duration(reading: Reading, found: TimeExpression) -> Time | None:
    """When something began that has lasted for a duration at the letter's date."""
    day = reading.letter_date.latest if reading.letter_date else None
    if day is None or found.days is None or found.days.low is None or found.days.high is None:
        return None
    written = reading.text[found.start : found.end]
    return Time(day - _days(found.days.high), day - _days(found.days.low), written)


def _days(count: float) -> datetime.timedelta:
    return datetime.timedelta(days=round(count))
