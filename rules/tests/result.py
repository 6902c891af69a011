"""Whether a test came out positive: qualitative results, viral loads and panels in, yes, no or open out.

The newest result counts; a negative one can grow too old, an antibody once positive can count whatever came later.
A number counts as positive where it is above the normal range, a "less than" as negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from kb.facts import Coded, Fact, Quantity
from kb.vocabulary import Lab
from rules import derivation
from rules.amounts import AmountText, amount, because, day_words
from rules.concepts import Names
from rules.denials import denials
from rules.derivation import Expression, Role
from rules.findings import Finding, Situation
from rules.matching import Items, concept_of, is_silent_on, spoken_of
from rules.moments import Dated, course_of, newest, reading_day
from rules.tests.base import Comparison, Outcome, Test
from rules.windows import WindowText, window
from rules.wording import capital, label

Sign = Literal["positive", "negative", "open"]
_POSITIVE = frozenset({"positive", "reactive", "detected", "high", "abnormal", "weakly_positive"})
_NEGATIVE = frozenset({"negative", "undetected", "normal", "nonreactive", "low"})


@dataclass(frozen=True, slots=True)
class Read:
    """One result as it counts; `own` where it is of the test itself and not of a panel that covers it."""

    sign: Sign
    own: bool = True


class Result(Test):
    """`result` is the test, `reads` what is asked. A negative one is good for `negative_within`.

    `positive` says how long a positive one counts: `ever` (whatever came later), `whatever its age` while it is the
    newest, or as long as a negative one. `panels` are tests whose negative result covers this one, `denied_as` the
    conditions whose denial does. `shown_by` are conditions that stand for a positive one, with `shown_within`
    only while they are there or were in that window. `negative_only_by`: a negative one of another specimen leaves it
    open. `negative_by_name`: a negative one of one kind of the test says nothing of the others (antibodies of a group).
    `confirmed_by` is the test that overrules this one. `any_amount`: a number without a range is positive (load).
    `positive_from`: a number from which on it is positive where the letter gives no range of its own (a titre).
    `trace`: what a load is that was detected, but too little to be counted.
    """

    windows = (("negative_within", "good for longer"),)

    result: Annotated[str, Names(("lab",))]
    reads: Literal["positive", "negative"]
    negative_within: WindowText | None = None
    positive: Literal["ever", "whatever its age", "as long as a negative one"] = "whatever its age"
    panels: Annotated[tuple[str, ...], Names(("lab",))] = ()
    shown_by: Items = ()
    shown_within: WindowText | None = None
    denied_as: Annotated[tuple[str, ...], Names(("condition",))] = ()
    negative_only_by: Annotated[str | None, Names(("lab",))] = None
    negative_by_name: bool = False
    confirmed_by: Annotated[str | None, Names(("lab",))] = None
    any_amount: bool = False
    positive_from: AmountText | None = None
    trace: Literal["positive", "open"] = "open"
    raised_by: Items = ()

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        return "fixed" if self.positive == "ever" else "treat"

    def finding_id(self) -> str:
        # both readings of one test share a finding: 1 is positive
        limited = [f"negative-by-{self.negative_only_by}"] if self.negative_only_by else []
        limited += ["negative-by-name"] if self.negative_by_name else []
        limited += [f"from-{self.positive_from.replace(' ', '-')}"] if self.positive_from else []
        limited += ["ever"] if self.positive == "ever" else []
        return ".".join([self.result, "positive", *limited])

    def holds_when(self) -> Comparison:
        return Comparison("low", ">=", 1) if self.reads == "positive" else Comparison("high", "<", 1)

    def fails_when(self) -> Comparison:
        return Comparison("high", "<", 1) if self.reads == "positive" else Comparison("low", ">=", 1)

    @cached_property
    def named(self) -> frozenset[str]:
        """Every concept without a fact on which nothing is found."""
        confirming = () if self.confirmed_by is None else (self.confirmed_by,)
        items = map(concept_of, (*self.shown_by, *self.raised_by))
        return frozenset((self.result, *self.panels, *confirming, *self.denied_as, *items))

    def find(self, situation: Situation) -> Finding | None:
        if is_silent_on(self.named, situation):
            return None
        results = self._results(situation)
        told = [one for one in results if one.value.sign != "open"]
        ever = [one for one in told if one.value.sign == "positive" and self.positive == "ever"]
        if ever:
            return self._finding("positive", ever, derivation.votes((one.fact, "yes") for one in ever))
        confirmation = self._confirmation(told, situation)
        if confirmation is not None:
            return confirmation
        latest = newest(told)
        if latest:
            return self._of(latest, told, situation)
        return self._unread(results, situation)

    def _results(self, situation: Situation) -> list[Dated[Read]]:
        own = [(fact, True) for fact in situation.about(self.result)]
        shared = [
            (fact, False)
            for panel in self.panels
            for fact in situation.about(panel)
            if not _is_heading(fact, situation)
        ]
        return [
            Dated(Read(self._sign(fact, situation, own=is_own), is_own), fact, reading_day(fact, situation))
            for fact, is_own in own + shared
            if fact.assertion != "conditional"
        ]

    def _sign(self, fact: Fact, situation: Situation, *, own: bool) -> Sign:
        sign = self._from_number(fact) or _sign(fact, situation, any_amount=self.any_amount)
        if sign == "open" and isinstance(fact.value, Coded) and fact.value.code == "trace":
            sign = "open" if fact.assertion != "present" else self.trace
        if sign == "positive" and fact.attributes.get("confirmed") == "no":
            return "negative"
        if sign == "positive" and not own:
            return "open"  # some test of the panel is positive, which one is not told
        other_specimen = self.negative_only_by is not None and not situation.vocabulary.is_a(
            fact.concept, self.negative_only_by
        )
        one_of_many = self.negative_by_name and own and fact.concept != self.result
        return "open" if sign == "negative" and (other_specimen or one_of_many) else sign

    def _from_number(self, fact: Fact) -> Sign | None:
        """What a number in the unit of `positive_from` says; None where the letter's own range or a word says it."""
        if self.positive_from is None or not isinstance(fact.value, Quantity) or fact.assertion != "present":
            return None
        bound, unit = amount(self.positive_from)
        low, high = fact.value.interval.least, fact.value.interval.greatest
        if fact.reference is not None or fact.value.unit != unit:
            return None
        if low is not None and low >= bound:
            return "positive"
        return "negative" if high is not None and high < bound else "open"

    def _confirmation(self, told: Sequence[Dated[Read]], situation: Situation) -> Finding | None:
        """The word of the confirmatory test, where there is one; pending, it leaves a positive screening test open."""
        if self.confirmed_by is None:
            return None
        facts = [fact for fact in situation.about(self.confirmed_by) if fact.assertion != "conditional"]
        signs = [
            Dated(Read(self._sign(fact, situation, own=True)), fact, reading_day(fact, situation)) for fact in facts
        ]
        decided = newest([one for one in signs if one.value.sign != "open"])
        screening = [one for one in newest(told) if one.value.sign == "positive" and one.fact not in facts]
        if any(one.value.sign == "positive" for one in signs):
            return self._of(decided, decided, situation)
        if not screening:
            return None
        if not facts:
            return None
        covered = decided and not any(_later(one, decided) for one in screening)
        if covered:
            return self._of(decided, [*decided, *screening], situation)
        return self._open([*screening, *signs], "positive on screening, the confirmatory test is not told or is older")

    def _of(self, latest: Sequence[Dated[Read]], told: Sequence[Dated[Read]], situation: Situation) -> Finding:
        signs = {one.value.sign for one in latest}
        if len(signs) > 1:
            return self._open(latest, "the letter gives different results of the same time")
        if signs == {"positive"}:
            if self.positive == "as long as a negative one" and not self._fresh(latest, situation):
                return self._open(latest, self._age_note(situation))
            return self._finding("positive", latest, self._derived(told, latest))
        earlier = [one for one in told if one.value.sign == "positive"]
        if (
            earlier
            and self.positive == "whatever its age"
            and any(one.fact.concept == latest[0].fact.concept for one in earlier)
        ):
            return self._open([*latest, *earlier], "positive before, negative now")
        if not self._fresh(latest, situation):
            return self._open(latest, self._age_note(situation))
        return self._finding("negative", latest, self._derived(told, latest))

    def _derived(self, told: Sequence[Dated[Read]], latest: Sequence[Dated[Read]]) -> Expression:
        """The newest of all results told, held against the window where its age counts."""
        used = told if {one.fact.id for one in newest(told)} == {one.fact.id for one in latest} else latest
        return derivation.newest([(one.fact, derivation.vote(one.fact, _role(one))) for one in used])

    def _fresh(self, results: Sequence[Dated[Read]], situation: Situation) -> bool:
        if self.negative_within is None:
            return True
        span = window(self.negative_within)
        return any(span.place(one.when, situation.as_of) == "inside" for one in results)

    def _age_note(self, situation: Situation) -> str:
        if situation.as_of is None or self.negative_within is None:
            return "the screening date is not known"
        return f"not certainly of the last {window(self.negative_within).words}"

    def _unread(self, results: Sequence[Dated[Read]], situation: Situation) -> Finding | None:
        shown = [fact for fact in spoken_of(self.shown_by, situation) if not self._over(fact, situation)]
        if shown and all(fact.assertion == "present" for fact in shown):
            how = derivation.votes(derivation.each("yes", shown))
            return self._finding("positive", [Dated(Read("positive"), fact, None) for fact in shown], how)
        denied = denials(self.denied_as, situation) if self.denied_as else None
        if denied is not None and denied.complete and not results:
            how = derivation.votes(derivation.each("against", denied.covering))
            return self._finding("negative", [Dated(Read("negative"), fact, None) for fact in denied.covering], how)
        raising = [*shown, *spoken_of(self.raised_by, situation)]
        everything = [*results, *(Dated(Read("open"), fact, None) for fact in raising)]
        return self._open(everything, "no result that settles it") if everything else None

    def _over(self, fact: Fact, situation: Situation) -> bool:
        """Whether what would show it is told as past: an earlier pregnancy is no positive test."""
        if self.shown_within is None:
            return False
        ended = fact.temporality == "historical" or course_of(fact).ongoing is False
        day = fact.time or course_of(fact).start
        return ended or window(self.shown_within).place(day, situation.as_of) == "outside"

    def _open(self, results: Sequence[Dated[Read]], note: str) -> Finding:
        how = derivation.unsettled("answer", [one.fact for one in results])
        return self._finding("open", results, how, note)

    def _finding(self, sign: Sign, results: Sequence[Dated[Read]], how: Expression, note: str | None = None) -> Finding:
        low, high = {"positive": (1, 1), "negative": (0, 0), "open": (0, 1)}[sign]
        words = [f"“{_quoted(one.fact)}”{_day(one)}" for one in results]
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(dict.fromkeys(one.fact.id for one in results)),
            note=note,
            ask=self.question() if sign == "open" else None,
            basis=", ".join(dict.fromkeys(words)),
            derivation=how,
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = capital(label(self.result))
        if finding is None:
            return f"{name} is not mentioned."
        if outcome == "open":
            return f"{name} not settled: {finding.basis}{because(finding)}."
        positive = (outcome == "holds") == (self.reads == "positive")
        return f"{name} {'positive' if positive else 'negative'}: {finding.basis}."

    def question(self) -> str:
        recent = f" of the last {window(self.negative_within).words}" if self.negative_within else ""
        return f"What is the {label(self.negative_only_by or self.result)} result{recent}, and of which day?"


