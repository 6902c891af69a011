"""Drugs and doses of the case reports: a report and what a system found in, counts of agreement out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from bench.annotated import Pair, Report
from bench.case_counting import Tally, any_of, plain_number, recognised
from kb.facts import Fact, Interval
from kb.vocabulary import vocabulary

# What the labels call a drug, a treatment or its history, where a drug's name may stand without being "Medication".
DRUG_KINDS = ("Medication", "Therapeutic_procedure", "History", "Dosage", "Administration")

_AMOUNT = re.compile(
    r"(\d[\d,.]*)\s*(mg|g|gr|grams?|mcg|µg|μg|ug|IU|U|units?|mL|ml|million units)\b(?!\s*/\s*d?L)", re.IGNORECASE
)
_GRAMS, _MICROGRAMS = ("g", "gr", "gram", "grams"), ("mcg", "µg", "μg", "ug")
_FACTORS = dict.fromkeys(_GRAMS, 1000.0) | dict.fromkeys(_MICROGRAMS, 0.001) | {"million units": 1e6}


def score_drugs(report: Report, mentions: Sequence[tuple[int, int]], tally: Tally) -> None:
    """Mentions of drugs: each that is given must touch a labelled one, each labelled one that is listed be given."""
    labelled = report.of_kind("Medication")
    for start, end in mentions:
        if any(one.overlaps(start, end) for kind in DRUG_KINDS for one in report.of_kind(kind)):
            if any(one.overlaps(start, end) for one in labelled):
                tally.right()
        else:
            tally.wrong(report.id, "drug", start, report.text[start:end])
    for one in labelled:
        if recognised("drugs").search(one.text) and not any(one.overlaps(*span) for span in mentions):
            tally.missed(report.id, "drug", one.start, one.text)


def drug_spans(facts: Iterable[Fact]) -> list[tuple[int, int]]:
    """Where eligo names a drug: the part of each medication fact that names it, once."""
    names = recognised_by_concept()
    spans = set()
    for fact in facts:
        if fact.kind == "medication":
            found = names[fact.concept].search(fact.quote) if fact.concept in names else None
            start = fact.start + (found.start() if found else 0)
            spans.add((start, start + len(found[0]) if found else fact.end))
    return sorted(spans)


@functools.cache
def recognised_by_concept() -> dict[str, re.Pattern[str]]:
    """A pattern of the spellings of each drug."""
    return {
        term.id: any_of((*term.spellings, *term.exact))
        for term in vocabulary().of_kind("drug")
        if term.spellings or term.exact
    }


def amount_of(written: str) -> float | None:
    """The first amount of a labelled dose, in mg where its unit is of mass; None where it has none.

    >>> amount_of("1.5 g twice daily"), amount_of("three infusions"), amount_of("1,200 mg/d")
    (1500.0, None, 1200.0)
    """
    found = _AMOUNT.search(written)
    if found is None:
        return None
    number = plain_number(found[1])
    return None if number is None else number * _FACTORS.get(found[2].lower(), 1.0)


def score_doses(report: Report, facts: Sequence[Fact], tally: Tally) -> None:
    """Drug-dose pairs: each labelled amount of a listed drug, against the amounts of eligo's facts there."""
    drugs = [fact for fact in facts if fact.kind == "medication"]
    given = [(fact, amount) for fact in drugs for amount in _amounts(fact)[:1]]
    used: set[int] = set()
    for pair in report.doses:
        wanted = amount_of(pair.value.text)
        if wanted is None or not recognised("drugs").search(pair.name.text):
            continue
        match = next((fact for fact in drugs if _tells(fact, pair, wanted)), None)
        if match is None:
            tally.missed(report.id, "dose", pair.value.start, f"{pair.name.text}: {pair.value.text}")
        else:
            tally.right()
            used.add(match.start)
    vague = [one for one in report.of_kind("Dosage") if amount_of(one.text) is None]
    foreign = [pair.value for pair in report.doses if not recognised("drugs").search(pair.name.text)]
    for fact, amount in given:
        if fact.start in used or any(one.overlaps(fact.start, fact.end) for one in (*vague, *foreign)):
            continue
        tally.wrong(report.id, "dose", fact.start, f"{fact.concept} {amount}: {fact.quote}")


def _tells(fact: Fact, pair: Pair, wanted: float) -> bool:
    here = pair.name.overlaps(fact.start, fact.end) or pair.value.overlaps(fact.start, fact.end)
    ends = {end for amount in _amounts(fact) for end in (amount.low, amount.high) if end is not None}
    return here and any(abs(end - wanted) <= 0.01 * wanted for end in ends)


def _amounts(fact: Fact) -> list[Interval]:
    if fact.dosing is None:
        return []
    told = [fact.dosing.dose, fact.dosing.per_day, fact.dosing.per_kg]
    for step in fact.course.steps if fact.course is not None else ():
        told += [step.per_day, step.per_kg]
    return [amount for amount in told if amount is not None]
