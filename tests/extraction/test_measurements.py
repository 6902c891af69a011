"""Laboratory values and scores in sentences, lists and tables: each line with what is to be read from it."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.measurements import read_measurements
from kb.facts import Coded, Fact, Quantity
from tests.extraction.reading import LETTER_DATE, facts, read


def shown(fact: Fact) -> str:
    """A fact in short: "alt 45 [0, 40]", "hbsag negative", "hbv-dna <20", "ana 640 {titer}"."""
    value = fact.value
    if value is None:
        words = "-"
    elif isinstance(value, Coded):
        words = value.code
    else:
        low, high = value.interval.low, value.interval.high
        if low is None:
            words = ("<" if value.interval.high_open else "≤") + f"{high:.4g}"
        elif high is None:
            words = (">" if value.interval.low_open else "≥") + f"{low:.4g}"
        else:
            words = f"{low:.4g}" if low == high else f"{low:.4g}-{high:.4g}"
        words += f" {value.unit}" if value.unit in ("{ULN}", "{titer}") else ""
    if fact.reference is not None:
        words += f" [{_bound(fact.reference.low)}, {_bound(fact.reference.high)}]"
    return f"{fact.concept} {words}"


def _bound(bound: float | None) -> str:
    return "" if bound is None else f"{bound:.4g}"


def measured(text: str) -> list[str]:
    found = read_measurements(read(text))
    for fact in found:
        assert text[fact.start : fact.end] == fact.quote
    return [shown(fact) for fact in found]


SENTENCES = {
    # --- scores told before and behind their name
    "We score her at 10 on the SLEDAI-2K.": ["sledai-2k 10"],
    "On the SLEDAI-2000 she scores 16 points.": ["sledai-2k 16"],
    "Activity: 18 by SLEDAI-2K.": ["sledai-2k 18"],
    "Disease activity: 12 (SLEDAI-2K).": ["sledai-2k 12"],
    "SLEDAI not scored today.": ["sledai-2k -"],
    "EF normal": ["lv-function normal"],
    # --- print-outs of British general practice: codes of the laboratory, shortened names
    "Serum sodium level (44I5.) 138 mmol/L": ["sodium 138"],
    "Serum creatinine level (XE2q5) 91 umol/L": ["creatinine 91"],
    "Platelet count (42P..) 212": ["platelets 212"],
    "Serum alkaline phosphatase level (44F3x) 71": ["alp 71"],
    "Eosinophil count - observation (42K..) 0.3": ["eosinophils 0.3"],
    "HbA1c levl - IFCC standardised (XaPbt) 41 mmol/mol": ["hba1c 41"],
    "Serum LDL cholest lev 2.4": ["ldl-cholesterol 2.4"],
    "Hb, POC 121": ["haemoglobin 121"],
    "creat. 84, alk.phos. 90, bili. 14": ["creatinine 84", "alp 90", "bilirubin-total 14"],
    "Neuts 3.1 lymphos 0.8 monos 0.4 eosins 0.1 baso 0.0": [
        "neutrophils 3.1",
        "lymphocytes 0.8",
        "monocytes 0.4",
        "eosinophils 0.1",
        "basophils 0",
    ],
    "N0 4.1 x 10^9/L": ["neutrophils 4.1"],
    "T2 N0 M0": [],
    "Na 138 K 4.2 U 6.1 Cr 80": ["sodium 138", "potassium 4.2", "urea 6.1", "creatinine 80"],
    "insulin 10 U 8 hourly": [],
    "Li 0.7": ["lithium-level 0.7"],
    "lithium 0.7 mmol/L": ["lithium-level 0.7"],
    "tacrolimus 7.4 ng/mL": ["tacrolimus-level 7.4"],
    "tacrolimus 3 mg bd": [],
    "HbA1c 20": ["hba1c 20"],
    # --- numbers that belong to the name, lists told "respectively", shares of the white cells
    "positive for CK 7, CK-20 and CK 5/6": [],
    "disc protrusions at C3-4, C4-5": [],
    "CK 85 U/L": ["ck 85"],
    "Glucose and HbA1c were 16 mmol/L and 8.2%, respectively": ["glucose 16", "hba1c 66.13"],
    "Sodium, potassium, and urea were 140, 4.1, and 6.2 mmol/L": ["sodium 140", "potassium 4.1", "urea 6.2"],
    "WBC 9.1, neutrophils 82%": ["wbc 9.1", "neutrophil-share 82"],
    # --- a bracket that makes it another test, and one that says how it was taken
    "Creatinine (urine) 5.6 mmol/L": ["creatinine -"],
    "an enlarged lymph node of 2 cm": [],
    "lymph 1.1": ["lymphocytes 1.1"],
    "Glucose (fasting) 5.1 mmol/L": ["glucose 5.1"],
    "Creatinine (H) 150 umol/L": ["creatinine 150"],
    # --- a weight of running text without a unit may be in pounds
    "Her weight was 132.": [],
    "Her weight was 60 kg.": ["body-weight 60"],
    "Weight: 60": ["body-weight 60"],
    # --- numbers and their units
    "LVEF 48%": ["lvef 48"],
    "Her ejection fraction was 55-60 %.": ["lvef 55-60"],
    "LVEF between 50 and 55%": ["lvef 50-55"],
    "An ejection fraction of 60% was seen.": ["lvef 60"],
    "There was a 60% ejection fraction.": ["lvef 60"],
    "EF > 55 %": ["lvef >55"],
    "eGFR >90 mL/min/1.73m2": ["egfr >90"],
    "CRP <5": ["crp <5"],
    "CRP less than 5 mg/L": ["crp <5"],
    "Creatinine 1.2 mg/dL": ["creatinine 106.1"],
    "Kreatinin 1,2 mg/dl, Gewicht; weight 62,5 kg": ["creatinine 106.1", "body-weight 62.5"],
    "Scr 65umol/L, TBIL 12.3umol/L, GOT 35 U/L, GPT 28 U/L": [
        "creatinine 65",
        "bilirubin-total 12.3",
        "ast 35",
        "alt 28",
    ],
    "Hb 9.8 gm%, TLC 3200 /cumm, platelets 1,20,000/cumm": ["haemoglobin 98", "wbc 3.2", "platelets 120"],
    "platelets 1.2 lakh": ["platelets 120"],
    "HBV DNA is 2.3 x 10^4 IU/mL": ["hbv-dna 2.3e+04"],
    "HBV-DNA <1.0E+02 IU/mL": ["hbv-dna <100"],
    "Weight: 58.4 kg   Height: 163 cm": ["body-weight 58.4", "body-height 163"],
    "Height 5'4\"": ["body-height 162.6"],
    "Serum creatinine (umol/L): 85": ["creatinine 85"],
    "Creatinine (Cr) 85": ["creatinine 85"],
    "LVEF (by Simpson's biplane) = 62 %": ["lvef 62"],
    "LVEF normal at 60%": ["lvef 60"],
    # --- multiples of the upper limit and titres
    "ALT 3 x ULN": ["alt 3 {ULN}"],
    "ALT 2.5× upper limit of normal": ["alt 2.5 {ULN}"],
    "AST was three times normal": ["ast 3 {ULN}"],
    "ALT twice the ULN": ["alt 2 {ULN}"],
    "ANA 1:640 speckled": ["ana 640 {titer}"],
    "ANA positive (1/320)": ["ana 320 {titer}"],
    "ANA titre 1 in 1280": ["ana 1280 {titer}"],
    # --- reference ranges and flags
    "ALT 45 U/L (0-40) H": ["alt 45 [0, 40]"],
    "ALT 120 (ULN 40)": ["alt 120 [, 40]"],
    "ALT 60, ULN 35": ["alt 60 [, 35]"],
    "AST 50 (normal < 35)": ["ast 50 [, 35]"],
    "C3 0.4 g/L (0.9-1.8), C4 0.05": ["c3 0.4 [0.9, 1.8]", "c4 0.05"],
    "C3 62 mg/dL (90-180)": ["c3 0.62 [0.9, 1.8]"],
    "C3 (0.9-1.8 g/L): 0.52": ["c3 0.52 [0.9, 1.8]"],
    "Anti-dsDNA: 250 IU/mL [ref <30]": ["anti-dsdna 250 [, 30]"],
    "Total bilirubin 0.8 mg/dl (0.2-1.2)": ["bilirubin-total 13.68 [3.421, 20.52]"],
    "Bilirubin 3 (0-21)": ["bilirubin-total 3 [0, 21]"],
    "Bilirubin 3 (0.2-1.2)": ["bilirubin-total 51.31 [3.421, 20.52]"],
    "Bilirubin 3": ["bilirubin-total 3-51.31"],
    "Creatinine 92, bilirubin 9": ["creatinine 92", "bilirubin-total 9"],
    # --- lists
    "Hb 10.2, WCC 3.1, Plt 98": ["haemoglobin 102", "wbc 3.1", "platelets 98"],
    "U&Es: Na 140, K 4.2": ["renal-function -", "sodium 140", "potassium 4.2"],
    "AST/ALT 30/25": ["ast 30", "alt 25"],
    "C3/C4 0.45/0.08 g/L": ["c3 0.45", "c4 0.08"],
    "LFT: AST 22 ALT 18 Tbil 0.5": ["liver-function -", "ast 22", "alt 18", "bilirubin-total 8.552"],
    "BP 118/76, HR 72, sats 97% RA": ["diastolic-bp 76", "systolic-bp 118", "heart-rate 72", "spo2 97"],
    "urine protein 3+, urine RBC 10-15/hpf, RBC casts seen": [
        "urine-protein-dipstick positive",
        "urine-rbc 10-15",
        "urine-casts positive",
    ],
    "Urine: RBC 20/hpf, WBC 3/hpf, casts nil": ["urine-rbc 20", "urine-wbc 3", "urine-casts negative"],
    "Proteinuria of 1.2 g/24h": ["urine-protein-24h 1.2"],
    "UPCR 113.12 mg/mmol": ["upcr 1"],
    # --- several values of one test
    "ALT fell from 120 to 45.": ["alt 120", "alt 45"],
    "creatinine 1.8 -> 1.2": ["creatinine 159.1", "creatinine 106.1"],
    "The SLEDAI-2K score has increased from 6 to 14.": ["sledai-2k 6", "sledai-2k 14"],
    "SLEDAI was 18 at baseline and is now 10.": ["sledai-2k 18", "sledai-2k 10"],
    "24-hour urine protein was 3.2 g (previously 1.1 g)": ["urine-protein-24h 3.2", "urine-protein-24h 1.1"],
    # --- qualitative results, shared or not
    "HBsAg and anti-HBc negative, HBV DNA not detected": ["hbsag negative", "anti-hbc negative", "hbv-dna undetected"],
    "HBsAg (-), HBcAb (+)": ["hbsag negative", "anti-hbc positive"],
    "HBsAg(+) HBeAg(-) HBcAb(+)": ["hbsag positive", "hbeag negative", "anti-hbc positive"],
    "negative for HBsAg, anti-HBc and HIV": ["hbsag negative", "anti-hbc negative", "hiv-antibody negative"],
    "HIV, HBV and HCV all negative": [
        "hiv-antibody negative",
        "hepatitis-b-serology negative",
        "hepatitis-c-serology negative",
    ],
    "virology (HBV, HCV, HIV) negative": [
        "hepatitis-b-serology negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
    ],
    "virology negative (HBV, HCV, HIV)": [
        "hepatitis-b-serology negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
    ],
    "Hepatitis serology negative.": ["hepatitis-b-serology negative", "hepatitis-c-serology negative"],
    "Hepatitis B and C and HIV serology were negative.": [
        "hepatitis-b-serology negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
    ],
    "Hepatitis B negative, hepatitis C negative, HIV non-reactive": [
        "hepatitis-b-serology negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
    ],
    "HCV Ab positive with HCV RNA undetectable": ["anti-hcv positive", "hcv-rna undetected"],
    "hbsag -ve; hcv -ve; hiv -ve": ["hbsag negative", "hepatitis-c-serology negative", "hiv-antibody negative"],
    "HBsAg 0.01 IU/mL (0-0.05), anti-HBc 0.1 S/CO": ["hbsag negative", "anti-hbc negative"],
    "HBsAg 250 IU/mL (0-0.05)": ["hbsag positive"],
    "low C3 normal C4": ["c3 low", "c4 normal"],
    "C3 and C4 low": ["c3 low", "c4 low"],
    "normal creatinine and normal ECG": ["creatinine normal", "ecg normal"],
    "LFTs normal, renal function normal": ["liver-function normal", "renal-function normal"],
    "ALT not raised.": ["alt normal"],
    "No raised CRP": ["crp normal"],
    "LV function good. EF preserved": ["lv-function normal", "lv-function normal"],
    "CXR clear. Chest CT unremarkable.": ["chest-xray normal", "chest-ct normal"],
    "ECG: normal sinus rhythm": ["ecg normal"],
    "Echo: normal LV size and function": ["echocardiogram -", "lv-function normal"],
    "RPR reactive, TPPA negative": ["nontreponemal-test positive", "treponemal-test negative"],
    "urine pregnancy test negative; serum beta-hCG < 5": [
        "pregnancy-test-urine negative",
        "pregnancy-test-blood negative",
    ],
    "serum beta-hCG 1200 mIU/mL": ["pregnancy-test-blood positive"],
    "HBV DNA awaited. HIV test not done": ["hbv-dna pending", "hiv-antibody not_done"],
    "Tests awaited: HBV DNA, CMV PCR.": ["hbv-dna pending", "cmv-dna pending"],
    "No anti-dsDNA antibodies. No ECG available.": ["anti-dsdna negative", "ecg not_done"],
    # --- a list shares its result and its date; a heading is not told by one of its members
    "HIV, hepatitis B and hepatitis C negative April 2025.": [
        "hiv-antibody negative",
        "hepatitis-b-serology negative",
        "hepatitis-c-serology negative",
    ],
    "hepatitis B, C and HIV: non-reactive": [
        "hepatitis-b-serology negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
    ],
    "HIV 4th gen NR": ["hiv-antibody negative"],
    "Viral screen: HBsAg neg, anti-HBc neg, HCV/HIV neg": [
        "hbsag negative",
        "anti-hbc negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
    ],
    "Hep B: sAg neg": ["hbsag negative"],
    "Hep B: sAg neg, core not resulted": ["hbsag negative", "anti-hbc not_done"],
    "Hep B sAg neg, core neg, C neg, HIV neg": [
        "hbsag negative",
        "anti-hbc negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
    ],
    "Surface antigen and core antibody for hep B negative.": ["hbsag negative", "anti-hbc negative"],
    "Hep B sAg neg, core Ab pos, DNA not detected": ["hbsag negative", "anti-hbc positive", "hbv-dna undetected"],
    "HCV - Ab positive. RNA 842,000 IU/mL": ["anti-hcv positive", "hcv-rna 8.42e+05"],
    "Hep C antibody positive, but RNA undetected twice": ["anti-hcv positive", "hcv-rna undetected"],
    "HBsAg-, HBsAb+, HBcAb-. HCV-, HIV-, TP-.": [
        "hbsag negative",
        "anti-hbs positive",
        "anti-hbc negative",
        "hepatitis-c-serology negative",
        "hiv-antibody negative",
        "treponemal-test negative",
    ],
    "HBsAg not detected, CMV DNA not detected": ["hbsag negative", "cmv-dna undetected"],
    "HIV undetectable on ART": ["hiv-antibody -", "hiv-rna undetected"],
    "CMV-DNA 1.6E+03 copies/mL (<500)": ["cmv-dna positive"],
    "beta-HCG (serum) 10.12: <0.5 mIU/mL": ["pregnancy-test-blood negative"],
    "UPT neg; BP 120/80. Pregnancy test negative, blood film awaited": [
        "pregnancy-test-urine negative",
        "diastolic-bp 80",
        "systolic-bp 120",
        "pregnancy-test negative",
        "blood-film pending",
    ],
    "SGOT/PT 24/20, TB 0.4": ["ast 24", "alt 20", "bilirubin-total 6.842"],
    # --- reports of investigations
    "ECG sinus rhythm with normal intervals. EKG: NSR. ECG: SR, HR 78/min, normal repolarisation.": [
        "ecg normal",
        "ecg normal",
        "ecg normal",
        "heart-rate 78",
    ],
    "ECG: sinus rhythm, LBBB": ["ecg -"],
    "ECG: sinus rhythm, nonspecific T wave changes": ["ecg -"],
    "ECG: AF rate 140": ["ecg -"],
    "CXR 2 views: no acute cardiopulmonary process. CXR PA - NAD": ["chest-xray normal", "chest-xray normal"],
    "CT chest: lungs clear. HRCT chest: both lungs no obvious abnormality.": ["chest-ct normal", "chest-ct normal"],
    "CXR no infiltrate/effusion, nl": ["chest-xray normal"],
    "CT thorax negative. CT chest negative for PE": ["chest-ct normal", "chest-ct -"],
    "Chest CT: no consolidation, small left effusion": ["chest-ct -"],
    "CXR: clear apart from a small effusion": ["chest-xray -"],
    "Echo: normal chambers & valves. PFTs normal": ["echocardiogram normal", "lung-function normal"],
    # --- a body without its name
    "34-year-old woman (58 kg) on prednisolone 1 mg/kg": ["body-weight 58"],
    "prednisolone 64 mg/day (1 mg/kg at 64 kg)": ["body-weight 64"],
    "girl, 34 kg, 141 cm": ["body-weight 34", "body-height 141"],
    "She gained 12 kg on steroids and is now 70 kg": ["body-weight 70"],
    # --- units that nothing but the rest of the letter tells
    "Bloods: haematology normal. ALT 31, bilirubin 9": ["alt 31", "bilirubin-total 9"],
    "Hb 104, bilirubin 9": ["haemoglobin 104", "bilirubin-total 9"],
    # --- scores
    "SLE by the 2019 EULAR/ACR rules (21 points).": ["eular-acr-2019 21"],
    "EULAR/ACR-2019 positive, 24 points.": ["eular-acr-2019 24"],
    "score of 2019 EULAR/ACR standard 22": ["eular-acr-2019 22"],
    "EULAR/ACR 2019 score 25 - criteria met.": ["eular-acr-2019 25"],
    "total 27 pts by EULAR/ACR 2019": ["eular-acr-2019 27"],
    "SLEDAI-2K calculated by our fellow - 29": ["sledai-2k 29"],
    "SLEDAI 6/4/2025 was 14; repeat 3/30/2026: 10.": ["sledai-2k 14", "sledai-2k 10"],
    "SLEDAI-2K: 14 points": ["sledai-2k 14"],
    "SLEDAI (2K) of 9 today": ["sledai-2k 9"],
    "SLEDAI-2K = 8 (arthritis 4, rash 2)": ["sledai-2k 8"],
    "She scores 21 on EULAR/ACR 2019.": ["eular-acr-2019 21"],
    "She fulfils the 2019 EULAR/ACR criteria (score 24).": ["eular-acr-2019 24"],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_read(text: str) -> None:
    assert measured(text) == SENTENCES[text]


NOTHING = [
    "aim for BP < 130/80",
    "LVEF needs to be above 55%.",
    "If ALT > 3 x ULN stop methotrexate.",
    "target INR 2-3",
    "creatinine in week 4",
    "prednisolone 10 mg alt days",
    "She had a pulse of methylprednisolone for 3 days",
    "CAR-T cells; T2 signal; vitamin K",
    "The patient got 3 doses of vaccine.",
    "seen at an NHS TRUST clinic in 2026",
    "meets the 2019 EULAR/ACR criteria",
    "She has lost 6 kg. Weight loss of 10 kg. Weight fell by 12 kg.",
    "cyclophosphamide 15 mg/kg; spleen 14 cm; fibroid 90 mm",
    "TB was treated in 2011. She got 60 mg. core biopsy of the breast",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_result_gives_no_value(text: str) -> None:
    assert [fact.value for fact in read_measurements(read(text)) if fact.value is not None] == []


def test_a_table_is_read_row_by_row() -> None:
    text = "Test\tResult\tUnit\tReference\nALT\t45\tU/L\t0-40\nCreatinine\t85\tumol/L\t60-110"
    assert measured(text) == ["alt 45 [0, 40]", "creatinine 85 [60, 110]"]


def test_a_print_out_with_flags_and_a_column_of_units() -> None:
    text = (
        "Test            Result     Flag   Reference Range   Units\n"
        "AST             130        H      0-40              U/L\n"
        "Total Bilirubin 0.8               0.2-1.2           mg/dL\n"
        "Creatinine      0.9               0.5-1.1           mg/dL"
    )
    assert measured(text) == [
        "ast 130 [0, 40]",
        "bilirubin-total 13.68 [3.421, 20.52]",
        "creatinine 79.56 [44.2, 97.24]",
    ]


def test_a_table_with_dates_as_columns() -> None:
    text = "Test | 23/5/26 | 13/6/26\nALT | 120 | 45\nCreatinine (umol/L) | 110 | 85"
    found = read_measurements(read(text))
    assert [(shown(fact), fact.time.earliest if fact.time else None) for fact in found] == [
        ("alt 120", date(2026, 5, 23)),
        ("alt 45", date(2026, 6, 13)),
        ("creatinine 110", date(2026, 5, 23)),
        ("creatinine 85", date(2026, 6, 13)),
    ]


def test_a_cumulative_print_out_with_flags_a_range_and_a_second_part() -> None:
    text = (
        "Test       22/05/26   13/06/26   Ref. interval   Unit\n"
        "AST           38 *       99 *    <32             U/L\n"
        "-----------------------------------------------------\n"
        "VIROLOGY  (14/06/26)\n"
        "Hepatitis B surface Ag      Not detected\n"
        "Treponemal Ab (EIA)         Not detected"
    )
    found = read_measurements(read(text))
    assert [(shown(fact), fact.time.earliest if fact.time else None) for fact in found] == [
        ("ast 38 [, 32]", date(2026, 5, 22)),
        ("ast 99 [, 32]", date(2026, 6, 13)),
        ("hbsag negative", date(2026, 6, 14)),
        ("treponemal-test negative", date(2026, 6, 14)),
    ]


def test_a_value_of_the_story_of_a_drug_is_past_where_there_is_another() -> None:
    told, newest = read_measurements(read("MTX stopped: ALT went up to 640.\nALT 20"))
    assert (told.temporality, newest.temporality) == ("historical", "current")
    assert read_measurements(read("MTX stopped: ALT went up to 640."))[0].temporality == "current"


def test_a_vital_sign_on_its_own_line_is_the_patient_s() -> None:
    found = read_measurements(read("Fam Hx: father w/ melanoma.\nSpO2 99% on RA"))
    assert [(fact.experiencer, shown(fact)) for fact in found] == [("patient", "spo2 99")]


def test_a_table_with_tests_as_columns() -> None:
    text = "Date        Hb   WCC\n23/05/2026  102  3.1\n13/06/2026  110  4.0"
    found = read_measurements(read(text))
    assert sorted((shown(fact), fact.time.earliest if fact.time else None) for fact in found) == [
        ("haemoglobin 102", date(2026, 5, 23)),
        ("haemoglobin 110", date(2026, 6, 13)),
        ("wbc 3.1", date(2026, 5, 23)),
        ("wbc 4", date(2026, 6, 13)),
    ]


TIMES = {
    # text: the days of each value
    "echo 30/5/26: LVEF 48%": ["2026-05-30"],
    "LVEF 48% (30/5/26)": ["2026-05-30"],
    "LVEF was 48% on 30 May 2026": ["2026-05-30"],
    "On 3 May 2026, creatinine was 120 and eGFR 45.": ["2026-05-03", "2026-05-03"],
    "LVEF 35% in 2019, 58% on 3 May 2026": ["2019-01-01/2019-12-31", "2026-05-03"],
    "eGFR 28 ml/min on 1 June 2026 (was 45 in January 2026)": ["2026-06-01", "2026-01-01/2026-01-31"],
    "Bloods 13/5/26:\nHb 102\nALT 45": ["2026-05-13", "2026-05-13"],
    "Hb 102": ["-"],
    "In March 2025 she started mycophenolate and her ALT is 30.": ["-"],
    "EULAR/ACR 2019 score 21": ["-"],
    "Creatinine 85 (60-110) on 13/5/26, ALT 45": ["2026-05-13", "-"],
    "Results 2 March 2026: Hb 102; ALT 20. HBsAg negative.": ["2026-03-02", "2026-03-02", "2026-03-02"],
    "Data (26/5/26)\nWBC 4.1 / Plt 233\nLFT nl": ["2026-05-26", "2026-05-26", "2026-05-26"],
    "HIV neg, HCV neg (all 1/2026)": ["2026-01-01/2026-01-31", "2026-01-01/2026-01-31"],
    "CXR Oct clear. EF 57% (March).": ["2025-10-01/2025-10-31", "2026-03-01/2026-03-31"],
    "SLEDAI-2K = 11 last Friday": ["2026-06-12"],
    "19 points on the 2019 ACR/EULAR": ["-"],
    "On 3 March 2026 she was seen. Hb 102.": ["-"],
}


@pytest.mark.parametrize("text", TIMES)
def test_a_result_has_its_own_date(text: str) -> None:
    days = []
    for fact in read_measurements(read(text)):
        if fact.value is None:
            continue
        if fact.time is None:
            days.append("-")
        elif fact.time.earliest == fact.time.latest:
            days.append(str(fact.time.earliest))
        else:
            days.append(f"{fact.time.earliest}/{fact.time.latest}")
    assert days == TIMES[text]


@pytest.mark.parametrize(
    "text",
    [
        "creatinine 1.8 -> 1.2",
        "ALT fell from 120 to 45.",
        "previous creatinine 80, now 120",
        "SLEDAI was 18 at baseline and is now 10.",
    ],
)
def test_the_last_of_a_course_is_the_newest(text: str) -> None:
    first, last = read_measurements(read(text))
    assert first.temporality == "historical" and last.temporality == "current"
    assert first.time is not None and first.time.latest is not None and first.time.latest < LETTER_DATE
    assert last.time is None


def test_support_of_a_saturation() -> None:
    def support(text: str) -> list[str | None]:
        return [fact.attributes.get("support") for fact in read_measurements(read(text))]

    assert support("SpO2 was 96% in room air; oxygen saturation 91% on nasal cannula 2 L/min") == ["room-air", "oxygen"]
    assert support("SpO2 94%") == [None]
    assert support("saturations 98% on 4 litres") == ["oxygen"]


def test_a_syphilis_test_that_was_not_confirmed() -> None:
    first = read_measurements(read("RPR reactive, TPPA negative (biological false positive)"))[0]
    assert first.attributes == {"confirmed": "no"}
    assert read_measurements(read("RPR reactive, TPPA positive"))[0].attributes == {}


def test_a_relative_s_value_is_not_the_patient_s() -> None:
    found = read_measurements(read("Her mother's creatinine was 400. Creatinine 85."))
    assert [(fact.experiencer, shown(fact)) for fact in found] == [
        ("family", "creatinine 400"),
        ("patient", "creatinine 85"),
    ]


LAYOUTS = [
    "{name} {value} {unit}",
    "{name}: {value} {unit}",
    "{name} = {value}{unit}",
    "{name} was {value} {unit} today",
    "{name} of {value} {unit}",
    "{name}\t{value}\t{unit}",
    "{name} | {value} | {unit}",
    "{name} ({unit}): {value}",
    "{name} ({unit}) {value}",
    "Bloods: Hb 102, {name} {value} {unit}, CRP 3",
    "- {name}      {value}      {unit}",
    "{name} {value} {unit} (H)",
    "{name} remains at {value} {unit}.",
]
NAMES = [
    ("creatinine", "creatinine", "umol/L", 20, 2000),
    ("alt", "ALT", "U/L", 2, 900),
    ("platelets", "Plt", "x10^9/L", 2, 900),
    ("c3", "C3", "mg/dL", 5, 300),
]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(LAYOUTS), st.sampled_from(NAMES), st.data())
def test_a_value_reads_back_from_any_layout(
    layout: str, name: tuple[str, str, str, int, int], data: st.DataObject
) -> None:
    concept, spelling, unit, low, high = name
    value = data.draw(st.integers(low, high))
    text = layout.format(name=spelling, value=value, unit=unit)
    found = [fact for fact in read_measurements(read(text)) if fact.concept == concept]
    assert len(found) == 1 and isinstance(found[0].value, Quantity)
    expected = value / 100 if concept == "c3" else value
    assert found[0].value.interval.low == found[0].value.interval.high == pytest.approx(expected)


HOSTILE = st.text(alphabet=string.ascii_letters + string.digits + " .,:;()[]<>=+-/%*→\n\t|~xµ", max_size=120)


@settings(deadline=None, max_examples=80)
@given(HOSTILE, st.sampled_from(["ALT", "HBsAg", "LVEF", "SLEDAI", "BP", "ECG", "C3 and C4"]), HOSTILE)
def test_hostile_text_is_survived_and_quoted(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}"
    reading = read(text)
    for fact in read_measurements(reading):
        assert reading.text[fact.start : fact.end] == fact.quote


def test_long_runs_do_not_run_away() -> None:
    for run in (
        "1" * 4000,
        "ALT " * 800,
        "(" * 4000,
        "ALT 1,1,1,1," * 300,
        "10^" * 900,
        "ALT - " * 700,
        "1 000 " * 700,
    ):
        read_measurements(read("ALT " + run))


@pytest.mark.parametrize(
    "text",
    [
        "CMV DNA was negative in March but 900 copies/mL on 10 June.",
        "CMV PCR undetectable in April, now positive.",
        "HCV RNA not detected in 2024, then detectable again.",
    ],
)
def test_a_negative_result_that_is_overtaken_settles_nothing(text: str) -> None:
    codes = [fact.value.code for fact in facts(text) if fact.kind == "measurement" and isinstance(fact.value, Coded)]
    assert "negative" not in codes and "undetected" not in codes


def test_a_negative_result_that_stays_negative_stands() -> None:
    (fact,) = [fact for fact in facts("CMV PCR negative in April and again now.") if fact.kind == "measurement"]
    assert isinstance(fact.value, Coded) and fact.value.code in ("negative", "undetected")
