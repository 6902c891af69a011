"""Conditions of a letter: a Reading with asserted mentions in, a Fact for every disease, sign or symptom out.

A fact carries what its clause says besides: severity, size, grade, cause, treatment, when it was and whether it
goes on. A name that is part of something else ("lupus clinic", "TB screening") is no fact.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from extraction.ages import find_ages
from extraction.columns import findings_of_columns
from extraction.condition_attributes import attributes_of, nephritis_class
from extraction.episodes import episode_of
from extraction.gvhd import grades_of_chart, grades_told_later, time_of_grade, without_reasons
from extraction.infection_treatment import last_day_treated
from extraction.interventions import told_once, with_last_treatment
from extraction.knowledge import cues
from extraction.no_condition import is_something_else
from extraction.reading import Mention, Reading, TimeExpression
from extraction.remission import cancer_over_since
from extraction.result_times import time_of
from extraction.result_words import alternatives
from extraction.sizes import sizes_told_later
from extraction.when import clause_span, denied_time, lasting, sentence_span, time_beside
from extraction.wording import holds
from kb.facts import Assertion, Course, Fact, Temporality, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_SAME_BEHIND = 20  # characters between two names of one disease
_SAME_AGAIN = compiled(
    r"\s*(?:[-–]?\s*(?:type|pattern|subtype|variant)\b)?\s*(?:[,(–-]|of|in|with|of an?|with an?)?\s*", re.IGNORECASE
)
_SORT = compiled(r"\s*[-–]?\s*(?:type|pattern|subtype|variant)\b", re.IGNORECASE)
_BESIDE = 6  # characters between a name and its own day
_OPENING, _GROWN_UP = 1500, 18  # characters in which the patient's age stands; years


def read_conditions(reading: Reading) -> list[Fact]:
    """A fact for every mention of a condition that says something about a person."""
    by_columns = list(findings_of_columns(reading))
    facts: list[Fact] = [fact for _, found in by_columns for fact in found]
    sort: Mention | None = None
    for mention in reading.mentions:
        if any(mention is named for named, _ in by_columns) or mention.kind != "condition":
            continue
        again = _named_again(reading, mention)
        if again is not None and _SORT.match(reading.normal, mention.end):
            sort = mention
        elif again is None:
            if sort is not None and _named_again(reading, sort) is mention:
                mention = dataclasses.replace(mention, start=sort.start)
            if is_something_else(reading, mention):
                continue
            charted = list(grades_of_chart(reading, mention))
            facts += charted or [*_facts(reading, mention), *grades_told_later(reading, mention)]
            facts += sizes_told_later(reading, _as_concept(mention, _meant(reading, mention)))
    return told_once(without_reasons(reading, facts))


def _named_again(reading: Reading, mention: Mention) -> Mention | None:
    """ "Interstitial lung disease, NSIP pattern, mild": the second name, as what it says is said of both."""
    for other in reading.mentions_in(mention.end, mention.end + _SAME_BEHIND):
        same = (other.concept, other.assertion, other.experiencer)
        if same == (mention.concept, mention.assertion, mention.experiencer):
            return other if _SAME_AGAIN.fullmatch(reading.normal, mention.end, other.start) else None
    return None


def _has_exception(reading: Reading, mention: Mention) -> bool:
    """ "No known drug allergies except to penicillin": what is denied but for something is not denied."""
    behind = reading.normal[mention.end : mention.end + 40]
    return re.match(rf"\s*[,(]?\s*{alternatives(cues('conditions')['exceptions'])}", behind, re.IGNORECASE) is not None


def _denies_one_sort(reading: Reading, mention: Mention) -> bool:
    """ "No urinary infection" denies one sort of infection, "no active infection" all of them."""
    known = cues("conditions")
    if mention.assertion == "absent" and mention.concept == "sle":
        return re.search(known["another"], reading.normal[: mention.start][-20:], re.IGNORECASE) is not None
    if mention.assertion != "absent" or mention.concept not in known["whole_classes"]:
        return False
    if reading.normal[mention.start : mention.end].lower().split()[0] in known["sorts"]:
        return True
    before = re.search(r"([a-z][a-z/-]*) $", reading.normal[max(0, mention.start - 30) : mention.start].lower())
    return before is not None and before[1] not in known["leaves_whole"]


def _facts(reading: Reading, mention: Mention) -> Iterator[Fact]:
    known = cues("conditions")
    mention = _as_concept(mention, _meant(reading, mention))
    if _denies_one_sort(reading, mention):
        return
    if mention.concept in known["open_to_exceptions"] and _has_exception(reading, mention):
        return
    if mention.concept in known["denied_by_name"]:
        concept = known["denied_by_name"][mention.concept]
        turned: Assertion = "absent" if mention.assertion == "present" else "possible"
        mention = dataclasses.replace(mention, concept=concept, assertion=turned)
    time, course = _when(reading, mention)
    if course is None and (_is_trace_of_old(reading, mention) or _is_of_birth_to_come(reading, mention)):
        time = None
    if course is None and (graded := time_of_grade(reading, mention)) is not None:
        time = graded
    if _lasts_to_date(reading, mention, course):
        time, course = None, None
    temporality = _temporality(reading, mention, time, course)
    course = with_last_treatment(reading, mention, time, course)
    if course is None and (last := last_day_treated(reading, mention)) is not None:
        course = Course(start=time, end=last, ongoing=False)
    assertion: Assertion = mention.assertion
    concept = mention.concept
    if concept in known["possible_when_present"]:
        concept = known["possible_when_present"][concept]
        assertion = "possible" if assertion == "present" else assertion
    for each in known["both"].get(concept, [concept]):
        placed = _as_concept(mention, each)
        yield reading.fact(
            "condition",
            each,
            vocabulary()[each].label,
            mention.start,
            mention.end,
            assertion=assertion,
            experiencer=mention.experiencer,
            temporality=temporality,
            time=time,
            course=course,
            attributes=attributes_of(reading, placed),
        )


def _lasts_to_date(reading: Reading, mention: Mention, course: Course | None) -> bool:
    """ "Unchanged between 27 February and today": a fluid seen up to the letter's day is there."""
    letter = reading.letter_date
    if mention.concept not in cues("conditions")["sized"] or course is None or course.end is None or letter is None:
        return False
    last = course.end.latest
    return last is not None and letter.earliest is not None and last >= letter.earliest


