"""A value of FHIR: a Quantity, Range, Ratio or word in, a number in the term's own unit or a qualitative result out.

A unit that is not known, or does not fit what is measured, gives no value: none is ever guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kb.facts import Coded, Interval, Quantity, Value
from kb.units import in_unit, to_canonical
from kb.vocabulary import Lab, Score, vocabulary
from screening.fhir.coding import plain, result_of, shown, word_result

UCUM = "http://unitsofmeasure.org"
_TITRE = "{titer}"
_TITRE_WRITTEN = re.compile(r"1 ?: ?(\d+)")
_WRITTEN = re.compile(r"(<=|>=|<|>)? ?(\d+(?:\.\d+)?) ?(\D\S*(?: \S+)?)?")


def interval_of(quantity: Mapping[str, Any]) -> Interval | None:
    """The number of a Quantity with its comparator, in the unit that it is given in.

    >>> interval_of({"value": 5, "comparator": "<"})
    Interval(low=None, high=5.0, low_open=False, high_open=True)
    """
    if quantity.get("value") is None:
        return None
    value = float(quantity["value"])
    match quantity.get("comparator"):
        case "<":
            return Interval(None, value, high_open=True)
        case "<=":
            return Interval(None, value)
        case ">":
            return Interval(value, None, low_open=True)
        case ">=":
            return Interval(value, None)
        case None:
            return Interval.exactly(value)
        case _:
            return None


def written(quantity: Mapping[str, Any]) -> str:
    """A Quantity as people write it: "< 5 mg/L"."""
    unit = str(quantity.get("unit") or quantity.get("code") or "")
    sign = f"{quantity['comparator']} " if "comparator" in quantity else ""
    return plain(f"{sign}{quantity.get('value', '')} {unit}".replace(" %", "%"))


def canonical(concept: str, interval: Interval, quantity: Mapping[str, Any]) -> Interval | None:
    """An interval in the unit of a Quantity, in the concept's own; None where the unit is missing or does not fit."""
    term = vocabulary()[concept]
    code, unit = str(quantity.get("code", "")), str(quantity.get("unit", ""))
    if isinstance(term, Score):
        fits = all(bound is None or term.minimum <= bound <= term.maximum for bound in (interval.low, interval.high))
        return interval if fits else None
    if code and quantity.get("system", UCUM) == UCUM:
        return in_unit(concept, interval, code)
    if not unit:
        return in_unit(concept, interval, "1")
    return in_unit(concept, interval, unit) or to_canonical(concept, interval, unit)


def unit_of(concept: str) -> str:
    """The unit in which values of a concept are kept."""
    term = vocabulary()[concept]
    return "{score}" if isinstance(term, Score) else (term.unit if isinstance(term, Lab) else None) or ""


def number(concept: str, quantity: Mapping[str, Any]) -> Quantity | None:
    """A Quantity as a value of the concept; None where it is none."""
    told = interval_of(quantity)
    found = None if told is None else canonical(concept, told, quantity)
    return None if found is None else Quantity(found, unit_of(concept), written(quantity))


def values_of(concept: str, told: Mapping[str, Any]) -> tuple[list[Value], str, bool]:
    """What `value[x]` and the interpretation of an Observation or a component say, how people write it, and whether
    the value was understood. A number with a verdict of the laboratory ("0.05, negative") is both.
    """
    found: list[Value | None] = []
    words = ""
    if "valueQuantity" in told:
        words = written(told["valueQuantity"])
        found.append(number(concept, told["valueQuantity"]))
    elif "valueInteger" in told:
        words = str(told["valueInteger"])
        found.append(number(concept, {"value": told["valueInteger"], "code": "1"}))
    elif "valueRange" in told:
        words, value = _range(concept, told["valueRange"])
        found.append(value)
    elif "valueRatio" in told:
        words, value = _ratio(concept, told["valueRatio"])
        found.append(value)
    elif "valueCodeableConcept" in told:
        words = shown(told["valueCodeableConcept"])
        found.append(_coded(result_of(told["valueCodeableConcept"]), words))
    elif "valueString" in told:
        words = plain(told["valueString"])
        found.append(_coded(word_result(words), words) or _number_in(concept, words))
    elif "valueBoolean" in told:
        words = "positive" if told["valueBoolean"] else "negative"
        found.append(Coded(words, words))
    found = [_with_sign(concept, one) for one in found]
    understood = None not in found
    verdict = _verdict(told.get("interpretation", ()))
    numeric = any(isinstance(one, Quantity) for one in found)
    if verdict and not (numeric and verdict.code not in ("positive", "negative", "undetected")):
        found = [*found, verdict] if numeric or not any(found) else found
        words = f"{words}, {verdict.written}" if words else verdict.written
    return [one for one in found if one is not None], words, understood


