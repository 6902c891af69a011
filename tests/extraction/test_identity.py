"""Whom a document is about, as its headings tell: names, numbers and birth dates, and what is none of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.identity import identity_of
from kb.facts import Fact, Time

NAMES = [
    ("Name: A. B.", [("a", "b")]),
    ("Patient Name: DOE, Jane   MRN: 0042171", [("doe", "jane")]),
    ("Patient Name | Doe, Jane A. | Sex | F", [("doe", "jane", "a")]),
    ("Re: Mrs Jane DOE, DOB 12/03/1990", [("jane", "doe")]),
    ("Re: Jane Doe (née Roe) DOB: 12/03/1990", [("jane", "doe", "roe")]),
    ("RE: A.B., 34 years", [("a", "b")]),
    ("Re: Jane Doe\nDate of birth: 12 March 1990", [("jane", "doe")]),
    ("Surname: Roe   Forename(s): Mary Ann", [("mary", "ann", "roe")]),
    ("Patient: ROE Mary  Age/Sex: 34Y/F", [("roe", "mary")]),
    ("Patient: Mrs R.", [("r",)]),
    ("Re: Jean-Luc de la Roe (DOB 12.03.1990)", [("jean", "luc", "de", "la", "roe")]),
    ("Pt Name: J Doe DOB: 12/03/1990", [("j", "doe")]),
    ("NAME: Zoë DOE", [("zoe", "doe")]),
    ("Name: Jane Doe Age: 34 Sex: F", [("jane", "doe")]),
    ("Name: DOE, Jane Mrs", [("doe", "jane")]),
    ("Name: Jane Doe GP: Dr Roe", [("jane", "doe")]),
    # no names
    ("Re: girl, born 12 September 2021, weight 16.4 kg", []),
    ("Re: 34-year-old woman (58 kg), shop manager", []),
    ("Re: Refractory lupus nephritis, DOB 12/03/1990", []),
    ("Re: Lupus Nephritis, born 12/03/1990", []),
    ("RE: Second-opinion request, 27-year-old man with discoid lupus", []),
    ("RESULTS: normal 12/03/2026", []),
    ("Patient: female, 41 years old. Inpatient.", []),
    ("Patient: White female", []),
    ("Patient: A 33-year-old man", []),
    ("Patient: Lives with her sister", []),
    ("Pt: Alert, Oriented. Chest clear.", []),
    ("Patient - Stable.", []),
    ("Pt: 27F, SLE, LN class V", []),
    ("Patient understands and wishes to enrol.", []),
    ("Patient and family strongly hope to be enrolled.", []),
    ("Name: ***   Sex: female", []),
    ("Name: (omitted)  Gender: F", []),
    ("Name: XXXX", []),
    ("Patient: N. N.", []),
    ("Dear Dr Roe,\nThank you for referring this lady.", []),
    ("Name: Dr Roe", []),
    ("Consultant name: Jane Roe", []),
    ("Re: Jane Roe would like to be considered", []),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_names(text: str, names: list[tuple[str, ...]]) -> None:
    assert list(identity_of(text, (), None).names) == names


NUMBERS = [
    ("NHS No: 943 476 5919", {"NHS number": {"9434765919"}}, {}),
    ("NHS number 9434765919, Hosp. No. B-123456", {"NHS number": {"9434765919"}}, {"record number": {"B123456"}}),
    ("MRN: 0042171", {}, {"record number": {"42171"}}),
    ("MRN 42171 12/03/2026", {}, {"record number": {"42171"}}),
    ("Patient ID | 88123-4", {}, {"patient number": {"881234"}}),
    ("MRN: 00000000", {}, {}),
    ("MRN: withheld", {}, {}),
    ("Lab No: 123456  Sample 99-123", {}, {}),
    ("Patient ID: 12/03/1990", {}, {}),
]


@pytest.mark.parametrize(("text", "national", "local"), NUMBERS)
def test_numbers(text: str, national: dict[str, set[str]], local: dict[str, set[str]]) -> None:
    found = identity_of(text, (), None)
    assert {kind: set(told) for kind, told in (found.national or {}).items()} == national
    assert {kind: set(told) for kind, told in (found.local or {}).items()} == local


def born(when: Time) -> Fact:
    return Fact("f1", "demographic", "birth-date", "Date of birth", 0, 0, 3, "DOB", time=when)


def test_a_birth_date_in_figures_may_be_the_other_way_round() -> None:
    months = Time.on(date(1990, 3, 12), "12/03/1990")
    assert identity_of("", [born(months)], None).births == (
        (date(1990, 12, 3), date(1990, 12, 3)),
        (date(1990, 3, 12), date(1990, 3, 12)),
    )
    for written in ("12 March 1990", "1990-03-12"):
        spans = identity_of("", [born(Time.on(date(1990, 3, 12), written))], None).births
        assert spans == ((date(1990, 3, 12), date(1990, 3, 12)),)


@given(st.text(alphabet="ABab .,:\n|-Namere0123456789/()", max_size=120))
def test_no_text_is_too_strange(text: str) -> None:
    for name in identity_of(text, (), None).names:
        assert name
        assert all(part == part.lower() and part for part in name)
