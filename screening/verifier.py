"""Checks a certificate without trusting who wrote it: the certificate, its letters and the protocol file in, what was
verified and what must be taken on trust out, or a refusal. What each code and operator means: docs/interface.md.

Independent on purpose: the standard library only, nothing of eligo's. Runs alone as `python verifier.py FILE ...`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import operator
import re
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Span = tuple[float, float]  # an end without a bound is infinite
Day = tuple[date, date]  # the first and the last day that it may be; `date.min` and `date.max` where not told
INF, UNTOLD, TODAY = math.inf, (date.min, date.max), (date.max, date.max)  # TODAY: of a letter without a date
FAULTS = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, StopIteration, RecursionError)


class Refused(Exception):  # noqa: N818
    """The certificate does not hold: the reason's `code`, and where it shows."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{code}: {where}")
        self.code = code


def need(condition: object, code: str, where: str) -> None:
    if not condition:
        raise Refused(code, where)


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len(dict(pairs)) == len(pairs), "form", "a key is given twice")
    return dict(pairs)


# --- the protocol file: the part of YAML in which protocols are written, and nothing else -----------------------------
_PIECE = r'"(?:[^"\\]|\\.)*"|([^\s\[\]{},:"](?:[^\[\]{},:]|:(?=\S))*?)(\s*)(?=[\[\]{},]|$|(:)(?:\s|$))'
_KEY = r"([A-Za-z0-9][\w./+-]*):(?: +(.*))?$"
_NAMED = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_ODD = r"[-+.\d][\d_.,:xeoEa-fA-F+-]*|[-+]?\.(inf|nan)|~|null|[&*!|>'\"%@`?#,].*|[-:].*|.*(: .*|:| #.*)|\d{4}-\d.*|<<|="


def read_yaml(text: str) -> Any:
    """The data of block and flow collections, plain, double-quoted and `>-` scalars, comments, anchors and aliases."""
    lines, raw = list[tuple[int, str]](), text.split("\n")[::-1]
    while raw:
        line = re.sub(r'^((?:[^"#]|"[^"]*"|(?<=\S)[#"])*?)(?<!\S)#.*', r"\1", raw.pop()).rstrip()
        indent, parts = len(line) - len(line.lstrip(" ")), list[str]()
        while line.endswith(" >-") and raw and (not raw[-1].strip() or raw[-1].startswith(" " * (indent + 1))):
            parts.append(raw.pop())
        if parts:
            parts = "\n".join(parts).rstrip().split("\n")
            need(len({len(one) - len(one.lstrip()) for one in parts}) == 1, "protocol_unreadable", "an uneven text")
            line = line[:-2] + json.dumps(" ".join(one.strip() for one in parts), ensure_ascii=False)
        lines += [(indent, line.strip())] if line.strip() else []
    try:
        return _node(lines, {})
    except (Refused, *FAULTS) as error:
        raise Refused("protocol_unreadable", "not of the YAML that is read here") from error


def _node(lines: list[tuple[int, str]], anchors: dict[str, Any]) -> Any:
    if not lines:
        return None
    (head, text), groups = lines[0], list[list[tuple[int, str]]]()
    if mark := re.match(r"&([\w-]+)(?: +|$)", text):
        anchors[mark[1]] = _node([*([(head, text[mark.end() :])] if text[mark.end() :] else []), *lines[1:]], anchors)
        return anchors[mark[1]]
    is_list = text[:2].strip() == "-"
    if not is_list and not re.match(_KEY, text):
        return _value(" ".join(text for _, text in lines), anchors)
    for indent, text in lines:
        if indent > head:
            groups[-1].append((indent, text))
            continue
        key: Any = re.match(r"(-)(?: +(.*))?$" if is_list else _KEY, text if indent == head else "")
        groups.append([(0, key[1]), *([(head + 2 if is_list else head + 1, key[2])] if key[2] else [])])
    nodes = [(group[0][1], _node(group[1:], anchors)) for group in groups]
    return [node for _, node in nodes] if is_list else distinct(nodes)


def _value(text: str, anchors: dict[str, Any]) -> Any:
    def word(one: re.Match[str]) -> str:
        return one[0] if one[1] is None else json.dumps(one[1] if one[3] else _value(one[1], anchors)) + one[2]

    if text[0] in '"[{':  # a flow collection is JSON once its plain words are
        return json.loads(re.sub(_PIECE, word, text), object_pairs_hook=distinct)
    if text.lower() in _NAMED and text in (text.lower(), text.upper(), text.capitalize()):
        return _NAMED[text.lower()]
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    need(text[0] == "*" or not re.fullmatch(_ODD, text, re.I), "protocol_unreadable", "a value of another kind")
    return anchors[text[1:]] if text[0] == "*" else text


