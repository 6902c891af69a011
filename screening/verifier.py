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
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

Span = tuple[float, float]  # an end without a bound is infinite
Day = tuple[date, date]  # the first and the last day that it may be; `date.min` and `date.max` where not told
INF, UNTOLD, TODAY = math.inf, (date.min, date.max), (date.max, date.max)  # TODAY: of a letter without a date
FAULTS = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError)


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
_FOLDED = r"(?m)^( *)((?:- +)*[\w./+-]+:(?: &[\w-]+)?) >-\n(?=(\1 +)\S)((?:\3\S.*\n)+)"
_ITEM = r"(-|[A-Za-z0-9][\w./+-]*:)(?: +(.*))?$"
_WORD = r'"(?:[^"\\]|\\.)*"|([^\s\[\]{},:"](?:[^\[\]{},:]|:(?=\S))*?)(\s*)(?=[\[\]{},]|$|(:)(?:\s|$))'
_ODD = r"<<|=|~|null|true|false|yes|no|on|off|[-+]?\.(inf|nan)|"
_ODD += r"[-+.\d][\d_.,:xeoEa-fA-F+-]*|[&!|>'\"%@`?#,].*|[-:].*|.*(: .*|:| #.*)"


def read_yaml(text: str) -> Any:
    """The data of block and flow collections, plain, double-quoted and `>-` scalars, comments, anchors and aliases."""
    text = re.sub(_FOLDED, lambda one: f"{one[1]}{one[2]} {json.dumps(' '.join(one[4].split()))}\n", text + "\n")
    text = re.sub(r'("(?:[^"\\\n]|\\.)*")|(?<!\S)#.*', lambda one: one[1] or "", text)
    lines = [(len(line) - len(line.lstrip(" ")), line.strip()) for line in text.split("\n")[::-1] if line.strip()]
    try:
        data = _node(lines, 0, {})
        need(not lines, "protocol_unreadable", "an odd indent")
    except (Refused, *FAULTS) as error:
        raise Refused("protocol_unreadable", "not of the YAML that is read here") from error
    return data


def _node(lines: list[tuple[int, str]], least: int, anchors: dict[str, Any]) -> Any:
    """What the next lines say that are indented by `least` or more; they are taken off the list's end."""
    if not lines or lines[-1][0] < least:
        return None
    pairs, words, (here, text) = list[tuple[str, Any]](), list[str](), lines[-1]
    if mark := re.match(r"&([\w-]+)(?: +|$)", text):
        lines[-1:] = [(here, text[mark.end() :])] if text[mark.end() :] else []
        anchors[mark[1]] = _node(lines, least, anchors)
        return anchors[mark[1]]
    while lines and lines[-1][0] == here and (item := re.match(_ITEM, lines[-1][1])):
        lines[-1:] = [(here + item.start(2), item[2])] if item[2] else []
        pairs.append((item[1], _node(lines, here + 1, anchors)))
    while not pairs and lines and lines[-1][0] >= least:
        words.append(lines.pop()[1])
    if words:
        return _scalar(" ".join(words), anchors)
    is_list = pairs[0][0] == "-"
    need(all((key == "-") == is_list for key, _ in pairs), "protocol_unreadable", "a list and keys in one place")
    return [node for _, node in pairs] if is_list else distinct([(key[:-1], node) for key, node in pairs])


def _scalar(text: str, anchors: dict[str, Any]) -> Any:
    def word(one: re.Match[str]) -> str:
        return one[0] if one[1] is None else json.dumps(one[1] if one[3] else _scalar(one[1], anchors)) + one[2]

    if text[0] in '"[{':  # a flow collection is JSON once its plain words are
        return json.loads(re.sub(_WORD, word, text), object_pairs_hook=distinct)
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    need(text[0] == "*" or not re.fullmatch(_ODD, text, re.I), "protocol_unreadable", "a value of another kind")
    return anchors[text[1:]] if text[0] == "*" else text


