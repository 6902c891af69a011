"""Why a drug ended or could not be given: the words around it in, the reason with the letter's own words out.

A cause counts behind a word such as "due to" near the drug, in brackets or behind a dash, before "on" the drug, or
before "so" it was not given. What merely worries or goes along with a drug that goes on is no reason.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.dose_items import items_from
from extraction.dose_words import Phrases, Token, match_phrase, phrases, tokenise_dose
from extraction.drug_scope import Scope, masked_times
from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.tables import blocks_of
from kb.patterns import compiled

_ALLERGIES = compiled(
    r"\b(?:allerg(?:y|ies)|intolerances?|adverse drug reactions?|ADRs?)\b[^.:\n]{0,20}:[^.\n]*$",
    re.IGNORECASE,
)
_BUT_FOR = compiled(
    r"\b(?:allerg(?:y|ies)|NKDA|NKA)\s*[,(]?\s*(?:except|apart from|other than|save for|but for)\b[^.\n]*$",
    re.IGNORECASE,
)
_ITEM = compiled(r"[ \t]*[-–*•·>][ \t]*")
_HEADING = compiled(
    r"(?<!no )(?<!without )(?:allerg(?:y|ies)|intolerances?|hypersensitivit(?:y|ies)|"
    r"adverse (?:drug )?reactions?|ADRs?)"
    r"(?: (?:to (?:drugs|medicines|medication)|list|so far|known|and reactions?))?[ \t]*:?[ \t]*\Z",
    re.IGNORECASE,
)
_NO_ALLERGY = compiled(r"\b(?:none|nil|nkda|no|not)\b", re.IGNORECASE)
_OF_ALLERGIES = ("allerg", "nkda", "nka", "intoleranc", "adverse drug", "adr")
_ENDED_ONCE = compiled(
    r"\b(?:ended|stopped|discontinued|withdrawn|abandoned|forbidden|given up|terminated|cut short|ruled out)\b"
    r"[^.;]{0,80},? (?:and|while|whereas)(?: the)? $",
    re.IGNORECASE,
)
_UNDER = compiled(r"(?:^|[,;] )(?:under|on|with|during|while on)(?: the)?$")
_BY = compiled(r"\s*,?\s*(?:by|for|because of|owing to|due to|on account of|after) ", re.IGNORECASE)
_NEAR = 14  # tokens between a cause word and the drug or the word that says it ended
_DENIED_REASON = 6  # tokens of a reason behind "not for"
_DIRECT = 4  # tokens between a drug's name and the harm that a bracket or dash puts straight behind it


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue found: its group, and its place in characters of the document."""

    group: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reason:
    """`kind` is one of the reasons of the annotation guide, `detail` the letter's words, `end` where they end."""

    kind: str
    detail: str
    end: int = 0


@functools.cache
def listed(key: str) -> Phrases:
    return phrases((written, written) for written in cues("medications")[key])


@functools.cache
def _because(strength: str) -> Phrases:
    return phrases((written, written) for written in cues("medications")["because"][strength])


@functools.cache
def _reasons() -> Phrases:
    entries = cues("medications")["reasons"].items()
    known = [(written, reason) for reason, words in entries for written in words]
    return phrases(iter(known))


@functools.cache
def intolerances() -> Phrases:
    """The harms that count as intolerance."""
    return phrases((written, written) for written in cues("medications")["reasons"]["intolerance"])


@functools.cache
def _short_reasons() -> Phrases:
    return phrases((written, "intolerance") for written in cues("medications")["short_reasons"])


def find_cues(index: Phrases, tokens: Sequence[Token], offset: int) -> list[Cue]:
    """Cues that do not overlap, the longest at each place."""
    found: list[Cue] = []
    at = 0
    while at < len(tokens):
        match = match_phrase(index, tokens, at) if tokens[at].text in index else None
        if match is None:
            at += 1
            continue
        group, after = match
        found.append(Cue(group, offset + tokens[at].start, offset + tokens[after - 1].end))
        at = after
    return found


def takes_off(reading: Reading, cue: Cue) -> bool:
    """ "off noradrenaline since 2 March": the day behind it is that of the end."""
    return match_phrase(listed("takes_off"), tokenise_dose(reading.normal[cue.start : cue.end]), 0) is not None


