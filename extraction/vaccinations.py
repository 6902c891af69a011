"""Vaccinations of a letter: a Reading with asserted mentions in, a Fact for each dose told or denied out.

A live vaccine counts by its day, so a denial keeps its window and "in childhood" keeps its distance.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from datetime import timedelta

from extraction.knowledge import cues
from extraction.reading import Mention, Reading, TimeExpression
from extraction.when import clause_span, denied_time, sentence_span, time_beside
from extraction.wording import holds, names_a_thing_behind
from kb.facts import Fact, Temporality, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary


def read_vaccinations(reading: Reading) -> list[Fact]:
    """A fact for every vaccination that was given, is planned or is denied."""
    facts = []
    diseases: dict[str, str] = cues("events")["disease_as_vaccine"]
    for mention in reading.mentions:
        if mention.concept in cues("events")["vaccine_denied_by_name"]:
            concept = cues("events")["vaccine_denied_by_name"][mention.concept]
            facts.append(_fact(reading, dataclasses.replace(mention, concept=concept, assertion="absent"), concept))
        elif mention.kind == "vaccine" and _is_vaccination(reading, mention):
            fact = _fact(reading, mention, mention.concept)
            facts += _doses_told_apart(reading, mention, fact) or [fact, *_further_doses(reading, mention, fact)]
            facts += _none_since(reading, mention, fact)
        elif mention.concept in diseases and (
            reading.section_at(mention.start) == "immunisation" or is_named_as_vaccine(reading, mention)
        ):
            named = _fact(reading, mention, diseases[mention.concept])
            facts += [named, *_none_since(reading, mention, named)]
    return _without_doubled(reading, facts)


def _none_since(reading: Reading, mention: Mention, fact: Fact) -> list[Fact]:
    """ "Influenza in October, none in the last two months", "the last vaccine was in 2023": any is denied from then."""
    if fact.assertion != "present" or fact.experiencer != "patient":
        return []
    any_vaccine = dataclasses.replace(mention, concept="vaccine", assertion="absent")
    start, end = sentence_span(reading, mention)
    for time in reading.times_in(mention.end, end):
        before = reading.normal[mention.end : time.start]
        if time.role == "lookback" and compiled(cues("events")["no_other_vaccine"], re.IGNORECASE).search(before):
            return [dataclasses.replace(_fact(reading, any_vaccine, "vaccine"), time=time.time)]
    day = reading.letter_date.latest if reading.letter_date else None
    told = fact.time.latest if fact.time is not None else None
    last = compiled(cues("events")["last_vaccine"], re.IGNORECASE).search(reading.normal, start, mention.start)
    if mention.concept != "vaccine" or last is None or last.end() < mention.start or told is None or day is None:
        return []
    return [dataclasses.replace(_fact(reading, any_vaccine, "vaccine"), time=Time(told, day))] if told < day else []


def _doses_told_apart(reading: Reading, mention: Mention, told: Fact) -> list[Fact]:
    """ "She was to have two MMR doses. The first was last summer, the second on Friday": a fact for each day."""
    following = mention.sentence + 1
    if told.time is not None or mention.assertion != "present" or following >= len(reading.sentences):
        return []
    sentence = reading.sentences[following]
    apart = compiled(cues("events")["doses_told_apart"], re.IGNORECASE).match(
        reading.normal, sentence.start, sentence.end
    )
    others = [one for one in reading.mentions_in(sentence.start, sentence.end) if one.kind in ("vaccine", "drug")]
    if apart is None or others or reading.is_parted(mention.sentence):
        return []
    return [
        dataclasses.replace(told, time=time.time, temporality=_temporality(reading, mention, time.time))
        for time in reading.times_in(sentence.start, sentence.end)
        if time.role == "point" and time.time is not None
    ]


def _further_doses(reading: Reading, mention: Mention, first: Fact) -> list[Fact]:
    """ "MMR on 10 January and 24 February": a fact for each further day that stands behind the first one."""
    if mention.assertion != "present" or first.time is None:
        return []
    end = clause_span(reading, mention)[1]
    times = [one for one in reading.times_in(mention.end, end) if one.role == "point" and one.time is not None]
    doses: list[Fact] = []
    for before, time in itertools.pairwise(times):
        if before.time != (doses[-1].time if doses else first.time):
            continue
        if re.fullmatch(cues("events")["further_dose"], reading.normal[before.end : time.start]):
            doses.append(
                dataclasses.replace(first, time=time.time, temporality=_temporality(reading, mention, time.time))
            )
    return doses


def _without_doubled(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """Without an undated dose that its sentence names again with its day: "oral typhoid (Vivotif), 1 November"."""
    dated = {
        (fact.concept, reading.sentence_at(fact.start))
        for fact in facts
        if fact.time is not None and fact.assertion == "present"
    }
    return [
        fact
        for fact in facts
        if fact.time is not None
        or fact.assertion != "present"
        or (fact.concept, reading.sentence_at(fact.start)) not in dated
    ]


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
    mention = _given_against(reading, mention)
    if concept in cues("events")["live_or_not"] and re.match(
        cues("events")["not_live_behind"], reading.normal[mention.end : mention.end + 60], re.IGNORECASE
    ):
        concept = "inactivated-vaccine"
    return reading.fact_of(
        "vaccination",
        concept,
        vocabulary()[concept].label,
        mention,
        temporality=_temporality(reading, mention, time),
        time=time,
    )


def _given_against(reading: Reading, mention: Mention) -> Mention:
    """ "Vaccinated against yellow fever": a condition where diseases are told, the vaccine itself where doses are."""
    if mention.assertion != "conditional" or mention.cue is None:
        return mention
    known = cues("events")
    if not holds(reading.normal[slice(*mention.cue)], known["given_against"]):
        return mention
    before = reading.normal[sentence_span(reading, mention)[0] : mention.cue[0]]
    denied = re.search(known["not_given_against"], before, re.IGNORECASE) is not None
    return dataclasses.replace(mention, assertion="absent" if denied else "present")


def _temporality(reading: Reading, mention: Mention, time: Time | None) -> Temporality:
    """A dose that was given is past; one of a day to come, or that was only offered or declined, is planned."""
    before = reading.normal[clause_span(reading, mention)[0] : mention.start]
    if mention.assertion == "present" and re.search(cues("events")["not_taken_up"], before, re.IGNORECASE):
        return "planned"
    if mention.assertion == "present" and mention.temporality == "planned" and _was_given(reading, mention, time):
        return "historical"
    if mention.assertion == "absent" and mention.temporality == "planned" and time is not None:
        return "current"  # a denial of a span that has passed
    if mention.assertion != "present" or mention.temporality == "planned":
        return mention.temporality
    day = reading.letter_date.latest if reading.letter_date else None
    ahead = time is not None and day is not None and time.earliest is not None and time.earliest > day
    return "planned" if ahead else "historical"


def _was_given(reading: Reading, mention: Mention, time: Time | None) -> bool:
    """Whether a vaccine with a day behind us stands with words of giving ("was given Stamaril") or in a record."""
    day = reading.letter_date.latest if reading.letter_date else None
    if time is None or time.latest is None or day is None or time.latest > day:
        return False
    told = holds(reading.normal[slice(*sentence_span(reading, mention))], cues("events")["vaccine_given"])
    return told or reading.section_at(mention.start) == "immunisation"


def _time(reading: Reading, mention: Mention) -> Time | None:
    if mention.assertion == "absent":
        return denied_time(reading, mention)
    found = time_beside(reading, mention) or _beside_word_of_vaccination(reading, mention)
    found = _day_before_the_next(reading, mention, found) or found
    if found is not None and found.role != "duration":
        return found.time
    known = cues("events")
    start, end = clause_span(reading, mention)
    if holds(reading.normal[start:end], known["long_ago"]) and reading.letter_date and reading.letter_date.latest:
        return Time(None, reading.letter_date.latest - timedelta(days=int(known["long_ago_days"])))
    return None


def _day_before_the_next(reading: Reading, mention: Mention, found: TimeExpression | None) -> TimeExpression | None:
    """ "On 16 February she took the first dose of Qdenga, the second being due in May": not the day of the next one."""
    day = reading.letter_date.latest if reading.letter_date else None
    if found is None or found.time is None or found.time.earliest is None or day is None or found.start < mention.end:
        return None
    to_come = compiled(cues("events")["next_dose"], re.IGNORECASE)
    if not to_come.search(reading.normal[mention.end : found.start]) and found.time.earliest <= day:
        return None
    start = sentence_span(reading, mention)[0]
    if not holds(reading.normal[start : mention.start], cues("events")["vaccine_given"]):
        return None
    before = [time for time in reading.times_in(start, mention.start) if time.role == "point" and time.time is not None]
    past = [
        time for time in before if time.time is not None and time.time.latest is not None and time.time.latest <= day
    ]
    return past[-1] if past else None


def _beside_word_of_vaccination(reading: Reading, mention: Mention) -> TimeExpression | None:
    """ "Against yellow fever she was vaccinated on 26 February": the day behind the word that the name belongs to."""
    following = reading.mentions_in(mention.end, sentence_span(reading, mention)[1])
    nearest = next((one for one in following if one.kind == "vaccine"), None)
    return time_beside(reading, nearest) if nearest is not None and nearest.concept == "vaccine" else None


def _is_vaccination(reading: Reading, mention: Mention) -> bool:
    """Whether a name of a disease or a class is meant as a vaccination here, and adds to what the sentence tells."""
    known = cues("events")
    start, end = sentence_span(reading, mention)
    if names_a_thing_behind(reading.normal, mention.end, known["name_of_something_else"]):
        return False
    if _is_advice(reading, mention, start, end):
        return False
    vaccine_word = compiled(known["vaccine_words"], re.IGNORECASE)
    if reading.section_at(mention.start) != "immunisation" and not vaccine_word.search(reading.normal, start, end):
        if reading.normal[mention.start : mention.end].lower() not in known["diseases_too"]:
            return True
        dated = reading.times_in(mention.end, min(end, mention.end + 3))
        return bool(dated) and dated[0].role == "point"  # "Yellow fever 10/2/26"
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


def _is_advice(reading: Reading, mention: Mention, start: int, end: int) -> bool:
    """ "MMR immune", "no live vaccines while on rituximab please": protection or advice, not a dose or its denial."""
    known = cues("events")
    behind = reading.normal[mention.end : end]
    if re.match(known["immunity_behind"], behind, re.IGNORECASE):
        return True
    denied = mention.assertion == "absent" and mention.concept in ("vaccine", "live-vaccine")
    return denied and re.match(known["advice_behind"], behind, re.IGNORECASE) is not None
