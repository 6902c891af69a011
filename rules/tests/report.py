"""How an examination reads (ECG, chest imaging): its statements and the named abnormalities in, clear or not out.

A serious abnormality outweighs a normal report of no later day; a minor one leaves it open. Old reports settle nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from kb.facts import Coded, Fact, Quantity, Time
from rules import derivation
from rules.amounts import AmountText, amount, because, day_words
from rules.concepts import Names
from rules.denials import denying
from rules.derivation import Expression, Role
from rules.findings import Finding, Situation
from rules.matching import Items, Weight, matching
from rules.moments import Dated, course_of, day_before, newest, reading_day
from rules.tests.base import Outcome, YesNo
from rules.windows import WindowText, window
from rules.wording import capital, labels

_ROLES: dict[str, Role] = {"clear": "yes", "abnormal": "no", "open": "open"}


class Report(YesNo):
    """`report` lists the examinations; it holds when they are clear of what `abnormal` lists.

    `acceptable` are named findings that count as clear, `unclear` minor ones that leave it open. `contradicting`: an
    abnormality by its name, with the acceptable findings that cannot be there with it. `measured_abnormal` and
    `measured_unclear`: values above which a measurement of the examination is so. `lasting` abnormalities count
    whatever their age and whatever later report is normal; those `unseen` are such as a clear report does not rule out.
    `within` is how old the report may be.
    """

    windows = (("within", "good for longer"),)

    report: Annotated[tuple[str, ...], Names(("lab",))]
    abnormal: Items
    acceptable: Items = ()
    unclear: Items = ()
    contradicting: Annotated[dict[str, tuple[str, ...]], Names(("condition",))] = Field(default_factory=dict)
    measured_abnormal: Annotated[dict[str, AmountText], Names(("lab",))] = Field(default_factory=dict)
    measured_unclear: Annotated[dict[str, AmountText], Names(("lab",))] = Field(default_factory=dict)
    lasting: bool = False
    unseen: Annotated[tuple[str, ...], Names(("condition",))] = ()
    within: WindowText | None = None

    def finding_id(self) -> str:
        return f"{'+'.join(self.report)}.clear"

    def find(self, situation: Situation) -> Finding | None:
        entries = [*self._named(situation), *self._measured(situation), *self._stated(situation)]
        if not entries:
            return None
        # an examination that is still to come takes nothing from the one that was made
        entries = [one for one in entries if not _awaited(one.fact)] or entries
        bad = [one for one in entries if one.value == "abnormal"]
        if self.lasting and bad:
            later = [one for one in entries if one.value == "clear" and one.fact.kind != "condition"]
            return self._lasting(bad, later, situation)
        latest = newest(entries)
        bad, clear = _signed(latest, "abnormal"), _signed(latest, "clear")
        if any(one.value == "open" for one in latest) and not bad:
            return self._finding(0, 1, latest, "a finding that may or may not matter, or no clear report")
        if bad and self._doubtful(bad, clear):
            return self._finding(0, 1, latest, "reported as abnormal and as normal")
        old = [one for one in latest if self._place(one, situation) != "inside"]
        if old:
            return self._finding(0, 1, latest, self._age_note(situation))
        decisive = [one for one in entries if one not in clear] if bad else entries
        how = derivation.newest([(one.fact, derivation.vote(one.fact, _ROLES[one.value])) for one in decisive])
        return self._finding(0, 0, bad, how=how) if bad else self._finding(1, 1, clear, how=how)

    def _named(self, situation: Situation) -> list[Dated[str]]:
        """The abnormalities by name; a suspected or a past one is open."""
        weights: list[tuple[Fact, Weight, str]] = [
            (fact, weight, "abnormal") for fact, weight in matching(self.abnormal, situation)
        ]
        weights += [(fact, weight, "open") for fact, weight in matching(self.unclear, situation)]
        weights += [(fact, weight, "clear") for fact, weight in matching(self.acceptable, situation)]
        found: dict[str, Dated[str]] = {}
        for fact, weight, sign in weights:
            if weight == "does not count" or fact.id in found:
                continue
            certain = weight == "counts" and (fact.temporality == "current" or self._is_recent(fact, situation))
            found[fact.id] = Dated(sign if certain else "open", fact, _last_seen(fact, situation))
        return list(found.values())

    def _is_recent(self, fact: Fact, situation: Situation) -> bool:
        """Whether an event of the past, of which no end is told, is so new that a report of its day would count."""
        if not self.lasting or self.within is None or fact.time is None or fact.course is not None:
            return False
        return window(self.within).place(fact.time, situation.as_of) == "inside"

    def _measured(self, situation: Situation) -> list[Dated[str]]:
        """The measurements that are abnormal, or may be so, by their values."""
        found = []
        for concept in dict.fromkeys((*self.measured_abnormal, *self.measured_unclear)):
            for fact in situation.about(concept):
                if _is_above(fact, self.measured_abnormal.get(concept)):
                    certain = fact.temporality == "current" and fact.assertion == "present"
                    sign = "abnormal" if certain else "open"
                elif _is_above(fact, self.measured_unclear.get(concept)):
                    sign = "open"
                else:
                    continue
                found.append(Dated(sign, fact, reading_day(fact, situation)))
        return found

    def _stated(self, situation: Situation) -> list[Dated[str]]:
        facts = [fact for concept in self.report for fact in situation.about(concept)]
        return [
            Dated(_stated_sign(fact), fact, reading_day(fact, situation))
            for fact in {fact.id: fact for fact in facts}.values()
            if fact.assertion in ("present", "possible")
        ]

    def _lasting(self, bad: Sequence[Dated[str]], later: Sequence[Dated[str]], situation: Situation) -> Finding:
        unseen = [one for one in bad if self._is_unseen(one.fact, situation)]
        if unseen:
            how = derivation.votes(derivation.each("no", [one.fact for one in unseen]))
            return self._finding(0, 0, unseen, how=how)
        standing = newest([*bad, *later])
        if any(one.value == "abnormal" for one in standing) and not any(one.value == "clear" for one in standing):
            seen = [one.fact for one in _signed(standing, "abnormal")]
            how = derivation.votes(derivation.each("no", seen))
            return self._finding(0, 0, _signed(standing, "abnormal"), how=how)
        return self._finding(0, 1, [*bad, *later], "reported as abnormal and as normal")

    def _is_unseen(self, fact: Fact, situation: Situation) -> bool:
        """Whether a clear report leaves it as it is, and no word of the letter denies it."""
        kinds = [one for one in self.unseen if situation.vocabulary.is_a(fact.concept, one)]
        return bool(kinds) and not any(denying(kinds, situation))

    def _doubtful(self, bad: Sequence[Dated[str]], clear: Sequence[Dated[str]]) -> bool:
        """Whether a report of the same time cannot be true together with every abnormality; a measured one stands."""
        if any(one.fact.kind == "measurement" for one in bad):
            return False
        if any(isinstance(one.fact.value, Coded) for one in clear):
            return True
        rhythms = {one.fact.concept for one in clear}
        return all(rhythms & set(self.contradicting.get(one.fact.concept, ())) for one in bad)

    def _place(self, one: Dated[str], situation: Situation) -> str:
        return "inside" if self.within is None else window(self.within).place(one.when, situation.as_of)

    def _age_note(self, situation: Situation) -> str:
        if situation.as_of is None or self.within is None:
            return "the screening date is not known"
        return f"not certainly of the last {window(self.within).words}"

    def _finding(
        self,
        low: int,
        high: int,
        entries: Sequence[Dated[str]],
        note: str | None = None,
        how: Expression | None = None,
    ) -> Finding:
        words = [f"{one.fact.quote} {day_words(one.when)}" if one.when else one.fact.quote for one in entries]
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(dict.fromkeys(one.fact.id for one in entries)),
            note=note,
            ask=None if low == high else self.question(),
            basis=", ".join(dict.fromkeys(words)),
            derivation=how or derivation.unsettled("answer", [one.fact for one in entries]),
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = capital(labels(self.report))
        if finding is None:
            return f"{name}: not mentioned."
        told = {"holds": "no serious abnormality", "fails": "abnormal", "open": "not settled"}[outcome]
        return f"{name}: {told}: {finding.basis}{because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        recent = f" of the last {window(self.within).words}" if self.within else ""
        return f"What does the newest {labels(self.report)} report{recent} say, and of which day is it?"


def _last_seen(fact: Fact, situation: Situation) -> Time | None:
    """The day of an abnormality: of one told to be gone by a day, some day before that."""
    end = course_of(fact).end
    if fact.time is None and fact.temporality == "historical" and end is not None and end.latest is not None:
        return Time(None, day_before(end.latest))
    return reading_day(fact, situation)


def _is_above(fact: Fact, bound: str | None) -> bool:
    """Whether the whole value lies above the bound."""
    if bound is None or not isinstance(fact.value, Quantity):
        return False
    least = fact.value.interval.least
    return fact.value.unit == amount(bound)[1] and least is not None and least > amount(bound)[0]


def _stated_sign(fact: Fact) -> str:
    if fact.assertion == "possible" or not isinstance(fact.value, Coded):
        return "open"
    return "clear" if fact.value.code == "normal" else "open"


def _awaited(fact: Fact) -> bool:
    return fact.kind == "measurement" and (
        fact.value is None or (isinstance(fact.value, Coded) and fact.value.code in ("pending", "not_done"))
    )


def _signed(entries: Sequence[Dated[str]], sign: str) -> list[Dated[str]]:
    return [one for one in entries if one.value == sign]
