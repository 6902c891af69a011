"""Age, sex and date of birth: a Reading in, demographic facts out.

A patient is described once, often in shorthand ("34F", "F/34", "a 34 y.o. lady"); an age beside a relative or of
an event long ago is not the patient's age today.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from extraction.bystanders import whose
from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.scanning import matches_from
from kb.facts import Coded, Experiencer, Fact, Interval, Quantity, Temporality

_YEARS = r"(?:[Yy]ears?|[Yy]rs?|yo|y\.o|y/o|[Yy])"
_NOT_A_PERSON = r"(?![ -]+(?:graft|history|fistula|transplant|lesion|scar|disease|follow|course|gap|remission))"
_PEOPLE = (
    r"(?i:woman|lady|girl|female|man|gentleman|boy|male|patient|child|schoolgirl|schoolboy|teenager|adolescent"
    r"|housewife|pt)"
)
_MONTHS = r"(?:[ ,-]*(?:and[ ])?(?P<{}_months>\d{{1,2}})[ -]?(?:months?|mo|m)\b)?"
# the forms of an age, by the name of the group that holds its years
_FORMS = (
    # 34-year-old, 4 years 11 months old, 34 years of age
    rf"(?<![\w./])(?P<old>\d{{1,3}})[ -]{{0,3}}{_YEARS}\.?{_MONTHS.format('old')}[ -]{{0,3}}"
    rf"(?:old|of[ ]age)\b{_NOT_A_PERSON}",
    # 34yo, 34 y.o.
    r"(?<![\w./])(?P<short>\d{1,3})[ -]?(?:yo|y\.o\.?|y/o|yrs?/?[ ]?[oO]ld)(?![a-z])",
    # Age: 34, aged 34 years, age at referral 34
    r"\b[Aa](?:ge|GE)[dD]?(?:[ ]is|[ ]now|[ ]at[ ](?:visit|referral|screening))?[ ]?[:=]?[ ]?"
    rf"(?P<label>\d{{1,3}})(?![\d/.%]|-\d)(?:[ ]?{_YEARS}\b)?{_MONTHS.format('label')}",
    # 34F, 34 yrs/M
    rf"(?<![\w./-])(?P<sex_behind>\d{{1,3}})[ ]?(?:{_YEARS}\.?)?[ ]?[/,|-]?[ ]?"
    r"(?P<sex_after>[FM])(?=[\s,;:.)/(|-]|$)(?![ ]?:)",
    # F/34, Female 34
    r"(?<![\w])(?P<sex_first>[FM](?=[ ]?[/,|:])|[Ff]emale|[Mm]ale)[ ]?[/,|:-]?[ ]?"
    rf"(?P<sex_before>\d{{1,3}})(?:[ ]?{_YEARS}\b)?(?=[\s,;:.)/|]|$)",
    # 34 years female patient
    rf"(?<![\w./-])(?P<noun_behind>\d{{1,3}})[ -]?(?:{_YEARS}\b)[ -](?=(?:[a-z-]+[ ]){{0,3}}{_PEOPLE}\b)",
    # a patient, 54 years
    rf"\b{_PEOPLE}[ ]?[,(][ ]?(?P<noun_comma>\d{{1,3}})[ ]?{_YEARS}\b",
    # a woman of 28 years
    rf"\b{_PEOPLE}[ ](?:of|aged)[ ](?P<noun_of>\d{{1,3}})(?:[ ]?{_YEARS}\b)?{_MONTHS.format('noun_of')}"
    r"(?![\d/.%]|[ ]?(?:kg|cm|mg))",
    # this 12 year old is the first form; "this 34 lady"
    rf"(?:\bthis[ ]|\ba[ ]|\bthe[ ])(?P<noun_near>\d{{1,2}})(?=[ ](?:[a-z-]+[ ]){{0,2}}{_PEOPLE}\b)",
    # Mrs N., 54 years
    rf"\b(?:Mrs?|Ms|Miss|Herr|Frau)\.?[ ][A-Z]\w*\.?,[ ](?P<title>\d{{1,3}})[ ]?{_YEARS}\b",
    # she is now 34
    rf"(?:\b[Ss]he|\b[Hh]e|[Pp]atient)[ ]is[ ](?:now[ ]|currently[ ])?(?P<pronoun>\d{{1,2}})(?:[ ]?{_YEARS}\b)?"
    r"(?=[\s,;.]|$)(?![ ]?(?:weeks|cm|kg|months|days|st\b))",
)
_AGE = re.compile("|".join(_FORMS))
# every form begins with its years or with one of these
_AGE_STARTS = re.compile(
    rf"(?<![\w./])\d|\b[Aa](?:ge|GE)|\b(?:[FM]|[Ff]emale|[Mm]ale)[ ]?[/,|:-]?[ ]?\d|\b{_PEOPLE}[ ]?(?:[,(]|of|aged)"
    r"|\b(?:this|a|the)[ ]\d|\b(?:Mrs?|Ms|Miss|Herr|Frau)\b|\b(?:[Ss]he|[Hh]e|[Pp]atient)[ ]is[ ]"
)
_GROUPS = (
    *("old", "short", "label", "sex_behind", "sex_before", "noun_behind"),
    *("noun_comma", "noun_of", "noun_near", "title", "pronoun"),
)
_SEX_LABEL = re.compile(r"\b(?:sex|gender)\b ?[:=]? ?(?P<sex>female|male|f|m)\b", re.IGNORECASE)
_OLDEST = 120


def read_demographics(reading: Reading) -> Iterator[Fact]:
    """Facts `age` (years), `sex` and `birth-date`, each with the words that say it."""
    ages = list(matches_from(_AGE_STARTS, _AGE, reading.normal))
    yield from _ages(reading, ages)
    yield from _sexes(reading, ages)
    yield from _birth_dates(reading)


def _ages(reading: Reading, ages: Sequence[re.Match[str]]) -> Iterator[Fact]:
    for match in ages:
        group = next(name for name in _GROUPS if match[name])
        years = int(match[group])
        if years > _OLDEST or (group in ("sex_behind", "sex_before") and years == 0):
            continue
        months = match["old_months"] or match["label_months"] or match["noun_of_months"]
        value = _age_interval(years, int(months) if months else None)
        yield reading.fact(
            "demographic",
            "age",
            "Age",
            match.start(),
            match.end(),
            value=Quantity(value, "a", reading.text[match.start() : match.end()]),
            experiencer=_whose(reading, match.start(), match.end()),
            temporality=_when(reading.normal, match.start()),
        )


def _age_interval(years: int, months: int | None) -> Interval:
    """A stated age in whole years means that birthday has passed and the next has not."""
    if months is not None:
        return Interval(years + months / 12, years + (months + 1) / 12, high_open=True)
    return Interval(years, years + 1, high_open=True)


def _whose(reading: Reading, start: int, end: int) -> Experiencer:
    normal = reading.normal
    if whose(reading, start) != "patient":
        return "other"
    relatives = _words("relatives")
    after = re.findall(r"[a-z]+", normal[end : end + 40].lower())[:3]
    before = re.findall(r"[a-z]+", normal[max(0, start - 40) : start].lower())[-3:]
    clause_goes_on = not re.search(r"[.;:\n]", normal[max(0, start - 25) : start])
    if any(word in relatives for word in after[:2]) or (clause_goes_on and any(word in relatives for word in before)):
        return "family"
    return "patient"


def _when(normal: str, start: int) -> Temporality:
    before = re.sub(r"\s+", " ", normal[max(0, start - 30) : start].lower()).rstrip(" ,(")
    return (
        "historical"
        if any(re.search(rf"\b{re.escape(word)}$", before) for word in cues("demographics")["past"])
        else "current"
    )


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(cues("demographics")[name])


@functools.cache
def _sex_pattern() -> re.Pattern[str]:
    def either(*names: str) -> str:
        words = [word for name in names for word in cues("demographics")[name] if len(word) > 1]
        return "|".join(sorted(map(re.escape, words), key=len, reverse=True))

    return re.compile(
        rf"\b(?:(?P<female>{either('female', 'titles_female')})|(?P<male>{either('male', 'titles_male')}))\b",
        re.IGNORECASE,
    )


def _sexes(reading: Reading, ages: Sequence[re.Match[str]]) -> Iterator[Fact]:
    """The sex told with the age or by a label; else by a noun or title; else by the letter's pronouns."""
    found = list(_sexes_with_age(reading, ages)) or list(_sexes_by_noun(reading)) or list(_sex_by_pronouns(reading))
    yield from found