def reason_of(reading: Reading, scope: Scope, causes: Sequence[Cue], scopes: Sequence[Scope]) -> Reason | None:
    """Why it ended: the first cause named behind the drug or the word of its end, else straight before it."""
    following = [
        other.start for other in scopes if other.start > max(cue.end for cue in causes) and other.start > scope.start
    ]
    limit = min(following, default=scope.sentence_end)
    if any("from" in reading.normal[cue.start : cue.end] for cue in causes if cue.group == "past"):
        limit = scope.sentence_end  # "switched from X to Y because of nausea"
    ending = all(cue.group == "past" for cue in causes)
    direct = any(cue.end <= scope.start for cue in causes) and not ending  # "failed azathioprine (nausea)"
    found = _harm_before(reading, scope) or cause_in(reading, scope.end, limit, weak=direct)
    if found is None and any(cue.start > scope.end for cue in causes):
        ends = [cue.end for cue in causes if cue.start > scope.end and cue.group != "past"]
        found = cause_in(reading, min(ends), limit, weak=True, short=True) if ends else None
    if found is None:
        found = _straight_behind(reading, scope, limit) or _followed_by_harm(reading, scope)
    if found is None and not ending:
        found = _consequence(reading, scope)
    return found


def harm_of(reading: Reading, scope: Scope, *, dosed: bool) -> Reason | None:
    """ "azathioprine caused pancreatitis", "cytopenias on MMF", "methotrexate: pneumonitis": harm that ended it."""
    if scope.borne or _goes_on_in_spite(reading, scope):
        return None
    in_table = _in_column_of_reasons(reading, scope) or _below_head_of_reasons(reading, scope)
    if in_table is not None:
        return in_table
    tokens = tokenise_dose(reading.normal[scope.end : scope.after])
    if any(match_phrase(listed("caused"), tokens, at) for at in range(min(len(tokens), 8))):
        found = cause_in(reading, scope.end, scope.after, weak=False)
        if found is not None and found.kind == "intolerance":
            return found
    before = _harm_before(reading, scope)
    if before is not None and before.kind == "intolerance":
        text = tokenise_dose(reading.normal[scope.sentence_start : scope.start])
        if find_cues(listed("developed"), text, 0):
            return before
    shorter = _told_shorter(reading, scope) or _followed_by_harm(reading, scope)
    if shorter is not None:
        return shorter
    found = None if dosed else _straight_behind(reading, scope, scope.after)
    if found is None or match_phrase(listed("also_of_the_disease"), tokenise_dose(found.detail), 0) is not None:
        return None
    return found


def _goes_on_in_spite(reading: Reading, scope: Scope) -> bool:
    """ "MMF gave her diarrhoea, but she stayed on it", in the sentence or, behind a semicolon, in the next one."""
    end = scope.sentence_end
    if reading.normal[:end].rstrip().endswith(";"):
        end = reading.sentences[min(reading.sentence_at(end - 1) + 1, len(reading.sentences) - 1)].end
    return _in_spite_of_harm().search(reading.normal, scope.end, end) is not None


@functools.cache
def _in_spite_of_harm() -> re.Pattern[str]:
    return compiled(cues("medications")["in_spite_of_harm"], re.IGNORECASE)


def _in_column_of_reasons(reading: Reading, scope: Scope) -> Reason | None:
    """ "Reason stopped" heads the column in which the harm stands: whatever the harm, it ended the drug of the row."""
    for rows in blocks_of(reading.normal):
        head = [reading.normal[slice(*cell)].strip(" :*") for cell in rows[0].cells]
        column = next((at for at, cell in enumerate(head) if at and _reasons_head().fullmatch(cell)), None)
        row = next((row for row in rows[1:] if row.start <= scope.start < row.end), None)
        if column is None or row is None or column >= len(row.cells) or scope.start >= row.cells[column][0]:
            continue
        start, end = row.cells[column]
        for cue in find_cues(intolerances(), tokenise_dose(reading.normal[start:end]), start):
            if not find_cues(listed("no_harm"), tokenise_dose(reading.normal[start : cue.start]), start):
                return Reason("intolerance", reading.text[cue.start : cue.end], cue.end)
    return None


def _below_head_of_reasons(reading: Reading, scope: Scope) -> Reason | None:
    """The harm that closes the line of a drug in a list headed "Previous drugs and why they ended"."""
    at = reading.normal.rfind("\n", 0, scope.start) + 1
    if reading.normal[at : scope.start].strip(" \t-*•"):
        return None
    end = min(scope.sentence_end, scope.after)
    while at > 0:
        begin = reading.normal.rfind("\n", 0, at - 1) + 1
        if not any(one.kind == "drug" for one in reading.mentions_in(begin, at)):
            head = reading.normal[begin : at - 1].strip(" :*-")
            return _straight_behind(reading, scope, end) if _reasons_heading().search(head) else None
        at = begin
    return None