# --- words of the letter: numbers and dates read again ----------------------------------------------------------------
_NUMBER = r"(?<![\w.,])(?<![A-Za-z]-)(\d+(?:[.,]\d+)*)"
_SIGN = r"(?:(<=|>=|[<>≤≥]|less than|under|below|over|above|more than|at least|at most)\s*)?(?:\b1\s*[:/]\s*(?=\d\d))?"
_FACTORS = {  # how many canonical units another one is that letters use
    "umol/L": (88.4017, 17.10396), "g/L": (10.0, 0.01), "10*9/L": (0.001, 100.0), "U/L": (60.0,), "%": (100.0,),
    "g/g": (0.001, 0.00884017), "kg": (0.453592, 6.35029), "cm": (2.54, 30.48, 100.0), "a": (1 / 12,), "{score}": (),
}  # fmt: skip
_FOREIGN = {  # how a unit that is not the canonical one looks
    "umol/L": "mg/d", "g/L": "[gm]/d", "10*9/L": r"(?<![k3³])/ ?([uµ]l|mm)|lakh", "U/L": "kat", "kg": r"\blbs?\b",
    "g/g": "mg/",
}  # fmt: skip
_PARTS = (1.0, 2.0, 3.0, 4.0, 6.0, 0.5, 1 / 7, 2 / 7, 3 / 7, 1 / 14, 1000.0, 2000.0, 3000.0, 1500.0, 0.25, 0.75, 1.5)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def spans(words: str, *, age: bool) -> list[set[Span]]:
    """For each number in the words, in their order, the intervals that it may stand for ("1,280" is 1280 or 1.28)."""
    out = []
    for sign, *told in re.findall(rf"{_SIGN}{_NUMBER}(?:\s*(?:-|–|to)\s*{_NUMBER})?", words, re.I):
        forms = [{one.replace(",", "."), re.sub(r"(?<=[1-9])(\d*)[.,](?=\d{3}\b)", r"\1", one)} for one in told]
        low, high = ({float(one) for one in form if re.fullmatch(r"\d+(\.\d+)?", one)} for form in forms)
        above = sign.lower() in (">", ">=", "≥", "over", "above", "more than", "at least")
        found = {(one, INF) if above else (-INF, one) if sign else (one, one + age) for one in low}
        out.append(found | {(one, other) for one in low for other in high if one <= other})
    return out


def written(words: str, day: Day) -> bool | None:
    """Whether words mean the day, month or year; None where they name no date in full."""
    told = re.findall(rf"\d+|{'|'.join(_MONTHS)}", words.lower())
    parts = sorted(int(one) if one.isdigit() else _MONTHS.index(one) + 1 for one in told)
    first, single = day[0], day[0] == day[1]
    short = [first.month, first.day] if single else [first.month] if day[1] < shifted(first, "1 month", 1) else []
    full = not re.search(r"\d (month|week|day|year)|ago|last|past", words) and len(parts) == len(short) + 1
    fits = parts in (sorted([first.year, *short]), sorted([first.year % 100, *short])) and (single or first.day == 1)
    return fits or (False if single and len(parts) == 3 and full else None)


def shifted(day: date, words: str, sign: int) -> date:
    """The day so many calendar units ("6 months before screening") later or, with sign -1, earlier."""
    count, unit = int(words.split()[0]) * sign, words.split()[1].rstrip("s")
    if unit in ("day", "week"):
        return day + timedelta(count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1), 12)
    last = date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(1)
    return last.replace(day=min(day.day, last.day))


# --- the protocol's tree ----------------------------------------------------------------------------------------------
_BOUNDS = {"at_least": ("low", ">="), "above": ("low", ">"), "at_most": ("high", "<="), "below": ("high", "<")}
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_OPPOSITE = {"<": operator.ge, "<=": operator.gt, ">": operator.le, ">=": operator.lt}
_NUMERIC = ("age", "measurement", "dose", "duration", "score", "change", "grade")
_COUNTING = ("exposures", "failures", "intolerances")
_UNITS = {"x ULN": "{ULN}", "× ULN": "{ULN}", "x LLN": "{LLN}", "years": "a", "points": "{score}", "titre": "{titer}"}
_UNITS |= {"mL/min/1.73 m2": "mL/min/{1.73_m2}"}


def amount(text: Any) -> tuple[float, str]:
    """Number and unit of a threshold such as "3.0 x ULN"; a class of a scale has no number."""
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?) ?(.*)", str(text))
    return (float(match[1]), _UNITS.get(match[2], match[2])) if match else (math.nan, "")


