"""The certificate of a stored screening: what is a person's is certified as that person's, and as nothing else."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from screening.record.store import opened
from screening.verifier import Refused, checksum, verify
from tests.screening.record.letters import LETTER, PROTOCOL, Run
from tests.screening.test_certificate import fits, forged, forgeries

MINI = ("--protocol", "mini.yaml")
WAITS = """\
  - id: E8
    number: Exclusion 8
    title: Live vaccine within 4 weeks
    quote: "vaccine"
    clears_with_time: true
    excludes: {vaccination: live-vaccine, within: 4 weeks before screening}
"""


@pytest.fixture
def certify(run: Run, folder: Path) -> Callable[..., dict[str, Any]]:
    """Stores the letter's screening, reviews it with each call's options, and gives the certificate of the newest."""
    run("screen", "a.txt", *MINI)

    def call(*reviews: tuple[str, ...]) -> dict[str, Any]:
        for options in reviews:
            assert run("review", "s1", *options)[0] == 0
        assert run("certify", "s1", "--out", "c.json")[::2] == (0, "")
        content: dict[str, Any] = json.loads((folder / "c.json").read_text(encoding="utf-8"))
        return content

    return call


@pytest.fixture
def lvef(run: Run, certify: Callable[..., dict[str, Any]]) -> str:
    return next(str(key) for key, fact in certify()["facts"].items() if fact["concept"] == "lvef")


def _verified(content: dict[str, Any]) -> list[str]:
    content["checksum"] = checksum(content)
    return verify(json.dumps(content).encode(), [LETTER.encode()], PROTOCOL.encode()).report()


def _refusal(content: dict[str, Any]) -> str:
    with pytest.raises(Refused) as refused:
        _verified(content)
    return refused.value.code


JUDGED = ("--answer", "I4a=pass", "--reason", "newer-information", "--comment", "echo repeated", "--by", "a reviewer")


def test_a_stored_screening_is_certified_as_it_was_stored(run: Run, certify: Callable[..., dict[str, Any]]) -> None:
    content = certify()
    assert content["record"] == {"id": "s1.1", "entry": 1, "hash": opened("record.db").screening("s1").entry.hash}
    assert content["verdict"] == "ineligible" and content["persons"] == []
    assert _verified(content)[-1].startswith("a person's own: no answer and no fact (stored as id s1.1")


def test_a_persons_answer_is_certified_as_that_persons(certify: Callable[..., dict[str, Any]]) -> None:
    content = certify(JUDGED)
    [criterion] = [one for one in content["criteria"] if one["id"] == "I4a"]
    assert (criterion["answer"], criterion["overruled"]) == ("pass", "fail")
    assert content["verdict"] == "potentially_eligible"
    last = _verified(content)[-1]
    assert last.startswith("a person's own: criterion I4a, after pass, by a reviewer, at ")
    assert "reason newer-information, comment echo repeated" in last


def test_a_persons_correction_is_no_number_of_the_quote(certify: Callable[..., dict[str, Any]], lvef: str) -> None:
    content = certify(("--set", f"{lvef}.value=58", "--reason", "wrong-value"))
    assert content["facts"][lvef]["value"]["low"] == 58 and content["facts"][lvef]["quote"] == "LVEF 48%"
    assert f"fact {lvef}, field value, before 48%, after 58, by reader" in _verified(content)[-1]


def test_a_struck_fact_is_told(certify: Callable[..., dict[str, Any]], lvef: str) -> None:
    content = certify(("--strike", lvef, "--reason", "not-in-letter"))
    assert lvef not in content["facts"]
    assert f"struck {lvef}, quote LVEF 48%" in _verified(content)[-1]


def test_what_was_given_back_to_the_rules_is_nobodys(certify: Callable[..., dict[str, Any]]) -> None:
    again = ("--answer", "I4a=rules", "--reason", "investigator-judgement")
    content = certify(JUDGED, again)
    assert content["persons"] == [] and content["verdict"] == "ineligible"


def _unmarked_answer(content: dict[str, Any]) -> None:
    content["persons"] = []


def _unmarked_answer_of_the_rules(content: dict[str, Any]) -> None:
    content["persons"] = []
    del next(one for one in content["criteria"] if one["id"] == "I4a")["overruled"]


def _other_answer_of_the_rules(content: dict[str, Any]) -> None:
    next(one for one in content["criteria"] if one["id"] == "I4a")["overruled"] = "unknown"


def _nobody(content: dict[str, Any]) -> None:
    content["persons"][0]["by"] = ""


def _no_reason(content: dict[str, Any]) -> None:
    content["persons"][0]["reason"] = ""


def _no_record(content: dict[str, Any]) -> None:
    content["record"] = None


def _no_answer(content: dict[str, Any]) -> None:
    content["persons"][0]["after"] = "fine"
    next(one for one in content["criteria"] if one["id"] == "I4a")["answer"] = "fine"


def _no_criterion(content: dict[str, Any]) -> None:
    content["persons"].append({**content["persons"][0], "criterion": "I99"})


def _no_test(content: dict[str, Any]) -> None:
    content["criteria"][0]["tests"]["I1.1"] = "low >= 5"


def _unlisted(content: dict[str, Any]) -> None:
    content["persons"][0]["by"] = "somebody else"


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (_unmarked_answer, "answer"),
        (_unmarked_answer_of_the_rules, "answer"),
        (_other_answer_of_the_rules, "answer"),
        (_nobody, "person"),
        (_no_reason, "person"),
        (_no_record, "person"),
        (_no_answer, "person"),
        (_no_criterion, "person"),
        (_no_test, "test"),
        (_unlisted, "on_trust"),
    ],
)
def test_an_answer_is_a_persons_only_if_it_is_marked(
    certify: Callable[..., dict[str, Any]], forge: Callable[[dict[str, Any]], None], code: str
) -> None:
    content = certify(JUDGED)
    forge(content)
    assert _refusal(content) == code


def test_every_changed_field_of_a_reviewed_one_is_refused_for_its_reason(
    certify: Callable[..., dict[str, Any]], lvef: str
) -> None:
    value = ("--set", f"{lvef}.value=58", "--reason", "wrong-value", "--comment", "print-out")
    content = certify(value, ("--answer", "E10=fail", "--reason", "newer-information"))
    age = next(key for key, fact in content["facts"].items() if fact["concept"] == "age")
    content = certify(("--strike", age, "--reason", "not-in-letter"))
    assert len(content["persons"]) == 3
    odd: list[Any] = []
    for forgery in forgeries(content):
        try:
            verify(forged(content, forgery), [LETTER.encode()], PROTOCOL.encode())
        except Refused as refusal:
            odd += [] if fits(forgery, refusal.code) else [(*forgery, refusal.code)]
        else:
            odd.append(forgery)
    assert odd == []


def test_a_correction_that_is_nobodys_is_refused(certify: Callable[..., dict[str, Any]], lvef: str) -> None:
    content = certify(("--set", f"{lvef}.value=58", "--reason", "wrong-value"))
    kept = json.dumps(content)
    content["persons"] = []
    assert _refusal(content) == "person"
    content = json.loads(kept)
    content["persons"][0]["field"] = "time"
    assert _refusal(content) == "person"
    content = json.loads(kept)
    content["facts"][lvef]["attributes"] = {}
    assert _refusal(content) == "value"


def test_a_machines_answer_that_is_marked_as_a_persons_is_listed_and_not_in_the_record(
    run: Run, certify: Callable[..., dict[str, Any]], folder: Path
) -> None:
    content = certify(JUDGED)
    forged = {**content["persons"][0], "criterion": "E10", "after": "pass"}
    content["persons"].append(forged)
    with pytest.raises(Refused):
        _verified(content)
    content["on_trust"][-1] = _trusted(content)
    assert "criterion E10, after pass, by a reviewer" in _verified(content)[-1]
    (folder / "c.json").write_text(json.dumps(content), encoding="utf-8")
    call = ("verify", "c.json", "--letter", "a.txt", "--protocol-file", "mini.yaml")
    status, _, err = run(*call, "--store", "record.db")
    assert (status, err) == (1, "refused (record: s1.2 of record.db says otherwise)\n")


def _trusted(content: dict[str, Any]) -> str:
    """The closing line of a certificate that asks for the trust it needs."""
    from screening.verifier import Check

    return Check(content, [LETTER], PROTOCOL).trust[-1]


def test_a_certificate_is_held_against_the_record(run: Run, certify: Callable[..., dict[str, Any]]) -> None:
    certify(JUDGED)
    status, out, _ = run("verify", "c.json", "--letter", "a.txt", "--protocol-file", "mini.yaml")
    assert status == 0 and out.splitlines()[-1] == "the record record.db holds s1.2, and what is a person's"


def test_what_cannot_be_certified(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI, "--hash-only")
    status, out, err = run("certify", "s1")
    assert (status, out) == (2, "") and "its letter's text is not stored" in err
    run("screen", "a.txt", *MINI)
    assert run("certify", "s2", "--as-of", "2026-06-15")[0] == 2
    run("audit", "erase", "s2")
    assert run("certify", "s2")[0] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_stored_letter_may_be_a_text_file_of_any_kind(run: Run, folder: Path, encoding: str, newline: str) -> None:
    letter = LETTER.replace("LVEF", "– LVEF").replace("\n", newline).encode(encoding)
    (folder / "b.txt").write_bytes(letter)
    run("screen", "b.txt", *MINI)
    assert run("certify", "s1", "--out", "c.json")[::2] == (0, "")
    assert run("verify", "c.json", "--letter", "b.txt", "--protocol-file", "mini.yaml")[0] == 0


def test_a_stored_letter_that_is_no_plain_text_is_not_certified(run: Run, folder: Path) -> None:
    (folder / "b.html").write_text(f"<html><body><p>{LETTER}</p></body></html>", encoding="utf-8")
    assert run("screen", "b.html", *MINI)[0] == 0
    status, out, err = run("certify", "s1")
    assert (status, out) == (2, "") and "no plain text" in err


def test_another_answer_than_the_stored_one_is_not_certified(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("screen", "a.txt", *MINI)
    monkeypatch.setattr("screening.record.screenings.differences", lambda record, again: ["I4a: pass, was fail"])
    status, out, err = run("certify", "s1")
    assert (status, out) == (2, "") and "comes out otherwise (I4a: pass, was fail)" in err


def test_what_a_person_has_answered_holds_on_every_day(run: Run, folder: Path) -> None:
    """Also where the rules say the same today, and would say something else later."""
    (folder / "waits.yaml").write_text(PROTOCOL.replace("MINI", "WAITS") + WAITS, encoding="utf-8")
    (folder / "b.txt").write_text(LETTER.replace("48%", "60%") + "Yellow fever vaccine on 1 June 2026.\n", "utf-8")
    run("screen", "b.txt", "--protocol", "waits.yaml")
    what_if: Callable[[], dict[str, Any]] = functools.partial(_what_if, run)
    assert [one["verdict"] for one in what_if()["calendar"]] == ["ineligible", "potentially_eligible"]
    assert len(what_if()["sets"]) == 1
    run("review", "s1", "--answer", "E8=fail", "--reason", "investigator-judgement")
    assert [one["fails"] for one in what_if()["calendar"]] == [["E8"]] and what_if()["sets"] == []
    run("review", "s1", "--answer", "E8=pass", "--reason", "investigator-judgement")
    assert [one["verdict"] for one in what_if()["calendar"]] == ["potentially_eligible"]


def _what_if(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("whatif", "s1", "--format", "json")[1])
    return found