def _sexes_with_age(reading: Reading, ages: Sequence[re.Match[str]]) -> Iterator[Fact]:
    normal = reading.normal
    for label in _SEX_LABEL.finditer(normal):
        if whose(reading, label.start()) == "patient":
            yield _sex(reading, label.start(), label.end(), label["sex"])
    for match in ages:
        if _whose(reading, match.start(), match.end()) != "patient" or _is_event(normal, match.start()):
            continue
        letter = match["sex_after"] or match["sex_first"]
        if letter:
            yield _sex(reading, match.start(), match.end(), letter)
            continue
        after = re.match(
            rf"[ ,(/-]{{0,3}}(?:[a-zA-Z'-]+ ){{0,4}}?(?P<sex>{_sex_pattern().pattern}|[FM](?=[\s,;:.)/]|$))",
            normal[match.end() : match.end() + 60],
            re.IGNORECASE,
        )
        if after is not None:
            at = match.end() + after.start("sex")
            yield _sex(reading, at, at + len(after["sex"]), after["sex"])


def _is_event(normal: str, start: int) -> bool:
    return _when(normal, start) == "historical"


def _sexes_by_noun(reading: Reading) -> Iterator[Fact]:
    for match in _sex_pattern().finditer(reading.normal):
        word = match.group().lower()
        if word in _words("relatives") or word == "mother of":
            continue
        if _whose(reading, match.start(), match.end()) == "patient":
            yield _sex(reading, match.start(), match.end(), word)
            return


