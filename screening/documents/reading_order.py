"""In which order the words of a page are read: boxes in, blocks of lines out, each line from left to right.

Words side by side are one line, unless an empty stripe runs down between two columns of running text: then the left
column is read before the right. A table's columns are no such columns, for its rows are short or stand level.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.layout import Box

Row = list[int]  # the places of a line's boxes in the sequence given, from left to right
Block = list[Row]

_SAME_LINE = 0.5  # of a line's height: how far the middles of two words of one line may lie apart
_SMALL = 0.7  # of the usual height of a line: lines of small type stand closer, a raised figure within its line
_NARROWEST = 1.8  # character widths: an empty stripe between two columns
_CELL_GAP = 3.0  # character widths: what parts the cells of a table
_FEWEST = 3  # lines in a column
_RUNNING_TEXT = 20.0  # character widths: the lines of running text are no shorter
_FULL = 0.75  # of a column's width: how far its lines reach, in running text
_LEVEL = 0.25  # of a line's height: how far apart the lines of two columns may be to stand level
_LONG_COLUMN = 10  # lines
_LETTERHEAD = 3  # lines above both columns
_CONTINUED = 0.2  # of a column's lines: so many begin amid a sentence
_BEGIN_LEVEL = 0.9  # of the entries of a table of wrapped cells
_FAR = 2.2  # of that way: further down is something else
_MOST_PARTS = 6
_ONE_STEP = 1.5  # of the usual way from line to line: further down is another paragraph


@dataclass(frozen=True, slots=True)
class Scale:
    """The usual width of a character, as a fraction of the page's width, and height of a line, of its height."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Page:
    """The boxes of a page, its scale, which boxes open list items, and which begin in lower case."""

    boxes: Sequence[Box]
    scale: Scale
    marks: frozenset[int] = frozenset()
    lower: frozenset[int] = frozenset()


def blocks_of(
    boxes: Sequence[Box], scale: Scale, marks: frozenset[int] = frozenset(), lower: frozenset[int] = frozenset()
) -> list[Block]:
    """The boxes as blocks of lines in reading order.

    `marks` are the bullets and numbers that open list items, `lower` the words that begin in lower case.

    >>> left, right = Box(0.1, 0.1, 0.2, 0.12), Box(0.3, 0.101, 0.4, 0.121)
    >>> blocks_of([right, left], Scale(0.01, 0.02))
    [[[1, 0]]]
    """
    return _split(list(range(len(boxes))), _Page(boxes, scale, marks, lower))


def _split(chosen: Row, page: _Page) -> list[Block]:
    rows = _rows_of(chosen, page)
    stripe = _widest_stripe(rows, page)
    if stripe is None:
        return [rows] if rows else []
    above, within, below = rows[: stripe.first], rows[stripe.first : stripe.last + 1], rows[stripe.last + 1 :]
    left, right = _sides(within, stripe, page)
    return [block for part in (_flat(above), left, right, _flat(below)) for block in _split(part, page) if part]


def _flat(rows: Sequence[Row]) -> Row:
    return [one for row in rows for one in row]


