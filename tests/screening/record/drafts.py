"""Entries to fill a store with, without reading any letter: what they say does not matter to the chain."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from screening.record.chain import Entry, canonical
from screening.record.store import Draft, Store

NOON = datetime(2026, 6, 15, 12, 0, 0, tzinfo=UTC)


def draft(number: int, **more: Any) -> Draft:
    """A screening of some letter."""
    content = {
        "screening": {
            "documents": [{"name": f"letter-{number}.txt", "sha256": f"{number:064}", "date": None}],
            "protocol": {"id": "MINI"},
            "criteria": [{"id": "I1", "answer": "fail", "reason": f"Zebrawood {number} years", "proof": []}],
            "findings": [{"id": "age", "low": 3, "high": 3, "unit": "a", "facts": ["f1"], "calculation": None}],
            "facts": [{"id": "f1", "quote": f"Zebrawood {number} years"}],
        },
        "terms": "0" * 64,
    }
    said: dict[str, Any] = {
        "kind": "screening",
        "by": "reader",
        "protocol_id": "MINI",
        "as_of": "2026-06-15",
        "verdict": "ineligible",
        "content": canonical(content),
        "protocol": "id: MINI\n",
        "letters": [f"Zebrawood {number} years old, LVEF ≥ 55 %.\n"],
    }
    return Draft(**(said | more))


def correction(of: Entry, text: str) -> Draft:
    """A later version of a screening."""
    content = canonical({**json.loads(draft(0).content), "note": text})
    return draft(0, kind="review", content=content, corrects=of, letters=(), letters_as=of.letters_as)


def fill(store: Store) -> list[Entry]:
    """Six entries of every kind but erasure: two versions of one screening, one with only its letter's hash."""
    added = store.add([draft(1), draft(2)], NOON)
    added += store.add([correction(added[0], "first")], NOON)
    added += store.add([draft(3, letters_as="hash")], NOON)
    added += store.add([draft(4), draft(5)], NOON)
    return added
