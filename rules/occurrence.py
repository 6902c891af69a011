"""Did it happen: conditions, procedures, vaccinations and studies, ever, now or in a window; facts in, a finding out.

Each fact votes yes, no or open (`votes`); a denial that covers the question votes no. A yes that a denial of the same
day contradicts is open, but who writes "no cancer" and "basal cell carcinoma excised" has named a cancer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kb.facts import Fact
from rules import derivation
from rules.amounts import because
from rules.concepts import Names
from rules.denials import Denial, covers, denials, denying, suffices
from rules.findings import Finding, Situation
from rules.matching import (
    Attribute,
    Attributes,
    Items,
    Weight,
    attributes_of,
    concept_of,
    is_silent_on,
    matching,
    spoken_of,
    weigh,
)
from rules.moments import Dated, course_of, newest, reading_day
from rules.placing import place_of
from rules.standing import is_behind
from rules.tests.base import Outcome, YesNo
from rules.votes import ROLES, Vote, contradicted, denied_words, described, is_left, untold
from rules.while_taking import weight_while
from rules.windows import SpanText, Window, WindowText, lasts, window
from rules.wording import capital, labels


class Occurrence(YesNo):
    """A yes-or-no question on something that happens or is there.

    `within` asks for a window, `state` for the newest word on it or for a plan, neither for ever. `having` narrows by
    attributes. `also` counts too, but a denial need not name it; `unclear`, by that very name, leaves it open.
    `denied_by` are further denials that answer, `not_denied_by` some that do not, `ruled_out_by` results that do;
    `replaced_by` is what stands in its place. `apart_from` are exceptions, which do not count; nor does what is told to
    be over for at least `over_for`. `while_taking` drugs: it counts where one was taken `taken_for` so long by then.
    `named_generally` and `raised_by` raise the question without an answer, the first only by that very name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    windows = (("within", "holds for more"), ("over_for", "holds for more"))

    concept: Annotated[str | tuple[str, ...], Names()]  # the kinds name this key after themselves
    within: WindowText | None = None
    state: Literal["now", "newest word", "planned"] | None = None
    having: Attributes = Field(default_factory=dict)
    also: Items = ()
    unclear: Items = ()
    denied_by: Annotated[tuple[str, ...], Names()] = ()
    not_denied_by: Annotated[tuple[str, ...], Names()] = ()
    ruled_out_by: Items = ()
    replaced_by: Items = ()
    named_generally: Annotated[tuple[str, ...], Names()] = ()
    raised_by: Items = ()
    lasting: bool = Field(default=False, description="told in the present tense without a date, it is there now")
    or_planned: bool = Field(default=False, description="one that is planned counts as well")
    apart_from: Items = ()
    over_for: SpanText | None = None
    while_taking: Annotated[tuple[str, ...], Names(("drug",))] = ()
    taken_for: SpanText = "0 days"
    gone_when_over: bool = Field(default=False, description="told to be over, it is not there now")
    ask: str | None = None

    def concepts(self) -> tuple[str, ...]:
        """The concepts asked for."""
        return (self.concept,) if isinstance(self.concept, str) else self.concept

    @property
    def span(self) -> Window | None:
        return None if self.within is None else window(self.within)

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        return "treat" if self.within or self.state or self.gone_when_over else "fixed"

    def finding_id(self) -> str:
        parts = ["+".join(self.concepts())]
        parts.append(
            f"within-{self.span.words.replace(' ', '-')}" if self.span else (self.state or "ever").replace(" ", "-")
        )
        parts += [f"while-taking-{'+'.join(self.while_taking)}-for-{self.taken_for.replace(' ', '-')}"] * bool(
            self.while_taking
        )
        return ".".join([*parts, *(f"{name}-{'-'.join(rule.accepted)}" for name, rule in self.having.items())])

    def question(self) -> str:
        if self.ask:
            return self.ask
        if self.state == "planned":
            return f"Is this planned: {labels(self.concepts())}?"
        span = f" in the last {self.span.words}" if self.span else " at present" if self.state == "now" else ", ever"
        taking = f", after {self.taken_for} of {labels(self.while_taking)}" if self.while_taking else ""
        return f"Has the patient had {labels(self.concepts())}{span}{taking}?"

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = labels(self.concepts())
        span = f" within {self.within}" if self.within else " planned" if self.state == "planned" else ""
        span += f" after {self.taken_for} of {labels(self.while_taking)}" if self.while_taking else ""
        if finding is None:
            return f"{capital(name)} is not mentioned."
        basis = f": {finding.basis}" if finding.basis else ""
        if outcome == "holds":
            return f"{capital(name)}{span} is told{basis}."
        if outcome == "fails":
            return f"No {name}{span}{basis}."
        return f"{capital(name)}{span} is not settled{basis}{because(finding)}."

    @cached_property
    def named(self) -> frozenset[str]:
        """Every concept without a fact on which the letter says nothing."""
        items = (*self.also, *self.unclear, *self.ruled_out_by, *self.replaced_by, *self.raised_by)
        return frozenset((*self.concepts(), *self.denied_by, *self.named_generally, *map(concept_of, items)))

    def find(self, situation: Situation) -> Finding | None:
        if is_silent_on(self.named, situation):
            return None
        if self.state == "planned":
            return self._planned(situation)
        votes = self._votes(situation)
        denied = denials(self.concepts(), situation, also_by=self.denied_by, not_by=self.not_denied_by, span=self.span)
        excluded = _ruling_out(self.ruled_out_by, situation, self.span)
        if self.state is not None:
            votes, denied, excluded = self._current(votes, excluded, situation)
        found = self._decided(votes, denied, excluded, situation)
        return found if found is not None else self._raised(denied, situation)

    def _current(
        self, votes: list[Vote], excluded: list[Fact], situation: Situation
    ) -> tuple[list[Vote], Denial, list[Fact]]:
        """Of a state only the newest word counts, be it yes or no."""
        denying_it = denying(self.concepts(), situation, also_by=self.denied_by, not_by=self.not_denied_by)
        if self.state == "newest word":  # a denial of a few weeks is no word on the whole
            denying_it = tuple(fact for fact in denying_it if covers(fact, None, situation) or _of_one_day(fact))
        against = [*denying_it, *excluded]
        told = [Dated(fact, fact, reading_day(fact, situation)) for fact in (*(v.fact for v in votes), *against)]
        left = {entry.fact.id for entry in newest(told)}
        facts = tuple(fact for fact in against if fact.id in left and fact not in excluded)
        complete = suffices(facts, self.concepts(), situation, also_by=self.denied_by)
        return (
            [vote for vote in votes if vote.fact.id in left],
            Denial(facts, facts, complete),
            [fact for fact in excluded if fact.id in left],
        )

    def _votes(self, situation: Situation) -> list[Vote]:
        principal = [(fact, weigh(fact, self.having), True) for fact, _ in matching(self.concepts(), situation)]
        if self.or_planned:
            principal += [(fact, "counts", True) for fact in self._plans(situation)]
        seen = {fact.id for fact, _, _ in principal}
        unclear = [
            fact
            for fact, weight in matching(self.unclear, situation)
            if weight != "does not count" and fact.id not in seen and fact.concept in map(concept_of, self.unclear)
        ]
        seen |= {fact.id for fact in unclear}
        also = [(fact, weight, False) for fact, weight in matching(self.also, situation) if fact.id not in seen]
        votes = [self._vote(fact, weight, own, situation) for fact, weight, own in principal + also]
        doubtful = [self._vote(fact, "open", False, situation) for fact in unclear]
        # an unclear one outside the window, or with no sure date, says nothing of those that are clear
        doubtful = [vote and replace(vote, unclear=True) for vote in doubtful]
        return [vote for vote in votes if vote] + [vote for vote in doubtful if vote and vote.answer == "open"]

    def _planned(self, situation: Situation) -> Finding | None:
        """Only what is planned, or said not to be, answers."""
        asked = set(self.concepts())
        plans = self._plans(situation)
        against = [
            fact
            for fact in situation.facts
            if (fact.experiencer, fact.temporality, fact.assertion) == ("patient", "planned", "absent")
            and asked <= situation.vocabulary.closed_by_denial(fact.concept)
        ]
        votes = [Vote(fact, "yes", f"{described(fact)}, planned") for fact in plans if fact.assertion == "present"]
        if votes and not against:
            return self._finding(1, 1, votes)
        if against and not plans:
            return self._finding(0, 0, (), against)
        general = [fact for name in self.named_generally for fact in situation.planned(name) if fact.concept == name]
        told = [*plans, *against, *general, *spoken_of(self.raised_by, situation)]
        return self._finding(0, 1, (), told, note="told without what would settle it") if told else None

    def _plans(self, situation: Situation) -> list[Fact]:
        facts = {fact.id: fact for concept in self.concepts() for fact in situation.planned(concept)}
        return [fact for fact in facts.values() if fact.assertion in ("present", "possible")]

    def _excepted(self, fact: Fact, weight: Weight, situation: Situation) -> Weight | None:
        """The weight once the exceptions are taken out: one that may be an exception is open.

        An exception says nothing of what else there may be, so it is no answer either.
        """
        found = {one.id: except_for for one, except_for in matching(self.apart_from, situation)}
        exceptions = {found.get(fact.id, "does not count"), self._over(fact, situation)}
        if "counts" in exceptions:
            return None
        return "open" if "open" in exceptions and weight == "counts" else weight

    def _over(self, fact: Fact, situation: Situation) -> Weight:
        """Whether it counts as over: told to have ended at least `over_for` before the screening date."""
        end = course_of(fact).end
        if self.over_for is None:
            return "does not count"
        if end is None:
            return self._perhaps_over(fact, situation)
        if situation.as_of is None:
            return "open"
        if lasts(end.latest, situation.as_of, self.over_for):
            return "counts"
        return "open" if lasts(end.earliest, situation.as_of, self.over_for) else "does not count"

    def _perhaps_over(self, fact: Fact, situation: Situation) -> Weight:
        """One whose end is not told: it may be over for so long if it is past, or was told of so long ago."""
        begun = fact.time or course_of(fact).start
        if begun is None or begun.earliest is None or situation.as_of is None:
            return "open" if fact.temporality == "historical" else "does not count"
        return "open" if lasts(begun.earliest, situation.as_of, self.over_for or "") else "does not count"

    def _vote(self, fact: Fact, told: Weight, own: bool, situation: Situation) -> Vote | None:
        weight = self._excepted(fact, told, situation)
        if weight is None:
            return None
        if self.while_taking and weight == "counts":
            weight = weight_while(fact, self.while_taking, self.taken_for, situation)
        if fact.temporality == "planned":
            return Vote(fact, "yes" if fact.assertion == "present" else "open", f"{described(fact)}, planned", own)
        if weight == "does not count":
            undated = self.span is not None and situation.as_of is None
            return Vote(fact, "open in time" if undated else "no", described(fact)) if own else None
        if self.span is None:
            past = self.state == "now" and fact.temporality == "historical"
            if past and self.gone_when_over and fact.course is not None and fact.course.ongoing is False:
                return Vote(fact, "no", described(fact)) if own else None
            return Vote(fact, "open" if weight == "open" or past else "yes", described(fact), own)
        place, last, ongoing = place_of(fact, self.span, situation, lasting=self.lasting)
        why = described(fact, last)
        if place == "inside":
            clears = None if ongoing or last is None or last.latest is None else self.span.clears(last.latest)
            return Vote(fact, "yes" if weight == "counts" else "open", why, own, False, clears, ongoing)
        return Vote(fact, "no" if place == "outside" else "open in time", why, own)

    def _decided(
        self, votes: Sequence[Vote], denied: Denial, excluded: Sequence[Fact], situation: Situation
    ) -> Finding | None:
        against = (*(denied.covering if denied.complete else ()), *excluded)
        yes = [vote for vote in votes if vote.answer == "yes"]
        if yes and (instead := self._last_word(yes, denied, situation)):
            return self._finding(0, 0, (), (*denied.covering, *instead))
        if yes and not contradicted(yes, against, situation):
            return self._finding(1, 1, yes)
        if yes:
            return self._finding(0, 1, yes, against, note="the letter says that it is so and that it is not")
        named = suffices(denied.covering, self.concepts(), situation)
        opened = [
            vote
            for vote in votes
            if vote.answer == "open" or (vote.answer == "open in time" and (not against or is_left(vote.fact, against)))
        ]
        opened = [vote for vote in opened if not (vote.unclear and named)]
        if opened:
            return self._finding(0, 1, opened, against, note=self._why_open(opened, against, situation))
        noes = [vote for vote in votes if vote.answer == "no"]
        replaced = () if against else spoken_of(self.replaced_by, situation)
        if against or replaced or noes:
            return self._finding(0, 0, noes, (*against, *replaced))
        return None

    def _last_word(self, yes: Sequence[Vote], denied: Denial, situation: Situation) -> Sequence[Fact]:
        """What the letter puts in its place, where the denial is undated and stands behind all that told of it."""
        if not denied.complete or not denied.covering or any(fact.time is not None for fact in denied.covering):
            return ()
        if not all(is_behind(fact, vote.fact, situation) for fact in denied.covering for vote in yes):
            return ()
        return [fact for fact in spoken_of(self.replaced_by, situation) if fact.temporality == "current"]

    def _raised(self, denied: Denial, situation: Situation) -> Finding | None:
        general = [
            fact
            for concept in self.named_generally
            for fact in spoken_of((concept,), situation)
            if fact.concept == concept and not self._past(fact, situation) and not _named_closer(concept, situation)
        ]
        raising = [*general, *spoken_of(self.raised_by, situation)]
        if raising:
            return self._finding(0, 1, (), raising, note="told without what would settle it")
        if suffices(denied.facts, self.concepts(), situation, also_by=self.denied_by):
            return self._finding(0, 1, (), denied.facts, note="denied, but not for the whole time asked")
        return None

    def _past(self, fact: Fact, situation: Situation) -> bool:
        return self.span is not None and place_of(fact, self.span, situation, lasting=self.lasting)[0] == "outside"

    def _why_open(self, opened: Sequence[Vote], against: Sequence[Fact], situation: Situation) -> str:
        if against:
            return "told as so, or perhaps so, and denied"
        if any(vote.fact.assertion == "possible" for vote in opened):
            return "only suspected"
        if self.span is not None and situation.as_of is None:
            return "the screening date is not known"
        if any(vote.answer == "open in time" for vote in opened):
            return "its date is missing or may lie on either side of the window"
        missing = [name for vote in opened for name, rule in self._rules(vote.fact) if untold(vote.fact, name, rule)]
        return f"not told: {', '.join(dict.fromkeys(missing))}" if missing else "not told clearly enough"

    def _rules(self, fact: Fact) -> list[tuple[str, Attribute]]:
        also = [item for item in self.also if concept_of(item) == fact.concept]
        return [*self.having.items(), *(pair for item in also for pair in attributes_of(item).items())]

    def _finding(
        self, low: float, high: float, votes: Sequence[Vote], facts: Sequence[Fact] = (), *, note: str | None = None
    ) -> Finding:
        held = [vote for vote in votes if vote.answer == "yes"]
        clears = [vote.clears_on for vote in held if vote.clears_on is not None]
        basis = [*(vote.why for vote in votes), *(denied_words(fact) for fact in facts)]
        roles = [(vote.fact, ROLES[vote.answer]) for vote in votes]
        roles += derivation.each("against" if votes or low == high else "open", facts)
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(dict.fromkeys(fact.id for fact in (*(vote.fact for vote in votes), *facts))),
            note=note,
            ask=self.question() if low != high else None,
            clears_on=max(clears) if clears else None,
            holds_open=any(vote.holds_open for vote in held),
            basis=", ".join(dict.fromkeys(basis)) or None,
            derivation=derivation.votes(roles),
        )


def _ruling_out(items: Items, situation: Situation, span: Window | None) -> list[Fact]:
    """The results that answer no, those of the window only where one is asked for."""
    facts = [fact for fact, weight in matching(items, situation) if weight == "counts"]
    if span is None:
        return facts
    return [fact for fact in facts if span.place(reading_day(fact, situation), situation.as_of) == "inside"]


def _named_closer(concept: str, situation: Situation) -> bool:
    """Whether the letter also says which one it was ("transplant" beside "stem cell transplant")."""
    return any(fact.concept != concept for fact in spoken_of((concept,), situation))


def _of_one_day(fact: Fact) -> bool:
    return fact.time is not None and fact.time.earliest == fact.time.latest
