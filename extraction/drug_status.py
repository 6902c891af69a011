"""Whether a drug is taken, was taken, is planned, was refused or was not tolerated, and why it ended: a scope in, a
DrugStatus out. The nearest cue of `medications.yaml` decides; what ConText says of the mention fills what no cue says.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.condition_attributes import treated_some_time
from extraction.dose_items import items_from, read_items
from extraction.dose_words import holds_unit, match_phrase, tokenise_dose
from extraction.drug_chains import HARMS, chained, fail_together, holds_for_all, loosely_chained, side_cues
from extraction.drug_exceptions import is_excepted
from extraction.drug_harms import harm_before_end
from extraction.drug_never import has_aside, is_never_without, is_taken_all_the_same
from extraction.drug_reasons import (
    Cue,
    Reason,
    cause_behind,
    find_cues,
    harm_of,
    in_list_of_allergies,
    listed,
    reason_of,
    takes_off,
)
from extraction.drug_scope import Scope
from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.result_words import alternatives
from kb.facts import MedicationStatus
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_ARTICLE = compiled(r"\b(?:(?:since|from|at|after|before) (?:the |her |his )?|the (?:very )?)$", re.IGNORECASE)
_DENIED_PART = compiled(
    r"[,;.)]\s*(?:and |but |with )?(?:no|nil|without|free of|not any|neither)\s+(?:[\w-]+\s+){1,4}$", re.IGNORECASE
)
_FEW = 4  # words between "none of them" and the word of the end
_IMPLY_PAST = frozenset({"past", "stopped", "failed", "intolerance", "forbidden"})


@dataclass(frozen=True, slots=True)
class DrugStatus:
    """`told` is false where only a default was found; `end` is where the last word used behind the drug ends."""

    status: MedicationStatus
    reason: str | None = None
    detail: str | None = None
    told: bool = True
    ended_at: int | None = None
    end: int = 0
    going_on: bool = False


def status_of(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> DrugStatus:
    """The status of one drug among those of its sentence."""
    if is_excepted(reading, scope):
        return DrugStatus("past", told=False)
    before = _before(reading, scope, scopes)
    if scope.mention.assertion == "absent" and (
        has_aside(reading, scope) or is_taken_all_the_same(reading, scope, scope.mention.cue)
    ):
        scope = dataclasses.replace(scope, mention=dataclasses.replace(scope.mention, assertion="present"))
    if before is not None and before.group == "never":
        before = None if is_taken_all_the_same(reading, scope, (before.start, before.end)) else before
    after = _after(reading, scope, scopes)
    default = _default(reading, scope)
    if before is not None and before.group in HARMS and default != "allergy" and _is_denied(reading, before):
        if not after:
            return _without_harm(reading, before)
        before = None
    if before is not None and before.group == default == "allergy" and _is_denied(reading, before):
        excepted = re.search(alternatives(cues("conditions")["exceptions"]), reading.normal[before.end : scope.start])
        if excepted is None:
            return _without_harm(reading, before)
    deciding = _decide(before, after)
    if before is not None and deciding is not None and _goes_on(reading, before, deciding):
        deciding = before
    if deciding is None or (deciding.group in ("current", "past") and deciding not in after):
        harm = harm_of(reading, scope, dosed=deciding is not None or _has_amount(reading, scope))
        if harm is not None and default != "allergy":
            return DrugStatus("past", harm.kind, harm.detail, True, None, harm.end)
    absent = scope.mention.assertion == "absent" and not _neither(reading, scope)
    if deciding is None and is_never_without(reading, scope):
        return DrugStatus("current", going_on=True)
    if not after and not absent and _was_taken_some_time(reading, scope):
        return DrugStatus("past")
    if deciding is None or (absent and deciding.group in ("past", "current", "tolerated")):
        return _from_context(reading, scope, scopes, default)
    return _from_cues(reading, scope, scopes, deciding, before, after, default)


def _was_taken_some_time(reading: Reading, scope: Scope) -> bool:
    """ "The GP treated a urine infection lately with trimethoprim, she does not know when"."""
    given = cues("conditions")["treated_once"]["vague_for"]
    if not any(vocabulary().is_a(scope.mention.concept, one) for one in given):
        return False
    return treated_some_time(reading.normal[scope.sentence_start : scope.sentence_end])


def _goes_on(reading: Reading, before: Cue, deciding: Cue) -> bool:
    """ "On ocrelizumab since January, with a relapse in April": the relapse has not ended the drug; nor is one taken
    again where the patient is told to be stable off it."""
    words = reading.normal[deciding.start : deciding.end].lower()
    if deciding.group == "current" and words in cues("medications")["also_of_the_patient"]:
        return before.group == "stopped" or takes_off(reading, before)
    return before.group == "current" and deciding.group == "failed" and words in cues("medications")["goes_on_in_spite"]


def _is_denied(reading: Reading, cue: Cue) -> bool:
    """ "no contraindication to mycophenolate", "without any intolerance of it"."""
    sentence = reading.sentences[reading.sentence_at(cue.start)]
    tokens = tokenise_dose(reading.normal[sentence.start : cue.start])[-6:]
    breaks = [at for at, token in enumerate(tokens) if token.text in (",", ".", ";", ":", ")", "but", "and")]
    return any(match_phrase(listed("denials"), tokens, at) for at in range(max(breaks, default=-1) + 1, len(tokens)))


def _without_harm(reading: Reading, cue: Cue) -> DrugStatus:
    """ "no side effects from X" is said of a drug that is taken, "no allergy to X" of one that may be given."""
    taken = find_cues(listed("harm_of_the_taken"), tokenise_dose(reading.normal[cue.start : cue.end]), 0)
    return DrugStatus("current" if taken else "planned", told=False)


def _from_cues(
    reading: Reading,
    scope: Scope,
    scopes: Sequence[Scope],
    deciding: Cue,
    before: Cue | None,
    after: Sequence[Cue],
    default: MedicationStatus,
) -> DrugStatus:
    group = _group(reading, scope, deciding)
    end = max((cue.end for cue in after), default=0)
    found = _why(reading, scope, scopes, deciding, [*([before] if before else []), *after])
    reason = _told_reason(group, found.kind if found is not None else None)
    ended = next((cue.end for cue in after if cue.group in ("stopped", "past")), None)
    if before is not None and ended is None and (before.group == "stopped" or takes_off(reading, before)):
        ended = scope.end
    status = _STATUS.get(group, default)
    if group == "allergy" or (default == "allergy" and group != "never"):
        status, reason = "allergy", "intolerance"
    contraindicated = "contraindic" in reading.normal[deciding.start : deciding.end].lower()
    if contraindicated or group == "forbidden":
        status = "past" if _was_taken(before, after) or (default == "past" and not contraindicated) else "never"
    if status == "current":
        return DrugStatus(status, end=end, going_on=True)
    detail = found.detail if found is not None and reason is not None else None
    return DrugStatus(status, reason, detail, True, ended, max(end, found.end if found is not None else 0))


def _group(reading: Reading, scope: Scope, deciding: Cue) -> str:
    if deciding.group == "tolerated":
        return "intolerance" if _neither(reading, scope) else "current"
    return deciding.group


def _neither(reading: Reading, scope: Scope) -> bool:
    tokens = tokenise_dose(reading.normal[scope.sentence_start : scope.start])
    return any(token.text in ("neither", "nor") for token in tokens)


def _why(reading: Reading, scope: Scope, scopes: Sequence[Scope], deciding: Cue, told: Sequence[Cue]) -> Reason | None:
    """The reason told for the drug, else the one told at the end of the list in which it stands."""
    causes = [cue for cue in told if cue.group in (*_IMPLY_PAST, "allergy", "declined", "never")] or [deciding]
    found = reason_of(reading, scope, causes, scopes)
    if found is None and deciding.group in ("stopped", "forbidden") and deciding.start >= scope.end:
        following = [other.start for other in scopes if other.start > scope.start]
        found = harm_before_end(reading, scope.end, min([scope.sentence_end, *following]))
    if found is not None or deciding.group not in ("stopped", "forbidden", "intolerance", "failed"):
        return found
    chain = [other for other in scopes if other.start >= scope.start]
    while len(chain) > 1 and not chained(reading, chain):
        chain.pop()
    return reason_of(reading, chain[-1], causes, scopes) if len(chain) > 1 else None


def _told_reason(group: str, reason: str | None) -> str | None:
    if group == "planned":
        return None
    if group == "declined":
        return "wish" if reason in (None, "other", "intolerance") else reason
    if group == "never" and reason not in ("intolerance", "cost", "wish", "pregnancy"):
        return None
    return reason or {"intolerance": "intolerance", "failed": "inefficacy"}.get(group)


_STATUS: dict[str, MedicationStatus] = {
    "current": "current",
    "past": "past",
    "stopped": "past",
    "failed": "past",
    "intolerance": "past",
    "forbidden": "never",
    "planned": "planned",
    "never": "never",
    "declined": "never",
    "allergy": "allergy",
}


def _was_taken(before: Cue | None, after: Sequence[Cue]) -> bool:
    groups = {cue.group for cue in after} | ({before.group} if before else set())
    return bool(groups & {"past", "stopped", "failed"})


def _decide(before: Cue | None, after: Sequence[Cue]) -> Cue | None:
    """What came last counts, but an ending outweighs the beginning told before the name."""
    strong = [cue for cue in after if cue.group not in ("current", "past")]
    last = after[-1] if after else None
    if last is not None and (last.group == "current" or not strong):
        if (
            last.group == "past"
            and before is not None
            and before.group in ("intolerance", "failed", "stopped", "allergy")
        ):
            return before
        return last
    if strong:
        ranked = [cue for cue in strong if cue.group in ("allergy", "intolerance")]
        if before is not None and before.group in ("intolerance", "allergy"):
            return before
        return ranked[-1] if ranked else strong[-1]
    return before


def _before(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> Cue | None:
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
        if crossed and cue.group == "stopped" and scope.after > scope.end and _has_amount(reading, scope):
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


def _has_amount(reading: Reading, scope: Scope) -> bool:
    tokens = tokenise_dose(reading.normal[scope.end : scope.after])
    return holds_unit(tokens) and any(item.kind == "amount" for item in items_from(tokens))


def _is_counted(reading: Reading, scope: Scope) -> bool:
    """Whether so many doses are spoken of ("1 g x 2"): in a plan they are still to come."""
    items = read_items(tokenise_dose(reading.normal[scope.before : scope.after]))
    return any(item.kind in ("doses", "multiplier") for item in items)


def _after(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> list[Cue]:
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
    causes = [cue.start for cue in breaks if reading.normal[cue.start : cue.end].lower() == "because"]
    found = [cue for cue in found if cue.group != "planned" or not any(at < cue.start for at in causes)]
    found = [cue for cue in found if cue.group != "allergy" or not reading.normal[start : cue.start].strip(" (-:")]
    if next_drug is not None:
        found = [cue for cue in found if not _belongs_to_next(reading, cue, next_drug)]
    return found


def _is_of_its_ending(reading: Reading, start: int, cue: Cue) -> bool:
    """ "Weaning so far not possible": what cannot be done is to end it."""
    words = tokenise_dose(reading.normal[max(start, cue.start - 60) : cue.start])[-5:]
    return cue.group == "forbidden" and any(match_phrase(listed("endings"), words, at) for at in range(len(words)))


def _is_of_a_denial(reading: Reading, start: int, cue: Cue) -> bool:
    """ "Completed on 5 May, no infection at present": the present is that of what is denied in a part of its own."""
    if cue.group != "current" or reading.normal[cue.start : cue.end].lower() not in cues("medications")["time_alone"]:
        return False
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


def _default(reading: Reading, scope: Scope) -> MedicationStatus:
    status = _OF_SECTION.get(reading.section_at(scope.start) or "", "current")
    if in_list_of_allergies(reading, scope):
        status = "allergy"
    if status == "allergy" and _has_amount(reading, scope) and cause_behind(reading, scope) is None:
        return "current"  # a dose without a reaction: the list of allergies has ended
    return status


_OF_SECTION: dict[str, MedicationStatus] = {"allergies": "allergy", "past_treatment": "past"}


_NEVER = DrugStatus("never")


def _from_context(reading: Reading, scope: Scope, scopes: Sequence[Scope], default: MedicationStatus) -> DrugStatus:
    mention = scope.mention
    if default == "allergy":
        return DrugStatus("allergy", "intolerance")
    if mention.assertion == "absent":
        found = cause_behind(reading, scope)
        return _NEVER if found is None else DrugStatus("never", found.kind, found.detail, True, None, found.end)
    near = reading.normal[scope.sentence_start : scope.sentence_end].lower()
    conditional = mention.assertion == "conditional" and "prophyla" not in near
    if conditional or (mention.temporality == "planned" and not _has_begun(reading, scope)):
        return DrugStatus("planned")
    if mention.temporality == "historical":
        return DrugStatus("past", told=False)
    if reading.section_at(scope.start) == "plan" and _is_counted(reading, scope):
        return DrugStatus("planned")
    if default == "current" and _in_succession(reading, scope, scopes):
        return DrugStatus("past")
    return DrugStatus(default, told=False)


def _has_begun(reading: Reading, scope: Scope) -> bool:
    """ "Begun at 45 mg on 20 April and kept there, because each reduction we planned ...": the plan is another."""
    today = reading.letter_date.earliest if reading.letter_date is not None else None
    told = [time.start_time or time.time for time in reading.times_in(scope.end, scope.after)]
    days = [time.latest for time in told if time is not None and time.latest is not None]
    return today is not None and _has_amount(reading, scope) and any(day < today for day in days[:1])


def _in_succession(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> bool:
    """ "methotrexate, then leflunomide, then rituximab": one after the other, none of them told as taken now."""
    starts = [other.start for other in scopes if other.start > scope.start]
    if starts and _ends_with(reading, scope.end, min(starts)):
        return True
    if len(scopes) < 2 or reading.times_in(scope.end, max(scope.after, scope.end)):
        return False
    return _ends_with(reading, scope.sentence_start, scope.start) and not _has_amount(reading, scope)


def _ends_with(reading: Reading, start: int, end: int) -> bool:
    tokens = [token.text for token in tokenise_dose(reading.normal[start:end])]
    return any(tuple(tokens[-len(form) :]) == form for form in _followers())


@functools.cache
def _followers() -> tuple[tuple[str, ...], ...]:
    return tuple(form for forms in listed("followed_by").values() for form, _ in forms)
