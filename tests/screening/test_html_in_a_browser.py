"""The page in a real browser: what is hovered or clicked leads to its counterpart, on a desk, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening import cli
from tests.screening.browser import Browser, browser

LETTER = """\
15 June 2026

Dear colleague,

This 31-year-old woman has SLE and meets the 2019 EULAR/ACR criteria. Echo 30 May 2026: LVEF 48 %.
Yellow fever vaccine on 1 June 2026. HBcAb positive. No history of malignancy.
A-very-long-word-without-any-space-that-no-phone-has-room-for-in-a-single-line-of-its-narrow-screen-at-all.
"""
DESK, PHONE = (1440, 900), (360, 740)
CARD, MARK = "details[data-facts]#c-I4a", "details#c-I4a .quotes a"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    target = folder / "page.html"
    assert cli.run(["explain", str(folder / "letter.txt"), "--format", "html", "--out", str(target)]) == 0
    return target


@pytest.fixture
def shown(chromium: Browser, page: Path) -> Iterator[Browser]:
    """The page on a desk's screen, its scripts allowed."""
    chromium.screen(*DESK)
    chromium.open(page)
    yield chromium
    chromium.devtools("Emulation.setScriptExecutionDisabled", value=False)
    chromium.devtools("Emulation.setEmulatedMedia", media="")


def _colour(chromium: Browser, selector: str) -> str:
    script = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    return str(chromium.run(script, selector))


def _visible(chromium: Browser, selector: str) -> bool:
    """Whether an element is on the screen, and nothing above it."""
    script = """
        const one = document.querySelector(arguments[0]), box = one.getBoundingClientRect();
        const there = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
        return there !== null && (one.contains(there) || there.contains(one));"""
    return bool(chromium.run(script, selector))


def _mark_of(chromium: Browser) -> str:
    """The place in the letter that the criterion's quote leads to."""
    return str(chromium.run("return document.querySelector(arguments[0]).getAttribute('href')", MARK))


def test_a_criterion_under_the_pointer_lights_its_words(shown: Browser) -> None:
    mark = _mark_of(shown)
    shown.hover("h1")
    before = _colour(shown, mark)
    shown.hover(f"{CARD} > summary")
    assert _colour(shown, mark) != before
    shown.hover("h1")
    assert _colour(shown, mark) == before


def test_words_under_the_pointer_light_their_criterion(shown: Browser) -> None:
    mark = _mark_of(shown)
    shown.hover("h1")
    before = _colour(shown, f"{CARD} > summary")
    shown.hover(mark)
    assert _colour(shown, f"{CARD} > summary") != before


def test_a_click_on_words_opens_their_criterion(shown: Browser) -> None:
    mark = _mark_of(shown)
    shown.run("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
    shown.run("document.documentElement.style.scrollBehavior = 'auto'")
    shown.click(mark)
    assert shown.run("return document.querySelector(arguments[0]).open", CARD)


def test_a_click_on_a_quote_leads_to_the_letter(shown: Browser) -> None:
    mark = _mark_of(shown)
    before = _colour(shown, mark)
    shown.click(MARK)
    assert _colour(shown, mark) != before and _visible(shown, mark)
    assert shown.run("return document.querySelector(arguments[0]).textContent", mark) == "LVEF 48 %"


def test_it_reads_without_scripts(chromium: Browser, page: Path) -> None:
    chromium.screen(*DESK)
    chromium.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chromium.open(page)
        mark = _mark_of(chromium)
        before = _colour(chromium, mark)
        assert _visible(chromium, f"{CARD} .why")
        chromium.click(MARK)  # a link of the page itself
        assert _colour(chromium, mark) != before and _visible(chromium, mark)
        chromium.click(f"{CARD} .steps > summary")
        assert _visible(chromium, f"{CARD} .proof li")
        chromium.hover("details#c-E8 > summary")
        assert not chromium.run("return document.querySelectorAll('.lit').length")
    finally:
        chromium.devtools("Emulation.setScriptExecutionDisabled", value=False)


def test_nothing_else_is_asked_for(shown: Browser, page: Path) -> None:
    shown.requests()
    shown.open(page)
    shown.hover(f"{CARD} > summary")
    shown.click(MARK)
    asked = [address for address in shown.requests() if not address.startswith("data:")]
    assert {address.partition("#")[0] for address in asked} == {page.as_uri()}


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("opened", [False, True])
def test_nothing_is_wider_than_the_screen(shown: Browser, page: Path, size: tuple[int, int], opened: bool) -> None:
    shown.screen(*size, phone=size == PHONE)
    shown.open(page)
    shown.run("document.querySelectorAll('details').forEach((one) => { one.open = arguments[0]; })", opened)
    width, room = shown.run("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= room == size[0]
    assert shown.run("return Math.round(window.visualViewport.scale * 100)") == 100


def test_on_a_phone_letters_are_large_enough_to_read(shown: Browser, page: Path) -> None:
    shown.screen(*PHONE, phone=True)
    shown.open(page)
    sizes = shown.run("return [...document.querySelectorAll('.why, pre')].map((one) => getComputedStyle(one).fontSize)")
    assert sizes and all(float(size.removesuffix("px")) >= 14 for size in sizes)


def test_on_paper_the_letter_is_whole_and_the_reasons_are_told(shown: Browser) -> None:
    shown.devtools("Emulation.setEmulatedMedia", media="print")
    height, content = shown.run(
        "const one = document.querySelector('.letter'); return [one.clientHeight, one.scrollHeight]"
    )
    assert height >= content - 1
    shown.run("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
    assert shown.run("return document.querySelector(arguments[0]).getBoundingClientRect().height", f"{CARD} .why") > 0
