"""Sentences as clinicians write them: each in a short letter of its own, with the answer that it must give.

`raised` and `silent` are the two kinds of unknown.
"""

from __future__ import annotations

import pytest

from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import read_protocol

_HEAD = "10 March 2026\n\nDear colleague,\n\nThis 34-year-old woman has SLE. "

_TABLE = r"""
E1   pass    CNS: no involvement.
E1   pass    No neurological or psychiatric manifestations of lupus.
E1   pass    Her lupus has spared the nervous system.
E1   pass    The disease has never touched her brain.
E1   pass    Nervous system: not involved.
E1   silent  CNS: NAD
E1   silent  No neurological deficit.
E1   silent  Nervous system: alert, oriented, reflexes brisk.
E1   raised  CNS lupus not excluded.
E3a  pass    No known cardiac disease.
E3b  pass    He has never had an infarct.
E3d  pass    Echo: LVEF 62 %, mild MR, otherwise normal.
E3d  fail    Echo: moderate pericardial effusion, otherwise normal.
E3d  pass    Pericardial effusion resolved (echo February 2026).
E4   pass    No concomitant disease that would require corticosteroids or immunosuppressive drugs.
E4   pass    No asthma, IBD or other disease needing steroids or immunosuppression.
E4   pass    No other rheumatic, autoimmune or inflammatory disorder.
E4   silent  No comorbidities.
I4a  raised  Echo before cyclophosphamide in 2024 showed EF 60 %.
I4a  raised  Before starting rituximab in March 2023 an echo gave LVEF 58 %.
I4a  raised  At the time of her pericarditis in 2021 the EF was 60 %.
I4a  pass    Echo before starting cyclophosphamide in January 2026 gave an EF of 60 %.
I4a  pass    After rituximab in 2023 her EF is now 60 %.
I4d  raised  Prior to methotrexate in 2019 AST 20, ALT 25.
E11a pass    She has had no live vaccine and is not, and has not been in\nthe last year, in any trial.
E5   pass    There has been no infection in the\nlast month.
E5   pass    She had cellulitis of the left shin, flucloxacillin, last tablet 1 March, all healed, no infection now.
E5   fail    She had cellulitis of the left shin, flucloxacillin, last tablet 4 March, all healed, no infection now.
E7c  pass    HIV negative. Husband: HIV positive, on treatment.
I7a  fail    Pregnancy test, urine: POSITIVE
I2a  pass    Classification? - SLE, yes by 2019 EULAR/ACR
E5   silent  The patient of bed 9 had herpes zoster last week.
E5   silent  Measles is going round the school where she cooks.
E7c  pass    HIV combination test non-reactive.
E7c  fail    HIV combination test reactive.
I4b  pass    Twelve-lead normal.
I5   pass    A neighbour of hers had CAR-T for a lymphoma, she herself never had it.
I5   pass    Her cousin was given CAR-T cells abroad; our patient has not received any.
I5   silent  A neighbour of hers had CAR-T for a lymphoma.
I4a  pass    Echo: LVEF 61 %, normal.
I8   pass    He has read the leaflet and is willing to go into the study.
I8   pass    The patient signed the acceptance to take part in the trial last week.
I8   pass    She has put her signature under the consent.
I8   raised  He would like to come and hear about it.
I8   raised  She asks repeatedly to be evaluated.
I8   raised  The parents have requested this referral.
I8   fail    Answer of the patient: does not agree
I8   silent  She agrees to go in for the biopsy.
I8   silent  Contraception was explained - she says no to any contraception.
I8   silent  I explained the need for contraception; she said no.
E10  pass    Negative: malignancy (father: gastric cancer), CAR-T therapy, live vaccines in the last 3 months, trials.
I5   pass    Negative: malignancy (father: gastric cancer), CAR-T therapy, live vaccines in the last 3 months, trials.
I4a  raised  Echo: pending
I4a  silent  Echo: no valve disease.
I4a  pass    EF 60 % (1 March 2026). Repeat echo pending.
I4c  raised  Renal function: awaited
I4e  raised  LFTs awaited.
E3f  fail    On noradrenaline 0.1 mcg/kg/min, weaning so far not possible.
E3f  fail    Noradrenaline at 0.05 mcg/kg/min, could not be weaned.
E3d  fail    Echo: pericardial effusion (mod).
E3d  raised  mild-mod pericardial effusion
E5   pass    Pneumonia in January, 7 days of co-amoxiclav, recovered.
E2a  raised  She had dialysis.
E2a  pass    Haemodialysis for 3 weeks in 2023, none since.
E2a  fail    She has been on dialysis since January 2026.
E5   silent  Entecavir started by consult of infectious disease.
E6a  pass    No solid-organ or haematopoietic stem-cell transplant; no GVHD.
E6b  pass    Neither organ nor stem cell transplantation.
E6a  silent  - on azathioprine\n-- father had a kidney transplant
E8   pass    Vaccines: last one (live zoster) in 2023.
E8   silent  Her little boy had his MMR last Tuesday.
E10  pass    Oncological history: negative.
E10  pass    Breast lump 2024 was a benign fibroadenoma; no malignancy ever.
E10  raised  CIN 3, conisation 2018. Other malignancy: see above, nothing else.
E11a pass    Trial of anifrolumab ended June 2025.
E11a silent  Therapeutic trial of colchicine.
E11a silent  She has not yet decided about the study.
E11a fail    Last study dose of anifrolumab trial 25 February 2026.
I2a  fail    My diagnosis is drug-induced lupus; systemic lupus erythematosus has been excluded.
I2a  pass    This conforms to the 2019 EULAR/ACR classification.
I4b  pass    No abnormality on ECG.
I4b  pass    ECG nil acute, sinus rhythm.
I4b  pass    No ischaemic changes or arrhythmia on ECG.
I4b  fail    ECG: sinus rhythm, QTc 498 ms.
I4b  raised  ECG: sinus rhythm, QTc 468 ms.
I4g  pass    The lung fields are clear on chest radiograph.
I4g  pass    HRCT thorax without evidence of interstitial lung disease or infection.
I4g  pass    Lungs: normal CT.
I4g  silent  Lungs clear, CT of the abdomen normal.
I4g  raised  CXR: no ILD but a 9 mm nodule.
I6   pass    No contraindication to leukapheresis.
I6   fail    Apheresis is contraindicated because of poor venous access.
I8   raised  She has not yet decided about the study.
I4d  fail    AST 128 (84) U/L, reference up to 40, ALT 96 (70) U/L.
I4d  fail    Results of 05-03-2026 (22-08-2025): AST 128 (84) U/L, ALT 96 (70) U/L.
I4c  pass    Findings (in brackets 15.06.2025):\nCreatinine 0,82 (0,79) mg/dl, GFR 86 (90) ml/min
E7d  pass    Serologies (04/Mar/2026): HBsAg non-reagent, anti-HIV 1/2 non-reagent, VDRL non-reagent.
E7c  raised  HIV negative and TPHA-VDRL negative in February 2024, not repeated since.
E2a  pass    dialysis - never\nany cancer - none\ntransplant - none
E10  pass    No stem cell transplant; no malignancy (skin check 10/2025 clean).
I4g  pass    Chest tomography 28/Feb/2026: without alterations.
E5   silent  Infection (2026-03-07): HBsAg (-), HBsAb (+), HBcAb (+).
E5   silent  Viral / STI bloods 7/2/26: HBsAg -, anti-HBc -, HIV -.
I5   pass    She has taken part in no other study in the past year and never had CAR-T.
I5   silent  Followed for a systemic lupus since 2010, for your protocol of CAR-T cells.
E1   pass    brain / nerve lupus - never
I2a  raised  brain / nerve lupus - never
I2a  raised  lung lupus - never
I8   silent  Trial drug withdrawn for lack of efficacy, last dose and end-of-study visit 3 May 2025.
E5   fail    Osteomyelitis, flucloxacillin for 6 weeks, ending in April.
E5   fail    She came in with a chest infection on 2 March and is on co-amoxiclav until the 14th.
E5   fail    Cryptococcal meningitis of January: fluconazole 400 mg is going on till at least the end of March.
E1   fail    Three weeks before this letter brought in; confusion, neurolupus; rituximab. Next dose due in August.
E5   fail    Source thought to be the necrotic toe, meropenem since this morning. She is septic.
E5   fail    Pulmonary tuberculosis: culture positive in December, now in the third month of rifampicin.
E5   fail    She is in her second week of ganciclovir for CMV colitis.
E1   pass    Seizures from cerebral lupus in 2010. No NPSLE in the years after. In February inpatient, broken ankle.
E1   fail    Admission 12/01/26 - 27/01/26. Found wandering.\nConclusion: psychosis due to lupus.\nRx: IV MP 13-15/01.
E1   silent  Her younger brother, an epileptic since a head injury, had three seizures last week.
E6b  silent  Her twin, treated for leukaemia as a child, had a bone marrow transplant.
E10  fail    She, like her mother, has breast cancer.
E6a  fail    Her father gave her a kidney in January 2020 and it has worked from the first hour.
E6a  silent  She was given a kidney-diet sheet.
E2a  raised  Renal failure was severe. Dialysis was needed for nine days.
I4a  raised  LVEF of 60 % at the echocardiogram of 14 July 2025.
I4b  fail    ECG: sinus rhythm 76, ST depression of 2 mm in V4 to V6, read as ischaemic (5 March).
I4b  fail    The QTc was clearly prolonged (512 ms) on the ECG of 5 March.
I4g  pass    A chest X-ray was done on 12 February. It was normal.
I4g  raised  A chest X-ray was done on 12 February; the ECG was normal.
I4d  fail    The GOT was found at 118 U/l (normal for women up to 35) on 27 February.
I4e  fail    On 27 February ALT 118 U/L, where 35 is the upper limit.
I4e  pass    ALT 118 U/L on 27 February (upper limit for women 45).
I4c  pass    Kidney injury in January pushed the eGFR to 17; it was 46 by 10 February and 61 on 6 March.
I4f  pass    Total bilirubin 95 µmol/L in January. After rituximab it came down to 38 µmol/L by 5 March.
I4c  fail    On 20 February a CKD-EPI filtration rate of 19 ml/min/1,73 m² was found.
I4d  fail    AST 180 U/L on 2 March. Other liver tests normal.
I4d  pass    AST 180 U/L in 2019. LFTs normal now.
I3   raised  Randomised\n3 November 2025.\nSLEDAI-2K 10 (14 July 2025): arthritis, rash.
E2a  pass    Renal replacement: never on HD/PD
E2a  pass    Renal replacement: never on haemodialysis.
E2a  pass    Dialysis: at no time.
I5   pass    CAR-T cells: not yet received.
E1   pass    Nobody has ever found lupus in her brain or nerves.
E3b  pass    She has never had a heart attack, and a 24-hour tape last year was normal.
I4g  raised  Interstitial lung disease, NSIP pattern, mild, stable on CT of March 2026
I4g  fail    Interstitial lung disease, NSIP pattern, severe, on CT of March 2026
E7a  pass    Hep B surface antigen and core antibody: neither found.
I4h  pass    Pulse oximeter reads 95% in the surgery.
I4g  pass    HRCT thorax 28.02.2026: lung parenchyma free, no interstitial changes.
E7d  raised  Infection serologies "all negative" (outside clinic, sheet not seen)
I8   raised  He would be glad to be considered.
E2b  raised  He may well need another course of cyclophosphamide soon.
E3c  pass    She wore a Holter last month and it was clean.
E5   pass    Penicillin brings her out in a rash. There is no infection at present.
E11a silent  Exercise was done according to the Lexiscan study, 0.4 mg of Lexiscan were injected.
E3f  silent  The incision was injected with 1% Xylocaine with epinephrine.
I2b  silent  She was not treated for it.
I2b  fail    Her lupus has so far been untreated.
E6b  silent  MRI without evidence for fracture or marrow replacement process.
I8   silent  It was decided not to proceed with the screw.
I7a  silent  The patient walked out while carrying her baby in a car seat.
E11a silent  She failed several medication trials including valproic acid and topiramate.
I8   silent  Kidney biopsy: the risks were explained and the patient gave her informed consent.
E4   fail    Severe asthma. The lung team could never bring her under prednisolone 10 mg a day.
E4   fail    Sarcoidosis 2018. Every attempt to go below 7.5 mg of prednisone ended badly, so the lung clinic leaves it.
E4   fail    Multiple sclerosis since 2014. Ocrelizumab goes on, the next infusion is due on 2 May.
E4   fail    Problems:\nA) SLE\nB) sarcoidosis\nTreatment:\nad A) hydroxychloroquine 200 mg\nad B) prednisone 10 mg
E4   raised  Problems:\nA) SLE\nB) sarcoidosis\nTreatment:\nad A) prednisone 10 mg, mycophenolate 2 g\nad B) none now
E4   fail    Cryptogenic organising pneumonia was proven in 2024 and prednisolone 12.5 mg has been necessary ever since.
E4   silent  Nephritis class IV was proven in 2024 and mycophenolate 2 g has been necessary ever since.
E4   fail    Scleritis since 2012, not lupus in the eye clinic's view. It is kept white with adalimumab.
E4   silent  Episcleritis in June, settled with drops. Prednisolone 7.5 mg for lupus.
E4   fail    Lepromatous leprosy cured, but type 2 reactions still demand prednisone 25 mg a day.
E4   fail    Aplastic anaemia (2020, before SLE): still on ciclosporin.
E4   silent  Bone marrow suppression on azathioprine in 2021. Now on mycophenolate 2 g and prednisolone 5 mg.
E4   fail    Hepatitis of autoimmune origin in 2016; lifelong azathioprine 75 mg, apart from what we give for the lupus.
E4   fail    Cogan syndrome: her hearing holds only while prednisolone stays at 10 mg or above.
E4   pass    She has no disease other than SLE.
E4   silent  No disease other than SLE was found to explain the fever.
E4   pass    Other AI dz: nil.
E4   pass    We can rule out a further autoimmune or inflammatory disease.
E4   pass    At no point has a disease other than lupus needed long-term corticosteroids or immunosuppressants.
E4   raised  HPA axis suppression, on hydrocortisone 20 mg daily.
I3   fail    On belimumab she came from a SLEDAI-2K of 16 in the summer of last year to 4 in February 2026.
I3   pass    She went from a SLEDAI of 4 in the summer of last year to 12 on 2 March 2026.
I3   raised  SLEDAI 14 in the spring of last year.
I3   fail    Joints and chest were quiet and her SLEDAI-2K, in case you want it, was 2.
I3   pass    SLEDAI-2K, since your form asks for it, was 12.
I3   raised  SLEDAI-2K, if you count the old cylinders, is 12.
E6a  silent  Kidney transplantation has been raised as something for next year.
E6a  silent  Liver transplantation remains a distant possibility.
E6a  silent  The chest team brought up the idea of a lung transplant.
E6a  fail    Kidney transplantation was first mooted in 2014 and performed in 2016.
E6a  fail    Her kidney transplant raised no problems.
I4f  fail    Bilirubin tot. 48 µmol/l
I4b  fail    ECG: V-paced, beneath it a complete (3rd degree) AV block.
E4   raised  It was drug-induced lupus, not SLE. He has had prednisolone 5 mg, and is off prednisolone since May.
E4   fail    This is MCTD and not SLE. She had prednisolone 40 mg in the winter and takes prednisolone 10 mg daily now.
E1   raised  lupus psychosis in her past, different hosp, I haven't the dates
I3   raised  She had a seizure at one time, put down to lupus. Rash today.
I3   raised  There has been psychosis with the lupus, she says; and today alopecia.
E1   raised  There has been psychosis with the lupus, she says.
I3   pass    She has had lupus psychosis since last week, with hallucinations, and arthritis of six joints.
I3   pass    On examination today: psychosis, rash.
I3   raised  Known manifestations: nephritis, psychosis, arthritis. No activity score available.
I3   raised  Manifestations over the years: seizures, arthritis, rash.
I3   pass    SLEDAI-2K is 8 on 2 March.
I3   fail    By my own reckoning this morning her SLEDAI-2K is 3.
I3   fail    SLEDAI-2K on 2 March by our nurse: rash 2, low complement 2, nothing further, total four points.
I3   pass    SLEDAI-2K (scored 1 March): twelve.
I3   pass    The SLEDAI-2K fell from 18 in October to 11 on 20 February.
I3   fail    The SLEDAI-2K fell from 18 in October to 5 on 20 February.
I3   pass    At her visit of 20 February the score of disease activity (SLEDAI-2K) made 14 points.
I8   raised  She is very keen.
I8   raised  Trial: interested, wants to know more.
I8   raised  CAR-T: she'd love to try it.
I8   raised  She has asked whether she might qualify for your study.
I8   raised  She has heard of your trial on the internet and is full of hope.
I8   raised  Motivation for the study: high.
I8   raised  She'd like to be on your list.
I8   raised  She is open to the idea of the trial.
I8   raised  In principle she is willing to take part, but wishes to read the information first.
I8   raised  She is curious about cell therapy.
I8   raised  Patient motivated for CAR-T.
I8   raised  Interest in the study: yes.
I8   raised  Interested? Yes, very.
I8   raised  She is not against it.
I8   fail    She would rather not take part in the trial.
I8   fail    I explained your trial at length. She has declined to enter it.
I8   fail    The trial: she thought about it and it is a no.
I8   pass    She has agreed to take part in the trial.
I8   pass    She read the information and signed the consent form of the study on 3 March.
I8   pass    She wants to take part in the trial and has signed for it.
I8   silent  She declined a renal biopsy. She is keen to return to work.
I8   silent  She declined to enter the ward without her mother.
I8   silent  She consented to the renal biopsy.
I7b  raised  Her husband has had a vasectomy.
I7b  raised  Has an IUD.
I7b  raised  Coil in place, periods light.
I7b  raised  Depo-Provera every 12 weeks from the GP.
I7b  raised  Cu-T in situ.
I7b  raised  Sterilised after the third child.
I7b  pass    She agrees to keep the implant for the year after infusion.
I7b  fail    She refuses any contraception for the year after the infusion.
I7b  silent  She came off the pill last year.
I7a  pass    Serum hCG <1 on 8 March.
I7a  pass    Urine pregnancy test negative, 1 March 2026.
E10  pass    Malignancy (previous or concurrent): excluded.
E10  pass    Malignant disease, past or present: ruled out.
E10  pass    No h/o malignancy. Dadi had ca colon, mausi ca breast.
E10  pass    Cancer, whether before or now: none known.
E10  fail    Malignancy, past: breast cancer 2015.
E10  fail    Malignant disease excluded in the lung, but a thyroid carcinoma was removed in 2019.
E8   pass    She had a flu jab in the autumn; of live vaccines she has had none in the last two months.
E8   pass    Vaccinations: influenza and Covid in October, none in the last two months.
E8   pass    The last vaccine of any kind was two years ago.
E8   pass    No live vaccines for as long as I have known her, eleven years.
E8   raised  Yellow fever vaccine before her trip to Ghana this winter.
E8   fail    Yellow fever vaccine two weeks ago.
E9   raised  Urine test for pregnancy negative on 5 March.
I7a  pass    Periods stopped two years ago.
I7a  pass    Postmenopausal since 2022.
I8   raised  She is extremely keen.
I8   raised  Trial: very interested.
I8   raised  She would sign it today if she could.
I8   raised  The patient is favourable to being assessed for it.
I8   raised  He begged me to write to you on account of the trial.
I8   silent  Her husband is extremely keen on cycling.
I8   fail    The parents withhold their consent.
I8   fail    She has declined to enter it, and we respect that.
I7b  raised  Kyleena in.
I7b  raised  Copper-T in place.
I7b  pass    Implant, to be kept for one year after the infusion, patient agrees.
I7b  pass    She will use the patch for 12 months after the infusion.
E10  pass    Malignancy (past or concomitant): ruled out.
E10  pass    Cancer of any kind, now or previously: excluded.
E10  fail    Malignancy (past): lymphoma in 2011.
E8   pass    Vaccinations: influenza in November, nothing else in the last three months.
E8   pass    The last vaccination was in 2023.
I3   fail    SLEDAI-2K was 14 on 15 December; only two points were left on 20 February.
I3   raised  At one time she was treated for lupus psychosis. Today alopecia.
E7a  fail    HBsAg quantitative 860 IU/mL. HBV DNA 41,000 IU/mL (<10).
E7a  raised  HBsAg 860 IU/mL.
E7a  pass    HBsAg <0.05 IU/mL, anti-HBc negative.
E7a  pass    HBs antigen negative\nanti-HBc (IgG/IgM) negative
E7a  pass    HBcAb positive. PCR for hepatitis B virus: not detected.
E7a  pass    HBsAg positive. The DNA, repeated in January as always, remains undetectable.
E7b  pass    Anti-HCV reactive. PCR from the same sample found no viral RNA.
E7c  pass    HIV, checked at her request on 3 March: negative.
E7c  fail    HIV, checked at her request on 3 March: positive.
E7c  pass    The HIV test of the second trimester (sample of 9 January 2026) was negative.
E7d  pass    Treponemal antibodies: reactive\nTPPA: negative\nRPR: negative
E7d  fail    Treponemal antibodies: reactive\nTPPA: reactive\nRPR: negative
E7c  pass    Serology of February: HCV-Ak negative, HIV-Ak negative.
E7e  pass    CMV DNA, EDTA plasma: target not detected
E7e  pass    We tested for CMV on account of the thrombocytopenia: PCR in plasma negative on 1 March.
I3   raised  #1 SLE, SLEDAI-2K 10 (May 2025)\n#2 ILD, stable on CT of March 2026
E5   fail    PMH: gout, psoriasis.\n\nID: E. coli UTI, on day 4 of 7 of cefpodoxime.
I1   pass    Thank you for seeing Ms K. (59 yrs, SLE since 2010).
"""
_ROWS = [line.split(maxsplit=2) for line in _TABLE.strip().splitlines()]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@pytest.mark.parametrize(("criterion", "answer", "sentence"), _ROWS)
def test_a_sentence_gives_its_answer(pipeline: Pipeline, criterion: str, answer: str, sentence: str) -> None:
    text = _HEAD + sentence.replace("\\n", "\n") + "\n"
    screening = pipeline.screen([letter_from_text(text, "letter", "letter")])[0]
    (found,) = [entry for entry in screening_json(screening)["criteria"] if entry["id"] == criterion]
    assert (found["answer"] if found["answer"] != "unknown" else "raised" if found["raised"] else "silent") == answer
