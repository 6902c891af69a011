"""When a drug was taken: the dates and durations around its dose in, a course out.

Each date belongs to the level it stands beside; a date behind a word of stopping is an end, any other a beginning.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import date, timedelta

from extraction.dose_steps import DoseStep
from extraction.dose_words import match_phrase, tokenise_dose
from extraction.drug_days import of_next_dose, of_vain_ending
from extraction.drug_reasons import listed
from extraction.drug_scope import Scope
from extraction.drug_status import DrugStatus
from extraction.reading import Reading, TimeExpression
from extraction.when import since_duration
from kb.dates import shifted
from kb.facts import Course, Interval, MedicationStatus, Step, Time
from kb.patterns import compiled

_APART = compiled(r"[,;.]|\band\b|\bthen\b|\bfollowed\b", re.IGNORECASE)
_NOW = compiled(r"\b(?:now|currently|at present|presently)\b", re.IGNORECASE)
_YEAR = compiled(r"\d{4}|'\d\d|[./]\d\d$")
_COLUMNS = compiled(r"[ \t]*[|\t][ \t]*| {2,}")
_LINKS = frozenset({"on", "in", "from", "since", "(", ":", "of", "at", "by", "-", ","})
_LONGEST = 36500  # days
_SOON = 90  # days
_BEHIND_A_LEVEL = 24  # characters
_FAR = 60  # characters between a drug's own words and a date before it
_NEAR = 60  # characters between words of a dose that stays and for how long


def times_of(
    reading: Reading,
    scope: Scope,
    steps: Sequence[DoseStep],
    groups: Sequence[Sequence[DoseStep]],
    *,
    first: bool,
    last: bool,
) -> list[TimeExpression]:
    """The time expressions that belong to a level: behind it up to the next one, for the first also just before."""
    start = scope.end if first else steps[0].start
    later = [group[0].start for group in groups if group and steps and group[0].start > steps[0].start]
    stop = min([scope.after, *later]) if later and not last else _clause_end(reading, scope)
    found = [
        time
        for time in reading.times_in(start, stop)
        if not _opens_next(reading, time, scope)
        and not of_next_dose(reading, time)
        and not of_vain_ending(reading, time)
    ]
    of_first = [time for time in found if len(steps) < 2 or time.start < steps[1].start]
    if first and all(time.role in ("duration", "end") for time in of_first):
        before = [time for time in reading.times_in(scope.sentence_start, scope.start) if time.end <= scope.start]
        between = [time for time in before if not _drug_between(reading, time.end, scope)]
        led = [
            time
            for time in between[-1:]
            if scope.start - time.end <= _FAR
            and _leads(reading, time, scope)
            and not _NOW.search(reading.normal, time.end, scope.start)
        ]
        if led and len(between) > 1 and between[-2].role in ("start", "duration") and _beside(reading, between[-2:]):
            led = between[-2:]
        if any(time.role == "end" for time in found):
            led = [time for time in led if time.role in ("start", "point")]
        found = [*led, *found]
    return found


def _beside(reading: Reading, pair: Sequence[TimeExpression]) -> bool:
    """ "from 1 June to 20 September", "for four months last year": two expressions of one stretch."""
    return len(reading.normal[pair[0].end : pair[1].start].split()) <= 2


def _opens_next(reading: Reading, time: TimeExpression, scope: Scope) -> bool:
    """ "..., 2021: rituximab": the date stands at the head of the next drug's part."""
    later = [mention.start for mention in reading.mentions_in(time.end, scope.sentence_end) if mention.kind == "drug"]
    if not later or reading.normal[time.end : later[0]].strip(" -:").lower() not in ("", "inj.", "tab.", "iv", "inj"):
        return False
    return reading.normal[scope.end : time.start].rstrip(" ([")[-1:] in (",", ";", ".", "\n")


def _clause_end(reading: Reading, scope: Scope) -> int:
    return max(scope.after, scope.end)


