"""What a score made of present-or-absent items needs: the items of a YAML file in, each item's two possible values out.

An item is [1, 1] present, [0, 0] absent, [0, 1] or not given when the letter leaves it open.
Such scores rise with every item, so all items at their least and all at their most bound them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter

from kb.facts import Interval
from kb.kept import kept_yaml


class Item(BaseModel, extra="forbid", frozen=True, defer_build=True):
    """One item of a score: its weight, its published definition in short, and the domain it counts in, if any."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    weight: Annotated[int, Field(gt=0)]
    definition: str
    domain: str | None = None
    clinical: bool = True


def read_items(path: Path) -> tuple[Item, ...]:
    """The items of a score's file, in its order."""
    return TypeAdapter(tuple[Item, ...]).validate_python(kept_yaml(path))


def least_and_most(known: Collection[str], given: Mapping[str, Interval | None]) -> tuple[set[str], set[str]]:
    """The ids of the items that are certainly present, and of those that may be.

    Raises ValueError for an id that the score does not have, or a value that is not between 0 and 1.

    >>> certainly, perhaps = least_and_most(["fever", "rash"], {"fever": Interval(1, 1)})
    >>> sorted(certainly), sorted(perhaps)
    (['fever'], ['fever', 'rash'])
    """
    foreign = sorted(set(given) - set(known))
    if foreign:
        raise ValueError(f"the score has no item {', '.join(foreign)}")
    certainly, perhaps = set(), set()
    for key in known:
        low, high = presence(given.get(key))
        if low == 1:
            certainly.add(key)
        if high == 1:
            perhaps.add(key)
    return certainly, perhaps


def presence(value: Interval | None) -> tuple[int, int]:
    """The two ends of a yes-or-no value, where None and an unbounded side leave it open.

    >>> presence(None), presence(Interval(0, 0)), presence(Interval(1, None))
    ((0, 1), (0, 0), (1, 1))
    """
    low, high = (None, None) if value is None else (value.least, value.greatest)
    if (low is not None and not 0 <= low <= 1) or (high is not None and not 0 <= high <= 1):
        raise ValueError(f"a yes-or-no value lies between 0 and 1, not from {low} to {high}")
    return int(low is not None and low > 0), int(high is None or high > 0)
