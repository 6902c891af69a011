"""The words that speak of one drug of a sentence: its scope among the others in, the cues before and behind it out.

A cue holds for the drug beside it and for a list of drugs told together, up to a break of the sentence; a word that
is no verb, is denied, or speaks of the next drug or of another matter, is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.dose_items import items_from, read_items
from extraction.dose_words import holds_unit, match_phrase, tokenise_dose
from extraction.drug_chains import HARMS, chained, fail_together, holds_for_all, loosely_chained, side_cues
from extraction.drug_reasons import Cue, find_cues, listed
from extraction.drug_scope import Scope
from extraction.knowledge import cues
from extraction.reading import Reading
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_ARTICLE = compiled(r"\b(?:(?:since|from|at|after|before) (?:the |her |his )?|the (?:very )?)$", re.IGNORECASE)
_UNITS = r"(?:days?|weeks?|wks?|months?|mths?|mo|years?|yrs?|fortnight)"
_LENGTH = compiled(
    r"(?:\b(?:days|weeks|months|course|end|duration)\s+(?:(?:is|are|was|were|being|been|has|have|then|now)\s+){0,3}"
    r"|\b(?:duration|length) of \w+ (?:days|weeks|months) )$",
    re.IGNORECASE,
)
# "one year planned", "planned minimum 12 wk", "is foreseen for a year": how long, of a drug that has been begun
_LENGTH_BEFORE = compiled(rf"\b{_UNITS}\s+(?:(?:in total|in all|is|are|were|was|being|altogether)\s+)*$", re.IGNORECASE)
_LENGTH_BEHIND = compiled(
    r"[\s:,(]*(?:(?:for|is|a|an|to|be|last|minimum|min\.?|of|at|least|about|around|the|in|total|duration|length|course|"
    r"given|taken|altogether|not|less|than|some|up)\s+)*"
    rf"(?:(?:\d|half|another|[a-z]+(?:-[a-z]+)?)[\d.-]*\s?(?:a )?{_UNITS}|"
    rf"(?:{_UNITS}\b))\b(?!['’]? (?:time|ago|after|later|from now|after that|hence)\b)",
    re.IGNORECASE,
)
_BEEN = compiled(r"\s*(?:(?:had|has|have|was|were|is|are|been|then|also|thus|by then)\s+)*", re.IGNORECASE)
_DENIED_PART = compiled(
    r"[,;.)]\s*(?:and |but |with )?(?:no|nil|without|free of|not any|neither)\s+(?:[\w-]+\s+){1,4}$", re.IGNORECASE
)
# "sterile since, now without infection": the present is that of the patient
_PART = compiled(r"[,;.)]\s*(?:(?:and|but|she is|he is|is)\s+)*$", re.IGNORECASE)
_DENIED_BEHIND = compiled(
    r"\s+(?:is |she is |he is |again |fully |entirely |completely )*(?:without|free of|free from|no|well|cured|healed|"
    r"recovered|afebrile|asymptomatic|symptom-free|fever-free|better|fine|healthy|clear)\b",
    re.IGNORECASE,
)
_FEW = 4  # words between "none of them" and the word of the end


def cue_before(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> Cue | None:
    """The nearest cue before the drug's own words that still holds for it."""
    start = scope.sentence_start
    tokens = tokenise_dose(reading.normal[start : scope.start])
    found = find_cues(side_cues("before"), tokens, start)
    breaks = find_cues(listed("breakers"), tokens, start)
    floor = max((cue.end for cue in breaks), default=start)
    for cue in reversed(found):
        if cue.end <= floor:
            return None
        if _is_weak(reading, cue, scope) or _is_a_beginning(reading, cue) or _is_repeated(reading, cue, found):
            continue
        if _closes_brackets(reading.normal[cue.end : scope.start]):
            continue
        if _follows_a_drug(reading, cue, scope, scopes):
            continue
        crossed = [other for other in scopes if cue.end <= other.start < scope.start]
        if not chained(reading, [*crossed, scope]):
            counted = reading.normal[: cue.end].endswith(" of") and cue.group not in HARMS  # "two courses of"
            narrow = counted or cue.group in ("current", "planned", "stopped")
            if narrow or not loosely_chained(reading, [*crossed, scope]):
                return None
        denied = [other for other in found if other.group in ("never", "declined") and 0 <= cue.start - other.end <= 1]
        if denied and cue.group not in HARMS:
            return denied[0]
        if cue.group == "past" and _is_of_lasting_disease(reading, cue):
            return Cue("current", cue.start, cue.end)
        if crossed and cue.group == "stopped" and scope.after > scope.end and has_amount(reading, scope):
            return None
        return cue
    return None


def _closes_brackets(between: str) -> bool:
    """Whether the cue stands in brackets that are closed before the drug: "MMF (stopped 2023) azathioprine"."""
    return ")" in between and "(" not in between[: between.index(")")]


