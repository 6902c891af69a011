"""A second statement in a sentence, a place behind a name, another patient of the writer, a date in two languages."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.letter_date import find_letter_date
from tests.extraction.reading import facts

AGREES = [
    ("She understands that she must not conceive and agrees to use effective contraception for the year.", "present"),
    ("She does not wish to conceive and agrees to contraception for the first year.", "present"),
    ("She has no plans to become pregnant and will use effective contraception for the first year.", "present"),
    ("She is aware she should not get pregnant and agrees to effective contraception for a year.", "present"),
    ("She plans to continue her implant for the year after the infusion.", "present"),
    ("She understands that she must not conceive but does not agree to use contraception.", "absent"),
    ("She refuses contraception and hopes to conceive this year.", "absent"),
    ("She does not agree to use contraception and will not change her mind.", "absent"),
]


@pytest.mark.parametrize(("text", "assertion"), AGREES)
def test_an_agreement_behind_a_denial_is_an_agreement(text: str, assertion: str) -> None:
    said = {fact.assertion for fact in facts(text) if fact.concept == "contraception-agreement"}
    assert said == {assertion}


CONSENTS = [
    ("She does not want to become pregnant and consents to take part in the trial.", "present"),
    ("She has no questions and agrees to take part in the study.", "present"),
    ("She refuses the trial and will stay on her present drugs.", "absent"),
]


@pytest.mark.parametrize(("text", "assertion"), CONSENTS)
def test_consent_behind_a_denial_is_consent(text: str, assertion: str) -> None:
    assert {fact.assertion for fact in facts(text) if fact.concept == "consent"} == {assertion}


GIVEN = [
    "Yellow fever vaccine on 25 May 2026 at a travel clinic.",
    "Yellow fever vaccine on 25 May 2026 at a travel clinic (she hadn't told them about her steroids).",
    "Yellow fever vaccine, 25 May 2026, by the occupational health team.",
    "MMR on 25 May 2026 in the vaccination clinic.",
]


@pytest.mark.parametrize("text", GIVEN)
def test_a_vaccine_given_at_a_clinic_was_given(text: str) -> None:
    [vaccine] = [fact for fact in facts(text) if fact.kind == "vaccination"]
    assert (vaccine.assertion, vaccine.temporality) == ("present", "historical")


OTHERS = [
    "My other one (41F, same clinic, on dialysis) I'll send separately.",
    "I have another one (50M, on dialysis) whom I will send next week.",
    "There is a second one (33F, on dialysis); her notes follow separately.",
    "Another of mine (41F, on dialysis) to follow.",
    "My second one is on dialysis, will email about her separately.",
    "I will send my other case (on dialysis) separately.",
    "A further patient of ours (41F, on dialysis) will be sent separately.",
]


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_told_of_another_patient_is_not_the_patients(text: str) -> None:
    found = facts(f"34-year-old woman with SLE. {text}")
    assert [fact.experiencer for fact in found if fact.concept == "dialysis"] == ["other"]


PATIENTS = [
    "She had a line in the right arm and then the other one. She is on dialysis.",
    "Of her two kidneys one is small and the other one scarred; she is on dialysis.",
    "This is my second referral. She is on dialysis.",
]


@pytest.mark.parametrize("text", PATIENTS)
def test_another_thing_is_not_another_patient(text: str) -> None:
    found = facts(f"34-year-old woman with SLE. {text}")
    assert [fact.experiencer for fact in found if fact.concept == "dialysis"] == ["patient"]


DATED = [
    "30 giugno 2026 / 30 June 2026",
    "30 de junio de 2026 (30 June 2026)",
    "30 juin 2026 - June 30, 2026",
    "30/06/2026 / 30 June 2026",
]


@pytest.mark.parametrize("line", DATED)
def test_a_date_in_two_languages_is_one_date(line: str) -> None:
    found = find_letter_date(f"{line}\n\nDear colleague,\n\nSLEDAI 12 on 20 May 2026.")
    assert found is not None and found.earliest == found.latest == date(2026, 6, 30)


EXCLUDED = [
    "Systemic lupus has since been excluded.",
    "SLE has since been ruled out. The diagnosis is dermatomyositis.",
    "SLE has long since been excluded.",
    "SLE could since be excluded.",
    "SLE had by then been excluded.",
    "SLE has since been disproved. The diagnosis is MCTD.",
    "SLE has since then been excluded three times.",
    "SLE has in the meantime been ruled out.",
]


@pytest.mark.parametrize("text", EXCLUDED)
def test_what_has_since_been_excluded_is_absent(text: str) -> None:
    assert {fact.assertion for fact in facts(text) if fact.concept == "sle"} == {"absent"}
