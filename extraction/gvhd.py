"""Grades told apart from the disease's name: a Reading and a mention in, a Fact for each grade told elsewhere out.

"She has had gut GVHD. Grade 2 disease was last recorded on 19 May", "GVHD: grade I in January, then II since 28
February", a chart with a row of grades under its dates: each grade has a place and a day of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.columns import rows_of_days
from extraction.grades import chosen_grade, digit_of, grades_of, value_of_grade
from extraction.knowledge import cues
from extraction.reading import Mention, Reading, Sentence, TimeExpression
from extraction.when import clause_span
from kb.facts import Course, Fact, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_SENTENCES_BEHIND = 2
_CHART = 900  # characters below the name in which its chart stands
_NOW = 32  # characters beside a grade that may say that it is today's
_SINCE_THEN = compiled(r"\s*,?\s*(?:ever )?since(?: then| that time)?\s*(?=[.,;)\n]|$)", re.IGNORECASE)
_FOR = compiled(
    r"\b(?:for|against|because of|to treat|to control)\s(?:(?:the|her|his|chronic|acute)\s)*$", re.IGNORECASE
)
_PARTS = compiled(r"[;,()]|\b(?:and|but|then)\b")


def grades_told_later(reading: Reading, mention: Mention) -> Iterator[Fact]:
    """A fact for every further grade: in the rest of its sentence and in the next sentences."""
    if not _is_graded(mention):
        return
    last = min(mention.sentence + _SENTENCES_BEHIND, len(reading.sentences) - 1)
    own = chosen_grade(reading.normal, *clause_span(reading, mention))
    for number in range(mention.sentence, last + 1):
        sentence = reading.sentences[number]
        named = reading.mentions_in(max(mention.end, sentence.start), sentence.end)
        if any(other.concept == mention.concept for other in named):
            return
        for found in grades_of(reading.normal, sentence.start, sentence.end):
            if own is not None and found.span() == own.span():
                continue
            if not _is_of_another(reading, mention, found, sentence):
                yield _graded(reading, mention, found, sentence)


def _is_of_another(reading: Reading, mention: Mention, found: re.Match[str], sentence: Sentence) -> bool:
    """ "Hypertension grade 2": whether another disease stands between the grade and the last comma before it."""
    parts = [part.end() for part in _PARTS.finditer(reading.normal, sentence.start, found.start())]
    start = max([sentence.start, *parts])
    named = [one for one in reading.mentions_in(start, found.end()) if one.kind == "condition"]
    return any(one.concept != mention.concept for one in named)


def _graded(reading: Reading, mention: Mention, found: re.Match[str], sentence: Sentence) -> Fact:
    time, ongoing = _time(reading, found, sentence)
    lasts = ongoing and time is not None
    return _fact(
        reading,
        mention,
        found.span(),
        time=None if lasts else time,
        course=Course(start=time, ongoing=True) if lasts else None,
        grade=value_of_grade(found),
    )


def _fact(
    reading: Reading,
    mention: Mention,
    span: tuple[int, int],
    *,
    time: Time | None,
    grade: str | None,
    course: Course | None = None,
) -> Fact:
    return reading.fact(
        "condition",
        mention.concept,
        vocabulary()[mention.concept].label,
        *span,
        experiencer=mention.experiencer,
        temporality=mention.temporality if time is None else "historical",
        time=time,
        course=course,
        attributes={"grade": grade} if grade else {},
    )


def _is_graded(mention: Mention) -> bool:
    return mention.concept in cues("conditions")["graded"] and mention.assertion == "present"


def grades_of_chart(reading: Reading, mention: Mention) -> Iterator[Fact]:
    """The grades of a chart that the name heads: a row "overall | 0 | I | II" under three dates."""
    known = cues("conditions")
    if not _is_graded(mention) or chosen_grade(reading.normal, *clause_span(reading, mention)) is not None:
        return
    for cells, dates in rows_of_days(reading):
        head = reading.normal[slice(*cells[0])].strip()
        if not mention.end <= cells[0][0] <= mention.end + _CHART and mention.start not in range(*cells[0]):
            continue
        if not re.fullmatch(known["row_of_grades"], head, re.IGNORECASE):
            continue
        for column, date in dates.items():
            cell = reading.normal[slice(*cells[column])].strip()
            grade = re.fullmatch(known["cell_of_grade"], cell, re.IGNORECASE)
            if grade is not None:
                yield _fact(reading, mention, cells[column], time=date, grade=digit_of(grade[1]))


def time_of_grade(reading: Reading, mention: Mention) -> Time | None:
    """The day straight behind the grade that stands behind the name: "biopsy GVHD, grade 3 overall on 2 March"."""
    if not _is_graded(mention):
        return None
    end = reading.sentences[mention.sentence].end
    match = next(grades_of(reading.normal, mention.end, end), None)
    if match is None or any(one.kind == "condition" for one in reading.mentions_in(mention.end, match.start())):
        return None
    for time in reading.times_in(match.end(), end):
        between = reading.normal[match.end() : time.start]
        if time.role == "point" and not re.search(r"[;,.()]|\b(?:and|but|then|resolved|until)\b", between):
            return time.time
        return None
    return None


def _time(reading: Reading, found: re.Match[str], sentence: Sentence) -> tuple[Time | None, bool]:
    """The grade's day, and whether it has lasted since: the day behind it, the letter's own, the last one before."""
    others = [one for one in grades_of(reading.normal, sentence.start, sentence.end) if one.start() >= found.end()]
    stop = others[0].start() if others else sentence.end
    now = compiled(cues("conditions")["grade_of_today"], re.IGNORECASE)
    times = [time for time in reading.times_in(sentence.start, sentence.end) if time.role != "duration"]
    behind = [time for time in times if found.end() <= time.start < stop and not _is_parted(reading, found, time)]
    if behind:
        lasts = behind[0].role == "start" or now.search(reading.normal, behind[0].end, stop) is not None
        return behind[0].time, lasts
    if now.search(reading.normal, max(sentence.start, found.start() - _NOW), min(stop, found.end() + _NOW)):
        return reading.letter_date, False
    earlier = [time for time in times if time.end <= found.start()]
    lasts = _SINCE_THEN.match(reading.normal, found.end(), sentence.end) is not None
    return (earlier[-1].time, lasts or earlier[-1].role == "start") if earlier else (None, False)


def without_reasons(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """The facts without a graded disease that is only what a drug is given for, where its grade of today is told."""
    lasting = {
        one.concept for one in facts if "grade" in one.attributes and one.course is not None and one.course.ongoing
    }
    return [fact for fact in facts if fact.concept not in lasting or not _is_reason(reading, fact)]


def _is_reason(reading: Reading, fact: Fact) -> bool:
    bare = "grade" not in fact.attributes and fact.time is None and fact.assertion == "present"
    return bare and _FOR.search(reading.normal, max(0, fact.start - 24), fact.start) is not None


def _is_parted(reading: Reading, found: re.Match[str], time: TimeExpression) -> bool:
    return re.search(r"[;]", reading.normal[found.end() : time.start]) is not None