def _is_a_beginning(reading: Reading, cue: Cue) -> bool:
    """ "HCQ since the start and MTX": the word is no verb of a plan."""
    if cue.group != "planned" or " " in reading.normal[cue.start : cue.end]:
        return False
    return _ARTICLE.search(reading.normal[max(0, cue.start - 12) : cue.start]) is not None


def _is_repeated(reading: Reading, cue: Cue, found: Sequence[Cue]) -> bool:
    """ "Inadequate response to mycophenolate and to cyclophosphamide": the second "to" belongs to the first words."""
    written = reading.normal[cue.start : cue.end].lower()
    before = reading.normal[: cue.start][-6:].lower().rstrip()
    if " " in written or not before.endswith((" and", " or", " nor")):
        return False
    earlier = [reading.normal[one.start : one.end].lower() for one in found if one.end < cue.start]
    return bool(earlier) and earlier[-1].endswith(f" {written}")


def _is_of_lasting_disease(reading: Reading, cue: Cue) -> bool:
    """ "Crohn's disease treated with infliximab": of a disease that lasts, the present treatment."""
    if reading.normal[cue.start : cue.end].lower() != "treated with":
        return False
    before = [one for one in reading.mentions_in(max(0, cue.start - 60), cue.start) if one.kind == "condition"]
    if not before or reading.normal[before[-1].end : cue.start].strip(" ,(-\n"):
        return False
    lasting = cues("medications")["treated_apart"]["lasting"]
    told = before[-1].temporality == "current"
    return told and vocabulary().is_one_of(before[-1].concept, lasting)


def _follows_a_drug(reading: Reading, cue: Cue, scope: Scope, scopes: Sequence[Scope]) -> bool:
    """ "hydroxychloroquine continues, MMF ...": the word speaks of the drug before it."""
    before = [other for other in scopes if other.end <= cue.start and not reading.normal[other.end : cue.start].strip()]
    return bool(before) and reading.normal[cue.end : scope.start].lstrip()[:1] in (",", ";")


def _is_weak(reading: Reading, cue: Cue, scope: Scope) -> bool:
    """Small words ("on", "to", "then", "after") count only straight before the drug's own words."""
    written = reading.normal[cue.start : cue.end].lower()
    if len(written) > 3 and written not in ("then", "last", "after", "under", "with", "given", "next"):
        return False
    between = reading.normal[cue.end : scope.before]
    return "," in between or any(item.kind != "filler" for item in read_items(tokenise_dose(between)))


def has_amount(reading: Reading, scope: Scope) -> bool:
    """Whether a dose stands behind the drug's name."""
    tokens = tokenise_dose(reading.normal[scope.end : scope.after])
    return holds_unit(tokens) and any(item.kind == "amount" for item in items_from(tokens))


