"""SLEDAI-2K: which of its 24 items are present in, the least and the most points out.

Items with weights and definitions are in sledai_2k.yaml; ids are concept ids but for visual-disturbance
(visual-disturbance-sle), mucosal-ulcers (oral-ulcers), low-complement (c3, c4, complement) and
increased-dna-binding (anti-dsdna). A letter that gives no total often gives enough items to bound it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from kb.calculators.items import Item, least_and_most, read_items
from kb.facts import Interval

SOURCE = "Gladman DD et al., J Rheumatol 2002;29:288-91; 30-day window: Touma Z et al., Lupus 2010;19:49-51"
UNIT = "{score}"
WINDOW_DAYS = 30


@functools.cache
def items() -> dict[str, Item]:
    """The 24 items by id, in the published order."""
    return {item.id: item for item in read_items(Path(__file__).with_suffix(".yaml"))}


def bounds(given: Mapping[str, Interval | None]) -> Interval:
    """The total from all open items absent to all open items present; an item not given is open.

    Raises ValueError for an id that is not an item, or a value outside 0 to 1.

    >>> every = dict.fromkeys(items(), Interval(0, 0))
    >>> bounds({**every, "arthritis": Interval(1, 1), "fever": Interval(0, 1)})
    Interval(low=4, high=5, low_open=False, high_open=False)
    >>> bounds({})
    Interval(low=0, high=105, low_open=False, high_open=False)
    """
    known = items()
    certainly, perhaps = least_and_most(known, given)
    return Interval(sum(known[key].weight for key in certainly), sum(known[key].weight for key in perhaps))
