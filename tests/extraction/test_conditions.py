"""Conditions with what their clause says of them, their time and their course, read from one sentence each."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.conditions import read_conditions
from extraction.extractor import Extractor
from kb.facts import Document, Fact, Time

LETTER = date(2026, 6, 15)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def facts(extractor: Extractor, text: str) -> list[Fact]:
    return read_conditions(extractor.read(Document("letter", text, "", Time.on(LETTER))))


def only(found: list[Fact], concept: str) -> Fact:
    (fact,) = [fact for fact in found if fact.concept == concept]
    return fact


@pytest.mark.parametrize(
    ("text", "concept", "attributes"),
    [
        ("Small pericardial effusion on echo.", "pericardial-effusion", {"size": "small"}),
        ("Pericardial effusion (moderate).", "pericardial-effusion", {"size": "moderate"}),
        ("Moderate to large pericardial effusion.", "pericardial-effusion", {"size": "moderate"}),
        ("Small to moderate pericardial effusion.", "pericardial-effusion", {}),
        ("Pericardial effusion of 24 mm.", "pericardial-effusion", {"size": "large"}),
        ("A pericardial effusion was seen.", "pericardial-effusion", {}),
        ("Mild pulmonary fibrosis, stable since 2022.", "pulmonary-fibrosis", {"severity": "mild", "course": "stable"}),
        ("Severe asthma on daily prednisolone.", "asthma", {"severity": "severe"}),
        ("Grade II GVHD of the skin.", "gvhd", {"grade": "2"}),
        ("Uncontrolled AF.", "atrial-fibrillation", {"control": "uncontrolled"}),
        ("Arthritis of six joints.", "arthritis", {"joints": "6"}),
        ("Biopsy: class III (A/C) + V lupus nephritis.", "lupus-nephritis", {"isn_class": "iii+v"}),
        ("Cutaneous lupus only, no systemic involvement.", "cutaneous-lupus", {"extent": "only"}),
        ("Dermatomyositis, not SLE.", "dermatomyositis", {"instead_of_sle": "yes"}),
        ("Stroke in 2020 due to hypertension.", "stroke", {"attributed": "other"}),
        ("Seizure in May attributed to lupus.", "seizure", {"attributed": "sle"}),
        ("Seizure in April 2026 treated with IV methylprednisolone, attributed to lupus.", "seizure",
         {"attributed": "sle", "intervention": "yes"}),
        ("Amenorrhoea for 14 months.", "amenorrhoea", {"months": "14"}),
        ("Fever of unknown origin for 3 days: fever.", "fever", {"cause": "unexplained"}),
        ("Pneumonia with type 1 respiratory failure.", "pneumonia", {"respiratory_failure": "yes"}),
        ("UTI treated with nitrofurantoin.", "urinary-tract-infection", {"treatment": "systemic"}),
        ("Lupus cerebritis in April 2026, admitted and pulsed.", "lupus-cerebritis", {"intervention": "yes"}),
    ],
)  # fmt: skip
def test_attributes(extractor: Extractor, text: str, concept: str, attributes: dict[str, str]) -> None:
    found = [fact for fact in facts(extractor, text) if fact.concept == concept]
    assert found
    assert attributes.items() <= dict(found[-1].attributes).items()
    if not attributes:
        assert "size" not in found[-1].attributes


@pytest.mark.parametrize(
    ("text", "concept", "earliest", "latest"),
    [
        ("She had pneumonia in March 2026.", "pneumonia", date(2026, 3, 1), date(2026, 3, 31)),
        ("Pneumonia 2019, UTI May 2026.", "pneumonia", date(2019, 1, 1), date(2019, 12, 31)),
        ("Pneumonia 2019, UTI May 2026.", "urinary-tract-infection", date(2026, 5, 1), date(2026, 5, 31)),
        ("In 2019 she had pneumonia and in 2021 a stroke.", "pneumonia", date(2019, 1, 1), date(2019, 12, 31)),
        ("No fever, rash or infection in the last 2 weeks.", "fever", date(2026, 6, 1), LETTER),
        ("No infections in the last 3 months.", "infection", date(2026, 3, 15), LETTER),
        ("Echo 3 May 2026: no pericardial effusion.", "pericardial-effusion", date(2026, 5, 3), date(2026, 5, 3)),
        ("No seizures since levetiracetam was started in March 2026.", "seizure", date(2026, 3, 31), LETTER),
        ("No recent infections.", "infection", date(2026, 4, 16), LETTER),
    ],
)
def test_time(extractor: Extractor, text: str, concept: str, earliest: date, latest: date) -> None:
    time = only(facts(extractor, text), concept).time
    assert time is not None
    assert (time.earliest, time.latest) == (earliest, latest)


def test_a_window_belongs_to_its_own_denial_alone(extractor: Extractor) -> None:
    found = facts(extractor, "No malignancy, no infection in the last 2 weeks.")
    assert only(found, "malignancy").time is None
    assert only(found, "infection").time is not None


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Echo: EF 60 %, no effusion.", "pericardial-effusion"),
        ("CXR clear, no effusion.", "pleural-effusion"),
        ("Biopsy: class IV nephritis.", "lupus-nephritis"),
        ("Interstitial nephritis.", "nephritis"),
    ],
)
def test_the_sentence_tells_what_a_vague_name_means(extractor: Extractor, text: str, concept: str) -> None:
    only(facts(extractor, text), concept)


@pytest.mark.parametrize(
    ("text", "temporality"),
    [
        ("NSTEMI in June 2023.", "historical"),
        ("Pneumonia on 10 June 2026.", "current"),
        ("ILD on CT in January 2026.", "current"),
        ("PMH: hypertension", "current"),
        ("PMH: stroke", "historical"),
        ("No malignancy.", "historical"),
        ("No CNS lupus so far.", "historical"),
        ("No infection.", "current"),
    ],
)
def test_what_is_over_is_historical_and_what_lasts_is_not(extractor: Extractor, text: str, temporality: str) -> None:
    assert facts(extractor, text)[0].temporality == temporality


def test_fits_are_seizures_just_where_a_noun_can_stand(extractor: Extractor) -> None:
    assert [fact.concept for fact in facts(extractor, "She had two fits.")] == ["seizure"]
    assert facts(extractor, "She fits the criteria.") == []


@pytest.mark.parametrize(
    ("text", "ongoing"),
    [("SLE since 2014.", True), ("UTI treated until 10 June 2026.", False), ("Ongoing cellulitis.", True)],
)
def test_course(extractor: Extractor, text: str, ongoing: bool) -> None:
    course = facts(extractor, text)[0].course
    assert course is not None
    assert course.ongoing is ongoing


@pytest.mark.parametrize(
    "text",
    [
        "She attends the lupus clinic.",
        "Our heart failure nurse rang.",
        "Cervical cancer screening is up to date.",
        "SpO2 98 % on RA.",
        "TB screening negative.",
        "Allergies: penicillin (rash)",
    ],
)
def test_the_name_of_something_else_is_no_condition(extractor: Extractor, text: str) -> None:
    assert facts(extractor, text) == []


def test_a_tumour_of_untold_nature_is_a_possible_malignancy_and_its_denial_denies_it(extractor: Extractor) -> None:
    assert only(facts(extractor, "Brain tumour in 2015."), "malignancy").assertion == "possible"
    assert only(facts(extractor, "No tumour."), "malignancy").assertion == "absent"
    assert [fact.concept for fact in facts(extractor, "Benign brain tumour in 2015.")] == ["benign-tumour"]


def test_two_effusions_in_one_phrase_are_two_facts(extractor: Extractor) -> None:
    found = facts(extractor, "No pleural or pericardial effusion.")
    assert {(fact.concept, fact.assertion) for fact in found} == {
        ("pleural-effusion", "absent"),
        ("pericardial-effusion", "absent"),
    }


def test_every_quote_is_the_text_at_its_offsets(extractor: Extractor) -> None:
    text = "No fever.\n- malar rash\nPneumonia in May 2026; her mother has SLE."
    for fact in facts(extractor, text):
        assert text[fact.start : fact.end] == fact.quote


@pytest.mark.parametrize(
    ("text", "concept", "day"),
    [
        ("Stroke put down to lupus: 24 April 2026. Cyclophosphamide pulses, two; the second was 8 May 2026.", "stroke",
         date(2026, 5, 8)),
        ("Psychosis of lupus in January. She was treated with six cyclophosphamide infusions, the last on 30 May 2026.",
         "psychosis", date(2026, 5, 30)),
        ("Seizures on 1 May 2026; MRI consistent with NPSLE; rituximab given 15 May 2026.", "seizure",
         date(2026, 5, 15)),
        ("In April 2026 convulsion 2 times, MRI considered lupus encephalopathy. Methylprednisolone pulse 500 mg/d for"
         " 5 days, last pulse dose 2026-04-25.", "seizure", date(2026, 4, 25)),
    ],
)  # fmt: skip
def test_last_treatment_of_a_neuropsychiatric_event(extractor: Extractor, text: str, concept: str, day: date) -> None:
    course = only(facts(extractor, text), concept).course
    assert course is not None and course.end is not None
    assert (course.end.earliest, course.end.latest) == (day, day)


def test_a_treatment_that_goes_on(extractor: Extractor) -> None:
    course = only(facts(extractor, "Psychosis of lupus in March 2026, still receiving pulses."), "psychosis").course
    assert course is not None and course.ongoing is True


def test_a_grade_told_in_a_later_sentence(extractor: Extractor) -> None:
    found = facts(extractor, "She has had gut GVHD. Grade 2 disease was last recorded on 19 May 2026.")
    graded = [fact for fact in found if fact.attributes.get("grade") == "2"]
    assert [fact.time and fact.time.latest for fact in graded] == [date(2026, 5, 19)]


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Lupus myocarditis, EF 32 %.", "severe"),
        ("Myocarditis with two nights in intensive care.", "severe"),
        ("Myopericarditis. Cardiac MRI: severe acute myocarditis.", "severe"),
        ("Mild myocarditis, EF 40 %.", "mild"),
        ("Myocarditis, EF 61 %.", None),
    ],
)
def test_serious_myocarditis(extractor: Extractor, text: str, severity: str | None) -> None:
    first = next(fact for fact in facts(extractor, text) if fact.concept == "myocarditis")
    assert first.attributes.get("severity") == severity


@pytest.mark.parametrize(
    "text",
    [
        "Swab (influenza, SARS-CoV-2) negative.",
        "Septrin three times a week for PJP.",
        "Vaccines: influenza and pneumococcal in October.",
        "SpO2 98% RA.",
        "Prednisolone is for the asthma, not for SLE.",
        "CNS examination normal.",
        "No organ damage from lupus.",
        "No flare of lupus since 2024.",
        "No complications of SLE.",
        "No medication for lupus.",
        "No active lupus at present.",
        "Viral panel, PJP PCR negative.",
    ],
)
def test_names_that_tell_of_no_such_condition(extractor: Extractor, text: str) -> None:
    told = {fact.concept for fact in facts(extractor, text)}
    assert not told & {"influenza", "covid-19", "pneumocystis-pneumonia", "rheumatoid-arthritis", "sle", "npsle"}


def test_control_of_a_rhythm_told_behind_it(extractor: Extractor) -> None:
    fact = only(facts(extractor, "ECG: atrial fibrillation, rate 148. Still uncontrolled on metoprolol."),
                "atrial-fibrillation")  # fmt: skip
    assert fact.attributes["control"] == "uncontrolled"


@pytest.mark.parametrize("text", ["Nil CNS ever.", "No CNS.", "The CNS was never affected.", "Never any neuropsych."])
def test_terse_denials_of_the_nervous_system(extractor: Extractor, text: str) -> None:
    assert only(facts(extractor, text), "npsle").assertion == "absent"


def test_a_pericardium_named_free(extractor: Extractor) -> None:
    assert only(facts(extractor, "Dry pericardial space."), "pericardial-effusion").assertion == "absent"


@pytest.mark.parametrize(
    "text",
    [
        "No evidence of SLE.",
        "She does not have lupus.",
        "No history of diabetes or lupus.",
        "No features suggestive of SLE.",
        "Does not meet criteria for SLE.",
        "SLE was excluded.",
        "He has no diagnosis of lupus.",
    ],
)
def test_words_that_deny_lupus(extractor: Extractor, text: str) -> None:
    assert only(facts(extractor, text), "sle").assertion == "absent"


def test_involvement_by_lupus_is_denied_even_misread_by_a_scanner(extractor: Extractor) -> None:
    found = facts(extractor, "No central nervous system invoivement by lupus at any time.")
    assert [(fact.concept, fact.assertion) for fact in found] == [("npsle", "absent")]


def test_a_seizure_of_lupus(extractor: Extractor) -> None:
    found = only(facts(extractor, "An epileptic seizure of lupus on 1 May 2026."), "seizure")
    assert found.attributes["attributed"] == "sle"
