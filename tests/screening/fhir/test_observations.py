"""Observations of a Bundle: as in a letter's sentence, and what is not final, not done or not understood."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kb.codes import codes_of, table
from kb.facts import Coded, Fact, Interval, Quantity
from kb.units import convert, find_unit, in_unit, units
from kb.vocabulary import Lab, vocabulary
from rules.tests.measurement import Measurement
from screening.documents import letter_from_text
from screening.pipeline import Extracted, Pipeline, situation_from
from tests.screening.fhir.resources import Made, bundle, coded, extracted, facts, observation, quantity

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
SNOMED = "http://snomed.info/sct"


def written_units() -> list[tuple[str, str]]:
    """Every coded analyte with each unit that letters write by its UCUM code."""
    labs = [term for name in table()["loinc"] if isinstance(term := vocabulary()[name], Lab) and term.unit]
    return [
        (lab.id, code)
        for lab in labs
        for code in units()
        if find_unit(code, 0) == len(code) and convert(lab.id, Interval.exactly(1.0), code) is not None
    ]


UNREAD_IN_LETTERS = {"hba1c"}  # not by this name in lower case


@st.composite
def results(draw: st.DrawFn) -> tuple[str, float, str]:
    concept, code = draw(st.sampled_from([pair for pair in written_units() if pair[0] not in UNREAD_IN_LETTERS]))
    lab = vocabulary()[concept]
    assert isinstance(lab, Lab)
    least, most = lab.plausible or (1.0, 100.0)
    one = convert(concept, Interval.exactly(1.0), code)
    assert one is not None
    factor = 1.0 if one.low is None or one.low <= 0 else one.low
    value = float(f"{draw(st.floats(least, most)) / factor:.3g}")
    return concept, value, code


@settings(suppress_health_check=[HealthCheck.filter_too_much], max_examples=25)
@given(results())
@example(("pregnancy-test-blood", 0.05, "U/mL"))
def test_a_result_says_the_same_as_in_a_letter(told: tuple[str, float, str]) -> None:
    concept, value, code = told
    writable = 0.05 <= value < 1000 and in_unit(concept, Interval.exactly(value), code) is not None
    if not writable:
        return
    coded_entry = extracted(bundle(observation(codes_of(concept, "loinc")[0], value, code)))
    name = vocabulary()[concept].spellings[0]
    sentence = Pipeline([]).extract(
        [letter_from_text(f"15 June 2026\n{name} {value:g} {code} on 1 June 2026.", "letter", "letter")]
    )
    [one], other = coded_entry.facts, [fact for fact in sentence.facts if fact.concept == concept]
    assert [_said(fact) for fact in other] == [_said(one)]
    assert _finding(coded_entry, concept) == _finding(sentence, concept)


def _finding(told: Extracted, concept: str) -> tuple[float | None, float | None]:
    """What the newest value of the last months comes to."""
    situation = situation_from(told.facts, date(2026, 6, 15), told.dossier)
    found = Measurement(measurement=concept, within="6 months", at_least=f"1 {_unit(concept)}").find(situation)
    assert found is not None
    return found.low, found.high


def _unit(concept: str) -> str:
    lab = vocabulary()[concept]
    assert isinstance(lab, Lab) and lab.unit
    return lab.unit


def _said(fact: Fact) -> tuple[Any, ...]:
    value = fact.value.interval if isinstance(fact.value, Quantity) else fact.value and fact.value.code
    assert fact.time is not None
    return fact.concept, value, fact.time.earliest, fact.time.latest, fact.assertion


VALUES: list[tuple[str, Made, Any]] = [
    # what is told, and the value that is read
    ("a number", observation("10230-1", 48, "%"), (48, 48, "%")),
    ("less than", observation("1988-5", valueQuantity=quantity(5, "mg/L", comparator="<")), (None, 5, "mg/L")),
    (
        "at least",
        observation("33914-3", valueQuantity=quantity(90, "mL/min/{1.73_m2}", comparator=">=")),
        (90, None, "mL/min/{1.73_m2}"),
    ),
    (
        "a range",
        observation("10230-1", valueRange={"low": quantity(50, "%"), "high": quantity(55, "%")}),
        (50, 55, "%"),
    ),
    (
        "a titre",
        observation("5048-4", valueRatio={"numerator": {"value": 1}, "denominator": {"value": 640}}),
        (640, 640, "{titer}"),
    ),
    ("a titre in words", observation("5048-4", valueString="1:640"), (640, 640, "{titer}")),
    ("a number in words", observation("10230-1", valueString="48 %"), (48, 48, "%")),
    ("a unit in words", observation("10230-1", valueQuantity={"value": 48, "unit": "%"}), (48, 48, "%")),
    ("a score", observation("89247-1", 1, "{score}"), (1, 1, "{score}")),
    ("a score by its name", observation({"text": "SLEDAI-2K"}, valueInteger=10), (10, 10, "{score}")),
    ("a word", observation("5196-1", valueString="Not detected"), "undetected"),
    ("a code", observation("5196-1", valueCodeableConcept=coded("260385009", SNOMED)), "negative"),
    ("an answer of LOINC", observation("5196-1", valueCodeableConcept=coded("LA6576-8")), "positive"),
    ("a verdict alone", observation("5196-1", interpretation=[coded("POS", INTERPRETATION)]), "positive"),
    ("yes or no", observation("2106-3", valueBoolean=False), "negative"),
    ("hCG", observation("19080-1", 50000, "m[IU]/mL"), "positive"),
    ("registered, no result yet", observation("1742-6", status="registered"), "pending"),
    ("not final", observation("1742-6", 30, "U/L", status="preliminary"), "pending"),
    (
        "not performed",
        observation(
            "1742-6",
            dataAbsentReason=coded("not-performed", "http://terminology.hl7.org/CodeSystem/data-absent-reason"),
        ),
        "not_done",
    ),
]


@pytest.mark.parametrize(("name", "told", "expected"), VALUES, ids=[row[0] for row in VALUES])
def test_values(name: str, told: Made, expected: Any) -> None:
    [fact] = facts(told)
    if isinstance(fact.value, Quantity):
        assert (fact.value.interval.low, fact.value.interval.high, fact.value.unit) == expected
    else:
        assert isinstance(fact.value, Coded) and fact.value.code == expected
    assert fact.source == "structured" and str(fact.time and fact.time.earliest) == "2026-06-01"


NO_VALUE: list[tuple[str, Made, str]] = [
    ("a unit that does not fit", observation("2160-0", 85, "kg"), "2160-0"),
    ("a unit that is not known", observation("2160-0", 85, "sparks"), "2160-0"),
    ("no unit", observation("2160-0", valueQuantity={"value": 1.2}), "2160-0"),
    ("a value no patient has", observation("10230-1", 480, "%"), "10230-1"),
    ("a score out of its range", observation("89247-1", 17, "{score}"), "89247-1"),
    ("a string of no such form", observation("10230-1", valueString="about half"), "10230-1"),
    (
        "two results at once",
        observation("5196-1", valueCodeableConcept={"coding": [{"display": "Positive"}, {"display": "Negative"}]}),
        "5196-1",
    ),
    ("creatinine of the urine", observation({**coded("2161-8"), "text": "Creatinine"}, 85, "mg/dL"), "2161-8"),
    ("a code that is not known", observation("99999-9", 5, "mg/L"), "99999-9"),
]


@pytest.mark.parametrize(("name", "told", "code"), NO_VALUE, ids=[row[0] for row in NO_VALUE])
def test_what_does_not_fit_is_no_fact_and_is_listed_by_its_code(name: str, told: Made, code: str) -> None:
    found = extracted(bundle(told))
    assert found.facts == ()
    assert any(f"LOINC {code}" in warning and "not used" in warning for warning in found.warnings)
    assert not any(value in warning for warning in found.warnings for value in ("85", "480", "sparks", "half"))


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_what_was_withdrawn_is_left_out(status: str) -> None:
    assert facts(observation("10230-1", 48, "%"), observation("10230-1", 60, "%", status=status))[0].value == Quantity(
        Interval.exactly(48), "%", "48%"
    )


def test_the_parts_of_a_result_are_results() -> None:
    parts = [
        {"code": coded(code), "valueQuantity": quantity(value, "mm[Hg]")}
        for code, value in (("8480-6", 140), ("8462-4", 85))
    ]
    found = facts(observation("85354-9", component=parts))
    assert [(fact.concept, fact.value.interval.low) for fact in found if isinstance(fact.value, Quantity)] == [
        ("systolic-bp", 140),
        ("diastolic-bp", 85),
    ]


@pytest.mark.parametrize(("flow", "support"), [(2, "oxygen"), (0, "room-air")])
def test_oxygen_beside_a_saturation_is_its_support(flow: float, support: str) -> None:
    given_oxygen = {"code": coded("3151-8"), "valueQuantity": quantity(flow, "L/min")}
    [fact] = facts(observation("59408-5", 95, "%", component=[given_oxygen]))
    assert fact.attributes == {"support": support}


def test_the_range_beside_a_value_is_read_in_its_unit() -> None:
    told = observation("2160-0", 1.2, "mg/dL", referenceRange=[{"low": quantity(0.5, "mg/dL"), "high": {"value": 1.1}}])
    reference = facts(told)[0].reference
    assert reference is not None and reference.high == pytest.approx(97.24, abs=0.01)


def test_ranges_for_different_patients_are_no_range() -> None:
    ranges = [{"high": {"value": high}, "appliesTo": [{"text": sex}]} for sex, high in (("men", 1.3), ("women", 1.1))]
    assert facts(observation("2160-0", 1.2, "mg/dL", referenceRange=ranges))[0].reference is None


def test_a_number_with_the_verdict_of_the_laboratory_is_both() -> None:
    told = observation("16935-9", 5, "m[IU]/mL", interpretation=[coded("NEG", INTERPRETATION)])
    assert {type(fact.value) for fact in facts(told)} == {Quantity, Coded}


def test_without_its_day_a_result_is_of_no_certain_day() -> None:
    undated = observation("10230-1", 48, "%", effectiveDateTime=None)
    when = facts(undated)[0].time
    assert when is not None and (when.earliest, when.latest) == (None, None)
    issued = facts({**undated, "issued": "2026-06-02T10:00:00Z"})[0].time
    assert issued is not None and issued.earliest is None and str(issued.latest) == "2026-06-02"


def test_without_a_code_a_name_counts_unless_it_is_of_another_fluid() -> None:
    named = observation({"text": "Creatinine"}, 1.2, "mg/dL")
    assert [fact.concept for fact in facts(named)] == ["creatinine"]
    urine = {"resourceType": "Specimen", "id": "s", "type": {"text": "Urine, midstream"}}
    assert facts({**named, "specimen": {"display": "Spot urine"}}) == ()
    assert facts({**named, "specimen": {"reference": "Specimen/s"}}, urine) == ()
    serum = {**urine, "type": {"text": "Serum"}}
    assert len(facts({**named, "specimen": {"reference": "Specimen/s"}}, serum)) == 1


def test_a_result_of_someone_else_is_not_the_patients() -> None:
    [fact] = facts(observation("10230-1", 48, "%", focus=[{"reference": "Patient/child"}]))
    assert fact.experiencer == "other"
