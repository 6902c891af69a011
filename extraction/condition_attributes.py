"""What a clause says of a condition besides its name: a Reading and a mention in, short words by attribute out.

Each attribute has its word lists in `conditions.yaml`; which one is read follows from the condition's classes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from extraction.grades import grade_in
from extraction.infection_treatment import treatment_of
from extraction.knowledge import cues
from extraction.nervous_system import intervention_of, laid_to_lupus
from extraction.reading import Mention, Reading
from extraction.replaced_diagnoses import stands_instead
from extraction.seriousness import serious_signs
from extraction.when import clause_span, sentence_span, time_beside
from extraction.wording import holds, pattern_of, value_of
from kb.patterns import compiled
from kb.vocabulary import Vocabulary, vocabulary

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_CLASS_PART = compiled(r"iii|ii|iv|vi|v|i|[1-6]", re.IGNORECASE)
_PART_ENDS = compiled(  # the first character comes first, so that the search leaps from one to the next
    r"[;:()\[\],.awb](?:(?<=[;:()\[\]])|(?<=,)(?<!\d,)|(?<=,)(?!\d)|(?<=\ba)nd\b|(?<=\bw)ith\b|(?<=\bb)ut\b|(?<=\.)\s)"
)
_LUPUS_RELATED = compiled(r"(?:lupus|SLE)[- ](?:related|associated|induced|attributed)\s*$", re.IGNORECASE)
_FULL_STOPS = compiled(r"[;.](?!\d)")
_STOPS = compiled(r"[;,.](?!\d)")
_DAYS_OF_A_MONTH = 30.44
_NEAR_DEGREES = 60  # characters behind a fever that may tell its height
_WORDS_OF_A_DEGREE = 3
_NAME = 20  # characters of a plain name; a phrase is longer and may hold the size itself
_BRACKET = compiled(r"\s*\([^()]{1,160}\)")
_COURSE = compiled(r"[^.;]*?\b(?:from|was|initially)\b[^.;]*?\b(?:to|now|then)\b", re.IGNORECASE)


def _words(name: str) -> re.Pattern[str]:
    return pattern_of(tuple(cues("conditions")[name]))


def _course(clause: str) -> str | None:
    """Stable, or progressive where a word of that is left when those of stability are taken away."""
    left = _words("stable").sub("", clause)
    if _words("progressive").search(left):
        return "progressive"
    return "stable" if left != clause else None


def attributes_of(reading: Reading, mention: Mention) -> dict[str, str]:
    """The attributes of the condition that a mention names, by the guide's short words."""
    terms = vocabulary()

    def is_one_of(*classes: str) -> bool:
        return terms.is_one_of(mention.concept, classes)

    known = cues("conditions")
    found: dict[str, str | None] = {}
    if mention.concept in known["sized"]:
        found["size"] = _size(reading, mention)
    else:
        found["severity"] = _graded_word(reading, mention, known["severity"])
    if mention.concept in known["graded"]:
        found["grade"] = _grade(reading, mention)
    if is_one_of("arrhythmia", "infection", "hypertension", "asthma", "epilepsy"):
        found["control"] = _control(reading, mention)
    if mention.concept in known["serious_by"]["concepts"] and mention.assertion in ("present", "possible"):
        found |= serious_signs(reading, mention, found.get("severity"))
    if is_one_of("lung-disease"):
        found["course"] = _course(_clause(reading, mention))
    if is_one_of("cutaneous-lupus"):
        found["extent"] = "only" if _words("only").search(_sentence(reading, mention)) else None
    if mention.assertion == "present" and stands_instead(mention.concept):
        found["instead_of_sle"] = "yes" if _sle_is_denied(reading, mention) else None
    if is_one_of(*known["attributable"]):
        found["attributed"] = None if found.get("instead_of_sle") else _cause(reading, mention)
    if is_one_of(*known["neuropsychiatric"]) and mention.assertion == "present":
        found["intervention"] = intervention_of(reading, mention)
        if found.get("attributed") is None and laid_to_lupus(reading, mention):
            found["attributed"] = "sle"
    if is_one_of("infection"):
        found["treatment"] = treatment_of(reading, mention)
    if is_one_of("pneumonia", "lung-infection"):
        failing = _words("respiratory_failure").search(_sentence(reading, mention))
        found["respiratory_failure"] = "yes" if failing else None
    if mention.concept == "fever":
        found["cause"] = "unexplained" if _words("unexplained").search(_with_next(reading, mention)) else None
        found["degrees"] = _degrees(reading.normal[mention.end : mention.end + _NEAR_DEGREES])
    if mention.concept == "lupus-nephritis":
        found["isn_class"] = nephritis_class(_sentence(reading, mention))
    if mention.concept in ("arthritis", "arthralgia"):
        found["joints"] = _joints(_clause(reading, mention))
    for name, values in _told_of(terms, mention.concept):
        found[name] = value_of(_clause(reading, mention), values)
    if mention.concept == "amenorrhoea":
        found["months"] = _months(reading, mention)
    return {name: value for name, value in sorted(found.items()) if value is not None}


