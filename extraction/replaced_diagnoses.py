"""Lupus that another diagnosis has replaced: a Reading in, its mentions of lupus denied where the letter says so.

"Referred as lupus, but it is dermatomyositis", "the diagnosis was revised from SLE to MCTD", "polymyositis, at first
taken for lupus": words of a label or of doubt, a turn, and the other disease, in one sentence or in two.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_FAR = 160  # characters between the two names
_NEAR = 60  # characters of a label before the name


def deny_replaced(reading: Reading) -> None:
    """Makes each mention of lupus absent that the letter tells to be something else."""
    for lupus in reading.mentions:
        told = lupus.concept == "sle" and lupus.assertion in ("present", "possible") and lupus.experiencer == "patient"
        if told and (
            _is_unmade(reading, lupus) or any(_replaces(reading, lupus, other) for other in _others(reading, lupus))
        ):
            lupus.assertion = "absent"
    _tell_what_has_its_own_verb(reading)
    _deny_labels(reading)
    _deny_answered(reading)
    _deny_taken_back(reading)
    _deny_withdrawn(reading)
    _deny_concluded(reading)
    _settle_doubts(reading)
    _name_other_kind(reading)


def _settle_doubts(reading: Reading) -> None:
    """ "Query SLE" at the head of a letter that then excludes it, or GVHD feared where there never was one."""
    for concept, words in cues("conditions")["settled_by_denial"].items():
        told = [one for one in reading.mentions if one.concept == concept and one.experiencer == "patient"]
        denied = [one.start for one in told if one.assertion == "absent" and _is_said_with(reading, one, words)]
        if denied and all(one.assertion in ("absent", "possible") for one in told):
            for one in told:
                if one.assertion == "possible" and one.start < denied[-1]:
                    one.assertion = "absent"


def _is_said_with(reading: Reading, mention: Mention, words: str) -> bool:
    sentence = reading.sentences[mention.sentence]
    return compiled(words, re.IGNORECASE).search(reading.normal, sentence.start, sentence.end) is not None


def _tell_what_has_its_own_verb(reading: Reading) -> None:
    """ "The diagnosis was drug-induced lupus and SLE has been excluded": the first is told, not excluded."""
    for lupus in reading.mentions:
        if lupus.concept != "sle" or lupus.assertion != "absent" or lupus.cue is None or lupus.cue[0] < lupus.end:
            continue
        for other in reading.mentions_in(reading.sentences[lupus.sentence].start, lupus.start):
            joined = re.fullmatch(r"[\s,]*\band\b\s*(?:the |an? )?", reading.normal[other.end : lupus.start])
            if other.assertion != "absent" or other.cue != lupus.cue or not joined or not _is_listed(other):
                continue
            if _pattern("told_itself").search(reading.normal[max(0, other.start - _NEAR) : other.start]):
                other.assertion, other.cue = "present", None


def _deny_labels(reading: Reading) -> None:
    """Where lupus is excluded and elsewhere only a label, a question or a suspicion, these are denied, too."""
    told = [one for one in reading.mentions if one.concept == "sle" and one.experiencer == "patient"]
    denied = [one for one in told if one.assertion == "absent" and _is_excluded(reading, one)]
    others = [one for one in told if one.assertion in ("present", "possible")]
    if not denied or not others or not any(_stands_in_place(one) for one in reading.mentions):
        return
    before = [reading.normal[max(0, one.start - _NEAR) : one.start].rsplit("\n\n", 1)[-1] for one in others]
    if all(_pattern("mere_label").search(words) for words in before) and others[-1].start < denied[-1].start:
        for one in others:
            one.assertion = "absent"


def _is_excluded(reading: Reading, lupus: Mention) -> bool:
    return lupus.cue is not None and _pattern("excluded").search(reading.normal[slice(*lupus.cue)]) is not None


def _deny_answered(reading: Reading) -> None:
    """ "Referred with ?SLE. [...] Conclusion: no lupus": a question that the letter goes on to answer."""
    told = [one for one in reading.mentions if one.concept == "sle" and one.experiencer == "patient"]
    asked = [one for one in told if one.assertion == "possible"]
    answers = [one for one in told if one.assertion == "absent"]
    if not asked or not answers or len(asked) + len(answers) < len(told) or answers[0].start < asked[-1].start:
        return
    for mention in asked:
        mention.assertion = "absent"


def _deny_taken_back(reading: Reading) -> None:
    """ "Lupus. So reads her label, and the label is wrong: she does not have SLE": told, taken back, denied."""
    told = [one for one in reading.mentions if one.concept == "sle" and one.experiencer == "patient"]
    denied = [one for one in told if one.assertion == "absent" and one.temporality == "current"]
    others = [one for one in told if one.assertion in ("present", "possible")]
    if not denied or not others or others[-1].start > denied[-1].start or not _is_excluded(reading, denied[-1]):
        return
    cue = denied[-1].cue or (0, 0)
    between = reading.normal[cue[1] : denied[-1].start] if cue[1] <= denied[-1].start else ""
    if between.strip(" ,").lower() not in ("", "a", "an", "the", "systemic", "have", "has"):
        return  # "no active SLE"
    first, last = others[-1].end, denied[-1].end
    for back in _pattern("taken_back").finditer(reading.normal, first, last):
        sentence = reading.sentences[reading.sentence_at(back.start())]
        named = reading.mentions_in(max(first, sentence.start), back.end())
        if not any(one.kind == "condition" and one.concept != "sle" for one in named):
            for one in others:
                one.assertion = "absent"
            return


def _deny_withdrawn(reading: Reading) -> None:
    """ "So says the referral. SLE has now been ruled out": what was told before an exclusion for good is denied."""
    told = [one for one in reading.mentions if one.concept == "sle" and one.experiencer == "patient"]
    if not told or told[-1].assertion == "possible" or told[-1].temporality == "planned":
        return
    labels = all(_is_label(reading, one) for one in told[:-1] if one.assertion in ("present", "possible"))
    if _is_excluded_for_good(reading, told[-1]) or (labels and _is_without_evidence(reading, told[-1])):
        for one in told:
            one.assertion = "absent"


def _is_excluded_for_good(reading: Reading, lupus: Mention) -> bool:
    normal, sentence = reading.normal, reading.sentences[lupus.sentence]
    behind = _pattern("for_good_behind").match(normal, lupus.end, sentence.end)
    before = _pattern("for_good_before").search(normal[sentence.start : lupus.start])
    part = _pattern("part_or_other_before").search(normal[sentence.start : lupus.start])
    if (behind is None and before is None) or part is not None:
        return False
    if behind is not None and _pattern("for_good_denied").search(behind[0]) and "been" not in behind[0]:
        now = any(word in behind[0] for word in ("could", "can", "meanwhile", "meantime", "now"))
        if not now:
            return False
    following = reading.sentences[min(lupus.sentence + 1, len(reading.sentences) - 1)]
    rest = normal[lupus.end if behind is None else behind.end() : max(sentence.end, following.end)]
    told = f"{normal[sentence.start : lupus.start]} {rest}"
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", told)]
    today = reading.letter_date.latest if reading.letter_date is not None else None
    old = any(today is None or year < today.year - 1 for year in years)
    return not old and _pattern("for_good_open").search(rest) is None


def _is_without_evidence(reading: Reading, lupus: Mention) -> bool:
    sentence = reading.sentences[lupus.sentence]
    before = _pattern("no_evidence_before").search(reading.normal[sentence.start : lupus.start])
    return before is not None and _pattern("no_evidence_behind").match(reading.normal, lupus.end) is not None


def _is_label(reading: Reading, lupus: Mention) -> bool:
    before = reading.normal[max(0, lupus.start - _NEAR) : lupus.start].rsplit("\n\n", 1)[-1]
    return _pattern("mere_label").search(before) is not None


def _deny_concluded(reading: Reading) -> None:
    """ "Sent to us as lupus. [...] It was drug-induced lupus": a label, and a conclusion that is another disease."""
    told = [one for one in reading.mentions if one.concept == "sle" and one.experiencer == "patient"]
    if not told or not all(_is_label(reading, one) for one in told):
        return
    for other in reading.mentions_in(told[-1].end, len(reading.normal)):
        alone = vocabulary().is_one_of(other.concept, cues("conditions")["never_beside_sle"])
        before = reading.normal[max(0, other.start - _NEAR) : other.start]
        if alone and _stands_in_place(other) and _pattern("conclusion_before").search(before):
            for one in told:
                one.assertion = "absent"
            return


def _name_other_kind(reading: Reading) -> None:
    """Where systemic lupus is denied and another kind told, the bare word "lupus" means that kind."""
    systemic = _pattern("systemic")
    told = [one for one in reading.mentions if one.concept == "sle" and one.experiencer == "patient"]
    named = [one for one in told if systemic.search(reading.normal[one.start : one.end])]
    if not named or any(one.assertion != "absent" for one in named):
        return
    kinds = [one for one in reading.mentions if _stands_in_place(one) and _is_a_lupus(one)]
    for mention in told if kinds else ():
        if mention not in named and mention.assertion in ("present", "possible"):
            mention.concept = kinds[0].concept


def _is_a_lupus(mention: Mention) -> bool:
    return vocabulary().is_one_of(mention.concept, ("cutaneous-lupus", "drug-induced-lupus"))


def _is_unmade(reading: Reading, lupus: Mention) -> bool:
    """ "Lupus limited to the skin"; "criteria for systemic lupus are not fulfilled" in a letter on another disease."""
    before, behind = (
        reading.normal[max(0, lupus.start - _NEAR) : lupus.start],
        reading.normal[lupus.end : lupus.end + _FAR],
    )
    if _pattern("narrowed").match(behind) or _pattern("answered_no").match(behind):
        return True
    if _pattern("withdrawn_before").search(before) and _pattern("withdrawn_behind").match(behind):
        return True
    if _pattern("struck_before").search(before) and _pattern("struck_behind").match(behind):
        return True
    if _pattern("asked_before").search(before) and _pattern("answered_behind").match(behind):
        return True
    managed = lupus.assertion == "possible" and _pattern("managed_before").search(before) is not None
    if managed and not _pattern("managed_part").match(behind):
        return any(_stands_in_place(other) for other in reading.mentions)
    if _pattern("sought_behind").match(behind):
        return True
    if _pattern("struck_passive").match(behind) or _is_of_another_kind(reading):
        return True
    if _pattern("given_up").match(behind):
        return any(_stands_in_place(other) for other in reading.mentions)
    criteria = _pattern("criteria_before").search(before) and _pattern("criteria_behind").match(behind)
    criteria = criteria or _pattern("criteria_of_it").match(behind)
    return bool(criteria) and any(_stands_in_place(other) for other in reading.mentions)


def _is_of_another_kind(reading: Reading) -> bool:
    """ "The label is minocycline-induced lupus, and not the systemic form"."""
    for told in _pattern("not_the_systemic").finditer(reading.normal):
        before = reading.mentions_in(max(0, told.start() - _NEAR), told.start())
        if any(_is_a_lupus(one) and _stands_in_place(one) for one in before):
            return True
    return False


def _stands_in_place(other: Mention) -> bool:
    named = other.kind == "condition" and other.assertion == "present" and other.experiencer == "patient"
    return named and _is_listed(other)


def _others(reading: Reading, lupus: Mention) -> Iterator[Mention]:
    """The diseases near it that could stand in its place."""
    for other in reading.mentions_in(max(0, lupus.start - _FAR), lupus.end + _FAR):
        told = other.kind == "condition" and other.assertion in ("present", "possible")
        if told and other.experiencer == "patient" and _is_listed(other):
            yield other


def _is_listed(other: Mention) -> bool:
    return stands_instead(other.concept)


def stands_instead(concept: str) -> bool:
    """Whether a disease could stand in the place of lupus, which no sort of that does."""
    terms = vocabulary()
    return not terms.is_a(concept, "sle") and terms.is_one_of(concept, cues("conditions")["instead_of_sle"])


def _replaces(reading: Reading, lupus: Mention, other: Mention) -> bool:
    normal = reading.normal
    if lupus.end <= other.start:
        between, before = normal[lupus.end : other.start], normal[max(0, lupus.start - _NEAR) : lupus.start]
        if _pattern("both").search(between) or "\n\n" in between:
            return False
        if _pattern("revised").search(between) or _pattern("from_to").search(f"{before}\0{between}"):
            return True
        label = _pattern("label_before").search(before.rsplit("\n\n", 1)[-1]) or _pattern("label_behind").match(between)
        if label is None or _pattern("one_more").match(normal, other.end):
            return False
        firm = _pattern("firm_label").search(before.rsplit("\n\n", 1)[-1]) or _pattern("doubt_behind").match(between)
        turns = ("turn", "turn_straight") if firm else ("turn_firm", "turn_straight")
        return any(_pattern(turn).search(between) for turn in turns)
    if other.end <= lupus.start:
        between = normal[other.end : lupus.start]
        return _pattern("mistaken").fullmatch(between) is not None
    return False


@functools.cache
def _pattern(key: str) -> re.Pattern[str]:
    return compiled(cues("conditions")["replaced_lupus"][key], re.IGNORECASE)
