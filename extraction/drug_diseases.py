"""For which disease beside lupus a list of drugs is given, told in a wider stretch than the drug's own words: the list
in, the condition out.

The letter refers back ("... for which the neurologist gives", "for the same"), makes the disease the subject ("is kept
in check by infliximab"), heads the drugs with it ("Takayasu arteritis (2014): tocilizumab"), or names it anywhere while
the drug is given for nothing else (vedolizumab; tacrolimus where an organ was transplanted). Lupus named only to set
the disease apart from it ("unrelated to the lupus") is passed over.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from extraction.drug_never import is_never_without
from extraction.drug_scope import Scope, masked_times
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_NOT_WE = compiled(r",? (?:and )?not (?:we|us|by us|ourselves)\b,?", re.IGNORECASE)
_FAR = 260  # characters from a disease to the words that refer back to it
_MOST_WORDS = 12  # between the words that refer back and the drug
_FEW_WORDS = 4  # between the words of treating and the drug
_ASIDE = 90  # characters of an aside between the disease and the words of treating
_SAME_SUBJECT = compiled(
    r"\band (?:has|is|was|had|still)(?: (?:since|always|ever|then|been|still|now|ever since))*\s*\Z", re.IGNORECASE
)
_HEAD = compiled(
    r"[^.;:]{0,50}(?::|=|→| [-–])\s*"
    r"(?:(?:(?:she|he) is |is )?(?:still |now |currently |always )?(?:on|takes|taking|receives|under|with|gets)\s+)?",
    re.IGNORECASE,
)
_LABELLED = compiled(r"(?<![\w)])(?:for|ad|re|to|zu|against)[ \t]+\(?(?P<label>[a-z]|\d{1,2})[).:]", re.IGNORECASE)
_ABBREVIATED = compiled(r"\b(?:tabs?|inj|caps?|syp|syr|susp|tbl|t|c)\.", re.IGNORECASE)
_ITEM_ENDS = compiled(r";|\.\s|:\s|\n\s*(?:[-*•]|\d{1,2}[.)])\s*|\n\s*\n")


def disease_of(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """The disease with a treatment of its own for which the drugs of a list are told to be given."""
    return (
        _referred_to(reading, chain)
        or _kept_by(reading, chain)
        or _kept_up(reading, chain)
        or _itemised(reading, chain)
        or _of_label(reading, chain)
        or _told_next(reading, chain)
        or _given_only_for(reading, chain)
        or _directed_by_others(reading, chain)
        or _of_graft(reading, chain)
    )


@functools.cache
def _pattern(key: str, form: str) -> re.Pattern[str]:
    """One expression of the words listed under a key, put into `form` at {}."""
    listed = sorted(cues("medications")["told_apart"][key], key=len, reverse=True)
    words = "|".join(r"\s+".join(map(re.escape, written.split())) for written in listed)
    return compiled(form.replace("{}", f"(?:{words})"), re.IGNORECASE)


def _referred_to(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "... for which the neurologist gives X", "For this she takes X", "on X for the same"."""
    first, last = chain[0], chain[-1]
    before = reading.normal[first.sentence_start : first.start]
    found = list(_pattern("refers", r"(?<!\w){}(?!\w)").finditer(before))
    if found:
        rest = _ABBREVIATED.sub(" ", before[found[-1].end() :])
        free = not _denied(rest) and "." not in rest and len(rest.split()) <= _MOST_WORDS
        at = first.sentence_start + found[-1].start()
        if free and not _named(reading, at, first.start):
            return _nearest(reading, at)
    behind = reading.normal[last.end : max(last.after, last.end)]
    back = _pattern("back", r"(?<!\w){}(?!\w)").search(behind)
    if back is None or _named(reading, last.end, last.end + back.start()):
        return None
    return _nearest(reading, first.start)