def _rows_of(chosen: Sequence[int], page: _Page) -> list[Row]:
    """The lines of words side by side, from the top; a line may rise or fall slowly, as on a page that lies askew."""
    rows: list[Row] = []
    level: list[float] = []  # the middle of each row at its right end
    smaller: set[int] = set()  # the rows that begin in small type
    at_height: dict[int, set[int]] = {}  # the rows in each stripe of the page as high as two lines
    for one in sorted(chosen, key=lambda one: (page.boxes[one].left, page.boxes[one].top)):
        middle, height = _middle(page.boxes[one]), page.boxes[one].bottom - page.boxes[one].top
        reach = _SAME_LINE * max(page.scale.height, min(height, 2 * page.scale.height))
        small = height < _SMALL * page.scale.height
        stripe = int(middle / (2 * page.scale.height))
        others = [row for beside in (stripe - 1, stripe, stripe + 1) for row in at_height.get(beside, ())]
        near = min(others, key=lambda row: (abs(level[row] - middle), row), default=None)
        if near is not None and small and near in smaller:
            reach = _SAME_LINE * height
        if near is None or abs(level[near] - middle) >= reach:
            smaller |= {len(rows)} if small else set()
            at_height.setdefault(stripe, set()).add(len(rows))
            rows.append([one])
            level.append(middle)
            continue
        rows[near].append(one)
        if height > 0.7 * page.scale.height:  # a raised or lowered figure does not lead its line astray
            at_height[int(level[near] / (2 * page.scale.height))].discard(near)
            level[near] = (level[near] + 3 * middle) / 4
            at_height.setdefault(int(level[near] / (2 * page.scale.height)), set()).add(near)
    return sorted(rows, key=lambda row: statistics.median(_middle(page.boxes[one]) for one in row))


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Stripe:
    """An empty stripe from `left` to `right` that no word crosses from row `first` to row `last`."""

    first: int
    last: int
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def _widest_stripe(rows: list[Row], page: _Page) -> _Stripe | None:
    """The stripe between two columns of text that most rows stand beside."""
    spans = [_spans(row, page) for row in rows]
    tried: list[_Stripe] = []
    best: _Stripe | None = None
    for at in range(len(spans)):
        for left, right in _gaps(spans, at):
            seed = _Stripe(at, at, left, right)
            if any(one.first <= at <= one.last and seed.left <= one.middle <= seed.right for one in tried):
                continue
            found = _grown(seed, spans, page)
            tried.append(found)
            part = _columns_in(_trimmed(found, rows, spans, page), rows, page)
            if part is None and _is_overflow(found, rows, page):
                part = found
            if part is not None and (best is None or part.last - part.first > best.last - best.first):
                best = part
    return best


def _gaps(spans: list[list[tuple[float, float]]], at: int) -> Iterator[tuple[float, float]]:
    """The gaps of a row, and that between it and the next where they stand on two sides."""
    yield from ((left[1], right[0]) for left, right in pairwise(spans[at]))
    if at + 1 < len(spans):
        left, right = sorted((spans[at], spans[at + 1]))
        if left[-1][1] < right[0][0]:
            yield left[-1][1], right[0][0]


def _spans(row: Row, page: _Page) -> list[tuple[float, float]]:
    """From where to where a row has words, a gap of less than a column's being none."""
    spans: list[tuple[float, float]] = []
    for one in row:
        box = page.boxes[one]
        if spans and box.left - spans[-1][1] < _NARROWEST * page.scale.width:
            spans[-1] = (spans[-1][0], max(spans[-1][1], box.right))
        else:
            spans.append((box.left, box.right))
    return spans


def _grown(seed: _Stripe, spans: list[list[tuple[float, float]]], page: _Page) -> _Stripe:
    left, right, ends = seed.left, seed.right, [seed.first, seed.last]
    for side, step in ((0, -1), (1, 1)):
        at = ends[side] + step
        while 0 <= at < len(spans):
            free = _free(spans[at], left, right)
            if free is None or free[1] - free[0] < _NARROWEST * page.scale.width:
                break
            left, right = free
            ends[side] = at
            at += step
    return _Stripe(ends[0], ends[1], left, right)


def _free(spans: list[tuple[float, float]], left: float, right: float) -> tuple[float, float] | None:
    """The widest part from `left` to `right` that no span covers."""
    edges = [(left, left), *((a, b) for a, b in spans if b > left and a < right), (right, right)]
    gaps = [(before[1], after[0]) for before, after in pairwise(edges) if after[0] > before[1]]
    return max(gaps, key=lambda gap: gap[1] - gap[0], default=None)


