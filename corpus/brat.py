"""Letters that annotators correct in brat: the configuration of a folder out; its letters with their facts in.

Everything of a letter that is no fact stays behind: brat has no place for a verdict or for the answer of a criterion,
so that such labels are of facts alone. They are complete: what is not annotated is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from corpus.gold import Gold, GoldCode, GoldError, GoldFact, GoldNumber, Letter
from corpus.standoff import CHOICES, KINDS, ORDINARY, StandoffError, concept_attribute, facts_of, type_of
from kb.facts import Coded, Course, Fact, Interval, Kind, Quantity, Time

SUFFIX = ".ann"
AGE_UNIT = "a"

_COLOURS = {
    "medication": "#b7d4f5",
    "measurement": "#c9e7c4",
    "condition": "#f6d6b4",
    "procedure": "#e3cdf0",
    "vaccination": "#bfe6e2",
    "score": "#dfe6b2",
    "demographic": "#dddddd",
    "study": "#f3c6d6",
    "statement": "#f2e6b0",
    "mention": "#eeeeee",
}
_HOMES = {
    "DOID": "https://disease-ontology.org",
    "DRUGBANK": "https://go.drugbank.com",
    "ICD10CM": "https://www.cdc.gov/nchs/icd",
    "LOINC": "https://loinc.org",
    "UNII": "https://gsrs.ncats.nih.gov",
}


def configuration(concepts: Mapping[Kind, Iterable[str]]) -> dict[str, str]:
    """brat's configuration files by name, for a folder of letters; `concepts` are those that each kind can be about."""
    kinds = [kind for kind in KINDS if kind in concepts]
    types = "".join(f"{type_of(kind)}\n" for kind in kinds)
    choices = [
        *(
            f"{concept_attribute(kind)}\tArg:{type_of(kind)}, Value:{'|'.join(sorted(concepts[kind]))}"
            for kind in kinds
        ),
        *(f"{name}\tArg:<ENTITY>, Value:{'|'.join(CHOICES[name][1:])}" for name in ORDINARY),
        f"Status\tArg:{type_of('medication')}, Value:{'|'.join(CHOICES['Status'])}",
        f"Ongoing\tArg:<ENTITY>, Value:{'|'.join(CHOICES['Ongoing'])}",
    ]
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n"
    colours = "".join(f"{type_of(kind)}\tbgColor:{_COLOURS[kind]}\n" for kind in kinds)
    homes = "".join(f"{name}\tDB:<NONE>, <URL>:{url}\n" for name, url in _HOMES.items())
    return {
        "annotation.conf": f"[entities]\n{types}\n[relations]\n{overlap}\n[events]\n\n[attributes]\n"
        + "".join(f"{line}\n" for line in choices),
        "visual.conf": f"[labels]\n{types}\n[drawing]\nSPAN_DEFAULT\tfgColor:black, borderColor:darken\n{colours}"
        "Assertion\tglyph:✗|?|(if), position:left\nExperiencer\tglyph:(family)|(other)\n"
        "Temporality\tglyph:(past)|(planned)\n",
        "tools.conf": "[options]\nTokens\ttokenizer:whitespace\nSentences\tsplitter:newline\n\n"
        f"[normalization]\n{homes}",
    }


def read_annotated(path: Path) -> Letter:
    """The letter of a `.txt` file and of the `.ann` beside it. Raises GoldError."""
    lines = path.with_suffix(SUFFIX)
    try:
        text = path.read_text(encoding="utf-8")
        facts = facts_of(text, lines.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: the letter or its annotations are not UTF-8: save both as UTF-8") from error
    except StandoffError as error:
        raise GoldError(f"{lines}: {error}") from error
    gold = Gold(
        as_of=None,
        hand="brat",
        facts=tuple(gold_fact(text, fact) for fact in facts),
        answers={},
        verdict=None,
        recheck_on=None,
    )
    return Letter(path.stem, path.resolve().parent.name, text, gold, complete=True)


def gold_fact(text: str, fact: Fact) -> GoldFact:
    """A fact as a label of its text."""
    dosing = fact.dosing
    return GoldFact(
        kind=fact.kind,
        concept=fact.concept,
        quote=fact.quote,
        nth=_nth(text, fact),
        assertion=fact.assertion,
        experiencer=fact.experiencer,
        temporality=fact.temporality,
        value=_value(fact),
        time=_days(fact),
        status=None if dosing is None else dosing.status,
        per_day=None if dosing is None else _amount(dosing.per_day),
        per_kg=None if dosing is None else _amount(dosing.per_kg),
    )


def _nth(text: str, fact: Fact) -> int:
    number, start = 1, text.find(fact.quote)
    while start < fact.start:
        number, start = number + 1, text.find(fact.quote, start + 1)
    return number


def _value(fact: Fact) -> GoldNumber | GoldCode | None:
    value = fact.value
    if value is None:
        return None
    if isinstance(value, Coded):
        return GoldCode(code=value.code)
    return _number(value)


def _number(value: Quantity) -> GoldNumber:
    """An age from 31 to just under 32 is labelled 31: completed years."""
    interval = value.interval
    years = value.unit == AGE_UNIT and interval.high_open and interval.high is not None
    high = interval.high - 1 if years and interval.high is not None else interval.high
    return GoldNumber(low=interval.low, high=high, unit=value.unit)


def _days(fact: Fact) -> tuple[date | None, date | None] | None:
    course = fact.course or Course()
    if fact.time is not None:
        return fact.time.earliest, fact.time.latest
    if course.start is None and course.end is None:
        return None
    return (course.start or Time(None, None)).earliest, (course.end or Time(None, None)).latest


def _amount(interval: Interval | None) -> tuple[float | None, float | None] | None:
    return None if interval is None else (interval.low, interval.high)
