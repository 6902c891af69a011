"""Taking part in research: a Reading with asserted mentions in, a Fact for each study joined or denied out.

The trial that the letter applies to is not taking part, nor is a trial of a drug or a sleep study.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import date

from extraction.knowledge import cues
from extraction.reading import Mention, Reading, TimeExpression
from extraction.series_of_days import last_of_series
from extraction.when import denied_time, lasting, sentence_span, time_beside
from extraction.wording import holds
from kb.facts import Course, Fact, Temporality, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_SHORT_DENIAL = 14
_BESIDE = 24  # characters
_ROW = compiled(r"\n[ \t]*[-*•]?[ \t]*(?P<row>[^\n]+)")
_DAYS_OF_A_YEAR = 365
_SENTENCES_OF_A_STORY = 4


def read_studies(reading: Reading) -> list[Fact]:
    """A fact for every study that the patient takes or took part in, or is said not to."""
    facts: list[Fact] = []
    said: dict[tuple[int, str, str], set[Time | None]] = {}
    for mention in reading.mentions:
        if not vocabulary().is_a(mention.concept, "study"):
            continue
        mention = _denied_behind(reading, mention)
        if not _is_taking_part(reading, mention):
            continue
        concept = _kind_of_study(reading, mention)
        fact = _fact(reading, mention, concept)
        times = said.setdefault((mention.sentence, concept, mention.assertion), set())
        if times and (fact.time is None or fact.time in times):
            continue
        times.add(fact.time)
        if not any(_same_end(fact, other) for other in facts):
            facts.append(fact)
    return facts


def _denied_behind(reading: Reading, mention: Mention) -> Mention:
    """ "Clinical studies: did not participate in any": denied where the words behind a heading say so."""
    stop = sentence_span(reading, mention)[1]
    match = compiled(cues("events")["denied_behind"]).match(reading.normal, mention.end, stop)
    if mention.assertion != "present" or match is None:
        return mention
    return dataclasses.replace(mention, assertion="absent", cue=match.span("cue"))


def _same_end(fact: Fact, other: Fact) -> bool:
    """Whether two sentences tell of one study's last day."""
    ends = [one.course.end if one.course is not None else None for one in (fact, other)]
    return ends[0] is not None and ends[0] == ends[1] and fact.experiencer == other.experiencer


def _fact(reading: Reading, mention: Mention, concept: str) -> Fact:
    read = _denied if mention.assertion == "absent" else _joined
    time, course, temporality = read(reading, mention)
    return reading.fact_of(
        "study",
        concept,
        vocabulary()[concept].label,
        mention,
        temporality=temporality,
        time=time,
        course=course,
    )


def _sentence(reading: Reading, mention: Mention) -> str:
    return reading.normal[slice(*sentence_span(reading, mention))]


def _is_taking_part(reading: Reading, mention: Mention) -> bool:
    known = cues("events")
    start, end = sentence_span(reading, mention)
    sentence = reading.normal[start:end].lower()
    around = reading.normal[max(start, mention.start - 24) : min(end, mention.end + 24)].lower()
    if mention.assertion in ("conditional", "possible") or _is_heading(reading, mention, end):
        return False
    joining = (
        any(word in sentence for word in known["joining"])
        or re.search(known["ended_trial"], sentence) is not None
        or re.search(known["research_by_name"], reading.normal[mention.start : mention.end], re.IGNORECASE) is not None
    )
    if holds(sentence, known["undecided"]) or re.search(known["staff"], sentence):
        return False
    of_any = mention.assertion == "absent" and re.match(known["of_any"], reading.normal[mention.end : end]) is not None
    if not joining and not of_any and any(phrase in around for phrase in known["not_research"]):
        return False
    before = reading.normal[max(start, mention.start - 24) : mention.start].lower().rstrip()
    if re.search(
        known["when_joining"], reading.normal[start : mention.start].lower().rstrip()
    ) and not reading.times_in(mention.end, end):
        return False
    registry = vocabulary().is_a(mention.concept, "observational-study")
    if not registry and any(before.endswith(word) for word in known["own_trial_before"]):
        return False
    if mention.assertion == "present" and holds(sentence, known["own_trial_words"]):
        return False
    near = reading.normal[max(start, mention.start - 30) : min(end, mention.end + 30)]
    if mention.assertion == "present" and re.search(known["own_trial_near"], near):
        return False
    spoken_of = any(word in sentence for word in known["participation"]) or holds(sentence, known["end_of_study"])
    if mention.assertion == "absent":
        return (spoken_of or len(sentence.split()) <= _SHORT_DENIAL) and _is_of_taking_part(reading, mention, end)
    return spoken_of and mention.temporality != "planned"