# --- words of the letter: numbers and dates read again ----------------------------------------------------------------
_NUMBER = r"(?<![\w.,])(?<![A-Za-z]-)(\d+(?:[.,]\d+)*)"
_SIGN = r"(?:(<=|>=|[<>≤≥]|less than|under|below|over|above|more than|at least|at most)\s*)?(?:\b1\s*[:/]\s*(?=\d\d))?"
_PARTS = (2.0, 3.0, 4.0, 6.0, 0.5, 1 / 7, 2 / 7, 3 / 7, 1 / 14, 1000.0, 2000.0, 3000.0, 1500.0, 0.25, 0.75, 1.5)
_FACTORS = {  # how many canonical units another one is that letters use, or a day's amount is of a dose
    "umol/L": (88.4017, 17.10396), "g/L": (10.0, 0.01), "10*9/L": (0.001, 100.0), "U/L": (60.0,), "%": (100.0,),
    "g/g": (0.001, 0.00884017), "kg": (0.453592, 6.35029), "cm": (2.54, 30.48, 100.0), "a": (1 / 12,), "{score}": (),
    "mL/min/{1.73_m2}": (), "mL/min": (), "mm[Hg]": (), "{ULN}": (), "a day": _PARTS,
}  # fmt: skip
_FOREIGN = {  # how a unit that is not the canonical one looks
    "umol/L": "mg/d", "g/L": "[gm]/d", "10*9/L": r"(?<![k3³])/ ?([uµ]l|mm)|lakh", "U/L": "kat", "kg": r"\blbs?\b",
    "g/g": "mg/",
}  # fmt: skip
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def spans(words: str, *, age: bool = False) -> list[set[Span]]:
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
    fits = parts in (sorted([first.year, *short]), sorted([first.year % 100, *short])) and (single or first.day == 1)
    full = single and len(parts) == 3 and not re.search(r"\d (month|week|day|year)|ago|last|past", words)
    return fits or (False if full else None)


def shifted(day: date, words: str, sign: int) -> date:
    """The day so many calendar units ("6 months before screening") later or, with sign -1, earlier."""
    count, unit = int(words.split()[0]) * sign, words.split()[1].rstrip("s")
    if unit in ("day", "week"):
        return day + timedelta(count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# --- findings: each worked out again from its facts -------------------------------------------------------------------
_BOUNDS = {"at_least": ("low", ">="), "above": ("low", ">"), "at_most": ("high", "<="), "below": ("high", "<")}
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_NUMERIC = ("age", "measurement", "dose", "duration", "score", "change", "grade")
_DATED = ("procedure", "vaccination", "study", "exposure")
_COUNTING = ("exposures", "failures", "intolerances")
_ROOTS = {  # how a finding of a kind may follow from its facts; of the others by votes
    "age": "whole", "measurement": "newest end trust", "dose": "sum trust", "grade": "newest trust",
    "duration": "trust", "population": "all", "score": "newest any end trust", "change": "trust",
    "exposure": "votes run trust", "result": "newest votes trust", "statement": "newest trust",
    "report": "newest votes trust", "judgement": "trust", **dict.fromkeys(_COUNTING, "count"),
}  # fmt: skip
_UNITS = {"x ULN": "{ULN}", "× ULN": "{ULN}", "x LLN": "{LLN}", "years": "a", "points": "{score}", "titre": "{titer}"}
_UNITS |= {"mL/min/1.73 m2": "mL/min/{1.73_m2}"}
_ARITHMETIC: dict[str, Any] = {  # of the lower ends and of the upper ends of what it is made from
    "sum": lambda low, high: (sum(low), sum(high)),
    "hull": lambda low, high: (min(low), max(high)),
    "all": lambda low, high: (min(low), min(high)),
    "any": lambda low, high: (max(low), max(high)),
    "divide": lambda low, high: (round(low[0] / high[1], 9), round(high[0] / low[1], 9)),
    "multiply": lambda low, high: (math.prod(low), math.prod(high)),
    "not": lambda low, high: (1 - high[0], 1 - low[0]),
    "whole": lambda low, high: (math.floor(low[0]), math.floor(high[0])),
}
_CODES = {  # of a coded result, unless the test names others
    "yes": ("says", ("positive", "reactive", "detected", "high", "abnormal", "weakly_positive")),
    "no": ("says_not", ("negative", "undetected", "normal", "nonreactive", "low")),
}
_INPUTS = {"age", "birth-date", "sex", "body-weight", "body-height", "creatinine"}  # of every question


_UNNAMED = ("low", "high", "earliest", "latest", "kind", "concept", "assertion", "temporality")


def amount(text: Any) -> tuple[float, str]:
    """Number and unit of a threshold such as "3.0 x ULN"; a class of a scale has no number."""
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?) ?(.*)", str(text))
    return (float(match[1]), _UNITS.get(match[2], match[2])) if match else (math.nan, "")


