"""Words to lines: each word once and at its place, whatever stands where on the page."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from kb.layout import Box
from screening.documents.words import Word, lines_of

CHAR, HEIGHT = 0.01, 0.014  # the width and height of a character on the page


def word(text: str, left: float, top: float, confidence: float = 1.0) -> Word:
    return Word(text, Box(left, top, left + CHAR * len(text), top + HEIGHT), confidence)


def line(text: str, left: float, top: float) -> list[Word]:
    """The words of a line set with a fixed width: every space counts."""
    words, at = [], 0
    for part in text.split(" "):
        if part:
            words.append(word(part, left + CHAR * at, top))
        at += len(part) + 1
    return words


PLACES = st.tuples(
    st.text(alphabet="abcdefgh", min_size=1, max_size=8), st.floats(0, 0.9), st.floats(0, 0.95), st.floats(0, 1)
)


# words that lie on one another, as of a shadow: one line that is no row of a table
SHADOW = [("a", 0.5, 0.0625), ("aaaaaaa", 0.0, 0.0), ("a", 0.0, 0.0), ("a", 0.0, 0.0625), ("a", 0.0, 0.03125)]


@given(st.lists(PLACES, max_size=40))
@example([(*place, 0.0) for place in [*SHADOW, ("a", 0.0625, 0.0)]])
def test_every_word_is_read_once_and_keeps_its_place_and_confidence(
    places: list[tuple[str, float, float, float]],
) -> None:
    words = [word(*place) for place in places]
    text, pieces = lines_of(words, 3)
    read = sorted(
        (text[one.start : one.end], one.box.left, one.box.top, one.confidence)
        for one in pieces
        if text[one.start] != "|"
    )
    assert read == sorted((one.text, one.box.left, one.box.top, one.confidence) for one in words)
    assert all(piece.page == 3 for piece in pieces)
    starts = [piece.start for piece in pieces]
    assert starts == sorted(starts)


@given(st.lists(PLACES, max_size=20), st.randoms(use_true_random=False))
def test_the_order_in_the_file_does_not_matter(places: list[tuple[str, float, float, float]], random: object) -> None:
    words = [word(*place) for place in {place[1:3]: place for place in places}.values()]
    mixed = list(words)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert lines_of(words, 0)[0] == lines_of(mixed, 0)[0]


@given(st.integers(1, 8))
def test_gaps_keep_their_width(spaces: int) -> None:
    words = [*line("The patient is well known", 0.1, 0.1), *line(f"ALT{' ' * spaces}24", 0.1, 0.12)]
    assert lines_of(words, 0)[0] == f"The patient is well known\nALT{' ' * spaces}24"


@given(st.floats(-0.004, 0.004))
def test_a_line_may_rise_or_fall(slope: float) -> None:
    """By four thousandths of the page's height a word: on a page that lies askew by more than a degree."""
    rows = [
        [word(f"w{row}{at:02}", 0.1 + 0.05 * at, 0.3 + 0.03 * row + slope * at) for at in range(12)] for row in range(4)
    ]
    text, _ = lines_of([one for row in rows for one in row], 0)
    assert text.split() == [one.text for row in rows for one in row]


def test_a_raised_figure_stays_in_its_line() -> None:
    words = [
        *line("body surface 1.6 m", 0.1, 0.1),
        Word("2", Box(0.282, 0.097, 0.288, 0.105)),
        *line("today", 0.3, 0.1),
    ]
    assert lines_of(words, 0)[0].split() == ["body", "surface", "1.6", "m", "2", "today"]


def test_a_paragraph_ends_with_an_empty_line() -> None:
    words = [*line("one", 0.1, 0.1), *line("two", 0.1, 0.118), *line("three", 0.1, 0.15)]
    assert lines_of(words, 0)[0] == "one\ntwo\n\nthree"


def test_no_words_no_text() -> None:
    assert lines_of([], 0) == ("", ())
    assert lines_of([word(" ", 0.1, 0.1)], 0) == ("", ())