class Node:
    """A test with the comparison that makes it hold, or `needed` of its parts, or (`negated`) the failure of one."""

    def __init__(self, raw: dict[str, Any], path: str) -> None:
        keys, given, parts = list(raw), [key for key in _BOUNDS if key in raw], list[Any]()
        self.path, self.test, self.kind, self.negated = path, raw, keys[0], keys == ["not"]
        if self.negated or keys in (["all"], ["any"]) or set(keys) == {"at_least", "of"}:
            parts = [raw["not"]] if self.negated else raw[keys[0]] if len(keys) == 1 else raw["of"]
        elif self.kind in _NUMERIC and len(given) > 1:
            parts = [{key: raw[key] for key in raw if key == bound or key not in given} for bound in given]
        self.parts = [Node(part, f"{path}.{number}") for number, part in enumerate(parts, 1)]
        self.needed = 1 if keys in (["any"], ["not"]) else raw["at_least"] if "of" in raw else len(parts)
        self.leaves: list[Node] = [leaf for part in self.parts for leaf in part.leaves] or [self]
        self.end, self.sign = _BOUNDS[given[0]] if self.kind in _NUMERIC else ("low", ">=")
        if self.kind == "result" and raw["reads"] == "negative":
            self.end, self.sign = "high", "<"
        counts, lasts = self.kind in (*_NUMERIC, *_COUNTING), self.kind == "exposure"
        self.bound, self.unit = amount(raw[given[0]] if counts else raw.get("for", 1) if lasts else 1)

    def holds(self, found: dict[str, Any]) -> bool | None:
        """Whether it holds, in Kleene's logic (None: open), by the findings of its tests."""
        if self.parts:
            told = [part.holds(found) for part in self.parts]
            most = len(told) - told.count(False)
            out = True if told.count(True) >= self.needed else False if most < self.needed else None
            return out if not self.negated or out is None else not out
        low, high = found[self.path].span if self.path in found else (math.nan, math.nan)
        near, far = (low, high) if self.end == "low" else (high, low)
        return (
            True if _COMPARE[self.sign](near, self.bound) else False if _OPPOSITE[self.sign](far, self.bound) else None
        )


def verdict_of(cohort: str | None, criteria: list[dict[str, Any]], answers: dict[str, str], raised: set[str]) -> str:
    """The verdict over the criteria that a cohort is asked."""
    mine = [one for one in criteria if not one.get("recommended") and cohort in (one.get("cohorts") or [cohort])]
    unknown = [one for one in mine if answers[one["id"]] == "unknown"]
    waits = [one.get("essential") or (one["id"] in raised and not one.get("settled_at_visit")) for one in unknown]
    failing = any(answers[one["id"]] == "fail" for one in mine)
    return "ineligible" if failing else "needs_information" if any(waits) else "potentially_eligible"


# --- findings: each worked out again from its facts -------------------------------------------------------------------
_ROOTS = {
    "age": "whole", "measurement": "newest end trust", "dose": "sum trust", "grade": "newest trust",
    "duration": "trust", "population": "all", "score": "newest less any end trust", "change": "trust",
    "exposure": "votes run trust", "result": "newest votes trust", "statement": "newest trust",
    "report": "newest votes trust", "judgement": "trust", **dict.fromkeys(_COUNTING, "count"),
}  # fmt: skip
_ARITHMETIC: dict[str, Any] = {
    "divide": lambda one, other: (round(one[0] / other[1], 9), round(one[1] / other[0], 9)),
    "multiply": lambda one, other: (one[0] * other[0], one[1] * other[1]),
    "less": lambda one, other: (max(0.0, one[0] - other[1]), max(0.0, one[1] - other[0])),
    "sum": lambda *parts: (sum(low for low, _ in parts), sum(high for _, high in parts)),
    "hull": lambda *parts: (min(low for low, _ in parts), max(high for _, high in parts)),
    "all": lambda *parts: (min(low for low, _ in parts), min(high for _, high in parts)),
    "any": lambda *parts: (max(low for low, _ in parts), max(high for _, high in parts)),
    "not": lambda part: (1 - part[1], 1 - part[0]),
    "whole": lambda part: (math.floor(part[0]), math.floor(part[1])),
}
_YES = ("positive", "reactive", "detected", "high", "abnormal", "weakly_positive")
_NO = ("negative", "undetected", "normal", "nonreactive", "low")
_INPUTS = {"age", "birth-date", "sex", "body-weight", "body-height", "creatinine"}


def ends(raw: Any) -> Span:
    """The ends of an interval, open ones closed."""
    low, high = -INF if raw["low"] is None else raw["low"], INF if raw["high"] is None else raw["high"]
    low = math.nextafter(low, INF) if raw.get("low_open") else low
    return low, math.nextafter(high, -INF) if raw.get("high_open") else high


