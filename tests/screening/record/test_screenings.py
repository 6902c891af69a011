"""A stored screening from the command line: stored as it was given out, and decided again from itself alone."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from rules.language import parse_protocol
from screening import VERSION
from screening.documents import read_letters
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import DEFAULT, read_protocol
from screening.record.chain import digest
from screening.record.connection import StoreError
from screening.record.keeping import Keeper
from screening.record.screenings import decided_again, differences
from screening.record.store import opened
from tests.screening.record.letters import CANARY, LETTER, PROTOCOL, Run

MINI = ("--protocol", "mini.yaml")


def test_a_screening_is_stored_as_it_is_given_out(run: Run, folder: Path) -> None:
    status, out, err = run("screen", "a.txt", *MINI, "--format", "json")
    assert (status, err) == (0, "")
    given = json.loads(out)
    record = given.pop("record")
    stored = opened("record.db").screening("s1")
    assert record == {"id": "s1", "entry": 1, "hash": stored.entry.hash}
    assert stored.screening == given
    assert stored.letters == (LETTER,)
    assert stored.protocol == PROTOCOL and stored.entry.protocol == given["protocol"]["sha256"] == digest(PROTOCOL)
    entry = stored.entry
    assert (entry.kind, entry.by, entry.software) == ("screening", "reader", VERSION)
    assert (entry.protocol_id, entry.as_of, entry.verdict) == ("MINI", "2026-06-15", "ineligible")


def test_without_a_store_nothing_is_stored(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ELIGO_STORE")
    _, out, _ = run("screen", "a.txt", *MINI, "--format", "json")
    assert "record" not in json.loads(out)
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "mini.yaml"]


def test_a_report_says_where_it_is_stored(run: Run, folder: Path) -> None:
    assert run("screen", "a.txt", *MINI)[1].endswith("\nStored as s1.\n")
    (folder / "b.txt").write_text(LETTER.replace("48%", "60%"), encoding="utf-8")
    _, out, _ = run("screen", "a.txt", "b.txt", *MINI)
    assert "Stored as s2." in out and "Stored as s3." in out
    assert run("screen", "a.txt", "--protocol", "all")[1].endswith("\nStored as s4 to s15.\n")


def test_only_the_hash_of_a_letter(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI, "--hash-only")
    record = opened("record.db").screening("s1")
    assert record.letters == (None,)
    assert record.screening["documents"][0]["sha256"] == digest(LETTER)
    assert b"City Hospital" not in (folder / "record.db").read_bytes()
    assert [one["quote"] for one in record.screening["facts"]], "the quotes of the facts are stored all the same"


def test_a_store_that_cannot_be_used_stops_before_anything_is_read(run: Run, folder: Path) -> None:
    status, out, err = run("screen", "a.txt", "b.txt", *MINI, "--store", "none/record.db", "--out", "out.txt")
    assert (status, out) == (2, "")
    assert err == "eligo: --store none/record.db: cannot be opened: name a file in a folder that exists and can be" + (
        " written to\n"
    )
    assert not (folder / "out.txt").exists()


def test_what_is_stored_can_be_explained(run: Run, folder: Path) -> None:
    fresh = run("explain", "a.txt", *MINI)[1]
    run("screen", "a.txt", *MINI)
    (folder / "a.txt").unlink()
    (folder / "mini.yaml").unlink()
    status, out, _ = run("explain", "s1")
    head, _, explained = out.partition("\n\n")
    assert (status, explained) == (0, fresh)
    assert head.splitlines()[1] == "Decided again from the stored facts and protocol: the same answers."
    assert "by reader, eligo" in head
    assert run("explain", "S1", "i4a")[1].count("registry:") == 1


def test_a_stored_screening_is_decided_by_its_own_protocol_not_todays(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI)
    (folder / "mini.yaml").write_text(PROTOCOL.replace("55 %", "40 %"), encoding="utf-8")
    assert "I4a  Inclusion 4  LVEF at least 55 %: fail" in run("explain", "s1", "I4a")[1]
    status, _, err = run("explain", "s1", *MINI)
    assert (status, err) == (2, "eligo: s1: is decided as it was stored: leave out --protocol and --as-of\n")


def test_what_is_stored_can_be_shown_as_a_page_and_asked_what_would_change_it(run: Run, folder: Path) -> None:
    page = run("explain", "a.txt", *MINI, "--format", "html")[1]
    change = run("whatif", "a.txt", *MINI)[1]
    ask = run("questions", "a.txt", *MINI)[1]
    run("screen", "a.txt", *MINI)
    (folder / "a.txt").unlink()
    again, about = (
        run("explain", "s1", "--format", "html")[1],
        r'<p class="soft">(s1\.1, screening|Decided again)[^<]*</p>',
    )
    assert re.subn(about, "", again) == (page, 2)
    assert run("whatif", "s1")[1] == change
    assert run("questions", "s1")[1] == ask


def test_a_screening_that_is_written_as_a_page_is_stored_too(run: Run, folder: Path) -> None:
    assert run("screen", "a.txt", *MINI, "--format", "html", "--out", "a.html")[0] == 0
    assert [entry.screening for entry in opened("record.db").entries()] == ["s1"]


def test_of_a_letter_whose_text_was_not_kept_the_quotes_are_shown(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI, "--hash-only")
    status, out, _ = run("explain", "s1", "I4a")
    assert status == 0 and '"LVEF 48%"' in out
    status, _, err = run("explain", "s1", "--format", "html")
    assert (status, err) == (
        2,
        "eligo: s1: the letter's text was not stored, which a page shows: explain it as text\n",
    )


def test_a_letter_that_is_called_like_a_screening_is_the_letter(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI)
    (folder / "s1").write_text(LETTER.replace("48%", "60%"), encoding="utf-8")
    assert "I4a  Inclusion 4  LVEF at least 55 %: pass" in run("explain", "s1", "I4a", *MINI)[1]
    status, _, err = run("explain", "s7")
    assert (status, err) == (
        2,
        "eligo: --store record.db: holds no screening s7: 'eligo audit list' shows what there is\n",
    )


def test_an_erased_screening_cannot_be_decided_again(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI)
    assert run("audit", "erase", "s1")[:2] == (0, "erased: s1\n")
    assert (
        run("explain", "s1")[2] == "eligo: s1: its letter was erased on request: only answers and findings are left\n"
    )
    status, out, _ = run("audit", "show", "s1")
    shown = json.loads(out)
    assert status == 0 and CANARY not in out
    assert [one["answer"] for one in shown["screening"]["criteria"]] == ["pass", "fail", "pass"]
    assert run("audit", "verify")[0] == 0
    stored = (folder / "record.db").read_bytes()
    assert not [word for word in (CANARY, "City Hospital", "LVEF 48%") if word in out or word.encode() in stored]


def test_the_entries_are_listed(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI, "--by", "another")
    run("audit", "erase", "s1")
    lines = run("audit", "list")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert lines[0].split()[2:] == ["s1.1", "screening", "MINI", "ineligible", "another"]
    assert lines[1].split()[2:] == ["s1.2", "erasure", "MINI", "ineligible", "reader"]


def test_a_protocol_that_changes_while_it_is_in_use_is_not_stored(folder: Path) -> None:
    (folder / "mini.yaml").write_text(PROTOCOL + "# of this test\n", encoding="utf-8")
    protocol = read_protocol("mini.yaml")
    screenings = Pipeline([protocol]).screen(read_letters("a.txt"))
    (folder / "mini.yaml").write_text(PROTOCOL + "\n", encoding="utf-8")
    with pytest.raises(StoreError, match="its file was changed while it was in use"):
        Keeper(opened("record.db", create=True)).keep(screenings, "mini.yaml")
    assert opened("record.db").entries() == []


@pytest.mark.parametrize("command", [("audit", "list"), ("audit", "verify"), ("audit", "show", "s1")])
def test_without_a_store_the_command_says_so(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    status, out, err = run(*command)
    assert (status, out) == (2, "")
    assert err == "eligo: --store: is missing: name the record's file or URL, or set ELIGO_STORE\n"


# --- decided again ----------------------------------------------------------------------------------------------------


def test_every_screening_decided_again_is_the_one_stored(tmp_path: Path) -> None:
    store = opened(str(tmp_path / "record.db"), create=True)
    keeper = Keeper(store, "reader")
    pipeline = Pipeline([read_protocol(DEFAULT)])
    paths = sorted((Path(__file__).parents[3] / "corpus/letters/develop").glob("*.txt"))[:6]
    assert paths
    for path in paths:
        [screening] = pipeline.screen(read_letters(str(path)))
        [entry] = keeper.keep([screening], "")
        record = store.screening(entry.screening)
        again = decided_again(record)
        assert screening_json(again) == record.screening == screening_json(screening)
        assert again.dossier == screening.dossier and again.facts == screening.facts
        assert differences(record, again) == []


def test_under_another_protocol_the_differences_are_told(run: Run, folder: Path) -> None:
    run("screen", "a.txt", *MINI)
    record = opened("record.db").screening("s1")
    looser = parse_protocol(PROTOCOL.replace("55 %", "40 %"), "looser")
    assert differences(record, decided_again(record, looser)) == [
        "I4a: pass, was fail",
        "verdict: potentially_eligible, was ineligible",
    ]
    assert decided_again(record).decision.as_of == date(2026, 6, 15)
