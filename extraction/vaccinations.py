"""Vaccinations of a letter: a Reading with asserted mentions in, a Fact for each dose told or denied out.

A live vaccine counts by its day, so a denial keeps its window and "in childhood" keeps its distance.
"""

from __future__ import annotations

import re
from datetime import timedelta

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.when import clause_span, denied_time, sentence_span, time_beside
from extraction.wording import holds, names_a_thing_behind
from kb.facts import Fact, Temporality, Time
from kb.vocabulary import vocabulary


def read_vaccinations(reading: Reading) -> list[Fact]:
    """A fact for every vaccination that was given, is planned or is denied."""
    facts = []
    diseases: dict[str, str] = cues("events")["disease_as_vaccine"]
    for mention in reading.mentions:
        if mention.kind == "vaccine" and _is_vaccination(reading, mention):
            facts.append(_fact(reading, mention, mention.concept))
        elif mention.concept in diseases and (
            reading.section_at(mention.start) == "immunisation" or is_named_as_vaccine(reading, mention)
        ):
            facts.append(_fact(reading, mention, diseases[mention.concept]))
    return facts


def is_named_as_vaccine(reading: Reading, mention: Mention) -> bool:
    """Whether the name of a disease stands for its vaccine: "vaccines: influenza and pneumococcal, October"."""
    known = cues("events")
    if mention.concept not in known["disease_as_vaccine"]:
        return False
    start, end = sentence_span(reading, mention)
    if re.match(known["vaccine_behind"], reading.normal[mention.end : end], re.IGNORECASE):
        return True
    for other in reading.mentions_in(start, end):
        if other.kind != "vaccine":
            continue
        low, high = min(mention.end, other.end), max(mention.start, other.start)
        if low <= high and re.fullmatch(known["vaccine_list"], reading.normal[low:high], re.IGNORECASE):
            return True
    return False


def _fact(reading: Reading, mention: Mention, concept: str) -> Fact:
    time = _time(reading, mention)
    return reading.fact_of(
        "vaccination",
        concept,
        vocabulary()[concept].label,
        mention,
        temporality=_temporality(reading, mention, time),
        time=time,
    )


def _temporality(reading: Reading, mention: Mention, time: Time | None) -> Temporality:
    """A dose that was given is past; one of a day to come is planned."""
    if mention.assertion == "absent" and mention.temporality == "planned" and time is not None:
        return "current"  # a denial of a span that has passed
    if mention.assertion != "present" or mention.temporality == "planned":
        return mention.temporality
    day = reading.letter_date.latest if reading.letter_date else None
    ahead = time is not None and day is not None and time.earliest is not None and time.earliest > day
    return "planned" if ahead else "historical"


def _time(reading: Reading, mention: Mention) -> Time | None:
    if mention.assertion == "absent":
        return denied_time(reading, mention)
    found = time_beside(reading, mention)
    if found is not None and found.role != "duration":
        return found.time
    known = cues("events")
    start, end = clause_span(reading, mention)
    if holds(reading.normal[start:end], known["long_ago"]) and reading.letter_date and reading.letter_date.latest:
        return Time(None, reading.letter_date.latest - timedelta(days=int(known["long_ago_days"])))
    return None


def _is_vaccination(reading: Reading, mention: Mention) -> bool:
    """Whether a name of a disease or a class is meant as a vaccination here, and adds to what the sentence tells."""
    known = cues("events")
    start, end = sentence_span(reading, mention)
    if names_a_thing_behind(reading.normal, mention.end, known["name_of_something_else"]):
        return False
    vaccine_word = re.compile(known["vaccine_words"], re.IGNORECASE)
    if reading.section_at(mention.start) != "immunisation" and not vaccine_word.search(reading.normal, start, end):
        return reading.normal[mention.start : mention.end].lower() not in known["diseases_too"]
    if mention.concept not in ("vaccine", "live-vaccine") or mention.assertion != "present":
        return True
    if mention.concept == "live-vaccine":
        others = [one for one in reading.mentions_in(start, end) if one.kind == "vaccine" and one is not mention]
        return not any(vocabulary().is_a(one.concept, "live-vaccine") for one in others)
    if re.match(r"[^\n.;]{0,20}:", reading.normal[mention.end : end]):
        return False
    others = reading.mentions_in(start, end)
    named = (*known["disease_as_vaccine"], *known["vaccine_told_by"])
    return not any(
        (other.kind == "vaccine" and other.concept != "vaccine") or other.concept in named for other in others
    )
