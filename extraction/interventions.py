"""The last treatment of a neuropsychiatric event: a Reading, its mention and time in, a course with it out.

"Stroke of lupus: 24 April. Cyclophosphamide, two pulses; the second was 8 May." What counts for the trial is 8 May,
so the days of treatment in the sentence and in those that go on about it are read.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from extraction.knowledge import cues
from extraction.nervous_system import lines_of_the_nervous_system, stay_of_main_diagnosis
from extraction.reading import Mention, Reading, TimeExpression
from extraction.wording import holds, pattern_of
from kb.facts import Course, Fact, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_SENTENCES_BEHIND = 4
_YEAR = 366  # days
_NEAR_WINDOW = compiled(r"(?:in )?(?:the )?(?:last|this|this past) (?:week|month)", re.IGNORECASE)
_FOR_IT = compiled(
    r"\b(?:for|because of|on account of|to treat)\s+(?:(?:the|her|his|this|that|an?)\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)


def with_last_treatment(reading: Reading, mention: Mention, time: Time | None, course: Course | None) -> Course | None:
    """The course, with the day of the last treatment as its end, or going on while the treatment does."""
    if mention.assertion not in ("present", "possible") or not _is_neuropsychiatric(mention.concept):
        return course
    parts = list(_parts(reading, mention))
    if any(_goes_on_today(reading.normal[start:end]) for start, end in _with_words_before(reading, mention, parts)):
        return Course(start=time or (course.start if course else None), ongoing=True)
    last = _latest([one for part in parts for one in _days(reading, *part)])
    if last is None:
        headed = lines_of_the_nervous_system(reading)
        last = _latest([one for part in headed for one in _days(reading, *part)])
    if last is None and time is None:
        last = _day_of_event(reading, mention) or stay_of_main_diagnosis(reading, mention)
    if last is None or (time is not None and (not _after(last, time) or _long_after(last, time))):
        return course
    return Course(start=time, end=last, ongoing=False)


def _goes_on_today(text: str) -> bool:
    known = cues("conditions")
    return holds(text, known["treated_still"]) or re.search(known["treated_today"], text, re.IGNORECASE) is not None


def _with_words_before(
    reading: Reading, mention: Mention, parts: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """The parts, the first one with the words that lead to the event: "on day 5 of pulses for lupus cerebritis"."""
    start = reading.sentences[mention.sentence].start
    led = _FOR_IT.search(reading.normal[start : mention.start])
    for number, part in enumerate(parts):
        yield (start, part[1]) if number == 0 and led else part


def told_once(facts: Sequence[Fact]) -> list[Fact]:
    """The facts, an event of a list of diagnoses with the days that the story tells of it.

    "H/o lupus psychosis January 2026 ... In January psychosis of lupus, pulses until the 8th": both ended on the 8th.
    """
    stories = [fact for fact in facts if _is_event(fact) and fact.course is not None and _is_day(fact.course.end)]
    return [_as_told_in_full(fact, stories) if stories and _is_event(fact) else fact for fact in facts]


def _is_event(fact: Fact) -> bool:
    mine = (fact.kind, fact.assertion, fact.experiencer) == ("condition", "present", "patient")
    return mine and _is_neuropsychiatric(fact.concept)


def _is_day(time: Time | None) -> bool:
    return time is not None and time.earliest is not None and time.earliest == time.latest


def _as_told_in_full(fact: Fact, stories: Sequence[Fact]) -> Fact:
    terms = vocabulary()
    if (fact.course is not None and (fact.course.end or fact.course.ongoing)) or _is_day(fact.time):
        return fact
    same = [
        one
        for one in stories
        if one.start > fact.start and (terms.is_a(one.concept, fact.concept) or terms.is_a(fact.concept, one.concept))
    ]
    if fact.time is None and fact.temporality != "historical":
        return fact
    held = [one for one in same if fact.time is None or _holds(fact.time, one)]
    if len({one.course.end for one in held if one.course is not None}) != 1:
        return fact
    return dataclasses.replace(fact, time=held[0].time, course=held[0].course)


def _holds(time: Time, story: Fact) -> bool:
    """Whether the story's last day lies in the month or year that the list gives."""
    end = None if story.course is None or story.course.end is None else story.course.end.latest
    if end is None or time.earliest is None or time.latest is None:
        return False
    return time.earliest <= end <= time.latest


def _is_neuropsychiatric(concept: str) -> bool:
    return vocabulary().is_one_of(concept, cues("conditions")["neuropsychiatric"])