def _trimmed(stripe: _Stripe, rows: list[Row], spans: list[list[tuple[float, float]]], page: _Page) -> _Stripe:
    """Without the rows on one side alone that stand apart from the columns, above and below."""
    tops = [min(page.boxes[one].top for one in row) for row in rows]
    steps = [tops[at + 1] - tops[at] for at in range(stripe.first, stripe.last)]
    usual = statistics.median(steps) if steps else 0.0
    left = [at for at in range(stripe.first, stripe.last + 1) if spans[at][0][0] < stripe.middle]
    right = [at for at in range(stripe.first, stripe.last + 1) if spans[at][-1][1] > stripe.middle]
    if not left or not right or max(left[0], right[0]) > min(left[-1], right[-1]) + 1:
        return dataclasses.replace(stripe, last=stripe.first)  # not side by side
    first, last = max(left[0], right[0]), min(left[-1], right[-1])
    first, last = min(first, last), max(first, last)
    while first > stripe.first and tops[first] - tops[first - 1] <= _ONE_STEP * usual:
        first -= 1
    while last < stripe.last and tops[last + 1] - tops[last] <= _ONE_STEP * usual:
        last += 1
    last = _end_of_longer(last, stripe, rows, page)
    return _Stripe(first, last, stripe.left, stripe.right)


def _columns_in(stripe: _Stripe, rows: list[Row], page: _Page, depth: int = 0) -> _Stripe | None:
    """The stripe, or the most of it above or below its widest gap, that parts columns of text.

    Columns, a table and a form under one another may share a stripe.
    """
    count = stripe.last - stripe.first + 1
    if count < _FEWEST or depth > _MOST_PARTS:
        return None
    whole = _parts_columns(stripe, rows, page)
    if count < 2 * _FEWEST:
        return stripe if whole else None
    tops = [min(page.boxes[one].top for one in row) for row in rows[stripe.first : stripe.last + 1]]
    steps = [b - a for a, b in pairwise(tops)]
    cut = max(range(len(steps)), key=lambda at: steps[at])
    if whole and steps[cut] <= _FAR * statistics.median(steps):
        return stripe
    parts = [
        dataclasses.replace(stripe, last=stripe.first + cut),
        dataclasses.replace(stripe, first=stripe.first + cut + 1),
    ]
    found = [_columns_in(part, rows, page, depth + 1) for part in parts]
    if whole and all(
        one == part or part.last - part.first + 1 < _FEWEST for one, part in zip(found, parts, strict=True)
    ):
        return stripe
    return max((one for one in found if one is not None), key=lambda one: one.last - one.first, default=None)


def _is_overflow(stripe: _Stripe, rows: list[Row], page: _Page) -> bool:
    """Whether what stands to the right is the end of a text that fills a long column to the left.

    It begins near the top, all its lines at one edge, some amid a sentence.
    """
    left, right = (_rows_of(side, page) for side in _sides(rows[stripe.first : stripe.last + 1], stripe, page))
    if not right or len(left) < _LONG_COLUMN or not (right[0][0] in page.lower or _continued(right, page)):
        return False
    edges = [page.boxes[row[0]].left for row in right]
    top = page.boxes[right[0][0]].top
    return (
        sum(page.boxes[row[0]].bottom < top for row in left) <= _LETTERHEAD
        and max(edges) - min(edges) < _NARROWEST * page.scale.width
        and _goes_on(left, page)
        and not any(_is_table(side, page) for side in (left, right))
    )


def _end_of_longer(last: int, stripe: _Stripe, rows: list[Row], page: _Page) -> int:
    """The last row of the longer column: text as wide as the column goes on after the end of the other."""
    within, below = rows[stripe.first : last + 1], range(last + 1, stripe.last + 1)
    for side in _sides(within, stripe, page):
        left, right = min(page.boxes[one].left for one in side), max(page.boxes[one].right for one in side)
        reaches = left + _FULL * (right - left)
        full = [
            at
            for at in below
            if left <= page.boxes[rows[at][-1]].right <= right and page.boxes[rows[at][-1]].right > reaches
        ]
        if full:
            return _paragraph_end(full[-1], stripe.last, rows, page)
    return last


