from datetime import date

import pytest

from extraction.letter_date import find_letter_date


@pytest.mark.parametrize(
    "text",
    [
        "Hangzhou, 15 June 2026\nDear colleague",
        "Date of birth: 01/02/1990\nDate: 15/06/2026\nDear colleague",
        "MRN 1 DOS: 06/15/2026\n",
        "Subject: referral\nDate: Mon, 15 Jun 2026 10:22\nhello",
        "Dear colleague\nshe had a seizure on 3 May 2026.\n\n15.06.2026",
        "Admitted: 01/06/2026  Discharged: 15/06/2026\nDischarge summary",
        "Dictated and typed: 15 June 2026",
        "15th June 2026\nDear Colleague",
        "U.O. Reumatologia - ambulatory report of 15/06/2026\nDear colleague",
        "PATIENT SUMMARY FOR TRIAL CENTER (2026.06.15)\nFemale, 31",
        "D.O.A: 01/06/2026   D.O.D: 15/06/2026\nDischarge summary",
        "Hospitalised from 1 June 2026 to 15 June 2026\nDear colleague",
        "Lyon, le 15 juin 2026\nDear colleague",
        "Milano, lì 15 giugno 2026\nDear colleague",
        "l5 June 2O26\nDear colleague",
        "Lupus clinic, 15 June 2026, letter to the trial team\nDear colleague",
        "Progress Note 6/15/2026\n29F with lupus",
        "RE: REFERRAL // 15 JUN 2026\nDear colleague",
        "Dear colleague,\nI saw this lady in clinic today, 15 June 2026.",
        "Her results follow.\n\nSigned electronically 06/15/2026 13:00",
        "Reported: 15/06/2026  Collected: 13/06/2026\nALT 30",
        "15 June 2026 - e-referral\nTest | 11/06/2025 | 01/12/2025",
    ],
)
def test_the_letter_has_its_date(text: str) -> None:
    found = find_letter_date(text)
    assert found is not None
    assert (found.earliest, found.latest) == (date(2026, 6, 15), date(2026, 6, 15))


@pytest.mark.parametrize(
    "text",
    [
        "Dear colleague, seen on 3 May 2026 with a rash.",
        "Born 3 May 1990",
        "DOB: 03/05/1990",
        "",
        "Test | 11/06/2025 | 01/12/2025",
    ],
)
def test_a_date_of_the_story_is_not_the_letter_s(text: str) -> None:
    assert find_letter_date(text) is None
