from datetime import date

import pytest

from extraction.letter_date import find_letter_date


@pytest.mark.parametrize(
    "text",
    [
        "Hangzhou, 15 June 2026\nDear colleague",
        "15 Jnne 2026\nDear colleague",
        "15 June 2026\n\nThe print-out is below.\n\nALT 21 U/L\nAST 24 U/L\n\nAuthorised 12/06/2026 16:40   END",
        "15 June 2026\n\nThe print-out is below.\n\nALT 21 U/L\nAST 24 U/L\n\nReported: 12/06/2026",
        "15/06/2026   Referral - she is complex, please read to the end\n\nSLE\nGout\nAsthma\n\nDATA 12/06/2026",
        "the 15th day of June 2026\nDear colleague",
        "15 VI 2026\nDear colleague",
        "She has had this rash for years.\n\nWith kind regards\nBerlin, den 15.06.2026",
        "D.O.A. : 01-06-2026          D.O.D. : 15-06-2026\nSummary",
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
        "Covering note 15/06/2026 - please see the print. 26F, known SLE, our ward consult. Not treated yet, no more\n"
        "to hand.\n\n--- LAB REPORT collected 14-JUN-2026 06:40 ---\nALT 30",
        "D.O.A.: 01/06/2026           D.O.D.: 15/06/2026\nDischarge summary",
        "DOA - 01/06/2026   DOD - 15/06/2026\nDischarge summary",
        "Adm: 01/06/2026 Disch: 15/06/2026\nDischarge summary",
        "Inpatient stay from 01.06.2026 to 15.06.2026\nDear colleague",
        "D: 15/06/2026  T: 18/06/2026\nDear colleague",
        "Date of appointment 15 June 2026\nDear colleague",
        "Referral received 2 June 2026. Clinic 15 June 2026.\nDear colleague",
        "DOB 12/03/1991 | MRN 1 | Encounter: 06/15/2026\n",
        "Last visit: 10/02/2026   This visit: 15/06/2026\n",
        "15 June 2026\nDear colleague\nThank you for your letter of 2 June 2026.",
        "Patient: female, *03.04.1990\nAdmitted 01.06.2026, discharged 15.06.2026\nDear colleague",
        "Dear colleague,\nwe report on your patient, treated here as an inpatient from 01.06.2026 until 15.06.2026.",
        "Dear colleague, thank you for asking me to see this lady, whom I saw on 15 June 2026.",
        "Dear colleague\n\nElectronically signed by the consultant on 15 June 2026 at 10:32",
        "Dear colleague\n\nElectronically approved 15/06/2026",
        "Date : 15 - 06 - 2026\nDear colleague",
        "Date : 15/06/202 6\nDear colleague",
        "Date: 1 5 June 2026\nDear colleague",
        "15 Ju ne 2026\nDear colleague",
        "l5/O6/2O26\nDear colleague",
        "15 . 06 . 2026\nDear colleague",
        "15-VI-2026\nDear colleague",
        "Date: 15 HAZİRAN 2026\nDear colleague",
        "15|06|2026\nDear colleague",
        "20260615\nDear colleague",
        "Dictated on the fifteenth of June, twenty twenty-six.\nThis is a letter about a young man.",
        "Dear colleague\n\nWritten on the fifteenth of June two thousand and twenty-six",
        "June the fifteenth, 2026\nDear colleague",
        "Dear colleague\n\nSigned this fifteenth day of June 2026",
        "Dear colleague\n\nThis note was written on 15 June 2026.",
        "Dear colleague\n\nI dictated this letter on Monday, 15 June 2026.",
        "Dear colleague\n\nPage 2 of 2 - 15 June 2026",
        "Dear colleague\n\nCompleted by the nurse 15/06/2026",
        "Dear colleague\n\nd 15/06/2026  t 18/06/2026",
        "DD: 15/06/2026 DT: 18/06/2026\nDear colleague",
        "2026-Jun-15\nDear colleague",
        "JUN-15-2026\nDear colleague",
        "2026. 06. 15.\nDear colleague",
        "Utrecht, 15 juni 2026\nDear colleague",
        "Date : 1 5 / 06 / 2026\nDear colleague",
        "Date: 15 06 26\nDear colleague",
        "15/6 2026\nDear colleague",
        "l5 June 2026\nDear colleague",
        "15 June 2026 - e-referral\nTest | 11/06/2025 | 01/12/2025",
        "Dear colleague,\nshe is well since Thursday.\n\nSigned electronically: Registrar, Mon 15 Jun 2026 18:55",
        "Dear colleague\n\nElectronic signature: A. Person, 2026-06-15 11:00",
        "Clinic of 9 June 2026, letter typed 15 June 2026\nDear colleague",
        "Case summary    2026-06-15\n\nMale, 36. Not seen again after discharge 2026-01-20.",
        "District hospital            15 June 2026\n\nDear all,\n\nShe is 30.\nConsultation of 9 June 2026: new rash.",
        "Letter of introduction      Reiwa 8 / 2026-06-15\n\nDear all,\nShe is 30.\n\nData 2026-06-09: Hb 10.5 g/dL.",
        "Cover note, 15 June 2026. The sheet of a lady whom we saw.\n-----\nLABORATORY        REPORT 13-JUN-2026",
        "Rheumatology       Scanned  20/06/2026\nWest wing          Letter dated  l5 June 2026\n\nDear colleague",
        "Date of clinic: 15/06/2026 (fifteenth of June)\nSigned off 20/06/2026\nDear colleague",
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
        "Dear colleague\nThank you for your letter of 2 May 2026 about this lady.",
        "Dear colleague\nFurther to your referral of 2 May 2026, she has lupus.",
        "Your ref: letter dated 2 May 2026\n",
        "Next clinic date: 20 June 2026\n",
        "Dear colleague\nThe report was written on 3 May 2026 by the cardiologists.",
        "Dear colleague\nShe was admitted on the third of May, twenty twenty-six with a seizure.",
        "Dear colleague\nborn 3 May 1990, lupus since 2014. Admitted 3 May 2026 with a seizure.",
        "Dear colleague\nI saw her in clinic on 3 May 2026. She was admitted on 20 May 2026.",
        "",
        "Test | 11/06/2025 | 01/12/2025",
    ],
)
def test_a_date_of_the_story_is_not_the_letter_s(text: str) -> None:
    assert find_letter_date(text) is None


