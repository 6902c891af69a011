"""What of a stored screening is a person's own: a record in, the overrides that still hold out, for its certificate.

A certificate names them beside the entry that holds them, so that who checks one can ask the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from screening.record.review import BY_RULES
from screening.record.screenings import Record, shown


def certified(record: Record) -> dict[str, Any]:
    """The `record` and `persons` of a stored screening's certificate."""
    entry = record.entry
    return {
        "record": {"id": f"{entry.screening}.{entry.version}", "entry": entry.number, "hash": entry.hash},
        "persons": [one for override in _standing(record) for one in _told(override)],
    }


def _standing(record: Record) -> Iterator[Mapping[str, Any]]:
    """The overrides that hold: of a criterion the newest, unless it gave it back to the rules; of facts all."""
    overrides = record.content.get("overrides", [])
    newest = {one["criterion"]: one for one in overrides if "criterion" in one}
    for one in overrides:
        if "fact" in one or (newest[one["criterion"]] is one and one["after"] != BY_RULES):
            yield one


def _told(override: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The override in short, one for each field of a fact."""
    feedback, before, after = override["feedback"], override["before"], override["after"]
    why = feedback["overrideReason"]
    who = {"by": override["by"], "at": feedback["outcomeTimestamp"], "reason": why["reason"]["code"]}
    who |= {"comment": why["userComment"]} if "userComment" in why else {}
    if "criterion" in override:
        yield {"criterion": override["criterion"], "after": after, **who}
    elif after is None:
        yield {"struck": override["fact"], "quote": before["quote"], **who}
    else:
        old = before.get("attributes", {}).get("corrected", "").split()
        for field in after["attributes"]["corrected"].split():
            told = {"field": field, "before": shown(before, field), "after": shown(after, field)}
            if field not in old or told["before"] != told["after"]:
                yield {"fact": override["fact"], **told, **who}