def day_of(raw: Any) -> Day:
    first, last = (date.fromisoformat(raw[end]) if raw and raw[end] else None for end in ("earliest", "latest"))
    return first or date.min, last or date.max


def words_of(raw: Any) -> set[str]:
    """All words of a test, keys among them."""
    parts = [*raw, *raw.values()] if isinstance(raw, dict) else raw if isinstance(raw, list) else []
    return {raw} if isinstance(raw, str) else {word for part in parts for word in words_of(part)}


class Finding:
    """A finding worked out again from its derivation, for a test and a screening date."""

    def __init__(self, check: Check, leaf: Node, raw: dict[str, Any], as_of: date | None) -> None:
        self.check, self.leaf, self.test, self.kind, self.as_of = check, leaf, leaf.test, leaf.kind, as_of
        self.path, self.used, self.notes = f"{leaf.path}, {raw['id']}", dict[str, Any](), list[str]()
        self.today = [
            (day or (as_of, as_of)) if as_of else TODAY if len(check.days) == 1 else UNTOLD for day in check.days
        ]
        need(raw["derivation"][0] in _ROOTS.get(self.kind, "votes").split(), "derivation", self.path)
        try:
            self.span = self.worked(raw["derivation"])
        except FAULTS as error:
            raise Refused("derivation", self.path) from error
        same = (math.isclose(*pair, rel_tol=1e-9, abs_tol=1e-9) for pair in zip(self.span, ends(raw), strict=True))
        need(all(same), "arithmetic", self.path)
        about = {fact["concept"] for fact in self.used.values()} - _INPUTS
        aside = [key for key, fact in check.facts.items() if fact["concept"] in about and key not in self.used]
        need(aside == raw["aside"], "selection", self.path)
        check.trust.append(
            f"{leaf.path} rests on {', '.join(self.used)} alone{''.join(f'; {one}' for one in self.notes)}"
        )

    def facts(self, keys: list[str], names: Any = None) -> list[Any]:
        """Facts that the finding uses, if they are on what the test names."""
        need(set(keys) <= set(self.check.facts), "fact", self.path)
        self.used |= {key: self.check.facts[key] for key in keys}
        for concept in {self.check.facts[key]["concept"] for key in keys} - (_INPUTS if names is None else set()):
            need(self.kind == "score" or self.check.linked(concept, words_of(names or self.test)), "fact", self.path)
        return [self.check.facts[key] for key in keys]

    def worked(self, expression: Any) -> Span:
        """The interval of an expression."""
        match expression:
            case [name, *parts] if name in _ARITHMETIC:
                return _ARITHMETIC[name](*map(self.worked, parts))  # type: ignore[no-any-return]
            case ["value", key, *fields]:
                raw = self.facts([key])[0]
                for field in fields or ["value"]:
                    raw = raw[field]
                return ends(raw)
            case ["end", side, whole, because]:
                (low, high), _ = self.worked(whole), self.facts(because)
                self.notes.append(f"{side} end only, for {because}")
                return {"low": (low, INF), "high": (-INF, high), "below": (low, low), "above": (high, high)}[side]
            case ["trust", low, high, what, keys]:
                told = [one for one in self.facts(keys) if (one["value"] or {}).get("unit") == self.leaf.unit]
                fresh = self.newest([(self.read_on(one), (0, 0)) for one in told if one["assertion"] != "absent"])
                passed = (
                    self.kind in ("measurement", "score")
                    and (fresh if low is high is None else told)
                    and self.test.get("newest", True)
                )
                need(not passed, "selection", self.path)  # a number that counts
                self.notes.append(f"{low} to {high} is {what} {keys}")
                return ends({"low": low, "high": high})
            case ["newest", *entries]:
                told = self.facts([name for name, _ in entries])
                for fact, (name, part) in zip(told, entries, strict=True):
                    plain = part[0] != "value" or self.kind not in ("measurement", "score")
                    need(plain or fact["value"]["unit"] == self.leaf.unit, "derivation", self.path)
                    need(f'"{name}"' in json.dumps(part) or self.kind == "grade", "derivation", self.path)
                days = [self.read_on(fact) for fact in told]
                found = self.newest([(day, self.worked(part)) for day, (_, part) in zip(days, entries, strict=True)])
                need(found, "selection", self.path)
                return _ARITHMETIC["hull"](*found)  # type: ignore[no-any-return]
            case ["years", key]:
                born, day = day_of(self.facts([key])[0]["time"])[::-1], self.as_of or date.min
                low, high = (day.year - one.year - ((day.month, day.day) < (one.month, one.day)) for one in born)
                return low, high
            case ["ages", told]:
                (low, high), first, last = self.worked(told), self.test.get("from_age", 0), self.test.get("to_age", INF)
                return (0, 0) if high < first or low >= last + 1 else (int(low >= first and high < last + 1), 1)
            case ["ckd-epi", sex, creatinine, age]:
                woman = {fact["value"]["code"] for fact in self.facts(sex)} == {"female"}
                kappa, alpha, factor = (61.88, -0.241, 143.704) if woman else (79.56, -0.302, 142.0)
                most = [factor * 0.9938**year for year in self.worked(age)[::-1]]
                rates = [max(one, 1e-9) / kappa for one in self.worked(creatinine)[::-1]]
                low, high = (
                    min(one, 1) ** alpha * max(one, 1) ** -1.2 * two for one, two in zip(rates, most, strict=True)
                )
                return low, high if rates[1] > 1e-9 else INF
            case ["votes", *entries]:
                roles = [self.vote(*entry) for entry in entries]
                return (0 if "against" in roles else 1, 1) if "yes" in roles else (0, int("open" in roles))
            case ["count", certain, perhaps, never, closing]:
                listed = ["/".join(one) if isinstance(one, list) else one for one in self.test[self.kind]]
                groups = [(name, self.facts(keys, name.split("/"))) for name, keys in (*certain, *perhaps, *never)]
                mine = all(facts and (name in listed or self.kind == "intolerances") for name, facts in groups)
                need(mine and len(dict(groups)) == len(groups), "derivation", self.path)
                self.notes.append(f"counted {certain}, perhaps {perhaps}, not {never}")
                closed = self.facts(closing, self.test.get("closed_by"))
                return len(certain), len(certain) + len(perhaps) if closed else max(
                    len(certain), len(listed) - len(never)
                )
            case ["run", chain, possible, closing]:
                return self.run(chain, possible, self.facts(closing, self.test.get("closed_by")))
        raise Refused("derivation", self.path)

    def read_on(self, fact: dict[str, Any]) -> Day:
        """The day of a result: its own, else the letter's, or before that where it is told as past."""
        today, when = self.today[fact["document"]], day_of(fact["time"])
        if fact["time"] is not None:
            return when if when != UNTOLD else (date.min, today[1])
        return today if fact["temporality"] == "current" else (date.min, today[1] - timedelta(1))

    def place(self, when: Day, key: str = "within") -> str:
        """Where a day lies relative to the test's window of that key, as the answer that it gives."""
        if key not in self.test or self.as_of is None:
            return "yes" if key not in self.test or when == TODAY else "open"
        start = shifted(self.as_of, self.test[key], -1)
        return "no" if when[1] < start else "yes" if start <= when[0] and when[1] <= self.as_of else "open"

    def newest(self, entries: list[tuple[Day, Span]]) -> list[Span]:
        """Of those not too old the ones that no other is newer than, if they are new enough."""
        key = {"result": "negative_within", "statement": ""}.get(self.kind, "within")
        kept = [one for one in entries if self.kind == "result" or self.place(one[0], key) != "no"]
        last = [one for one in kept if not any(one[0][1] < other[0][0] < date.max for other in kept)]
        places = {self.place(when, key) for when, _ in last}
        ages = self.test.get("positive") == "as long as a negative one" or all(span[1] == 0 for _, span in last)
        fresh = ("yes" in places or not ages) if self.kind == "result" else places <= {"yes"}
        return [span for _, span in last] if fresh else []

    def vote(self, key: str, role: str) -> str:
        """The answer of a fact; what its own fields do not say is noted."""
        fact, course = self.facts([key])[0], self.check.facts[key]["course"] or {}
        code, (start, end, going) = (fact["value"] or {}).get("code"), map(course.get, ("start", "end", "ongoing"))
        lasting = fact["temporality"] == "current" and self.test.get("lasting", self.kind in ("exposure", "treated"))
        lasting = lasting and fact["time"] is end is None and going is not False and (start or going is None)
        last = end or fact["time"] or (start if self.place(day_of(start)) == "yes" else None)
        plain = self.place(self.today[fact["document"]] if going or lasting else day_of(last))
        if fact["assertion"] != "present":
            plain = "against" if fact["assertion"] == "absent" else "open"
        elif code and self.kind in ("result", "statement"):
            yes, no = self.test.get("says", _YES), self.test.get("says_not", _NO)
            plain = "yes" if code in yes else "no" if code in no else "open"
        inside = (
            plain == "yes" and "within" in self.test and self.kind in ("procedure", "vaccination", "study", "exposure")
        )
        need(not inside or role != "no" or "having" in self.test, "selection", self.path)
        self.notes += [f"{key} counts as '{role}'"] if role != plain else []
        need(role in ("yes", "no", "open", "against"), "derivation", self.path)
        return role

    def run(self, chain: Any, possible: Any, closed: Any) -> Span:
        """The days at the test's level in one run for certain, and the most that there may be."""
        level, bridge = amount(self.test["at_least"])[0], amount(self.test.get("bridging", "0 days"))[0]
        held, before, most = 0.0, date.min, 0.0 if closed else INF
        self.facts([key for key, *_ in (*chain, *possible)])
        for _, part, first, last, known in chain:
            start, stop = (date.fromisoformat(day) if day else before for day in (first, last))
            one_run = not held or known is not None or (start - before).days <= bridge
            need(self.worked(part)[0] >= level and one_run, "arithmetic", self.path)
            held += max(0, (stop - max(start, before)).days) if known is None else known
            before = max(before, stop)
        for _, part, known in possible:
            most += 0 if part is not None and self.worked(part)[1] < level else INF if known is None else known
        self.notes.append(f"held {[[key, *days] for key, _, *days in chain]}, perhaps {[one[::2] for one in possible]}")
        return held, max(most, held)


