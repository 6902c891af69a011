"""How letters write an age: a normalised text in, ages with their places and the sex told in the same words out.

"34F", "F/34", "aged thirty-four", "4 10/12 years old", "a girl of 4 years 11 months": each form is one pattern. A
child of months is a fraction of a year; a dose, a graft's age or a diagnosis code ("M32") is none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from extraction.knowledge import cues
from extraction.letter_case import letter_case
from extraction.scanning import matches_at
from extraction.tokens import words_of
from extraction.word_places import has_word, matches_of_words, word_places
from kb.facts import Interval
from kb.patterns import compiled

_OLDEST = 120
_YEARS = r"(?:[Yy](?:ea)?r?\(s\)|[Yy]ears?|[Yy]rs?|YRS?|YEARS?|yo|y\.o|y/o|[Yy]|ans|a[nñ]os|anni|jaar|Jahre)"
_MONTHS = r"(?i:months?|mths?|mo|m)"
_NOT_A_PERSON = r"(?![ -]+(?:graft|history|fistula|transplant|lesion|scar|disease|follow|course|gap|remission))"
_NO_MEASURE = (
    r"(?![\d/%]|\.\d|-\d|[ ]?['′\"]|[ ]\d/\d|[ ]?(?:feet|foot|ft|inch|inches|kg|kgs|cm|mg|st|lb|lbs|%|mmHg|g|ml|mL"
    r"|days?|weeks?|wks?|months?|hours?|mins?)\b)"
)
_NO_SPAN = r"(?![ -]?(?:hx|h/o|history|of|ago|post|after|course|since|into|duration|before|later|on)\b)"
_SEX = r"(?:[Ff]emale|[Mm]ale|FEMALE|MALE|[Ww]oman|[Mm]an|[Ff]eminine|[Mm]asculine)"
_BESIDE_AGE = r"(?:sex|gender|weight|wt|height|ht|size|BMI|ethnicity|race|M/F|occupation|job)"
_END = r"(?=[\s,;:.)/|(-]|$)"


@dataclass(frozen=True, slots=True)
class Age:
    """An age told at [start, end) in years, with the sex ("female", "M", ...) that the same words tell."""

    start: int
    end: int
    years: Interval
    sex: str | None


@functools.cache
def _number() -> str:
    """A count of years in digits or words, with a half or a decimal."""
    known = cues("demographics")["numbers"]
    words = "|".join([*known["teens"], *known["tens"], *known["ones"]])
    tens, ones = "|".join(known["tens"]), "|".join(known["ones"])
    return rf"(?:\d{{1,3}}(?:\.\d|½)?(?!\d)|(?i:(?:{tens})[ -](?:{ones})|{words})(?![a-z]))"


@functools.cache
def people() -> str:
    return "(?i:" + "|".join(sorted(cues("demographics")["people"], key=len, reverse=True)) + ")"


@functools.cache
def _forms() -> tuple[str, ...]:
    number, person = _number(), people()
    jobs = "(?i:" + "|".join(cues("demographics")["occupations"]) + ")"
    months = rf"(?:[ ,-]*(?:and[ ])?(?P<{{}}_months>\d\d?)[ -]?{_MONTHS}\b\.?)?"
    return (
        # 34-year-old, 4 years 11 months old, 4 10/12 year old, 34 years of age
        rf"(?<![\w./])(?P<old>{number})(?:[ ](?P<old_twelfths>\d\d?)/12)?"
        rf"(?:[ -]and[ -]a[ -]half)?[ -]{{0,3}}{_YEARS}\.?{months.format('old')}"
        rf"[ -]{{0,3}}(?:old|OLD|Old|oid|oId|o1d|0ld|of[ ]age|OF[ ]AGE)\b{_NOT_A_PERSON}",
        # 4 7/12 years
        rf"(?<![\w./])(?P<plain>\d{{1,2}})[ ](?P<plain_twelfths>\d\d?)/12[ ]?(?:{_YEARS}\b)?(?![ -]?(?:ago|of[ ]))",
        # 4 yr 11/12
        rf"(?<![\w./])(?P<yearly>\d{{1,2}})[ -]?{_YEARS}\.?[ ](?P<yearly_twelfths>\d\d?)/12(?![\d/])"
        rf"(?:[ -]?(?:old|OLD)\b)?{_NO_SPAN}",
        # 31岁
        r"(?P<han>\d{1,3})[ ]?岁",
        # 34yo, 34 y.o., 26yof
        rf"(?<![\w./])(?P<short>{number})(?:[ ](?P<short_twelfths>\d\d?)/12)?"
        rf"[ -]?(?:yo|YO|y\.o\.?|y/o|yrs?/?[ ]?[oO]ld)"
        r"(?:[ ]?(?P<sex_glued>[fFmM])(?=[\s,;:.)]|$)|(?![a-z]))",
        # 11-month-old boy, a boy of 11 months
        rf"(?<![\w./])(?P<infant>\d\d?)[ -]months?[ -]old(?=[ ](?:[a-z-]+[ ]){{0,2}}{person}\b)",
        rf"\b{person}[ ](?:of|aged)[ ](?P<baby>\d\d?)[ ]months\b(?![ ]?ago)",
        r"\b(?:[Bb]aby|[Ii]nfant|[Tt]oddler)(?:[ ](?:girl|boy))?[ ]?[,(][ ]?"
        r"(?P<tot>\d\d?)[ ]?(?:months|mths|mo)\b(?![ ]?ago)",
        # the patient whose records you receive is only 18 months old
        rf"\b(?:[Ss]he|[Hh]e|{person})(?!'s)"
        r"(?:[ ](?:whose|whom|who|that|in|with|on|of|for|at|from)\b[^.;:\n]{0,50}?)?"
        r"[ ]is[ ](?:now[ ]|only[ ]|just[ ]|barely[ ]|still[ ]|today[ ])?(?P<months_old>\d\d?)[ -]months?"
        r"(?:[ -]old|[ ]of[ ]age)\b",
        # Age: 50 months
        r"\b[Aa](?:ge|GE)[ ]?[:=|][ ]{0,8}(?P<label_of_months>\d\d?)[ ]?months\b(?![ ]?(?:ago|after|of[ ]|later))",
        # Age: 34, aged 34 years, Age (years): 34, Age/Sex: 26 Y, age at referral 34, Age | 34
        r"\b[Aa](?:ge|GE)[dD]?(?:[ ]?\((?:in[ ])?(?:[Yy]ears?|[Yy]rs?|[Yy])\.?\)|[ ]in[ ]years)?"
        r"(?:[ ](?:is|now|today|just|only|currently|at[ ](?:visit|referral|screening|present)))?"
        r"[ ]{0,40}[:=|-]?[ ]{0,8}"
        rf"(?P<label>{number}){_NO_MEASURE}(?:[ ]?{_YEARS}(?![a-z])\.?)?{months.format('label')}",
        # "Age, weight? - 34", "Age / sex / weight: 34 / F / 60 kg", "Age of the patient? 34", "How old is she? 34"
        rf"\b[Aa](?:ge|GE)(?i:[ ]?[,/&+|][ ]?{_BESIDE_AGE}\b|[ ]and[ ]{_BESIDE_AGE}\b){{1,3}}"
        rf"[ ]{{0,40}}[:?=|-][ ?:|-]{{0,8}}(?P<asked>{number}){_NO_MEASURE}(?:[ ]?{_YEARS}\b)?",
        rf"(?:\b[Aa](?:ge|GE)(?:[ ]of[ ](?:the[ ])?(?:patient|pt))?[ ]?"
        rf"|\b[Hh]ow[ ]old(?:[ ](?:is|are)[ ](?:(?:the|this|your)[ ])?(?:she|he|patient|pt|they))?[ ]?)"
        rf"\?[ :|-]{{0,8}}(?P<question>{number}){_NO_MEASURE}(?:[ ]?{_YEARS}\b)?",
        # at the head of a line or of an answer: "34, female, 60 kg", "34 / f"
        rf"(?:^|(?<=\n)|(?<=[:?(-]\s))(?P<list_behind>[1-9]\d)[ ]?[,/;][ ]?"
        rf"(?P<list_after>{_SEX}|[fm])(?=[ ]?[,;/).\n]|$)",
        # 34F, 34 yrs/M, 38 yrs / Male, 26 Y | F
        rf"(?<![\w./-])(?P<sex_behind>\d{{1,3}}(?![\d.]\d))[ ]?(?:{_YEARS}\.?)?[ ]?[/,|-]?[ ]?"
        rf"(?P<sex_after>[FM]){_END}(?![ ]?:)",
        rf"(?<![\w./-])(?P<word_behind>{number})[ ]?{_YEARS}\.?{months.format('word_behind')}[ ]?[/,|;(-]{{0,2}}[ ]?"
        rf"(?P<word_after>{_SEX}|[fm])(?![\w'])"
        r"(?![ ](?:ward|bay|nurse|doctor|partner))",
        # (34, F), (59 yrs, SLE since 2010)
        rf"\((?P<bracket>\d{{1,3}}(?![\d.]\d))(?:,[ ]?(?P<bracket_sex>{_SEX}|[FfMm])[),;]"
        rf"|[ ]?{_YEARS}\b\.?[ ]?[,;][ ]?(?=(?:SLE|lupus)\b))",
        # 37 yrs, 58 kg
        rf"(?:^|(?<=\n)|(?<=[.:(] )|(?<=\())(?P<weighed>{number})[ ]?{_YEARS}\b\.?"
        r"[ ]?[,;/][ ]?(?=\d{2,3}(?:[.,]\d)?[ ]?kg\b)",
        # F/34, Female 34, F, 26 yrs, F aged 26, F26 with SLE
        rf"(?<![\w])(?P<sex_first>[FM](?=[ ]?[/,|:])|[Ff]emale|[Mm]ale|FEMALE|MALE|[Ff]eminine|[Mm]asculine)"
        rf"(?:[ ](?:sex|gender))?[ ]{{0,3}}[/,|:(-]?[ ]?(?:aged[ ]|age[ ])?"
        rf"(?P<sex_before>\d{{1,3}}(?![\d.]\d))(?:[ ]?{_YEARS}\b)?{_NO_MEASURE}{_END}",
        rf"(?<![\w])(?P<letter_first>[FfMm])(?:,[ ]|[ ](?:aged[ ]|age[ ])?)"
        rf"(?P<letter_before>\d{{1,3}}(?![\d.]\d))[ ]?{_YEARS}\b",
        rf"(?<![\w])(?P<aged_first>[FM])[ ]aged?[ ](?P<aged_before>\d{{1,3}}(?![\d.]\d)){_NO_MEASURE}",
        r"(?:^|(?<=[\n])|(?<=[.:;][ ]))(?P<line_first>[FM])[ ]?(?P<line_before>[1-9]\d)"
        r"(?=,?[ ](?:with|w/|who|SLE|lupus|known|k/c/o)\b)",
        # 34 years female patient
        rf"(?<![\w./-])(?P<noun_behind>{number})[ -]?(?:{_YEARS}\b\.?){_NO_SPAN}"
        rf"[ -](?=(?:[a-z-]+[ ]){{0,3}}(?:{person}|{jobs})\b)",
        # a patient, 54 years; this lady, 26, has; a young woman, now 26; a student (26)
        rf"\b(?:{person}|{jobs})[ ]?[,(][ ]?(?:now[ ]|aged?[ ]|just[ ])?(?P<noun_comma>{number})"
        r"(?:[ ]and[ ]a[ ]half)?"
        rf"(?:[ ]?{_YEARS}\b\.?(?:[ ](?P<noun_comma_twelfths>\d\d?)/12)?"
        rf"{months.format('noun_comma')}{_NO_SPAN}|(?=[,;)\n]|$|[ ]\((?!o))|(?=\.(?:\s|$))){_NO_MEASURE}",
        # a woman of 28 years
        rf"\b(?:{person}|{jobs})[ ](?:of|aged)[ ](?P<noun_of>{number})(?:[ ]?{_YEARS}\b)?{months.format('noun_of')}"
        rf"{_NO_MEASURE}",
        # "this 34 lady"
        rf"(?:\bthis[ ]|\ba[ ]|\bthe[ ])(?P<noun_near>\d{{1,2}})(?=[ ](?:[a-z-]+[ ]){{0,2}}{person}\b)",
        # Mrs N., 54 years
        rf"\b(?:Mrs?|Ms|Miss|Herr|Frau|Madame|Mme|Monsieur|Mlle|Sra?|Sig(?:\.?ra)?|Signora|Mevrouw|Mw|Dhr|Smt|Shri)"
        rf"\.?(?:[ ][A-Z]\w*\.?){{1,2}}[ ]?[,(][ ]?(?:aged?[ ])?(?P<title>{number})"
        rf"(?:[ ]?{_YEARS}\b|(?=[,)]))",
        # girl. 4 y 8 m
        rf"(?:^|(?<=[.:;,]\s)|(?<=\n))(?P<both>\d\d?)[ ]?(?:y|yrs?|years?)"
        rf"[ ,]*(?P<both_months>\d\d?)[ ]?{_MONTHS}\b{_NO_SPAN}",
        # DOB 03/04/1990 (34y)
        rf"(?<=\d)[ ]?[(,][ ]?(?P<born>{number})[ ]?(?:{_YEARS}\b\.?|(?=\)))(?:[ ]?\))?"
        rf"(?:[ ,]{{1,2}}(?P<born_sex>{_SEX}|[FM]){_END})?",
        # she is now 34, has just turned 26, she's 45; a gentleman who is 36
        rf"(?:\b[Ss]he|\b[Hh]e|\b{person},?(?:[ ](?:comma[ ])?who)?)"
        r"(?:'s|[ ](?:is|has[ ]turned|turned|has[ ]just[ ]turned|just[ ]turned))[ ]"
        rf"(?:now[ ]|currently[ ]|only[ ]|just[ ]|aged[ ])?(?P<pronoun>{number})(?:[ ]?{_YEARS}\b)?"
        rf"(?=[\s,;.]|$){_NO_MEASURE}(?![ ]?[a-z]+[ ](?:of|after|before|since|post|into)\b)",
    )


_YEAR_GROUPS = (
    *(
        "old",
        "plain",
        "yearly",
        "han",
        "short",
        "infant",
        "baby",
        "tot",
        "months_old",
        "label_of_months",
        "label",
        "sex_behind",
        "word_behind",
        "bracket",
        "sex_before",
    ),
    *("letter_before", "aged_before", "line_before", "noun_behind", "noun_comma", "noun_of", "noun_near"),
    *("title", "both", "born", "pronoun", "asked", "question", "list_behind", "weighed"),
)
_SEX_GROUPS = (
    *("sex_glued", "sex_after", "word_after", "bracket_sex", "sex_first", "letter_first", "aged_first", "line_first"),
    *("born_sex", "list_after"),
)


@functools.cache
def _pattern(flags: int = 0) -> re.Pattern[str]:
    return compiled("|".join(_forms()), flags)


_FIRST_DIGIT = compiled(r"\d(?<![\w./].)")
_BEHIND_DIGIT = compiled(r"\d[(, ]")
_OPENS_ON_DIGIT = compiled(r"\((?=\d)")
# a number with what an age in digits has behind it, or what may lead to one behind a bracket or a date
_LEADS_ON = compiled(
    r"\d{1,2}[ ]\d\d?/12|\d{1,3}(?:\.\d|½)?(?:[ ]\d\d?/12)?(?:[ -]and[ -]a[ -]half)?[ /,|-]{0,4}"
    r"(?:[yYFMfm岁]|ans|a[nñ]os|anni|[jJ]a|(?i:months?\b))|[1-9]\d[ ]?[,/;][ ]?[wW]oman"
    r"|\(\d|[ ]?[(,][ ]?[\dtefsnoTEFSNO]"
)
_BEHIND_LETTER = compiled(r"[ ,/|:(\d]")
_BEHIND_ARTICLE = compiled(r"[ ]\d")
_TURNING = ("will", "turns", "is")  # what opens a birthday to come that is not called so
_HEAD = 600  # characters of a letter without capitals in which its patient is named
_TENS = compiled(r"0'?s(?!\w)")
_BEHIND_PRONOUN = compiled(r"'s|[ ](?:is|turned|has|just)\b")
_FIRST_WORDS = (
    *("age", "aged", "how", "baby", "female", "male", "feminine", "masculine", "mr", "mrs", "ms", "miss", "herr"),
    *(
        "frau",
        "madame",
        "mme",
        "monsieur",
        "mlle",
        "sr",
        "sra",
        "sig",
        "signora",
        "mevrouw",
        "mw",
        "dhr",
        "smt",
        "shri",
    ),
)


@functools.cache
def _openings() -> Mapping[str, re.Pattern[str] | None]:
    """The first words of every form, with what must stand behind one that letters are full of."""
    known = cues("demographics")
    listed = [*known["people"], *known["occupations"], *(word for words in known["numbers"].values() for word in words)]
    return {
        **dict.fromkeys([*(words_of(name.lower())[0] for name in listed), *_FIRST_WORDS]),
        **dict.fromkeys(("f", "m"), _BEHIND_LETTER),
        **dict.fromkeys(("this", "a", "the"), _BEHIND_ARTICLE),
        **dict.fromkeys(("she", "he"), _BEHIND_PRONOUN),
    }


def _places(normal: str) -> list[int]:
    """Where an age may begin: at digits, a bracket or a gap behind a date, and the first words of the forms."""
    words = word_places(normal)
    named = (
        place
        for word, behind in _openings().items()
        for place in words.get(word, ())
        if behind is None or behind.match(normal, place + len(word))
    )
    places = {match.start() for match in _FIRST_DIGIT.finditer(normal)}
    places.update(match.end() - 1 for match in _BEHIND_DIGIT.finditer(normal))
    places.update(match.start() for match in _OPENS_ON_DIGIT.finditer(normal))
    return sorted({*(place for place in places if _LEADS_ON.match(normal, place)), *named})


@functools.lru_cache(maxsize=8)  # the age and the sex both ask
def find_ages(normal: str) -> tuple[Age, ...]:
    """The ages of a text, in order.

    >>> [(age.years.low, age.sex) for age in find_ages("Re: 34 yrs / Male. Her son, 4 6/12 years old.")]
    [(34.0, 'Male'), (4.5, None)]
    """
    return tuple(sorted([*_ages(normal), *_birthdays(normal), *_decades(normal)], key=lambda age: age.start))


@functools.cache
def _birthday() -> re.Pattern[str]:
    ordinals, ones = (cues("demographics")[key] for key in ("ordinals", "birthday_words"))
    count = "|".join([*ordinals, r"\d{1,2}(?:st|nd|rd|th)"])
    coming = "|".join(ones["coming"])
    return compiled(
        rf"(?:(?P<coming>{coming})[ ](?:[\w-]+[ ]){{0,2}})?(?:her|his|the)[ ](?P<count>{count})[ ]birthday"
        rf"(?P<to_come>[ ](?:{'|'.join(ones['to_come'])})\b)?"
        rf"|\b(?:will[ ]turn|will[ ]be|turns|is[ ]turning|will[ ]be[ ]turning|"
        rf"is[ ](?:about|going|due|soon)[ ]to[ ](?:turn|be))[ ](?P<turns>{_number()})"
        r"(?=[ ](?:in|on|next|this|years|soon)\b|[.,;])",
        re.IGNORECASE,
    )


def _birthdays(normal: str) -> Iterator[Age]:
    """Ages told by a birthday: "had her fifth birthday on Saturday", "will turn five in May" (so she is four)."""
    known = cues("demographics")
    told = "birthday" in normal.lower()
    for match in _birthday().finditer(normal) if told else matches_of_words(_TURNING, _birthday(), normal):
        if match["turns"]:
            years = _count(match["turns"].lower()) - 1
        else:
            written = match["count"].lower()
            years = float(re.sub(r"\D", "", written) or known["ordinals"].index(written) + 1)
            years -= bool(match["coming"] or match["to_come"])
        if 0 < years < _OLDEST:
            yield Age(match.start(), match.end(), Interval(years, years + 1, high_open=True), None)


@functools.cache
def _decade() -> re.Pattern[str]:
    names = "|".join(cues("measurements")["decades"])
    return compiled(
        rf"(?:\b{people()}|\b(?:[Ss]?[Hh]e|[Pp]atient)[ ]is(?:[ ]now)?)[ ]?,?[ ]?(?:now[ ])?in[ ](?:her|his|their)[ ]"
        rf"(?:(?:early|mid|late)[ -])?(?P<decade>{names}|[2-9]0'?s)(?!\w)"
    )


def _decades(normal: str) -> Iterator[Age]:
    """ "A lady in her forties": somewhere in the ten years."""
    if not has_word(normal, cues("measurements")["decades"].keys()) and _TENS.search(normal) is None:
        return
    for match in _decade().finditer(normal):
        told = match["decade"].lower()
        least = float(told[:2]) if told[0].isdigit() else float(cues("measurements")["decades"][told])
        yield Age(match.start(), match.end(), Interval(least, least + 10, high_open=True), None)


def _ages(normal: str) -> Iterator[Age]:
    case, places = letter_case(normal), _places(normal)
    if case == "lower":
        places = [place for place in places if place < _HEAD]  # "6 m" is a man of six only where the patient is named
    flags = 0 if case == "mixed" else re.IGNORECASE
    for match in matches_at(places, _pattern(flags), normal):
        group = next(name for name in _YEAR_GROUPS if match[name])
        years = _years(match, group)
        if years is None or (group == "born" and not _is_birth_line(normal, match.start())):
            continue
        sex = next((match[name] for name in _SEX_GROUPS if match[name]), None)
        least = years.low or 0
        if least > _OLDEST or (least == 0 and sex is not None):
            continue
        yield Age(match.start(), match.end(), years, sex)


def _is_birth_line(normal: str, start: int) -> bool:
    """Whether a date of birth stands before the place, on its line."""
    line = normal[normal.rfind("\n", 0, start) + 1 : start + 1].lower()
    return re.search(r"(?:\bborn|\bdob|d\.o\.b|birth|\*)\W{0,6}[\w /.-]{4,20}$", line) is not None


def _years(match: re.Match[str], group: str) -> Interval | None:
    written = match[group].lower()
    if group in ("infant", "baby", "tot", "months_old", "label_of_months"):
        return Interval(int(written) / 12, (int(written) + 1) / 12, high_open=True)
    groups = match.groupdict()
    months = groups.get(f"{group}_months") or groups.get(f"{group}_twelfths")
    count = _count(written)
    if months is not None:
        return Interval(count + int(months) / 12, count + (int(months) + 1) / 12, high_open=True)
    # a stated age in whole years means that birthday has passed and the next has not
    return Interval(count, int(count) + 1, high_open=True)


def _count(written: str) -> float:
    if written[0].isdigit():
        return float(written.replace("½", ".5"))
    known = cues("demographics")["numbers"]
    values = {
        **{word: 10 + at for at, word in enumerate(known["teens"])},
        **{word: 20 + 10 * at for at, word in enumerate(known["tens"])},
        **{word: 1 + at for at, word in enumerate(known["ones"])},
    }
    return float(sum(values[word] for word in re.split(r"[ -]", written)))
