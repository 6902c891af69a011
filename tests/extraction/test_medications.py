"""Medications in sentences as clinicians write them: which drug, how much, whether taken, and why it ended."""

from __future__ import annotations

import functools
from datetime import date

import pytest

from extraction.extractor import Extractor
from extraction.medications import read_medications
from kb.facts import Document, Fact, Interval, Time
from tests.extraction.reading import facts

LETTER = date(2026, 6, 15)


@functools.cache
def extractor() -> Extractor:
    return Extractor()


def read(text: str) -> list[Fact]:
    facts = read_medications(extractor().read(Document("letter", text, "", Time.on(LETTER))))
    assert all(text[fact.start : fact.end] == fact.quote for fact in facts)
    return facts


def one(text: str, concept: str) -> Fact:
    found = [fact for fact in read(text) if fact.concept == concept]
    assert len(found) == 1, [(fact.concept, fact.quote) for fact in read(text)]
    return found[0]


# sentence, drug, status, reason it ended
STATUS = [
    ("She takes hydroxychloroquine 200 mg bd.", "hydroxychloroquine", "current", None),
    ("She is no longer on azathioprine.", "azathioprine", "past", None),
    ("Azathioprine stopped in 2019 due to hepatotoxicity.", "azathioprine", "past", "intolerance"),
    ("She could not tolerate methotrexate.", "methotrexate", "past", "intolerance"),
    ("HCQ stopped 2023: retinal toxicity.", "hydroxychloroquine", "past", "intolerance"),
    ("Azathioprine caused pancreatitis.", "azathioprine", "past", "intolerance"),
    ("She developed cytopenias on MMF and it was stopped.", "mycophenolate-mofetil", "past", "intolerance"),
    ("MMF d/c 2/2 GI upset", "mycophenolate-mofetil", "past", "intolerance"),
    ("HCQ was discontinued owing to cost.", "hydroxychloroquine", "past", "cost"),
    ("Azathioprine stopped in 2022 as planning pregnancy.", "azathioprine", "past", "pregnancy"),
    ("Belimumab was stopped for lack of efficacy.", "belimumab", "past", "inefficacy"),
    ("She failed methotrexate.", "methotrexate", "past", "inefficacy"),
    ("Methotrexate was stopped because of nausea and later restarted.", "methotrexate", "current", None),
    ("Allergies: penicillin (rash)", "penicillin", "allergy", "intolerance"),
    ("Hydroxychloroquine contraindicated because of retinopathy.", "hydroxychloroquine", "never", "intolerance"),
    ("She declined cyclophosphamide.", "cyclophosphamide", "never", "wish"),
    ("She has never had rituximab.", "rituximab", "never", None),
    ("No vasopressors required.", "vasopressor", "never", None),
    ("We plan to start belimumab 10 mg/kg monthly.", "belimumab", "planned", None),
    ("Start rituximab 1 g x 2.", "rituximab", "planned", None),
    ("Consider cyclophosphamide if nephritis worsens.", "cyclophosphamide", "planned", None),
    ("Azathioprine 2010-2013.", "azathioprine", "past", None),
    ("Quensyl since 2009.", "hydroxychloroquine", "current", None),
    ("Four courses of rituximab.", "rituximab", "past", None),
    (
        "Azathioprine: acute pancreatitis at week 3 (2020), not to be given again.",
        "azathioprine",
        "past",
        "intolerance",
    ),
    ("She came out in hives with HCQ and cannot have it again.", "hydroxychloroquine", "past", "intolerance"),
    ("Methotrexate had to be given up after intractable diarrhoea.", "methotrexate", "past", "intolerance"),
    ("Neither azathioprine nor mycophenolate was tolerated.", "azathioprine", "past", "intolerance"),
    (
        "Could not take either methotrexate or leflunomide because of liver toxicity.",
        "methotrexate",
        "never",
        "intolerance",
    ),
    ("TPMT null, so azathioprine cannot be used.", "azathioprine", "never", "intolerance"),
    ("HCQ not possible: G6PD deficiency.", "hydroxychloroquine", "never", "intolerance"),
    ("tacrolimus brought on PRES and was withdrawn", "tacrolimus", "past", "intolerance"),
    ("MTX dc'd 2019 (LFTs)", "methotrexate", "past", "intolerance"),
    ("azathioprine -> hepatitis, stopped 2016", "azathioprine", "past", "intolerance"),
    ("Cyclosporine (2012-2015, suspended for gingival hypertrophy)", "ciclosporin", "past", "intolerance"),
    ("Rituximab: anaphylactoid reaction with the second infusion, not repeated.", "rituximab", "past", "intolerance"),
    (
        "Tab Azoran 100 mg 2018: severe pancytopenia, stopped, not to be rechallenged",
        "azathioprine",
        "past",
        "intolerance",
    ),
    ("intolerant of HCQ (rash) and of methotrexate (mouth ulcers)", "methotrexate", "past", "intolerance"),
    ("Thrombocytopenia persisted so azathioprine was stopped.", "azathioprine", "past", None),
    ("MMF (rash and arthritis improved).", "mycophenolate-mofetil", "current", None),
    ("Hydroxychloroquine 200 mg, azathioprine (allergic rash).", "hydroxychloroquine", "current", None),
    ("No contraindication to mycophenolate.", "mycophenolate", "planned", None),
    ("There is no known allergy or contraindication to cyclophosphamide.", "cyclophosphamide", "planned", None),
    ("She has never had side effects from methotrexate.", "methotrexate", "current", None),
    ("Methotrexate was stopped because of nausea but restarted and goes on.", "methotrexate", "current", None),
    ("Cyclophosphamide was avoided because of fertility concerns.", "cyclophosphamide", "never", "pregnancy"),
    ("Belimumab not possible (funding).", "belimumab", "never", "cost"),
    ("MMF 1 g bd continues, with some loose motions.", "mycophenolate-mofetil", "current", None),
    ("Methotrexate up to 25 mg, then leflunomide, then rituximab.", "leflunomide", "past", None),
    ("We would then treat with cyclophosphamide.", "cyclophosphamide", "planned", None),
    ("Completed a course of co-amoxiclav for a urinary tract infection.", "amoxicillin-clavulanate", "past", None),
]


