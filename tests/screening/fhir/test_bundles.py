"""Bundles that cannot be used, or only in part: one line with the place of the fault and no value of the patient."""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.facts import Fact
from screening.documents import BadInputError, find_letters, letters_from_bytes
from screening.documents.limits import limits_in_use
from screening.fhir.content import looks_like_fhir
from tests.screening.fhir.resources import Made, bundle, condition, extracted, letters, observation, patient

SECRET = "Q7-secret"


def refusal(raw: bytes) -> str:
    with pytest.raises(BadInputError) as error:
        letters(raw)
    message = str(error.value)
    assert "\n" not in message and SECRET not in message and message.startswith("bundle.json: ")
    return message


def changed(resource: Made, **more: Any) -> bytes:
    return bundle(patient(), {**resource, **more})


REFUSED: list[tuple[str, bytes, str]] = [
    ("cut short", bundle(patient())[:-9], "JSON at line 1"),
    ("a resource a line", b'{"resourceType": "Patient"}\n{"resourceType": "Condition"}\n', "put them into one Bundle"),
    ("another resource", json.dumps(patient()).encode(), "a FHIR Patient, not a Bundle"),
    ("an entry that is no entry", b'{"resourceType": "Bundle", "type": "collection", "entry": [3]}', "entry"),
    ("empty", b'{"resourceType": "Bundle", "type": "collection"}', "it is empty"),
    ("of kinds that are not read", bundle({"resourceType": "Encounter", "status": "finished"}), "Encounter"),
    ("a wrong type", changed(observation("718-7", 9.8, "g/dL"), status=3), "entry[1].resource.status (Observation)"),
    ("what FHIR has not", changed(observation("718-7"), secret=SECRET), "entry[1].resource.secret (Observation)"),
    (
        "a missing key",
        bundle({"resourceType": "Condition", "code": {"text": SECRET}}),
        "entry[0].resource.subject (Condition)",
    ),
    ("a bad date", changed(observation("718-7"), effectiveDateTime=SECRET), "entry[1].resource.effectiveDateTime"),
    ("two values", changed(observation("718-7", 9.8, "g/dL"), valueString=SECRET), "entry[1].resource"),
    ("a number that is none", bundle(observation("718-7", float("nan"), "g/dL")), "not readable"),
    (
        "a key given twice",
        b'{"resourceType": "Bundle", "resourceType": "Bundle", "type": "collection"}',
        "not readable",
    ),
    ("very deep", b'{"resourceType": "Bundle", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not readable"),
    ("no UTF-8", bundle(patient()).replace(b"female", b"f\xe9male"), "not UTF-8"),
    ("former versions", bundle(patient(), type="history"), "former versions"),
    ("two patients", bundle(patient(), {**patient(), "id": "other"}), "2 patients"),
    (
        "of two patients",
        bundle(condition("x"), {**condition("y"), "subject": {"reference": "Patient/z"}}),
        "2 patients",
    ),
]


@pytest.mark.parametrize(("name", "raw", "told"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_wrong_is_told_in_one_line(name: str, raw: bytes, told: str) -> None:
    assert told in refusal(raw)


def test_without_the_library_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B.bundle", None)
    importlib.invalidate_caches()
    assert "pip install 'eligo[fhir]'" in refusal(bundle(patient()))


def test_another_patients_entries_are_left_out_and_counted() -> None:
    stranger = {**observation("10230-1", 60, "%"), "subject": {"reference": "Patient/other"}}
    found = extracted(bundle(patient(), stranger, observation("10230-1", 48, "%", subject={"reference": "Patient/p"})))
    assert [fact.value and fact.value.written for fact in found.facts if fact.concept == "lvef"] == ["48%"]
    assert "entries of another patient, left out: 1" in found.warnings


def test_a_patient_is_known_by_every_address() -> None:
    entries = json.loads(bundle(patient(), observation("10230-1", 48, "%", subject={"reference": "urn:uuid:7"})))
    entries["entry"][0]["fullUrl"] = "urn:uuid:7"
    assert "lvef" in {fact.concept for fact in extracted(json.dumps(entries).encode()).facts}
    served = observation("10230-1", 48, "%", subject={"reference": "https://hospital.example/fhir/Patient/p"})
    assert "lvef" in {fact.concept for fact in extracted(bundle(patient(), served)).facts}


def test_kinds_that_are_not_read_are_counted_and_not_checked() -> None:
    odd = {"resourceType": "Encounter", "nonsense": SECRET}
    assert "kinds of entries that are not read: Encounter (2)" in extracted(bundle(patient(), odd, odd)).warnings


def test_an_entry_whose_meaning_is_changed_is_left_out() -> None:
    changes = {"modifierExtension": [{"url": "http://hospital.example/only-a-plan", "valueBoolean": True}]}
    found = extracted(bundle(patient(), {**observation("10230-1", 60, "%"), **changes}))
    assert "lvef" not in {fact.concept for fact in found.facts}
    assert "entries with a modifier that is not understood, left out: 1" in found.warnings


def test_an_entry_given_twice_counts_once() -> None:
    found = extracted(bundle(patient(), observation("10230-1", 48, "%"), observation("10230-1", 48, "%")))
    assert [fact.concept for fact in found.facts].count("lvef") == 1


WARNED = [
    (
        "a page of several",
        bundle(patient(), link=[{"relation": "next", "url": "https://hospital.example/2"}]),
        "one page",
    ),
    ("notes", bundle(patient(), observation("10230-1", 48, "%", note=[{"text": SECRET}])), "not read: 1"),
    ("someone who has died", bundle(patient(deceasedBoolean=True)), "having died"),
]


@pytest.mark.parametrize(("name", "raw", "told"), WARNED, ids=[row[0] for row in WARNED])
def test_the_reader_is_warned(name: str, raw: bytes, told: str) -> None:
    warnings = extracted(raw).warnings
    assert any(told in warning for warning in warnings) and not any(SECRET in warning for warning in warnings)


def test_the_day_of_a_bundle_is_its_own_and_never_the_clocks() -> None:
    assert str(extracted(bundle(patient())).dossier.documents[0].date.earliest) == "2026-06-15"  # type: ignore[union-attr]
    undated = extracted(bundle(patient(), timestamp=None))
    assert undated.dossier.documents[0].date is None
    assert any("does not say of which day" in warning for warning in undated.warnings)


def test_a_bundle_beyond_all_records_is_refused() -> None:
    few = dataclasses.replace(limits_in_use(), values=10)
    with pytest.raises(BadInputError, match="more than 10 values"):
        letters_from_bytes(bundle(patient(), observation("10230-1", 48, "%")), "b", "b", few)


def test_of_a_folder_the_bundles_are_letters_and_other_json_is_not(tmp_path: Path) -> None:
    (tmp_path / "record.json").write_bytes(bundle(patient()))
    (tmp_path / "settings.json").write_text('{"colour": "blue"}')
    assert list(find_letters([str(tmp_path)])) == [str(tmp_path / "record.json")]


WHOLE = bundle(patient(), condition("Systemic lupus erythematosus"), observation("10230-1", 48, "%"))


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 40), st.binary(max_size=20))
def test_a_damaged_bundle_is_read_or_refused_and_never_more(at: int, lost: int, put: bytes) -> None:
    damaged = WHOLE[:at] + put + WHOLE[at + lost :]
    try:
        found = letters_from_bytes(damaged, "b", "b")
    except BadInputError as error:
        assert str(error).startswith("b: ") and "\n" not in str(error)
    else:
        assert all(_stands(fact, letter.document.text) for letter in found for fact in letter.facts or ())


def test_json_that_is_not_fhir_is_left_to_other_readers() -> None:
    assert looks_like_fhir(b"\xef\xbb\xbf\n" + bundle(patient()))
    assert not looks_like_fhir(b'{"letter": "Dear colleague"}')
    assert not looks_like_fhir(b'Dear colleague, her record says "resourceType": "Bundle".')


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: text.strip() != ""
)


@given(st.lists(st.tuples(texts, st.sampled_from(["718-7", "10230-1", "2160-0", "0-0"])), max_size=6))
def test_quotes_stand_in_the_text_whatever_a_record_calls_things(told: list[tuple[str, str]]) -> None:
    entries = [
        observation({"coding": [{"system": "http://loinc.org", "code": code}], "text": text}, 50, "%")
        for text, code in told
    ]
    found = extracted(bundle(patient(), *entries))
    text = found.dossier.documents[0].text
    assert all(_stands(fact, text) for fact in found.facts)
    assert text.splitlines() == text.removesuffix("\n").split("\n")
    assert [fact.id for fact in found.facts] == [f"f{number}" for number in range(1, len(found.facts) + 1)]


def _stands(fact: Fact, text: str) -> bool:
    return text[fact.start : fact.end] == fact.quote and "\n" not in fact.quote