@functools.lru_cache(maxsize=4096)
def _told_of(terms: Vocabulary, concept: str) -> tuple[tuple[str, Mapping[str, list[str]]], ...]:
    """The attributes that are told of a condition in words, with the words of each value."""
    listed = cues("conditions")["told"].items()
    return tuple((name, told["values"]) for name, told in listed if terms.is_one_of(concept, told["of"]))


def _clause(reading: Reading, mention: Mention) -> str:
    return reading.normal[slice(*clause_span(reading, mention))]


def _sentence(reading: Reading, mention: Mention) -> str:
    return reading.normal[slice(*sentence_span(reading, mention))]


def _with_next(reading: Reading, mention: Mention) -> str:
    """The sentence of a mention, and the next one where a semicolon joins it or it tells of a source or a cause."""
    text, following = _sentence(reading, mention), mention.sentence + 1
    if following >= len(reading.sentences):
        return text
    behind = reading.sentences[following]
    told = reading.normal[behind.start : behind.end]
    joined = text.rstrip().endswith(";") or _words("of_source").search(told) is not None
    return text + told if joined and not reading.is_parted(mention.sentence) else text


def _parts(reading: Reading, mention: Mention) -> tuple[str, str]:
    """The words that belong to the mention alone: before it and behind it, up to a comma, bracket or joining word."""
    start, end = clause_span(reading, mention)
    before = reading.normal[start : mention.start]
    ends = list(_PART_ENDS.finditer(before))
    behind = reading.normal[mention.end : end].lstrip(" +")
    if behind[:1] in "(,:" and behind:
        behind = behind[1:].lstrip(" ")
    stop = _PART_ENDS.search(behind)
    return before[ends[-1].end() :] if ends else before, behind[: stop.start()] if stop else behind


def _graded_word(reading: Reading, mention: Mention, values: Mapping[str, list[str]]) -> str | None:
    before, behind = _parts(reading, mention)
    named = reading.normal[mention.start : mention.end]
    if not _any_severity().search(f"{named}\n{before[-40:]}\n{behind[:40]}"):
        return _set_apart(reading, mention, values)
    return value_of(named, values) or value_of(before[-40:], values) or value_of(behind[:40], values)


def _set_apart(reading: Reading, mention: Mention, values: Mapping[str, list[str]]) -> str | None:
    """ "Interstitial lung disease, NSIP pattern, mild": the degree in a part of its own, behind what sort it is."""
    parts = re.split(r"[,;()]", _clause(reading, mention)[mention.end - clause_span(reading, mention)[0] :])
    alone = (part for part in parts[1:4] if 0 < len(part.split()) <= _WORDS_OF_A_DEGREE)
    return next((found for part in alone if (found := value_of(part, values))), None)


@functools.cache
def _any_severity() -> re.Pattern[str]:
    return pattern_of(tuple(word for words in cues("conditions")["severity"].values() for word in words))


