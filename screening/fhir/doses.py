"""Dosages: FHIR's timing and amounts in, an amount a day as an interval out, or the levels of a taper.

Only what the dosage determines is worked out. Without an amount or a timing of its own, its text is read as a dose
instruction of a letter is.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.facts import Interval, Time
from screening.fhir import times
from screening.fhir.coding import code_of, plain, shown
from screening.fhir.values import UCUM, interval_of, written

Told = Mapping[str, Any]
_DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}
_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001, "mcg": 0.001, "µg": 0.001, "ng": 0.000001}
_COUNTED = re.compile(r"\{?(?:tbl|tab|tablets?|capsules?|cap|caps|each|1)\}?s?", re.IGNORECASE)
_TIMES_A_DAY = {"QD": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0, "AM": 1.0, "PM": 1.0, "BED": 1.0, "QOD": 0.5}
_TIMES_A_DAY |= {"Q4H": 6.0, "Q6H": 4.0, "Q8H": 3.0, "WK": 1 / 7}
_LEAST_OFTEN = 1 / 7  # times a day; what is given more rarely is not worth an amount a day


@dataclass(frozen=True, slots=True)
class Level:
    """One amount: `dose` at a time, `per_day` and `per_kg` a day, in `unit`, for `days`; where it begins and ends."""

    dose: Interval | None = None
    per_day: Interval | None = None
    per_kg: Interval | None = None
    unit: str = "mg"
    frequency: str | None = None
    route: str | None = None
    days: Interval | None = None
    start: Time | None = None
    end: Time | None = None


def levels_of(dosages: Sequence[Told], strength: Interval | None, *, daily: bool) -> list[Level]:
    """The amounts of a prescription: one, or those of a taper in their order; none where no dosage is given.

    Dosages of one sequence number are taken together, those of different ones after each other. `strength` is the mg
    of one tablet; `daily` says that an amount without a timing is one a day, as for drugs that are only given so.
    """
    told = [level for one in dosages for level in _levels(one, strength, daily=daily)]
    numbers = [one.get("sequence") for one in dosages]
    if len(dosages) < 2:
        return told
    if None not in numbers and len(set(numbers)) == len(numbers):
        ordered = sorted(dosages, key=lambda one: int(one["sequence"]))
        return [level for one in ordered for level in _levels(one, strength, daily=daily)]
    together = len(set(numbers)) == 1 and None not in numbers
    return [_together(told, strictly=together)] if told else []


def _together(levels: Sequence[Level], *, strictly: bool) -> Level:
    """Amounts that are taken beside each other; where it is not said whether they are, the day's amount is open."""
    amounts = [level.per_day for level in levels]
    known = [one for one in amounts if one is not None and one.low is not None and one.high is not None]
    total = None
    if strictly and len(known) == len(levels):
        total = Interval(sum(one.low or 0.0 for one in known), sum(one.high or 0.0 for one in known))
    return dataclasses.replace(levels[0], dose=None, per_day=total, per_kg=None, frequency=None)


def _levels(told: Told, strength: Interval | None, *, daily: bool) -> list[Level]:
    amount = next((one for one in told.get("doseAndRate", ()) if "doseQuantity" in one or "doseRange" in one), None)
    if amount is None and isinstance(told.get("dose"), Mapping):
        amount = {"doseQuantity": told["dose"]}
    route = _route(told)
    if amount is None:
        return _read(str(told.get("text", "")), route, strength, daily=daily)
    start, end, days = _bounds(told.get("timing", {}))
    dose, unit = _amount(amount, strength)
    rate, words = _rate(told.get("timing", {}), daily=daily)
    if told.get("asNeededBoolean") or told.get("asNeededCodeableConcept"):
        rate, words = None, "as needed"
    level = Level(frequency=words, route=route, days=days, start=start, end=end)
    if dose is None:
        return [level]
    if unit == "mg/kg/d":
        return [dataclasses.replace(level, per_kg=dose)]
    if unit == "mg/kg":
        return [dataclasses.replace(level, dose=dose, unit=unit, per_kg=_times(dose, rate))]
    per_day = _times(dose, rate) if unit == "mg" or "/" not in unit else None
    return [dataclasses.replace(level, dose=dose, unit=unit, per_day=per_day)]


def _times(dose: Interval, rate: Interval | None) -> Interval | None:
    if rate is None or rate.low is None or rate.high is None:
        return None
    low = None if dose.low is None else dose.low * rate.low
    high = None if dose.high is None else dose.high * rate.high
    return Interval(low, high)


def _amount(told: Told, strength: Interval | None) -> tuple[Interval | None, str]:
    """One administration in mg (or in the unit beside it); None where its unit is not known."""
    if "doseQuantity" in told:
        value = interval_of(told["doseQuantity"])
        unit = _unit(told["doseQuantity"])
    else:
        low, high = told["doseRange"].get("low", {}), told["doseRange"].get("high", {})
        ends = [interval_of(one) for one in (low, high)]
        value = Interval(ends[0].low, ends[1].high) if ends[0] and ends[1] else None
        unit = _unit(high)
    if value is None:
        return None, "mg"
    name, _, per = unit.partition("/")
    if name in _MG and per in ("", "kg", "m2", "kg/d"):
        return value.scaled(_MG[name]), f"mg/{per}" if per else "mg"
    if _COUNTED.fullmatch(unit or "1") and strength is not None and value.low is not None and value.high is not None:
        return Interval(value.low * (strength.low or 0.0), value.high * (strength.high or 0.0)), "mg"
    if unit in ("[IU]", "[iU]", "[arb'U]", "IU"):
        return value, "[iU]"
    return None, "mg"