def _with_sign(concept: str, value: Value | None) -> Value | None:
    """A value of a test that asks yes or no: hCG tells of a pregnancy by its amount, as in a letter."""
    if not isinstance(value, Quantity) or not concept.startswith("pregnancy-test"):
        return value
    from extraction.result_words import hcg_verdict  # late: loads the language library

    return Coded(hcg_verdict(value.interval), value.written)


def _number_in(concept: str, words: str) -> Quantity | None:
    """A string that is wholly a number with its unit ("< 5 mg/L"), or a titre ("1:80")."""
    titre = _TITRE_WRITTEN.fullmatch(words)
    if titre is not None and _has_titres(concept):
        return Quantity(Interval.exactly(float(titre[1])), _TITRE, words)
    match = _WRITTEN.fullmatch(words)
    if match is None:
        return None
    sign, value, unit = match.groups()
    told = interval_of({"value": value, **({"comparator": sign} if sign else {})})
    found = None if told is None else canonical(concept, told, {"unit": unit or ""})
    return None if found is None else Quantity(found, unit_of(concept), words)


def _has_titres(concept: str) -> bool:
    from extraction.result_words import is_serology  # late: loads the language library

    return unit_of(concept) == _TITRE or is_serology(concept)


def _coded(code: str | None, words: str) -> Coded | None:
    return None if code is None else Coded(code, words)


def _verdict(concepts: Sequence[Mapping[str, Any]]) -> Coded | None:
    """What the laboratory says of the value; None where it says two things."""
    found = {code for one in concepts if (code := result_of(one))}
    code = next(iter(found)) if len(found) == 1 else None
    return None if code is None else Coded(code, code)


def _range(concept: str, told: Mapping[str, Any]) -> tuple[str, Quantity | None]:
    low, high = told.get("low", {}), told.get("high", {})
    words = plain(f"{low.get('value', '')} to {written(high)}")
    ends = [number(concept, one) if one else None for one in (low, high)]
    if any(one and end is None for one, end in zip((low, high), ends, strict=True)) or ends == [None, None]:
        return words, None
    least = ends[0].interval.low if ends[0] else None
    most = ends[1].interval.high if ends[1] else None
    if least is not None and most is not None and least > most:
        return words, None
    return words, Quantity(Interval(least, most), unit_of(concept), words)


def _ratio(concept: str, told: Mapping[str, Any]) -> tuple[str, Quantity | None]:
    """A titre, 1:80; any other ratio is shown, and is no value."""
    upper, lower = told.get("numerator", {}), told.get("denominator", {})
    words = plain(f"{written(upper)}:{written(lower)}")
    titre = upper.get("value") == 1 and lower.get("value") and _has_titres(concept)
    return words, Quantity(Interval.exactly(float(lower["value"])), _TITRE, words) if titre else None


def reference_of(concept: str, told: Mapping[str, Any]) -> Interval | None:
    """The normal range beside a value, where there is one for this patient; None where there are several, or none."""
    ranges = [one for one in told.get("referenceRange", ()) if not one.get("age") and ("low" in one or "high" in one)]
    if len(ranges) != 1 or ranges[0].get("appliesTo"):
        return None
    unit = told.get("valueQuantity", {})
    ends = {}
    for name in ("low", "high"):
        if name in ranges[0]:
            quantity = {**{key: unit[key] for key in ("code", "unit", "system") if key in unit}, **ranges[0][name]}
            value = number(concept, quantity)
            if value is None:
                return None
            ends[name] = value.interval.low
    low, high = ends.get("low"), ends.get("high")
    return None if low is not None and high is not None and low > high else Interval(low, high)


def range_of(told: Mapping[str, Any]) -> str:
    """The normal range as the record writes it; empty where it writes none, or several."""
    ranges = told.get("referenceRange", ())
    if len(ranges) != 1:
        return ""
    low, high = ranges[0].get("low"), ranges[0].get("high")
    if low and high:
        return f"[normal {low.get('value')} to {written(high)}]"
    if not low and not high:
        return ""
    return f"[normal {'from' if low else 'to'} {written(low or high)}]"
