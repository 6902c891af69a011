"""Age, sex and date of birth: a Reading in, demographic facts out.

A patient is described once, often in shorthand ("34F", "F/34", "a 34 y.o. lady"); an age beside a relative or of
an event long ago is not the patient's age today.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.ages import Age, find_ages
from extraction.bystanders import whose
from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.word_places import matches_of_words
from kb.facts import Coded, Experiencer, Fact, Quantity, Temporality
from kb.patterns import compiled

_NEAR = 6  # words between a relative and an age in the same clause
_A_CHILD = compiled(r"\b(?:an?|another|one) $", re.IGNORECASE)
_MANY = 3  # a sex is taken from pronouns only where one kind outnumbers the other by so many times
_SEX_LABEL = compiled(r"\b(?:sex|gender)\b {0,40}[:=|-]? {0,8}(?P<sex>female|male|f|m)\b", re.IGNORECASE)


def read_demographics(reading: Reading) -> Iterator[Fact]:
    """Facts `age` (years), `sex` and `birth-date`, each with the words that say it."""
    yield from _ages(reading)
    yield from _sexes(reading)
    yield from _birth_dates(reading)


def _ages(reading: Reading) -> Iterator[Fact]:
    today: Age | None = None
    for age in find_ages(reading.normal):
        when, whose_age = _when(reading.normal, age.start), _whose(reading, age.start, age.end)
        if today is not None and _is_of_youth(reading.normal, age, today):
            when = "historical"
        elif today is not None and whose_age == "patient" and _is_someone_small(reading.normal, age, today):
            whose_age = "other"
        elif today is None and whose_age == "patient" and when == "current":
            today = age
        yield reading.fact(
            "demographic",
            "age",
            "Age",
            age.start,
            age.end,
            value=Quantity(age.years, "a", reading.text[age.start : age.end]),
            experiencer=whose_age,
            temporality=when,
        )


def _is_of_youth(normal: str, age: Age, today: Age) -> bool:
    """ "Discharged aged 16" of a man of 33: a lower age, told without a colon behind the patient's own."""
    told = normal[age.start : age.end].lower()
    if not told.startswith("age") or ":" in told or age.years.high is None or today.years.low is None:
        return False
    return age.years.high <= today.years.low


@functools.cache
def _behind_patient() -> re.Pattern[str]:
    person = "|".join(map(re.escape, (*cues("demographics")["people"], *cues("demographics")["occupations"])))
    return compiled(rf"[ ,]+(?:(?:with|who|known|diagnosed|suffering|referred)\b|(?:[\w-]+ ){{0,2}}(?:{person})\b)")


def _is_someone_small(normal: str, age: Age, today: Age) -> bool:
    """ "There is a three-year-old at home", in a letter that has told a higher age of its patient's."""
    if age.years.high is None or today.years.low is None or age.years.high > today.years.low:
        return False
    if (
        not _A_CHILD.search(normal, max(0, age.start - 12), age.start)
        or "old" not in normal[age.start : age.end].lower()
    ):
        return False
    return _behind_patient().match(normal, age.end) is None


def _whose(reading: Reading, start: int, end: int) -> Experiencer:
    normal = reading.normal
    if whose(reading, start) != "patient":
        return "other"
    if _belongs(normal, start) or _is_of_a_thing(normal, start):
        return "other"
    if _child_described().search(normal, 0, start):
        return "patient"
    before = compiled(r"[a-z]+").findall(re.split(r"[.;\n]", normal[max(0, start - 60) : start].lower())[-1])
    after = compiled(r"[a-z]+").findall(re.split(r"[.;:,\n](?=\s)|[.;:]$", normal[end : end + 40].lower())[0])
    return "family" if _relative(before[-_NEAR:]) or _relative(after[:3], behind=True) else "patient"


def _relative(words: list[str], *, behind: bool = False) -> bool:
    """Whether one of the words is a relative's; a "mother of two" or a child that the age is of is the patient."""
    patients = {"child", "children"} if behind else set()
    return any(
        word in _words("relatives") - patients
        and "of" not in words[at + 1 : at + 2]
        and not (
            word == "child" and (words[:at] in ([], ["female"], ["male"]) or words[at - 1 : at] in (["this"], ["our"]))
        )
        for at, word in enumerate(words[:2] if behind else words)
    )


@functools.cache
def _belongs_to() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, cues("demographics")["belongs_to"]), key=len, reverse=True))
    return compiled(rf"(?<!\w)(?<!we )(?<!I )(?:{words})(?: [a-z-]+)?[ -]$", re.IGNORECASE)


