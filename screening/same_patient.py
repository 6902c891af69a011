"""Whether the documents of a dossier are of one patient: their identities in, those that belong together out.

What a document does not tell is no mismatch. A name may be abbreviated, turned round or changed by marriage, and the
day and month of a birth date written in figures may be the other way round; a hospital's own number counts for less
than a birth date. Nothing of an identity is shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from extraction.identity import Days, Identity, Name

_MOST = 12  # different identities in one dossier; with more of them nothing is trusted
_AGE_SLACK = 2  # years by which two ages may miss each other
_ONE_LETTER_WRONG = 5  # letters of a part of a name from which on one may be misread
_MATTERS = ("birth date", "national number", "sex", "name", "record number", "age")
Likeness = Literal["same", "near", "differs", "untold"]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The places of the documents that are of one patient, and of each other one in what it differs from them.

    `kept` is empty where no group has more documents than every other.
    """

    kept: tuple[int, ...]
    differing: Mapping[int, tuple[str, ...]]


def group(identities: Sequence[Identity]) -> Grouping:
    """The largest set of documents of which no two differ; of sets of one size the one whose identities tie it more."""
    count = len(identities)
    apart = {
        pair: differences(identities[pair[0]], identities[pair[1]]) for pair in itertools.combinations(range(count), 2)
    }
    alike = {pair for pair in apart if _is_tied(identities[pair[0]], identities[pair[1]])}
    loose = [at for at in range(count) if not any(found and at in pair for pair, found in apart.items())]
    rest = [at for at in range(count) if at not in loose]
    sets = _largest(rest, apart, alike)
    if len(sets) != 1:
        told = tuple(what for what in _MATTERS if any(what in found for found in apart.values()))
        return Grouping((), dict.fromkeys(range(count), told))
    kept = tuple(sorted([*loose, *sets[0]]))
    return Grouping(kept, {at: _against(at, kept, apart) for at in range(count) if at not in kept})


def _against(at: int, kept: Sequence[int], apart: Mapping[tuple[int, int], tuple[str, ...]]) -> tuple[str, ...]:
    found = {what for other in kept for what in apart[min(at, other), max(at, other)]}
    return tuple(what for what in _MATTERS if what in found)


def _largest(
    places: Sequence[int], apart: Mapping[tuple[int, int], tuple[str, ...]], alike: set[tuple[int, int]]
) -> list[tuple[int, ...]]:
    """The largest sets without a pair that differs; of those of one size the ones with the most pairs that are tied."""
    if not places:
        return [()]
    kinds = _of_one_kind(places, apart, alike)
    if len(kinds) > _MOST:
        return []
    best: list[tuple[int, ...]] = []
    most = (0, 0)
    for chosen in itertools.product((False, True), repeat=len(kinds)):
        found = [at for kind, taken in zip(kinds, chosen, strict=True) if taken for at in kind]
        pairs = list(itertools.combinations(sorted(found), 2))
        if any(apart[pair] for pair in pairs):
            continue
        worth = (len(found), sum(pair in alike for pair in pairs))
        if worth >= most:
            best = [*(best if worth == most else ()), tuple(sorted(found))]
            most = worth
    return best


def _of_one_kind(
    places: Sequence[int], apart: Mapping[tuple[int, int], tuple[str, ...]], alike: set[tuple[int, int]]
) -> list[list[int]]:
    """The places grouped with those that are tied to them and differ from the same others."""
    foes = {
        at: frozenset(other for other in places if other != at and apart[min(at, other), max(at, other)])
        for at in places
    }
    kinds: list[list[int]] = []
    for at in places:
        for kind in kinds:
            if foes[kind[0]] == foes[at] and all((other, at) in alike for other in kind):
                kind.append(at)
                break
        else:
            kinds.append([at])
    return kinds


# --- two identities ---------------------------------------------------------------------------------------------------


