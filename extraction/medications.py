"""Every drug that a letter names: a Reading in, medication facts out, with dose, course, status and reason.

A sentence's words are shared out among its drugs (`drug_scope`), each share is parsed as a dose instruction
(`drug_instruction`), the cues around it say whether the drug is taken (`drug_status`), and its dates make a course.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from extraction.date_orders import date_order
from extraction.dose_steps import DoseStep
from extraction.dosing import Instruction
from extraction.drug_continued import continued_scopes, told_ends, told_reasons, told_stretches
from extraction.drug_course import course_of_steps, days_between, goes_back, times_of
from extraction.drug_indications import indication_of, purpose_by_dose, purpose_of
from extraction.drug_instruction import instruction_of
from extraction.drug_reasons import Reason
from extraction.drug_scope import Scope, scopes_of
from extraction.drug_status import DrugStatus, status_of
from extraction.knowledge import cues
from extraction.not_the_drug import is_not_the_drug, is_tested_on_organism
from extraction.reading import Mention, Reading, TimeExpression
from extraction.result_words import alternatives
from kb.facts import Course, Dosing, Fact, Interval, MedicationStatus, Temporality, Time
from kb.vocabulary import Vocabulary, vocabulary


def read_medications(reading: Reading) -> list[Fact]:
    """The medication facts of a document, in the order of the text; ids are given by the extractor."""
    terms = vocabulary()
    scopes = scopes_of(reading, terms)
    scopes = sorted([*scopes, *continued_scopes(reading, scopes, terms)], key=lambda scope: (scope.start, scope.end))
    ends, reasons = told_ends(reading, scopes), told_reasons(reading, scopes)
    stretches = told_stretches(reading, scopes, terms)
    facts: list[Fact] = []
    of_sentence: dict[int, list[Scope]] = {}
    for scope in scopes:
        of_sentence.setdefault(scope.sentence_start, []).append(scope)
    for scope in scopes:
        same = of_sentence[scope.sentence_start]
        if (
            is_not_the_drug(reading, scope)
            or is_tested_on_organism(reading, scope, terms)
            or not _is_supported(reading, scope, same, terms)
        ):
            continue
        further = _facts(reading, scope, same, terms)
        if scope.start == scope.end and further and facts and further[0].concept == facts[-1].concept:
            facts[-1] = _left(facts[-1], further[0])
        if scope.start in ends and further:
            further[-1] = _ended_on(further[-1], ends[scope.start])
        if scope.start in stretches and len(further) == 1:
            further[0] = _held_for(further[0], stretches[scope.start])
        if scope.start in reasons and further:
            further[-1] = _ended_for(further[-1], reasons[scope.start])
        facts += further
    return [_told_to_end(fact, facts, terms) for fact in facts]


def _told_to_end(fact: Fact, facts: Sequence[Fact], terms: Vocabulary) -> Fact:
    """ "Changed to meropenem on 5 April. ... Meropenem was completed on the 18th": the course ended on the 18th."""
    start = fact.course.start if fact.course is not None and fact.course.ongoing else None
    if (
        start is None
        or start.latest is None
        or not terms.is_one_of(fact.concept, cues("medications")["anti_infective"])
    ):
        return fact
    for other in facts:
        end = other.course.end if other.course is not None else None
        same = (other.concept, other.experiencer, other.assertion) == (fact.concept, fact.experiencer, "present")
        bare = other.course is not None and other.course.start is None
        if same and bare and other.start > fact.end and end and end.earliest and end.earliest >= start.latest:
            return _ended_on(fact, end)
    return fact


def _held_for(fact: Fact, stretch: TimeExpression) -> Fact:
    """The days of the dose are told in the sentence behind."""
    if fact.dosing is None or fact.dosing.status not in ("current", "past") or (fact.course and fact.course.end):
        return fact
    course = Course(stretch.start_time, stretch.end_time, False, fact.course.steps if fact.course else ())
    dosing = dataclasses.replace(fact.dosing, status="past")
    return dataclasses.replace(fact, course=course, dosing=dosing, temporality="historical")


def _ended_for(fact: Fact, reason: Reason) -> Fact:
    """The reason is told in the clause behind."""
    if fact.dosing is None or fact.dosing.status not in ("current", "past") or fact.dosing.reason_stopped is not None:
        return fact
    course = dataclasses.replace(fact.course or Course(), ongoing=False)
    dosing = dataclasses.replace(fact.dosing, status="past", reason_stopped=reason.kind)
    attributes = {**fact.attributes, "reason_detail": " ".join(reason.detail.lower().split())}
    return dataclasses.replace(fact, course=course, dosing=dosing, temporality="historical", attributes=attributes)


def _ended_on(fact: Fact, end: Time) -> Fact:
    """The end is told in the clause behind."""
    if fact.dosing is None or fact.dosing.status not in ("current", "past") or (fact.course and fact.course.end):
        return fact
    course = dataclasses.replace(fact.course or Course(), end=end, ongoing=False)
    if course.start is not None and course.start.latest == end.latest:
        course = dataclasses.replace(course, start=None)
    return dataclasses.replace(
        fact, course=course, dosing=dataclasses.replace(fact.dosing, status="past"), temporality="historical"
    )


def _left(fact: Fact, following: Fact) -> Fact:
    """A dose that the next sentence changes is not the present one."""
    if fact.dosing is None or fact.dosing.status != "current":
        return fact
    course = fact.course or Course()
    end = course.end or (following.course.start if following.course is not None else None)
    return dataclasses.replace(
        fact,
        dosing=dataclasses.replace(fact.dosing, status="past"),
        temporality="historical",
        course=dataclasses.replace(course, end=end, ongoing=False),
    )


def _facts(reading: Reading, scope: Scope, scopes: Sequence[Scope], terms: Vocabulary) -> list[Fact]:
    scope = _written_out(reading, scope)
    instruction = instruction_of(reading, scope, terms)
    status = status_of(reading, scope, scopes)
    groups = _levels(reading, instruction.steps)
    facts = []
    for index, steps in enumerate(groups):
        last = index == len(groups) - 1
        back = index > 0 and goes_back(reading, groups[index - 1][-1], steps[0])
        left = back or (not last and not goes_back(reading, steps[-1], groups[index + 1][0]))
        told = DrugStatus("past") if left and status.status == "current" else status
        facts.append(
            _fact(reading, scope, scopes, instruction, steps, told, terms, first=index == 0, last=last, groups=groups)
        )
    return [_ended_by(fact, following) for fact, following in zip(facts, [*facts[1:], None], strict=True)]


def _written_out(reading: Reading, scope: Scope) -> Scope:
    """ "pred" is the drug that the letter elsewhere writes out, else the one usual in its country."""
    other = cues("medications")["either"].get(scope.concept)
    if other is None or scope.end - scope.start > 6:
        return scope
    text = reading.normal.lower()
    if scope.concept in text:
        return scope
    american = date_order(reading.normal) == "month first"
    return dataclasses.replace(scope, concept=other) if other in text or american else scope


def _ended_by(fact: Fact, following: Fact | None) -> Fact:
    """A level ends where the next one of the same sentence begins."""
    if following is None or fact.course is None or following.course is None:
        return fact
    if fact.course.end is not None or following.course.start is None or fact.dosing is None:
        return fact
    begun, left = fact.course.start, following.course.start
    if begun is not None and begun.earliest is not None and left.latest is not None and left.latest < begun.earliest:
        return fact  # the level told second was taken before it
    return dataclasses.replace(fact, course=dataclasses.replace(fact.course, end=left))


def _levels(reading: Reading, steps: Sequence[DoseStep]) -> list[list[DoseStep]]:
    """Steps that are told as history ("reduced to", "now") are facts of their own; a schedule is one fact."""
    groups: list[list[DoseStep]] = [[]]
    for step in steps:
        told_apart = step.change and not step.forward and groups[-1] and _is_apart(reading, groups[-1][-1], step)
        if told_apart or (groups[-1] and goes_back(reading, groups[-1][-1], step)):
            groups.append([])
        groups[-1].append(step)
    return groups


def _is_apart(reading: Reading, before: DoseStep, step: DoseStep) -> bool:
    """A chain such as "60→40→20 mg" has no words between its levels."""
    words = any(char.isalpha() for char in reading.normal[before.end : step.start])
    return (step.worded or words) and step.start >= before.end - 1


def _fact(
    reading: Reading,
    scope: Scope,
    scopes: Sequence[Scope],
    instruction: Instruction,
    steps: Sequence[DoseStep],
    status: DrugStatus,
    terms: Vocabulary,
    *,
    first: bool,
    last: bool,
    groups: Sequence[Sequence[DoseStep]],
) -> Fact:
    start = min([scope.start, *([scope.before] if scope.before < scope.start else [])]) if first else steps[0].start
    end = _end(scope, instruction, steps, status, first=first, last=last)
    times = times_of(reading, scope, steps, groups, first=first, last=last)
    course, told = course_of_steps(reading, steps, times, status, pulse=instruction.pulse, settled=not last)
    status = dataclasses.replace(status, status=told)
    end = max([end, *(time.end for time in times if start <= time.start <= end + 40)])
    if reading.text[end : end + 1] == ")" and "(" in reading.text[start:end].split(")")[-1]:
        end += 1
    dosing = _dosing(instruction, steps, status, course)
    before = [time.days for time in times if time.role == "duration" and time.end <= scope.start]
    days = before[0] if before else days_between(course)  # "for four months last year she took ..."
    if days is not None and dosing.duration_days is None and not dosing.pulse and dosing.status in ("current", "past"):
        dosing = dataclasses.replace(dosing, duration_days=days)
    assertion = _assertion(scope.mention, status)
    temporality: Temporality = "planned" if dosing.status == "planned" else "current"
    if dosing.status == "past" or (dosing.status == "never" and scope.mention.temporality == "historical"):
        temporality = "historical"
    return reading.fact(
        "medication",
        scope.concept,
        terms[scope.concept].label,
        start,
        max(end, start + 1),
        assertion=assertion,
        experiencer=scope.mention.experiencer,
        temporality=temporality,
        course=course,
        dosing=dosing,
        time=_time(times, assertion, course, status.status),
        attributes=_attributes(reading, scope, scopes, end, status, dosing),
    )


def _time(
    times: Sequence[TimeExpression], assertion: str, course: Course | None, status: MedicationStatus
) -> Time | None:
    """The span over which a drug is denied; the day or month of a past one of which only that is told."""
    if assertion == "absent":
        return next((time.time for time in times if time.role == "lookback"), None)
    if status != "past" or course is None or course.end is not None or course.steps:
        return None
    return next((time.time for time in times if time.role == "point"), None)


def _end(
    scope: Scope,
    instruction: Instruction,
    steps: Sequence[DoseStep],
    status: DrugStatus,
    *,
    first: bool,
    last: bool,
) -> int:
    if not last:
        return max(scope.end if first else 0, max(step.end for step in steps))
    ends = [instruction.end, status.end] if first else [instruction.end, max(step.end for step in steps), status.end]
    return max([scope.end if first else 0, *ends])


def _assertion(mention: Mention, status: DrugStatus) -> str:
    if status.status == "never":
        return "absent"
    if mention.assertion in ("absent", "conditional"):
        return "present"
    return mention.assertion


def _dosing(instruction: Instruction, steps: Sequence[DoseStep], status: DrugStatus, course: Course | None) -> Dosing:
    shown = _shown(steps, status.status)
    if shown is None or status.status in ("never", "allergy"):
        return Dosing(status=status.status, route=instruction.route, reason_stopped=status.reason)
    duration = shown.duration_days
    if instruction.pulse:
        duration = duration or (Interval.exactly(1) if shown.interval_days else shown.doses) or None
    unit = shown.unit if shown.dose is not None or shown.per_day is not None else "mg"
    counted = unit not in ("mg", "[iU]", "mL") and "/" not in unit
    return Dosing(
        status=status.status,
        dose=None if counted else shown.dose,
        per_day=None if counted else (shown.dose if instruction.pulse and shown.per_day is None else shown.per_day),
        per_kg=shown.per_kg,
        unit="mg" if counted else unit,
        route=instruction.route,
        frequency=shown.frequency,
        duration_days=duration,
        reason_stopped=status.reason,
        pulse=instruction.pulse,
    )


def _shown(steps: Sequence[DoseStep], status: MedicationStatus) -> DoseStep | None:
    """The step that the fact's own dose tells: of a drug now taken the last one reached, else the first."""
    if not steps:
        return None
    reached = [step for step in steps if not step.forward]
    return reached[-1] if status == "current" and reached else steps[0]


