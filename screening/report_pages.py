"""The pages of a document for the report: their pictures, and a box around the words that answers rest on.

A document that was text has none. What is not shown, and why, is said in one line.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.facts import Document, Fact
from kb.layout import Box, Layout
from screening.documents import BadInputError
from screening.documents.limits import limits_in_use
from screening.documents.page_pictures import Picture, pictures_of

_STATES = ("fail", "raised", "pass", "silent")  # of several criteria that rest on the same words the first one shows


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact and the criteria whose answers rest on it: the id and the state of each."""

    fact: Fact
    answers: tuple[tuple[str, str], ...]


def foremost(evidence: Iterable[Evidence]) -> tuple[str, str]:
    """The criterion, and the state, which words show that all these stand in."""
    return min((answer for one in evidence for answer in one.answers), key=lambda answer: _STATES.index(answer[1]))


def title_of(evidence: Iterable[Evidence]) -> str:
    """The criteria that rest on the words, such as "I4a fail; E7a raised"."""
    return "; ".join(dict.fromkeys(" ".join(answer) for one in evidence for answer in one.answers))


@dataclass(frozen=True, slots=True)
class ReportPages:
    """The pages that are shown, as the template needs them, and a line on those that are not; `anchors` has for each
    fact that stands on them the id of its box.
    """

    pages: tuple[Mapping[str, Any], ...] = ()
    note: str = ""
    anchors: Mapping[str, str] = field(default_factory=dict)


def report_pages(document: Document, evidence: Sequence[Evidence], prefix: str) -> ReportPages:
    """The pages of a document with boxes around its evidence; `prefix` begins the ids of the boxes."""
    layout = document.layout
    if layout is None:
        return ReportPages()
    if not layout.source:
        return ReportPages(note="The pages themselves were not stored: this is their text as it was read.")
    boxes = _boxes(layout, evidence)
    limits = limits_in_use()
    chosen = _chosen(len(layout.pages), boxes, limits.drawn_pages)
    try:
        pictures = pictures_of(layout.source, chosen, document.name, limits) if chosen else ()
    except BadInputError:
        return ReportPages(note="The pages could not be drawn: this is their text as it was read.")
    pages = [
        _page(picture, len(layout.pages), _marked(boxes.get(picture.page, {}), f"{prefix}-p{picture.page + 1}"))
        for picture in pictures
    ]
    anchors = {key: box["id"] for page in reversed(pages) for box in reversed(page["boxes"]) for key in box["facts"]}
    shown = [picture.page for picture in pictures]
    return ReportPages(tuple(pages), _note(shown, len(layout.pages), boxes), anchors)


# --- which pages ------------------------------------------------------------------------------------------------------

Boxes = Mapping[int, Mapping[Box, Sequence[Evidence]]]  # by page, what stands in each box


def _boxes(layout: Layout, evidence: Sequence[Evidence]) -> Boxes:
    found: dict[int, dict[Box, list[Evidence]]] = {}
    for one in evidence:
        for page, box in layout.places(one.fact.start, one.fact.end):
            found.setdefault(page, {}).setdefault(box, []).append(one)
    return found


def _chosen(count: int, boxes: Boxes, most: int) -> list[int]:
    """All pages of a short document; of a long one those with boxes, and were these too many, first what stops."""
    if count <= most:
        return list(range(count))
    states = {page: foremost(one for told in on.values() for one in told)[1] for page, on in boxes.items()}
    return sorted(sorted(states, key=lambda page: (_STATES.index(states[page]), page))[:most])


def _note(shown: Sequence[int], count: int, boxes: Boxes) -> str:
    """Which pages of how many are shown, where it is not all, and on which others an answer rests."""
    if len(shown) == count:
        return ""
    if not shown and not boxes:
        return f"No answer rests on words of the {count} pages: this is their text as it was read."
    if not shown:
        return "The pages could not be drawn: this is their text as it was read."
    left = sorted(set(boxes).difference(shown))
    rest = f"answers rest on {_numbers(left)} too: see the text" if left else "no answer rests on the others"
    return f"Shown of {count} pages: {_numbers(shown)}; {rest}."


def _numbers(pages: Sequence[int]) -> str:
    *others, last = (str(page + 1) for page in pages)
    return f"{', '.join(others)} and {last}" if others else last


# --- a page and its boxes ---------------------------------------------------------------------------------------------


def _page(picture: Picture, count: int, boxes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "title": f"Page {picture.page + 1} of {count}",
        "width": picture.width,
        "height": picture.height,
        "image": f"data:image/webp;base64,{base64.b64encode(picture.webp).decode('ascii')}",
        "boxes": boxes,
    }


def _marked(on: Mapping[Box, Sequence[Evidence]], prefix: str) -> list[dict[str, Any]]:
    """The boxes of a page from top to bottom; one within another comes after it, and so lies above it."""
    ordered = sorted(on.items(), key=lambda entry: (entry[0].top, entry[0].left, -entry[0].right, -entry[0].bottom))
    return [_marked_box(box, told, f"{prefix}-{number}") for number, (box, told) in enumerate(ordered)]


def _marked_box(box: Box, told: Sequence[Evidence], key: str) -> dict[str, Any]:
    criterion, state = foremost(told)
    return {
        "id": key,
        "style": f"left:{box.left:.2%};top:{box.top:.2%};"
        f"width:{box.right - box.left:.2%};height:{box.bottom - box.top:.2%}",
        "criterion": criterion,
        "state": state,
        "title": title_of(told),
        "quote": "; ".join(dict.fromkeys(" ".join(one.fact.quote.split()) for one in told)),
        "facts": [one.fact.id for one in told],
    }
