"""Procedures, vaccinations and research studies: one sentence each, and the fact it must give or must not."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.events import read_events
from extraction.extractor import Extractor
from kb.facts import Document, Fact, Time

LETTER = date(2026, 6, 15)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def facts(extractor: Extractor, text: str, concept: str | None = None) -> list[Fact]:
    found = read_events(extractor.read(Document("letter", text, "", Time.on(LETTER))))
    return [fact for fact in found if concept in (None, fact.concept)]


@pytest.mark.parametrize(
    ("text", "concept", "assertion", "temporality", "attributes"),
    [
        ("She received CD19 CAR-T in January 2024 and relapsed in 2025.", "car-t", "present", "historical",
         {"target": "cd19", "outcome": "relapse"}),
        ("Treated with BCMA CAR-T cells in 2023 with poor response.", "car-t", "present", "historical",
         {"target": "bcma", "outcome": "poor-response"}),
        ("She received Kymriah in 2022 and is in remission.", "car-t", "present", "historical",
         {"target": "cd19", "outcome": "remission"}),
        ("She is CAR-T naive.", "car-t", "absent", "historical", {}),
        ("Has not previously received any CAR-T or gene-modified cell product.", "car-t", "absent", "historical", {}),
        ("No exposure to CAR-T or other engineered cells.", "car-t", "absent", "historical", {}),
        ("Received BCMA CAR-T (NCT study) in June 2024.", "car-t", "present", "historical", {"target": "bcma"}),
        ("In 2018 he received a deceased-donor kidney.", "kidney-transplant", "present", "historical", {}),
        ("Listed for kidney transplantation in 2025, since halted.", "kidney-transplant", "present", "planned", {}),
        ("Assessed for lung transplantation.", "lung-transplant", "present", "planned", {}),
        ("No transplant.", "transplant", "absent", "historical", {}),
        ("A kidney replacement therapy was not necessary so far.", "renal-replacement-therapy", "absent", "historical",
         {}),
        ("Matched sibling allogeneic stem cell transplant in 2024.", "stem-cell-transplant", "present", "historical",
         {"kind": "allogeneic"}),
        ("She has never had CAR-T therapy.", "car-t", "absent", "historical", {}),
        ("No prior CAR-T.", "car-t", "absent", "historical", {}),
        ("She is on the kidney transplant waiting list.", "kidney-transplant", "present", "planned", {}),
        ("Kidney transplant 2018.", "kidney-transplant", "present", "historical", {}),
        ("Not on dialysis.", "dialysis", "absent", "current", {}),
        ("She has never needed dialysis.", "dialysis", "absent", "historical", {}),
        ("She has not required renal replacement therapy.", "renal-replacement-therapy", "absent", "historical", {}),
        ("Bilateral salpingo-oophorectomy in 2015.", "oophorectomy", "present", "historical", {"side": "bilateral"}),
        ("Left oophorectomy in 2015.", "oophorectomy", "present", "historical", {"side": "unilateral"}),
        ("Renal biopsy in Jan 2024 showed class IV lupus nephritis.", "renal-biopsy", "present", "historical",
         {"isn_class": "iv"}),
    ],
)  # fmt: skip
def test_procedures(
    extractor: Extractor, text: str, concept: str, assertion: str, temporality: str, attributes: dict[str, str]
) -> None:
    (fact,) = facts(extractor, text, concept)
    assert (fact.assertion, fact.temporality) == (assertion, temporality)
    assert attributes.items() <= dict(fact.attributes).items()


@pytest.mark.parametrize(
    ("text", "experiencer"),
    [
        ("Kidney transplant from her mother in 2018.", "patient"),
        ("Her brother had a kidney transplant in 2018.", "family"),
        ("The patient in the next bed received CD19 CAR-T in 2024.", "other"),
    ],
)
def test_who_had_it(extractor: Extractor, text: str, experiencer: str) -> None:
    assert [fact.experiencer for fact in facts(extractor, text)] == [experiencer]


def test_hysterectomy_and_oophorectomy_in_one_name(extractor: Extractor) -> None:
    found = facts(extractor, "Total abdominal hysterectomy and bilateral salpingo-oophorectomy in 2015.")
    assert {fact.concept for fact in found} == {"hysterectomy", "oophorectomy"}


@pytest.mark.parametrize(
    ("text", "start", "end", "ongoing"),
    [
        ("On haemodialysis since March 2026, three times a week.", date(2026, 3, 1), None, True),
        ("She came off dialysis in January 2025.", None, date(2025, 1, 31), False),
        ("Currently on peritoneal dialysis.", None, None, True),
        ("He was in haemodialysis from 20 November 2025; the last session took place on 5 February 2026.",
         date(2025, 11, 20), date(2026, 2, 5), False),
        ("She needed haemodialysis from March 2026. The last session was on 2 April 2026.", date(2026, 3, 1),
         date(2026, 4, 2), False),
        ("On intermittent HD 10/02/2025 through 11/20/2025 (last session), then renal recovery.", date(2025, 10, 2),
         date(2025, 11, 20), False),
        ("CRRT 3-9 March 2026.", date(2026, 3, 3), date(2026, 3, 9), False),
        ("Haemodialysis until 4 April 2026.", None, date(2026, 4, 4), False),
        ("Started HD on 3 March 2026, stopped on 1 May 2026.", None, date(2026, 5, 1), False),
        ("Temporary dialysis for AKI (3 sessions, last 12/03/2026).", None, date(2026, 3, 12), False),
        ("Haemodialysis 1/3/26 to 20/3/26.", date(2026, 3, 1), date(2026, 3, 20), False),
    ],
)  # fmt: skip
def test_the_course_of_dialysis(
    extractor: Extractor, text: str, start: date | None, end: date | None, ongoing: bool
) -> None:
    (fact,) = facts(extractor, text)
    assert fact.course is not None
    assert fact.course.ongoing is ongoing
    assert (fact.course.start.earliest if fact.course.start else None) == start
    assert (fact.course.end.latest if fact.course.end else None) == end


@pytest.mark.parametrize(
    ("text", "concept", "assertion", "earliest", "latest"),
    [
        ("No live vaccines in the last 3 months.", "live-vaccine", "absent", date(2026, 3, 15), LETTER),
        ("No recent vaccinations.", "vaccine", "absent", date(2026, 4, 16), LETTER),
        ("MMR booster on 1 June 2026.", "mmr-vaccine", "present", date(2026, 6, 1), date(2026, 6, 1)),
        ("BCG vaccine at birth.", "bcg-vaccine", "present", None, date(2025, 6, 15)),
        ("The travel clinic gave Stamaril on 1 June 2026.", "yellow-fever-vaccine", "present", date(2026, 6, 1),
         date(2026, 6, 1)),
        ("Flu jab October 2025.", "influenza-vaccine", "present", date(2025, 10, 1), date(2025, 10, 31)),
        ("Immunisations: influenza May 2025", "influenza-vaccine", "present", date(2025, 5, 1), date(2025, 5, 31)),
    ],
)  # fmt: skip
def test_vaccinations(
    extractor: Extractor, text: str, concept: str, assertion: str, earliest: date | None, latest: date
) -> None:
    (fact,) = facts(extractor, text, concept)
    assert fact.assertion == assertion
    assert fact.time is not None
    assert (fact.time.earliest, fact.time.latest) == (earliest, latest)


def test_live_vaccines_to_be_avoided_were_not_given(extractor: Extractor) -> None:
    (fact,) = facts(extractor, "Live vaccines should be avoided.")
    assert fact.assertion == "conditional"


@pytest.mark.parametrize(
    ("text", "concept", "assertion", "temporality"),
    [
        ("She has not taken part in any trial in the last 3 months.", "study", "absent", "current"),
        ("She has never participated in a clinical trial.", "study", "absent", "historical"),
        ("She took part in a phase 2 trial of deucravacitinib until May 2026.", "interventional-study", "present",
         "historical"),
        ("She is enrolled in the national lupus registry.", "observational-study", "present", "current"),
        ("No interventional study in the past 2 months.", "interventional-study", "absent", "current"),
    ],
)  # fmt: skip
def test_studies(extractor: Extractor, text: str, concept: str, assertion: str, temporality: str) -> None:
    (fact,) = facts(extractor, text)
    assert (fact.kind, fact.concept, fact.assertion, fact.temporality) == ("study", concept, assertion, temporality)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("He entered a phase II drug trial of an anti-CD38 antibody; the last dose and the end-of-study visit were on"
         " 2026-05-28.", date(2026, 5, 28)),
        ("She took part in a phase 2 study with an oral drug, from which she went out on 30 October 2025.",
         date(2025, 10, 30)),
        ("She completed a phase 3 trial of anifrolumab, final visit 1 June 2026.", date(2026, 6, 1)),
        ("He was randomised in a trial of deucravacitinib; last dose 20 May 2026.", date(2026, 5, 20)),
        ("He was randomised in a phase 2 study. He stopped the capsules in March and had his final study visit on"
         " 20 April 2026.", date(2026, 4, 20)),
    ],
)  # fmt: skip
def test_the_end_of_a_study_is_the_last_day_told(extractor: Extractor, text: str, day: date) -> None:
    (fact,) = facts(extractor, text)
    assert fact.course is not None and fact.course.end is not None
    assert (fact.course.end.earliest, fact.course.end.latest) == (day, day)
    assert fact.temporality == "historical"


@pytest.mark.parametrize("text", ["She joined a phase 2 study in March 2026.", "He joined the registry in March 2026."])
def test_the_day_of_joining_is_the_beginning(extractor: Extractor, text: str) -> None:
    (fact,) = facts(extractor, text)
    assert fact.time is None and fact.course is not None and fact.course.start is not None
    assert fact.course.start.earliest == date(2026, 3, 1)


def test_a_denied_span_of_the_past_is_not_planned(extractor: Extractor) -> None:
    text = "She has had no vaccinations in the last three months and has not taken part in any trial."
    (fact,) = facts(extractor, text, "vaccine")
    assert (fact.assertion, fact.temporality) == ("absent", "current")


@pytest.mark.parametrize(
    "text", ["He received a kidney from his brother in October 2015.", "She was given a kidney in 2015."]
)
def test_a_kidney_received_is_a_transplant(extractor: Extractor, text: str) -> None:
    assert [fact.experiencer for fact in facts(extractor, text, "kidney-transplant")] == ["patient"]


def test_a_donor_card_is_no_transplant(extractor: Extractor) -> None:
    assert facts(extractor, "His son gave him a kidney donor card.", "kidney-transplant") == []


def test_a_denial_for_the_present_is_denied_for_the_letters_day(extractor: Extractor) -> None:
    (fact,) = facts(extractor, "She is not currently in a clinical trial.")
    assert fact.time == Time.on(LETTER)


@pytest.mark.parametrize(
    "text",
    [
        "She is under the transplant clinic.",
        "I am referring her for CAR-T therapy.",
        "RE: lady, DOB 03/02/1995 - referral for the BCMA/CD70 CAR-T study",
        "Discussed CAR-T on 3 March 2026 and gave the leaflet.",
        "She agrees to participate in the CAR-T trial and signed the consent form today.",
        "Thank you for considering her for your anti-BCMA/CD70 CAR-T trial.",
        "She has agreed to take part in the study.",
        "She wishes to take part in this trial.",
        "A trial of mycophenolate was unsuccessful.",
        "Sleep study normal.",
        "She travelled to a yellow fever area.",
    ],
)
def test_what_is_no_event(extractor: Extractor, text: str) -> None:
    assert facts(extractor, text) == []


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("On 24.05.2026 he was given Stamaril in a travel clinic.", "patient"),
        ("She was vaccinated against yellow fever on 2 June 2026.", "patient"),
        ("The baby got the yellow fever vaccine on 1 June 2026.", "family"),
    ],
)
def test_a_live_vaccine_that_was_given(extractor: Extractor, text: str, person: str) -> None:
    (fact,) = facts(extractor, text, "yellow-fever-vaccine")
    assert (fact.assertion, fact.experiencer, fact.temporality) == ("present", person, "historical")


def test_earlier_cells_mentioned_again_are_not_given_twice(extractor: Extractor) -> None:
    text = "In October 2024 he was given BCMA CAR-T cells. Infections since the CAR-T: CMV viraemia in spring 2025."
    assert len(facts(extractor, text, "car-t")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "There were no comparison studies.",
        "No gated wall motion study was obtained.",
        "No studies are available for comparison.",
        "There is no study that supports rituximab.",
        "No randomised trial supports this.",
    ],
)
def test_an_examination_or_evidence_is_no_taking_part(extractor: Extractor, text: str) -> None:
    assert not [fact for fact in facts(extractor, text) if fact.kind == "study"]


@pytest.mark.parametrize(
    ("text", "temporality"),
    [
        ("She declined MMR last week.", "planned"),
        ("She asked for the yellow fever vaccine last week.", "planned"),
        ("She was offered MMR and had the MMR vaccine last week.", "historical"),
        ("She had MMR last week.", "historical"),
    ],
)
def test_a_vaccine_offered_or_declined_was_not_given(extractor: Extractor, text: str, temporality: str) -> None:
    found = [fact for fact in facts(extractor, text) if fact.concept == "mmr-vaccine" or "yellow" in fact.concept]
    assert found[-1].temporality == temporality
