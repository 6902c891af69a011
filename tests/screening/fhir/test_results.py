"""A screening as FHIR: valid by the library, the same each time, and never more certain than R4's words allow."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from screening.cli import run
from screening.documents import letter_from_text, read_letters
from screening.fhir.results import result_bundle
from screening.pipeline import Pipeline, Screening
from screening.protocols import protocol_ids, read_protocol
from tests.screening.fhir.resources import Made, bundle, observation, patient, screened

LETTERS = Path(__file__).parents[3] / "corpus" / "letters" / "develop"
SHIPPED = sorted(LETTERS.glob("0[1-6]*.txt"))
OPEN = "15 June 2026\n\nThis 34-year-old woman has SLE.\n"


def resources(made: Made, kind: str) -> list[Made]:
    return [one["resource"] for one in made["entry"] if one["resource"]["resourceType"] == kind]


def told(response: Made, name: str) -> list[Any]:
    parts = [one for one in response["contained"][0]["parameter"] if one["name"] == name]
    return [next((value for key, value in one.items() if key.startswith("value")), one.get("part")) for one in parts]


@pytest.fixture(scope="module")
def screenings() -> list[Screening]:
    pipeline = Pipeline([read_protocol("NCT06934447")])
    return [pipeline.screen(read_letters(str(path)))[0] for path in SHIPPED]


def test_every_result_is_valid_and_reads_back_the_same(screenings: list[Screening]) -> None:
    for screening in screenings:
        made = result_bundle(screening)
        model = Bundle.model_validate(made)
        assert json.loads(model.model_dump_json(exclude_none=True)) == json.loads(json.dumps(made))


def test_every_protocol_has_a_valid_result() -> None:
    pipeline = Pipeline([read_protocol(key) for key in protocol_ids()])
    for screening in pipeline.screen([letter_from_text(OPEN, "letter", "letter")]):
        Bundle.model_validate(result_bundle(screening))


def test_nobody_is_called_eligible(screenings: list[Screening]) -> None:
    seen = {}
    for screening in screenings:
        made = result_bundle(screening)
        [subject] = resources(made, "ResearchSubject")
        seen[screening.decision.verdict] = subject["status"]
        assert '"eligible"' not in json.dumps(made)
    assert seen["ineligible"] == "ineligible"
    assert {status for verdict, status in seen.items() if verdict != "ineligible"} <= {"candidate"}
    assert len(seen) > 1


def test_each_criterion_has_its_answer_with_the_words_it_rests_on(screenings: list[Screening]) -> None:
    for screening in screenings:
        made = result_bundle(screening)
        letters = {entry["fullUrl"]: entry["resource"] for entry in made["entry"]}
        answers = {
            one["moduleCodeableConcept"]["coding"][0]["code"]: one for one in resources(made, "GuidanceResponse")
        }
        for answered in screening.decision.answers:
            response = answers[answered.criterion.id]
            assert told(response, "answer") == [answered.answer]
            assert (response["status"] == "success") == (answered.answer != "unknown")
            for part in told(response, "evidence"):
                said = {one["name"]: next(value for key, value in one.items() if key != "name") for one in part}
                assert letters[said["document"]["reference"]]["resourceType"] == "DocumentReference"
                text = screening.dossier.documents[0].text
                assert text[said["start"] : said["end"]] == said["quote"]


def test_letters_and_protocol_are_named_by_their_hashes(screenings: list[Screening]) -> None:
    made = result_bundle(screenings[0])
    [letter], [provenance] = resources(made, "DocumentReference"), resources(made, "Provenance")
    assert _hash(letter["masterIdentifier"]["value"]) == screenings[0].dossier.documents[0].sha256
    protocol = provenance["entity"][-1]["what"]
    assert _hash(protocol["identifier"]["value"]) == screenings[0].decision.protocol.sha256
    assert "recorded" not in provenance and provenance["_recorded"]["extension"]


def _hash(name: str) -> str:
    digest = name.removeprefix("ni:///sha-256;")
    return base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4)).hex()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["reference"]] if isinstance(value.get("reference"), str) else [])
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def test_every_reference_leads_somewhere(screenings: list[Screening]) -> None:
    made = result_bundle(screenings[0])
    known = {entry["fullUrl"] for entry in made["entry"]} | {"#answer"}
    assert set(references(made)) <= known
    assert len({entry["fullUrl"] for entry in made["entry"]}) == len(made["entry"])
    assert all(entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}" for entry in made["entry"])


def test_the_same_screening_gives_the_same_bytes_and_another_other_ids(screenings: list[Screening]) -> None:
    again = Pipeline([read_protocol("NCT06934447")]).screen(read_letters(str(SHIPPED[0])))[0]
    assert json.dumps(result_bundle(again)) == json.dumps(result_bundle(screenings[0]))
    assert result_bundle(screenings[1])["id"] != result_bundle(screenings[0])["id"]


def test_what_is_missing_is_asked_for_by_its_codes_and_age() -> None:
    made = result_bundle(screened(bundle(patient(), observation("718-7", 98, "g/L"))))
    answers = {one["moduleCodeableConcept"]["coding"][0]["code"]: one for one in resources(made, "GuidanceResponse")}
    [wanted] = answers["I4a"]["dataRequirement"]
    assert wanted["type"] == "Observation"
    assert {"system": "http://loinc.org", "code": "10230-1"}.items() <= wanted["codeFilter"][0]["code"][0].items()
    assert wanted["dateFilter"][0]["valueDuration"]["code"] == "mo"
    assert "dataRequirement" not in answers["I1"]
    kinds = {one["type"] for answer in answers.values() for one in answer.get("dataRequirement", ())}
    assert {"Observation", "Condition", "MedicationStatement", "Immunization"} <= kinds


def test_an_answer_from_an_entry_says_that_it_is_one() -> None:
    made = result_bundle(screened(bundle(patient(), observation("10230-1", 48, "%"))))
    [failed] = [
        one for one in resources(made, "GuidanceResponse") if one["moduleCodeableConcept"]["coding"][0]["code"] == "I4a"
    ]
    [part] = told(failed, "evidence")
    assert {"name": "source", "valueCode": "structured"} in part
    [who] = resources(made, "Patient")
    assert (who["gender"], who["birthDate"]) == ("female", "1992-03-03") and "name" not in who


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def record(tmp_path: Path) -> str:
    path = tmp_path / "record.json"
    path.write_bytes(bundle(patient(), observation("10230-1", 48, "%")))
    return str(path)


def test_a_bundle_is_screened_by_the_ordinary_command(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["screen", record, "--format", "fhir"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert Bundle.model_validate(made).type == "collection"
    assert resources(made, "ResearchSubject")[0]["status"] == "ineligible"


@pytest.mark.parametrize("command", [["screen"], ["extract"], ["explain"], ["questions"], ["whatif"]])
def test_every_command_takes_a_bundle(command: list[str], record: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, record]) == 0
    output = capsys.readouterr()
    assert output.out and not output.err


def test_facts_of_entries_say_so(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", record]) == 0
    assert {fact["source"] for fact in json.loads(capsys.readouterr().out)["facts"]} == {"structured"}


def test_several_letters_give_a_bundle_a_line(record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text(OPEN)
    assert run(["screen", record, str(letter), "--format", "fhir"]) == 0
    assert [json.loads(line)["resourceType"] for line in capsys.readouterr().out.splitlines()] == ["Bundle", "Bundle"]


def test_a_certificate_is_of_a_letters_words_alone(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["certify", record]) == 2
    assert capsys.readouterr().err.count("\n") == 1
