"""2019 EULAR/ACR classification of SLE: the entry test and the items in, total and classification out, as bounds.

Items with domains and weights are in eular_acr_2019.yaml; ids are concept ids but for effusion (pleural-effusion,
pericardial-effusion), joint-involvement (arthritis), nephritis-class-* (lupus-nephritis by its isn_class), the
antibodies and the complements. A letter may prove the classification by its findings without ever naming it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.calculators.items import Item, least_and_most, presence, read_items
from kb.facts import Interval

SOURCE = "Aringer M et al., Ann Rheum Dis 2019;78:1151-9"
UNIT = "{score}"
CLASSIFIED_FROM = 10


@dataclass(frozen=True, slots=True)
class Classification:
    """The points, 0 to 51, and whether they classify the patient as SLE: [1, 1] yes, [0, 0] no, [0, 1] open."""

    total: Interval
    classified: Interval


@functools.cache
def items() -> dict[str, Item]:
    """The items by id, in the published order of domains."""
    return {item.id: item for item in read_items(Path(__file__).with_suffix(".yaml"))}


def bounds(ana: Interval | None, given: Mapping[str, Interval | None]) -> Classification:
    """Total and classification from all open items absent to all present; an item not given is open.

    `ana` is the entry criterion: without it nothing is scored and nobody is classified. That SLE is the likeliest
    cause of an item is the caller's to know. Raises ValueError for a foreign id, or a value outside 0 to 1.

    >>> nothing_else = dict.fromkeys(items(), Interval(0, 0))
    >>> bounds(Interval(1, 1), {**nothing_else, "nephritis-class-3-or-4": Interval(1, 1)}).classified
    Interval(low=1, high=1, low_open=False, high_open=False)
    >>> bounds(None, {**nothing_else, "fever": Interval(1, 1)}).total
    Interval(low=0, high=2, low_open=False, high_open=False)
    """
    certainly, perhaps = least_and_most(items(), given)
    entry_low, entry_high = presence(ana)
    least, surely = _score(certainly) if entry_low else (0, False)
    most, maybe = _score(perhaps) if entry_high else (0, False)
    return Classification(Interval(least, most), Interval(int(surely), int(maybe)))


def _score(present: set[str]) -> tuple[int, bool]:
    """The points of the items present, the highest of each domain, and whether they classify."""
    highest: dict[str | None, int] = {}
    for item in items().values():
        if item.id in present:
            highest[item.domain] = max(item.weight, highest.get(item.domain, 0))
    total = sum(highest.values())
    return total, total >= CLASSIFIED_FROM and any(items()[key].clinical for key in present)