@functools.cache
def _reasons_heading() -> re.Pattern[str]:
    return compiled(rf"(?:^|[.:] )(?:{cues('medications')['head_of_reasons']})$", re.IGNORECASE)


@functools.cache
def _reasons_head() -> re.Pattern[str]:
    return compiled(cues("medications")["column_of_reasons"], re.IGNORECASE)


def cause_behind(reading: Reading, scope: Scope) -> Reason | None:
    """The cause that a word such as "due to" tells behind a drug that was never given."""
    return cause_in(reading, scope.end, scope.after, weak=False)


def _straight_behind(reading: Reading, scope: Scope, limit: int) -> Reason | None:
    """ "azathioprine (2019, pancreatitis)", "MTX - hepatitis", "methotrexate pneumonitis"."""
    tokens = _behind_the_dose(masked_times(reading, scope.end, limit))
    if not tokens:
        return None
    near = match_phrase(_reasons(), tokens, 0)
    if near is not None and near[0] == "intolerance" and not match_phrase(listed("only_a_check"), tokens, near[1]):
        return _reason_at(reading, scope.end, tokens, 0, near)
    if tokens[0].text not in (":", "-", "(", "→", "=", "[", "|", "/"):
        return None
    for at in range(1, min(len(tokens), _DIRECT + 6)):
        if match_phrase(listed("no_harm"), tokens, at) or tokens[at].text in (";", "."):
            return None
        found = match_phrase(_reasons(), tokens, at)
        if found is not None and found[0] == "intolerance":
            worded = [token for token in tokens[1:at] if token.text.isalpha()]
            return _reason_at(reading, scope.end, tokens, at, found) if len(worded) <= _DIRECT else None
    return None


def _followed_by_harm(reading: Reading, scope: Scope) -> Reason | None:
    """ "Rituximab ended in a serum sickness", "under azathioprine she developed pancreatitis"."""
    tokens = tokenise_dose(reading.normal[scope.end : scope.after])
    before = reading.normal[scope.sentence_start : scope.start].rstrip().lower()
    joints = find_cues(listed("harm_follows"), tokens, 0)
    if _UNDER.search(before):
        joints = [*joints, *find_cues(listed("harm_came"), tokens[:_DIRECT], 0)]
    for joint in joints:
        behind = [at for at, token in enumerate(tokens) if token.start >= joint.end][: _DIRECT - 1]
        for at in behind:
            found = match_phrase(_reasons(), tokens, at)
            if match_phrase(listed("no_harm"), tokens, at):
                break
            if found is not None and found[0] == "intolerance":
                reason = _reason_at(reading, scope.end, tokens, at, found)
                detail = tokenise_dose(reason.detail)
                return None if match_phrase(listed("also_of_the_disease"), detail, 0) else reason
    return None


def _told_shorter(reading: Reading, scope: Scope) -> Reason | None:
    """ "The first was ended by retinopathy, and methotrexate by a toxic hepatitis": the verb stands once."""
    before = reading.normal[scope.sentence_start : scope.start]
    behind = reading.normal[scope.end : scope.after]
    if not (_ENDED_ONCE.search(before) and _BY.match(behind)):
        return None
    tokens = tokenise_dose(behind)
    for at in range(1, min(len(tokens), _DIRECT + 2)):
        found = match_phrase(_reasons(), tokens, at)
        if found is not None and found[0] == "intolerance":
            return _reason_at(reading, scope.end, tokens, at, found)
    return None


def _behind_the_dose(text: str) -> Sequence[Token]:
    """The tokens behind a drug's dose and dates; offsets stay those of the text."""
    tokens = tokenise_dose(text)
    first = 0
    for item in items_from(tokens):
        if item.kind in ("filler", "open", "close", "word", "stop", "change", "join"):
            break
        first = item.last
    return tokens[first:]


