"""Dialysis and kidney grafts over a whole letter: a Reading and the facts of its events in, each told once out.

When dialysis ended may be told some sentences on, or by the graft that came in its place; a graft without a day is the
one whose day is told elsewhere.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from extraction.knowledge import cues
from extraction.reading import Mention, Reading, TimeExpression
from extraction.when import sentence_span
from extraction.wording import holds
from kb.facts import Course, Fact
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_PARAGRAPH = compiled(r"\n[ \t]*(?:\n|[#•*-]|\d+[.)])")
_SENTENCES_OF_A_STORY = 4
_BESIDE = 40  # characters before or behind a name that say whether it is the one known


def replacement_told_once(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """The facts, dialysis ended where the letter tells its end elsewhere, and no graft told twice."""
    kept = _without_grafts_again(reading, _without_times_after(reading, list(facts)))
    return [_ended_by_a_graft(reading, _ended_elsewhere(fact, kept), kept) for fact in kept]


def begun_then(reading: Reading, mention: Mention) -> bool:
    """Whether the words at its name say that it began: "haemodialysis was started in August"."""
    known = cues("events")
    start, end = sentence_span(reading, mention)
    before, behind = reading.normal[start : mention.start], reading.normal[mention.end : end]
    begun = re.search(known["begun_before"], before, re.IGNORECASE) or re.match(known["begun_behind"], behind, re.I)
    return _is_replacement(mention.concept) and begun is not None


def _is_begun_only(fact: Fact) -> bool:
    course = fact.course
    begun = course is not None and course.start is not None and course.end is None and course.ongoing is None
    return begun and _is_replacement(fact.concept) and fact.assertion == "present"


def _ended_elsewhere(fact: Fact, facts: Sequence[Fact]) -> Fact:
    """ "HD was started in March 2016. ... HD stopped in June 2016": one course, as far as the days allow it."""
    begun = fact.course.start if fact.course is not None else None
    if not _is_begun_only(fact) or begun is None or begun.earliest is None:
        return fact
    ends = [
        end
        for one in facts
        if one is not fact and _is_over(one) and one.course is not None and (end := one.course.end) is not None
        if end.latest is not None and end.latest >= begun.earliest
    ]
    if not ends:
        return fact
    end = max(ends, key=lambda one: one.latest or date.min)
    return dataclasses.replace(fact, course=Course(start=begun, end=end, ongoing=False))


def _is_dated_graft(fact: Fact) -> bool:
    mine = (fact.assertion, fact.experiencer, fact.temporality) == ("present", "patient", "historical")
    return mine and fact.time is not None and vocabulary().is_a(fact.concept, "kidney-transplant")


def _without_grafts_again(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """Without "renal graft four years on", where the letter gives the graft's day, unless another one is meant."""
    if not any(_is_dated_graft(fact) for fact in facts):
        return facts
    another = cues("events")["another_graft"]
    again = [
        fact
        for fact in facts
        if vocabulary().is_a(fact.concept, "kidney-transplant")
        and (fact.assertion, fact.experiencer) == ("present", "patient")
        and fact.temporality != "planned"
        and fact.time is None
        and not re.search(another, reading.normal[max(0, fact.start - _BESIDE) : fact.start], re.IGNORECASE)
    ]
    return [fact for fact in facts if fact not in again]


def _ended_by_a_graft(reading: Reading, fact: Fact, facts: Sequence[Fact]) -> Fact:
    """ "HD 2020 to 2022. ... On dialysis for 16 months, then her father donated": over since, unless told as of now."""
    if not _is_replacement(fact.concept):
        return fact
    mine = (fact.assertion, fact.experiencer, fact.temporality) == ("present", "patient", "current")
    grafts = [one for one in facts if _is_dated_graft(one)]
    known = cues("events")
    beside = reading.normal[fact.end : fact.end + _BESIDE + _BESIDE]
    if len(grafts) == 1 and fact.assertion == "present" and re.search(known["until_grafted"], beside, re.IGNORECASE):
        return dataclasses.replace(
            fact, time=None, course=Course(end=grafts[0].time, ongoing=False), temporality="historical"
        )
    if not (mine or _is_begun_only(fact)) or not grafts or re.search(known["graft_lost"], reading.normal, re.I):
        return fact
    if _is_begun_only(fact) and fact.course is not None:
        begun, after = fact.course.start, [one for one in grafts if _is_after(one, fact)]
        return (
            dataclasses.replace(fact, course=Course(start=begun, end=after[0].time, ongoing=False)) if after else fact
        )
    around = reading.normal[max(0, fact.start - _BESIDE) : fact.end + _BESIDE]
    over = any(_is_over(one) and one.course is not None and one.course.end is not None for one in facts)
    spans = [known["before_it"], *([known["for_a_span"]] if over else [])]
    if not any(re.search(span, around, re.IGNORECASE) for span in spans) or holds(around, known["of_now"]):
        return fact
    last = max(grafts, key=lambda one: one.start)
    course = Course(end=last.time, ongoing=False)
    return dataclasses.replace(fact, time=None, course=course, temporality="historical")


def _is_after(graft: Fact, dialysis: Fact) -> bool:
    begun = None if dialysis.course is None else dialysis.course.start
    days = (None if graft.time is None else graft.time.latest, None if begun is None else begun.earliest)
    return days[0] is not None and days[1] is not None and days[0] >= days[1]


