"""What letters on trials beyond lupus say of drugs, results and diseases: a phrase in, what must be read of it out."""

from __future__ import annotations

from datetime import date

import pytest

from kb.facts import Coded, Fact, Quantity
from tests.extraction.reading import facts
from tests.extraction.test_statements import statements


def only(text: str, concept: str) -> Fact:
    (found,) = [fact for fact in facts(text) if fact.concept == concept]
    return found


@pytest.mark.parametrize(
    ("text", "drug", "status", "reason"),
    [
        ("Lifelong warfarin which cannot be stopped.", "warfarin", "current", None),
        ("Apixaban can be paused for procedures.", "apixaban", "current", None),
        ("She cannot stop mycophenolate for a washout.", "mycophenolate", "current", None),
        ("Rituximab in 2021 and 2022, none since.", "rituximab", "past", None),
        ("Pemphigus is not controlled by mycophenolate.", "mycophenolate", "past", "inefficacy"),
        ("Azathioprine and mycophenolate failed.", "azathioprine", "past", "inefficacy"),
        ("She is on azathioprine and mycophenolate failed.", "azathioprine", "current", None),
        ("On ocrelizumab since January 2025, with a relapse in April 2026.", "ocrelizumab", "current", None),
        ("Ocrelizumab was stopped after a relapse.", "ocrelizumab", "past", "inefficacy"),
        ("Prednisolone 10 mg daily, stable for 3 months.", "prednisolone", "current", None),
    ],
)
def test_whether_a_drug_is_taken(text: str, drug: str, status: str, reason: str | None) -> None:
    dosing = only(text, drug).dosing
    assert dosing is not None
    assert (dosing.status, dosing.reason_stopped) == (status, reason)


def test_a_dose_told_to_be_stable_was_begun_no_later() -> None:
    course = only("Prednisolone 10 mg daily, unchanged for 2 weeks.", "prednisolone").course
    assert course is not None
    assert course.start is not None
    assert course.start.earliest is None
    assert course.start.latest is not None


@pytest.mark.parametrize(
    ("text", "concept", "value"),
    [
        ("IgG index 0.95 (normal < 0.7).", "igg-index", "positive"),
        ("IgG index 0.5 (normal < 0.7).", "igg-index", "negative"),
        ("AChR antibodies 12 nmol/L (normal < 0.5).", "anti-achr", "positive"),
        ("AChR antibodies 12 nmol/L.", "anti-achr", None),
        ("AQP4-IgG positive.", "anti-aquaporin-4", "positive"),
        ("Varicella zoster antibodies positive.", "vzv-serology", "positive"),
        ("MGFA class 3a.", "mgfa", "iiia"),
        ("MGFA class IVb.", "mgfa", "ivb"),
        ("NYHA II-III.", "nyha", (2, 3)),
        ("NYHA class III/IV.", "nyha", (3, 4)),
        ("FVC 2.1 L, 71 %.", "fvc-percent", (71, 71)),
        ("DLCO 12 mL/min/mmHg.", "dlco-percent", None),
        ("DLCO 62 %.", "dlco-percent", (62, 62)),
        ("mRSS was 9 last month.", "mrss", (9, 9)),
    ],
)
def test_what_a_result_is(text: str, concept: str, value: object) -> None:
    found = only(text, concept).value
    read = (
        (found.interval.low, found.interval.high)
        if isinstance(found, Quantity)
        else found.code
        if isinstance(found, Coded)
        else None
    )
    assert read == value


@pytest.mark.parametrize(
    ("text", "concept", "told"),
    [
        ("Basal cell carcinoma excised in 2024.", "basal-cell-carcinoma", {"treated": "yes"}),
        ("Basal cell carcinoma, awaiting excision.", "basal-cell-carcinoma", {"treated": "no"}),
        ("Inactive secondary progressive MS.", "secondary-progressive-ms", {"activity": "inactive"}),
        ("Non-active SPMS.", "secondary-progressive-ms", {"activity": "inactive"}),
        ("Active secondary progressive MS.", "secondary-progressive-ms", {"activity": "active"}),
        ("Latent tuberculosis, untreated.", "latent-tuberculosis", {"treatment": "none"}),
        ("Latent tuberculosis, treatment completed.", "latent-tuberculosis", {"treatment": "completed"}),
        ("Stroke in 2015 with full recovery.", "stroke", {"sequelae": "no"}),
        ("Stroke in 2015 with residual weakness.", "stroke", {"sequelae": "yes"}),
        ("She received lentiviral CAR-T in 2022.", "car-t", {"vector": "lentiviral"}),
    ],
)
def test_what_is_told_of_it(text: str, concept: str, told: dict[str, str]) -> None:
    assert told.items() <= only(text, concept).attributes.items()


