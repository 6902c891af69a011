"""Where words stand on pages: the pieces that a span touches, their lines, and how surely they were read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.layout import Box, Layout, Page, Piece

# "LVEF 48 %" on one line, "by echo" on the next, "QTc" on another page
PIECES = (
    Piece(0, 4, 0, Box(0.1, 0.10, 0.2, 0.12)),
    Piece(5, 7, 0, Box(0.22, 0.101, 0.25, 0.121), 0.61),
    Piece(8, 9, 0, Box(0.26, 0.10, 0.28, 0.12), 0.99),
    Piece(10, 12, 0, Box(0.1, 0.13, 0.13, 0.15)),
    Piece(13, 17, 0, Box(0.14, 0.13, 0.2, 0.15)),
    Piece(18, 21, 1, Box(0.1, 0.13, 0.2, 0.15)),
)
LAYOUT = Layout((Page(595, 842), Page(595, 842)), PIECES)


def test_each_line_has_one_box_around_its_words() -> None:
    assert list(LAYOUT.places(0, 9)) == [(0, Box(0.1, 0.10, 0.28, 0.121))]
    assert list(LAYOUT.places(6, 21)) == [
        (0, Box(0.22, 0.10, 0.28, 0.121)),
        (0, Box(0.1, 0.13, 0.2, 0.15)),
        (1, Box(0.1, 0.13, 0.2, 0.15)),
    ]


def test_a_span_is_as_sure_as_its_least_sure_word() -> None:
    assert LAYOUT.confidence(0, 9) == 0.61
    assert LAYOUT.confidence(8, 17) == 0.99
    assert LAYOUT.confidence(4, 5) == 1.0  # the space between words


@given(st.integers(0, 25), st.integers(1, 10))
def test_the_pieces_touched_are_those_that_share_a_character(start: int, length: int) -> None:
    end = start + length
    expected = [piece for piece in PIECES if piece.start < end and start < piece.end]
    assert list(LAYOUT.touched(start, end)) == expected
