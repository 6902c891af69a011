"""The kinds of reason for an override: a code in, the feedback of CDS Hooks that is stored with the override out."""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from screening.documents import BadInputError

_FILE = Path(__file__).with_name("reasons.yaml")


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of reason: its coding, and whether it is given for a `fact`, an `answer` or both."""

    system: str
    code: str
    display: str
    of: tuple[str, ...]


@functools.cache
def reasons() -> dict[str, Reason]:
    """The kinds of reason by code."""
    systems = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = [
        Reason(system["system"], one["code"], one["display"], tuple(one["of"]))
        for system in systems
        for one in system["reasons"]
    ]
    return {one.code: one for one in found}


def reason(code: str, of: set[str]) -> Reason:
    """The kind of reason of that code. Raises BadInputError where there is none, or none for what is overridden.

    >>> reason("wrong-value", {"fact"}).system
    'urn:eligo:override-reasons'
    """
    known = reasons().get(code)
    fit = ", ".join(one.code for one in reasons().values() if of <= set(one.of))
    if known is None or not of <= set(known.of):
        what = "no kind of reason" if known is None else f"no reason to override {' and '.join(sorted(of))}"
        raise BadInputError(f"--reason {code or '(missing)'}: {what}: give one of {fit}")
    return known


def feedback(why: Reason, comment: str, at: str, card: str) -> dict[str, Any]:
    """One entry of CDS Hooks' feedback; `card` names what was shown and overridden, `at` is UTC."""
    told = {"system": why.system, "code": why.code, "display": why.display}
    return {
        "card": str(uuid.uuid5(uuid.NAMESPACE_OID, card)),
        "outcome": "overridden",
        "overrideReason": {"reason": told, **({"userComment": comment} if comment else {})},
        "outcomeTimestamp": at,
    }
