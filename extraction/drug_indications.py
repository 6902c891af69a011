"""What a drug is given for: a drug of a sentence in, the condition and the purpose (prevention, cover) out.

The condition stands behind "for", leads the sentence ("for the graft he uses ..."), or is told as treated with the
drugs that follow ("ulcerative colitis, on vedolizumab"). What may be the lupus's own treatment is left without one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from extraction.dose_items import read_items
from extraction.dose_words import Phrases, holds_one, match_phrase, phrases, signs_of, tokenise_dose
from extraction.drug_chains import chained
from extraction.drug_diseases import disease_of, opens_label, set_apart_from
from extraction.drug_reasons import find_cues, listed
from extraction.drug_scope import Scope, masked_times
from extraction.knowledge import cues
from extraction.no_condition import is_germ_of_another
from extraction.reading import Mention, Reading
from kb.facts import Dosing
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_LEADING_FOR = compiled(
    r"\W*(?:[A-Za-z]+:\s*)?(?:for|because of|to protect|on account of|in view of|owing to|due to|to treat|to control"
    r"|as treatment (?:for|of)) (?:[\w'-]+ ){0,3}",
    re.IGNORECASE,
)
_PART_BEGINS = compiled(r"[,;:]\s+(?:and\s+|but\s+)?|\s(?:and|but)\s+")
_ONE_CLAUSE = compiled(r"\s+(?:[\w'-]+\s+){1,8}")  # "and for the eye disease the eye clinic maintains X"
_BACK = compiled(
    r"\b(?:for (?:it|this|that|these|them|which|the latter)"
    r"|to (?:protect|preserve|keep|control|suppress|maintain) (?:it|this|them))\b",
    re.IGNORECASE,
)
_BY_WHOM = compiled(  # "treated by the chest team with", "of the lung"
    r"\b(?:treated|managed|followed|looked after|controlled|kept|seen|supervised) (?:up )?(?:by|under|in|at) "
    r"(?:[\w'-]+ ){1,5}?(?=with\b|on\b|using\b)"
    r"|\bof (?:the |her |his |both )?"
    r"(?:lungs?|skin|eyes?|joints?|liver|gut|bowel|colon|kidneys?|nerves|scalp|pancreas|orbits?|heart|aorta|mouth)\b",
    re.IGNORECASE,
)
_COORDINATED = compiled(r"[\s,/&+-]*(?:(?:and|with|plus|also|as well as|or)\b[\s,]*)*[\w\s'-]{0,24}")
_AND = compiled(r"(?:\band|\bplus|\bwith|[+&/])\s+(?:\w+ ){0,2}$")
_ANOTHER_CLAUSE = compiled(r"\band (?:she|he|they) ", re.IGNORECASE)  # "has psoriasis, and she takes": for it, or not
_BRACKETED = compiled(r"\([^()]*\)|^[^()]*\)")
_NEXT_FOR = compiled(r"(?:\band|[,;])\s+for (?:\w+ ){0,3}$")
_ANEW = compiled(r"\b(?:who|whose|also has|has also|additionally|in addition)\b", re.IGNORECASE)
_HEADED = compiled(
    r"(?: of the \w+(?: and \w+)?)?\)?\s*[-:=→]\s*(?:on |takes |taking )?"
    r"(?:(?:daily|oral|regular|maintenance|long[- ]term|low[- ]dose|continuous|chronic|permanent) ){0,3}"
    r"(?:[\d.,]+ ?m?c?g )?"
)
_FOR_WHICH = compiled(  # whatever else stands between the disease and these words
    r"\bfor (?:which|whom)\s+(?:(?:she|he|they|the|patient|has|have|had|is|was|takes?|took|taking|receives?|received"
    r"|gets?|needs?|needed|on|been|daily|an?|long[- ]term|oral|regular|again|now|still|maintenance|started"
    r"|given)\s+){0,6}$",
    re.IGNORECASE,
)
_BECAUSE = compiled(
    r"\b(?:because of|on account of|owing to)\s+(?:(?:an?|the|her|his|their|active|known)\s+){0,2}$", re.IGNORECASE
)
_ENDED = compiled(
    r"\b(?:stop\w*|ceased|discontinu\w*|withdr\w+|withheld|paused|reduced|lowered|tapered|declin\w+|not|never|refus\w+"
    r"|avoid\w*|contraindicat\w*|held|off)\b",
    re.IGNORECASE,
)
_OPENED = compiled(r"\s*(?:,?\s*(?:since|from|dx|diagnosed(?: in)?)\s*)?\(\s*(?:on |takes |taking )?")
_COMMA = compiled(r"\s*,\s*")
_COLUMN = compiled(  # "prednisone 12.5 mg - sarcoidosis", an indication in a column of its own
    r"\s*(?:\d[\d.,]*\s*(?:mg|g|mcg)?)?(?:/(?:d|day|week))?\s*(?:od|bd|bid|tds|qd|daily|weekly|monthly|q\d+w)?\s*"
    r"(?:[:=|→]|\s[-–—])\s*(?:chronic |severe )?",
    re.IGNORECASE,
)
_DEPENDENT = compiled(r"[- ](?:dependent|requiring|treated|controlled|maintained|dependant)[- ]", re.IGNORECASE)


def purpose_of(reading: Reading, scope: Scope, end: int) -> str | None:
    """Whether it is told to be prevention, cover or treatment."""
    text = reading.normal[max(scope.sentence_start, scope.start - 40) : max(end, min(scope.after, scope.end + 60))]
    if not holds_one(_signs_of_purpose(), text):
        return None
    tokens = tokenise_dose(text)
    for name, index in _purposes().items():
        if any(token.text in index and match_phrase(index, tokens, at) for at, token in enumerate(tokens)):
            return name
    return None


def purpose_by_dose(scope: Scope, dosing: Dosing) -> str | None:
    """Treatment where the day's dose (mg) is one that only treatment takes: valaciclovir 1 g three times a day."""
    bounds = cues("medications")["treating_doses"].get(scope.concept)
    told = dosing.per_day
    if bounds is None or told is None or told.low is None or told.high is None or dosing.unit != "mg":
        return None
    return "treatment" if float(bounds[0]) <= told.low and told.high <= float(bounds[1]) else None