@pytest.mark.parametrize(
    ("told", "month"), [("(3 April)", 4), ("(March 4)", 3), ("(4th of March)", 3), ("(third of April)", 4)]
)
def test_a_month_in_brackets_says_which_number_is_the_month(told: str, month: int) -> None:
    found = find_letter_date(f"Date: 03/04/2026 {told}\nDear colleague")
    assert found is not None
    assert found.earliest == date(2026, month, 7 - month)
    both = find_letter_date("Date: 03/04/2026 (3 pages)\nDear colleague")
    assert both is not None
    assert both.earliest != both.latest


@pytest.mark.parametrize("month", ["MAYIS", "Mayıs", "mayis"])
def test_a_month_with_a_dotless_i_is_read_in_any_case(month: str) -> None:
    found = find_letter_date(f"Date: 5 {month} 2026\nDear colleague")
    assert found is not None
    assert found.earliest == date(2026, 5, 5)


@pytest.mark.parametrize("foot", ["15 June 2026", "Mon 15/06/2026 14:03", "Lupus clinic 15.06.2026"])
def test_a_stay_that_is_told_is_not_the_letters_day(foot: str) -> None:
    text = (
        "Dear colleague,\n\nThank you for seeing this woman with SLE. She was admitted on 2 May 2026 with a flare of"
        f" her nephritis and was discharged on 9 May 2026.\n\nYours sincerely\n{foot}\n"
    )
    day = find_letter_date(text)
    assert day is not None and day.earliest == date(2026, 6, 15)
