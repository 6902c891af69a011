"""What several documents of one patient say together: the newest counts, ever is over all, and days are each one's."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.certificate import certificate
from screening.pipeline import Screening
from screening.protocols import find_protocol
from tests.screening.dossiers.screened import answers, dated, screened

JUNE, MAY, MARCH, OLD = "15 June 2026", "4 May 2026", "2 March 2026", "10 March 2024"
CASES = yaml.safe_load((Path(__file__).parent / "together.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("told", CASES, ids=[f"{one['case']['criterion']} {one['case']['what']}" for one in CASES])
def test_documents_together(told: dict[str, Any]) -> None:
    case = told["case"]
    documents = {
        name: text if day == "none" else dated(str(day), text)
        for name, (day, text) in ((name, held) for name, held in told.items() if name != "case")
    }
    assert answers(screened(documents))[case["criterion"]] == case["answer"]


# --- drugs of an old list and a newer letter --------------------------------------------------------------------------

HIGH = (
    "SLE. Prednisolone 60 mg daily since 20 November 2025. Hydroxychloroquine. Mycophenolate 2 g daily."
    " Azathioprine in 2020. SLEDAI-2K 12. Weight 60 kg."
)


def days_of_steroid(screening: Screening) -> float | None:
    found = screening.decision.findings
    return next(finding.low for key, finding in found.items() if key.startswith("glucocorticoid.longest-run"))


def test_a_high_dose_holds_to_the_day_of_its_own_letter_and_no_longer() -> None:
    old = screened({"old": dated(MARCH, HIGH)})
    both = screened({"old": dated(MARCH, HIGH), "new": dated(JUNE, "SLE, weight 60 kg. Prednisolone 10 mg daily.")})
    assert days_of_steroid(old) == days_of_steroid(both) == (date(2026, 3, 2) - date(2025, 11, 20)).days


def test_a_low_dose_of_an_older_letter_does_not_shorten_a_newer_course() -> None:
    new = dated(MARCH, HIGH)
    alone, both = (
        screened({"new": new}),
        screened({"old": dated("1 October 2025", "Prednisolone 5 mg daily."), "new": new}),
    )
    assert days_of_steroid(alone) == days_of_steroid(both)


def test_a_dose_is_divided_by_the_weight_of_its_own_letter() -> None:
    documents = {
        "old": dated(MARCH, HIGH),
        "new": dated(JUNE, "SLE, weight 75 kg. Prednisolone 10 mg daily."),
    }
    assert days_of_steroid(screened(documents)) == 102
    for other in (dated(MARCH, "Weight 75 kg."), "Ward note\nWeight 75 kg.\n"):
        assert days_of_steroid(screened({"old": documents["old"], "of that day": other})) == 0


def test_a_disease_treated_in_an_old_list_is_open_beside_a_newer_list_without_the_drug() -> None:
    old = "SLE. Crohn's disease, on infliximab for Crohn's disease."
    listed = "SLE. Current medication: hydroxychloroquine 400 mg daily."
    stopped = "SLE. Infliximab was stopped in April 2026. Hydroxychloroquine 400 mg daily."
    assert answers(screened({"old": dated(JUNE, old)}))["E4"] == "fail"
    assert answers(screened({"old": dated(MARCH, old), "new": dated(JUNE, listed)}))["E4"] == "raised"
    assert answers(screened({"old": dated(MARCH, old), "new": dated(JUNE, stopped)}))["E4"] != "fail"


# --- the screening date -----------------------------------------------------------------------------------------------


def test_the_screening_date_is_the_newest_documents() -> None:
    assert screened({"a": dated(MAY, "SLE."), "b": dated(JUNE, "SLE.")}).decision.as_of == date(2026, 6, 15)
    assert screened({"a": dated(MAY, "SLE."), "b": "Echocardiogram\nLVEF 60%"}).decision.as_of == date(2026, 5, 4)
    assert screened({"a": "Note\nSLE.", "b": "Echocardiogram\nLVEF 60%"}).decision.as_of is None


def test_of_two_undated_documents_no_result_counts_as_fresh() -> None:
    documents = {"a": "Note\nSLE. No signs of infection.", "b": "Echocardiogram\nLVEF 60%"}
    for as_of in (None, date(2026, 6, 15)):
        found = screened(documents, as_of)
        assert {answers(found)[key] for key in ("I4a", "E5")} == {"raised"}
    assert any("no document has a date" in text for text in screened(documents).warnings)


def test_a_document_newer_than_the_screening_date_is_told_and_its_results_are_not_of_that_day() -> None:
    documents = {"letter": dated(MAY, "SLE."), "labs": dated(JUNE, "SpO2 98%.")}
    found = screened(documents, date(2026, 5, 10))
    assert any("labs" in text and "screening date lies before" in text for text in found.warnings)
    assert answers(found)["I4h"] == "raised"


def test_a_document_much_newer_than_all_others_is_doubted() -> None:
    found = screened({"letter": dated(MAY, "SLE."), "labs": dated("4 May 2036", "SpO2 98%.")})
    assert any(text.startswith("labs: dated more than three years after") for text in found.warnings)


# --- the order in which documents are given makes no difference -------------------------------------------------------

POOL = {
    "letter": dated(JUNE, "SLE. LVEF 60% on 3 February 2026. No signs of infection. Prednisolone 10 mg daily."),
    "echo": dated(MAY, "LVEF 48%, small pericardial effusion."),
    "old": dated(OLD, HIGH),
    "labs": dated(JUNE, "AST 30 U/L, ALT 190 U/L. HBsAg negative. HBcAb positive."),
    "note": "Ward note\nPast history: breast cancer. LVEF 70%.\n",
    "copy": dated(JUNE, "AST 30 U/L, ALT 190 U/L. HBsAg negative. HBcAb positive."),
}


@settings(max_examples=15)
@given(st.permutations(list(POOL)))
def test_the_order_of_the_documents_makes_no_difference(order: list[str]) -> None:
    one, other = screened(POOL), screened({name: POOL[name] for name in order})
    assert one.dossier == other.dossier
    assert one.facts == other.facts
    assert one.warnings == other.warnings
    assert one.decision.findings == other.decision.findings
    assert answers(one) == answers(other)


# --- the independent program bears it out -----------------------------------------------------------------------------

DATED = [one for one in CASES if all(held[0] != "none" for name, held in one.items() if name != "case")]


@pytest.mark.parametrize("told", DATED, ids=[f"{one['case']['criterion']} {one['case']['what']}" for one in DATED])
def test_a_certificate_of_several_documents_holds(told: dict[str, Any]) -> None:
    documents = {name: dated(str(held[0]), held[1]) for name, held in told.items() if name != "case"}
    protocol = find_protocol("NCT06934447").read_text(encoding="utf-8")
    assert len(certificate(screened(documents), protocol)["documents"]) == len(documents)