def _is_of_taking_part(reading: Reading, mention: Mention, end: int) -> bool:
    """ "No other drug trial", but not "no comparison study" and "no trial supports this"."""
    known = cues("events")
    if re.match(known["studied_behind"], reading.normal[mention.end : end], re.IGNORECASE):
        return False
    if mention.cue is None or mention.cue[1] > mention.start or mention.concept != "study":
        return True
    between = re.findall(r"[a-z][a-z-]+", reading.normal[mention.cue[1] : mention.start].lower())
    return not between or between[-1] in known["kinds_of_study"]


def _is_heading(reading: Reading, mention: Mention, end: int) -> bool:
    """ "Research: no participation in any trial": a word that only says what the rest is about."""
    named = any(vocabulary().is_a(other.concept, "study") for other in reading.mentions_in(mention.end, end))
    if named and re.search(r"\bend[ -]of[ -](?:the )?$", reading.normal[: mention.start][-12:], re.IGNORECASE):
        return True  # "the end-of-study visit of the phase 2 trial"
    start = sentence_span(reading, mention)[0]
    told = any(word in reading.normal[start : mention.start].lower() for word in cues("events")["joining"])
    colon = re.match(r"\s*:", reading.normal[mention.end : end])
    return mention.assertion == "present" and named and colon is not None and not told


def _kind_of_study(reading: Reading, mention: Mention) -> str:
    """The kind that the name tells, else that the words of the sentence tell, else `study`."""
    if mention.concept != "study" or mention.assertion == "absent":
        return mention.concept
    known = cues("events")
    start, end = sentence_span(reading, mention)
    if mention.sentence and holds(reading.normal[start:end], known["end_of_study"]):
        start = _told_from(reading, mention)
    sentence = reading.normal[start:end].lower()
    if any(word in sentence for word in known["observational_words"]):
        return "observational-study"
    drugs = any(other.kind == "drug" for other in reading.mentions_in(start, end))
    beside = reading.mentions_in(max(start, mention.start - _BESIDE), mention.end + _BESIDE)
    vaccine = any(other.kind == "vaccine" for other in beside)
    given = drugs or vaccine or any(word in sentence for word in known["interventional_words"])
    if not given and any(word in sentence for word in known["joining"]):
        given = any(word in sentence for word in known["interventional_if_joined"])
    return "interventional-study" if given else "study"


def _denied(reading: Reading, mention: Mention) -> tuple[Time | None, Course | None, Temporality]:
    """The window of a denial; "not at present" is denied for the letter's day alone, "never" for ever."""
    known = cues("events")
    sentence = _sentence(reading, mention)
    if re.search(known["never_in_one"], sentence, re.IGNORECASE):
        return None, None, "historical"
    if re.search(known["since_then"], sentence) and (since := _told_before(reading, mention)) is not None:
        return since, None, "current"
    window = denied_time(reading, mention)
    if mention.temporality == "historical" and window is None:
        return None, None, "historical"
    if window is not None:
        return window, None, "current"
    if mention.cue is not None:
        told = reading.normal[mention.cue[0] : max(mention.start, mention.cue[1])]
        if holds(told, known["perfect_denials"]) and holds(told, known["perfect_verbs"]):
            return None, None, "historical"
    return (reading.letter_date if holds(sentence, known["now"]) else None), None, "current"


def _told_before(reading: Reading, mention: Mention) -> Time | None:
    """From the last day told in the sentence before to the letter: "Final visit 15 March. Not in any study since"."""
    before = reading.sentences[max(0, mention.sentence - 1)]
    days = [one.end_time or one.time for one in reading.times_in(before.start, mention.start)]
    latest = max((day.latest for day in days if day is not None and day.latest is not None), default=None)
    return None if latest is None or reading.letter_date is None else Time(latest, reading.letter_date.latest)


