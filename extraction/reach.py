"""How far a cue reaches inside a sentence: a cue's and a mention's tokens in, their distance out, or None.

ConText ends a scope at the sentence and at a terminator; a clause ends earlier: at a new subject or verb behind a
comma, at a bracket, at a result. Lists ("no fever, rash or ulcers") are crossed, new statements are not.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import product

from extraction.clause import Clause
from extraction.knowledge import cues

_SEPARATORS = frozenset({",", "and", "or", "nor", "/", "&", "+"})
_ALTERNATIVES = frozenset({"or", "nor", "/"})
_CLOSERS = frozenset({",", ";", ".", "(", ")", "]", "|", "-", ":"})
_WORDS_OF_A_QUESTION = 6  # "dialysis in the last 3 months: no"
_ANSWER_LEADS = frozenset({":", "-", "=", "?", "(", "["})
_DENIALS = frozenset({"absent", "never", "no_family"})
_PERSONS = frozenset({"family", "other"})
_AN_ARTICLE = 3  # words between "enrolled" and what was joined: "in an", "in any other"
_CONDITIONS = frozenset({"hypothetical", "conditional"})


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(cues("context")[name])


@functools.cache
def _limit(says: str) -> tuple[int, int]:
    """The farthest a cue reaches, and the words of its own that an item of a list may have (in tokens)."""
    entry = cues("context")["reach"].get(says) or cues("context")["reach"]["default"]
    return int(entry["tokens"]), int(entry["item"])


def reaches(
    clause: Clause, says: str, side: str, cue: tuple[int, int], target: tuple[int, int], kind: str
) -> int | None:
    """The tokens between a cue and a target that it reaches; None where it does not.

    `side` is where the cue looks: forward to a later mention, backward to an earlier one, or as an answer that
    closes its clause ("rash: no").
    """
    only = {"planned": "planned_kinds", "unwanted": "unwanted_kinds"}.get(says)
    if (only is not None and kind not in _words(only)) or (says == "background" and kind != "span"):
        return None
    if (
        says in _DENIALS
        and kind in ("lab", "score")
        and (_is_result(clause, target) or (side == "backward" and clause.words[cue[1] - 1] in _words("acts_done")))
    ):
        return None
    if says in _CONDITIONS and kind in ("lab", "score") and " ".join(clause.words[slice(*cue)]) in _words("prevention"):
        return None  # "under prophylaxis her ALT is 205"
    if says == "possible" and kind in ("lab", "score") and _is_request(clause, cue):
        return None  # "May I ask you to see her, who weighs 64 kg?"
    if (
        says in _PERSONS
        and kind in _words("planned_kinds")
        and " ".join(clause.words[slice(*cue)]) in _words("exposures")
    ):
        return None  # "no exposure to rituximab"
    if side == "forward":
        if cue[1] > target[0] or ("answer" in _answer_words(clause, cue) and not _leads_on(clause, cue, target)):
            return None
        return _forward(clause, says, cue, target, kind)
    if cue[0] < target[1]:
        return None
    if side == "answer":
        return _answer(clause, cue, target)
    return _backward(clause, says, cue, target)


def _is_request(clause: Clause, cue: tuple[int, int]) -> bool:
    """Whether a question mark ends what is politely asked for, and doubts nothing."""
    return clause.words[slice(*cue)] == ("?",) and " ".join(clause.words[:2]) in _words("requests")


def _leads_on(clause: Clause, cue: tuple[int, int], target: tuple[int, int]) -> bool:
    """ "Renal replacement: never on haemodialysis": the answer is itself a denial of what stands right behind it."""
    behind = clause.words[cue[1] : cue[1] + 1]
    joined = behind in (("in",), ("into",)) and clause.words[cue[1] - 1] in _words("joined_in")
    return (behind == ("on",) and target[0] - cue[1] <= 1) or (joined and target[0] - cue[1] <= _AN_ARTICLE)


def _answer_words(clause: Clause, cue: tuple[int, int]) -> tuple[str, ...]:
    """("answer",) where the cue stands as the answer to what is before it and closes its clause."""
    phrase = " ".join(clause.words[cue[0] : cue[1]])
    if phrase not in _answers() or cue[0] == 0:
        return ()
    after = clause.words[cue[1]] if cue[1] < len(clause.words) else "."
    if cue[0] == 1 and clause.words[0] in ("-", "*", "•") and 0 not in clause.inside:
        return ()  # a bullet leads to no answer
    if after == "of" and " " in phrase:
        return ()  # "no personal history of"
    before = clause.words[cue[0] - 1]
    named = cue[0] - 1 in clause.inside and phrase in _words("bare_answers")
    goes_on = _words("answer_goes_on") - (_words("denied_next") if phrase == "no" else frozenset())
    led = (before in _ANSWER_LEADS or named) and after in goes_on
    listed = before == "," and cue[0] - 2 in clause.inside and phrase in _words("answers_behind_comma")
    if (after in _CLOSERS or led or _opens_field(clause, cue[1])) and (
        before in _ANSWER_LEADS or cue[0] - 1 in clause.inside or listed
    ):
        return ("answer",)
    return ()


def _opens_field(clause: Clause, at: int) -> bool:
    """Whether the next field of a form begins: "Malignancy: N  Infection: N"."""
    return any(start == at and clause.words[stop : stop + 1] == (":",) for start, stop, _ in clause.mentions)


@functools.cache
def _answers() -> frozenset[str]:
    content = cues("context")
    listed = (*content["absent"]["answer"], *content["never"]["answer"])
    return frozenset(phrase for answer in listed for phrase in _with_sets(answer))


def _with_sets(phrase: str) -> Iterator[str]:
    """The phrases that a cue with sets stands for: "{person} {perfect} never been in one"."""
    pieces = phrase.split()
    words = [cues("context")["sets"][word[1:-1]] if word.startswith("{") else [word] for word in pieces]
    return map(" ".join, product(*words))


def _forward(clause: Clause, says: str, cue: tuple[int, int], target: tuple[int, int], kind: str) -> int | None:
    start, end = cue[1], target[0]
    farthest, item = _limit(says)
    if end - start > farthest or _bracket_closes(clause.words[start:end]):
        return None
    if " ".join(clause.words[cue[0] : cue[1]]) in _words("adjacent_only") and not _denies_next(clause, cue, end):
        return None
    if says in _PERSONS or says in _CONDITIONS:
        listed = says != "conditional" or _is_list(clause, start, end, item)
        return end - start if listed and not _new_subject(clause, start, end) else None
    if says == "historical" and "," in clause.words[start:end] and _stays_near(clause, cue):
        return None
    of_no_drug = not clause.mention_between(start, end, "drug")
    if says == "possible" and kind == "drug" and of_no_drug and "," in clause.words[start:end]:
        return None  # "source thought to be the toe, meropenem since this morning"
    if _new_statement(clause, says, start, end, target) or _result_between(clause, start, end):
        return None
    if says not in _DENIALS and (not _is_list(clause, start, end, item) or _denial_between(clause, start, end)):
        return None
    if says in _DENIALS and (_given_for(clause, start, end) or _affirmed_behind(clause, start, target)):
        return None
    if says in _DENIALS and kind == "condition" and _denies_treatment(clause, start, end):
        return None
    if says in _DENIALS and kind in ("procedure", "vaccine", "condition") and _dates_from(clause, start, end, kind):
        return None
    return end - start


def _backward(clause: Clause, says: str, cue: tuple[int, int], target: tuple[int, int]) -> int | None:
    start, end = target[1], cue[0]
    between = clause.words[start:end]
    if says == "background" and between not in ((), (",",)):
        return None
    if clause.words[cue[0]] in _words("compounds_behind") and not _is_compound(clause, start, end):
        return None  # "given in 2024, drug-free since"
    if between and clause.words[cue[1] - 1] in _words("places_behind") and not _words("in_places").isdisjoint(between):
        return None  # "at a travel clinic" names where, "transplant clinic" what is not yet done
    if says == "historical" and any(
        word in _words("not_yet") for word in clause.words[max(0, target[0] - 3) : target[0]]
    ):
        return None
    farthest, item = _limit(says)
    if end - start > farthest or clause.mention_between(start, end, "lab", "score"):
        return None
    if between and between[-1] in _words("articles"):  # "a negative test" is no answer to what stands before it
        return None
    if any(word in _words("finite_verbs") and word not in _words("auxiliaries") for word in between):
        return None
    if _told_in_bracket(clause, between, cue):
        return None
    answered = between == (":",) and clause.words[cue[1] - 1] in _words("acts_done")  # "dialysis: not done"
    if (any(word in {":", ";"} for word in between) and not answered) or any(
        i in clause.dashes for i in range(start, end - 1)
    ):
        return None
    commas = [i for i, word in enumerate(between) if word == ","]
    if commas and not _told_behind_comma(between, commas, clause.mention_between(start, end)):
        joined = any(word in _ALTERNATIVES or word == "and" for word in between[commas[-1] :])
        if not joined or not _is_list(clause, start, end, item):
            return None
    elif clause.mention_between(start, end) and not _is_list(clause, start, end, item):
        return None
    return end - start


def _is_compound(clause: Clause, start: int, end: int) -> bool:
    """Whether only names and their nouns stand between: "relapse- and infection-free", "seizure episode free"."""
    return all(i in clause.inside or clause.words[i] in _words("compound_joints") for i in range(start, end))


def _told_in_bracket(clause: Clause, between: Sequence[str], cue: tuple[int, int]) -> bool:
    """ "Cells in 2024 (antigen not known)": what a bracket opened on the way says is not known has its own name."""
    return _bracket_stays_open(between) and between[-1] != "(" and clause.words[cue[1] - 1] in _words("of_knowledge")


def _bracket_stays_open(between: Sequence[str]) -> bool:
    """Whether a bracket opens among the words, and none closes."""
    return "(" in between and ")" not in between


def _bracketed_between(words: Sequence[str], start: int, at: int, end: int) -> bool:
    """Whether a word lies in a bracket that opens and closes on the way: "malignancy (father: cancer), CAR-T"."""
    return "(" in words[start:at] and ")" in words[at:end] and ")" not in words[start:at]


def _told_behind_comma(between: Sequence[str], commas: Sequence[int], mentioned: bool) -> bool:
    """ "rash, negative" or "rash, was negative"; not "fever, cultures negative"."""
    rest = between[commas[0] + 1 :]
    near = len(rest) == 0 or (
        len(rest) == 1 and (rest[0] in _words("auxiliaries") or rest[0] in _words("answer_adverbs"))
    )
    return len(commas) == 1 and near and not mentioned


def _answer(clause: Clause, cue: tuple[int, int], target: tuple[int, int]) -> int | None:
    if not _answer_words(clause, cue):
        return None
    between = clause.words[target[1] : cue[0]]
    if _bracket_stays_open(between) and clause.mention_between(target[1], cue[0], "lab", "score"):
        return None  # "myelitis (MRI of the cord, antibodies absent)" answers for the tests in the bracket
    only_led = " ".join(clause.words[cue[0] : cue[1]]) in _words("led_answers")
    if only_led and (between[-1:] not in ((":",), ("-",)) or set(between[:-1]) - _words("asides_of_an_item")):
        return None
    led = len(between) > 0 and between[-1] in _ANSWER_LEADS
    if ":" in between[:-1] or not _is_list(clause, target[1], cue[0] - led, _WORDS_OF_A_QUESTION):
        return None
    return cue[0] - target[1]


def _is_result(clause: Clause, target: tuple[int, int]) -> bool:
    """Whether a number behind the target gives its value: a denial before it is of something else."""
    return any(word[:1].isdigit() for word in clause.words[target[1] : target[1] + 3])


def _denies_next(clause: Clause, cue: tuple[int, int], end: int) -> bool:
    """Whether "ruled out" has its object behind it: no mention just before it, and no comma up to the target."""
    before = range(max(0, cue[0] - 2), cue[0])
    found = (kind for at, stop, kind in clause.mentions if any(at <= i < stop for i in before))
    excluded = any(kind not in ("lab", "score") for kind in found)  # an investigation excludes, it is not excluded
    return not excluded and "," not in clause.words[cue[1] : end]


def _stays_near(clause: Clause, cue: tuple[int, int]) -> bool:
    return " ".join(clause.words[cue[0] : cue[1]]) in _words("near_only")


def _bracket_closes(between: Sequence[str]) -> bool:
    """Whether a bracket that the cue stands in ends before the target."""
    return ")" in between and "(" not in between[: between.index(")")]


def _new_subject(clause: Clause, start: int, end: int) -> bool:
    """Whether the patient, or a new statement, takes over before the target."""
    words = clause.words
    for i in range(start, end):
        separated = i > start and (words[i - 1] in _SEPARATORS or words[i - 1] == ":")
        if separated and words[i] in _words("patient_subjects"):
            return True
        if separated and " ".join(words[i : i + 2]) in _words("patient_named"):
            return True
        if i > start and words[i - 1] == "," and words[i] in _words("giving_verbs"):
            return True
        if i in clause.dashes and clause.mention_between(start, i):
            return True
    return False


def _new_statement(clause: Clause, says: str, start: int, end: int, target: tuple[int, int]) -> bool:
    """Whether another statement begins between a forward cue and the target."""
    words = clause.words
    alternatives = any(word in _ALTERNATIVES for word in words[start : min(len(words), target[1] + 3)])
    for i in range(start, end):
        word = words[i]
        if i in clause.inside:
            continue
        if word == "[" or (word == ":" and i > start and not _bracketed_between(words, start, i, end)):
            return True
        if (
            word in _words("finite_verbs")
            and "that" not in words[start:i]
            and set(words[start:i]) - _words("between_denial_and_verb")
        ):
            return True
        if word in _words("outcomes") and says not in ("historical", "background"):
            return True
        if word in {"with", "on"} and clause.mention_between(start, i):
            return True
        if i in clause.dashes and clause.mention_between(start, i):
            return True
        separated = i > start and words[i - 1] in _SEPARATORS
        if separated and word in _words("statement_openers"):
            return True
        if separated and word in _words("opening_adjectives") and not alternatives:
            return True
        if separated and words[i - 1] == "," and not alternatives and _is_sized(words[i : target[1]]):
            return True  # "no hypertrophy, 24 mm pericardial effusion"
        if separated and word in {"a", "an"} and words[i - 1] == "," and words[start] != word and not alternatives:
            return True  # "no hypertrophy, a moderate effusion"
        if word in _words("possessive_subjects") and clause.mention_between(start, i) and not separated:
            return True
    if target[0] > start and words[target[0] - 1] in _SEPARATORS - _ALTERNATIVES and end > start:
        return words[target[0]] in _words("verbs_of_its_own") or _verb_follows(clause, target)
    return False


def _is_sized(words: Sequence[str]) -> bool:
    """Whether a size opens the words, up to the name of a fluid: "large pericardial effusion", "24 mm effusion"."""
    if _words("fluids").isdisjoint(words):
        return False
    measured = words[0][:1].isdigit() and (words[0].endswith(("mm", "cm")) or words[1:2] in (("mm",), ("cm",)))
    return measured or words[0] in _words("sizes")


def _denial_between(clause: Clause, start: int, end: int) -> bool:
    """Whether a denial takes over: "a history of asthma and denies fever"."""
    return any(clause.words[i] in _words("denial_words") and i not in clause.inside for i in range(start, end))


def _verb_follows(clause: Clause, target: tuple[int, int]) -> bool:
    """Whether the target is the subject of a statement of its own: ", rash persists"."""
    after = clause.words[target[1] : target[1] + 1]
    return bool(after) and after[0] in _words("affirming_verbs")


def _result_between(clause: Clause, start: int, end: int) -> bool:
    """Whether a measured value stands between, behind a comma: "no rash, creatinine 80, proteinuria"."""
    words = clause.words
    for at, stop, kind in clause.mentions:
        if kind not in ("lab", "score") or at <= start or stop >= end or "," not in words[start:at]:
            continue
        if any(word[:1].isdigit() for word in words[stop : min(stop + 3, end)]):
            return True
    return False


def _given_for(clause: Clause, start: int, end: int) -> bool:
    """Whether what is denied is a treatment, and the target what it is given for."""
    return "for" in clause.words[start:end] and any(
        kind in ("drug", "procedure") and start <= at and "for" in clause.words[stop : min(stop + 3, end)]
        for at, stop, kind in clause.mentions
    )


def _denies_treatment(clause: Clause, start: int, end: int) -> bool:
    """Whether it is denied that a treatment is taken: "diabetes not on insulin, depression" denies no depression."""
    return clause.words[start] in _words("takes") and clause.mention_between(start, end, "drug")


def _dates_from(clause: Clause, start: int, end: int, kind: str) -> bool:
    """Whether the target only tells from when: "no infection after the transplant", "may not drive since her fits".

    A condition behind no word that points to it may be denied with the rest: "no rash after infection".
    """
    between = clause.words[start:end]
    told = [i for i, word in enumerate(between) if word in _words("dates_from")]
    if not told or not _SEPARATORS.isdisjoint(between[told[-1] :]):
        return False
    pointed = not _words("pointing").isdisjoint(between[told[-1] + 1 : told[-1] + 2])
    return (
        kind != "condition"
        or pointed
        or not _words("left_behind").isdisjoint(clause.words[max(0, start - 2) : start + told[-1]])
    )


def _affirmed_behind(clause: Clause, start: int, target: tuple[int, int]) -> bool:
    """Whether the words behind the target affirm it, and it is not the last of a list of alternatives."""
    words = clause.words
    between = words[start : target[0]]
    if "," not in between and "and" not in between:
        return False
    if any(word in _ALTERNATIVES for word in between):
        return False
    behind = words[target[1] : target[1] + 2]
    return any(word in _words("affirmed_behind") for word in behind) and not (behind and behind[0] in _SEPARATORS)


def _is_list(clause: Clause, start: int, end: int, item: int) -> bool:
    """Whether only a list lies between: items of mentions and at most `item` further words each."""
    own = 0
    for i in range(start, end):
        word = clause.words[i]
        if word in _SEPARATORS or i in clause.dashes:
            own = 0
        elif i not in clause.inside and word not in "()-":
            own += 1
            if own > item:
                return False
    return True
