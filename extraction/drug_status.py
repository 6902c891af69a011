"""Whether a drug is taken, was taken, is planned, was refused or was not tolerated, and why it ended: a scope in, a
DrugStatus out. The nearest cue of `medications.yaml` decides; what ConText says of the mention fills what no cue says.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.dose_items import read_items
from extraction.dose_words import match_phrase, tokenise_dose
from extraction.drug_chains import HARMS, chained
from extraction.drug_cues import cue_before, cues_behind, has_amount, has_begun, is_of_a_length
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
from extraction.infection_treatment import treated_some_time
from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.result_words import alternatives
from kb.facts import MedicationStatus
from kb.patterns import compiled
from kb.vocabulary import vocabulary

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
    before = cue_before(reading, scope, scopes)
    if scope.mention.assertion == "absent" and (
        has_aside(reading, scope) or is_taken_all_the_same(reading, scope, scope.mention.cue)
    ):
        scope = dataclasses.replace(scope, mention=dataclasses.replace(scope.mention, assertion="present"))
    if before is not None and before.group == "never":
        before = None if is_taken_all_the_same(reading, scope, (before.start, before.end)) else before
    after = _of_the_drug(reading, cues_behind(reading, scope, scopes))
    if is_never_without(reading, scope):  # "every attempt to go below 10 mg of X ended in a relapse"
        after = [cue for cue in after if cue.group == "current"]
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
        harm = harm_of(reading, scope, dosed=deciding is not None or has_amount(reading, scope))
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


def _of_the_drug(reading: Reading, after: list[Cue]) -> list[Cue]:
    """The cues without what is said of the patient once the drug has ended: "came off on 4 March, stable since"."""
    ended = [cue.end for cue in after if cue.group in ("stopped", "past")]
    of_patient = compiled(cues("medications")["of_the_patient_once_ended"], re.IGNORECASE)
    return [
        cue
        for cue in after
        if not ended or cue.start < min(ended) or of_patient.match(reading.normal, cue.start) is None
    ]


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


def _is_counted(reading: Reading, scope: Scope) -> bool:
    """Whether so many doses are spoken of ("1 g x 2"): in a plan they are still to come."""
    items = read_items(tokenise_dose(reading.normal[scope.before : scope.after]))
    return any(item.kind in ("doses", "multiplier") for item in items)


def _default(reading: Reading, scope: Scope) -> MedicationStatus:
    status = _OF_SECTION.get(reading.section_at(scope.start) or "", "current")
    if in_list_of_allergies(reading, scope):
        status = "allergy"
    if status == "allergy" and has_amount(reading, scope) and cause_behind(reading, scope) is None:
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
    of_length = (
        mention.cue is not None and mention.cue[0] > scope.end and is_of_a_length(reading, scope.end, *mention.cue)
    )
    if conditional or (mention.temporality == "planned" and not of_length and not _has_begun(reading, scope)):
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
    return has_amount(reading, scope) and has_begun(reading, scope.end, scope.after)


def _in_succession(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> bool:
    """ "methotrexate, then leflunomide, then rituximab": one after the other, none of them told as taken now."""
    starts = [other.start for other in scopes if other.start > scope.start]
    if starts and _ends_with(reading, scope.end, min(starts)):
        return True
    if len(scopes) < 2 or reading.times_in(scope.end, max(scope.after, scope.end)):
        return False
    return _ends_with(reading, scope.sentence_start, scope.start) and not has_amount(reading, scope)


def _ends_with(reading: Reading, start: int, end: int) -> bool:
    tokens = [token.text for token in tokenise_dose(reading.normal[start:end])]
    return any(tuple(tokens[-len(form) :]) == form for form in _followers())


@functools.cache
def _followers() -> tuple[tuple[str, ...], ...]:
    return tuple(form for forms in listed("followed_by").values() for form, _ in forms)
