"""Units as clinicians write them, into the canonical unit of a concept: a spelling and an interval in, an interval out.

The spellings, UCUM codes and factors are `kb/units.yaml`; molar masses and plausible ranges are the terms'. A value
that no living patient has is not converted at all: it is another unit, another number or a slip of the pen.
"""

from __future__ import annotations

import functools
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kb.facts import Interval
from kb.kept import kept_yaml
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

System = Literal["si", "conventional"]
_PER = r" ?(?:/|per\b) ?"
_GRAMS_OF_CREATININE_IN_A_MILLIMOLE = 0.11312  # 1 mg/dL is 88.4 µmol/L


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM code, the dimension that it measures, and its factor to the base unit of that dimension."""

    ucum: str
    dimension: str
    factor: float


@functools.cache
def _table() -> dict[str, Any]:
    content: dict[str, Any] = kept_yaml(Path(__file__).parent / "units.yaml")
    return content


@functools.cache
def units() -> dict[str, Unit]:
    """Every unit by its UCUM code."""
    return {
        entry["ucum"]: Unit(entry["ucum"], entry["dimension"], float(entry["factor"])) for entry in _table()["units"]
    }


def _spelling_pattern(spelling: str) -> str:
    """The regular expression of a literal spelling of `units.yaml` with its macros in angle brackets."""
    parts = re.split(r"(<[\w^]+>)", spelling)
    return "".join(_macro(part) if part.startswith("<") else _literal(part) for part in parts)


def _macro(name: str) -> str:
    if name.startswith("<10^"):
        return _power(name[4:-1])
    return f"(?:{_table()['macros'][name[1:-1]]})"


def _literal(text: str) -> str:
    return re.escape(text).replace("\\ ", " ?").replace("/", _PER)


def _forms(entry: dict[str, Any]) -> list[str]:
    """The regular expressions of every way to write a unit."""
    patterns = [pattern.replace("/", _PER) for pattern in entry.get("patterns", ())]
    return [*(_spelling_pattern(spelling) for spelling in entry["spellings"]), *patterns]


def _power(exponent: str) -> str:
    superscript = exponent.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return rf"(?:[x*] ?|\. ?)?10 ?(?:\^|\*\*?|e\+?|exp|\()? ?(?:{exponent}|{superscript})\)?(?!\d)"


@functools.cache
def _patterns() -> tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """One pattern for any unit, the longest first, and one for each unit."""
    single: list[tuple[str, re.Pattern[str]]] = []
    alternatives: list[str] = []
    for entry in _table()["units"]:
        forms = _forms(entry)
        if forms:
            single.append((entry["ucum"], compiled("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)))
            alternatives += forms
    alternatives.sort(key=len, reverse=True)
    anyone = compiled(
        "(?:" + "|".join(f"(?:{form})" for form in alternatives) + r")(?![a-zA-Z\d²³⁹]|/[a-zA-Z])", re.IGNORECASE
    )
    return anyone, tuple(single)


def find_unit(text: str, start: int, limit: int = sys.maxsize) -> int | None:
    """The end of a unit that is written at `start` of the text, before `limit`, or None.

    >>> find_unit("85 µmol/L (60-110)", 3)
    9
    """
    match = _patterns()[0].match(text, start, limit)
    return None if match is None else match.end()


@functools.lru_cache(maxsize=4096)
def codes_of(written: str) -> tuple[str, ...]:
    """The UCUM codes that a written unit may stand for ("g/l" is grams, or 10*9 where cells are counted).

    >>> codes_of("mg%"), codes_of("G/l")
    (('mg/dL',), ('g/L', '10*9/L'))
    """
    plain = " ".join(written.split()).replace("μ", "µ")
    spelt = tuple(ucum for ucum, pattern in _patterns()[1] if pattern.fullmatch(plain))
    return spelt if plain in spelt or plain not in units() else (plain, *spelt)


def canonical_unit(concept: str) -> str | None:
    """The UCUM code in which values of the concept are kept, or None where it has only qualitative results."""
    term = _lab(concept)
    return None if term is None else term.unit


def _lab(concept: str) -> Lab | None:
    term = vocabulary().terms.get(concept)
    return term if isinstance(term, Lab) else None


def to_canonical(
    concept: str,
    interval: Interval,
    written_unit: str | None,
    *,
    reference: Interval | None = None,
    system: System | None = None,
) -> Interval | None:
    """An interval as written, in the canonical unit of the concept; None where it cannot be a value of it.

    `written_unit` is the letter's spelling or None. Without a unit the one is taken in which the number is plausible;
    where several are, `reference` (the written range) or `system` (how the rest of the letter counts) decides, else
    the result covers all of them.

    >>> to_canonical("creatinine", Interval.exactly(1.2), "mg/dl")
    Interval(low=106.0..., high=106.0..., low_open=False, high_open=False)
    >>> to_canonical("creatinine", Interval.exactly(1.2), None) == to_canonical(
    ...     "creatinine", Interval.exactly(1.2), "mg%"
    ... )
    True
    >>> to_canonical("creatinine", Interval.exactly(1.2), "kg") is None
    True
    """
    codes = units_meant(concept, interval, written_unit, reference=reference, system=system)
    return _hull([value for value in (convert(concept, interval, code) for code in codes) if value is not None])


def units_meant(
    concept: str,
    interval: Interval,
    written_unit: str | None,
    *,
    reference: Interval | None = None,
    system: System | None = None,
) -> tuple[str, ...]:
    """The UCUM codes that a number may be in: one, several where the letter leaves it open, none where none fits.

    >>> units_meant("bilirubin-total", Interval.exactly(3), None)
    ('umol/L', 'mg/dL')
    """
    if written_unit is None:
        codes = _without_unit(concept, interval, reference, system)
    else:
        unsaid = _table()["elliptic"].get(written_unit.lower())
        codes = [*codes_of(written_unit), *([unsaid] if unsaid else [])]
        codes += [_table()["misread"][code] for code in codes if code in _table()["misread"]]
    fitting = [code for code in codes if _fits(concept, interval, code)]
    return tuple(fitting if written_unit is None else fitting[:1])


def _fits(concept: str, interval: Interval, code: str) -> bool:
    converted = convert(concept, interval, code)
    return converted is not None and _plausible(concept, converted)


def convert(concept: str, interval: Interval, code: str) -> Interval | None:
    """An interval in the unit `code`, in the canonical unit of the concept, however large; None if not convertible."""
    term = _lab(concept)
    unit = units().get(code)
    if term is None or term.unit is None:
        return None
    target = units().get(term.unit)
    if unit is None or target is None:
        return interval if term.unit == code else None
    if unit.dimension == "temperature" and unit.ucum != target.ucum:
        return _affine(interval, 5 / 9, -160 / 9) if target.dimension == "temperature" else None
    if target.dimension == "hba1c" and unit.ucum == "%":
        line = _table()["hba1c"]
        return _affine(interval, float(line["slope"]), float(line["intercept"]))
    if unit.dimension == "copies" and target.dimension == "activity":
        loose = _table()["loose"]["copies"]
        return _loosely(interval.scaled(unit.factor / target.factor), float(loose["low"]), float(loose["high"]))
    factor = _factor(unit, target, term.molar_mass)
    if factor is None:
        return None
    return interval if factor == 1 else _rounded(interval.scaled(factor))


def _rounded(interval: Interval) -> Interval:
    """Ten digits: 100.4 °F is 38 °C, not 38.00000000000001, which would be above 38."""
    low = None if interval.low is None else float(f"{interval.low:.10g}")
    high = None if interval.high is None else float(f"{interval.high:.10g}")
    return Interval(low, high, interval.low_open, interval.high_open)


def _factor(unit: Unit, target: Unit, molar_mass: float | None) -> float | None:
    if unit.dimension == target.dimension:
        return unit.factor / target.factor
    pair = (unit.dimension, target.dimension)
    if pair == ("mass", "substance") and molar_mass:
        return unit.factor / molar_mass / target.factor
    if pair == ("substance", "mass") and molar_mass:
        return unit.factor * molar_mass / target.factor
    if pair == ("ratio-molar", "ratio"):  # mg of protein a mmol of creatinine, to g/g
        return unit.factor * 1e-3 / _GRAMS_OF_CREATININE_IN_A_MILLIMOLE / target.factor
    if pair == ("clearance", "gfr") or pair == ("gfr", "clearance"):
        return unit.factor / target.factor
    return None


def _affine(interval: Interval, slope: float, intercept: float) -> Interval:
    low = None if interval.low is None else interval.low * slope + intercept
    high = None if interval.high is None else interval.high * slope + intercept
    return _rounded(Interval(low, high, interval.low_open, interval.high_open))


def _loosely(interval: Interval, low: float, high: float) -> Interval:
    return Interval(
        None if interval.low is None else interval.low * low,
        None if interval.high is None else interval.high * high,
        interval.low_open,
        interval.high_open,
    )


def in_unit(concept: str, interval: Interval, code: str) -> Interval | None:
    """An interval in a unit given as a UCUM code, in the canonical unit of the concept; None where the code is not
    known, does not fit the concept, or makes a value that no living patient has. Unlike a letter's, a code means
    what it says: none is taken for another that is written alike.

    >>> in_unit("platelets", Interval.exactly(98), "10*3/uL"), in_unit("platelets", Interval.exactly(98), "g/L")
    (Interval(low=98..., high=98..., low_open=False, high_open=False), None)
    """
    bare = re.sub(r"\{[^{}]*\}", "", code)
    for name in dict.fromkeys((code, bare)) if "log" not in code.lower() else ():
        known = _table()["same"].get(name, name)
        if known in units() and _fits(concept, interval, known):
            return convert(concept, interval, known)
    own = canonical_unit(concept) or ""
    counted = bare in ("", "1") and own.startswith("{") and "log" not in code.lower()  # an INR is a bare number
    return interval if counted and _plausible(concept, interval) else None


def power_of_ten(interval: Interval) -> Interval | None:
    """What a value given as a decimal logarithm stands for ("3.2 log IU/mL"); None beyond any viral load.

    >>> power_of_ten(Interval.exactly(2.0))
    Interval(low=100.0, high=100.0, low_open=False, high_open=False)
    """
    if any(bound is not None and abs(bound) > 14 for bound in (interval.low, interval.high)):
        return None
    return Interval(
        None if interval.low is None else 10**interval.low,
        None if interval.high is None else 10**interval.high,
        interval.low_open,
        interval.high_open,
    )


def _plausible(concept: str, interval: Interval) -> bool:
    """Whether a bound that the letter gives can be a value of a living patient."""
    term = _lab(concept)
    if term is None or term.plausible is None:
        return True
    return _inside(interval, *term.plausible)


def _inside(interval: Interval, low: float, high: float) -> bool:
    bounds = [bound for bound in (interval.low, interval.high) if bound is not None]
    slack = 1 + 1e-9
    # a comparator's bound ("< 2", "> 1000") may itself lie a little off; the number given must not be absurd
    return bool(bounds) and all(math.isfinite(bound) and low / slack <= bound <= high * slack for bound in bounds)


def _without_unit(concept: str, interval: Interval, reference: Interval | None, system: System | None) -> list[str]:
    """The units in which a number without one is plausible."""
    term = _lab(concept)
    if term is None or term.unit is None:
        return []
    choices: dict[str, list[float]] = _table()["unwritten"].get(concept, {})
    if not choices:
        return [term.unit]
    fitting = [code for code, (low, high) in choices.items() if _inside(interval, low, high)]
    if len(fitting) > 1:
        fitting = _decide(concept, fitting, reference, system)
    return fitting


def _decide(concept: str, fitting: list[str], reference: Interval | None, system: System | None) -> list[str]:
    """The units left when the written reference range, or the units of the rest of the letter, have spoken."""
    if reference is not None and reference.high is not None:
        usual = [known.high for known in getattr(_lab(concept), "references", ()) if known.high]
        if usual:
            high = Interval.exactly(reference.high)
            off = {code: _distance(convert(concept, high, code), usual[0]) for code in fitting}
            nearest = min(fitting, key=lambda code: off[code])
            if off[nearest] < math.log(3):
                return [nearest]
    if system is not None:
        wanted = [code for code in fitting if code in _table()["systems"][system]]
        if wanted:
            return wanted
    return fitting


def _distance(interval: Interval | None, usual: float) -> float:
    if interval is None or not interval.high or interval.high <= 0:
        return math.inf
    return abs(math.log(interval.high / usual))


def _hull(intervals: list[Interval]) -> Interval | None:
    if len(intervals) <= 1:
        return intervals[0] if intervals else None
    lows = [interval.low for interval in intervals]
    highs = [interval.high for interval in intervals]
    return Interval(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
    )


@functools.cache
def _system_patterns() -> dict[System, re.Pattern[str]]:
    patterns: dict[System, re.Pattern[str]] = {}
    names: tuple[System, ...] = ("si", "conventional")
    for name in names:
        forms = [
            _spelling_pattern(spelling)
            for entry in _table()["units"]
            if entry["ucum"] in _table()["evidence"][name]
            for spelling in entry["spellings"]
            if "/" in spelling or "%" in spelling
        ]
        patterns[name] = compiled(r"\d ?(?:" + "|".join(forms) + r")(?![a-zA-Z])", re.IGNORECASE)
    return patterns


def letter_system(normal: str) -> System | None:
    """Whether a letter counts in SI or in conventional units, by the units that it writes; None where it mixes them.

    >>> (
    ...     letter_system("creatinine 1.1 mg/dL, sodium 140 mmol/L"),
    ...     letter_system("urate 300 umol/L"),
    ...     letter_system("CRP 5"),
    ... )
    ('conventional', 'si', None)
    """
    found = [name for name, pattern in _system_patterns().items() if pattern.search(normal)]
    return found[0] if len(found) == 1 else None
