"""The log as a picture: a protocol's numbers in, a flow diagram in the manner of CONSORT out, as SVG or PNG."""

from __future__ import annotations

import importlib.util
import io
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from screening.documents import BadInputError
from screening.record.tally import Count, Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Inches: a line of text, the room between boxes, the picture's width, and each column's left side and width.
_LINE = 0.165
_GAP = 0.25
_WIDTH = 10.0
_LEFT = (0.3, 3.4)
_RIGHT = (4.1, 5.6)
_LETTERS = 14  # of text to an inch
_INK = "#1f2933"
_FILL = {"plain": "#ffffff", "out": "#fdecea", "wait": "#fff6dd", "in": "#e6f4ea"}
_SETTINGS: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "none",  # text that can be searched and copied
    "svg.hashsalt": "eligo",  # the same numbers are the same bytes
}


def picture(tallies: Sequence[Tally], kind: str) -> bytes:
    """One diagram for each protocol, under one another; `kind` is `svg` or `png`. Raises BadInputError."""
    if importlib.util.find_spec("matplotlib") is None:
        raise BadInputError(f"--format {kind}: pictures need matplotlib: install eligo[pictures]")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_SETTINGS):
        heights = [_height(tally) for tally in tallies]
        figure = Figure(figsize=(_WIDTH, sum(heights)))
        top = sum(heights)
        for tally, height in zip(tallies, heights, strict=True):
            top -= height
            axes = figure.add_axes((0, top / sum(heights), 1, height / sum(heights)))
            axes.set(xlim=(0, _WIDTH), ylim=(0, height))
            axes.axis("off")
            _flow(axes, tally, height)
        out = io.BytesIO()
        figure.savefig(out, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return out.getvalue()


def _height(tally: Tally) -> float:
    boxes = (_head(tally), _excluded(tally), _remain(tally), _waiting(tally), _last(tally))
    return sum(_tall(one) + _GAP for one in boxes) + _GAP


def _tall(text: str) -> float:
    return _LINE * (text.count("\n") + 1) + 0.25


def _flow(axes: Axes, tally: Tally, height: float) -> None:
    """From the top down: all, those who leave to the right, those who remain."""
    above = _box(axes, _LEFT, height - _GAP, _head(tally), "plain")
    below = _leave(axes, above, _excluded(tally), "out")
    above = _follow(axes, above, below, _remain(tally), "plain")
    below = _leave(axes, above, _waiting(tally), "wait")
    _follow(axes, above, below, _last(tally), "in")


def _leave(axes: Axes, above: float, text: str, kind: str) -> float:
    """A box to the right, with its arrow; where it ends below."""
    top = above - _GAP
    middle = top - _tall(text) / 2
    _arrow(axes, (_middle(_LEFT), middle), (_RIGHT[0], middle))
    return _box(axes, _RIGHT, top, text, kind)


def _follow(axes: Axes, above: float, below: float, text: str, kind: str) -> float:
    """The next box on the left, with its arrow from the one above; where it ends below."""
    top = below - _GAP
    _arrow(axes, (_middle(_LEFT), above), (_middle(_LEFT), top))
    return _box(axes, _LEFT, top, text, kind)


def _middle(column: tuple[float, float]) -> float:
    return column[0] + column[1] / 2


def _box(axes: Axes, column: tuple[float, float], top: float, text: str, kind: str) -> float:
    """A box with its text; where it ends below."""
    from matplotlib.patches import FancyBboxPatch

    (left, wide), tall = column, _tall(text)
    shape = "round,pad=0,rounding_size=0.08"
    corner = (left, top - tall)
    axes.add_patch(FancyBboxPatch(corner, wide, tall, boxstyle=shape, facecolor=_FILL[kind], edgecolor=_INK, lw=0.9))
    axes.text(left + 0.15, top - tall / 2, text, va="center", ha="left", color=_INK, linespacing=1.3)
    return top - tall


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": _INK, "lw": 0.9, "shrinkA": 0, "shrinkB": 0}
    )


# --- what the boxes say -----------------------------------------------------------------------------------------------


def _head(tally: Tally) -> str:
    title = textwrap.wrap(tally.protocol.title, int(_LEFT[1] * _LETTERS))
    return "\n".join([tally.protocol.id, *title, f"Screened {_n(tally.screened)}"])


def _remain(tally: Tally) -> str:
    return f"Not excluded {_n(tally.screened - tally.excluded)}"


def _last(tally: Tally) -> str:
    return f"Candidates {_n(tally.candidates)}"


def _excluded(tally: Tally) -> str:
    return "\n".join([f"Excluded {_n(tally.excluded)}, by one criterion or several:", *_listed(tally.excluded_by)])


def _waiting(tally: Tally) -> str:
    return "\n".join([f"Waiting for information {_n(tally.waiting)} on:", *_listed(tally.waiting_for)])


def _listed(counts: Iterable[Count]) -> list[str]:
    wide = int(_RIGHT[1] * _LETTERS)
    words = (f"{one.criterion.number}: {one.criterion.title} {_n(one.count)}" for one in counts)
    return [line for text in words for line in textwrap.wrap(text, wide, initial_indent="• ", subsequent_indent="   ")]


def _n(count: int) -> str:
    """The number as CONSORT writes it; it stays on one line."""
    return f"(n\u00a0=\u00a0{count})"
