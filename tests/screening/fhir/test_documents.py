"""The documents of a Bundle and its entries as one dossier: contradictions are shown, and nothing is fetched."""

from __future__ import annotations

import base64
import socket
from typing import Any

import pytest

from kb.facts import Quantity
from screening.interface import screening_json
from tests.screening.fhir.resources import Made, bundle, condition, extracted, letters, observation, patient, screened

LETTER = "15 June 2026\n\nThis woman has SLE. Echocardiogram on 30 May 2026: LVEF 58%.\n"


def attachment(text: str | None = LETTER, **more: Any) -> Made:
    data = {} if text is None else {"data": base64.b64encode(text.encode()).decode()}
    return {"contentType": "text/plain", **data, **more}


def document(*attachments: Made, **more: Any) -> Made:
    content = [{"attachment": one} for one in attachments]
    return {"resourceType": "DocumentReference", "status": "current", "content": content, **more}


def test_an_attached_letter_is_read_as_a_letter_is() -> None:
    found = letters(bundle(patient(), document(attachment())))
    assert [letter.document.text for letter in found][1:] == [LETTER]
    assert found[1].facts is None and found[0].facts is not None
    assert "lvef" in {fact.concept for fact in extracted(bundle(document(attachment()))).facts}


def test_text_and_entry_meet_in_one_finding_with_both_quotes() -> None:
    echo = observation("10230-1", 48, "%", effectiveDateTime="2026-05-30")
    raw = bundle(patient(), echo, document(attachment()))
    told = screening_json(screened(raw))
    [criterion] = [one for one in told["criteria"] if one["id"] == "I4a"]
    assert criterion["answer"] == "unknown" and criterion["raised"]
    assert {(one["document"], one["quote"]) for one in criterion["evidence"]} == {
        (0, "Observation: Left ventricular ejection fraction 48% (2026-05-30)"),
        (1, "LVEF 58%"),
    }
    sources = {fact["id"]: fact.get("source") for fact in told["facts"]}
    assert {sources[key] for key in criterion["facts"]} == {"structured", None}


def test_the_newest_of_text_and_entry_counts() -> None:
    older = observation("10230-1", 48, "%", effectiveDateTime="2026-05-29")
    criteria = {
        one["id"]: one["answer"]
        for one in screening_json(screened(bundle(patient(), older, document(attachment()))))["criteria"]
    }
    assert criteria["I4a"] == "pass"
    newer = observation("10230-1", 48, "%", effectiveDateTime="2026-05-31")
    criteria = {
        one["id"]: one["answer"]
        for one in screening_json(screened(bundle(patient(), newer, document(attachment()))))["criteria"]
    }
    assert criteria["I4a"] == "fail"


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    linked = document(attachment(None, url="https://hospital.example/letter.pdf"))
    found = extracted(bundle(patient(), linked))
    assert [warning for warning in found.warnings if "nothing is fetched" in warning]


def test_a_link_to_what_the_bundle_holds_is_followed() -> None:
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": attachment()["data"]}
    assert len(letters(bundle(document(attachment(None, url="Binary/b")), binary))) == 2


UNREAD = [
    ("empty", attachment(None), "empty"),
    ("no Base64", {"contentType": "text/plain", "data": "!!!"}, ""),
    (
        "an archive",
        {"contentType": "application/zip", "data": base64.b64encode(b"\x1f\x8b\x08" + b"x" * 40).decode()},
        "compressed",
    ),
    ("superseded", None, "superseded"),
]


@pytest.mark.parametrize(("name", "told", "why"), UNREAD, ids=[row[0] for row in UNREAD])
def test_a_document_that_cannot_be_read_harms_no_other(name: str, told: Made | None, why: str) -> None:
    one = document(attachment(), status="superseded") if told is None else document(told)
    found = letters(bundle(patient(), one, document(attachment())))
    assert [letter.document.text for letter in found][1:] == [LETTER]
    assert any("DocumentReference-1" in note and why in note for note in found[0].notes)


def test_a_text_without_a_date_takes_that_of_its_entry() -> None:
    undated = attachment("She has SLE. LVEF 58%.", creation="2026-05-01T12:00:00Z")
    visit = {"context": {"period": {"start": "2026-04-30", "end": "2026-04-30"}}}
    by_visit, by_making = letters(bundle(document(undated, **visit), document(undated)))[1:]
    days = [str(letter.document.date and letter.document.date.earliest) for letter in (by_visit, by_making)]
    assert days == ["2026-04-30", "2026-05-01"]
    assert by_visit.notes == ("dated by its entry in the Bundle",)


def section(status: str, text: str) -> Made:
    return {"title": "x", "text": {"status": status, "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'}}


def test_conclusions_of_reports_and_narratives_of_documents_are_read() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Echocardiogram"},
        "effectiveDateTime": "2026-05-30",
        "conclusion": "LVEF 58%, no pericardial effusion.",
    }
    composition = {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "Referral"},
        "date": "2026-06-10",
        "author": [{"display": "Clinic"}],
        "title": "Referral",
        "section": [section("additional", "LVEF 58%"), section("generated", "LVEF 48%")],
    }
    assert [letter.document.name for letter in letters(bundle(patient(), composition))][1:] == [
        "bundle.json/Composition-1-section-1"
    ]
    found = letters(bundle(patient(), report))
    assert [letter.document.name for letter in found] == ["bundle.json", "bundle.json/DiagnosticReport-1-conclusion"]
    assert str(found[1].document.date and found[1].document.date.earliest) == "2026-05-30"


def test_the_document_of_the_entries_is_not_read_as_a_letter_again() -> None:
    found = extracted(bundle(patient(), condition("Systemic lupus erythematosus"), observation("10230-1", 48, "%")))
    assert [fact.concept for fact in found.facts] == ["birth-date", "sex", "sle", "lvef"]
    assert {fact.source for fact in found.facts} == {"structured"}
    assert isinstance(found.facts[-1].value, Quantity)