# --- the certificate --------------------------------------------------------------------------------------------------
_KEYS = ["version", "software", "documents", "protocol", "as_of", "as_of_given", "facts", "terms", "days", "criteria"]
_KEYS += ["verdict", "cohorts", "recheck_on", "on_trust", "checksum"]


class Check:
    """A certificate held against its letters and its protocol file; `trust` is what these do not bear out."""

    def __init__(self, raw: dict[str, Any], texts: list[str], protocol: str) -> None:
        self.raw, self.texts, self.trust, self.links = raw, texts, [f"made by {raw['software']}"], dict[str, set[str]]()
        self.counts, self.protocol = {"numbers": 0, "dates": 0}, read_yaml(protocol)
        named = [self.protocol["id"], str(self.protocol["version"])]
        need([raw["protocol"]["id"], raw["protocol"]["version"]] == named, "protocol", "its id or version")
        self.facts = distinct([(fact["id"], fact) for fact in raw["facts"]])
        self.days = [self.dated(one["date"], text) for one, text in zip(raw["documents"], texts, strict=True)]
        self.trust += [f"a letter's own date is {one['date'] and one['date']['written']}" for one in raw["documents"]]
        known = [day for day in self.days if day]
        own = max((first for first, _ in known), default=None) if all(first == last for first, last in known) else None
        self.as_of = date.fromisoformat(raw["as_of"]) if raw["as_of"] else None
        need(raw["as_of_given"] is (self.as_of != own), "as_of", "not the letter's")
        self.trust += ["the screening date was given by who asked"] * raw["as_of_given"]
        for fact in raw["facts"]:
            self.read(fact)
        self.decide(self.protocol["criteria"])
        self.terms = {key: sorted(self.links[key]) for key in sorted(self.links)}
        self.trust += [f"by the terms, {key} bears on {', '.join(names)}" for key, names in self.terms.items()]

    def linked(self, concept: str, names: set[str]) -> bool:
        """Whether a concept is among names, or bears on one of them by the certificate's terms."""
        found = names & {concept, "anything", *self.raw["terms"].get(concept, ())}
        if found and not found & {concept, "anything"}:
            self.links.setdefault(concept, set()).update(found)
        return bool(found)

    def dated(self, raw: Any, text: str) -> Day | None:
        """A date of the letter, its words read again; what these do not say is on trust."""
        if raw is None:
            return None
        day = day_of(raw)
        told = (
            written(raw["written"], day) if raw["written"] in text and UNTOLD[0] < day[0] <= day[1] < TODAY[0] else None
        )
        need(told is not False, "date", raw["earliest"])
        self.counts["dates"] += bool(told)
        self.trust += [] if told else [f"a letter's '{raw['written']}' is {raw['earliest']} to {raw['latest']}"]
        return day

    def read(self, fact: dict[str, Any]) -> None:
        """Holds a fact against its quote; what the quote does not bear out is on trust."""
        key, text, value = fact["id"], self.texts[fact["document"]], fact["value"] or {}
        start, end, told = (
            fact["start"],
            fact["end"],
            {one: fact[one] for one in fact if one not in ("document", "quote")},
        )
        need(0 <= start < end <= len(text) and text[start:end] == fact["quote"] and type(start) is int, "quote", key)
        for owner, one in ((fact, "time"), *((fact["course"], one) for one in ("start", "end") if fact["course"])):
            self.dated(owner[one], text)
        found, unit = spans(fact["quote"], age=value.get("unit") == "a"), value.get("unit", "")
        foreign = re.search(_FOREIGN.get(unit, "(?!)"), fact["quote"], re.I)
        factors = (*(() if foreign else (1.0,)), *_FACTORS.get(unit, ()))
        if "low" in value:
            ends_ = (-INF if value["low"] is None else value["low"], INF if value["high"] is None else value["high"])
            plain = bool(found) and ends_ in found[0] and not foreign
            fits = any(_near(one, ends_, factor) for readings in found for one in readings for factor in factors)
            odd = unit not in _FACTORS or "month" in fact["quote"]
            need(plain or fits or not found or odd, "value", key)
            self.counts["numbers"] += plain
            told["value"] = {**value, "low": "as quoted", "high": "as quoted"} if plain else value
        numbers = [float(one.replace(",", ".")) for one in re.findall(r"\d+(?:[.,]\d+)?", fact["quote"])]
        for end in (end for name in ("per_day", "per_kg") if fact.get(name) for end in ends(fact[name])):
            known = end in (0, INF, -INF) or any(
                math.isclose(end, one * part, rel_tol=1e-5) for one in numbers for part in _PARTS
            )
            need(known or not numbers, "value", key)
        self.trust.append(f"{key} is read as {json.dumps(told, ensure_ascii=False, sort_keys=True)}")

    def decide(self, criteria: list[dict[str, Any]]) -> None:
        """Works out the findings of each day, the answers, the verdict and the day to look again."""
        raw, nodes = self.raw, {one["id"]: _condition(one) for one in criteria}
        need([one["id"] for one in raw["criteria"]] == list(nodes), "criterion", "others than the protocol's")
        for one in raw["criteria"]:
            leaves = nodes[one["id"]].leaves
            for leaf, test in zip(leaves, one["tests"], strict=False):
                if leaf.kind == "grade":
                    leaf.bound = float(test["holds"].split()[2])
                    self.trust.append(f"{leaf.path}: the class asked for ranks {leaf.bound:g}")
            asked = [f"{leaf.end} {leaf.sign} {leaf.bound:g}" for leaf in leaves]
            need([test["holds"] for test in one["tests"]] == asked, "test", one["id"])
        found = self.findings(raw["days"][0], nodes, set(nodes))
        spoken = {path.split(".")[0] for path, one in found.items() if one.kind != "population"}
        answers = {one["id"]: _answer(one, nodes, found) for one in criteria}
        raised = {key for key in spoken if answers[key] == "unknown"}
        for one in raw["criteria"]:
            told = [
                answers[one["id"]],
                answers[one["id"]] == "unknown" and one["id"] not in raised,
                one["id"] in raised,
            ]
            need([one["answer"], one["silent"], one["raised"]] == told, "answer", one["id"])
        groups = [one["id"] for one in self.protocol.get("cohorts") or ()]
        own = {group: verdict_of(group, criteria, answers, raised) for group in groups or [None]}
        order = ("potentially_eligible", "needs_information", "ineligible")
        need(raw["verdict"] == next(one for one in order if one in own.values()), "verdict", raw["verdict"])
        need(raw["cohorts"] == {group: own[group] for group in groups}, "verdict", "a cohort's")
        silent = [leaf.path for node in nodes.values() for leaf in node.leaves if leaf.path not in found]
        self.trust.append(f"nothing in the letter bears on {', '.join(silent)}")
        failing = {one["id"] for one in criteria if answers[one["id"]] == "fail" and not one.get("recommended")}
        later = [self.findings(day, nodes, failing) for day in raw["days"][1:]]
        again = [any(_answer(one, nodes, day) == "fail" for one in criteria if one["id"] in failing) for day in later]
        day = date.fromisoformat(raw["recheck_on"]) if raw["recheck_on"] else None
        days = [self.as_of] if day is None else [self.as_of, day - timedelta(1), day]
        need([one["as_of"] for one in raw["days"]] == [one and one.isoformat() for one in days], "recheck", "its days")
        waits = all(one.get("clears_with_time") for one in criteria if one["id"] in failing)
        need(day is None or (waits and failing and again == [True, False]), "recheck", "not that day")
        self.trust += ["no day to look again is promised"] * (day is None)

    def findings(self, day: Any, nodes: dict[str, Node], only: set[str]) -> dict[str, Finding]:
        """The findings of a day, by the paths of the tests that ask for them."""
        found, as_of = dict[str, Finding](), date.fromisoformat(day["as_of"]) if day["as_of"] else None
        known, asking = distinct([(one["id"], one) for one in day["findings"]]), dict[str, list[Node]]()
        asked = dict[str, str | None]()
        for one in self.raw["criteria"]:
            for leaf, test in zip(nodes[one["id"]].leaves, one["tests"], strict=True):
                kept = {key: leaf.test[key] for key in leaf.test if key not in _BOUNDS or leaf.kind == "exposure"}
                same = asked.setdefault(json.dumps([kept, leaf.unit]), test["finding"])  # whatever the bound
                need(same == test["finding"], "finding", f"{leaf.path}: another than that of the same question")
                if test["finding"] is not None and one["id"] in only:
                    asking.setdefault(test["finding"], []).append(leaf)
        need(list(known) == sorted(asking), "finding", "one is missing, or no test asks for it")
        for key, leaves in asking.items():
            subjects = {json.dumps([leaf.kind, leaf.test[leaf.kind], leaf.test.get("within")]) for leaf in leaves}
            need(len(subjects) == 1, "finding", f"{key} is of several questions")
            found |= dict.fromkeys((leaf.path for leaf in leaves), Finding(self, leaves[-1], known[key], as_of))
        return found

    def report(self) -> list[str]:
        """What was verified, and what is on trust."""
        raw, numbers, dates = self.raw, self.counts["numbers"], self.counts["dates"]
        head = f"holds: {raw['verdict']} for {raw['protocol']['id']} as of {raw['as_of']}"
        if raw["recheck_on"] is not None:
            head += f", again on {raw['recheck_on']}"
        done = f"verified: {len(self.facts)} quotes, {numbers} numbers and {dates} dates read again, findings, answers"
        return [head, done, "on trust, not verified:", *(f"  {line}" for line in self.trust)]