def _paragraph_end(at: int, last: int, rows: list[Row], page: _Page) -> int:
    """The last of the rows that follow that one closely."""
    tops = [min(page.boxes[one].top for one in row) for row in rows]
    while 0 < at < last and tops[at + 1] - tops[at] <= _ONE_STEP * (tops[at] - tops[at - 1]):
        at += 1
    return at


def _sides(rows: list[Row], stripe: _Stripe, page: _Page) -> tuple[Row, Row]:
    chosen = _flat(rows)
    left = [one for one in chosen if (page.boxes[one].left + page.boxes[one].right) / 2 < stripe.middle]
    beside = set(left)
    return left, [one for one in chosen if one not in beside]


def _parts_columns(stripe: _Stripe, rows: list[Row], page: _Page) -> bool:
    """Whether both sides are columns of text: running text, lists, or lines that do not stand level."""
    within = rows[stripe.first : stripe.last + 1]
    sides = [_rows_of(side, page) for side in _sides(within, stripe, page)]
    if min(map(len, sides)) < _FEWEST or any(_is_table(side, page) for side in sides):
        return False
    if all(sum(row[0] in page.marks for row in side) >= 2 for side in sides):
        return True
    if all(_goes_on(side, page) for side in sides) and not _begin_level(sides[0], sides[1], page):
        return True
    widths = [_widths(side, page) for side in sides]
    if all(
        statistics.median(width) >= _RUNNING_TEXT and statistics.median(width) >= _FULL * max(width) for width in widths
    ):
        return True
    return (
        max(map(len, sides)) < 2 * min(map(len, sides))
        and all(statistics.median(width) >= _RUNNING_TEXT / 2 for width in widths)
        and _share_level(sides[0], sides[1], page) < 0.5
    )


def _is_full(rows: list[Row], at: int, page: _Page) -> bool:
    """Whether the first word of a row stands there for want of room at the end of the row before."""
    margin = max(page.boxes[one].right for row in rows for one in row)
    first = page.boxes[rows[at][0]]
    return page.boxes[rows[at - 1][-1]].right + page.scale.width / 2 + first.right - first.left > margin


def _continued(rows: list[Row], page: _Page) -> list[int]:
    """The rows that begin in lower case behind a full one: amid a sentence."""
    return [at for at in range(1, len(rows)) if rows[at][0] in page.lower and _is_full(rows, at, page)]


def _goes_on(rows: list[Row], page: _Page) -> bool:
    """Whether lines as wide as those of running text go on from one to the next."""
    return (
        max(_widths(rows, page)) >= _RUNNING_TEXT
        and len(_continued(rows, page)) >= _FEWEST
        and len(_continued(rows, page)) >= _CONTINUED * len(rows)
    )


def _begin_level(left: list[Row], right: list[Row], page: _Page) -> bool:
    """Whether what begins on the two sides begins level, as wrapped cells of a table's rows do."""
    begins = [[row for at, row in enumerate(rows) if at not in _continued(rows, page)] for rows in (left, right)]
    return _share_level(begins[0], begins[1], page) > _BEGIN_LEVEL


def _is_table(rows: list[Row], page: _Page) -> bool:
    """Whether a good part of the lines have gaps as between cells, or most have some that running text has not."""
    widest = [
        max((page.boxes[b].left - page.boxes[a].right for a, b in pairwise(row)), default=0.0) / page.scale.width
        for row in rows
    ]
    return sum(gap > _CELL_GAP for gap in widest) * 3 >= len(rows) or sum(
        gap > _NARROWEST for gap in widest
    ) * 3 >= 2 * len(rows)


def _widths(rows: list[Row], page: _Page) -> list[float]:
    return [(max(page.boxes[one].right for one in row) - page.boxes[row[0]].left) / page.scale.width for row in rows]


def _share_level(left: list[Row], right: list[Row], page: _Page) -> float:
    """The share of the lines of the shorter side that stand level with one of the other."""
    few, many = sorted(([_middle(page.boxes[row[0]]) for row in side] for side in (left, right)), key=len)
    level = sum(any(abs(one - other) < _LEVEL * page.scale.height for other in many) for one in few)
    return level / len(few)