@functools.cache
def _purposes() -> dict[str, Phrases]:
    return {
        name: phrases((written, name) for written in words) for name, words in cues("medications")["purposes"].items()
    }


@functools.cache
def _signs_of_purpose() -> tuple[str, ...]:
    return tuple(sign for index in _purposes().values() for sign in signs_of(index))


def indication_of(reading: Reading, scope: Scope, scopes: Sequence[Scope], end: int) -> str | None:
    """The condition that the drug, or the list in which it stands, is said to be for."""
    own = _behind(reading, scope, end)
    if own is not None:
        return own
    chain = _chain(reading, scope, scopes)
    following = chain[chain.index(scope) + 1 :][:1]
    if following and _go_together(reading, scope, following[0]):  # "X and Y for asthma"
        told = _behind(reading, following[0], following[0].end)
        if told is not None and _is_apart(told):
            return told
    return _led_by(reading, chain[0]) or _treated_with(reading, chain) or disease_of(reading, chain)


def _behind(reading: Reading, scope: Scope, end: int) -> str | None:
    """ "X for asthma", in the drug's own part of the sentence; "X (asthma)"."""
    index = listed("indication")
    for mention in reading.mentions_in(scope.end, max(scope.after, end)):
        if not _is_treatable(mention) or mention.sentence != scope.mention.sentence:
            continue
        if set_apart_from(reading, mention):
            continue  # "X, quite apart from what we do for the lupus"
        tokens = tokenise_dose(reading.normal[max(scope.end, mention.start - 24) : mention.start])
        for at in range(len(tokens)):
            found = match_phrase(index, tokens, at)
            if found is not None and len(tokens) - found[1] <= 1 and not _opens_next(reading, scope, mention):
                return mention.concept
        before = reading.normal[scope.end : mention.start]
        if _is_apart(mention.concept) and _BECAUSE.search(before) and not _ENDED.search(before):
            return mention.concept
        named = before[-1:] in ("(", "[") or _DEPENDENT.fullmatch(before) or _COLUMN.fullmatch(before)
        if _is_apart(mention.concept) and named:
            return mention.concept
    return None


def _opens_next(reading: Reading, scope: Scope, mention: Mention) -> bool:
    """ "prednisolone 5 mg, and for her psoriasis a cream": said of the drug that follows."""
    before = reading.normal[scope.end : mention.start]
    later = any(one.kind == "drug" for one in reading.mentions_in(mention.end, scope.sentence_end))
    return later and _NEXT_FOR.search(before) is not None


def _go_together(reading: Reading, one: Scope, other: Scope) -> bool:
    terms = vocabulary()
    joined = _AND.search(reading.normal[one.end : other.start]) is not None
    groups = cues("medications")["given_together"]
    return joined and any(all(terms.is_one_of(scope.concept, group) for scope in (one, other)) for group in groups)


def _is_treatable(mention: Mention) -> bool:
    graft = mention.kind == "procedure" and vocabulary().is_a(mention.concept, "transplant")
    return mention.kind == "condition" or graft


def _is_apart(concept: str) -> bool:
    """Whether it is a disease that is treated with the same drugs as lupus, or an infection."""
    groups = cues("medications")["treated_apart"]
    return vocabulary().is_one_of(concept, (*groups["lasting"], *groups["passing"]))


