"""Whether another disease needs a class of treatment: diseases and the drugs given for them in, yes, no or open out.

The treatment of the trial's own disease never counts, nor does a local one; a disease that often needs such treatment
raises the question where its treatment is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from kb.facts import Fact, Quantity
from rules import derivation
from rules.amounts import because
from rules.concepts import Names
from rules.denials import denials
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Items, Weight, concept_of, matching, spoken_of
from rules.medication import dosing_of, going_on, in_doubt, taken
from rules.moments import reading_day
from rules.tests.base import Outcome, YesNo
from rules.windows import window
from rules.wording import capital, labels

_A_YEAR = "1 year before screening"
SHORT_DAYS = 28  # a burst of a few weeks is not long-term use


class Treatment(YesNo):
    """`treatment` lists the classes, `own` the conditions whose treatment does not count.

    `needing`: diseases that count by themselves; `may_need`: those that leave it open, and count when a drug is told to
    be for them; `instead`, and `replacing` where `instead_when_denied` is denied: diseases in the
    place of the trial's own, which count when any such drug goes on;
    `doubtful`: indications that leave it open. `levels`: drugs in the blood that are told measured within a year, which
    in those who had a procedure of `levels_with` show that they are taken because of it.
    `denied_as` denies such diseases, `denied_outright` any other disease,
    `denied_by` all of the treatments.
    """

    treatment: Annotated[tuple[str, ...], Names(("drug",))] = Field(min_length=1)
    own: Annotated[tuple[str, ...], Names(("condition",))]
    needing: Items = ()
    may_need: Items = ()
    when_treated: Items = ()
    instead: Items = ()
    instead_when_denied: Annotated[str | None, Names(("condition",))] = None
    replacing: Items = ()
    doubtful: Annotated[tuple[str, ...], Names(("condition",))] = ()
    levels: Annotated[tuple[str, ...], Names(("lab",))] = ()
    levels_with: Annotated[tuple[str, ...], Names(("procedure",))] = ()
    denied_as: Annotated[tuple[str, ...], Names(("condition",))] = ()
    denied_by: Annotated[tuple[str, ...], Names(("statement",))] = ()
    denied_outright: Annotated[tuple[str, ...], Names(("statement",))] = ()

    def finding_id(self) -> str:
        return f"other-disease-needing.{'+'.join(self.treatment)}"

    def find(self, situation: Situation) -> Finding | None:
        drugs = [fact for fact in taken(self.treatment, situation) if going_on(fact, situation)]
        weighed = [(fact, self._weigh(fact, situation)) for fact in drugs]
        weighed = [
            (fact, "open" if weight == "counts" and in_doubt(fact, situation) else weight) for fact, weight in weighed
        ]
        yes = [fact for fact, weight in weighed if weight == "counts"]
        unsure = [fact for fact, weight in weighed if weight == "open"]
        needing = [pair for pair in matching(self.needing, situation) if pair[0].temporality == "current"]
        yes += [fact for fact, weight in needing if weight == "counts"]
        unsure += [fact for fact, weight in needing if weight == "open"]
        yes += self._shown_by_level(situation)
        replaced = self._replacing(situation)
        kept = [fact for fact in drugs if not self._given_up(fact, situation)]
        if replaced and any(self._weigh(fact, situation) != "open" for fact in kept):
            yes += replaced
        unsure += [*replaced, *self._perhaps(situation)]
        against = self._against(situation)
        if yes:
            how = [*derivation.each("yes", yes), *derivation.each("against", against)]
            return self._finding(0 if against else 1, 1, [*yes, *against], derivation.votes(how))
        # that no other disease needs it settles a disease of which nothing but its name is told
        if unsure and against and not any(fact.kind == "medication" for fact in unsure):
            return self._finding(0, 0, against, derivation.votes(derivation.each("against", against)))
        if unsure:
            how = [*derivation.each("open", unsure), *derivation.each("against", against)]
            return self._finding(0, 1, [*unsure, *against], derivation.votes(how))
        if not against:
            return None
        return self._finding(0, 0, against, derivation.votes(derivation.each("against", against)))

    def _replacing(self, situation: Situation) -> list[Fact]:
        """The diseases in the place of the trial's own: told to be so, or told where the trial's own is denied."""
        told = spoken_of(self.instead, situation)
        own = self.instead_when_denied
        if own is None or not denials((own,), situation).complete:
            return told
        return [*told, *(fact for fact in spoken_of(self.replacing, situation) if fact not in told)]

    def _shown_by_level(self, situation: Situation) -> list[Fact]:
        """ "Liver graft 1994. Trough tacrolimus last month 5.1": the drug is told by its level alone."""
        grafts = [fact for fact, weight in matching(self.levels_with, situation) if weight == "counts"]
        if not grafts or all(fact.temporality == "planned" for fact in grafts):
            return []
        year = window(_A_YEAR)
        levels = [fact for concept in self.levels for fact in situation.about(concept) if fact.value is not None]
        return [
            fact
            for fact in levels
            if isinstance(fact.value, Quantity)
            and fact.assertion == "present"
            and year.place(reading_day(fact, situation), situation.as_of) == "inside"
        ]

    def _given_up(self, fact: Fact, situation: Situation) -> bool:
        """Whether the same document says further on, of the drug and not of one of its doses, that it is past."""
        return any(
            one.concept == fact.concept
            and one.document == fact.document
            and one.start > fact.start
            and dosing_of(one).status == "past"
            and dosing_of(one).per_day is None
            for one in taken(self.treatment, situation)
        )

    def _weigh(self, fact: Fact, situation: Situation) -> Weight:
        """Whether the drug is for another disease; one with no indication told is taken to be for the trial's own."""
        terms, indication = situation.vocabulary, fact.attributes.get("indication")
        if indication is None:
            return "does not count"
        listed = [concept_of(item) for item in (*self.needing, *self.may_need, *self.when_treated)]
        known = any(terms.is_a(indication, one) or indication == one for one in listed)
        if not known and any(terms.is_a(indication, own) or indication == own for own in self.own):
            return "does not count"
        if any(terms.is_a(indication, one) or indication == one for one in self.doubtful):
            return "open"
        longest = dosing_of(fact).duration_days
        if longest is not None and longest.greatest is not None and longest.greatest <= SHORT_DAYS:
            return "open"
        return "counts" if known and fact.assertion == "present" else "open"

    def _perhaps(self, situation: Situation) -> list[Fact]:
        """Diseases that may need it; one of which the letter says nothing but its name, told as past, among them."""
        named = [fact for fact, weight in matching(self.may_need, situation) if weight == "counts"]
        return [*named, *spoken_of(self.doubtful, situation)]

    def _against(self, situation: Situation) -> list[Fact]:
        denied = denials(self.denied_as, situation) if self.denied_as else None
        if denied is not None and denied.complete:
            return list(denied.covering)
        outright = [
            fact for name in self.denied_outright for fact in situation.about(name) if fact.assertion == "present"
        ]
        if outright:
            return outright
        stated = [[fact for fact in situation.about(name) if fact.assertion == "present"] for name in self.denied_by]
        return [fact for facts in stated for fact in facts] if stated and all(stated) else []

    def _finding(self, low: int, high: int, facts: Sequence[Fact], how: Expression) -> Finding:
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note="whether it needs such treatment is not told clearly" if low != high else None,
            ask=self.question() if low != high else None,
            basis=", ".join(dict.fromkeys(fact.quote for fact in facts)),
            derivation=how,
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = f"another disease that needs {labels(self.treatment)}"
        if finding is None:
            return f"{capital(name)}: not mentioned."
        told = {"holds": "yes", "fails": "none", "open": "not settled"}[outcome]
        return f"{capital(name)}: {told} ({finding.basis}){because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        return f"Does another disease need long-term {labels(self.treatment)}: which, and with what treatment?"
