"""The report as a page: whole, self-contained, true to the letter, and every link leads somewhere."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from screening import cli
from screening.documents import letter_from_text
from screening.html_report import html_report
from screening.interface import evidence_of
from screening.pipeline import Pipeline, Screening
from screening.protocols import read_protocol
from screening.whatif import WhatIf, what_if

LETTER = """\
15 June 2026

Dear colleague,

This 31-year-old woman <b>has</b> SLE & meets the 2019 EULAR/ACR criteria. Echo 30 May 2026: LVEF 48 %.
Yellow fever vaccine on 1 June 2026. HBcAb positive. No history of malignancy. </pre><script>alert(1)</script>
"""
_VOID = {"meta", "br", "link", "img"}


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.outside: list[str] = []
        self.letter = ""
        self.marked: list[tuple[set[str], str]] = []
        self._open: list[str] = []
        self._facts: set[str] = set()
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        if "href" in given:
            self.targets.append(given["href"])
        self.outside += [value for key, value in given.items() if key in ("src", "srcset", "action", "data")]
        self._facts = set(given.get("data-facts", "").split()) if tag == "mark" else self._facts

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self._facts = set() if tag == "mark" else self._facts

    def handle_data(self, data: str) -> None:
        if "pre" in self._open:
            self.letter += data
            if self._facts:
                self.marked.append((self._facts, data))


@pytest.fixture(scope="module")
def found() -> WhatIf:
    pipeline = Pipeline([read_protocol("NCT06934447")])
    return what_if(pipeline.screen([letter_from_text(LETTER, "letter.txt", "letter.txt")])[0], 60)


@pytest.fixture(scope="module")
def page(found: WhatIf) -> _Page:
    return _Page(html_report(found))


def test_the_letter_stands_in_the_page_character_for_character(page: _Page) -> None:
    assert page.letter == LETTER


def test_every_link_leads_to_a_place_in_the_page(page: _Page) -> None:
    assert page.targets
    assert len(page.ids) == len(set(page.ids))
    assert {target.removeprefix("#") for target in page.targets} <= set(page.ids)


def test_nothing_comes_from_outside(found: WhatIf, page: _Page) -> None:
    text = html_report(found)
    assert page.outside == []
    assert "http:" not in text and "https:" not in text and "@import" not in text and "url(" not in text


def test_a_letter_cannot_put_markup_into_the_page(found: WhatIf) -> None:
    assert "<script>alert" not in html_report(found)


def test_the_deciding_words_are_marked(found: WhatIf, page: _Page) -> None:
    screening: Screening = found.screening
    for answered in screening.decision.answers:
        for fact in evidence_of(answered, screening):
            assert "".join(text for facts, text in page.marked if fact.id in facts) == fact.quote


def test_every_criterion_has_its_place_and_the_registrys_words(found: WhatIf, page: _Page) -> None:
    text = " ".join(html_report(found).split())
    for answered in found.screening.decision.answers:
        assert f"c-{answered.criterion.id}" in page.ids
    assert "Received live vaccine within 4 weeks before screening;" in text
    assert "18 May 2026 to 15 June 2026" in text  # the window's days
    assert "30 June 2026" in text  # the calendar


def test_a_screening_without_a_date_has_no_calendar(found: WhatIf) -> None:
    assert "The year ahead" not in html_report(replace(found, calendar=()))


def test_it_says_where_it_comes_from_and_why_nothing_would_change_it(found: WhatIf) -> None:
    text = html_report(replace(found, turns=()), ["s1.2, review of <b>somebody</b>"])
    assert "s1.2, review of &lt;b&gt;somebody" in text
    assert "No change of what is known would turn the verdict: it rests on judgement" in text


def test_pages_of_several_letters_go_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(LETTER, encoding="utf-8")
    target = tmp_path / "pages"
    assert cli.run(["screen", str(tmp_path), "--format", "html", "--out", str(target)]) == 2
    assert "folder that exists" in capsys.readouterr().err
    target.mkdir()
    assert (
        cli.run(
            ["screen", str(tmp_path / "one.txt"), str(tmp_path / "two.txt"), "--format", "html", "--out", str(target)]
        )
        == 0
    )
    assert sorted(path.name for path in target.iterdir()) == ["one-NCT06934447.html", "two-NCT06934447.html"]


def test_explain_writes_the_page(tmp_path: Path) -> None:
    letter, target = tmp_path / "letter.txt", tmp_path / "page.html"
    letter.write_text(LETTER, encoding="utf-8")
    assert cli.run(["explain", str(letter), "--format", "html", "--out", str(target)]) == 0
    assert _Page(target.read_text(encoding="utf-8")).letter == LETTER


def test_what_speaks_to_a_test_that_decided_nothing_is_quoted_without_a_link(tmp_path: Path) -> None:
    letter, target = tmp_path / "letter.txt", tmp_path / "page.html"
    letter.write_text(
        "Letter of 15 June 2026\n\nThis woman of 29 has SLE: ANA 1:640, anti-Sm positive, anti-dsDNA positive, low C3"
        " and C4, class IV lupus nephritis on biopsy in 2024, arthritis. She may fulfil the 2019 EULAR/ACR criteria.\n",
        encoding="utf-8",
    )
    assert cli.run(["explain", str(letter), "--format", "html", "--out", str(target)]) == 0
    assert "“fulfil the 2019 EULAR/ACR”" in target.read_text(encoding="utf-8")