def _belongs(normal: str, start: int) -> bool:
    """Whether the words before name a person as someone of the patient's: "her little boy", "has a 12-year-old"."""
    return _belongs_to().search(compiled(r"\s+").sub(" ", normal[max(0, start - 40) : start])) is not None


@functools.cache
def _thing_told() -> re.Pattern[str]:
    keys = ("things", "things_between", "things_that_tell")
    things, between, told_of = ("|".join(map(re.escape, cues("demographics")[key])) for key in keys)
    return compiled(
        rf"(?<!with )(?<!has )(?<!and )\b(?!(?:{told_of}) about )(?:{things}) (?:(?:{between}) )+$", re.IGNORECASE
    )


def _is_of_a_thing(normal: str, start: int) -> bool:
    """ "The lupus itself is just 4 years old": an age that is not told of a person."""
    return _thing_told().search(compiled(r"\s+").sub(" ", normal[max(0, start - 60) : start])) is not None


@functools.cache
def _child_described() -> re.Pattern[str]:
    """ "Female child, born 2022-08-19" as a line's own words: the patient of a children's clinic."""
    return compiled(
        r"(?:^|\n)[ \t]*(?:(?:patient|pt|re)\b[ :.]*)?(?:fe)?male (?:child|infant|baby|toddler)[ ,;(|]{1,3}\Z",
        re.IGNORECASE,
    )


def _when(normal: str, start: int) -> Temporality:
    before = compiled(r"\s+").sub(" ", normal[max(0, start - 60) : start].lower()).rstrip(" ,(")
    if _past().search(before):
        return "historical"
    is_named = normal[start : start + 3].lower() == "age"
    return "historical" if is_named and _event().search(before) else "current"


@functools.cache
def _past() -> re.Pattern[str]:
    return compiled(rf"\b(?:{'|'.join(map(re.escape, cues('demographics')['past']))})$")


@functools.cache
def _event() -> re.Pattern[str]:
    return compiled(rf"\b(?:{'|'.join(cues('demographics')['events'])})\b[^.;,:\n]*$")


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(cues("demographics")[name])


@functools.cache
def _sex_pattern() -> re.Pattern[str]:
    def either(*names: str) -> str:
        words = [word for name in names for word in cues("demographics")[name] if len(word) > 1]
        return "|".join(sorted(map(re.escape, words), key=len, reverse=True))

    return compiled(
        rf"\b(?:(?P<female>{either('female', 'titles_female')})|(?P<male>{either('male', 'titles_male')}))\b",
        re.IGNORECASE,
    )


def _sexes(reading: Reading) -> Iterator[Fact]:
    """The sex told with the age or by a label; else by a noun or title; else by the letter's pronouns.

    A noun that most pronouns contradict is someone else's.
    """
    found = list(_sexes_with_age(reading))
    if not found:
        pronoun = list(_sex_by_pronouns(reading))
        found = list(_sexes_by_noun(reading)) or pronoun
        if pronoun and found[0].value is not None and _code(found[0]) != _code(pronoun[0]):
            found = pronoun
    yield from found or _sex_by_what_women_have(reading)


def _code(fact: Fact) -> str | None:
    return fact.value.code if isinstance(fact.value, Coded) else None


def _sexes_with_age(reading: Reading) -> Iterator[Fact]:
    normal = reading.normal
    for label in matches_of_words(("sex", "gender"), _SEX_LABEL, normal):
        if whose(reading, label.start()) == "patient":
            yield _sex(reading, label.start(), label.end(), label["sex"])
    for age in find_ages(normal):
        if _whose(reading, age.start, age.end) != "patient" or _is_event(normal, age.start):
            continue
        if age.sex:
            yield _sex(reading, age.start, age.end, age.sex)
            continue
        after = _sex_behind_age().match(normal[age.end : age.end + 60])
        if after is not None and not _is_a_thing(normal, age.end + after.end("sex")):
            at = age.end + after.start("sex")
            yield _sex(reading, at, at + len(after["sex"]), after["sex"])


@functools.cache
def _sex_behind_age() -> re.Pattern[str]:
    others = "|".join(cues("demographics")["other_behind"])
    return compiled(
        rf"[ ,(/|-]{{0,3}}(?:(?!(?:{others})\b)[a-zA-Z'-]+ ){{0,4}}?"
        rf"(?P<sex>{_sex_pattern().pattern}|[FM](?=[\s,;:.)/]|$))",
        re.IGNORECASE,
    )