def _control(reading: Reading, mention: Mention) -> str | None:
    """How well it is controlled; of a rhythm the sentence behind it, or its other mentions, may tell."""
    values: Mapping[str, list[str]] = cues("conditions")["control"]
    here = value_of(_clause(reading, mention), values)
    general: list[str] = cues("conditions")["controlled_later"]
    rhythm = vocabulary().is_one_of(mention.concept, general) and mention.assertion == "present"
    if here or not rhythm:
        return here
    told = {_control_around(reading, other, values) for other in _same(reading, mention)} - {None}
    return told.pop() if len(told) == 1 else None


def _same(reading: Reading, mention: Mention) -> list[Mention]:
    """The mentions of the same condition that are told of the same person as there, this one among them."""
    return [
        other
        for other in reading.mentions
        if (other.concept, other.assertion, other.experiencer)
        == (mention.concept, mention.assertion, mention.experiencer)
    ]


def _control_around(reading: Reading, mention: Mention, values: Mapping[str, list[str]]) -> str | None:
    """In the mention's clause, else in the sentence behind it where that names no condition of its own."""
    here = value_of(_clause(reading, mention), values)
    following = mention.sentence + 1
    if here or following >= len(reading.sentences):
        return here
    sentence = reading.sentences[following]
    if any(other.kind == "condition" for other in reading.mentions_in(sentence.start, sentence.end)):
        return None
    return value_of(reading.normal[sentence.start : sentence.end], values)


def _size(reading: Reading, mention: Mention) -> str | None:
    """The size in words, else by depth; a range of sizes that means more than one is none."""
    before, behind = _parts(reading, mention)
    sizes: Mapping[str, list[str]] = cues("conditions")["size"]
    told = reading.normal[mention.start : mention.end]
    for part in (before[-50:], _grown_to(behind[:50]), told if mention.end - mention.start > _NAME else ""):
        named = {size for size, words in sizes.items() if pattern_of(tuple(words)).search(part)}
        if len(named) == 1:
            return named.pop()
        if named:
            return _joined_size(named)
    return size_by_depth(_clause(reading, mention))


def _grown_to(behind: str) -> str:
    """ "Has grown from small in January to moderate on 5 March": what it has come to."""
    course = _COURSE.match(behind)
    return behind[course.end() :] if course is not None else behind


def _joined_size(named: set[str]) -> str | None:
    """ "moderate to large" is at least moderate, "trace to small" at most small; one of each kind is no size."""
    lesser, greater = ["trace", "small", "mild"], ["moderate", "large", "massive"]
    if named <= set(lesser):
        return max(named, key=lesser.index)
    return min(named, key=greater.index) if named <= set(greater) else None


def size_by_depth(text: str) -> str | None:
    """The size that the depth of a fluid tells; None where the text gives no depth.

    >>> size_by_depth("24 mm behind the left ventricle"), size_by_depth("0,8 cm")
    ('large', 'small')
    """
    depth = re.search(cues("conditions")["depth"], text, re.IGNORECASE)
    if depth is None:
        return None
    millimetres = float(depth[1].replace(",", ".")) * (10 if depth[2].lower() == "cm" else 1)
    small, large = (float(bound) for bound in cues("conditions")["depth_mm"])
    return "small" if millimetres < small else "large" if millimetres > large else "moderate"


def _grade(reading: Reading, mention: Mention) -> str | None:
    """The grade of its clause, or of the bracket behind the name: "GVHD (rash, bilirubin normal, grade II)"."""
    start, end = clause_span(reading, mention)
    bracket = _BRACKET.match(reading.normal, mention.end)
    return grade_in(reading.normal[start : max(end, bracket.end() if bracket else end)])


def _sle_is_denied(reading: Reading, mention: Mention) -> bool:
    return any(
        other.concept == "sle" and other.assertion == "absent" and other.experiencer == mention.experiencer
        for other in _mentions_around(reading, mention.sentence)
    )


def _mentions_around(reading: Reading, sentence: int) -> list[Mention]:
    """The mentions of a sentence and of its neighbours."""
    start = reading.sentences[sentence - 1].start if sentence else 0
    behind = sentence + 2
    return reading.mentions_in(
        start, reading.sentences[behind].start if behind < len(reading.sentences) else len(reading.normal)
    )