def _role(one: Dated[Read]) -> Role:
    roles: dict[Sign, Role] = {"positive": "yes", "negative": "no", "open": "open"}
    return roles[one.value.sign]


def _quoted(fact: Fact) -> str:
    return " ".join(fact.quote.split())


def _day(one: Dated[Read]) -> str:
    told = one.when is not None and (one.when.earliest is not None or one.when.latest is not None)
    return f" {day_words(one.when)}" if told else ""


def _is_heading(panel: Fact, situation: Situation) -> bool:
    """Whether the panel's words hold a result of their own ("Hep B: sAg neg"): they speak of that one alone."""
    return any(
        other.kind == "measurement"
        and other.concept != panel.concept
        and panel.start < other.start  # those that share a word before them begin with it
        and other.end < panel.end  # a list that shares its result ends with it: "hepatitis B and C negative"
        for other in situation.beginning_in(panel.document, panel.start, panel.end)
    )


def _later(one: Dated[Read], others: Sequence[Dated[Read]]) -> bool:
    """Whether it may be later than all of the others."""
    latest = [other.when.latest for other in others if other.when is not None]
    if one.when is None or one.when.latest is None or None in latest:
        return True
    return one.when.latest > max((day for day in latest if day is not None), default=one.when.latest)


def _sign(fact: Fact, situation: Situation, *, any_amount: bool) -> Sign:
    if fact.assertion == "possible" or fact.value is None:
        return "open"
    if fact.assertion == "absent":
        return "open"
    if isinstance(fact.value, Coded):
        code = fact.value.code
        return "positive" if code in _POSITIVE else "negative" if code in _NEGATIVE else "open"
    return _of_number(fact, fact.value, situation, any_amount=any_amount)


def _of_number(fact: Fact, value: Quantity, situation: Situation, *, any_amount: bool) -> Sign:
    """A load above the normal range is positive, one below a limit of detection negative."""
    low, high = value.interval.least, value.interval.greatest
    limit = fact.reference.greatest if fact.reference is not None else None
    if limit is None:
        term = situation.vocabulary.terms.get(fact.concept)
        limits = [one.high for one in term.references if one.high is not None] if isinstance(term, Lab) else []
        limit = limits[0] if limits else None
    if limit is None and not any_amount:
        return "open"
    undetected = not low and high is not None and (high == 0 or value.interval.high_open)  # or too little to be told
    if limit is None:
        return "positive" if low is not None and low > 0 else "negative" if undetected else "open"
    if low is not None and low > limit:
        return "positive"
    return "negative" if (high is not None and high <= limit) or undetected else "open"