def question(test: dict[str, Any]) -> tuple[str, str]:
    """The unit of a test's bound, and what it asks, whatever the bound."""
    unit = next((amount(test[key])[1] for key in _BOUNDS if key in test), "")
    return unit, json.dumps([unit, {key: test[key] for key in test if key not in _BOUNDS or "exposure" in test}])


def ends(raw: Any) -> Span:
    """The ends of an interval, open ones closed; a single number is both."""
    told = raw if isinstance(raw, dict) else {"low": raw, "high": raw}
    low, high = -INF if told["low"] is None else told["low"], INF if told["high"] is None else told["high"]
    low = math.nextafter(low, INF) if "low_open" in told else low
    return low, math.nextafter(high, -INF) if "high_open" in told else high


def day_of(raw: Any) -> Day:
    first, last = (date.fromisoformat(raw[end]) if raw and raw[end] else None for end in ("earliest", "latest"))
    return first or date.min, last or date.max


def words_of(raw: Any) -> set[str]:
    """All words of a test, keys among them."""
    parts = [*raw, *raw.values()] if isinstance(raw, dict) else raw if isinstance(raw, list) else []
    return {raw} if isinstance(raw, str) else {word for part in parts for word in words_of(part)}


def near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-5)


def said(raw: Any) -> str:
    """A part of a certificate in words."""
    if not isinstance(raw, dict):
        return " ".join(map(said, raw)) if isinstance(raw, list) else f"{raw:g}" if type(raw) is float else str(raw)
    span = " to ".join(dict.fromkeys(said(raw[key]) for key in ("low", "high", "earliest", "latest") if key in raw))
    plain = [str(raw[key]) for key in ("kind", "concept", "assertion", "temporality") if key in raw]
    named = [f"{key} {said(raw[key])}" for key in raw if key not in _UNNAMED]
    return ", ".join([*([span] if span else []), *plain, *named])