def _is_event(normal: str, start: int) -> bool:
    return _when(normal, start) == "historical"


@functools.cache
def _thing() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, cues("demographics")["not_sex_before"]), key=len, reverse=True))
    return compiled(rf"[ -](?:{words})\b", re.IGNORECASE)


def _is_a_thing(normal: str, end: int) -> bool:
    """Whether a noun of sex only tells of what follows it: "male nurse", "female partner"."""
    return _thing().match(normal, end) is not None


def _sexes_by_noun(reading: Reading) -> Iterator[Fact]:
    for match in _sex_pattern().finditer(reading.normal):
        word = match.group().lower()
        if _is_title(word):
            if match.group().isupper() or _written_to(reading.normal, match.start()):
                continue
            if re.search(r"\d ?$", reading.normal[max(0, match.start() - 2) : match.start()]):
                continue  # "QTc 470 ms" counts milliseconds
        elif word == "mother of":
            if _belongs(reading.normal, match.start()) or not re.match(
                r" (?:\d|a |one|two|three|four|twins)", reading.normal[match.end() : match.end() + 8]
            ):
                continue
        elif word in _words("relatives") or _is_a_thing(reading.normal, match.end()):
            continue
        if _whose(reading, match.start(), match.end()) == "patient":
            yield _sex(reading, match.start(), match.end(), word)
            return


def _is_title(word: str) -> bool:
    return word in _words("titles_female") or word in _words("titles_male")


def _written_to(normal: str, start: int) -> bool:
    """Whether a title is a colleague's: "Dear Mr", "seen by Mr"."""
    before = re.findall(r"[^\W\d_]+", normal[max(0, start - 20) : start].lower())[-1:]
    return any(word in _words("writes_to") for word in before)


def _sex_by_pronouns(reading: Reading) -> Iterator[Fact]:
    found: dict[str, list[re.Match[str]]] = {}
    for sex in ("female", "male"):
        pattern = compiled(rf"\b(?:{'|'.join(cues('demographics')[f'pronouns_{sex}'])})\b", re.IGNORECASE)
        told = matches_of_words(cues("demographics")[f"pronouns_{sex}"], pattern, reading.normal)
        found[sex] = [one for one in told if _speaks_of_patient(reading, one.start())]
    for sex, other in (("female", "male"), ("male", "female")):
        if len(found[sex]) > _MANY * len(found[other]):
            yield _sex(reading, found[sex][0].start(), found[sex][0].end(), sex)


def _speaks_of_patient(reading: Reading, start: int) -> bool:
    """Whether no one else stands before a pronoun in its sentence whom it may mean."""
    sentence = reading.sentences[reading.sentence_at(start)]
    before = reading.normal[sentence.start : start]
    if whose(reading, start) != "patient" or not _words("relatives").isdisjoint(re.findall(r"[a-z]+", before.lower())):
        return False
    return not any(_belongs(before, noun.start()) for noun in _sex_pattern().finditer(before))


def _sex_by_what_women_have(reading: Reading) -> Iterator[Fact]:
    pattern = compiled(rf"\b(?:{'|'.join(cues('demographics')['of_women'])})\b", re.IGNORECASE)
    for match in pattern.finditer(reading.normal):
        if _whose(reading, match.start(), match.end()) == "patient":
            yield _sex(reading, match.start(), match.end(), "female")
            return


def _sex(reading: Reading, start: int, end: int, word: str) -> Fact:
    lower = word.lower()
    is_female = lower in _words("female") or lower in _words("titles_female") or lower in ("f", "female")
    code = "female" if is_female else "male"
    return reading.fact("demographic", "sex", "Sex", start, end, value=Coded(code, reading.text[start:end]))


@functools.cache
def _birth_label() -> re.Pattern[str]:
    labels = "|".join(sorted(map(re.escape, cues("demographics")["birth"]), key=len, reverse=True))
    return compiled(rf"(?<!\w)(?:{labels})[\s:.]{{0,4}}(?:on |in )?$", re.IGNORECASE)


def _birth_dates(reading: Reading) -> Iterator[Fact]:
    for time in reading.times:
        before = reading.normal[max(0, time.start - 24) : time.start]
        label = _birth_label().search(before)
        if label is not None and time.role == "point" and time.time is not None:
            start = time.start - len(before) + label.start()
            whose = _whose(reading, start, time.end)
            yield reading.fact(
                "demographic", "birth-date", "Date of birth", start, time.end, time=time.time, experiencer=whose
            )