@pytest.mark.parametrize(("text", "concept", "status", "reason"), STATUS)
def test_status_and_reason(text: str, concept: str, status: str, reason: str | None) -> None:
    fact = one(text, concept)
    assert fact.dosing is not None
    assert (fact.dosing.status, fact.dosing.reason_stopped) == (status, reason)
    assert (fact.assertion == "absent") == (status == "never")


# sentence, drug, daily mg, route
DOSES = [
    ("Tab Wysolone 10 mg 1-0-1, Tab HCQS 200 mg BD", "prednisolone", 20, None),
    ("Tab Wysolone 10 mg 1-0-1, Tab HCQS 200 mg BD", "hydroxychloroquine", 400, None),
    ("She takes 60 mg of prednisolone and 1 g MMF bd.", "prednisolone", 60, None),
    ("She takes 60 mg of prednisolone and 1 g MMF bd.", "mycophenolate-mofetil", 2000, None),
    ("Mycophenolate (CellCept) 1 g bd", "mycophenolate-mofetil", 2000, None),
    ("Hydroxychloroquine 0.2 bid", "hydroxychloroquine", 400, None),
    ("HCQ 400 ongoing", "hydroxychloroquine", 400, None),
    ("Plaquenil 200 mg x 2", "hydroxychloroquine", 400, None),
    ("oral prednisolone 12.5 mg once daily", "prednisolone", 12.5, "oral"),
    ("inhaled budesonide 200 mcg bd", "budesonide", 0.4, "inhaled"),
]


@pytest.mark.parametrize(("text", "concept", "per_day", "route"), DOSES)
def test_each_dose_goes_to_its_drug(text: str, concept: str, per_day: float, route: str | None) -> None:
    dosing = one(text, concept).dosing
    assert dosing is not None and dosing.per_day == Interval.exactly(per_day)
    assert dosing.route == route


def test_doses_told_one_after_another_are_facts_of_their_own() -> None:
    first, second = read("Prednisolone 60 mg from Jan 2026, reduced to 30 mg in May.")
    assert first.dosing and first.dosing.per_day == Interval.exactly(60) and first.dosing.status == "past"
    assert second.dosing and second.dosing.per_day == Interval.exactly(30) and second.dosing.status == "current"
    assert first.course and second.course and first.course.end == second.course.start


def test_a_schedule_is_one_fact_with_steps() -> None:
    fact = one("Prednisolone 60 mg daily tapering by 10 mg every 2 weeks to 10 mg", "prednisolone")
    assert fact.course is not None
    assert [step.per_day.low for step in fact.course.steps if step.per_day] == [60, 50, 40, 30, 20, 10]
    assert fact.course.steps[0].days == Interval.exactly(14)


def test_a_dose_of_the_next_sentence_belongs_to_the_drug_before_it() -> None:
    facts = read("Prednisone 60 mg/day between 12 June 2025 and 30 September 2025; now 10 mg/day.")
    assert [fact.dosing.per_day for fact in facts if fact.dosing] == [Interval.exactly(60), Interval.exactly(10)]
    assert [fact.dosing.status for fact in facts if fact.dosing] == ["past", "current"]


def test_a_pulse_counts_its_own_days() -> None:
    dosing = one("IV methylprednisolone 1 g x 3 days in March 2026.", "methylprednisolone").dosing
    assert dosing is not None and dosing.pulse and dosing.route == "iv" and dosing.status == "past"
    assert dosing.per_day == Interval.exactly(1000) and dosing.duration_days == Interval.exactly(3)


def test_a_lasting_course_keeps_its_days() -> None:
    fact = one("High dose prednisolone (1 mg/kg/day) from 1 January 2026 to 20 April 2026.", "prednisolone")
    assert fact.dosing and fact.dosing.per_kg == Interval.exactly(1)
    assert fact.course and fact.course.start and fact.course.start.earliest == date(2026, 1, 1)
    assert fact.course.end and fact.course.end.latest == date(2026, 4, 20)