def _as_concept(mention: Mention, concept: str) -> Mention:
    return mention if mention.concept == concept else dataclasses.replace(mention, concept=concept)


def _meant(reading: Reading, mention: Mention) -> str:
    """The concept, where the sentence tells what a vague name means in it."""
    known = cues("conditions")
    sentence = reading.normal[slice(*sentence_span(reading, mention))]
    for concept, pattern in known["meant_by_sentence"].get(mention.concept, {}).items():
        if re.search(pattern, sentence, re.IGNORECASE):
            return str(concept)
    if mention.concept in known["classed"] and nephritis_class(reading.normal[slice(*clause_span(reading, mention))]):
        return str(known["classed"][mention.concept])
    return mention.concept


def _temporality(reading: Reading, mention: Mention, time: Time | None, course: Course | None) -> Temporality:
    """Denied for all time, over, or current: what happens on a day is past soon after, what lasts is not."""
    known, terms = cues("conditions"), vocabulary()

    def is_one_of(classes: list[str]) -> bool:
        return terms.is_one_of(mention.concept, classes)

    if mention.concept in known["sized"] and course is not None and course.end is not None and not course.ongoing:
        return "historical"
    if mention.assertion == "absent":
        if time is not None:
            return mention.temporality
        sentence = reading.normal[slice(*sentence_span(reading, mention))]
        ever = is_one_of(known["denied_ever"]) or holds(sentence, known["ever_words"])
        return "historical" if ever else mention.temporality
    if not is_one_of(known["events"]):
        by_section = mention.temporality == "historical" and mention.cue is None
        return "current" if by_section else mention.temporality
    if time is None and course is None and _is_of_youth(reading, mention):
        return "historical"
    day = reading.letter_date.earliest if reading.letter_date else None
    last = time if course is None else course.end if course.ongoing is False else None
    if mention.temporality == "current" and day is not None and last is not None and last.latest:
        return "historical" if (day - last.latest).days > int(known["days_until_historical"]) else "current"
    return mention.temporality


def _is_of_youth(reading: Reading, mention: Mention) -> bool:
    """ "Chickenpox as a child", "measles at the age of six", of a patient who is no child any more."""
    clause = reading.normal[mention.end : clause_span(reading, mention)[1]]
    if re.search(cues("conditions")["of_youth"], clause, re.IGNORECASE) is None:
        return False
    ages = [age.years.low for age in find_ages(reading.normal[:_OPENING]) if age.years.low is not None]
    return bool(ages) and max(ages) >= _GROWN_UP


def _when(reading: Reading, mention: Mention) -> tuple[Time | None, Course | None]:
    if mention.assertion == "absent":
        told = mention.temporality == "historical" or _is_history(mention.concept)
        if vocabulary().is_a(mention.concept, "sle"):
            return None, None  # the day on which it was excluded is no window in which it was not there
        return denied_time(reading, mention) or (None if told else _time_of_finding(reading, mention)), None
    start, end = clause_span(reading, mention)
    clause = reading.normal[start:end]
    known = cues("conditions")
    over = mention.temporality == "historical" and holds(clause, known["over"])
    ongoing = mention.temporality != "historical" and holds(clause, known["ongoing"])
    if (gone := _gone_on(reading, mention)) is not None:
        return None, Course(end=gone, ongoing=False)
    found = time_beside(reading, mention)
    if (ended := cancer_over_since(reading, mention)) is not None:
        dated = found.time if found is not None and found.role == "point" and found.time != ended else None
        return dated, Course(end=ended, ongoing=False)
    if found is not None and found.role == "start":
        before = reading.normal[start : found.start]
        found = None if holds(before, known["not_its_start"]) or _is_of_a_drug(reading, mention, found) else found
    if found is not None and found.role == "point" and _was_there_before(reading, mention, found):
        return None, Course(start=found.time, ongoing=True)
    if found is not None and found.role == "duration" and not over:
        sentence = reading.normal[slice(*sentence_span(reading, mention))]
        state = mention.concept in known["lasting_states"] and not re.search(
            known["told_as_past"], sentence, re.IGNORECASE
        )
        lasts = state or holds(sentence, known["lasting_tense"])
        ongoing = ongoing or (mention.temporality == "current" and lasts)
    time, course = lasting(reading, found, over=over, ongoing=ongoing)
    if course is None and time is None:
        time = _time_of_finding(reading, mention) or _of_episode(reading, mention)
    return time, course


