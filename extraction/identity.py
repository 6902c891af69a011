"""Whom a document is about, as its headings tell: a text and its facts in, names, birth dates and record numbers out.

Only for holding the documents of one dossier against each other: none of it becomes a fact, or is shown.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from extraction.knowledge import cues
from kb.facts import Coded, Fact, Quantity, Time
from kb.patterns import compiled
from kb.vocabulary import Vocabulary, vocabulary

_HEAD = 4000  # characters in which the line that says whom a letter is about stands
_MOST_PARTS = 6  # of a name
_PARTICLES = frozenset(
    "de da do dos das di du del della la le van von der den ten ter bin binti ibn abu al el ul st y".split()
)

Name = tuple[str, ...]
Days = tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document tells of who the patient is; of what it tells in several ways, all of them.

    `names`: each the parts of a name in lower case without accents, in the order written; a part of one letter is an
    initial. `births`: the spans of days that a birth date may mean. `born`: the days on which someone of the age told
    was born. `national` and `local`: numbers by their kind.
    """

    names: tuple[Name, ...] = ()
    births: Days = ()
    born: tuple[date, date] | None = None
    sex: str | None = None
    national: Mapping[str, frozenset[str]] | None = None
    local: Mapping[str, frozenset[str]] | None = None


def identity_of(text: str, facts: Sequence[Fact], day: Time | None) -> Identity:
    """The identity that a document of that date tells; `facts` are its own.

    >>> identity_of("Patient: SMITH, Jane   MRN: 0042171", (), None).names
    (('smith', 'jane'),)
    """
    own = [fact for fact in facts if fact.experiencer == "patient" and fact.assertion == "present"]
    sexes = {fact.value.code for fact in own if fact.concept == "sex" and isinstance(fact.value, Coded)}
    return Identity(
        names=tuple(dict.fromkeys(_names(text))),
        births=tuple(span for fact in own if fact.concept == "birth-date" for span in _birth_spans(fact)),
        born=_born(own, day),
        sex=sexes.pop() if len(sexes) == 1 else None,
        national=_numbers(text, "national"),
        local=_numbers(text, "local"),
    )


# --- names ------------------------------------------------------------------------------------------------------------

_CELL = r"(?:^|[|\t;]|[ ]{2,}|,[ ])[ ]*"
_BEHIND = r"[ ]*(?:[:=|\t]|[ ]{2,}|\.[ ]|-[ ])[ :=|\t]*"
_WORD = compiled(r"(?P<word>[^\W\d_](?:[^\W\d_]|['’`-](?=[^\W\d_]))*)(?P<dot>\.?)|(?P<comma>,)|(?P<gap>[ ]+)")
_LABEL = compiled(r"[ ]{0,2}[:=]")
_EVIDENCE = compiled(
    r"\d{1,4}[/.-](?:\d{1,2}|[a-z]{3,9})[/.-]\d{2,4}|\(\d{1,3}\b|\b\d{1,3} ?(?:y|yrs?|years?)\b|\bsex\b", re.IGNORECASE
)


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[ ]+") for word in sorted(words, key=len, reverse=True))


@functools.cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(cues("identity")[name])


@functools.cache
def _labelled(kind: str) -> re.Pattern[str]:
    behind = r"(?!\w)[ ]*[:.]?[ ]*" if kind == "about" else _BEHIND
    return compiled(
        rf"{_CELL}(?:{_either(cues('identity')[kind])}){behind}(?P<value>[^\n]*)", re.IGNORECASE | re.MULTILINE
    )


@functools.cache
def _title() -> re.Pattern[str]:
    return compiled(rf"\W*(?:{_either(cues('identity')['titles'])})\b\.?[ ]*", re.IGNORECASE)


@functools.cache
def _former() -> re.Pattern[str]:
    return compiled(rf"[\s(,]+(?:{_either(cues('identity')['former'])})[ :]+(?P<name>[^\n);,]+)", re.IGNORECASE)


@functools.cache
def _evidence() -> re.Pattern[str]:
    known = cues("identity")
    numbers = [label for kind in ("national", "local") for labels in known[kind].values() for label in labels]
    labels = [*cues("demographics")["birth"], *numbers]
    return compiled(rf"(?<!\w)(?:{_either([label for label in labels if len(label) > 2])})(?!\w)", re.IGNORECASE)


def _names(text: str) -> Iterator[Name]:
    """The names that labels tell, whole or in their parts, and that of the line which says whom it is about."""
    found = [_name(match["value"]) for match in _labelled("whole").finditer(text)]
    families = [_name(match["value"]) for match in _labelled("family").finditer(text)]
    given = [_name(match["value"]) for match in _labelled("given").finditer(text)]
    found += [(*first, *last) for first, last in zip(given, families, strict=False)]
    found += [_if_told_by(match, text) for match in _labelled("person").finditer(text)]
    found += [_if_told_by(match, text) for match in _labelled("about").finditer(text, 0, _HEAD)]
    yield from (name for name in found if name and not _is_placeholder(name))


def _if_told_by(match: re.Match[str], text: str) -> Name:
    """The name in a line that says whom a letter is about: behind a title, or where a birth date, an age or a number
    stands by it.
    """
    value = match["value"]
    following = text[match.end() :].lstrip().split("\n", 1)[0]
    titled = _title().match(value) is not None
    told = _evidence().search(value) or _EVIDENCE.search(value) or _evidence().match(following)
    return _name(value) if titled or told else ()