def _cause(reading: Reading, mention: Mention) -> str | None:
    """`sle` where the clause lays the condition to lupus, `other` where it lays it to something else."""
    start, end = sentence_span(reading, mention)
    behind = reading.normal[mention.end : end]
    named_so = re.search(
        cues("conditions")["lupus_by_name"], reading.normal[mention.start : mention.end], re.IGNORECASE
    )
    if named_so or compiled(cues("conditions")["of_lupus"], re.IGNORECASE).match(behind):
        return "sle"
    negated = _words("not_cause_words").search(behind)
    named = next(
        (
            one
            for one in _words("cause_words").finditer(behind)
            if not _is_of_time(reading, mention.end + one.end()) and not _OF_PAPER.match(behind, one.start())
        ),
        None,
    )
    if negated is not None and (named is None or negated.start() <= named.start()):
        return "other" if _lupus_within(reading, mention.end + negated.start(), end) else None
    if named is not None and not (_FULL_STOPS if _attributes(named[0]) else _STOPS).search(behind, 0, named.start()):
        return "sle" if _lupus_within(reading, mention.end + named.start(), end) else "other"
    before = reading.normal[max(start, mention.start - 30) : mention.start]
    if _words("other_cause_before").search(before):
        return "other"
    return "sle" if _LUPUS_RELATED.search(before) else None


_OF_PAPER = compiled(  # "the myelitis from our last letter"
    r"from\s+(?:(?:our|the|your|my|her|his|a|an|last|previous|former|earlier|old|discharge|clinic|first|recent)\s+)+"
    r"(?:letters?|reports?|summary|summaries|notes?|records?|visits?|file|files|correspondence|history|consultation|"
    r"conversation|call|papers|documents?)\b",
    re.IGNORECASE,
)


def _is_of_time(reading: Reading, offset: int) -> bool:
    """Whether a day stands behind the words: "managed as neurolupus with pulses from 9 April"."""
    return any(time.start - offset <= 1 for time in reading.times_in(offset, offset + 2))


def _attributes(cause: str) -> bool:
    """Whether the words lay something to a cause in so many words, even behind a comma."""
    return holds(cause, cues("conditions")["attributing_words"])


def _lupus_within(reading: Reading, start: int, end: int) -> bool:
    """Whether lupus is named from `start` to the next comma or stop."""
    stop = _STOPS.search(reading.normal, start, end)
    terms = vocabulary()
    named = reading.mentions_in(start, stop.start() if stop else end)
    return any(terms.is_a(other.concept, "sle") for other in named)


def nephritis_class(text: str) -> str | None:
    """The ISN/RPS class as "iii", "iv" or "iii+v"; None where the text names none.

    >>> nephritis_class("biopsy: class III (A/C) + V lupus nephritis")
    'iii+v'
    """
    match = re.search(cues("conditions")["class_of_nephritis"], text, re.IGNORECASE)
    if match is None:
        return None
    names = {number: name for name, number in _ROMAN.items()}
    bare = re.sub(r"\([^()]*\)|class(?:es)?", " ", match[1], flags=re.IGNORECASE)
    parts = [part.lower() for part in _CLASS_PART.findall(bare)]
    return "+".join(names[int(part)] if part.isdigit() else part for part in parts) or None


def _degrees(behind: str) -> str | None:
    """ "Fever up to 39.2 °C"; of a range its lower end."""
    match = re.match(cues("conditions")["fever_degrees"], behind, re.IGNORECASE)
    return match[1].replace(",", ".") if match else None


def _joints(clause: str) -> str | None:
    match = re.search(cues("conditions")["joints"], clause, re.IGNORECASE)
    if match is None:
        return None
    return str(cues("timing")["numbers"].get(match[1].lower(), match[1]))


def _months(reading: Reading, mention: Mention) -> str | None:
    """Whole months without periods, at the least: from a duration, or a start before the letter."""
    found = time_beside(reading, mention)
    if found is None:
        return None
    if found.days is not None and found.days.low is not None:
        return str(round(found.days.low / _DAYS_OF_A_MONTH))
    day = reading.letter_date.earliest if reading.letter_date else None
    latest = found.time.latest if found.time else None
    return None if day is None or latest is None else str(int((day - latest).days / _DAYS_OF_A_MONTH))