@pytest.mark.parametrize(
    ("text", "concept", "year"),
    [
        ("Hodgkin lymphoma in 2010, in complete remission since 2011.", "hodgkin-lymphoma", 2011),
        ("Breast cancer in 2012, disease-free since 2013.", "breast-cancer", 2013),
        ("DCIS treated in 2020, no recurrence since.", "breast-carcinoma-in-situ", 2020),
        ("Breast cancer treated in 2020.", "breast-cancer", None),
        ("Breast cancer in 2012.", "breast-cancer", None),
    ],
)
def test_since_when_a_cancer_is_over(text: str, concept: str, year: int | None) -> None:
    course = only(text, concept).course
    end = None if course is None or course.end is None else course.end.latest
    assert end == (None if year is None else date(year, 12, 31))


def test_who_lies_in_bed_for_months_still_does_unless_told_as_past() -> None:
    lasting, past = only("Bedridden for 6 months.", "bedridden"), only("She was bedridden for a month.", "bedridden")
    assert lasting.course is not None
    assert lasting.course.ongoing
    assert past.course is None or not past.course.ongoing


SAID = [
    ("Her immunosuppression cannot be interrupted.", "therapy-interruption", None, "absent"),
    ("Her immunosuppressive treatment can be paused.", "therapy-interruption", None, "present"),
    ("Warfarin cannot be stopped.", "anticoagulation-interruption", None, "absent"),
    ("Apixaban can be held for procedures.", "anticoagulation-interruption", None, "present"),
    ("He is able and willing to attend the study visits.", "attendance", None, "present"),
    ("She cannot travel to the study visits.", "attendance", None, "absent"),
    ("He agrees to long-term follow-up.", "follow-up-agreement", None, "present"),
    ("He is unwilling to have long-term follow-up.", "follow-up-agreement", None, "absent"),
    ("Lumbar puncture is contraindicated.", "lumbar-puncture-possible", None, "absent"),
    ("He agrees to lumbar punctures.", "lumbar-puncture-possible", None, "present"),
    ("He refuses MRI.", "mri-possible", None, "absent"),
    ("The device is MRI-compatible.", "mri-possible", None, "present"),
    ("He will not donate sperm.", "no-gamete-donation", None, "present"),
    ("She plans to donate eggs.", "no-gamete-donation", None, "absent"),
    ("His MS has been clinically stable.", "disease-course", "stable", "present"),
    ("Her pemphigus has worsened since April.", "disease-course", "worsening", "present"),
    ("MS is not stable.", "disease-course", "worsening", "present"),
    ("Anti-DSG3 titres have risen.", "antibody-rising", None, "present"),
    ("Antibody levels are stable.", "antibody-rising", None, "absent"),
    ("Biopsy-proven pemphigus.", "biopsy-proven", None, "present"),
    ("The biopsy was inconclusive.", "biopsy-proven", None, "absent"),
    ("She needs IVIG every 4 weeks.", "chronic-immunoglobulin-or-exchange", None, "present"),
    (
        "SSc meeting ACR/EULAR 2013 criteria.",
        "classification-of-disease",
        "systemic-sclerosis",
        "present",
    ),
    ("Active oral erosions.", "disease-activity", "active", "present"),
    ("Pemphigus is in complete remission.", "disease-activity", "remission", "present"),
    ("Treatment-resistant myasthenia gravis.", "disease-activity", "refractory", "present"),
    ("Only ever treated with ocrelizumab.", "treatment-history-closed", None, "present"),
]


@pytest.mark.parametrize(("text", "concept", "code", "assertion"), SAID, ids=[one[0] for one in SAID])
def test_what_is_said(text: str, concept: str, code: str | None, assertion: str) -> None:
    assert (concept, code, assertion) in statements(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("No change in dose.", "disease-course"),
        ("IVIG was given once in 2020.", "chronic-immunoglobulin-or-exchange"),
        ("A biopsy is planned.", "biopsy-proven"),
        ("She attends the clinic with her husband.", "follow-up-agreement"),
    ],
)
def test_what_is_not_said(text: str, concept: str) -> None:
    assert concept not in {one for one, _, _ in statements(text)}
