"""A clinical score against a bound: stated totals, or else the items that the letter shows, in; points out.

The newest stated total within the window counts; where there is none, the points of the items shown are a lower end.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from kb.facts import Interval, Quantity
from kb.vocabulary import Score as ScoreTerm
from kb.vocabulary import Vocabulary
from rules import derivation
from rules.amounts import because, day_words, span_words
from rules.concepts import Names
from rules.denials import denials
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Items, spoken_of
from rules.moments import Dated, newest, reading_day
from rules.patient import hull
from rules.scoring import partial_score, points_of
from rules.tests.base import Bounded, Flaw, Outcome
from rules.windows import WindowText, window
from rules.wording import label


class Score(Bounded):
    """`score` with a bound in points; `within` is how old a stated one may be, `computed_from` whose items stand in.

    `of_disease`: where that disease is denied, nothing is computed from items that another one may explain.
    """

    windows = (("within", "good for longer"),)

    score: Annotated[str, Names(("score",))]
    within: WindowText | None = None
    computed_from: Literal["sledai-2k", "eular-acr-2019"] | None = None
    of_disease: Annotated[str | None, Names(("condition",))] = None
    without: tuple[str, ...] = Field(default=(), description="items of the score whose points do not count")
    raised_by: Items = ()

    def finding_id(self) -> str:
        parts = [self.score, "points"]
        parts += [f"within-{window(self.within).words.replace(' ', '-')}"] if self.within else []
        parts += [f"without-{'+'.join(self.without)}"] if self.without else []
        return ".".join(parts)

    def quantity(self) -> str:
        return ".".join([self.score, *self.without])

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        term = terms.terms.get(self.score)
        plausible = (term.minimum, term.maximum) if isinstance(term, ScoreTerm) else None
        return self.bound_flaws(("{score}",), plausible)

    def find(self, situation: Situation) -> Finding | None:
        facts = [fact for fact in situation.about(self.score) if fact.assertion in ("present", "possible")]
        stated = [
            Dated(fact.value.interval, fact, reading_day(fact, situation))
            for fact in facts
            if isinstance(fact.value, Quantity) and fact.assertion == "present"
        ]
        fresh = [one for one in newest(stated) if self._place(one, situation) != "outside"]
        part = self._of_part(bool(fresh), situation)
        if part is not None:
            return part
        if fresh and all(self._place(one, situation) == "inside" for one in fresh):
            return self._stated(fresh, stated, situation)
        named = [fact.id for fact in (*facts, *spoken_of(self.raised_by, situation))]
        note = self._why_open(newest(stated), situation) if stated else "named without its points" if named else None
        return self._computed(named, note, situation)

    def _why_open(self, latest: Sequence[Dated[Interval]], situation: Situation) -> str:
        """Why the stated totals do not count."""
        told = " and ".join(
            f"{span_words(one.value.least, one.value.greatest, '{score}')} {day_words(one.when)}" for one in latest
        )
        if situation.as_of is None:
            return f"{told} is stated, but the screening date is not known"
        if all(self._place(one, situation) == "outside" for one in latest):
            return f"the newest stated is {told}, older than {window(self.within or '').words}"
        return f"{told} is stated, which may lie on either side of the window"

    def _place(self, one: Dated[Interval], situation: Situation) -> str:
        return "inside" if self.within is None else window(self.within).place(one.when, situation.as_of)

    def _stated(
        self, fresh: Sequence[Dated[Interval]], stated: Sequence[Dated[Interval]], situation: Situation
    ) -> Finding:
        whole = hull([one.value for one in fresh])
        how = derivation.newest([(one.fact, derivation.value(one.fact)) for one in stated])
        if self.without and self.computed_from:
            return self._reduced(whole, fresh, how, situation)
        words = [f"{span_words(one.value.least, one.value.greatest, '{score}')} {day_words(one.when)}" for one in fresh]
        return Finding(
            self.finding_id(),
            whole.least,
            whole.greatest,
            "{score}",
            tuple(one.fact.id for one in fresh),
            note="different totals of the same time" if len(set(words)) > 1 and whole.least != whole.greatest else None,
            ask=self.question(),
            basis=" and ".join(dict.fromkeys(words)),
            derivation=how,
        )

    def _reduced(
        self, whole: Interval, fresh: Sequence[Dated[Interval]], how: Expression, situation: Situation
    ) -> Finding:
        """A stated total less the points of the items left out: those shown for certain, the others perhaps."""
        assert self.computed_from is not None
        shown, perhaps, facts = points_of(self.computed_from, self.without, situation)
        counted = partial_score(self.computed_from, situation, self.without)
        low = None if whole.least is None else max(0.0, whole.least - perhaps, min(counted.points, whole.least))
        high = None if whole.greatest is None else max(0.0, whole.greatest - shown)
        total, left_out = span_words(whole.least, whole.greatest, "{score}"), ", ".join(self.without)
        taken_off = span_words(shown, perhaps, "{score}")
        return Finding(
            self.finding_id(),
            low,
            high,
            "{score}",
            tuple(dict.fromkeys([*(one.fact.id for one in fresh), *facts, *counted.facts])),
            calculation=f"{total} less {taken_off} for {', '.join(self.without).replace('-', ' ')}: "
            f"{span_words(low, high, '{score}')}" + (f" ({counted.calculation})" if counted.points else ""),
            note="the points of the items left out are not told" if shown != perhaps else None,
            ask=self.question(),
            basis=f"{total} {day_words(fresh[0].when)}",
            derivation=derivation.either(
                [
                    derivation.less(how, derivation.stated(shown, perhaps, f"points of {left_out}", facts)),
                    derivation.stated(min(counted.points, whole.least or 0), 0, "points shown", counted.facts),
                ]
            ),
        )

    def _of_part(self, total: bool, situation: Situation) -> Finding | None:
        """From a score that is this one without some items: those that count here are added, the others taken off.

        A stated total goes before it, unless nothing that counts here is missing from it.
        """
        if self.computed_from is None:
            return None
        for name, missing in _parts(self.score, situation.vocabulary).items():
            if total and not set(missing) <= set(self.without):
                continue
            facts = [fact for fact in situation.about(name) if fact.assertion == "present"]
            told = [
                Dated(fact.value.interval, fact, reading_day(fact, situation))
                for fact in facts
                if isinstance(fact.value, Quantity)
            ]
            fresh = newest(told)
            if fresh and all(self._place(one, situation) == "inside" for one in fresh):
                return self._shifted(name, missing, told, situation)
        return None

    def _shifted(
        self, name: str, missing: Sequence[str], stated: Sequence[Dated[Interval]], situation: Situation
    ) -> Finding:
        assert self.computed_from is not None
        fresh = newest(stated)
        whole = hull([one.value for one in fresh])
        off, most_off, facts = points_of(self.computed_from, [i for i in self.without if i not in missing], situation)
        on, most_on, more = points_of(self.computed_from, [i for i in missing if i not in self.without], situation)
        low = None if whole.least is None else max(0.0, whole.least - most_off + on)
        high = None if whole.greatest is None else max(0.0, whole.greatest - off + most_on)
        total = f"{label(name)} {span_words(whole.least, whole.greatest, '{score}')}"
        return Finding(
            self.finding_id(),
            low,
            high,
            "{score}",
            tuple(dict.fromkeys([*(one.fact.id for one in fresh), *facts, *more])),
            calculation=f"{total}: {span_words(low, high, '{score}')}" if low != high else None,
            note="the points of its other items are not told" if low != high else None,
            ask=self.question(),
            basis=f"{total} {day_words(fresh[0].when)}",
            derivation=derivation.less(
                derivation.total(
                    [
                        derivation.newest([(one.fact, derivation.value(one.fact)) for one in stated]),
                        derivation.stated(on, most_on, f"points of {', '.join(missing)}", more),
                    ]
                ),
                derivation.stated(off, most_off, f"points of {', '.join(self.without)}", facts),
            ),
        )

    def _computed(self, named: Sequence[str], note: str | None, situation: Situation) -> Finding | None:
        denied = self.of_disease is not None and denials((self.of_disease,), situation).complete
        part = partial_score(self.computed_from, situation, self.without) if self.computed_from and not denied else None
        shown = part is not None and part.points > 0
        if not named and not shown:
            return None
        return Finding(
            self.finding_id(),
            part.points if part is not None and shown else None,
            None,
            "{score}",
            tuple(dict.fromkeys([*named, *(part.facts if part is not None else ())])),
            calculation=part.calculation if part is not None and shown else None,
            note=note or "no total is stated; the items told are only a part",
            ask=self.question(),
            basis=f"at least {part.points:g} points from its items" if part is not None and shown else None,
            derivation=part.derivation if part is not None and shown else derivation.unsettled("value", named),
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = self._name
        if finding is None:
            return f"{name} is not mentioned (asked for: {self.asked_words()})."
        told = finding.calculation or finding.basis or "no points that count"
        asked = {
            "holds": f"is {self.asked_words()}",
            "fails": f"is {self.asked_words(opposite=True)}",
            "open": f"leaves {self.asked_words()} open",
        }
        return f"{name}: {told} {asked[outcome]}{because(finding) if outcome == 'open' else ''}."

    @property
    def _name(self) -> str:
        left_out = f" without {', '.join(self.without).replace('-', ' ')}" if self.without else ""
        return f"{label(self.score)}{left_out}"

    def question(self) -> str:
        recent = f" of the last {window(self.within).words}" if self.within else ""
        return f"What is the total {self._name}{recent}, and of which day?"


@functools.lru_cache(maxsize=64)
def _parts(score: str, terms: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The scores that are this one without some of its items, with these items."""
    return {
        name: term.lacks for name, term in terms.terms.items() if isinstance(term, ScoreTerm) and term.part_of == score
    }