def _leads(reading: Reading, time: TimeExpression, scope: Scope) -> bool:
    """A date opens the part of a drug ("in 2021, rituximab ..."), unless it ends the part of the drug before it."""
    earlier = [mention for mention in reading.mentions_in(scope.sentence_start, time.start) if mention.kind == "drug"]
    if not earlier:
        return True
    before = reading.normal[earlier[-1].end : time.start]
    behind = reading.normal[time.end : scope.start]
    return bool(_APART.search(before)) and not _APART.search(behind)


def _drug_between(reading: Reading, offset: int, scope: Scope) -> bool:
    return any(mention.kind == "drug" for mention in reading.mentions_in(offset, scope.start))


def course_of_steps(
    reading: Reading,
    steps: Sequence[DoseStep],
    times: Sequence[TimeExpression],
    status: DrugStatus,
    *,
    pulse: bool,
    settled: bool = False,
) -> tuple[Course | None, MedicationStatus]:
    """The course, and the status as the dates show it where no word tells; `settled`: the drug's later level is told.

    A date counts for the level beside which it stands: what ends the first level of a taper begins the next one.
    """
    told_of = [_ends(reading, owned, status, steps) for owned in _shared_out(times, steps)]
    start, end = told_of[0][0], told_of[-1][1]
    if end is not None and status.told and status.status == "current" and _is_to_come(reading, end):
        told_of[-1], end = (told_of[-1][0], None), None
    ahead = end is not None and _is_ahead(reading, end)
    if ahead and status.status in ("current", "past") and not pulse:
        told_of[-1], end = (told_of[-1][0], None), None
        status = dataclasses.replace(status, status="current", told=True)
    told = status.status if settled else _status_by_dates(reading, times, status, steps, start, end)
    if pulse and told == "current":
        told = "past"
    ongoing = {"current": end is None, "past": False}.get(told)
    if ongoing:
        start = _unchanged_since(reading, times) or start
    levels = _levels(steps, told_of) if len(steps) > 1 else ()
    if start is None and end is None and ongoing is None and not levels:
        return None, told
    return Course(start, end, ongoing, levels), told


def _unchanged_since(reading: Reading, times: Sequence[TimeExpression]) -> Time | None:
    """ "10 mg daily, stable for 3 months": begun no later than that, and it may have been long before."""
    for time in times:
        before = tokenise_dose(reading.normal[max(0, time.start - _NEAR) : time.start])
        if not any(match_phrase(listed("unchanged"), before, at) for at in range(len(before))):
            continue
        begun = since_duration(reading, time) if time.role == "duration" else time.start_time
        if time.role in ("duration", "lookback") and begun is not None and begun.latest is not None:
            return Time(None, begun.latest, begun.written)
    return None


def goes_back(reading: Reading, step: DoseStep, following: DoseStep) -> bool:
    """ "10 mg for the past 4 months, 60 mg in 2019": the level told second was taken long before the first."""
    ahead = reading.times_in(step.start, following.start)
    behind = reading.times_in(following.start, following.end + _BEHIND_A_LEVEL)
    if not ahead or not behind or following.change:
        return False
    first = ahead[0].start_time or ahead[0].time
    last = behind[0].end_time or behind[0].time
    if first is None or last is None or first.earliest is None or last.latest is None:
        return False
    return last.latest < first.earliest


def _shared_out(times: Sequence[TimeExpression], steps: Sequence[DoseStep]) -> list[list[TimeExpression]]:
    """The times of each step: those before the next one begins."""
    owned: list[list[TimeExpression]] = [[] for _ in steps] or [[]]
    for time in times:
        later = [at for at, step in enumerate(steps) if at and step.start <= time.start and step.start > steps[0].start]
        owned[max(later, default=0)].append(time)
    return owned


def _levels(steps: Sequence[DoseStep], told_of: Sequence[tuple[Time | None, Time | None]]) -> tuple[Step, ...]:
    levels, ended = [], None
    for step, (start, end) in zip(steps, told_of, strict=True):
        per_day = step.per_day or (step.dose if step.unit == "mg" else None)
        days = step.duration_days if end is None else None  # its dates tell how long
        levels.append(Step(per_day, days, start or ended, step.per_kg))
        ended = end
    return tuple(levels)


