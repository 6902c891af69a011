"""The dose instruction of one drug of a sentence: its scope in, the parsed words before and behind its name out.

What a dose sheet says of any drug is `dosing`'s; here it is that of this drug: its usual route, whether it is taken
daily, in grams without a unit, or as a pulse.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from extraction.dose_steps import DoseStep, product
from extraction.dosing import Instruction, parse_dose
from extraction.drug_scope import Scope, masked_times
from extraction.knowledge import cues
from extraction.not_the_drug import is_level
from extraction.reading import Reading
from kb.vocabulary import Drug, Vocabulary


def instruction_of(reading: Reading, scope: Scope, terms: Vocabulary) -> Instruction:
    """The dose words before and behind the name, parsed as one; offsets are those of the document."""
    start = scope.before
    text = masked_times(reading, start, max(scope.after, scope.end))
    text = text[: scope.start - start] + " " * (scope.end - scope.start) + text[scope.end - start :]
    if start == scope.sentence_start and text.lower().startswith("under "):
        text = " " * 5 + text[5:]  # "Under 60 mg of prednisone she flares": on it, and no less
    if is_level(reading, scope):
        text = ""
    name = _told_by_name(reading.normal[scope.start : scope.end])
    daily = terms.is_one_of(scope.concept, cues("medications")["daily_when_untold"])
    dated = (
        _days_beside(reading, scope, start)
        if terms.is_one_of(scope.concept, cues("medications")["told_in_steps"])
        else ()
    )
    instruction = parse_dose(text, bare_from=scope.end - start, assume_daily=daily, dated=dated)
    route = instruction.route or name.route or _usual_route(scope.concept, terms)
    if daily and route in cues("medications")["daily_unless_route"]:
        instruction = parse_dose(text, bare_from=scope.end - start, dated=dated)
    steps = tuple(_placed(_in_grams(step, scope.concept, terms), start) for step in instruction.steps)
    if terms.is_one_of(scope.concept, cues("medications")["times_a_day"]):
        steps = tuple(_times_a_day(step) for step in steps)
    return dataclasses.replace(
        instruction,
        steps=steps,
        route=route,
        pulse=instruction.pulse or name.pulse or _is_pulse(steps, route, scope.concept, terms),
        start=start + instruction.start,
        end=start + instruction.end if instruction.end else 0,
    )


def _days_beside(reading: Reading, scope: Scope, offset: int) -> tuple[tuple[int, int], ...]:
    """Where days stand in the words of a drug, which are blank in the text of its dose."""
    times = reading.times_in(offset, max(scope.after, scope.end))
    return tuple((time.start - offset, time.end - offset) for time in times if time.role != "duration")


@functools.lru_cache(maxsize=256)  # the same few names are written again and again
def _told_by_name(name: str) -> Instruction:
    """What the name itself says of route and pulse: "IV methylprednisolone"."""
    return parse_dose(name)


def _usual_route(concept: str, terms: Vocabulary) -> str | None:
    term = terms[concept]
    return term.route if isinstance(term, Drug) else None


def _placed(step: DoseStep, offset: int) -> DoseStep:
    return dataclasses.replace(step, start=step.start + offset, end=step.end + offset)


def _in_grams(step: DoseStep, concept: str, terms: Vocabulary) -> DoseStep:
    """ "0.2 bid" without a unit is grams for a drug that is never given in so few milligrams."""
    rule = cues("medications")["bare_grams"]
    if not step.bare or step.dose is None or (step.dose.high or 0) > float(rule["at_most"]):
        return step
    if not terms.is_one_of(concept, rule["drugs"]):
        return dataclasses.replace(step, dose=None, per_day=None, per_kg=None)
    per_day = None if step.per_day is None else step.per_day.scaled(1000)
    return dataclasses.replace(step, dose=step.dose.scaled(1000), per_day=per_day)


def _times_a_day(step: DoseStep) -> DoseStep:
    """ "1 g x 2" of a drug taken every day: so many times a day."""
    told = step.frequency or step.duration_days or step.interval_days
    if told or step.doses is None or step.dose is None or (step.doses.high or 9) > 4:
        return step
    return dataclasses.replace(step, per_day=product(step.dose, step.doses), doses=None)


def _is_pulse(steps: Sequence[DoseStep], route: str | None, concept: str, terms: Vocabulary) -> bool:
    rule = cues("medications")["pulse"]
    if not terms.is_a(concept, rule["drugs"]) or not steps or steps[0].dose is None or steps[0].unit != "mg":
        return False
    return route in ("iv", None) and (steps[0].dose.low or 0) >= float(rule["at_least_mg"])