def _name(value: str) -> Name:
    """The parts of the name with which the words begin; none where they begin with none."""
    titled = _title().match(value)
    rest = value[titled.end() :] if titled else value.lstrip(" *\"'")
    parts: list[str] = []
    commas = 0
    for token in _tokens(rest):
        if token.lastgroup == "gap" or token["gap"]:
            if len(token["gap"]) > 1:
                break
            continue
        if token["comma"]:
            commas += 1
            if commas > 1 or len(parts) != 1:
                break
            continue
        word = token["word"]
        if not word[0].isupper() and word.lower() not in _PARTICLES:
            if len(parts) < 2 and not titled:
                return ()
            break
        if word.lower() in _no_parts() or _LABEL.match(rest, token.end()):
            break
        parts += _spelled(word)
        if len(parts) > _MOST_PARTS:
            return ()
    lone = len(parts) == 1 and len(parts[0]) == 1 and not titled and rest[1:2] != "."
    if lone or all(part in _words_of(vocabulary()) for part in parts):  # an article; a disease or a drug
        return ()
    former = _former().search(value) if parts else None
    return (*parts, *(_name(former["name"]) if former else ()))[:_MOST_PARTS]


@functools.cache
def _no_parts() -> frozenset[str]:
    return _listed("no_name") | _listed("colleagues") | _listed("titles")


def _tokens(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while (match := _WORD.match(text, at)) is not None:
        yield match
        at = match.end()


def _spelled(word: str) -> list[str]:
    """A word as parts in plain lower case: a double name is two."""
    plain = unicodedata.normalize("NFKD", word.replace("ß", "ss"))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return [part for part in re.split(r"[^a-z]+", plain) if part] or [word.lower()]


def _is_placeholder(name: Name) -> bool:
    """ "X", "N. N.": letters that stand for a name that is withheld."""
    return set(name) <= {"x"} or name == ("n", "n") or any(set(part) == {"x"} and len(part) > 1 for part in name)


@functools.lru_cache(maxsize=2)
def _words_of(terms: Vocabulary) -> frozenset[str]:
    """The words of all names that the terms know."""
    return frozenset(
        word
        for term in terms.terms.values()
        for name in term.spellings
        for word in re.findall(r"[a-z]{3,}", name.lower())
    )


# --- birth dates and ages ---------------------------------------------------------------------------------------------


def _birth_spans(fact: Fact) -> Iterator[tuple[date, date]]:
    """The days that a birth date may mean; one all in figures may have its day and month the other way round."""
    when = fact.time
    if when is None or when.earliest is None or when.latest is None:
        return
    figures = re.fullmatch(r"\s*(\d{1,2})\D{1,3}(\d{1,2})\D{1,3}(\d{2}|\d{4})\s*", when.written)
    if figures is None or max(int(figures[1]), int(figures[2])) > 12:
        yield when.earliest, when.latest
        return
    for year in {when.earliest.year, when.latest.year}:
        for month, day in ((int(figures[1]), int(figures[2])), (int(figures[2]), int(figures[1]))):
            if month and day:
                yield date(year, month, day), date(year, month, day)


def _born(own: Sequence[Fact], day: Time | None) -> tuple[date, date] | None:
    """The days on which the patient was born by the ages told, where these are of one year or two."""
    ages = [
        fact.value.interval
        for fact in own
        if fact.concept == "age"
        and fact.temporality == "current"
        and fact.time is None
        and isinstance(fact.value, Quantity)
    ]
    lows, highs = [age.low for age in ages if age.low is not None], [age.high for age in ages if age.high is not None]
    if not lows or not highs or max(lows) - min(lows) > 1 or day is None or day.earliest is None or day.latest is None:
        return None
    first, last = day.earliest.year - int(max(highs)) - 1, day.latest.year - int(min(lows))
    return (date(first, 1, 1), date(last, 12, 31)) if first > 1 else None


# --- numbers ----------------------------------------------------------------------------------------------------------


@functools.cache
def _numbered(scope: str, kind: str) -> re.Pattern[str]:
    labels = _either(cues("identity")[scope][kind])
    return compiled(
        rf"(?<![\w-])(?:{labels})(?![\w-])[ \t]*[:.#=|]{{0,2}}[ \t|:]{{0,12}}"
        r"(?P<value>\d{3}[ -]\d{3}[ -]\d{4}|\d{6}[ -]\d{4}|\d{4}[ -]\d{4}[ -]\d{4}"
        r"|[A-Za-z]{0,5}[/-]?\d[\dA-Za-z/-]{2,18})(?![\w/])",
        re.IGNORECASE,
    )


def _numbers(text: str, scope: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for kind in cues("identity")[scope]:
        told = frozenset(
            number for match in _numbered(scope, kind).finditer(text) if (number := _number(match["value"])) is not None
        )
        if told:
            found[kind] = told
    return found


def _number(written: str) -> str | None:
    """The number without its marks; none for a date or what stands for a number that is withheld."""
    plain = re.sub(r"[^0-9A-Za-z]", "", written).upper().lstrip("0")
    digits = re.sub(r"\D", "", plain)
    dated = re.fullmatch(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4}", written)
    return None if dated or len(digits) < 3 or len(set(digits)) == 1 else plain