def _sex_by_pronouns(reading: Reading) -> Iterator[Fact]:
    found: dict[str, list[re.Match[str]]] = {}
    for sex in ("female", "male"):
        pattern = re.compile(rf"\b(?:{'|'.join(cues('demographics')[f'pronouns_{sex}'])})\b", re.IGNORECASE)
        found[sex] = [one for one in pattern.finditer(reading.normal) if whose(reading, one.start()) == "patient"]
    for sex, other in (("female", "male"), ("male", "female")):
        if found[sex] and not found[other]:
            yield _sex(reading, found[sex][0].start(), found[sex][0].end(), sex)


def _sex(reading: Reading, start: int, end: int, word: str) -> Fact:
    lower = word.lower()
    is_female = lower in _words("female") or lower in _words("titles_female") or lower.startswith("f")
    code = "female" if is_female else "male"
    return reading.fact("demographic", "sex", "Sex", start, end, value=Coded(code, reading.text[start:end]))


def _birth_dates(reading: Reading) -> Iterator[Fact]:
    labels = "|".join(sorted(map(re.escape, cues("demographics")["birth"]), key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{labels})[\s:.]{{0,4}}(?:on |in )?$", re.IGNORECASE)
    for time in reading.times:
        before = reading.normal[max(0, time.start - 24) : time.start]
        label = pattern.search(before)
        if label is not None and time.role == "point" and time.time is not None:
            start = time.start - len(before) + label.start()
            whose = _whose(reading, start, time.end)
            yield reading.fact(
                "demographic", "birth-date", "Date of birth", start, time.end, time=time.time, experiencer=whose
            )