def _ends(
    reading: Reading, times: Sequence[TimeExpression], status: DrugStatus, steps: Sequence[DoseStep]
) -> tuple[Time | None, Time | None]:
    start: Time | None = None
    end: Time | None = None
    for at, time in enumerate(times):
        if at and end is None and _closes_columns(reading, times[at - 1], time):
            end = time.time
        elif time.role == "span":
            start, end = start or time.start_time, end or time.end_time
        elif time.role == "end" or _is_an_end(reading, time, status, steps):
            end = end or time.time
        elif time.role in ("start", "point"):
            start = start or time.time
        elif time.role == "lookback":
            start = start or time.start_time
    return _in_order(start, end), end


def _closes_columns(reading: Reading, first: TimeExpression, second: TimeExpression) -> bool:
    """Two dates in neighbouring columns of a table: the first and the last day."""
    if first.role != "point" or second.role != "point" or first.time is None or second.time is None:
        return False
    if _COLUMNS.fullmatch(reading.normal[first.end : second.start]) is None:
        return False
    begun, ended = first.time.earliest, second.time.latest
    return begun is not None and ended is not None and begun < ended


def _is_an_end(reading: Reading, time: TimeExpression, status: DrugStatus, steps: Sequence[DoseStep]) -> bool:
    if time.role == "point" and _behind_the_end(time, status):
        return True
    if time.role == "start" and status.status == "past" and _behind_the_end(time, status) and _since(reading, [time]):
        return True  # "stopped since March", "off it since March"
    return time.role in ("start", "point") and _begins_to_fall(reading, time, steps)


def _in_order(start: Time | None, end: Time | None) -> Time | None:
    """A beginning without a year of its own is the last such day before the end: "1 June to 20 September 2025"."""
    if start is None or end is None or start.earliest is None or start.latest is None or end.latest is None:
        return start
    if start.latest <= end.latest or _YEAR.search(start.written):
        return start
    length = (start.latest - shifted(start.earliest, start.latest.year - start.earliest.year, "year")).days
    years = start.latest.year - end.latest.year
    while shifted(start.latest, -years, "year") > end.latest:
        years += 1
    latest = shifted(start.latest, -years, "year")
    return Time(latest - timedelta(days=max(0, length)), latest, start.written)


def days_between(course: Course | None) -> Interval | None:
    """The days of a course whose two ends lack the same year: "from 4 January to 24 April"."""
    if course is None or course.start is None or course.end is None:
        return None
    (first, last), (early, late) = _ends_of(course.start), _ends_of(course.end)
    if first is None or last is None or early is None or late is None or first.year == last.year:
        return None
    if first.year != early.year or last.year != late.year or first > early or last > late:
        return None
    return Interval.exactly(min((early - first).days, (late - last).days))


def _ends_of(time: Time) -> tuple[date | None, date | None]:
    return time.earliest, time.latest


def _begins_to_fall(reading: Reading, time: TimeExpression, steps: Sequence[DoseStep]) -> bool:
    """ "first reduction 16 March", "tapered from May": the day on which a level, told before it, ends."""
    told = [step for step in steps if step.start < time.start and (step.per_day or step.per_kg or step.dose)]
    tokens = tokenise_dose(reading.normal[max(0, time.start - 40) : time.start + 8])
    offset = max(0, time.start - 40)
    for at in range(len(tokens)):
        found = match_phrase(listed("begins_to_fall"), tokens, at)
        if found is None:
            continue
        rest = [token for token in tokens[found[1] :] if offset + token.start < time.start]
        if offset + tokens[at].start < time.start and len(rest) <= 1 and all(token.text in _LINKS for token in rest):
            return bool(told)
    return False


def _behind_the_end(time: TimeExpression, status: DrugStatus) -> bool:
    return status.ended_at is not None and time.start >= status.ended_at - 1