def _joined(reading: Reading, mention: Mention) -> tuple[Time | None, Course | None, Temporality]:
    known = cues("events")
    sentence = reading.normal[slice(*_story_span(reading, mention))]
    over = holds(sentence, known["ended"]) or mention.temporality == "historical" or _is_told_as_past(reading, mention)
    found = time_beside(reading, mention)
    if found is not None and found.role == "lookback":
        found = _day_of_most_recent(reading, mention, found) or found
    found = _last_given(reading, mention, found)
    if found is not None and found.role == "end" and (_runs_on(reading, found) or _is_ahead(reading, found)):
        return None, Course(ongoing=True), mention.temporality
    if over:
        found = _last_day(reading, mention) or found
    if over and found is not None and found.role == "point":
        return found.time, Course(end=found.time, ongoing=False), "historical"
    day = reading.letter_date.earliest if reading.letter_date else None
    if over:
        latest = found.time.latest if found is not None and found.time is not None else None
        past = latest is None or day is None or latest < day
        time, course = lasting(reading, found, over=True, ongoing=False)
        return time, course, "historical" if past else mention.temporality
    observed = vocabulary().is_a(_kind_of_study(reading, mention), "observational-study")
    if observed and found is not None and found.role == "point" and re.search(known["goes_on"], sentence, re.I):
        return None, Course(ongoing=True), mention.temporality
    if _just_began(reading, mention, found):
        return None, Course(start=found.time if found else None), mention.temporality
    time, course = lasting(reading, found, over=over, ongoing=not over and holds(sentence, known["now"]))
    return time, course, mention.temporality


def _is_told_as_past(reading: Reading, mention: Mention) -> bool:
    """ "She took part in a drug trial", without a word that it goes on; or the last of its drug is told behind it."""
    known = cues("events")
    start, end = _story_span(reading, mention)
    if holds(reading.normal[max(0, start - len("Curr. ")) : end], known["enrolled_now"]):
        return False
    if re.search(known["last_of_its_drug"], reading.normal[mention.end : end]):
        return True
    before = reading.normal[start : mention.start]
    return re.search(known["took_part"], before) is not None and not holds(reading.normal[start:end], known["now"])


def _runs_on(reading: Reading, found: TimeExpression) -> bool:
    """ "Goes on until June": the end is ahead."""
    before = reading.normal[max(0, found.start - _BESIDE) : found.start]
    return re.search(cues("events")["runs_on"], before, re.IGNORECASE) is not None


def _is_ahead(reading: Reading, found: TimeExpression) -> bool:
    """ "Is in a trial until May", of a letter of March."""
    day = reading.letter_date.latest if reading.letter_date else None
    end = found.time.earliest if found.time else None
    return day is not None and end is not None and end > day


def _day_of_most_recent(reading: Reading, mention: Mention, found: TimeExpression) -> TimeExpression | None:
    """ "The most recent study injection on 20 February": "recent" is no window where its day is told."""
    if re.search(r"recent", reading.normal[found.start : found.end], re.IGNORECASE) is None:
        return None
    return time_beside(reading, mention, ("point",))


def _last_given(reading: Reading, mention: Mention, found: TimeExpression | None) -> TimeExpression | None:
    """The last day on which something was given in the study, told in its sentence or the next one."""
    if found is not None and found.role not in ("point", "lookback"):
        return found
    last = min(mention.sentence + 1, len(reading.sentences) - 1)
    latest = max([one for one in (found, _last_row(reading, mention)) if one is not None], key=_day, default=None)
    for number in range(mention.sentence, last + 1):
        start, end = max(mention.end, reading.sentences[number].start), reading.sentences[number].end
        for given in compiled(cues("events")["given_in_study"], re.IGNORECASE).finditer(reading.normal, start, end):
            for time in reading.times_in(given.end(), end):
                between = reading.mentions_in(start, time.start)
                others = [one for one in between if one.kind in ("drug", "vaccine") and one.concept != "vaccine"]
                far = time.start - given.end() > _BESIDE or reading.mentions_in(given.end(), time.start)
                if time.role != "point" or far or (others and number > mention.sentence):
                    break
                time = last_of_series(reading, time, end)
                if latest is None or _day(time) > _day(latest):
                    latest = time
                break
    return last_of_series(reading, latest, reading.sentences[mention.sentence].end) if latest is not None else None