def _consequence(reading: Reading, scope: Scope) -> Reason | None:
    """ "TPMT null, so azathioprine cannot be used": the cause stands before the word of consequence."""
    start = scope.sentence_start
    tokens = tokenise_dose(reading.normal[start : scope.start])
    joints = find_cues(listed("consequence"), tokens, 0)
    if not joints or find_cues(listed("still_active"), tokens, 0):
        return None
    for cue in reversed(find_cues(_reasons(), tokens, 0)):
        if cue.end <= joints[-1].start or any(joint.end <= cue.start for joint in joints):
            return Reason(cue.group, reading.text[start + cue.start : start + cue.end])
    return None


def _harm_before(reading: Reading, scope: Scope) -> Reason | None:
    """The harm that stands before the name with a small word between: "rash with azathioprine"."""
    start = scope.sentence_start
    tokens = tokenise_dose(reading.normal[start : scope.start])
    joints = [cue for cue in find_cues(listed("harm_joints"), tokens, 0) if tokens and cue.end == tokens[-1].end]
    if not joints:
        return None
    for cue in reversed(find_cues(_reasons(), tokens, 0)):
        near = [token for token in tokens if cue.end <= token.start < joints[-1].start]
        if cue.group == "intolerance" and len(near) <= 1 and not any(token.text in (",", ".", ";") for token in near):
            return Reason(cue.group, reading.text[start + cue.start : start + cue.end])
    return None


def _reason_at(reading: Reading, offset: int, tokens: Sequence[Token], at: int, found: tuple[str, int]) -> Reason:
    group, after = found
    end = offset + tokens[after - 1].end
    return Reason(group, reading.text[offset + tokens[at].start : end], end)


def cause_in(reading: Reading, start: int, end: int, *, weak: bool, short: bool = False) -> Reason | None:
    """The first cause behind a word of causing; `weak` words such as "with" and `short` names ("LFTs") on request."""
    tokens = tokenise_dose(reading.normal[start:end])
    skip = {
        at
        for cue in find_cues(listed("not_reasons"), tokens, 0)
        for at, token in enumerate(tokens)
        if cue.start <= token.start < cue.end
    }
    because_at: int | None = None
    at = 0
    while at < len(tokens):
        if at in skip:
            at += 1
            continue
        reason = match_phrase(_reasons(), tokens, at)
        if reason is None and short and because_at == at - 1:
            reason = match_phrase(_short_reasons(), tokens, at)
        if reason is not None and match_phrase(listed("ruled_out"), tokens, reason[1]):
            reason = None
        if reason is not None and because_at is not None and at - because_at <= _NEAR:
            return _reason_at(reading, start, tokens, at, reason)
        strong = match_phrase(_because("strong"), tokens, at)
        if strong is not None or (weak and match_phrase(_because("weak"), tokens, at)):
            denied = _is_no_cause(tokens[:at])
            because_at = because_at if denied else at
            if denied:
                skip.update(range(at, min(len(tokens), at + _DENIED_REASON)))
        at += 1
    return None


def _is_no_cause(before: Sequence[Token]) -> bool:
    """ "And not for side effects", "nothing was ever withdrawn because of toxicity": a cause that ended no drug."""
    if before and before[-1].text in ("not", "never"):
        return True
    near = before[-_NEAR // 2 :]
    none = find_cues(listed("none_of_them"), near, 0)
    told = {token.text for token in near if none and token.start >= none[-1].end}
    return bool(none) and not told & {"tolerated", "continued", "possible", "tolerable", "suited", "helped"}


def in_list_of_allergies(reading: Reading, scope: Scope) -> bool:
    """ "Allergies: X - rash; Y - fever": the heading holds for all clauses of its line; so does "NKDA except X"."""
    begin = reading.normal.rfind("\n", 0, scope.start) + 1
    line = reading.normal[begin : scope.start]
    if _ITEM.fullmatch(line) and _is_headed_so(reading.normal, begin):
        return True  # the list of reactions below its heading, whatever the reaction
    lower = line.lower()
    if not any(word in lower for word in _OF_ALLERGIES):
        return False
    if _BUT_FOR.search(line):
        return True
    found = _ALLERGIES.search(line)
    return found is not None and ";" in found.group() and _NO_ALLERGY.search(found.group()) is None


def _is_headed_so(normal: str, at: int) -> bool:
    """Whether the list whose item begins at a place stands under a line that ends as a heading of allergies."""
    while at > 0:
        begin = normal.rfind("\n", 0, at - 1) + 1
        line = normal[begin : at - 1]
        if not _ITEM.match(line):
            return _HEADING.search(line) is not None and _NO_ALLERGY.search(line[-60:]) is None
        at = begin
    return False