def differences(one: Identity, other: Identity) -> tuple[str, ...]:
    """In what two identities cannot be of one patient, in words; nothing where they can."""
    births = _births(one.births, other.births)
    national, local = _numbers(one.national, other.national), _numbers(one.local, other.local)
    found = []
    if births == "differs":
        found.append("birth date")
    if national == "differs":
        found.append("national number")
    if one.sex and other.sex and one.sex != other.sex:
        found.append("sex")
    likeness = _names(one.names, other.names)
    if likeness == "differs" and not (births == "same" and "same" in (national, local)):
        found.append("name")
    if likeness == "near" and "same" not in (births, national, local):
        found.append("name")
    if local == "differs" and "same" not in (births, national):
        found.append("record number")
    if births == "untold" and not _ages_agree(one, other):
        found.append("age")
    return tuple(found)


def _is_tied(one: Identity, other: Identity) -> bool:
    """Whether something told says that they are of one patient."""
    told = (
        _births(one.births, other.births),
        _numbers(one.national, other.national),
        _numbers(one.local, other.local),
        _names(one.names, other.names),
    )
    return "same" in told and not differences(one, other)


def _births(ones: Days, others: Days) -> Likeness:
    if not ones or not others:
        return "untold"
    overlap = any(first <= end and start <= last for first, last in ones for start, end in others)
    return "same" if overlap else "differs"


def _ages_agree(one: Identity, other: Identity) -> bool:
    spans = [_year_span(one), _year_span(other)]
    if spans[0] is None or spans[1] is None:
        return True
    (first, last), (start, end) = spans[0], spans[1]
    return first <= end + _AGE_SLACK and start <= last + _AGE_SLACK


def _year_span(identity: Identity) -> tuple[int, int] | None:
    """The years in which the patient may be born, by the birth date or else by the age."""
    spans: list[tuple[date, date]] = list(identity.births) or ([identity.born] if identity.born else [])
    return (min(one.year for one, _ in spans), max(one.year for _, one in spans)) if spans else None


def _numbers(ones: Mapping[str, frozenset[str]] | None, others: Mapping[str, frozenset[str]] | None) -> Likeness:
    if not ones or not others:
        return "untold"
    if any(told & number for told in ones.values() for number in others.values()):
        return "same"
    return "differs" if ones.keys() & others.keys() else "untold"


def _names(ones: Sequence[Name], others: Sequence[Name]) -> Likeness:
    if not ones or not others:
        return "untold"
    found = {_alike(one, other) for one in ones for other in others}
    return "same" if "same" in found else "near" if "near" in found else "differs"


def _alike(one: Name, other: Name) -> Likeness:
    """Names whose parts agree as far as both tell them; `near` where only what stands first does: a family name may
    have changed.
    """
    shorter, longer = sorted((one, other), key=len)
    if any(_each_found(shorter, order) for order in itertools.permutations(longer, len(shorter))):
        return "same"
    if "".join(sorted("".join(one))) == "".join(sorted("".join(other))) and _joined(one) & _joined(other):
        return "same"  # "Xiao Ming", "Xiaoming"
    given = len(one[0]) > 1 and len(other[0]) > 1 and _agree(one[0], other[0])
    return "near" if given and min(len(one), len(other)) > 1 else "differs"


def _joined(name: Name) -> set[str]:
    return {"".join(order) for order in itertools.permutations(name)}


def _each_found(parts: Name, among: Sequence[str]) -> bool:
    return all(map(_agree, parts, among))


def _agree(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    shorter, longer = sorted((one, other), key=len)
    cut_off = len(shorter) > _ONE_LETTER_WRONG and longer.startswith(shorter)
    return one == other or cut_off or (len(shorter) >= _ONE_LETTER_WRONG and _one_wrong(one, other))


def _one_wrong(one: str, other: str) -> bool:
    """Whether one letter more, less or other makes one word of the other."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    at = next(
        (at for at, (left, right) in enumerate(zip(shorter, longer, strict=False)) if left != right), len(shorter)
    )
    return shorter[at + (len(shorter) == len(longer)) :] == longer[at + 1 :]
