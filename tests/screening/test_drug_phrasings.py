"""Drugs, their courses and histories, other diseases and infections as clinicians write them, with what must follow.

Each sentence stands in a short letter of its own; one behind a star in a letter that does not say that she has SLE.
"""

from __future__ import annotations

import pytest

from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import read_protocol

_HEAD = "10 March 2026\n\nDear colleague,\n\n"
_SLE = "This 34-year-old woman has SLE. "

# what stands around a sentence behind a plus (one listed drug and the steroid are told) or a dash (all but the steroid)
_AMONG = {
    "+ ": (
        "Weight 60 kg. Prednisone 60 mg daily 1 June to 30 September 2025. HCQ. MMF failed. ",
        " SLEDAI-2K 12 today.",
    ),
    "- ": ("Weight 60 kg. HCQ, MMF and azathioprine without success. ", " SLEDAI-2K 12 today."),
}

_TABLE = r"""
E4   pass    No asthma, no IBD, and no steroid or immunosuppressant for anything but her lupus.
E4   pass    No other pathology calling for long-term corticosteroids or immunosuppressants.
E4   pass    Other disease that needs steroids or immunosuppressive drugs? No
E4   pass    There is no further disease that necessitates cortisone or immunosuppressive therapy.
E4   pass    Nothing apart from the lupus requires steroids or immunosuppressive treatment.
E4   pass    No autoimmune disease besides lupus.
E4   pass    Other autoimmune or inflammatory disease: none.
E4   pass    Lupus is her only autoimmune or inflammatory disease.
E4   pass    no other dz req chronic steroid or IS
E4   pass    She does not suffer from any other autoimmune or inflammatory disease.
E4   pass    There are no other diseases requiring either long-term steroids or high-dose immunosuppression.
E4   pass    Outside of lupus she has no disease treated with steroid or immunosuppressant.
E4   pass    No other systemic disease on steroids or immunosuppression.
E4   pass    She takes no steroid or immunosuppressant for any disease other than lupus.
E4   fail    Crohn's disease since 2012, on ustekinumab.
E4   fail    Type 1 autoimmune hepatitis on azathioprine and budesonide.
E4   fail    Liver transplant 2015, on tacrolimus 3 mg bd.
E4   fail    Pemphigus vulgaris, on prednisolone 25 mg and rituximab for this.
E4   fail    Giant cell arteritis under tocilizumab and prednisolone 12.5 mg.
E4   fail    Problem list: 1. SLE 2. Crohn's disease - azathioprine 150 mg, infliximab 5 mg/kg q8w
E4   raised  Addison's disease on hydrocortisone 20 mg daily.
E4   silent  Asthma, on inhaled fluticasone only.
E4   silent  Her mother has rheumatoid arthritis on tocilizumab.
I2a  fail    * The diagnosis of SLE has been revised to MCTD. She is on prednisolone 15 mg and mycophenolate 2 g.
I2a  fail    * Previously labelled SLE; on review the diagnosis is Sjogren's syndrome. Prednisolone 5 mg.
I2a  fail    * This 50-year-old man has subacute cutaneous lupus only; criteria for systemic lupus are not fulfilled.
I2a  fail    * She has discoid lupus erythematosus without systemic disease; SLE has been ruled out.
I2a  fail    * UCTD, has never met criteria for SLE.
I2a  fail    * Dx: dermatomyositis (initially thought to be SLE).
I2a  fail    * SLE was considered and rejected; this is undifferentiated connective tissue disease.
I2a  fail    * 2019 EULAR/ACR criteria for SLE not met (6 points). Working diagnosis UCTD.
I2a  fail    * Impression: Drug-induced lupus (hydralazine), resolved. He does not have SLE.
I2a  fail    * Chronic cutaneous lupus (discoid), no features of SLE, ANA negative.
I2a  fail    * The final diagnosis is dermatomyositis rather than lupus.
I2a  fail    * Though the GP letter says lupus, she has fibromyalgia with a weakly positive ANA; there is no SLE.
I2a  fail    * Cutaneous lupus only, no systemic involvement.
I2a  fail    * Isolated cutaneous lupus (SCLE), systemic disease excluded.
I2a  fail    * She does not meet classification criteria for systemic lupus erythematosus and is followed as UCTD.
I2a  pass    2019 EULAR/ACR: meets.
I2a  pass    Known SLE meeting the 2019 EULAR/ACR criteria.
I2a  pass    EULAR-ACR 2019 score 23.
I2a  pass    EULAR/ACR 2019 criteria: yes
I2a  pass    so well past the EULAR/ACR 2019 line
I2a  pass    She scores 17 points on the 2019 EULAR/ACR criteria.
I2a  pass    ACR/EULAR 2019 satisfied on ANA, nephritis class IV, low C3.
I2a  pass    classified as SLE under the EULAR/ACR scheme of 2019 (24 points)
I2a  pass    EULAR/ACR ✓ (score 19)
I2a  pass    ANA 1:1280; hemolytic anemia; malar rash; arthritis; anti-Sm positive; low C3 and C4.
I2a  pass    ANA 1:640 (HEp-2), anti-Sm positive, platelets 61 G/l, C3 reduced.
I2a  raised  Meets ACR 1997 criteria.
I2a  raised  ANA 1:160, malar rash.
I2a  fail    2019 EULAR/ACR criteria for SLE not met (6 points).
I2a  fail    EULAR/ACR 2019 (6 points): criteria not reached.
I2a  raised  EULAR/ACR criteria not formally scored.
I2a  pass    EULAR/ACR 2019 classification criteria fulfilled, no dialysis.
I2a  pass    EULAR/ACR 2019 fulfilled (18 points) without antiphospholipid antibodies.
E5   pass    Pneumonia in February: ceftriaxone from 12 February, stopped on the 20th.
E5   pass    Infection: cellulitis L shin; cephalexin 02/08 - 02/15/2026, healed.
E5   fail    Amoxicillin with clavulanic acid for sinusitis until 05.03.2026 inclusive, since then free of complaints.
E5   pass    No infection at present and none this spring.
E5   pass    active infection: none                - live vaccine last 6 months: none
E5   pass    No fever, no infection.
E5   pass    She is free of infection.
E5   pass    No intercurrent infection, has not needed antibiotics this year.
E5   pass    No infection found: resp viral panel neg, sputum neg, no antibiotics given.
E5   fail    Day 3 of 7 of nitrofurantoin for cystitis.
E5   fail    Finished a course of doxycycline for bronchitis three days ago.
E5   fail    Septic arthritis, still under flucloxacillin.
E5   fail    Uncontrolled infection of the foot.
E5   fail    Cellulitis of the right leg, flucloxacillin until yesterday.
E5   fail    Pneumonia, discharged on 6 March on oral moxifloxacin for another 5 days.
E5   fail    On antibiotics at the moment for an infected leg ulcer.
E5   fail    ABX: pip-tazo 02/27 -> 03/05 (HAP)
E5   pass    Pneumonia in January 2026; antibiotics ended on 28 January.
E5   pass    He had a pneumonia in 2019.
E5   raised  Started on piperacillin-tazobactam empirically; cultures negative, infection excluded, stopped 8 March.
E5   silent  TMP-SMX MWF for PJP ppx.
I2b  fail    Since diagnosis nothing but hydroxychloroquine; tolerated well.
I2b  fail    Apart from hydroxychloroquine she has never been treated with anything.
I2b  fail    Lupus treatment to date: HCQ only (2019-). No intolerance.
I2b  fail    She is treatment naive.
I2b  fail    These are the only lupus drugs she has ever received: hydroxychloroquine and prednisolone 10 mg.
I2b  raised  At present she takes only hydroxychloroquine and prednisolone 5 mg.
I2b  raised  Received only two doses of rituximab.
I2b  pass    Weight 47 kg. HCQ, MMF, tacrolimus. prednisolone 50 mg/d 2025-06-01 \n 2025-09-12. SLEDAI-2K 12 today.
I2b  pass    Was on azathioprine (GI upset, provider d/c'd) and methotrexate (pneumonitis).
I2b  raised  MMF makes her queasy but she goes on with it; azathioprine stopped for leukopenia.
I2b  raised  + Decision: methotrexate 15 mg weekly from next week.
I2b  raised  + Plan: rituximab 1 g x2.
I2b  raised  + Conference decision: belimumab.
I2b  raised  + Belimumab approved, first dose on 20 March 2026.
I2b  raised  + Tacrolimus to follow if she flares.
I2b  raised  + Rituximab has been requested.
I2b  raised  + Rituximab not yet given.
I2b  raised  + Her sister responded to rituximab.
I2b  raised  + Cyclophosphamide could not be arranged.
I2b  raised  + Insurance denied belimumab.
I2b  raised  + Sirolimus under consideration.
I2b  raised  + TODO: start belimumab.
I2b  raised  + Rituximab: awaiting funding.
I2b  raised  + MDT recommends adding voclosporin or tacrolimus.
I2b  raised  + Rituximab script given today, not yet started.
I2b  raised  + Protopic (tacrolimus) cream to the face.
I2b  raised  + TPMT checked before azathioprine.
I2b  pass    + Decision in May 2025: rituximab, given twice.
I2b  pass    - Prednisolone 60 mg for three and a half months in 2024.
I2b  pass    - Prednisolone 60 mg/d for 110 d.
I2b  pass    - Prednisolone 60 mg over 15 weeks in the spring of 2025.
I2b  pass    - Prednisolone 1 mg/kg for 4 months in 2025.
I2b  pass    - Prednisone was kept at 1 mg/kg for over three months.
I2b  pass    - For 15 weeks, from 1 June 2025, she took prednisolone 65 mg every morning.
I2b  pass    - Prednisolone 20 mg tds from 1 June to 15 September 2025.
I2b  pass    - Deflazacort 75 mg daily from 1 June to 15 September 2025.
I2b  pass    - Has been on prednisolone 60 mg daily for more than three months now.
I2b  pass    - Prednisolone 60 mg (1 Jun - 20 Sep 2025) -> 40 mg -> 20 mg.
I2b  pass    - Steroids: prednisolone 60 mg daily 01.06.2025 - 20.09.2025, now 10 mg.
I2b  pass    - pred 60mg x 14wks (Mar-Jun 2025)
I2b  pass    - Omnacortil 60 mg/day x 3.5 months
I2b  pass    - GC: pred 60 mg/d (1 mg/kg) for 16 weeks
I2b  pass    - prednisolone in a dose of one milligram per kilogram for fifteen weeks
I2b  pass    - On 1 June 2025 prednisolone was raised to 60 mg and held there until 20 September 2025.
I2b  pass    - prednisolone 60 mg daily\nfrom 1 June 2025 to\n20 September 2025, thereafter tapered
I2b  raised  - Prednisolone 40 mg daily from June to October 2025.
I2b  raised  - Prednisolone 60 mg daily from 1 June 2025, tapered over 4 months.
I2b  raised  - Prednisolone 60 mg planned for 4 months.
I2b  raised  - Her mother took prednisolone 60 mg for 4 months.
I2b  raised  - Prednisolone 60 mg weekly for 4 months.
I2b  raised  - Prednisolone between 20 and 60 mg from June to October 2025.
E3f  silent  Digoxin 125 mcg daily for atrial fibrillation.
E3f  silent  Dobutamine stress echocardiogram 2 March 2026: no ischaemia.
E3f  silent  Takes amlodipine 5 mg and ramipril 10 mg for hypertension.
E3f  pass    BP has held throughout, no vasopressors.
E3f  pass    VS: stable.
E3f  pass    Vitals stable.
E3f  pass    does not need catecholamines
E3f  pass    off noradrenaline since 2 March, haemodynamically stable
E3f  pass    Stable vitals on room air.
E3f  pass    Circulatory condition stable; no need of vasoactive drugs.
E3f  fail    On noradrenaline 0.1 mcg/kg/min in the ICU.
E3f  fail    BP held by dobutamine infusion.
E3f  fail    Requires low-dose dopamine to maintain a systolic of 90.
E3f  fail    Blood pressure 85/50, maintained with phenylephrine infusion.
"""
_ROWS = [line.split(maxsplit=2) for line in _TABLE.strip().splitlines()]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@pytest.mark.parametrize(("criterion", "answer", "sentence"), _ROWS)
def test_a_sentence_gives_its_answer(pipeline: Pipeline, criterion: str, answer: str, sentence: str) -> None:
    opening = _HEAD if sentence.startswith("* ") else _HEAD + _SLE
    told = sentence.removeprefix("* ").removeprefix("+ ").removeprefix("- ").replace("\\n", "\n")
    before, behind = _AMONG.get(sentence[:2], ("", ""))
    text = f"{opening}{before}{told}{behind}\n"
    screening = pipeline.screen([letter_from_text(text, "letter", "letter")])[0]
    (found,) = [entry for entry in screening_json(screening)["criteria"] if entry["id"] == criterion]
    assert (found["answer"] if found["answer"] != "unknown" else "raised" if found["raised"] else "silent") == answer