def _is_severe(reading: Reading, scope: Scope, detail: str) -> bool:
    """Whether the sentence calls the reaction severe: "severe allergic reaction to X"."""
    words = cues("medications")["severe_reaction"]
    sentence = reading.normal[scope.sentence_start : scope.sentence_end]
    return re.search(rf"{alternatives(words)}\s+(?:\w+\s+)?{re.escape(detail)}", sentence, re.IGNORECASE) is not None


def _attributes(
    reading: Reading, scope: Scope, scopes: Sequence[Scope], end: int, status: DrugStatus, dosing: Dosing
) -> dict[str, str]:
    attributes: dict[str, str] = {}
    if status.detail:
        attributes["reason_detail"] = " ".join(status.detail.lower().split())
        if _is_severe(reading, scope, status.detail):
            attributes["reason_severity"] = "severe"
    purpose = purpose_of(reading, scope, end) or purpose_by_dose(scope, dosing)
    if purpose is not None:
        attributes["purpose"] = purpose
    indication = indication_of(reading, scope, scopes, end)
    if indication is not None and status.reason is None:
        attributes["indication"] = indication
    return attributes


def _is_supported(reading: Reading, scope: Scope, scopes: Sequence[Scope], terms: Vocabulary) -> bool:
    """An abbreviation that means other things too counts beside a dose, another drug, or in a list of drugs."""
    written = reading.text[scope.mention.start : scope.mention.end]
    if written not in cues("medications")["ambiguous"]:
        return True
    if reading.section_at(scope.start) in ("medications", "past_treatment", "allergies"):
        return True
    if len(scopes) > 1:
        return True
    return bool(instruction_of(reading, scope, terms).steps)