def _kept_by(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "Crohn's disease, operated twice, is kept in check by X", "Myasthenia since 2017. It needs X"."""
    first = chain[0]
    told = [one for one in _named(reading, first.sentence_start, first.start) if one.end <= first.start]
    told = [one for one in told if not _in_closed_brackets(reading, one, first)] or told
    if told and _is_here(told[-1], first):
        between = _NOT_WE.sub(" ", _unset(reading, told[-1].end, first.start))
        without = is_never_without(reading, first) and not _turns_to_another(between)
        joined = without or _is_subject(between) or _heads(between) or _depends(reading, between, first)
        return told[-1].concept if joined and not _lupus_beside(reading, told) else None
    opening = reading.normal[first.sentence_start : first.start]
    if not told and compiled(cues("medications")["told_apart"]["regimen"], re.IGNORECASE).match(opening):
        return _nearest(reading, first.sentence_start)
    subject = _pattern("subjects", r"\A\W*{}\b").match(opening)
    if told or subject is None or not _is_subject(opening[subject.end() :]):
        return None
    return _nearest(reading, first.sentence_start)


def _kept_up(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "Allergic aspergillosis is the label, and X has been required ever since": told as lasting behind the drug."""
    first, last = chain[0], chain[-1]
    told = [one for one in _named(reading, first.sentence_start, first.start) if one.end <= first.start]
    if not told or not _is_here(told[-1], first):
        return None
    between = _unset(reading, told[-1].end, first.start)
    if len(between) > _ASIDE or _turns(between) or _denied(between) or _of_list(between):
        return None
    behind = reading.normal[last.end : first.sentence_end]
    lasts = compiled(cues("medications")["told_apart"]["kept_up"], re.IGNORECASE).search(behind)
    own = any(_is_own(one) for one in _named(reading, first.sentence_start, first.sentence_end))
    return told[-1].concept if lasts is not None and not own else None


def _of_label(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "For a) X", "ad 2: X": the disease that stands under this letter or number in a list above."""
    first = chain[0]
    begin = reading.normal.rfind("\n", 0, first.start) + 1
    labels = list(_LABELLED.finditer(reading.normal, begin, first.start))
    if not labels or _turns(reading.normal[labels[-1].end() : first.start]):
        return None
    for line in compiled(
        rf"^[ \t]*{re.escape(labels[-1]['label'])}[ \t]*[).:][^\n]*", re.MULTILINE | re.IGNORECASE
    ).finditer(reading.normal, 0, begin):
        named = _named(reading, line.start(), line.end())
        if named:
            return named[0].concept if _is_here(named[0], first) else None
    return None


def _told_next(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "X 2 mg/kg and Y. These are for the graft, not for the lupus": the next sentence says what the drugs are for."""
    number = chain[-1].mention.sentence + 1
    pattern = compiled(cues("medications")["told_apart"]["told_next"], re.IGNORECASE)
    for following in reading.sentences[number : number + 2]:
        for one in _named(reading, following.start, following.end)[:1]:
            if pattern.match(reading.normal[following.start : one.start]):
                return one.concept if _is_here(one, chain[0]) else None
        if any(one.kind == "drug" for one in reading.mentions_in(following.start, following.end)):
            return None
    return None


def opens_label(between: str) -> bool:
    """Whether the letter or number of a disease in a list begins another part: "ad 2)"."""
    return _LABELLED.search(between) is not None


def _is_subject(between: str) -> bool:
    """Whether the disease is told as treated with what follows, an aside between them at the most."""
    found = list(_pattern("keeps", r"(?<!\w){}(?!\w)").finditer(between)) or list(_in_a_phrase().finditer(between))
    if not found or _denied(between):
        return False
    aside, rest = _SAME_SUBJECT.sub(" ", between[: found[0].start()]), between[found[0].end() :]
    return len(aside) <= _ASIDE and not _turns(aside) and not _turns(rest) and len(rest.split()) <= _FEW_WORDS


@functools.cache
def _in_a_phrase() -> re.Pattern[str]:
    """ "Is what the lung physicians treat with X", "has relapsed at every attempt to go below X"."""
    return compiled(cues("medications")["told_apart"]["keeps_phrases"], re.IGNORECASE)


def _itemised(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "- sarcoidosis, histology 2016, X 10 mg long term": an item of a list that opens with the disease.

    The item tells of nothing else, and something that makes the drugs part of it: since when, or whose care it is.
    """
    first, last = chain[0], chain[-1]
    known = cues("medications")["told_apart"]
    opens = [one.end() for one in _ITEM_ENDS.finditer(reading.normal, first.sentence_start, first.start)]
    start = opens[-1] if opens else first.sentence_start
    closes = _ITEM_ENDS.search(reading.normal, max(last.end, last.after), first.sentence_end)
    end = closes.start() if closes else first.sentence_end
    named = _named(reading, start, end)
    if len(named) != 1 or not _is_here(named[0], first) or named[0].end > first.start:
        return None
    if len(reading.normal[start : named[0].start].split()) > _FEW_WORDS:
        return None
    between = _unset(reading, named[0].end, first.start)
    if not compiled(r"[^,(]{0,30}[,(].*", re.DOTALL).fullmatch(between) or _denied(between) or _turns(between):
        return None
    terms = vocabulary()
    of_lupus = [one for one in reading.mentions_in(start, end) if terms.is_one_of(one.concept, known["lupus_drugs"])]
    if not _may_treat(named[0].concept, chain):
        return None
    placed = reading.times_in(start, end) or _pattern("placed", r"\b{}\b").search(reading.normal, start, end)
    return named[0].concept if placed and not of_lupus and not _of_list(between) else None


def _may_treat(disease: str, chain: Sequence[Scope]) -> bool:
    """Whether all the drugs of an item are among those that its disease is treated with, where these are listed."""
    terms, only = vocabulary(), cues("medications")["told_apart"]["only_by"]
    listed = [drugs for general, drugs in only.items() if terms.is_a(disease, general)]
    return all(terms.is_one_of(scope.concept, drugs) for drugs in listed for scope in chain)


def _heads(between: str) -> bool:
    """ "Takayasu arteritis (2014): X", not "psoriasis. Medication: X"."""
    head = _HEAD.fullmatch(between)
    return head is not None and not _denied(between) and not _turns(between) and not _of_list(between)


def _depends(reading: Reading, between: str, first: Scope) -> bool:
    """ "Relapsing polychondritis, steroid-dependent", "her colitis is steroid dependent"."""
    behind = compiled(r"[- ]?(?:dependent|dependant|dependence|dependency|requiring)\b").match(
        reading.normal[first.end : first.end + 16]
    )
    return behind is not None and not _denied(between) and not _turns(between) and len(between.split()) <= _FEW_WORDS


def _turns_to_another(between: str) -> bool:
    """Whether a sentence part ends between a disease and a drug that could not be left off."""
    return compiled(r"[.;]\s").search(between) is not None


def _of_list(text: str) -> bool:
    return _pattern("list_words", r"\b{}\b").search(text) is not None


def _turns(text: str) -> bool:
    """Whether another clause begins, so that the drug may be for something else."""
    return _pattern("turns", r"(?:[.;]|(?<!\w){}(?!\w))").search(text) is not None


def _denied(text: str) -> bool:
    return _pattern("denied", r"(?<!\w){}(?!\w)").search(text) is not None


def _lupus_beside(reading: Reading, told: Sequence[Mention]) -> bool:
    """ "SLE and asthma, treated with X": the treatment may be that of either."""
    if len(told) < 2 or not _is_own(told[-2]):
        return False
    joint = reading.normal[told[-2].end : told[-1].start]
    return compiled(r"[\s,/&+-]*(?:(?:and|with|plus|or|as well as)\b\s*)?(?:\w+\s){0,2}").fullmatch(joint) is not None


def _is_own(mention: Mention) -> bool:
    return any(vocabulary().is_a(mention.concept, own) for own in cues("medications")["own"])


def _given_only_for(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """The disease named anywhere in the letter that is treated with one of these drugs, which is none of lupus."""
    terms = vocabulary()
    for scope in chain:
        for drug, diseases in cues("medications")["given_only_for"].items():
            if not terms.is_a(scope.concept, drug):
                continue
            for one in reading.mentions:
                if _is_here(one, scope) and any(terms.is_a(one.concept, disease) for disease in diseases):
                    return one.concept
    return None


def _directed_by_others(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """ "X, which the neurologist intends to carry on": in the care of those who treat the disease named last before."""
    known, first = cues("medications")["told_apart"], chain[0]
    sentence = reading.normal[first.sentence_start : first.sentence_end]
    cared = compiled(known["other_care"], re.IGNORECASE).search(sentence)
    lasts = compiled(known["lasting_care"], re.IGNORECASE).search(sentence)
    kept = is_never_without(reading, first)
    if cared is None or (lasts is None and not kept):
        return None
    own = any(_is_own(one) for one in _named(reading, first.sentence_start, first.sentence_end))
    beside = [one.end for one in _named(reading, first.sentence_start, first.start) if one.end <= first.start]
    if own or (not kept and _denied(reading.normal[max([first.sentence_start, *beside]) : first.start])):
        return None
    return _nearest(reading, first.start)


def _of_graft(reading: Reading, chain: Sequence[Scope]) -> str | None:
    """The transplant that a drug against rejection protects, unless the graft is told to be lost."""
    terms, known = vocabulary(), cues("medications")["against_rejection"]
    if not any(terms.is_a(scope.concept, drug) for scope in chain for drug in known["drugs"]):
        return None
    for one in reading.mentions:
        graft = one.kind == "procedure" and any(terms.is_a(one.concept, organ) for organ in known["of"])
        if graft and one.temporality != "planned" and one.assertion == "present" and one.experiencer == "patient":
            sentence = reading.sentences[one.sentence]
            lost = _pattern("lost_grafts", r"\b{}\b").search(reading.normal, sentence.start, sentence.end + 200)
            return None if lost else one.concept
    return None


def _named(reading: Reading, start: int, end: int) -> list[Mention]:
    """The diseases named, without the lupus that another one is told to be no part of."""
    no_disease = cues("medications")["told_apart"]["no_disease"]
    named = [one for one in reading.mentions_in(start, end) if _is_treatable(one) and one.concept not in no_disease]
    named = _general_left_out(named)
    return [one for one in named if not (_is_own(one) and set_apart_from(reading, one))]


def _in_closed_brackets(reading: Reading, mention: Mention, drug: Scope) -> bool:
    """ "Reactions (lepromatous leprosy, cured) that need X": what stands in brackets is not what X is for."""
    before = reading.normal[drug.sentence_start : mention.start]
    return before.count("(") > before.count(")") and ")" in reading.normal[mention.end : drug.start]


def _general_left_out(named: list[Mention]) -> list[Mention]:
    """Without those that name a disease told before in a more general word: "farmer's lung (ILD board)"."""
    terms = vocabulary()
    return [
        one
        for at, one in enumerate(named)
        if not any(
            other.concept != one.concept and terms.is_a(other.concept, one.concept) and other.assertion == "present"
            for other in named[:at]
        )
    ]


def set_apart_from(reading: Reading, lupus: Mention) -> re.Match[str] | None:
    """ "Unrelated to the", "another matter from the", straight before the name of the lupus."""
    before = reading.normal[max(0, lupus.start - _ASIDE) : lupus.start]
    return _pattern("apart_from", r"(?<!\w){}\s+(?:(?:the|her|his|their|any)\s+)?(?:systemic\s+)?\Z").search(before)


def _unset(reading: Reading, start: int, end: int) -> str:
    """The text of a stretch without its times and without the words that set a disease apart from the lupus."""
    text = masked_times(reading, start, end)
    for one in reading.mentions_in(start, end):
        apart = set_apart_from(reading, one) if _is_own(one) else None
        if apart is not None:
            first = max(0, one.start - (apart.end() - apart.start()) - start)
            text = text[:first] + " " * (one.end - start - first) + text[one.end - start :]
    return text


def _is_treatable(mention: Mention) -> bool:
    return mention.kind == "condition" or (
        mention.kind == "procedure" and vocabulary().is_a(mention.concept, "transplant")
    )


def _is_here(mention: Mention, scope: Scope) -> bool:
    """Whether it is a disease with a treatment of its own, which this person is told to have."""
    lasting = cues("medications")["treated_apart"]["lasting"]
    apart = any(vocabulary().is_a(mention.concept, one) for one in lasting)
    own = mention.assertion == "present" and mention.experiencer == scope.mention.experiencer
    past = mention.kind == "condition" and mention.temporality != "current" and mention.cue is not None
    return apart and own and not past and _is_treatable(mention)


def _nearest(reading: Reading, at: int) -> str | None:
    """The last disease named before a place, in its sentence or the one before: None where that is another one."""
    number = reading.sentence_at(at)
    back = 2 if reading.normal[: reading.sentences[number].start].rstrip()[-1:] == ";" else 1
    before = reading.sentences[max(0, number - 1)]
    between = reading.mentions_in(before.start, before.end)
    if number > 1 and between and all(one.kind == "drug" for one in between):
        back = 2  # "EGPA since 2015. Mepolizumab failed. She takes X for it"
    start = max(at - _FAR, reading.sentences[max(0, number - back)].start)
    told = [one for one in _named(reading, start, at) if one.end <= at]
    if not told:
        return None
    lasting = cues("medications")["treated_apart"]["lasting"]
    headed = [one for one in told if _opens_as_heading(reading, one)]
    one = (headed or told)[-1]
    apart = any(vocabulary().is_a(one.concept, group) for group in lasting)
    here = one.assertion == "present" and one.experiencer == "patient"
    return one.concept if apart and here else None


def _opens_as_heading(reading: Reading, mention: Mention) -> bool:
    """ "Allergic aspergillosis: central bronchiectasis; on X for this": what heads the item is what it is about."""
    start = reading.sentences[mention.sentence].start
    opening = compiled(r"\W*(?:\d+\W+)?").fullmatch(reading.normal, start, mention.start)
    return opening is not None and reading.normal[mention.end : mention.end + 1] == ":"
