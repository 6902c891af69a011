"""Whether a condition was treated, or uncontrolled, in a window: its facts and those of the drugs in, yes or no out.

What counts is the last day of treatment, even if the condition is cured since. Prophylaxis is not treatment; cover
given on suspicion, and a drug whose purpose is not told, leave it open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from kb.facts import Fact, Time
from rules import derivation
from rules.amounts import because, day_words
from rules.concepts import Names
from rules.denials import denials, suffices
from rules.derivation import Role
from rules.findings import Finding, Situation
from rules.matching import Attributes, Items, concept_of, matching, spoken_of, weigh
from rules.medication import dosing_of, taken, told_as_taken
from rules.placing import going_on_in, place_of
from rules.tests.base import Outcome, YesNo
from rules.windows import Window, WindowText, window
from rules.wording import capital, label

Answer = Literal["yes", "no", "open", "no if denied"]
_ONE_BREATH = 150  # characters
_LONGEST = 36500  # days
_LONGEST_TOLD = 62  # days of an interval in which an infection is placed closely enough to match a course with it
_THIS_ILLNESS = 92  # days in which a course ended that a name without a day is taken to tell again
_LONGEST_COURSE = 21  # days from an infection to the end of its treatment, and of a course that is no prevention


@dataclass(frozen=True, slots=True)
class Vote:
    fact: Fact
    answer: Answer
    clears_on: date | None = None
    holds_open: bool = False


class Treated(YesNo):
    """`treated` is the condition, `by` the classes of drugs that treat it, `within` the window.

    `apart_from`: conditions below it that are another criterion's. `prophylactic`: drugs that are prevention unless
    their treatment is told; `prevents_when`: words of a frequency that show prevention even of a named infection.
    `anyway`: what makes a present condition count without treatment (uncontrolled).
    """

    windows = (("within", "holds for more"),)

    treated: Annotated[str, Names(("condition",))]
    by: Annotated[tuple[str, ...], Names(("drug",))]
    within: WindowText
    apart_from: Annotated[tuple[str, ...], Names(("condition",))] = ()
    prophylactic: Annotated[tuple[str, ...], Names(("drug",))] = ()
    prevents_when: tuple[str, ...] = ()
    anyway: Attributes = Field(default_factory=dict)
    raised_by: Items = ()

    def finding_id(self) -> str:
        return f"{self.treated}.treated-within-{window(self.within).words.replace(' ', '-')}"

    def find(self, situation: Situation) -> Finding | None:
        conditions = self._conditions(situation)
        told = _without_names_alone(taken(self.by, situation), situation)
        drugs = [(fact, self._of_drug(fact, conditions, situation)) for fact in told]
        over = [fact for fact, vote in drugs if vote is not None and vote.answer == "no"]
        unsettled = [fact for fact, vote in drugs if vote is not None and vote.answer != "no"]
        prevented = {fact.attributes.get("indication") for fact, _ in drugs if self._preventive(fact, situation)}
        ended = [one for one in conditions if _has_ended(one, over, unsettled, situation)]
        if not unsettled and self._all_over(situation):
            ended += [one for one in conditions if _is_told_as_treated(one) and _had_one(one, told, situation)]
        votes = [self._of_condition(fact, fact in ended, prevented, situation) for fact in conditions]
        votes += [vote for _, vote in drugs if vote is not None]
        denied = denials((self.treated,), situation, span=window(self.within), now_suffices=True)
        against = denied.covering if denied.complete else ()
        yes = [vote for vote in votes if vote.answer == "yes"]
        if yes:
            return self._finding(1, 1, [self._as_long_as_treated(vote, drugs, situation) for vote in yes])
        left = [vote for vote in votes if vote.answer == "open" or (vote.answer == "no if denied" and not against)]
        raising = spoken_of(self.raised_by, situation)
        if left or raising:
            return self._finding(0, 1, left, raising, note="when or whether it was treated is not told")
        if against or votes:
            return self._finding(0, 0, votes, against)
        if suffices(denied.facts, (self.treated,), situation):
            return self._finding(0, 1, (), denied.facts, note="denied, but not for now")
        return None

    def _conditions(self, situation: Situation) -> list[Fact]:
        terms = situation.vocabulary
        return [
            fact
            for fact, _ in matching((self.treated,), situation)
            if not any(terms.is_a(fact.concept, other) or fact.concept == other for other in self.apart_from)
        ]

    def _all_over(self, situation: Situation) -> bool:
        """Whether courses with an end are told, and every one of them ended before the window."""
        courses = [_with_end(fact) for fact in taken(self.by, situation) if self._curative(fact, situation)]
        span = window(self.within)
        ends = [one.course.end if one.course is not None else None for one in courses]
        return bool(ends) and all(span.place(end, situation.as_of) == "outside" for end in ends)

    def _of_condition(self, fact: Fact, ended: bool, prevented: Collection[str | None], situation: Situation) -> Vote:
        span = window(self.within)
        place, last, ongoing = place_of(fact, span, situation, lasting=True)
        told = fact.attributes.get("treatment")
        if place == "outside":
            return Vote(fact, "no")
        present = place == "inside" and fact.assertion == "present"
        if present and self._is_uncontrolled(fact):
            return Vote(fact, "yes", None, True)
        if told in ("none", "topical"):
            return Vote(fact, "no")
        if ended and told in (None, "systemic", "completed"):
            return Vote(fact, "no")  # its treatment is told to have ended before the window
        if present and told == "systemic" and fact.concept not in prevented:
            clears = None if ongoing or last is None or last.latest is None else span.clears(last.latest)
            return Vote(fact, "yes", clears, ongoing)
        if told != "completed" and fact.temporality == "historical" and place == "open" and _placed(last, situation):
            return Vote(fact, "no if denied")
        return Vote(fact, "open")

    def _as_long_as_treated(self, vote: Vote, drugs: Sequence[tuple[Fact, Vote | None]], situation: Situation) -> Vote:
        """An infection told with a course that is over, and not as going on, clears the window with the course."""
        course = vote.fact.course
        told_to_last = course is not None and course.ongoing is True and course.start is None
        if not vote.holds_open or told_to_last or self._is_uncontrolled(vote.fact):
            return vote
        beside = [one for fact, one in drugs if one and _near(vote.fact, fact) and _was_for(fact, vote.fact, situation)]
        days = [one.clears_on for one in beside if one.answer == "yes" and one.clears_on is not None]
        if not days or len(days) < len(beside):
            return vote
        return replace(vote, clears_on=max(days), holds_open=False)

    def _is_uncontrolled(self, fact: Fact) -> bool:
        return bool(self.anyway) and weigh(fact, self.anyway) == "counts"

    def _of_drug(self, fact: Fact, conditions: Sequence[Fact], situation: Situation) -> Vote | None:
        purpose = self._purpose(fact, conditions, situation)
        told_with = any(_near(fact, one) or _of_that_time(fact, one) or _is_present(one) for one in conditions)
        if purpose == "unsure" and told_with and self._curative(fact, situation):
            purpose = "treatment"
        if purpose == "none":
            return None
        span = window(self.within)
        fact = _with_end(fact)
        course = fact.course
        if told_as_taken(fact):
            place, last, ongoing = going_on_in(span, fact, situation)
        elif fact.time is None and (course is None or (course.end is None and course.start is None)):
            place, last, ongoing = "open", None, False
        else:
            place, last, ongoing = place_of(fact, span, situation, lasting=False)
        if place == "open" and self._of_an_old_episode(fact, conditions, situation):
            place = "outside"
        if place == "outside":
            return Vote(fact, "no") if purpose == "treatment" else None
        if place == "inside" and purpose == "treatment" and fact.assertion == "present":
            clears = None if ongoing or last is None or last.latest is None else span.clears(last.latest)
            return Vote(fact, "yes", clears, ongoing)
        if place == "open" and fact.temporality == "historical" and _placed(last, situation):
            return Vote(fact, "no if denied")
        return Vote(fact, "open")

    def _of_an_old_episode(self, drug: Fact, conditions: Sequence[Fact], situation: Situation) -> bool:
        """ "Chest infection July 2025, doxycycline for 7 days": a short course without dates, told beside one episode.

        The course is over before the window wherever in the days of that episode it began.
        """
        undated = drug.time is None and (drug.course is None or (drug.course.start is None and drug.course.end is None))
        beside = [one for one in conditions if _near(one, drug)]
        if not undated or drug.temporality != "historical" or not _is_short(drug) or not beside:
            return False
        days = dosing_of(drug).duration_days
        longest = timedelta(days=int(days.high) if days is not None and days.high is not None else _LONGEST_COURSE)
        lasts = [None if one.time is None or one.course is not None else one.time.latest for one in beside]
        span = window(self.within)
        return all(
            last is not None and span.place(Time.on(last + longest), situation.as_of) == "outside" for last in lasts
        )

    def _purpose(
        self, fact: Fact, conditions: Sequence[Fact], situation: Situation
    ) -> Literal["treatment", "unsure", "none"]:
        """What the drug was given for: this condition, something not told, or something else."""
        purpose, indication = fact.attributes.get("purpose"), fact.attributes.get("indication")
        terms = situation.vocabulary
        if purpose == "prophylaxis":
            return "none"
        if indication is not None and indication in terms:
            mine = terms.is_a(indication, self.treated)
            other = terms.is_one_of(indication, self.apart_from)
            if not mine or other:
                return "unsure" if indication in {concept_of(item) for item in self.raised_by} else "none"
        if purpose == "empirical":
            return "unsure"
        if purpose == "treatment":
            return "treatment"
        if self._preventive(fact, situation):  # "co-trimoxazole for PCP" may be either where the letter tells of a PCP
            if any(_breaks_out(one, indication, window(self.within), situation) for one in conditions):
                return "treatment"
            if _is_short(fact) and any(_near(one, fact) and one.start < fact.start for one in conditions):
                return "treatment"
            if any(_of_that_time(fact, one) and self._is_for(fact, one, situation) for one in conditions):
                return "treatment"
            return "none" if indication is None or self._at_intervals(fact, conditions) else "unsure"
        return "unsure" if indication is None else "treatment"

    def _is_for(self, drug: Fact, fact: Fact, situation: Situation) -> bool:
        """ "Zoster in March, valaciclovir until the 31st": the one drug told behind an infection treats it."""
        indication = drug.attributes.get("indication")
        if indication is not None:
            return indication == fact.concept
        others = (one for one in taken(self.by, situation) if one is not drug and _near(fact, one))
        return (
            _near(fact, drug) and fact.start < drug.start and not any(self._curative(one, situation) for one in others)
        )

    def _at_intervals(self, fact: Fact, conditions: Sequence[Fact]) -> bool:
        """Whether it is taken on some days only, as prevention is, and no such infection is told of."""
        frequency = (dosing_of(fact).frequency or "").lower()
        told = any(one.concept == fact.attributes.get("indication") for one in conditions)
        return not told and any(word in frequency for word in self.prevents_when)

    def _preventive(self, fact: Fact, situation: Situation) -> bool:
        return any(situation.vocabulary.is_a(fact.concept, one) or fact.concept == one for one in self.prophylactic)

    def _curative(self, fact: Fact, situation: Situation) -> bool:
        """Whether a drug told beside an infection is taken to be for it."""
        return fact.attributes.get("purpose") is None and not self._preventive(fact, situation)

    def _finding(
        self, low: int, high: int, votes: Sequence[Vote], facts: Sequence[Fact] = (), *, note: str | None = None
    ) -> Finding:
        held = [vote for vote in votes if vote.answer == "yes"]
        clears = [vote.clears_on for vote in held if vote.clears_on is not None]
        everything = [*(vote.fact for vote in votes), *facts]
        denied: Role = "no" if high == 0 else "open"
        roles = [(vote.fact, denied if vote.answer == "no if denied" else vote.answer) for vote in votes]
        roles += derivation.each("open" if low != high else "against", facts)
        words = [
            f"{'no ' if fact.assertion == 'absent' else ''}{fact.label.lower()}{_when(fact)}" for fact in everything
        ]
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(dict.fromkeys(fact.id for fact in everything)),
            note=note,
            ask=None if low == high else self.question(),
            clears_on=max(clears) if clears else None,
            holds_open=any(vote.holds_open for vote in held),
            basis=", ".join(dict.fromkeys(words)) or None,
            derivation=derivation.votes(roles),
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = capital(label(self.treated))
        if finding is None:
            return f"{name} is not mentioned."
        told = {"holds": "treated or uncontrolled", "fails": "none treated", "open": "not settled"}[outcome]
        end = because(finding) if outcome == "open" else ""
        return f"{name} within {self.within}: {told} ({finding.basis}){end}."

    def question(self) -> str:
        span = window(self.within).words
        return f"{capital(label(self.treated))}: any in the last {span}, how was it treated, when did treatment end?"


def _is_short(fact: Fact) -> bool:
    """Whether a course of some days is told ("valaciclovir for 7 days"): prevention goes on for longer."""
    days = dosing_of(fact).duration_days
    return days is not None and days.high is not None and days.high <= _LONGEST_COURSE


def _placed(last: Time | None, situation: Situation) -> bool:
    """Whether the last day, where one is told, could be held against the screening date."""
    return last is None or situation.as_of is not None


def _breaks_out(fact: Fact, indication: str | None, span: Window, situation: Situation) -> bool:
    """Whether this is the infection that the drug is for, dated within the window: prevention comes too late."""
    if fact.concept != indication or fact.assertion != "present" or fact.time is None:
        return False
    return span.place(fact.time, situation.as_of) == "inside"


def _near(one: Fact, other: Fact) -> bool:
    """Whether the letter tells the two in one breath, so that the drug is taken to be for the condition."""
    told = one.assertion == "present" and other.assertion == "present"
    return told and one.document == other.document and abs(one.start - other.start) <= _ONE_BREATH


def _is_present(fact: Fact) -> bool:
    """Whether the letter gives an infection without a day, as one of its present diagnoses."""
    undated = fact.time is None and fact.course is None
    return (
        undated and fact.assertion == "present" and fact.temporality == "current" and "treatment" not in fact.attributes
    )


def _of_that_time(drug: Fact, fact: Fact) -> bool:
    """Whether the course ended in the weeks for which an infection is told anywhere in the letter."""
    end = None if drug.course is None or drug.course.end is None else drug.course.end
    if end is None or fact.time is None or fact.assertion != "present" or drug.assertion != "present":
        return False
    if None in (end.earliest, end.latest, fact.time.earliest, fact.time.latest):
        return False
    first, last = fact.time.earliest, fact.time.latest
    assert first is not None and last is not None and end.earliest is not None and end.latest is not None
    wide = (last - first).days > _LONGEST_TOLD
    return not wide and first <= end.latest and end.earliest <= last + timedelta(days=_LONGEST_COURSE)


def _has_ended(fact: Fact, over: Sequence[Fact], unsettled: Sequence[Fact], situation: Situation) -> bool:
    """Whether a drug that is over was the treatment of this episode, and no other is told beside it."""
    ended = any((_near(fact, drug) or _of_its_past(fact, drug)) and _was_for(drug, fact, situation) for drug in over)
    return ended and not any(_near(fact, drug) for drug in unsettled)


def _is_told_as_treated(fact: Fact) -> bool:
    return fact.attributes.get("treatment") == "completed"


def _had_one(fact: Fact, drugs: Sequence[Fact], situation: Situation) -> bool:
    """Whether one of the drugs may have been its treatment: not each told for something else."""
    return any(_was_for(drug, fact, situation) for drug in drugs)


def _of_its_past(fact: Fact, drug: Fact) -> bool:
    """ "Previous cystitis" of a list of diagnoses, where a course for a cystitis is told elsewhere in the letter."""
    undated = fact.time is None and fact.course is None and fact.temporality == "historical"
    return undated and fact.document == drug.document and drug.attributes.get("indication") == fact.concept


def _was_for(drug: Fact, fact: Fact, situation: Situation) -> bool:
    """Not for another infection, and not over before this one began."""
    terms, told = situation.vocabulary, drug.attributes.get("indication", fact.concept)
    related = told == fact.concept or terms.is_a(told, fact.concept) or terms.is_a(fact.concept, told)
    began = None if fact.time is None else fact.time.earliest
    end = None if drug.course is None or drug.course.end is None else drug.course.end.latest
    return related and (began is None or (end is not None and end >= began))


def _with_end(fact: Fact) -> Fact:
    """The course with the end that its beginning and its length tell."""
    course, days = fact.course, dosing_of(fact).duration_days
    if course is None or course.start is None or course.end is not None or course.ongoing is not False:
        return fact
    if days is None or days.low is None or days.high is None or course.start.latest is None:
        return fact
    first = course.start.earliest or course.start.latest
    longest = timedelta(days=min(days.high, _LONGEST))
    end = Time(first + timedelta(days=min(days.low, _LONGEST)), course.start.latest + longest)
    return replace(fact, course=replace(course, end=end))


def _without_names_alone(drugs: Sequence[Fact], situation: Situation) -> list[Fact]:
    """Without "treated with antibiotics" of a list, where the letter gives the days of such a drug elsewhere."""
    day = situation.as_of
    since = None if day is None else day - timedelta(days=_THIS_ILLNESS)
    ends = [(fact, None if fact.course is None or fact.course.end is None else fact.course.end) for fact in drugs]
    dated = [fact for fact, end in ends if end and end.earliest and since and end.earliest >= since]
    return [
        fact for fact in drugs if not (_is_name_alone(fact) and any(_is_one(fact, one, situation) for one in dated))
    ]


def _is_name_alone(fact: Fact) -> bool:
    past = fact.temporality == "historical" and fact.assertion == "present"
    return past and fact.time is None and (fact.course is None or (fact.course.start or fact.course.end) is None)


def _is_one(name: Fact, dated: Fact, situation: Situation) -> bool:
    mine, its = name.attributes.get("indication"), dated.attributes.get("indication")
    same_purpose = None in (mine, its) or mine == its
    sort = name.concept == dated.concept or situation.vocabulary.is_a(dated.concept, name.concept)
    return name.document == dated.document and sort and same_purpose


def _when(fact: Fact) -> str:
    when = fact.course.end if fact.course is not None and fact.course.end is not None else fact.time
    return f" {day_words(when)}" if when is not None else ""