def _condition(raw: dict[str, Any]) -> Node:
    asked, applies = raw.get("requires") or raw["excludes"], raw.get("applies_to")
    whole = {"any": [{"not": applies}, asked]} if "requires" in raw else {"all": [applies, asked]}
    return Node(whole if applies else asked, raw["id"])


def _answer(raw: dict[str, Any], nodes: dict[str, Node], found: dict[str, Finding]) -> str:
    holds = nodes[raw["id"]].holds(found)
    return "unknown" if holds is None else "pass" if holds == ("requires" in raw) else "fail"


def _near(one: Span, other: Span, factor: float) -> bool:
    return all(math.isclose(end * factor, told, rel_tol=1e-5) for end, told in zip(one, other, strict=True))


def _text(letter: bytes, facts: list[Any]) -> str:
    """The letter as text: UTF-8, or else the first encoding in which its quotes stand."""
    for encoding in ("utf-8-sig", "utf-16", "gb18030", "cp1252", "latin-1"):
        text = letter.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
        if all(text[one["start"] : one["end"]] == one["quote"] for one in facts):
            return text
    raise Refused("quote", "none of the letter's encodings has them all")


def checksum(raw: dict[str, Any]) -> str:
    """That of all but the checksum itself."""
    body = json.dumps({key: raw[key] for key in raw if key != "checksum"}, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def verify(certificate: bytes, letters: list[bytes], protocol: bytes) -> Check:
    """What was verified. Raises Refused."""
    try:
        raw = json.loads(certificate, object_pairs_hook=distinct, parse_constant=lambda word: int(word))
        need(list(raw) == _KEYS and raw["version"] == 1, "form", "its keys")
        need(raw["checksum"] == checksum(raw), "checksum", "of the certificate")
        hashes = [hashlib.sha256(letter).hexdigest() for letter in letters]
        need([one["sha256"] for one in raw["documents"]] == hashes, "letter", "another than the one certified")
        need(raw["protocol"]["sha256"] == hashlib.sha256(protocol).hexdigest(), "protocol", "another file")
        quoted = [[fact for fact in raw["facts"] if fact["document"] == at] for at in range(len(letters))]
        check = Check(raw, [_text(*pair) for pair in zip(letters, quoted, strict=True)], protocol.decode())
        need(raw["terms"] == check.terms, "terms", "others than are used")
        need(raw["on_trust"] == check.trust, "on_trust", "other than it says")
    except FAULTS as error:
        raise Refused("form", "not that of a certificate") from error
    return check


def main() -> int:
    """Exit status 0 for a certificate that holds, 1 for one that is refused, 2 for a bad call."""
    parser = argparse.ArgumentParser(description="Checks the certificate of a screening.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--letter", type=Path, action="append", required=True)
    parser.add_argument("--protocol-file", type=Path, required=True)
    given = parser.parse_args()
    try:
        content, protocol, *letters = (one.read_bytes() for one in (given.file, given.protocol_file, *given.letter))
        print("\n".join(verify(content, letters, protocol).report()))
    except OSError as error:
        parser.error(f"{error.filename}: cannot be read")
    except Refused as refusal:
        print(f"refused ({refusal})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