def _parts(reading: Reading, mention: Mention) -> Iterator[tuple[int, int]]:
    """The rest of the mention's sentence, and the next sentences of its paragraph until they tell of something else."""
    sentence = reading.sentences[mention.sentence]
    yield _start_of_treatment(reading, sentence.start, mention.start), max(sentence.end, mention.end)
    treated = holds(reading.normal[sentence.start : sentence.end], cues("conditions")["intervention"])
    last = min(mention.sentence + _SENTENCES_BEHIND, len(reading.sentences) - 1)
    for number in range(mention.sentence + 1, last + 1):
        following = reading.sentences[number]
        if reading.is_parted(number - 1):
            return
        if _tells_of_another(reading, following.start, following.end):
            return
        text = reading.normal[following.start : following.end]
        treated = treated or holds(text, cues("conditions")["intervention"])
        if treated:
            yield following.start, following.end


def _day_of_event(reading: Reading, mention: Mention) -> Time | None:
    """The one day of the event told before what it was: "On 21 January she had a fit; MRI: cerebral lupus"."""
    number = mention.sentence
    if not number or reading.is_parted(number - 1):
        return None
    before = reading.sentences[number - 1]
    named = [one for one in reading.mentions_in(before.start, before.end) if one.experiencer == "patient"]
    events = [one for one in named if one.assertion == "present" and _is_neuropsychiatric(one.concept)]
    days = [one.time for one in reading.times_in(before.start, before.end) if one.role in ("point", "end")]
    if len(days) != 1:
        return None
    return days[0] if events or _fell_ill(reading, mention, before.start, before.end, named) else None


def _fell_ill(reading: Reading, mention: Mention, start: int, end: int, named: Sequence[Mention]) -> bool:
    """ "On 2 February she no longer knew her husband; two weeks with us under the diagnosis of lupus cerebritis"."""
    known = cues("conditions")
    if any(one.kind == "condition" and one.assertion == "present" for one in named):
        return False
    own = reading.sentences[mention.sentence]
    text = reading.normal[own.start : own.end]
    if mention.temporality != "current" or holds(text, known["known_before"]):
        return False
    return (
        holds(text, known["intervention"])
        and re.search(known["fell_ill"], reading.normal[start:end], re.IGNORECASE) is not None
    )


def _start_of_treatment(reading: Reading, start: int, named: int) -> int:
    """Where the treatment is named that is told to be for what follows: "third infusion, begun for the cerebritis"."""
    before = reading.normal[start:named]
    treated = pattern_of(tuple(cues("conditions")["intervention"])).search(before)
    if treated is None or not _FOR_IT.search(before):
        return named
    return start + treated.start()


def _tells_of_another(reading: Reading, start: int, end: int) -> bool:
    """Whether a condition that is neither neuropsychiatric nor the lupus itself is named, or no more of them denied."""
    return any(
        other.kind == "condition"
        and (other.assertion == "present") != _is_neuropsychiatric(other.concept)
        and not vocabulary().is_a(other.concept, "sle")
        for other in reading.mentions_in(start, end)
    )


def _days(reading: Reading, start: int, end: int) -> Iterator[TimeExpression]:
    """The days of a part that are days of treatment: behind a word of it, and no day of a result or of recovery."""
    known = cues("conditions")
    words = pattern_of((*known["intervention"], *known["treatment_goes_on"]))
    today = reading.letter_date.latest if reading.letter_date else None
    for time in reading.times_in(start, end):
        before = reading.normal[start : time.start]
        told = list(words.finditer(before)) or list(words.finditer(reading.normal, time.end, end))[:1]
        near = time.role == "lookback" and _NEAR_WINDOW.fullmatch(reading.normal, time.start, time.end)
        if not (near or time.role in ("point", "span", "end")) or time.time is None or not told:
            continue
        if today is not None and time.time.earliest is not None and time.time.earliest > today:
            continue  # "next dose is due in August"
        beside = re.split(r"[,;:]", before)[-1]
        result = any(
            other.kind in ("lab", "score") and not words.fullmatch(reading.normal, other.start, other.end)
            for other in reading.mentions_in(time.start - len(beside), time.start)
        )
        if not result and not holds(beside, known["recovery_words"]) and not holds(before, known["maintenance"]):
            yield time


def _latest(times: list[TimeExpression]) -> Time | None:
    dated = [one.end_time or one.time for one in times]
    known = [one for one in dated if one is not None and one.latest is not None]
    return max(known, key=lambda one: (one.latest, one.earliest), default=None)


def _long_after(last: Time, time: Time) -> bool:
    """Whether more than a year lies between the event and a day, which is then another matter's."""
    return last.earliest is not None and time.latest is not None and (last.earliest - time.latest).days > _YEAR


def _after(last: Time, time: Time) -> bool:
    """Whether the day lies behind the event's, or within an interval in which the event is not placed closer."""
    if time.latest is None or last.latest is None or last.latest > time.latest:
        return time.latest is None or last.latest is not None
    wide = time.earliest is None or time.earliest < time.latest
    within = time.earliest is None or (last.earliest is not None and last.earliest >= time.earliest)
    return wide and within and last.earliest == last.latest