def _without_times_after(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """Without "off dialysis since", where the letter tells elsewhere when it ended."""
    ended = [fact for fact in facts if _is_over(fact) and fact.course is not None and fact.course.end is not None]
    if not ended:
        return facts
    pattern = cues("events")["free_of_it"]
    undated = [fact for fact in facts if _is_over(fact) and fact not in ended and fact.time is None]
    after = [
        fact
        for fact in undated
        if fact.start > min(one.start for one in ended)
        and re.search(pattern, reading.normal[: fact.start][-40:], re.IGNORECASE)
    ]
    return [fact for fact in facts if fact not in after]


def _is_over(fact: Fact) -> bool:
    mine = (fact.assertion, fact.experiencer) == ("present", "patient")
    return mine and lasts(fact.concept) and fact.course is not None and fact.course.ongoing is False


def last_session(reading: Reading, mention: Mention) -> TimeExpression | None:
    """ "Haemodialysis from 20 November; the last session was on 5 February": the day it ended, told behind it."""
    near = reading.sentences[min(mention.sentence + 1, len(reading.sentences) - 1)].end
    end = max(near, _end_of_story(reading, mention))
    others = [
        one for one in reading.mentions_in(mention.end, end) if one.kind == "procedure" and not lasts(one.concept)
    ]
    stop = others[0].start if others else end
    for time in reading.times_in(mention.end, stop):
        before = re.split(r"[;,]|\.\s", reading.normal[mention.end : time.start])[-1]
        behind = reading.normal[time.end : min(stop, time.end + 24)]
        opens_line = not reading.normal[reading.normal.rfind("\n", 0, time.start) + 1 : time.start].strip(" \t-*•")
        in_line = opens_line and re.match(cues("events")["ended_in_line"], behind, re.IGNORECASE)
        told = holds(before, cues("events")["ended_then"]) or re.match(cues("events")["ended_there"], behind) or in_line
        if time.start >= near and not in_line and not holds(before, cues("events")["last_of_dialysis"]):
            continue
        if told and time.role in ("point", "end", "span") and time.time is not None:
            return time
    return None


def _end_of_story(reading: Reading, mention: Mention) -> int:
    """Where the paragraph ends, at the most some sentences behind the mention."""
    last = reading.sentences[min(mention.sentence + _SENTENCES_OF_A_STORY, len(reading.sentences) - 1)].end
    stop = _PARAGRAPH.search(reading.normal, mention.end, last)
    return stop.start() if stop else last


def until_transplant(reading: Reading, mention: Mention) -> TimeExpression | None:
    """ "Haemodialysis from 2011 until his kidney transplant in May 2014": what came in its place has its end."""
    end = sentence_span(reading, mention)[1]
    for other in reading.mentions_in(mention.end, end):
        between = reading.normal[mention.end : other.start]
        if vocabulary().is_a(other.concept, "transplant") and re.search(cues("events")["until_then"], between, re.I):
            return next((time for time in reading.times_in(other.end, end) if time.role == "point"), None)
    return None


def told_of_the_past(reading: Reading, mention: Mention) -> bool:
    """ "She was dialysed for two weeks, date not known": a past tense that does not go on, or an end untold."""
    begin, end = sentence_span(reading, mention)
    before, behind = reading.normal[begin : mention.start], reading.normal[mention.end : end]
    known = cues("events")
    if end_is_untold(reading, mention):
        return True
    if holds(before + " " + behind, known["of_now"]) or re.search(known["goes_on_since"], behind, re.IGNORECASE):
        return False
    done = re.search(known["past_of_it"], before, re.IGNORECASE) is not None
    return done or re.search(known["ended_plainly"], behind, re.IGNORECASE) is not None


def end_is_untold(reading: Reading, mention: Mention) -> bool:
    """ "When it was stopped she could not tell", of the same sentence or at the head of the next one."""
    known = cues("events")
    begin, end = sentence_span(reading, mention)
    behind, following = reading.normal[mention.end : end], _next_sentence(reading, mention)
    if holds(f"{reading.normal[begin : mention.start]} {behind}", known["goes_on_now"]):
        return False
    if re.match(known["end_untold_next"], following, re.IGNORECASE):
        behind = f"{behind} {following}"
    return re.search(known["end_untold"], behind, re.IGNORECASE) is not None


def _next_sentence(reading: Reading, mention: Mention) -> str:
    number = mention.sentence + 1
    if number >= len(reading.sentences) or reading.is_parted(mention.sentence):
        return ""
    return reading.normal[reading.sentences[number].start : reading.sentences[number].end]


def only_spoken_of(reading: Reading, mention: Mention) -> Literal["never", "averted", "spoken of"] | None:
    """Of dialysis that was put on the table: whether it was never needed, not needed then, or nothing more is told."""
    if mention.assertion not in ("present", "possible") or not _is_replacement(mention.concept):
        return None
    known = cues("events")
    begin, end = sentence_span(reading, mention)
    before, behind = reading.normal[begin : mention.start], reading.normal[mention.end : end]
    spoken = re.search(known["dialysis_spoken_of_before"], before, re.I)
    if not (spoken or re.match(known["dialysis_spoken_of"], behind, re.I)):
        return None
    rest = re.sub(known["dialysis_averted"], " ", behind, flags=re.IGNORECASE)
    if re.search(known["dialysis_came"], rest, re.IGNORECASE):
        return None
    if rest == behind:
        return "spoken of"
    never = re.search(known["dialysis_never"], f"{behind} {_next_sentence(reading, mention)}", re.IGNORECASE)
    return "never" if never else "averted"


def _is_replacement(concept: str) -> bool:
    return lasts(concept) and vocabulary().is_a(concept, "renal-replacement-therapy")


def lasts(concept: str) -> bool:
    terms = vocabulary()
    lasting_ones = cues("events")["lasting_procedures"]
    return terms.is_one_of(concept, lasting_ones) and not terms.is_a(concept, "transplant")
