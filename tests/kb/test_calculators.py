"""The calculators against published values and against their definition over intervals.

Published numbers are facts of the sources each calculator names; interval answers are checked by sampling
the inputs: no point inside the inputs may fall outside the answer, and its two ends are reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.calculators import eular_acr_2019, sledai_2k
from kb.calculators.egfr import ckd_epi_2021, schwartz_2009
from kb.calculators.prednisone import amounts, prednisone_equivalent
from kb.facts import Interval

PRESENT, ABSENT = Interval(1, 1), Interval(0, 0)
Sex = Literal["female", "male"]
exactly = Interval.exactly


def between(least: float, most: float) -> st.SearchStrategy[Interval]:
    number = st.floats(least, most)
    return st.tuples(number, number).map(lambda pair: Interval(min(pair), max(pair)))


def inside(interval: Interval, share: float) -> float:
    assert interval.low is not None and interval.high is not None
    return min(interval.high, interval.low + share * (interval.high - interval.low))


def close(answer: Interval, low: float | None, high: float | None, tolerance: float = 0.05) -> bool:
    pairs = ((answer.low, low), (answer.high, high))
    return all(
        got is want if got is None or want is None else got == pytest.approx(want, abs=tolerance) for got, want in pairs
    )


# --- prednisone equivalence ---


@pytest.mark.parametrize(
    ("drug", "milligrams", "low", "high"),
    [
        ("prednisolone", 40, 40, 40),
        ("prednisone", 60, 60, 60),
        ("methylprednisolone", 1000, 1250, 1250),
        ("triamcinolone", 16, 20, 20),
        ("hydrocortisone", 20, 5, 5),
        ("cortisone", 37.5, 7.5, 7.5),
        ("deflazacort", 30, 25, 25),
        ("dexamethasone", 6, 40, 40),
        ("betamethasone", 6, 40, 50),
    ],
)
def test_prednisone_equivalents(drug: str, milligrams: float, low: float, high: float) -> None:
    answer = prednisone_equivalent(drug, exactly(milligrams))
    assert answer is not None and close(answer, low, high, 1e-9)


def test_a_dose_range_and_its_open_side_are_kept() -> None:
    assert prednisone_equivalent("deflazacort", Interval(12, None, low_open=True)) == Interval(10, None, low_open=True)
    assert prednisone_equivalent("prednisone", Interval(None, 10, high_open=True)) == Interval(None, 10, high_open=True)


def test_a_drug_that_is_no_glucocorticoid_has_no_equivalent() -> None:
    assert prednisone_equivalent("azathioprine", exactly(100)) is None


def test_every_amount_is_positive() -> None:
    assert all(amount.low is not None and amount.low > 0 for amount in amounts().values())


# --- eGFR ---


@pytest.mark.parametrize(
    ("sex", "age", "mg_dl", "expected"),
    [("female", 55, 0.9, 75.5), ("male", 26, 1.1, 94.9), ("female", 40, 2.0, 31.8), ("male", 60, 1.0, 86.2)],
)
def test_ckd_epi_2021(sex: Sex, age: float, mg_dl: float, expected: float) -> None:
    assert close(ckd_epi_2021(exactly(mg_dl * 88.4), exactly(age), sex), expected, expected)


@pytest.mark.parametrize(("umol_l", "height", "expected"), [(71, 158, 81.2), (0.6 * 88.4, 101, 69.5)])
def test_bedside_schwartz(umol_l: float, height: float, expected: float) -> None:
    assert close(schwartz_2009(exactly(umol_l), exactly(height)), expected, expected)


def test_egfr_of_a_one_sided_creatinine() -> None:
    above = ckd_epi_2021(Interval(500, None, low_open=True), exactly(40), "male")
    assert above.low == 0 and above.high is not None and above.high < 15 and above.high_open
    below = schwartz_2009(Interval(None, 27, high_open=True), exactly(120))
    assert below.low is not None and below.low > 160 and below.low_open and below.high is None


def test_an_unknown_sex_spans_both() -> None:
    creatinine, age = exactly(100), exactly(50)
    woman, man = ckd_epi_2021(creatinine, age, "female"), ckd_epi_2021(creatinine, age, "male")
    assert ckd_epi_2021(creatinine, age, None) == Interval(woman.low, man.high)


@pytest.mark.parametrize("creatinine", [exactly(0), Interval(-5, 60)])
def test_an_impossible_creatinine_is_refused(creatinine: Interval) -> None:
    with pytest.raises(ValueError, match="creatinine"):
        ckd_epi_2021(creatinine, exactly(40), "female")
    with pytest.raises(ValueError, match="creatinine"):
        schwartz_2009(creatinine, exactly(120))


SEXES = st.sampled_from((*get_args(Sex), None))


@given(between(10, 1500), between(18, 100), SEXES, st.floats(0, 1), st.floats(0, 1))
def test_ckd_epi_holds_every_point(
    creatinine: Interval, age: Interval, sex: Sex | None, first: float, second: float
) -> None:
    answer = ckd_epi_2021(creatinine, age, sex)
    at_creatinine, at_age = exactly(inside(creatinine, first)), exactly(inside(age, second))
    point = ckd_epi_2021(at_creatinine, at_age, sex or "female")
    assert answer.low is not None and answer.high is not None and point.low is not None
    assert answer.low <= point.low * (1 + 1e-9) and point.low <= answer.high * (1 + 1e-9)


@given(between(10, 1500), between(50, 190), st.floats(0, 1), st.floats(0, 1))
def test_schwartz_holds_every_point(creatinine: Interval, height: Interval, first: float, second: float) -> None:
    answer = schwartz_2009(creatinine, height)
    point = schwartz_2009(exactly(inside(creatinine, first)), exactly(inside(height, second)))
    assert answer.low is not None and answer.high is not None and point.low is not None
    assert answer.low <= point.low * (1 + 1e-9) and point.low <= answer.high * (1 + 1e-9)


# --- SLEDAI-2K ---

SLEDAI_WEIGHTS = {
    8: "seizure psychosis organic-brain-syndrome visual-disturbance cranial-nerve-disorder lupus-headache stroke"
    " vasculitis",
    4: "arthritis myositis urinary-casts haematuria proteinuria pyuria",
    2: "rash alopecia mucosal-ulcers pleurisy pericarditis low-complement increased-dna-binding",
    1: "fever thrombocytopenia leukopenia",
}


def test_sledai_has_its_24_items_with_their_weights() -> None:
    expected = {item: weight for weight, names in SLEDAI_WEIGHTS.items() for item in names.split()}
    assert {key: item.weight for key, item in sledai_2k.items().items()} == expected
    assert len(expected) == 24


@pytest.mark.parametrize(
    ("present", "points"),
    [
        ("", 0),
        ("arthritis rash low-complement", 8),
        ("haematuria proteinuria pyuria urinary-casts low-complement increased-dna-binding", 20),
        ("fever thrombocytopenia leukopenia", 3),
        ("seizure fever", 9),
    ],
)
def test_sledai_totals(present: str, points: int) -> None:
    chosen = present.split()
    closed = {key: PRESENT if key in chosen else ABSENT for key in sledai_2k.items()}
    assert sledai_2k.bounds(closed) == Interval(points, points)
    open_ended = sledai_2k.bounds(dict.fromkeys(chosen, PRESENT))
    assert (open_ended.low, open_ended.high) == (points, 105)


def test_a_foreign_item_is_refused() -> None:
    with pytest.raises(ValueError, match="nephritis"):
        sledai_2k.bounds({"nephritis": PRESENT})
    with pytest.raises(ValueError, match="between 0 and 1"):
        sledai_2k.bounds({"fever": Interval(0, 2)})


# --- EULAR/ACR 2019 ---


@pytest.mark.parametrize(
    ("present", "total", "classified"),
    [
        ("leukopenia thrombocytopenia autoimmune-haemolysis", 4, 0),
        ("delirium psychosis seizure", 5, 0),
        ("oral-ulcers subacute-cutaneous-or-discoid-lupus acute-cutaneous-lupus", 6, 0),
        ("effusion acute-pericarditis", 6, 0),
        ("proteinuria nephritis-class-2-or-5 nephritis-class-3-or-4", 10, 1),
        ("low-c3-or-c4 low-c3-and-c4", 4, 0),
        ("fever proteinuria antiphospholipid-antibodies", 8, 0),
        ("joint-involvement low-c3-or-c4", 9, 0),
        ("joint-involvement low-c3-and-c4", 10, 1),
        ("nephritis-class-2-or-5 acute-cutaneous-lupus leukopenia fever", 19, 1),
        # twelve points, none of them clinical
        ("antiphospholipid-antibodies low-c3-and-c4 anti-dsdna-or-anti-sm", 12, 0),
        ("antiphospholipid-antibodies low-c3-and-c4 anti-dsdna-or-anti-sm alopecia", 14, 1),
    ],
)
def test_eular_acr_totals(present: str, total: int, classified: int) -> None:
    answer = eular_acr_2019.bounds(PRESENT, settled(present))
    assert answer.total == Interval(total, total)
    assert answer.classified == Interval(classified, classified)


def test_without_ana_nobody_is_classified() -> None:
    answer = eular_acr_2019.bounds(ABSENT, dict.fromkeys(eular_acr_2019.items(), PRESENT))
    assert (answer.total, answer.classified) == (Interval(0, 0), Interval(0, 0))


def test_an_untold_ana_leaves_the_classification_open() -> None:
    answer = eular_acr_2019.bounds(None, settled("nephritis-class-3-or-4"))
    assert (answer.total, answer.classified) == (Interval(0, 10), Interval(0, 1))


def test_the_maximum_is_51() -> None:
    assert eular_acr_2019.bounds(None, {}).total == Interval(0, 51)


def settled(present: str) -> Mapping[str, Interval]:
    return {key: PRESENT if key in present.split() else ABSENT for key in eular_acr_2019.items()}


STATES = st.sampled_from([PRESENT, ABSENT, Interval(0, 1), None])


@given(st.data())
def test_every_way_to_settle_the_open_items_stays_in_bounds(data: st.DataObject) -> None:
    for score in (sledai_2k, eular_acr_2019):
        partly = {key: data.draw(STATES) for key in score.items()}
        fully = {
            key: value if value in (PRESENT, ABSENT) else data.draw(st.sampled_from([PRESENT, ABSENT]))
            for key, value in partly.items()
        }
        if score is sledai_2k:
            outer, inner = sledai_2k.bounds(partly), sledai_2k.bounds(fully)
        else:
            outer = eular_acr_2019.bounds(PRESENT, partly).total
            inner = eular_acr_2019.bounds(PRESENT, fully).total
        assert inner.low == inner.high
        assert (outer.low or 0) <= (inner.low or 0) <= (outer.high or 0)