def _chain(reading: Reading, scope: Scope, scopes: Sequence[Scope]) -> list[Scope]:
    """The drugs of the list in which a drug stands, in order."""
    at = list(scopes).index(scope) if scope in scopes else -1
    if at < 0:
        return [scope]
    first = last = at
    while first > 0 and _one_list(reading, scopes[first - 1 : first + 1]):
        first -= 1
    while last + 1 < len(scopes) and _one_list(reading, scopes[last : last + 2]):
        last += 1
    return list(scopes[first : last + 1])


def _one_list(reading: Reading, pair: Sequence[Scope]) -> bool:
    """Whether two drugs stand in one list: "for b)" at the head of a line begins another."""
    return chained(reading, pair) and not opens_label(reading.normal[pair[0].end : pair[1].start])


def _led_by(reading: Reading, scope: Scope) -> str | None:
    """ "For the graft he uses tacrolimus and prednisolone": the condition at the head of the sentence."""
    start = scope.sentence_start
    for mention in reading.mentions_in(start, scope.start):
        known = _is_treatable(mention) and _is_apart(mention.concept)
        before = reading.normal[start : mention.start]
        if known and _LEADING_FOR.fullmatch(before):
            return mention.concept
        part = _PART_BEGINS.split(before)[-1]
        between = reading.normal[mention.end : scope.start]
        if known and _LEADING_FOR.fullmatch(part) and _ONE_CLAUSE.fullmatch(between):
            return mention.concept
    return None


def _treated_with(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "Crohn's disease treated with infliximab", "severe asthma, on daily prednisolone for it"."""
    scope = chain[0]
    behind = reading.normal[chain[-1].end : chain[-1].after]
    conditions = [
        mention
        for mention in reading.mentions_in(_start_of_story(reading, scope, behind), scope.start)
        if _is_treatable(mention) and mention.end <= scope.start and not is_germ_of_another(reading, mention)
    ]
    if not conditions or not _is_apart(conditions[-1].concept):
        return None
    told = conditions[-1]
    if told.assertion != "present" or told.experiencer != scope.mention.experiencer:
        return None
    between = _BRACKETED.sub(" ", _BY_WHOM.sub(" ", masked_times(reading, told.end, scope.before)))
    headed = _HEADED.fullmatch(reading.normal[told.end : scope.start])
    alone = _never_for_lupus(chain) and _COMMA.fullmatch(between) is not None
    alone = alone or _OPENED.fullmatch(masked_times(reading, told.end, scope.before)) is not None
    which = _FOR_WHICH.search(between) is not None and not compiled(r"[.;]\s").search(between)
    apart = _ANOTHER_CLAUSE.search(between) is not None and not _never_for_lupus(chain)
    links = _links(between) and not apart
    if not (links or headed or alone or which or (_BACK.search(behind) and len(between) <= 60)):
        return None
    if _beside_lupus(reading, conditions) and not _never_for_lupus(chain) and not _BACK.search(between + behind):
        return None
    return told.concept


def _start_of_story(reading: Reading, scope: Scope, behind: str) -> int:
    """Where the sentence begins, or the one before a semicolon where "for it" points back to that."""
    number = reading.sentence_at(scope.start)
    pointed = number > 0 and _BACK.search(re.split(r"[,;.]", behind)[0]) is not None
    if pointed and reading.normal[: scope.sentence_start].rstrip()[-1:] == ";":
        return reading.sentences[number - 1].start
    return scope.sentence_start


def _links(between: str) -> bool:
    """Whether nothing but words of treating stands between the condition and the drug, one of them telling so."""
    tokens = tokenise_dose(between)
    joints = find_cues(listed("treated_by"), tokens, 0)
    if not joints:
        return False
    rest = tuple(token for token in tokens if not any(cue.start <= token.start < cue.end for cue in joints))
    ignored = set(cues("medications")["amid_treatment"])
    strange = [item for item in read_items(rest) if item.kind == "word" and rest[item.first].text not in ignored]
    return not strange and not any(token.text in (".", ";") for token in rest)


def _beside_lupus(reading: Reading, conditions: Sequence[Mention]) -> bool:
    """ "SLE and asthma, on prednisolone": the treatment may be that of either."""
    terms = vocabulary()
    lupus = [one for one in conditions[:-1] if any(terms.is_a(one.concept, own) for own in cues("medications")["own"])]
    if not lupus:
        return False
    between = _BRACKETED.sub("", reading.normal[lupus[-1].end : conditions[-1].start])
    return _ANEW.search(between) is None and _COORDINATED.fullmatch(between) is not None


def _never_for_lupus(chain: Sequence[Scope]) -> bool:
    terms = vocabulary()
    return any(terms.is_a(scope.concept, drug) for scope in chain for drug in cues("medications")["never_for_lupus"])