def _unit(quantity: Told) -> str:
    """The unit by its UCUM code, else as people write it."""
    code = quantity.get("code") if quantity.get("system", UCUM) == UCUM else None
    return str(code or quantity.get("unit") or "")


def _rate(timing: Told, *, daily: bool) -> tuple[Interval | None, str | None]:
    """How many times a day, and in words; None where the timing does not tell, or it is more rarely than weekly."""
    repeat = timing.get("repeat", {})
    code = code_of(timing.get("code")) or str(timing.get("code", {}).get("text", "")).upper()
    words = shown(timing["code"]) if "code" in timing else None
    if "period" in repeat and repeat.get("periodUnit") in _DAYS:
        unit = _DAYS[repeat["periodUnit"]]
        least, most = float(repeat.get("frequency", 1)), float(repeat.get("frequencyMax", repeat.get("frequency", 1)))
        short, long = float(repeat["period"]) * unit, float(repeat.get("periodMax", repeat["period"])) * unit
        words = words or _in_words(repeat)
        weekdays = repeat.get("dayOfWeek", ())
        if weekdays and (unit != _DAYS["wk"] or least != len(weekdays)):
            return None, words
        if short <= 0 or least / long < _LEAST_OFTEN * 0.999:
            return None, words
        return Interval(least / long, most / short), words
    if repeat.get("timeOfDay") or repeat.get("when"):
        count = float(len(repeat.get("timeOfDay") or repeat["when"]))
        return (None if repeat.get("dayOfWeek") else Interval.exactly(count)), words
    if code in _TIMES_A_DAY:
        return Interval.exactly(_TIMES_A_DAY[code]), words
    return (Interval.exactly(1.0) if daily and not repeat and not code else None), words


def _in_words(repeat: Told) -> str:
    """ "once a day", "2 times a day", "every 2 weeks"."""
    often, period, unit = repeat.get("frequency", 1), repeat["period"], _UNITS[repeat["periodUnit"]]
    if period == 1:
        return f"{'once' if often == 1 else f'{often} times'} a {unit}"
    return f"{'' if often == 1 else f'{often} times '}every {period} {unit}s"


def _bounds(timing: Told) -> tuple[Time | None, Time | None, Interval | None]:
    repeat = timing.get("repeat", {})
    start, end = times.period(repeat.get("boundsPeriod"))
    lasted = repeat.get("boundsDuration", {})
    value = interval_of(lasted) if lasted.get("code") in _DAYS else None
    return start, end, None if value is None else value.scaled(_DAYS[lasted["code"]])


def _route(told: Told) -> str | None:
    from extraction.dosing import parse_dose  # late: loads the language library

    return parse_dose(shown(told["route"]).lower()).route if "route" in told else None


def _read(text: str, route: str | None, strength: Interval | None, *, daily: bool) -> list[Level]:
    """The levels that a text tells; an amount in tablets counts by their strength."""
    from extraction.dosing import parse_dose

    told = parse_dose(text, assume_daily=daily)
    levels = []
    for step in told.steps:
        counted = "/" not in step.unit and step.unit not in ("mg", "[iU]")
        dose, per_day = (_by_strength(one, strength) if counted else one for one in (step.dose, step.per_day))
        levels.append(
            Level(
                dose=dose,
                per_day=None if told.prn else per_day,
                per_kg=None if told.prn else step.per_kg,
                unit="mg" if counted else step.unit,
                frequency="as needed" if told.prn else step.frequency,
                route=route or told.route,
                days=step.duration_days,
            )
        )
    return levels or ([Level(route=route)] if route else [])


def _by_strength(count: Interval | None, strength: Interval | None) -> Interval | None:
    if count is None or strength is None or count.low is None or count.high is None:
        return None
    return Interval(count.low * (strength.low or 0.0), count.high * (strength.high or 0.0))


def words_of(dosages: Sequence[Told]) -> str:
    """The dosages as people read them."""
    return "; ".join(filter(None, (_words(one) for one in dosages)))


def _words(told: Told) -> str:
    return plain(str(told["text"])) if told.get("text") else plain(" ".join(_parts(told)))


def _parts(told: Told) -> Iterator[str]:
    for one in told.get("doseAndRate", ()):
        if "doseQuantity" in one:
            yield written(one["doseQuantity"])
        elif "doseRange" in one:
            yield f"{one['doseRange'].get('low', {}).get('value', '')} to {written(one['doseRange'].get('high', {}))}"
    if isinstance(told.get("dose"), Mapping):
        yield written(told["dose"])
    repeat = told.get("timing", {}).get("repeat", {})
    if "code" in told.get("timing", {}):
        yield shown(told["timing"]["code"])
    elif "period" in repeat and "periodUnit" in repeat:
        yield _in_words(repeat)
    if told.get("asNeededBoolean"):
        yield "as needed"
    if "route" in told:
        yield shown(told["route"])
