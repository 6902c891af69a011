"""Procedures, vaccinations and research studies of a letter: a Reading with asserted mentions in, Facts out.

A name alone is not yet an event: a transplant clinic is no transplant, a CAR-T trial that the letter asks for no
earlier CAR-T, and the trial that is applied to no taking part in another.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator

from extraction.condition_attributes import nephritis_class
from extraction.episodes import episode_of
from extraction.knowledge import cues
from extraction.no_condition import spelling_means_another
from extraction.reading import Mention, Reading, TimeExpression
from extraction.renal_replacement import (
    begun_then,
    end_is_untold,
    last_session,
    lasts,
    only_spoken_of,
    replacement_told_once,
    told_of_the_past,
    until_transplant,
)
from extraction.result_words import alternatives
from extraction.studies import read_studies
from extraction.transplanted_organs import transplanted_organ
from extraction.treatment_columns import treatments_of_columns
from extraction.vaccinations import read_vaccinations
from extraction.when import clause_span, denied_time, lasting, sentence_span, time_beside
from extraction.wording import after_words, holds, names_a_thing_behind, pattern_of, value_of
from kb.facts import Course, Fact, Temporality, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_BESIDE = 14  # characters
_LOOKED_INTO = 60  # characters before a transplant that may say so


def read_events(reading: Reading) -> list[Fact]:
    """A fact for every procedure, vaccination and research study that happened, is planned or is denied."""
    by_columns = list(treatments_of_columns(reading))
    facts: list[Fact] = [fact for _, found in by_columns for fact in found]
    for mention in reading.mentions:
        if any(start <= mention.start < end for (start, end), _ in by_columns):
            continue
        if mention.kind == "procedure" and not vocabulary().is_a(mention.concept, "study"):
            facts += _procedures(reading, mention)
    facts = replacement_told_once(reading, _without_references(reading, facts))
    return facts + read_vaccinations(reading) + read_studies(reading)


def _without_references(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """Without "infections since the CAR-T" and the like, where the cells are told with their target elsewhere."""
    given = [fact for fact in facts if fact.concept == "car-t" and fact.assertion == "present"]
    if not any(fact.experiencer == "patient" and "target" in fact.attributes for fact in given):
        return facts
    pattern = cues("events")["refers_back"]
    bare = [fact for fact in given if not {"target", "outcome"} & fact.attributes.keys()]
    back = [fact for fact in bare if re.search(pattern, reading.normal[: fact.start][-40:], re.IGNORECASE)]
    return [fact for fact in facts if fact not in back]


def _procedures(reading: Reading, mention: Mention) -> Iterator[Fact]:
    known = cues("events")
    named_by_it = _is_clinic_of_the_grafted(reading, mention)
    if not named_by_it and _names_something_else(reading, mention):
        return
    if spelling_means_another(reading, mention) or _is_heading(reading, mention):
        return
    if mention.concept in known["only_denied"]:
        if not _is_denied_itself(reading, mention):
            return
        mention = dataclasses.replace(mention, concept=known["only_denied"][mention.concept])
    car_t = vocabulary().is_a(mention.concept, "car-t")
    spoken_of = only_spoken_of(reading, mention)
    if spoken_of is not None:
        mention = dataclasses.replace(mention, assertion="possible" if spoken_of == "spoken of" else "absent")
    time, course = (None, None) if spoken_of == "never" else _when(reading, mention)
    temporality = "historical" if named_by_it else _temporality(reading, mention, time, course, car_t=car_t)
    if car_t and (temporality == "planned" or _is_own_declined(reading, mention)):
        return  # what the letter asks for
    if spoken_of == "never":
        temporality = "historical"
    general = known["as_general"].get(mention.concept, _meant(reading, mention))
    for concept in ["car-t"] if car_t else known["both"].get(general, [general]):
        placed = mention if concept == general else dataclasses.replace(mention, concept=concept)
        attributes = _car_t_attributes(reading, mention) if car_t else _attributes(reading, placed)
        yield reading.fact_of(
            "procedure",
            concept,
            vocabulary()[concept].label,
            mention,
            temporality=temporality,
            time=time,
            course=course,
            attributes=attributes,
        )


def _names_something_else(reading: Reading, mention: Mention) -> bool:
    """Whether the name goes on as that of a thing ("transplant clinic"); "CAR-T history: none" denies the cells."""
    known = cues("events")
    if mention.assertion == "absent" and names_a_thing_behind(reading.normal, mention.end, known["names_of_history"]):
        return False
    return names_a_thing_behind(reading.normal, mention.end, known["name_of_something_else"])


def _is_heading(reading: Reading, mention: Mention) -> bool:
    """ "RRT: haemodialysis from 12/2024 to 02/2025": a name that only says what the rest of its line is about."""
    if mention.assertion != "present" or not re.match(r"\s*:", reading.normal[mention.end : mention.end + 3]):
        return False
    others = reading.mentions_in(mention.end, sentence_span(reading, mention)[1])
    terms = vocabulary()
    return any(
        terms.is_a(other.concept, mention.concept) or terms.is_a(mention.concept, other.concept)
        for other in others
        if other.kind == "procedure"
    )


def _is_clinic_of_the_grafted(reading: Reading, mention: Mention) -> bool:
    """ "Renal allograft clinic": who is seen there has a graft, unless a relative is."""
    clinic = compiled(cues("events")["clinic_of_those_who_had_it"], re.IGNORECASE)
    if mention.assertion != "present" or clinic.match(reading.normal, mention.start) is None:
        return False
    before = reading.normal[sentence_span(reading, mention)[0] : mention.start]
    return not holds(before, cues("context")["sets"]["relative"])


def _is_denied_itself(reading: Reading, mention: Mention) -> bool:
    """Whether the vague name is denied, and is not of another sort ("no skin graft")."""
    before = reading.normal[max(0, mention.start - 16) : mention.start].split()
    other = bool(before) and before[-1].lower() in cues("events")["other_grafts"]
    return mention.assertion == "absent" and not other


def _is_own_declined(reading: Reading, mention: Mention) -> bool:
    """ "Does not wish to go on with the CAR-T study", "does not want CAR-T" deny nothing of the past."""
    known = cues("events")
    behind = reading.normal[mention.end : mention.end + 40]
    before = reading.normal[sentence_span(reading, mention)[0] : mention.start]
    declined = re.search(known["declined_before"], before, re.IGNORECASE) is not None
    return mention.assertion == "absent" and (declined or after_words(behind, known["own_cells_behind"]))


def _meant(reading: Reading, mention: Mention) -> str:
    sentence = reading.normal[slice(*sentence_span(reading, mention))]
    of_kidney = mention.concept == "biopsy" and re.search(cues("events")["biopsy_of_the_kidney"], sentence)
    if of_kidney:
        return "renal-biopsy"
    return (transplanted_organ(reading, mention) if mention.concept == "transplant" else None) or mention.concept


def _temporality(
    reading: Reading, mention: Mention, time: Time | None, course: Course | None, *, car_t: bool
) -> Temporality:
    """Planned where it lies ahead or is only spoken of; historical where it is done, or denied for all time."""
    known = cues("events")
    if mention.assertion == "absent":
        return _denied_temporality(reading, mention, time)
    if mention.assertion == "conditional":
        return mention.temporality
    if time is None and course is None and lasts(mention.concept) and told_of_the_past(reading, mention):
        return "historical"
    day = reading.letter_date.latest if reading.letter_date else None
    if time is not None and day is not None and time.earliest is not None and time.earliest > day:
        return "planned"
    behind = reading.normal[mention.end : mention.end + 40]
    if car_t:
        return "historical" if _was_given(reading, mention, time) else "planned"
    if after_words(behind, known["planned_behind"]):
        return "planned"
    if _is_only_looked_into(reading, mention):
        return "planned"
    if time is not None and day is not None and time.latest is not None and time.latest < day:
        return "historical" if course is None or course.ongoing is not True else "current"
    if course is not None and (course.ongoing is False or (course.start is not None and course.ongoing is None)):
        return "historical"
    if mention.temporality == "current" and time is None and reading.section_at(mention.start) == "plan":
        return "planned"
    if mention.temporality == "current" and vocabulary().is_a(mention.concept, "transplant"):
        return "historical"  # a graft that she has was grafted some day
    return mention.temporality


def _is_only_looked_into(reading: Reading, mention: Mention) -> bool:
    """ "Listed for a kidney transplant in 2025": the day is that of the list."""
    known = cues("events")
    if vocabulary().is_a(mention.concept, "transplant"):
        spoken_of = compiled(known["only_spoken_of"], re.IGNORECASE)
        if spoken_of.match(reading.normal, mention.end, clause_span(reading, mention)[1]):
            return True
        before = reading.normal[max(0, mention.start - _LOOKED_INTO) : mention.start]
        looked = rf"{alternatives(known['only_looked_into'])}\s+for\s+(?:an?\s+|the\s+|possible\s+)*$"
        if re.search(looked, before, re.IGNORECASE):
            return True
        if compiled(known["spoken_of_before"], re.IGNORECASE).search(before):
            behind = reading.normal[mention.end : sentence_span(reading, mention)[1]]
            return re.search(known["came_to_it"], behind, re.IGNORECASE) is None
    if mention.temporality != "planned" or mention.cue is None or mention.cue[1] > mention.start:
        return False
    told = reading.normal[mention.cue[0] : mention.start]
    transplant = vocabulary().is_a(mention.concept, "transplant")
    return transplant and holds(told, known["only_looked_into"]) and not holds(told, known["had_at_last"])


def _denied_temporality(reading: Reading, mention: Mention, time: Time | None) -> Temporality:
    """Historical where it is denied for all time: "never", "has not had", and what is done once or never."""
    if mention.temporality == "historical" or _denied_in_perfect(reading, mention):
        return "historical" if time is None else "current"
    once = vocabulary().is_one_of(mention.concept, cues("events")["denied_ever"])
    ever = holds(reading.normal[slice(*sentence_span(reading, mention))], cues("conditions")["ever_words"])
    return "historical" if time is None and (once or ever) else "current"


def _denied_in_perfect(reading: Reading, mention: Mention) -> bool:
    """ "has not needed dialysis" denies it up to now, "is not on dialysis" denies it now."""
    if mention.cue is None:
        return False
    known = cues("events")
    between = reading.normal[mention.cue[0] : mention.start]
    return holds(between, known["perfect_denials"]) and holds(between, known["perfect_verbs"])


def _was_given(reading: Reading, mention: Mention, time: Time | None) -> bool:
    """Whether the words around a CAR-T say that cells were infused: a past date, or a verb of it beside the name."""
    known = cues("events")
    day = reading.letter_date.latest if reading.letter_date else None
    dated = time is not None and (time.latest is None or day is None or time.latest <= day)
    start, end = clause_span(reading, mention)
    before, behind = reading.normal[start : mention.start], reading.normal[mention.end : end]
    given_before = holds(before[-45:], known["given_before"])
    spoken_of = after_words(behind, known["planned_behind"]) or holds(before[-60:], known["spoken_before"])
    if dated and time == reading.letter_date and not given_before and not holds(behind[:60], known["given_behind"]):
        return False  # "To: investigator, CAR-T in SLE     Date: 6 May 2026"
    asked_for = holds(before[-_BESIDE:], known["spoken_before"])  # "since 2010, for your protocol of CAR-T cells"
    certified = dated and holds(before[-45:], known["certified_before"])  # "a card of a clinic: 'CAR-T, 2023'"
    if asked_for or (spoken_of and not given_before and not certified) or _is_of_contraception(reading, mention):
        return False
    if mention.temporality == "historical":
        return True
    if mention.temporality == "planned" and not dated and not _in_a_study(reading, mention, before):
        return False
    return given_before or holds(behind[:60], known["given_behind"]) or dated


def _is_of_contraception(reading: Reading, mention: Mention) -> bool:
    """ "Agrees to the coil for 12 months after a CAR-T infusion": the cells are those still to come."""
    known = cues("events")
    before = reading.normal[reading.normal.rfind("\n", 0, mention.start) + 1 : mention.start]
    ahead = re.search(known["time_ahead"], before, re.IGNORECASE) is not None
    return ahead and re.search(known["contraception"], before, re.IGNORECASE) is not None


def _in_a_study(reading: Reading, mention: Mention, before: str) -> bool:
    """ "Received BCMA CAR-T (NCT study)": the study behind is the one in which the cells were given."""
    named_behind = mention.cue is not None and mention.cue[0] >= mention.end
    return named_behind and re.search(cues("events")["received_before"], before, re.IGNORECASE) is not None


def _when(reading: Reading, mention: Mention) -> tuple[Time | None, Course | None]:
    if mention.assertion == "absent":
        return denied_time(reading, mention), None
    known = cues("events")
    if re.search(known["later_life"], reading.normal[mention.start : mention.end]):
        return None, None
    found = time_beside(reading, mention)
    if found is not None and found.role == "duration":
        found = time_beside(reading, mention, ("point", "span")) or found
    if not lasts(mention.concept):
        return (found.time if found is not None and found.role != "duration" else None), None
    start, end = clause_span(reading, mention)
    clause = reading.normal[start:end]
    before, behind = reading.normal[start : mention.start], reading.normal[mention.end : end]
    had = (
        re.search(known["was_had"], before, re.IGNORECASE) is not None
        or re.match(known["was_needed"], behind, re.IGNORECASE) is not None
        or (re.search(known["was_put_on"], before, re.I) and re.match(known["for_a_time"], behind, re.I)) is not None
    )
    undated = found is None or found.role == "duration"
    over = holds(clause, known["over"]) or mention.temporality == "historical" or (had and undated)
    over = over or end_is_untold(reading, mention)
    ongoing = not over and mention.temporality == "current" and holds(_around(reading, mention), known["ongoing"])
    last = last_session(reading, mention) or until_transplant(reading, mention)
    if last is not None and (found is None or found.role in ("start", "point", "duration")):
        start_day = found.time if found is not None and found.role == "start" else None
        return None, Course(start=start_day, end=last.end_time or last.time, ongoing=False)
    ends = found is not None and found.role in ("point", "start")
    if over and found is not None and ends and _ends_it(reading, mention, found, known["end_before"]):
        return found.time, Course(end=found.time, ongoing=False)
    if undated and not ongoing and mention.temporality != "planned":
        days = episode_of(reading, mention)
        if days is not None:
            return days, None
    if found is not None and found.role == "point" and not over and not ongoing and begun_then(reading, mention):
        return None, Course(start=found.time)
    return lasting(reading, found, over=over, ongoing=ongoing)


def _around(reading: Reading, mention: Mention) -> str:
    """The clause with two words before it, for "on" and "currently on"."""
    start, end = clause_span(reading, mention)
    return reading.normal[max(sentence_span(reading, mention)[0], start - 12) : end]


def _ends_it(reading: Reading, mention: Mention, found: TimeExpression, words: list[str]) -> bool:
    start, _ = clause_span(reading, mention)
    return holds(reading.normal[min(start, found.start) : max(mention.start, found.start)], words)


def _attributes(reading: Reading, mention: Mention) -> dict[str, str]:
    known = cues("events")
    found: dict[str, str | None] = {}
    kind = known["kind_of"].get(mention.concept)
    if kind is not None:
        found["kind"] = kind
    if mention.concept in known["sided"]:
        found["side"] = value_of(reading.normal[slice(*clause_span(reading, mention))], known["side"])
    if "renal-biopsy" in (mention.concept, _meant(reading, mention)):
        found["isn_class"] = _class_of_biopsy(reading, mention)
    return {name: value for name, value in found.items() if value is not None}


def _class_of_biopsy(reading: Reading, mention: Mention) -> str | None:
    for number in range(mention.sentence, min(mention.sentence + 2, len(reading.sentences))):
        sentence = reading.sentences[number]
        found = nephritis_class(reading.normal[sentence.start : sentence.end])
        if found is not None:
            return found
    return None


def _car_t_attributes(reading: Reading, mention: Mention) -> dict[str, str]:
    known = cues("events")
    start, end = sentence_span(reading, mention)
    target = known["targets_of_products"].get(mention.concept) or _target(reading, mention)
    outcome = _outcome(reading, mention) if mention.assertion != "absent" else None
    kind = value_of(reading.normal[start:end], known["kinds"])
    vector = value_of(reading.normal[start:end], known["vectors"])
    found = {"target": target, "outcome": outcome, "kind": kind, "vector": vector}
    return {name: value for name, value in found.items() if value is not None}


def _target(reading: Reading, mention: Mention) -> str | None:
    """The antigens named beside the cells, as "cd19" or "cd19/bcma", in the order of the guide."""
    start, end = clause_span(reading, mention)
    beside = reading.normal[max(start, mention.start - 60) : min(end, mention.end + 60)]
    targets: dict[str, list[str]] = cues("events")["target_names"]
    named = [target for target, names in targets.items() if _target_pattern(tuple(names)).search(beside)]
    return "/".join(named) or None


@functools.cache
def _target_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return compiled(r"(?<![a-z])(?:" + "|".join(re.escape(name) for name in names) + r")(?!\d)", re.IGNORECASE)


_CLAUSE_END = compiled(r"[,;:.]")
_FREE_OF_IT = compiled(r"[- ]free\b", re.IGNORECASE)  # "relapse-free"


def _outcome(reading: Reading, mention: Mention) -> str | None:
    """How it went: a relapse or poor response in its sentence or the next two outweighs a remission before it."""
    known = cues("events")
    last = min(mention.sentence + 2, len(reading.sentences) - 1)
    end = reading.sentences[last].end
    others = [other for other in reading.mentions_in(mention.end, end) if vocabulary().is_a(other.concept, "car-t")]
    start = sentence_span(reading, mention)[0]
    text = reading.normal[start : others[0].start if others else end]
    for outcome in ("relapse", "poor-response", "remission"):
        for match in pattern_of(tuple(known["outcomes"][outcome])).finditer(text):
            before = text[max(0, match.start() - 24) : match.start()]
            if outcome == "remission":
                before = _CLAUSE_END.split(before)[-1]  # "without complications; no relapse"
            if not holds(before, known["denied_outcome_before"]) and not _FREE_OF_IT.match(text, match.end()):
                return outcome
    return None
