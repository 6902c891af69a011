"""How an infection was treated: a Reading and its mention in, one short word out.

"Pneumonia, treated" of a list is over as far as it goes; a disease's own name ("systemic lupus") treats nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from extraction.antibiograms import is_of_an_antibiogram
from extraction.knowledge import cues
from extraction.reading import Mention, Reading, TimeExpression
from extraction.when import clause_span, sentence_span
from extraction.wording import pattern_of
from kb.facts import Interval, Time
from kb.vocabulary import vocabulary

_LONGEST = 366  # days of a treatment


def treatment_of(reading: Reading, mention: Mention) -> str | None:
    """`none`, `topical`, `systemic` or `completed`, as the sentence tells; None where it does not."""
    start, end = sentence_span(reading, mention)
    sentence = reading.normal[start:end]
    values: Mapping[str, list[str]] = cues("conditions")["treatment"]
    for value in ("none", "topical"):
        if pattern_of(tuple(values[value])).search(sentence):
            return value
    if last_day_treated(reading, mention) is not None:
        return "systemic"
    if pattern_of(tuple(values["completed"])).search(sentence):
        return "completed"
    if _is_told_as_treated(reading, mention, sentence):
        return "completed"
    if _was_treated_once(reading, mention, sentence) or treated_some_time(sentence):
        return None
    if pattern_of(tuple(values["systemic"])).search(_without_names(reading, mention)):
        return "systemic"
    drugs = [
        other
        for other in reading.mentions_in(*sentence_span(reading, mention))
        if other.kind == "drug" and not is_of_an_antibiogram(reading, other.start, other.end)
    ]
    terms = vocabulary()
    against = ("antibiotic", "antiviral", "antifungal", "antituberculous", "antiparasitic")
    return "systemic" if any(terms.is_a(drug.concept, general) for drug in drugs for general in against) else None


def last_day_treated(reading: Reading, mention: Mention) -> Time | None:
    """The last day of a treatment without a drug's name: "chest infection on 2 March, treated until the 8th"."""
    terms = vocabulary()
    if mention.assertion != "present" or not terms.is_a(mention.concept, "infection"):
        return None
    start, end = sentence_span(reading, mention)
    told = _going_on(reading, mention)
    others = [one.start for one in reading.mentions_in(mention.end, told) if one.kind in ("condition", "drug")]
    if any(one.kind == "drug" for one in reading.mentions_in(start, end)):
        return None
    days = [
        day
        for time in reading.times_in(mention.end, min([told, *others]))
        if (day := _ends_on(reading, mention, time)) is not None
    ]
    return max(days, key=lambda day: day.latest or date.min, default=None)


def _going_on(reading: Reading, mention: Mention) -> int:
    """Where the sentence ends, or the one behind it that goes on with its treatment."""
    end = sentence_span(reading, mention)[1]
    number = reading.sentence_at(mention.start) + 1
    opens = cues("conditions")["treated_until"]["opens"]
    if number < len(reading.sentences) and not reading.is_parted(number - 1):
        following = reading.sentences[number]
        if re.match(opens, reading.normal[following.start : following.end], re.IGNORECASE):
            return following.end
    return end


def _ends_on(reading: Reading, mention: Mention, time: TimeExpression) -> Time | None:
    """The end that words of treatment directly before a time make of it."""
    known = cues("conditions")["treated_until"]
    before = reading.normal[mention.end : time.start]
    if time.role in ("end", "span") and re.search(known["treated"], before, re.IGNORECASE):
        return time.end_time if time.role == "span" else time.time
    if time.role in ("point", "end") and re.search(known["ended"], before, re.IGNORECASE):
        return time.time
    if time.role == "duration" and time.days is not None and re.search(known["treated"], before, re.IGNORECASE):
        begun = [one.time for one in reading.times_in(*sentence_span(reading, mention)) if one.role == "point"]
        return None if len(begun) != 1 or begun[0] is None else _after(begun[0], time.days)
    return None


def _after(begun: Time, days: Interval) -> Time | None:
    if begun.earliest is None or begun.latest is None or days.low is None or days.high is None:
        return None
    first, last = (timedelta(days=min(count, _LONGEST)) for count in (days.low, days.high))
    return Time(begun.earliest + first, begun.latest + last)


def _without_names(reading: Reading, mention: Mention) -> str:
    """The sentence with a blank for each name of a disease: "systemic lupus", "class IV nephritis" treat nothing."""
    start, end = sentence_span(reading, mention)
    sentence = reading.normal[start:end]
    for other in reading.mentions_in(start, end):
        if other.kind == "condition":
            first, last = other.start - start, other.end - start
            sentence = f"{sentence[:first]}{' ' * (last - first)}{sentence[last:]}"
    return re.sub(cues("conditions")["numbered"], " ", sentence, flags=re.IGNORECASE)


def _is_told_as_treated(reading: Reading, mention: Mention, sentence: str) -> bool:
    """ "Pneumonia, treated", of a list of diagnoses and with no date: what was done is over as far as it goes."""
    known = cues("conditions")["treated_once"]
    behind = reading.normal[mention.end : sentence_span(reading, mention)[1]]
    if re.match(known["participle"], behind, re.IGNORECASE) is None:
        return False
    going_on = re.search(known["not_with"], sentence, re.IGNORECASE)
    return going_on is None and not reading.times_in(*clause_span(reading, mention))


def _was_treated_once(reading: Reading, mention: Mention, sentence: str) -> bool:
    """ "A urinary infection was treated with antibiotics", with no date: at any time, not this week for certain."""
    known = cues("conditions")["treated_once"]
    told, going_on = (re.search(known[key], sentence, re.IGNORECASE) for key in ("told", "not_with"))
    return told is not None and going_on is None and not reading.times_in(*sentence_span(reading, mention))


def treated_some_time(sentence: str) -> bool:
    """ "The GP treated a urine infection lately, but not when": a treatment that is over, at no day that is told."""
    known = cues("conditions")["treated_once"]
    told, going_on = (re.search(known[key], sentence, re.IGNORECASE) for key in ("vague", "vague_not_with"))
    return told is not None and going_on is None