@pytest.mark.parametrize("text", ["Tacrolimus trough 8 ng/mL", "steroid-induced diabetes", "anti-rituximab antibodies"])
def test_what_is_not_a_drug_taken(text: str) -> None:
    assert not read(text)


def test_a_list_of_failures_with_a_reason_each() -> None:
    facts = read("She failed azathioprine (nausea), methotrexate (no response) and MMF (diarrhoea).")
    reasons = [fact.dosing.reason_stopped for fact in facts if fact.dosing]
    assert reasons == ["intolerance", "inefficacy", "intolerance"]


def test_what_a_drug_was_given_for_is_no_reason_that_it_ended() -> None:
    dosing = one("She received rituximab in 2022 (severe thrombocytopenia).", "rituximab").dosing
    assert dosing is not None and dosing.reason_stopped is None


def test_indication_purpose_and_other_people() -> None:
    assert one("prednisolone 20 mg daily for asthma", "prednisolone").attributes["indication"] == "asthma"
    assert one("co-trimoxazole 480 mg daily (prophylaxis)", "co-trimoxazole").attributes["purpose"] == "prophylaxis"
    assert one("Her mother takes methotrexate 15 mg weekly.", "methotrexate").experiencer == "family"


def test_a_drug_given_for_an_allergic_reaction_is_no_allergy_to_it() -> None:
    for text in ("To treat an allergic reaction, hydrocortisone 100 mg iv was given.", "hydrocortisone for allergy"):
        dosing = one(text, "hydrocortisone").dosing
        assert dosing is not None and dosing.status != "allergy" and dosing.reason_stopped is None


# sentence, first and last day of the first level, days told
LEVELS = [
    ("From 1 June to 20 September 2025 she took prednisolone 60 mg daily.", "2025-06-01", "2025-09-20", None),
    (
        "Prednisolone 2 mg/kg (started 1 December 2025, first reduction 16 March 2026).",
        "2025-12-01",
        "2026-03-16",
        None,
    ),
    ("Pred 1 mg/kg started 3 January 2025, tapered from 5 May 2025.", "2025-01-03", "2025-05-05", None),
    ("2025-11-03 relapse: prednisone 48 mg qd to 2026-02-08.", "2025-11-03", "2026-02-08", None),
    ("60 mg pred daily 1 Aug to 29 Oct 2025 (ninety days), 12.5 now.", "2025-08-01", "2025-10-29", 90),
    ("For four months last year he took 70 mg of prednisone a day.", "2025-01-01", None, 120),
]


@pytest.mark.parametrize(("text", "start", "end", "days"), LEVELS)
def test_the_days_of_a_level(text: str, start: str, end: str | None, days: float | None) -> None:
    fact = read(text)[0]
    assert fact.dosing is not None and fact.dosing.status == "past"
    assert fact.course is not None and fact.course.start is not None and str(fact.course.start.earliest) == start
    assert (None if fact.course.end is None else str(fact.course.end.latest)) == end
    assert (None if fact.dosing.duration_days is None else fact.dosing.duration_days.low) == days


def test_a_level_with_its_dates_before_a_taper_ends_where_the_taper_begins() -> None:
    course = read("Prednisolone 65 mg daily from 2 October 2025 until 9 January 2026, then down by 10 mg a week.")[
        0
    ].course
    assert course is not None and course.steps[0].days is None
    assert [str(step.start.earliest) for step in course.steps[:2] if step.start] == ["2025-10-02", "2026-01-09"]


def test_the_first_level_of_a_taper_may_be_told_per_kg() -> None:
    course = read("Prednisolone 1 mg/kg/day for 100 days, then 40 mg, then 20 mg.")[0].course
    assert course is not None and course.steps[0].per_kg == Interval.exactly(1)
    assert course.steps[0].days == Interval.exactly(100)


def test_up_to_a_dose_is_no_sure_dose() -> None:
    dosing = read("Prednisolone up to 100 mg/d from 5 July 2025 to 20 October 2025.")[0].dosing
    assert dosing is not None and dosing.per_day == Interval(0, 100)


@pytest.mark.parametrize(
    ("letter", "concept"),
    [
        ("Hematology note. SLE on pred 15 mg.", "prednisone"),
        ("Haematology clinic. SLE on pred 15 mg.", "prednisolone"),
        ("Prednisone was begun in May. Now pred 15 mg.", "prednisone"),
    ],
)
def test_pred_is_the_drug_of_the_country(letter: str, concept: str) -> None:
    assert {fact.concept for fact in read(letter)} == {concept}


def test_what_an_organism_was_tested_against_was_not_given() -> None:
    def named(text: str) -> list[str]:
        return [fact.concept for fact in facts(text) if fact.kind == "medication"]

    assert named("The isolate was resistant to clindamycin and linezolid but susceptible to vancomycin.") == []
    assert named("E. coli sensitive to ciprofloxacin, started ciprofloxacin 500 mg bd.") == ["ciprofloxacin"]
    assert named("Her lupus was resistant to rituximab.") == ["rituximab"]