class Finding:
    """A finding worked out again from its derivation, for a test and a screening date."""

    def __init__(self, check: Check, path: str, test: dict[str, Any], raw: dict[str, Any]) -> None:
        self.check, self.path, self.test, self.kind, self.as_of = check, path, test, next(iter(test)), check.as_of
        self.unit, self.used, self.notes = question(test)[0], dict[str, Any](), list[str]()
        need(raw["derivation"][0] in _ROOTS.get(self.kind, "votes").split(), "derivation", path)
        try:
            self.span = self.worked(raw["derivation"])
        except FAULTS as error:
            raise Refused("derivation", path) from error
        same = (math.isclose(*pair, rel_tol=1e-9, abs_tol=1e-9) for pair in zip(self.span, ends(raw), strict=True))
        need(all(same), "arithmetic", path)
        about = {fact["concept"] for fact in self.used.values()}
        aside = [key for key, fact in check.facts.items() if fact["concept"] in about and key not in self.used]
        check.lines += [f"  {check.readings[key]}" for key in self.used] + [f"  {note}" for note in self.notes]
        check.lines += [f"  passed over: {check.readings[key]}" for key in aside]
        check.shown |= {*self.used, *aside}

    def facts(self, keys: list[str], names: Any = None) -> list[Any]:
        """Facts that the finding uses, if they are on what the test names."""
        need(set(keys) <= set(self.check.facts), "fact", self.path)
        self.used |= {key: self.check.facts[key] for key in keys}
        for concept in {self.used[key]["concept"] for key in keys} - (_INPUTS if names is None else set()):
            need(self.kind == "score" or self.check.linked(concept, words_of(names or self.test)), "fact", self.path)
        return [self.used[key] for key in keys]

    def closed(self, keys: list[str]) -> bool:
        """Whether there are facts that say that nothing else was given."""
        return bool(self.facts(keys, [self.test.get("closed_by"), self.test.get("denied_as")]))

    def worked(self, expression: Any) -> Span:
        """The interval of an expression."""
        match expression:
            case [name, *parts] if name in _ARITHMETIC:
                return _ARITHMETIC[name](*zip(*map(self.worked, parts), strict=True))  # type: ignore[no-any-return]
            case ["value", key, *fields]:
                raw = self.facts([key])[0]
                for field in fields or ["value"]:
                    raw = raw[field]
                return ends(raw)
            case ["end", side, whole, because]:
                (low, high), _ = self.worked(whole), self.facts(because)
                self.notes.append(f"{' '.join(because)}: the {side} end alone")
                return (low, INF) if side == "low" else (-INF, high)
            case ["trust", low, high, what, keys]:
                told = [one for one in self.facts(keys) if one.get("value", {}).get("unit") == self.unit]
                if low is high is None:  # what is too old settles nothing
                    told = self.newest([(self.read_on(one), (0, 0)) for one in told if one["assertion"] != "absent"])
                counts = told and self.kind in ("measurement", "score") and self.test.get("newest", True)
                need(not counts, "selection", self.path)
                self.notes.append(f"{' '.join([*keys, what])}: {said({'low': low, 'high': high})}")
                return ends({"low": low, "high": high})
            case ["newest", *entries]:
                told = []
                for name, part in entries:
                    [fact], number = self.facts([name]), part[0] == "value" and self.kind in ("measurement", "score")
                    own = f'"{name}"' in json.dumps(part) or self.kind == "grade"
                    need(own and (not number or fact["value"]["unit"] == self.unit), "derivation", self.path)
                    told.append((self.read_on(fact), self.worked(part)))
                need(found := self.newest(told), "selection", self.path)
                return _ARITHMETIC["hull"](*zip(*found, strict=True))  # type: ignore[no-any-return]
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
                rates = [max(one, 1e-9) / kappa for one in self.worked(creatinine)[::-1]]
                most = [factor * 0.9938**year for year in self.worked(age)[::-1]]
                low, high = (two * min(one, 1) ** alpha * max(one, 1) ** -1.2 for one, two in zip(rates, most))  # noqa: B905
                return low, high if rates[1] > 1e-9 else INF
            case ["votes", *entries]:
                roles = [self.vote(*entry) for entry in entries]
                need({*roles} <= {"yes", "no", "open", "against"}, "derivation", self.path)
                return (0 if "against" in roles else 1, 1) if "yes" in roles else (0, int("open" in roles))
            case ["count", certain, perhaps, never, closing]:
                listed = ["/".join(one) if isinstance(one, list) else one for one in self.test[self.kind]]
                groups = [(name, self.facts(keys, name.split("/"))) for name, keys in (*certain, *perhaps, *never)]
                own = all(facts and (name in listed or self.kind == "intolerances") for name, facts in groups)
                need(own and len(dict(groups)) == len(groups), "derivation", self.path)
                self.notes.append(f"counted: {said(certain)}; perhaps: {said(perhaps)}; not: {said(never)}")
                least, known, untold = len(certain), len(certain) + len(perhaps), len(listed) - len(never)
                return least, known if self.closed(closing) else max(least, untold)
            case ["run", chain, possible, closing]:
                return self.run(chain, possible, self.closed(closing))
        raise Refused("derivation", self.path)

    def run(self, chain: Any, possible: Any, closed: bool) -> Span:
        """The days at the test's level in one run for certain, and the most that there may be."""
        level, bridge = (amount(self.test.get(key, "0 days"))[0] for key in ("at_least", "bridging"))
        held, before = 0, math.nan
        for part, *days in chain:  # their first and last, or how many before and with them
            first, last = (date.fromisoformat(one).toordinal() if isinstance(one, str) else one for one in days)
            joined = first <= last and not (first < before or first > before + bridge)
            need(self.worked(part)[0] >= level and joined, "arithmetic", self.path)
            held, before = held + last - first, last
        self.facts([key for key, *_ in possible])
        most = [days for _, part, days in possible if part is None or self.worked(part)[1] >= level]
        self.notes.append(f"in one run: {said(chain)}; perhaps: {said(possible)}")
        return held, max(held, sum(INF if days is None else days for days in most)) if closed else INF

    def read_on(self, fact: dict[str, Any]) -> Day:
        """The day of a result: its own, else the letter's, or before that where it is told as past."""
        today, when = self.check.today[fact["document"]], day_of(fact.get("time"))
        if "time" in fact:
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
        result, key = self.kind == "result", {"result": "negative_within", "statement": ""}.get(self.kind, "within")
        kept = [one for one in entries if result or self.place(one[0], key) != "no"]
        last = [one for one in kept if not any(one[0][1] < other[0][0] < date.max for other in kept)]
        places = {self.place(when, key) for when, _ in last}
        ages = self.test.get("positive") == "as long as a negative one" or all(span[1] == 0 for _, span in last)
        fresh = ("yes" in places or not ages) if result else places <= {"yes"}
        return [span for _, span in last] if fresh else []

    def vote(self, key: str, role: str) -> str:
        """The answer of a fact; noted where its assertion, its result or its day gives another."""
        [fact] = self.facts([key])
        course, code = fact.get("course", {}), fact.get("value", {}).get("code")
        told = day_of(course.get("end") or fact.get("time") or course.get("start"))
        plain = self.place(self.check.today[fact["document"]] if course.get("ongoing") else told)
        if fact["assertion"] != "present":
            plain = "against" if fact["assertion"] == "absent" else "open"
        elif code and self.kind in ("result", "statement"):
            plain = next((answer for answer, codes in _CODES.items() if code in self.test.get(*codes)), "open")
        elif plain == "yes" and "within" in self.test and self.kind in _DATED:
            need(role != "no" or "having" in self.test, "selection", self.path)
        self.notes += [f"{key} counts as '{role}'"] if role != plain else []
        return role


