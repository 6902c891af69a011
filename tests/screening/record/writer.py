"""Writes many entries to a store, beside others who do the same: `writer.py STORE NAME COUNT`."""

from __future__ import annotations

import sys

from screening.record.store import opened
from tests.screening.record.drafts import draft


def main(store: str, name: str, count: int) -> None:
    """Makes the store if nobody has, and adds one entry at a time."""
    record = opened(store, create=True)
    for number in range(count):
        record.add([draft(number, by=name)])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