def _last_row(reading: Reading, mention: Mention) -> TimeExpression | None:
    """The last row below the study's own that begins with a day and tells of a dose: "03/03/2026 week-28 dose"."""
    paragraph = reading.normal.find("\n\n", mention.end)
    end = len(reading.normal) if paragraph < 0 else paragraph
    rows = []
    for line in _ROW.finditer(reading.normal, mention.end, end):
        time = next(iter(reading.times_in(line.start("row"), line.start("row") + 2)), None)
        drug = any(one.kind in ("drug", "vaccine") for one in reading.mentions_in(line.start(), line.end()))
        told = compiled(cues("events")["row_of_study"], re.IGNORECASE).search(line["row"])
        if time is not None and time.role == "point" and told and not drug:
            rows.append(time)
    return rows[-1] if rows else None


def _day(time: TimeExpression) -> date:
    """The latest day of an expression; of a window none, for what is told beside it says more."""
    return (time.time.latest if time.role != "lookback" and time.time is not None else None) or date.min


def _just_began(reading: Reading, mention: Mention, found: TimeExpression | None) -> bool:
    """ "He joined the registry in October": the day, of the last year, is that of its beginning."""
    day = reading.letter_date.earliest if reading.letter_date else None
    if found is None or found.role != "point" or found.time is None or found.time.earliest is None or day is None:
        return False
    start = sentence_span(reading, mention)[0]
    joined = holds(reading.normal[start : mention.start], cues("events")["began"])
    return joined and (day - (found.time.latest or found.time.earliest)).days <= _DAYS_OF_A_YEAR


def _story_span(reading: Reading, mention: Mention) -> tuple[int, int]:
    """The sentence, up to the one of its paragraph that goes on about the end of the study."""
    start, end = sentence_span(reading, mention)
    told = end
    known = cues("events")
    for following in reading.sentences[mention.sentence + 1 : mention.sentence + 1 + _SENTENCES_OF_A_STORY]:
        if "\n\n" in reading.normal[end : following.start + 1]:
            break
        if _names_another_drug(reading, (start, end), (following.start, following.end)):
            break
        text = reading.normal[following.start : following.end]
        opening = text.lstrip(" \n;,.-")
        ends = holds(text, known["end_of_study"]) or compiled(known["last_of_its_drug"]).match(opening)
        if ends or compiled(known["ended_behind"]).match(opening):
            told = following.end
    return start, told


def _told_from(reading: Reading, mention: Mention) -> int:
    """Where the story begins that a sentence on the end of a study goes on with: the sentences before tell which."""
    first = reading.sentences[max(0, mention.sentence - _SENTENCES_OF_A_STORY)].start
    gap = reading.normal.rfind("\n\n", first, mention.start)
    earlier = [
        one
        for one in reading.mentions_in(max(first, gap), sentence_span(reading, mention)[0])
        if vocabulary().is_a(one.concept, "study")
    ]
    before = reading.sentences[mention.sentence - 1].start
    return min(before, sentence_span(reading, earlier[-1])[0]) if earlier else before


def _names_another_drug(reading: Reading, told: tuple[int, int], following: tuple[int, int]) -> bool:
    """ "She took part in a trial of belimumab in 2023. Last dose of rituximab ...": that is not the study's."""
    own, others = (
        {one.concept for one in reading.mentions_in(*span) if one.kind == "drug"} for span in (told, following)
    )
    return bool(others - own)


def _is_of_its_end(before: str) -> bool:
    known = cues("events")
    return holds(before, known["last_day"]) or re.search(known["last_of_its_drug"], before) is not None


def _last_day(reading: Reading, mention: Mention) -> TimeExpression | None:
    """ "Previously enrolled in a trial, last study visit 12 April": the day that such words stand before."""
    end = _story_span(reading, mention)[1]
    found = []
    for time in reading.times_in(mention.end, end):
        before = re.split(r"[;,]", reading.normal[mention.end : time.start])[-1]
        if time.role in ("point", "end") and time.time is not None and _is_of_its_end(before):
            found.append((time.time.latest or date.max, time))
    return max(found, key=lambda one: one[0])[1] if found else None