# --- the certificate --------------------------------------------------------------------------------------------------
FORM = 2
_KEYS = ["version", "software", "documents", "protocol", "as_of", "as_of_given", "facts", "terms", "days", "criteria"]
_KEYS += ["verdict", "cohorts", "recheck_on", "record", "persons", "on_trust", "checksum"]


def verdict_of(cohort: str | None, criteria: list[dict[str, Any]], answers: dict[str, str], raised: set[str]) -> str:
    """The verdict over the criteria that a cohort is asked."""
    mine = [one for one in criteria if not one.get("recommended") and cohort in (one.get("cohorts") or [cohort])]
    unknown = [one for one in mine if answers[one["id"]] == "unknown"]
    waits = [one.get("essential") or (one["id"] in raised and not one.get("settled_at_visit")) for one in unknown]
    failing = any(answers[one["id"]] == "fail" for one in mine)
    return "ineligible" if failing else "needs_information" if any(waits) else "potentially_eligible"


class Check:
    """A certificate held against its letters and its protocol file; `trust` is what these do not bear out."""

    def __init__(self, raw: dict[str, Any], texts: list[str], protocol: str) -> None:
        self.raw, self.texts, self.protocol, self.links = raw, texts, read_yaml(protocol), dict[str, set[str]]()
        self.numbers, self.dates, self.shown, self.asked = 0, 0, set[str](), dict[str, str]()
        named = [self.protocol["id"], str(self.protocol["version"])]
        need([raw["protocol"]["id"], raw["protocol"]["version"]] == named, "protocol", "its id or version")
        self.trust, self.days = [f"made by {raw['software']}"], list[Day | None]()
        for one, text in zip(raw["documents"], texts, strict=True):
            self.trust.append(f"a letter is of {said(one['date'])}")
            self.days.append(day_of(one["date"]) if one["date"] else None)
            if one["date"]:
                self.dated(one["date"], text, "of a letter")
        known = [day for day in self.days if day]
        own = max((first for first, _ in known), default=None) if all(first == last for first, last in known) else None
        as_of = date.fromisoformat(raw["as_of"]) if raw["as_of"] else None
        need(raw["as_of_given"] is (as_of != own), "as_of", "not the letter's")
        self.trust += ["the screening date was given by who asked"] * raw["as_of_given"]
        self.facts, self.readings = raw["facts"], {key: self.read(key, fact) for key, fact in raw["facts"].items()}
        self.decide(self.protocol["criteria"])
        self.terms = {key: sorted(names) for key, names in sorted(self.links.items()) if names}
        self.trust += [f"by the terms, {key} bears on {', '.join(names)}" for key, names in self.terms.items()]
        self.trust.append(self.people())

    def linked(self, concept: str, names: set[str]) -> bool:
        """Whether a concept is among names, or bears on one of them by the certificate's terms."""
        found = names & {concept, "anything", *self.raw["terms"].get(concept, ())}
        if not found & {concept, "anything"}:
            self.links.setdefault(concept, set()).update(found)
        return bool(found)

    def dated(self, raw: Any, text: str, where: str) -> bool:
        """Whether a date of the letter is what its words say, in full; they must not say another."""
        day = day_of(raw)
        known = raw["written"] in text and UNTOLD[0] < day[0] <= day[1] < TODAY[0]
        told = written(raw["written"], day) if known else None
        need(told is not False, "date", where)
        self.dates += bool(told)
        return bool(told)

    def number(self, raw: Any, quote: str, where: str) -> bool:
        """Whether an interval is the first number of its quote, in its own unit; it must be one of its numbers."""
        unit, found = raw.get("unit", "a day"), spans(quote, age=raw.get("unit") == "a")
        low, high = (math.inf * sign if raw[end] is None else raw[end] for end, sign in (("low", -1), ("high", 1)))
        foreign = re.search(_FOREIGN.get(unit, "(?!)"), quote, re.I)
        plain = bool(found) and (low, high) in found[0] and not foreign
        pairs = {pair for readings in found for pair in readings}
        if unit == "a day":  # a dose may lie between any two numbers
            told = {end for pair in pairs for end in pair} | {0}
            pairs = {(one, two) for one in told for two in told}
        factors = (*(() if foreign else (1.0,)), *_FACTORS.get(unit, ()))
        fits = any(near(one * by, low) and near(two * by, high) for one, two in pairs for by in factors)
        need(plain or fits or not found or unit not in _FACTORS or "month" in quote, "value", where)
        self.numbers += plain
        return plain

    def read(self, key: str, fact: dict[str, Any]) -> str:
        """What a fact is read as; its place, numbers and dates are held against the letter, if no person's."""
        text, start, end, quote = self.texts[fact["document"]], fact["start"], fact["end"], fact["quote"]
        need(0 <= start < end and text[start:end] == quote, "quote", key)
        parts, doubts = {**fact, **fact.get("course", {})}, list[str]()
        for name in sorted({*parts} - {*fact.get("attributes", {}).get("corrected", "").split()}):
            if name in ("time", "start", "end") and isinstance(parts[name], dict):
                doubts += [] if self.dated(parts[name], text, key) else [name]
            elif name in ("value", "per_day", "per_kg") and "code" not in parts[name]:
                doubts += [] if self.number(parts[name], quote, key) else [name]
        told = said({name: fact[name] for name in fact if name not in ("document", "start", "end", "quote")})
        doubt = f" (not as quoted: {', '.join(doubts)})" if doubts else ""
        where = f"{start} to {end}" + (f" of letter {fact['document'] + 1}" if len(self.texts) > 1 else "")
        return f"{key} “{' '.join(quote.split())}” at {where}: {told}{doubt}"

    def answers(self, day: dict[str, Any], criteria: list[dict[str, Any]]) -> dict[str, str]:
        """The rules' answers on a day, from its findings worked out again."""
        self.as_of, self.found = date.fromisoformat(day["as_of"]) if day["as_of"] else None, dict[str, Finding]()
        unknown = TODAY if len(self.days) == 1 else UNTOLD
        self.today = [(one or (self.as_of, self.as_of)) if self.as_of else unknown for one in self.days]
        self.homes, self.spoken, self.silent, answers = dict[str, str](), set[str](), list[str](), dict[str, str]()
        groups = dict[tuple[str, ...], list[str]]()  # what criteria rest on, of several once
        for one in criteria:
            asked, applies, self.lines = one.get("requires") or one["excludes"], one.get("applies_to"), list[str]()
            if applies:  # where it does not apply, it passes
                asked = {"any": [{"not": applies}, asked]} if "requires" in one else {"all": [applies, asked]}
            holds, perhaps = self.holds(asked, one["id"], day["findings"])
            answers[one["id"]] = "unknown" if holds != perhaps else "pass" if holds == ("requires" in one) else "fail"
            groups.setdefault(tuple(self.lines), []).append(f"{one['id']} {one['title']}: {answers[one['id']]}")
        for lines, names in groups.items():
            self.trust += [f"{'; '.join(names)} ({day['as_of']})", *lines] if lines else []
        self.trust += [f"nothing in the letter bears on {', '.join(self.silent)}"] if self.silent else []
        need(list(day["findings"]) == list(self.found), "finding", "one is missing, or no test asks for it")
        return answers

    def holds(self, test: dict[str, Any], path: str, findings: dict[str, Any]) -> tuple[bool, bool]:
        """Whether a test, or a connective of tests, holds for certain, and whether it may hold."""
        keys, kind = list(test), next(iter(test))
        if keys in (["all"], ["any"], ["not"]) or "of" in keys:
            parts = [test["not"]] if kind == "not" else test["of" if "of" in keys else kind]
            needed = test["at_least"] if "of" in keys else len(parts) if kind == "all" else 1
            told = [self.holds(part, f"{path}.{number}", findings) for number, part in enumerate(parts, 1)]
            surely, perhaps = (sum(ends) >= needed for ends in zip(*told, strict=True))
            return (not perhaps, not surely) if kind == "not" else (surely, perhaps)
        home = self.homes.setdefault(question(test)[1], path)  # the first test of a question has its finding
        self.lines += [f"  as {home}"] if home in self.found else []
        if home in findings and home not in self.found:
            self.found[home] = Finding(self, home, test, findings[home])
        low, high = self.found[home].span if home in self.found else (-INF, INF)
        self.spoken |= {path.split(".")[0]} if home in self.found and kind != "population" else set()
        self.silent += [] if home in self.found else [path]
        told, words = [], list[str]()
        for number, key in enumerate([key for key in keys if key in _BOUNDS] if kind in _NUMERIC else [""]):
            end, sign = ("high", "<") if test.get("reads") == "negative" else _BOUNDS.get(key, ("low", ">="))
            bound = amount(test[key or "at_least"] if key or kind in _COUNTING else test.get("for", 1))[0]
            if kind == "grade":  # a class, of which the terms know the rank
                bound = float(self.tests[path].split(", ")[number].split()[-1])
                self.lines.append(f"  {test[key]} ranks {bound:g}")
            words.append(f"{end} {sign} {bound:g}")
            near, far = (low, high) if end == "low" else (high, low)
            told.append((_COMPARE[sign](near, bound), _COMPARE[sign](far, bound)))
        self.asked[path] = ", ".join(words)
        return all(one for one, _ in told), all(one for _, one in told)

    def decide(self, criteria: list[dict[str, Any]]) -> None:
        """The answers, the verdict and the day to look again."""
        raw = self.raw
        judged = {one["criterion"]: one["after"] for one in raw["persons"] if "criterion" in one}
        ids = [one["id"] for one in criteria]
        need([one["id"] for one in raw["criteria"]] == ids, "criterion", "others than the protocol's")
        need(judged.keys() <= {*ids} and {*judged.values()} <= {"pass", "fail", "unknown"}, "person", "an odd answer")
        self.tests = distinct([pair for one in raw["criteria"] for pair in one["tests"].items()])
        rules = self.answers(raw["days"][0], criteria)
        odd = [path for path in {**self.tests, **self.asked} if self.tests.get(path) != self.asked.get(path)]
        need(not odd, "test", ", ".join(odd))
        need(self.shown == set(self.facts), "finding", "a fact that none uses or passes over")
        answers = rules | judged
        raised = {key for key in self.spoken if answers[key] == "unknown"}
        for one in raw["criteria"]:
            key, answer = one["id"], answers[one["id"]]
            mine = {"id": key, "answer": answer, "silent": answer == "unknown" and key not in raised}
            mine |= {"raised": key in raised} | ({"overruled": rules[key]} if rules[key] != answer else {})
            need(one == {**mine, "tests": one["tests"]}, "answer", key)
        groups = [one["id"] for one in self.protocol.get("cohorts") or ()]
        own = {group: verdict_of(group, criteria, answers, raised) for group in groups or [None]}
        order = ("potentially_eligible", "needs_information", "ineligible")
        need(raw["verdict"] == next(one for one in order if one in own.values()), "verdict", raw["verdict"])
        need(raw["cohorts"] == {group: own[group] for group in groups}, "verdict", "a cohort's")
        failing = [one for one in criteria if answers[one["id"]] == "fail" and not one.get("recommended")]
        again = ["fail" in self.answers(day, failing).values() for day in raw["days"][1:]]
        day = date.fromisoformat(raw["recheck_on"]) if raw["recheck_on"] else None
        days = [day - timedelta(1), day] if day else []
        need([one["as_of"] for one in raw["days"]] == [raw["as_of"], *map(str, days)], "recheck", "its days")
        waits = failing and all(one.get("clears_with_time") and one["id"] not in judged for one in failing)
        need(day is None or (waits and again == [True, False]), "recheck", "not that day")
        self.trust += ["no day to look again is promised"] * (day is None)

    def people(self) -> str:
        """What a person has answered or corrected, which neither the letter nor the protocol bears out."""
        persons, record = self.raw["persons"], self.raw["record"]
        attributes = {key: fact.get("attributes", {}) for key, fact in self.facts.items()}
        marked = {(key, field) for key in attributes for field in attributes[key].get("corrected", "").split()}
        named = all(record and one["by"] and one["at"] and one["reason"] for one in persons)
        need(
            named and marked <= {(one.get("fact"), one.get("field")) for one in persons},
            "person",
            "no name, time, reason or record",
        )
        own = "; ".join(map(said, persons)) or "no answer and no fact"
        return f"a person's own: {own}" + (f" (stored as {said(record)})" if record else "")

    def report(self) -> list[str]:
        """What was verified, what is on trust, and last what is a person's."""
        raw, again = self.raw, f", again on {self.raw['recheck_on']}" if self.raw["recheck_on"] else ""
        head = f"holds: {raw['verdict']} for {raw['protocol']['id']} as of {raw['as_of']}{again}"
        done = f"verified: {len(self.facts)} quotes, {self.numbers} numbers and {self.dates} dates, findings, answers"
        return [head, done, "on trust, not verified:", *(f"  {line}" for line in self.trust[:-1]), self.trust[-1]]


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
        need(list(raw) == _KEYS and raw["version"] == FORM, "form", "its keys")
        need(raw["checksum"] == checksum(raw), "checksum", "of the certificate")
        hashes = [hashlib.sha256(letter).hexdigest() for letter in letters]
        need([one["sha256"] for one in raw["documents"]] == hashes, "letter", "another than the one certified")
        need(raw["protocol"]["sha256"] == hashlib.sha256(protocol).hexdigest(), "protocol", "another file")
        quoted = [[fact for fact in raw["facts"].values() if fact["document"] == at] for at in range(len(letters))]
        check = Check(raw, [_text(*pair) for pair in zip(letters, quoted, strict=True)], protocol.decode())
        need(raw["terms"] == check.terms, "terms", "others than are used")
        need(raw["on_trust"] == check.trust, "on_trust", "other than it says")
    except FAULTS as error:
        raise Refused("form", "not that of a certificate") from error
    return check


def main() -> int:
    """Exit status 0 for a certificate that holds, 1 for one that is refused, 2 for a bad call."""
    parser, file = argparse.ArgumentParser(description="Checks a screening's certificate."), argparse.FileType("rb")
    parser.add_argument("file", type=file)
    parser.add_argument("--letter", type=file, action="append", required=True)
    parser.add_argument("--protocol-file", type=file, required=True)
    given = parser.parse_args()
    try:
        check = verify(given.file.read(), [one.read() for one in given.letter], given.protocol_file.read())
    except Refused as refusal:
        print(f"refused ({refusal})", file=sys.stderr)
        return 1
    print("\n".join(check.report()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