def cues_behind(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> list[Cue]:
    """The cues behind the drug that speak of it, in order."""
    own = [other.start for other in scopes if other.start > scope.start]
    limit = min(own, default=scope.sentence_end)
    found = _cues_between(reading, scope.end, limit, next_drug=limit if own else None)
    if not found and own:
        chain = [other for other in scopes if other.start >= scope.start]
        for position in range(1, len(chain)):
            if not chained(reading, chain[position - 1 : position + 1]):
                break
            stop = chain[position + 1].start if position + 1 < len(chain) else scope.sentence_end
            later = _cues_between(
                reading, chain[position].end, stop, next_drug=stop if position + 1 < len(chain) else None
            )
            if later and (
                holds_for_all(reading, chain[position], later[0])
                or fail_together(reading, chain[: position + 1], later[0])
            ):
                return later
    return found


def _cues_between(reading: Reading, start: int, end: int, *, next_drug: int | None) -> list[Cue]:
    text = reading.normal[start:end]
    tokens = tokenise_dose(text)
    kept = find_cues(listed("never_ended"), tokens, start)
    every = [
        cue
        for cue in find_cues(side_cues("after"), tokens, start)
        if cue.group != "aside"
        and not _is_of_its_ending(reading, start, cue)
        and not _is_of_a_denial(reading, start, cue)
        and not _is_of_none(reading, start, cue)
    ]
    breaks = find_cues(listed("breakers"), tokens, start)
    hard = [cue for cue in breaks if reading.normal[cue.start : cue.end].lower() not in ("because", "until", ".")]
    hard = [cue for cue in hard if not any(one.start < cue.start < one.end for one in every)]  # "not yet given"
    stop = min((cue.start for cue in hard), default=end)
    if kept and kept[0].end <= stop:  # "cannot be left off: each attempt ended badly"
        return [Cue("current", kept[0].start, kept[0].end)]
    found = [cue for cue in every if cue.end <= stop or (next_drug is None and _taken_again(reading, cue, stop))]
    found = [
        cue for cue in found if not (cue.group == "planned" and reading.normal[cue.end + 1 : cue.end + 2].isdigit())
    ]
    found = [
        cue for cue in found if not _is_of_its_length(reading, start, cue) and not _is_of_a_disease(reading, start, cue)
    ]
    causes = [cue.start for cue in breaks if reading.normal[cue.start : cue.end].lower() == "because"]
    found = [cue for cue in found if cue.group != "planned" or not any(at < cue.start for at in causes)]
    found = [cue for cue in found if cue.group != "allergy" or not reading.normal[start : cue.start].strip(" (-:")]
    if next_drug is not None:
        found = [cue for cue in found if not _belongs_to_next(reading, cue, next_drug)]
    return found


def is_of_a_length(reading: Reading, drug: int, start: int, end: int) -> bool:
    """Whether what is planned at [start, end) is how long a drug goes on, or its end; `drug` is where its name ends."""
    if _LENGTH.search(reading.normal[max(0, start - 40) : start]) is not None:
        return True
    length = _LENGTH_BEFORE.search(reading.normal[max(drug, start - 40) : start]) or _LENGTH_BEHIND.match(
        reading.normal, end
    )
    return length is not None and has_begun(reading, drug, start)


def has_begun(reading: Reading, start: int, end: int) -> bool:
    """Whether the first day told in a stretch is one before the letter's."""
    today = reading.letter_date.earliest if reading.letter_date is not None else None
    told = [time.start_time or time.time for time in reading.times_in(start, end) if time.role != "end"]
    days = [time.latest for time in told if time is not None and time.latest is not None]
    return today is not None and any(day < today for day in days[:1])


def _is_of_its_length(reading: Reading, drug: int, cue: Cue) -> bool:
    """ "Started on the 28th, fourteen days being intended", "the end is planned for April": no drug to come."""
    return cue.group == "planned" and is_of_a_length(reading, drug, cue.start, cue.end)


def _is_of_a_disease(reading: Reading, start: int, cue: Cue) -> bool:
    """ "Covered until the 7th, when infection had been ruled out": what is excluded is the disease before the word."""
    before = [one for one in reading.mentions_in(max(start, cue.start - 60), cue.start) if one.kind == "condition"]
    if cue.group != "forbidden" or not before:
        return False
    written = reading.normal[cue.start : cue.end].lower().split()[-2:]
    return written == ["ruled", "out"] and _BEEN.fullmatch(reading.normal, before[-1].end, cue.start) is not None


def _is_of_its_ending(reading: Reading, start: int, cue: Cue) -> bool:
    """ "Weaning so far not possible": what cannot be done is to end it."""
    if cue.group not in ("forbidden", "failed"):
        return False
    words = tokenise_dose(reading.normal[max(start, cue.start - 60) : cue.start])[-5:]
    if cue.group == "forbidden":
        words = (*words, *tokenise_dose(reading.normal[cue.end : cue.end + 40])[:3])
    return any(match_phrase(listed("endings"), words, at) for at in range(len(words)))


def _is_of_a_denial(reading: Reading, start: int, cue: Cue) -> bool:
    """ "Completed on 5 May, no infection at present": the present is that of what is denied in a part of its own."""
    if cue.group != "current" or reading.normal[cue.start : cue.end].lower() not in cues("medications")["time_alone"]:
        return False
    if _DENIED_BEHIND.match(reading.normal, cue.end) and _PART.search(reading.normal[start : cue.start]):
        return True
    return _DENIED_PART.search(reading.normal[start : cue.start]) is not None


def _is_of_none(reading: Reading, start: int, cue: Cue) -> bool:
    """ "And none of them had to be stopped for intolerance": no end of the drug is told."""
    if cue.group == "never":
        behind = compiled(r"\s+(?:of (?:them|these|which)|was|were|had|has|have|gave|caused|led|needed)\b")
        told = reading.normal[cue.start : cue.end].lower()
        return told in ("none", "nothing") and behind.match(reading.normal, cue.end) is not None
    if cue.group not in ("stopped", "failed", "past", "intolerance", "allergy", "forbidden"):
        return False
    words = tokenise_dose(reading.normal[max(start, cue.start - 60) : cue.start])
    found = find_cues(listed("none_of_them"), words, 0)
    return bool(found) and sum(token.start >= found[-1].end for token in words) <= _FEW


def _taken_again(reading: Reading, cue: Cue, contrast: int) -> bool:
    """ "..., but restarted and goes on", "..., but never collected": said of the same drug behind a contrast."""
    if cue.group == "never" and cue.start - contrast <= len("but "):
        return True
    return match_phrase(listed("taken_again"), tokenise_dose(reading.normal[cue.start : cue.end]), 0) is not None


def _belongs_to_next(reading: Reading, cue: Cue, next_drug: int) -> bool:
    """ "stopped MMF", "started on azathioprine": the verb stands straight before the next name."""
    between = reading.normal[cue.end : next_drug]
    if _closes_brackets(between):
        return False
    written = reading.normal[cue.start : cue.end].lower()
    if any(word in written for word in ("switched", "changed", "replaced", "converted", "swapped")):
        return False
    tokens = tokenise_dose(between)
    return not any(
        item.kind in ("word", "stop", "join") or tokens[item.first].text == "," for item in read_items(tokens)
    )
