"""Test values, denials, age and sex of the case reports: a report and a system's facts in, counts of agreement out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bench.annotated import Entity, Pair, Report
from bench.case_counting import NUMBER, Tally, numbers_in, recognised
from kb.facts import Coded, Fact, Interval, Quantity

# Sizes are labelled by kinds of their own.
SIZES = ("Height", "Weight", "Mass", "Distance", "Biological_attribute")
BESIDE_A_NAME = frozenset(
    "a an the of in for and serum plasma blood level levels value values count counts concentration total test".split()
)
FINDING_KINDS = ("Sign_symptom", "Disease_disorder")
WORDS = {
    "normal": (
        "not elevated",
        "not raised",
        "not increased",
        "not prolonged",
        "normal",
        "unremarkable",
        "within normal",
        "within the normal",
        "regular",
        "within reference",
    ),
    "negative": ("negative", "no ", "absen", "undetect", "sterile", "not detect", "non-reactive", "no evidence"),
    "positive": ("positive", "reactive", "present", "detected", "reveal"),
    "high": ("elevated", "high", "raised", "prolonged"),
    "low": ("low", "reduced", "depressed"),
}
SAME_CODE = {"undetected": "negative", "abnormal": "high"}


def code_of(written: str) -> str | None:
    """What a labelled result in words comes to, or None.

    >>> code_of("within normal limits"), code_of("mildly elevated"), code_of("dilated")
    ('normal', 'high', None)
    """
    lower = written.lower() + " "
    return next((code for code, words in WORDS.items() if any(word in lower for word in words)), None)


def score_values(report: Report, facts: Sequence[Fact], tally: Tally) -> None:
    """Test-value pairs of listed analytes: numbers as they are written, results in words by their meaning."""
    results = [fact for fact in facts if fact.kind in ("measurement", "score") and fact.value is not None]
    used: set[str] = set()
    for pair in report.labs:
        if not is_analyte(pair.name.text) or not _is_result(pair.value.text):
            continue
        match = next((fact for fact in results if _is_value(fact, pair)), None)
        if match is None:
            tally.missed(report.id, "value", pair.value.start, f"{pair.name.text}: {pair.value.text}")
        else:
            tally.right()
            used.add(match.id)
    values = [one for kind in ("Lab_value", *SIZES, *FINDING_KINDS) for one in report.of_kind(kind)]
    for fact in results:
        if fact.id not in used and not any(_might_be(fact, one) for one in values):
            tally.wrong(report.id, "value", fact.start, f"{fact.concept}: {fact.quote}")


def is_analyte(written: str) -> bool:
    """Whether a labelled test is one of the list, with nothing but words that name no other test beside it.

    >>> is_analyte("serum creatinine level"), is_analyte("height velocity")
    (True, False)
    """
    found = recognised("analytes").search(written)
    rest = re.findall(r"[a-z]+|\d+", (written[: found.start()] + written[found.end() :]).lower()) if found else ["?"]
    return all(word in BESIDE_A_NAME for word in rest)


def _is_result(written: str) -> bool:
    return bool(NUMBER.search(written)) or code_of(written) is not None


def _is_value(fact: Fact, pair: Pair) -> bool:
    near = pair.name.overlaps(fact.start, fact.end) or pair.value.overlaps(fact.start, fact.end)
    if not near or fact.value is None:
        return False
    numbers = numbers_in(pair.value.text)
    if isinstance(fact.value, Quantity):  # "elevated at 3.8": the word beside the number is the same result
        word = not numbers and pair.value.overlaps(fact.start, fact.end) and pair.name.overlaps(fact.start, fact.end)
        return word or bool(numbers & numbers_in(fact.value.written))
    return not numbers and _same_code(fact.value, code_of(pair.value.text))


def _might_be(fact: Fact, entity: Entity) -> bool:
    """A labelled result of a test that no pair joins, or not of a listed one: it must not contradict the number."""
    if not entity.overlaps(fact.start, fact.end):
        return False
    return isinstance(fact.value, Coded) or bool(
        numbers_in(entity.text) & numbers_in(fact.value.written if fact.value else "")
    )


def _same_code(value: Coded, code: str | None) -> bool:
    own = SAME_CODE.get(value.code, value.code)
    return code is not None and (own == code or {own, code} <= {"normal", "negative"})


def score_denials(report: Report, found: Sequence[tuple[int, int, bool]], tally: Tally) -> None:
    """Denied findings among a system's mentions (start, end, called present): right when not called present."""
    for one in report.negated:
        if one.kind not in FINDING_KINDS:
            continue
        touching = [present for start, end, present in found if one.overlaps(start, end)]
        if not touching:
            continue
        if any(touching):
            tally.wrong(report.id, "denied", one.start, one.text)
        else:
            tally.right()


def finding_spans(facts: Iterable[Fact]) -> Iterator[tuple[int, int, bool]]:
    """eligo's conditions, and whether it calls each present in the patient at present."""
    for fact in facts:
        if fact.kind == "condition":
            present = fact.assertion == "present" and fact.temporality == "current"
            yield fact.start, fact.end, present and fact.experiencer == "patient"


def age_of(entity: Entity) -> float | None:
    """The years of a labelled age, or None where it is told in other words.

    >>> age_of(Entity("Age", 0, 12, "3-month-old")), age_of(Entity("Age", 0, 9, "41-year-old"))
    (0.25, 41.0)
    """
    number = re.search(r"\d+", entity.text)
    if number is None:
        return 0.0 if "newborn" in entity.text.lower() else None
    return int(number[0]) / (12 if "month" in entity.text else 52 if "week" in entity.text else 1)


def score_person(report: Report, facts: Sequence[Fact], ages: Tally, sexes: Tally) -> None:
    """The first labelled age and sex against eligo's first of the patient."""
    own = [fact for fact in facts if fact.kind == "demographic" and fact.experiencer == "patient"]
    for entity in report.of_kind("Age")[:1]:
        wanted = age_of(entity)
        given = next((fact.value for fact in own if fact.concept == "age" and isinstance(fact.value, Quantity)), None)
        if wanted is not None and given is not None and _contains(given.interval, wanted):
            ages.right()
        elif wanted is not None:
            ages.missed(report.id, "age", entity.start, f"{entity.text}: eligo {given}")
    for entity in report.of_kind("Sex")[:1]:
        codes = [fact.value.code for fact in own if fact.concept == "sex" and isinstance(fact.value, Coded)]
        female = entity.text.lower() in ("woman", "female", "lady", "girl", "primipara")
        if codes and codes[0] == ("female" if female else "male"):
            sexes.right()
        else:
            sexes.missed(report.id, "sex", entity.start, f"{entity.text}: eligo {codes[:1]}")


def _contains(interval: Interval, value: float) -> bool:
    return (interval.low is None or interval.low - 0.01 <= value) and (interval.high is None or value <= interval.high)