def _of_episode(reading: Reading, mention: Mention) -> Time | None:
    """The days of the stay in which something happened that is over some day."""
    events = (general for general in cues("conditions")["of_an_episode"])
    happened = any(vocabulary().is_a(mention.concept, general) for general in events)
    return episode_of(reading, mention) if happened and mention.temporality == "current" else None


def _was_there_before(reading: Reading, mention: Mention, time: TimeExpression) -> bool:
    """ "LBBB, already seen in 2020": a finding that lasts was seen on that day, and is there."""
    known = cues("conditions")
    told = re.search(known["seen_before"], reading.normal[mention.end : time.start], re.IGNORECASE)
    return told is not None and any(vocabulary().is_a(mention.concept, one) for one in known["lasting_findings"])


def _is_trace_of_old(reading: Reading, mention: Mention) -> bool:
    """ "MRI last week: scar of a previous infarction": the day is that on which an old event was seen."""
    known = cues("conditions")
    if mention.concept not in known["events"] or mention.assertion == "absent":
        return False
    start, end = sentence_span(reading, mention)
    told = known["traces_of_old"]
    before, behind = reading.normal[start : mention.end], reading.normal[mention.end : end]
    if not re.search(told["old"], before, re.IGNORECASE) and not re.search(told["old_behind"], behind, re.IGNORECASE):
        return False
    if any(time.start - mention.end <= _BESIDE for time in reading.times_in(mention.end, end)):
        return False
    return re.search(told["shown"], reading.normal[start:end]) is not None


def _is_of_birth_to_come(reading: Reading, mention: Mention) -> bool:
    """ "Her baby is due in July": the month is that of the birth."""
    if mention.concept != "pregnancy" or mention.assertion != "present":
        return False
    behind = sentence_span(reading, mention)[1]
    first = next(iter(reading.times_in(mention.start, behind)), None)
    told = reading.normal[mention.start : first.start if first else behind]
    return re.search(cues("conditions")["birth_to_come"], told, re.IGNORECASE) is not None


def _gone_on(reading: Reading, mention: Mention) -> Time | None:
    """ "Skin GVHD grade 2, resolved on 26 February": the day behind words of its end is its last one."""
    known = cues("conditions")
    if mention.concept in known["sized"] and mention.assertion == "present":
        return _fluid_gone(reading, mention)
    if mention.concept not in known["graded"]:
        return None
    for time in reading.times_in(mention.end, sentence_span(reading, mention)[1]):
        before = reading.normal[mention.end : time.start]
        if time.role == "point" and re.search(known["gone_before"], before, re.IGNORECASE):
            return time.time
    return None


def _fluid_gone(reading: Reading, mention: Mention) -> Time | None:
    """ "Moderate in January, has disappeared on the echo of 2 March": the day of the newer look, or the letter's."""
    end = clause_span(reading, mention)[1]
    told = compiled(cues("conditions")["fluid_gone"], re.IGNORECASE).search(reading.normal, mention.end, end)
    if told is None:
        return None
    behind = reading.times_in(told.end(), sentence_span(reading, mention)[1])
    if behind and behind[0].role == "point":
        return behind[0].time
    return _time_of_finding(reading, mention) or reading.letter_date


def _is_of_a_drug(reading: Reading, mention: Mention, time: TimeExpression) -> bool:
    """ "Ceftriaxone from 12 February for pyelonephritis": the beginning is that of the treatment."""
    start = sentence_span(reading, mention)[0]
    return time.end <= mention.start and any(other.kind == "drug" for other in reading.mentions_in(start, time.start))


def _is_history(concept: str) -> bool:
    """Whether a denial of it is taken from the patient's history, not seen in an investigation of some day."""
    told = cues("conditions")["told_not_seen"]
    return concept in told or vocabulary().is_one_of(concept, told)


def _time_of_finding(reading: Reading, mention: Mention) -> Time | None:
    """The day of the investigation that a finding belongs to: "Echo 3 May: EF 60 %, no effusion"."""
    beside_results = any(other.kind == "lab" for other in reading.mentions_in(*sentence_span(reading, mention)))
    if beside_results or reading.section_at(mention.start) == "investigations":
        return time_of(reading, mention.start, mention.end)
    return None