def _status_by_dates(
    reading: Reading,
    times: Sequence[TimeExpression],
    status: DrugStatus,
    steps: Sequence[DoseStep],
    start: Time | None,
    end: Time | None,
) -> MedicationStatus:
    """ "azathioprine 2010-2013", "rituximab x 2" are past; "since 2019" goes on."""
    if status.status == "past" and status.reason is None and end is None and _since(reading, times):
        return "current"
    if (
        status.status in ("current", "past")
        and status.reason is None
        and end is None
        and _has_rest(reading, times, steps)
    ):
        return "current"
    if status.status != "current" and not (status.status == "past" and not status.told):
        return status.status
    today = reading.letter_date.latest if reading.letter_date is not None else None
    if today is not None and start is not None and start.earliest is not None and start.earliest > today:
        return "planned"  # "first dose on 20 March", of a letter some days before
    if end is not None and (today is None or end.latest is None or end.latest < today):
        return "past"
    if _ran_out(steps, start, today):
        return "past"
    if status.told:
        return "current"
    roles = {time.role for time in times}
    if roles & {"start", "lookback"}:
        return "current"
    if status.status == "past":
        taken = bool(steps) and steps[0].frequency is not None and not roles
        listed = bool(steps) and reading.section_at(steps[0].start) == "past_medical_history"
        return "current" if taken and listed else "past"
    lasted = (
        bool(steps) and not steps[-1].forward and (steps[-1].duration_days is not None or steps[-1].doses is not None)
    )
    section = reading.section_at(steps[0].start) if steps else None
    if lasted and section != "medications":
        return "past"
    if steps and steps[-1].total and section != "medications":
        return "past"
    dated = roles & {"point"} and start is not None
    if dated and section != "medications" and not any(step.per_day or step.per_kg or step.dose for step in steps):
        return "past"
    return "current"


_LENGTH = r"(?:\d{1,3}|[a-z]+)(?:[ -](?:full|whole))?[ -](?:days?|weeks?|wks?|months?)\b(?! of\b)"
_MORE = compiled(
    rf"\b(?:further|another|additional|extra|remaining)\s+{_LENGTH}"
    rf"|\b{_LENGTH}\s+(?:more|to go|left|to come|remaining|ahead)\b",
    re.IGNORECASE,
)
_TO_COME = compiled(
    r"[^.;\n]{0,24}?\b(?:advised|planned|recommended|to go|to come|left|remaining|to be|foreseen|intended|needed|ahead|"
    r"suggested|prescribed|proposed|will|due|outstanding|more|required)\b",
    re.IGNORECASE,
)


def _has_rest(reading: Reading, times: Sequence[TimeExpression], steps: Sequence[DoseStep]) -> bool:
    """ "Since 18 days, further 10 days advised", "14 days to go": a part of the course is still to come."""
    if not steps:
        return False
    begun = any(time.role in ("start", "lookback") for time in times)
    limit = reading.sentences[reading.sentence_at(steps[0].start)].end
    drugs = [one.start for one in reading.mentions_in(steps[0].end, limit) if one.kind == "drug"]
    more = _MORE.search(reading.normal, steps[0].start, min([limit, *drugs]))
    return more is not None and (begun or _TO_COME.match(reading.normal, more.start()) is not None)


def _ran_out(steps: Sequence[DoseStep], start: Time | None, today: date | None) -> bool:
    """ "from 1 February for 7 days": over, where the last day that was told lies before the letter's."""
    if len(steps) != 1 or start is None or start.latest is None or today is None:
        return False
    lasted = steps[0].duration_days
    return (
        lasted is not None
        and lasted.high is not None
        and start.latest + timedelta(days=min(lasted.high, _LONGEST)) < today
    )


def _is_ahead(reading: Reading, end: Time) -> bool:
    """Whether the day told as the end lies behind the letter's: the drug is taken until then."""
    today = reading.letter_date.latest if reading.letter_date is not None else None
    return today is not None and end.earliest is not None and end.earliest > today


def _is_to_come(reading: Reading, end: Time) -> bool:
    """ "on amoxicillin until 12 March", of a letter some days before: the day still to come, without its year."""
    today = reading.letter_date.latest if reading.letter_date is not None else None
    if today is None or end.latest is None or _YEAR.search(end.written):
        return False
    return end.latest < today <= shifted(end.latest, 1, "year") <= today + timedelta(days=_SOON)


def _since(reading: Reading, times: Sequence[TimeExpression]) -> bool:
    return any(
        time.role == "start" and "since" in reading.normal[max(0, time.start - 14) : time.end].lower() for time in times
    )
