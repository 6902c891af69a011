"""Scans: what a page says is read however it lies, each word has its place, and nothing else can happen."""

from __future__ import annotations

import builtins
import socket
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from kb.layout import Box
from screening.documents import recognition
from screening.documents.content import Content, reader_of
from screening.documents.errors import BadInputError
from screening.documents.kinds import kind_of
from screening.documents.limits import limits_in_use
from screening.documents.scan import words_of
from screening.documents.words import lines_of
from tests.screening.documents.drawn import LINES, as_file, page

pytest.importorskip("rapidocr")

UPRIGHT = Box(40 / 760, 40 / 260, 230 / 760, 75 / 260)  # "Rheumatology", the first word of a drawn page


def read(raw: bytes) -> Content:
    content = reader_of(kind_of(raw))(raw, "page.png", limits_in_use())
    assert isinstance(content, Content)
    return content


def words_in(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "BMP"])
def test_an_image_of_any_kind_is_read_as_it_is_printed(kind: str) -> None:
    content = read(as_file(page(LINES[1:2], height=120), kind=kind))
    assert words_in(content.text) == words_in(LINES[1])
    assert any("character recognition" in note for note in content.notes)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_or_head_is_read_and_placed_as_it_stands(quarters: int) -> None:
    text, pieces = lines_of(words_of(page().rotate(90 * quarters, expand=True)), 0)
    assert words_in(text) == words_in("\n".join(LINES))
    box = UPRIGHT
    for _ in range(quarters):  # anticlockwise
        box = Box(box.top, 1 - box.right, box.bottom, 1 - box.left)
    found = pieces[0].box
    for side in ("left", "top", "right", "bottom"):
        assert getattr(found, side) == pytest.approx(getattr(box, side), abs=0.04)


@pytest.mark.parametrize("askew", [-5, 3])
def test_lines_of_a_page_askew_do_not_run_into_each_other(askew: int) -> None:
    image = page(width=1100).rotate(askew, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    text, pieces = lines_of(words_of(image), 0)
    assert words_in(text) == words_in("\n".join(LINES))
    assert all(0 <= piece.box.left < piece.box.right <= 1 for piece in pieces)
    first, last = pieces[0].box, pieces[len(words_in(LINES[0])) - 1].box
    assert (last.top > first.top) == (askew < 0)  # boxes rise or fall as the page does


def test_words_stand_where_they_are_on_the_page() -> None:
    content = read(as_file(page()))
    assert content.layout is not None
    start = content.text.index("LVEF")
    ((number, box),) = content.layout.places(start, start + 4)
    assert number == 0
    assert 0.3 < box.left < box.right < 0.62 and 0.3 < box.top < box.bottom < 0.6


def test_a_fax_of_several_pages_is_read_page_by_page() -> None:
    content = read(as_file(page(LINES[:1], height=120).convert("1"), page(LINES[1:2], height=120).convert("1")))
    assert content.layout is not None and len(content.layout.pages) == 2
    assert {piece.page for piece in content.layout.pieces} == {0, 1}
    assert words_in(content.text) == words_in("\n".join(LINES[:2]))


def _header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (1_000_000, 1_000_000), (200_000, 2_000)])
def test_an_image_too_large_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(BadInputError, match=r"^page\.png: an image of more than \d+ megapixels.*: scan it"):
        read(_header(*size))


@pytest.mark.parametrize("kept", [30, 200, 1500])
def test_a_cut_off_image_is_refused_in_one_line(kept: int) -> None:
    with pytest.raises(BadInputError, match=r"^page\.png: .*damaged[^\n]*$"):
        read(as_file(page())[:kept])


def test_an_empty_page_is_told_of() -> None:
    with pytest.raises(BadInputError, match=r"^page\.png: no text was found"):
        read(as_file(Image.new("L", (600, 800), 255)))


def test_nothing_is_fetched_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    recognition.recogniser.cache_clear()
    assert words_of(page(LINES[:1], height=120))
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_without_the_extra_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "rapidocr":
            raise ImportError(name)
        return real(name, *rest, **more)

    recognition.recogniser.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadInputError, match=r"^page\.png: a scan.*pip install 'eligo\[scan\]'$"):
        read(as_file(page(LINES[:1])))
