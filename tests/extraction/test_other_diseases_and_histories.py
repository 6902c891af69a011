"""For which disease beside lupus a drug is given, what closes a history around a list, and totals without a name."""

from __future__ import annotations

import pytest

from kb.facts import Quantity
from tests.extraction.reading import facts
from tests.extraction.test_medications import one

DISEASES = [
    ("Her Crohn's disease, operated twice, is kept in check by infliximab.", "infliximab", "crohn-disease"),
    ("Ulcerative colitis, pan-colonic; vedolizumab infusions since 2023.", "vedolizumab", "ulcerative-colitis"),
    ("Pemphigus vulgaris since 2021, on Tab. Wysolone 20 mg for the same.", "prednisolone", "pemphigus-vulgaris"),
    ("Myasthenia gravis since 2017. It needs prednisolone 20 mg.", "prednisolone", "myasthenia-gravis"),
    ("Severe asthma. For this she takes prednisolone 10 mg.", "prednisolone", "asthma"),
    ("There is a sarcoidosis, for which the pulmonologist prescribes methotrexate.", "methotrexate", "sarcoidosis"),
    ("Takayasu arteritis (2014): tocilizumab weekly.", "tocilizumab", "takayasu-arteritis"),
    ("Liver transplant 2019 for biliary atresia, on tacrolimus.", "tacrolimus", "liver-transplant"),
    ("prednisone 12.5 mg - chronic eosinophilic pneumonia", "prednisone", "eosinophilic-pneumonia"),
    ("Bullous pemphigoid relapses whenever prednisolone falls under 15 mg.", "prednisolone", "bullous-pemphigoid"),
    ("She has mild psoriasis and she takes mycophenolate 2 g.", "mycophenolate", None),
    ("Psoriasis needs nothing but a cream. Mycophenolate 2 g.", "mycophenolate", None),
    ("Ulcerative colitis, never on anything but mesalazine. Azathioprine 100 mg.", "azathioprine", None),
    ("Her brother has Crohn's disease. Infliximab was considered.", "infliximab", None),
    ("The kidney transplant failed in 2016. Tacrolimus 2 mg bd.", "tacrolimus", None),
]


@pytest.mark.parametrize(("text", "drug", "disease"), DISEASES)
def test_for_which_disease_beside_lupus_a_drug_is_given(text: str, drug: str, disease: str | None) -> None:
    assert one(text, drug).attributes.get("indication") == disease


TAKEN = [
    ("She has not managed without daily prednisolone for nine years.", "prednisolone", "current"),
    ("Crohn's disease, never operated, is held in remission by adalimumab.", "adalimumab", "current"),
    ("Prednisone 15 mg cannot be left off: each attempt ended in double vision.", "prednisone", "current"),
    ("She has never swallowed hydroxychloroquine.", "hydroxychloroquine", "never"),
]


@pytest.mark.parametrize(("text", "drug", "status"), TAKEN)
def test_a_denial_that_is_not_the_drugs(text: str, drug: str, status: str) -> None:
    dosing = one(text, drug).dosing
    assert dosing is not None and dosing.status == status


NO_HARM = [
    ("She has never had a steroid and nothing was ever withdrawn because of side effects.", "glucocorticoid"),
    ("She had leflunomide - and none was stopped for intolerance.", "leflunomide"),
    ("Mycophenolate was given up for want of effect and not for side effects.", "mycophenolate"),
]


@pytest.mark.parametrize(("text", "drug"), NO_HARM)
def test_a_harm_that_ended_none_is_no_reason(text: str, drug: str) -> None:
    dosing = one(text, drug).dosing
    assert dosing is not None and dosing.reason_stopped != "intolerance"


CLOSED = [
    ("Treatments received since diagnosis (exhaustive): HCQ; prednisone max. 20 mg/d.", True),
    ("From 2021 until today she received these and no others: prednisone, HCQ, CellCept.", True),
    ("She has had, all told, HCQ and azathioprine. Beyond these nothing was ever tried.", True),
    ("Previous treatment, exhaustive list:\n- Plaquenil since 2016\n- Imurel 2018-2020", True),
    ("To date she has had HCQ and pred (max 10 mg). That's it.", True),
    ("She was given HCQ and methotrexate; she has not been exposed to any other immunosuppressant.", True),
    ("She has had three drugs and three only - HCQ, prednisolone 10 mg and leflunomide.", True),
    ("Drug history as verified with the pharmacy, nothing missing: HCQ since 2019.", True),
    ("Current medication, complete: HCQ 400 mg, prednisolone 5 mg, nothing else.", False),
    ("The full list of her allergies: penicillin and no others. On HCQ and MMF.", False),
    ("Full treatment history is with her former hospital; we know of HCQ and MMF only.", False),
    ("In the last year she has had MMF and HCQ and nothing else.", False),
    ("She has received all recommended treatment: HCQ, MMF.", False),
    ("The complete list of her earlier drugs is to follow. So far known: HCQ, azathioprine.", False),
    ("She has had MMF and HCQ. On examination there is a rash, nothing else.", False),
    ("Methotrexate was the only drug ever to help her joints. HCQ continues.", False),
    ("This is the complete list of her blood results to date: Hb 10. HCQ and MMF have been given.", False),
]


@pytest.mark.parametrize(("text", "closed"), CLOSED)
def test_what_closes_a_history_around_a_list(text: str, closed: bool) -> None:
    assert ("treatment-history-closed" in {fact.concept for fact in facts(text)}) is closed


def test_what_a_relative_has_only_ever_had_is_the_relatives() -> None:
    found = {fact.concept: fact.experiencer for fact in facts("Her sister has only ever had hydroxychloroquine.")}
    assert found["hydroxychloroquine"] == "family"


TOTALS = [
    ("In July the SLEDAI-2K was 2. On 2 March 2026 it had climbed to 16.", [2, 16]),
    ("SLEDAI-2K 14 last July; at the visit of 3 March 2026 the score was down to 5.", [14, 5]),
    ("SLEDAI-2K on both occasions 4.", [4]),
    ("Treat-to-target, i.e. a SLEDAI below 4; we are far from that, with 8 points on 6 March 2026.", [8]),
    ("In July the SLEDAI-2K was 2. CRP was 4; on 2 March 2026 it had climbed to 16.", [2]),
]


@pytest.mark.parametrize(("text", "totals"), TOTALS)
def test_totals_of_a_score_told_without_its_name(text: str, totals: list[float]) -> None:
    told = [fact.value for fact in facts(text) if fact.concept == "sledai-2k" and fact.value is not None]
    assert {value.interval.low for value in told if isinstance(value, Quantity)} == set(totals)


ABSENT = [
    "We regard this as drug-induced lupus and have taken SLE off his problem list.",
    "It is a dermatomyositis, the lupus hypothesis was abandoned.",
    "Seen for lupus. The correct label is minocycline-induced lupus, and not the systemic form.",
    "Query SLE. After full work-up SLE has been ruled out.",
]


@pytest.mark.parametrize("text", ABSENT)
def test_lupus_that_the_letter_takes_back(text: str) -> None:
    assert {fact.assertion for fact in facts(text) if fact.concept == "sle"} == {"absent"}
