"""Putting a dose instruction together: its items in one by one, drafts of its steps out.

Each kind of item has its handler; what no handler uses is strange, and too many strange words end the instruction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from extraction.dose_chains import is_one_of
from extraction.dose_item import Item
from extraction.dose_steps import DoseStep, Draft, Part, make_steps
from extraction.dose_words import Token, match_phrase, words
from kb.facts import Interval

_BESIDE = 30  # characters between an amount and its day
MOST_STRANGE_WORDS = 10  # between the start, or the last part of the dose, and the next amount


class Builder:
    """Takes items one by one; holds the steps so far and the one being put together."""

    def __init__(self, tokens: Sequence[Token], text: str, dated: Sequence[tuple[int, int]] = ()) -> None:
        self.tokens, self.text, self.dated = tokens, text, dated
        self.drafts: list[Draft] = []
        self.draft = Draft()
        self.route: str | None = None
        self.pulse = self.prn = self.to_zero = self.limited = False
        self.strange = 0
        self.changing: Item | None = None
        self.joined = False
        self.depth = 0
        self.loose = False  # a word stood between the last part of the dose and here
        self.end = 0

    @property
    def part(self) -> Part:
        return self.draft.parts[-1]

    def take(self, item: Item, items: list[Item], position: int) -> bool:
        """Uses an item; False when the instruction has ended before it."""
        handler = getattr(self, f"_on_{item.kind}", None)
        if handler is None:
            return self._on_strange(1)
        kept = handler(item, items, position)
        if kept:
            self.strange, self.loose = 0, False
            if item.kind != "change":
                self.end = self.tokens[item.last - 1].end
                self.draft.last = self.end
        return self.strange <= MOST_STRANGE_WORDS

    def _on_strange(self, weight: int) -> bool:
        self.strange += weight
        self.loose = True
        self.joined = False
        if self.changing is not None and self.changing.word == "to" and self.strange > 4:
            self.changing = None
        return self.strange <= MOST_STRANGE_WORDS

    def _on_filler(self, *_: object) -> bool:
        return False

    def _on_open(self, *_: object) -> bool:
        self.depth += 1
        return False

    def _on_close(self, *_: object) -> bool:
        self.depth = max(0, self.depth - 1)
        return False

    def _on_stop(self, *_: object) -> bool:
        self._on_strange(3)
        return False

    def _on_join(self, *_: object) -> bool:
        self.joined = True
        return False

    def _on_number(self, item: Item, items: list[Item], position: int) -> bool:
        following = items[position + 1].kind if position + 1 < len(items) else ""
        if following == "multiplier" and self.part.is_empty:
            return self._on_count(item, items, position)
        if following in ("frequency", "slots", "time_of_day", "count", "amount", "prn", "route") and not self.loose:
            return self._on_count(item, items, position)
        if self._is_told_to_take(items, position):
            return self._on_count(item, items, position)
        self._on_strange(1)
        return False

    def _is_told_to_take(self, items: list[Item], position: int) -> bool:
        """ "Take three to be taken twice daily", "take 2 paracetamol qds": a number of what is named behind it."""
        rest = [later for later in items[position + 1 : position + 4] if later.kind != "filler"]
        if rest and rest[0].kind == "word" and position > 0:
            order = self.tokens[items[position - 1].first : items[position - 1].first + 1]
            if not match_phrase(words("imperatives"), order, 0):
                return False
            rest = rest[1:]
        elif not any(
            match_phrase(words("to_be_taken"), self.tokens, later.first) for later in items[position + 1 :][:1]
        ):
            return False
        return bool(rest) and rest[0].kind in ("frequency", "time_of_day")

    def _on_change(self, item: Item, items: list[Item], position: int) -> bool:
        if item.word == "off":
            self.to_zero = not self.draft.parts[0].is_empty or bool(self.drafts) or self.draft.by is not None
            return self.to_zero
        if item.word in ("by", "up_by"):
            self.changing = item
            return False
        if item.word == "limit":
            self.limited = self.part.is_empty and not self.drafts
            self.changing = None if self.limited else item
            return False
        if self._says_now(item, items, position):
            return True
        if self.changing is not None and self.changing.word in ("by", "up_by") and item.word == "to":
            item = dataclasses.replace(item, word="to_target") if self.draft.by is not None else item
        if self.draft.by is not None and item.word == "to":
            item = dataclasses.replace(item, word="to_target")
        self.changing = item
        return False

    def _says_now(self, item: Item, items: list[Item], position: int) -> bool:
        """ "15 mg now": the word of change stands behind the amount it belongs to."""
        following = items[position + 1].kind if position + 1 < len(items) else ""
        if not is_one_of(item, "now") or self.part.amount is None or self.loose or following in ("amount", "number"):
            return False
        self.draft.forward, self.draft.worded = False, True
        self.draft.change = bool(self.drafts)
        return True

    def _on_amount(self, item: Item, items: list[Item], position: int) -> bool:
        change = self.changing.word if self.changing is not None else None
        if change == "limit":  # "10 mg, never above 20": no further level
            self.changing = None
            return False
        if change in ("by", "up_by") and not (self.draft.parts[0].is_empty and self._alone(items, position)):
            self.draft.by = item if change == "by" else None
            self.changing = self.changing if change == "by" else None
            return True
        if change == "to_target" and self.draft.by is not None and self.changing is not None:
            self._new_step(item, forward=not is_one_of(self.changing, "now"))
            self.part.amount = item
            self.changing = None
            return True
        if self._belongs_beside(item, change):
            return True
        if self.part.amount is not None or (self.part.slots is not None and change):
            apart = _said_of_now(items, position) or self._is_dated_apart(item, items, position)
            if not self._starts_another(change, item, apart):
                return False
        elif change == "to" and self.changing is not None:
            self.draft.change = True
            self.draft.forward = _is_forward(self.changing)
        if self.part.is_empty and self.draft.first is None:
            self.draft.first = self.tokens[item.first].start
        self.part.amount = self._at_most(item)
        if self.depth and self.part.count is not None:
            self.part.total = True  # "2 tablets (400 mg)"
        self.changing, self.joined = None, False
        return True

    def _at_most(self, item: Item) -> Item:
        """ "up to 60 mg": the most that was given, how much on most days is not told."""
        if not self.limited or item.value is None or item.value.high is None:
            return item
        self.limited = False
        return dataclasses.replace(item, value=Interval(0.0, item.value.high))

    @staticmethod
    def _alone(items: list[Item], position: int) -> bool:
        return not any(item.kind in ("frequency", "duration") for item in items[position + 1 :])

    def _belongs_beside(self, item: Item, change: str | None) -> bool:
        """ "(1 mg/kg)" beside "60 mg", "(2 g/day)" beside "1 g bd": the same step said again."""
        amount = self.part.amount
        if amount is None or change is not None:
            return False
        if (
            ("kg" in item.per) != ("kg" in amount.per)
            and not ({"m2", "min"} & (item.per | amount.per))
            and self.strange < 4
        ):
            if "kg" in item.per:
                self.draft.per_kg = item
            else:
                self.draft.per_kg, self.part.amount = amount, item
            return True
        if "day" in item.per and self.depth and item.unit == amount.unit:
            self.draft.stated_total = item
            return True
        return False

    def _is_dated_apart(self, item: Item, items: list[Item], position: int) -> bool:
        """ "60 mg from 3 May, 50 mg from 10 August": each of the two amounts has a day of its own."""
        before = self.part.amount
        if before is None or self.depth or not self.dated or item.unit != before.unit or "kg" in item.per ^ before.per:
            return False
        if item.value == before.value:
            return False  # "75 mg from 12 January, and he stayed on 75 mg until 30 April"
        start, end = self.tokens[item.first].start, self.tokens[item.last - 1].end
        told = self.tokens[before.last - 1].end
        amounts = [self.tokens[later.first].start for later in items[position + 1 :] if later.kind == "amount"]
        stop = min([end + _BESIDE, *amounts])
        if self.text[end:stop].lstrip().startswith("of "):
            return False  # "10 mg since May, with 1 g of protein since June"
        between = [one for one in self.dated if told <= one[0] and one[1] <= start]
        behind = any(end <= first < stop for first, _ in self.dated)
        ahead = bool(between) and not any(char.isalpha() for char in self.text[between[-1][1] : start])
        owned = len(between) > 1 or any(first < told for first, _ in self.dated)
        return (bool(between) and behind) or (ahead and owned)

    def _starts_another(self, change: str | None, item: Item, of_now: bool) -> bool:
        """A further amount: a part of the same step ("and"), the next step, or not of this dose at all."""
        if change is None and self.joined and (self.part.times_of_day or self.part.rates or self.part.slots):
            self.draft.parts.append(Part())
            return True
        if change is None and self.part.times_of_day and not self.loose and not self.depth:
            self.draft.parts.append(Part())
            return True
        if change is None and (self.loose or self.depth) and not of_now:
            return False
        self._new_step(item, forward=self.changing is not None and _is_forward(self.changing))
        return True

    def _new_step(self, item: Item, *, forward: bool) -> None:
        self.drafts.append(self.draft)
        start = self.changing.first if self.changing is not None else item.first
        worded = self.changing is not None and self.changing.unit.isascii() and self.changing.unit not in ("", "-")
        self.draft = Draft(
            change=self.changing is not None, forward=forward, worded=worded, first=self.tokens[start].start
        )

    def _on_count(self, item: Item, items: list[Item], position: int) -> bool:
        if item.value is None:
            return False
        if self.changing is not None and self.changing.word == "to" and self.part.count is not None:
            self._new_step(item, forward=True)
        elif self.part.count is not None and (self.joined or self.part.times_of_day or self.part.rates):
            if self.part.rates and not self.joined:
                self._new_step(item, forward=True)
            else:
                self.draft.parts.append(Part())
        if self.part.count is None:
            self.part.count = item
            if self.draft.first is None:
                self.draft.first = self.tokens[item.first].start
        self.changing, self.joined = None, False
        return True

    def _on_slots(self, item: Item, items: list[Item], position: int) -> bool:
        self.part.slots = item
        self.changing = None
        return True

    def _on_frequency(self, item: Item, items: list[Item], position: int) -> bool:
        if self.changing is not None and self.changing.word == "by" and self.draft.by is not None:
            self.draft.by_days = item.days / item.times
            return True
        if self.loose and any(rate.days == 1 for rate in self.part.rates) and item.days > 1 and not self.depth:
            return False  # "50 mg daily ... seen every two weeks"
        if self.changing is not None and self.changing.word == "to" and self.part.rates and not self.part.is_empty:
            following = items[position + 1 :]
            if not any(later.kind in ("amount", "count") for later in following[:4]):
                self._same_amount_again(item)
        self.part.rates.append(item)
        return True

    def _same_amount_again(self, item: Item) -> None:
        """ "two tablets tds for 3 days then daily": the amount goes on with another frequency."""
        before = self.part
        self._new_step(item, forward=True)
        self.part.amount, self.part.count = before.amount, before.count
        self.changing = None

    def _on_weekdays(self, item: Item, items: list[Item], position: int) -> bool:
        return self._on_frequency(item, items, position)

    def _on_time_of_day(self, item: Item, items: list[Item], position: int) -> bool:
        with_meals = item.times > 1
        if not (with_meals and self.part.times_of_day):
            self.part.times_of_day += item.times
        return not self.part.is_empty

    def _on_duration(self, item: Item, items: list[Item], position: int) -> bool:
        if self.changing is not None and self.changing.word == "by" and self.draft.by is not None:
            self.draft.by_days = item.value.low if item.value is not None else None
            return True
        if self.draft.duration is None and not (self.changing is not None and self.changing.word == "to"):
            self.draft.duration = item.value
            if item.value is not None and self._falls_over(item):  # "60 mg, tapered over 4 months"
                self.draft.duration = Interval(0.0, item.value.high)
        return True

    def _falls_over(self, item: Item) -> bool:
        """Whether a word of lowering the dose stands straight before the length of time."""
        before = self.tokens[max(0, item.first - 3) : item.first]
        return any(match_phrase(words("falls_over"), before, at) for at in range(len(before)))

    def _on_doses(self, item: Item, items: list[Item], position: int) -> bool:
        if self.draft.doses is None:
            self.draft.doses = item.value
        written = [token.text for token in self.tokens[item.first : item.last]]
        self.pulse = self.pulse or "pulse" in written or "pulses" in written or "boluses" in written
        if self.draft.first is None:
            self.draft.first = self.tokens[item.first].start
        return True

    def _on_multiplier(self, item: Item, items: list[Item], position: int) -> bool:
        following = items[position + 1] if position + 1 < len(items) else None
        value = item.value.low if item.value is not None else None
        count = following is not None and following.kind in ("amount", "count")
        repeated = following is not None and following.kind in ("frequency", "time_of_day")
        if count or (
            repeated and following is not None and following.days <= 1 and self.route != "iv" and not self.pulse
        ):
            self.part.multiplier = value
        elif self.draft.doses is None:
            self.draft.doses = item.value
        return True

    def _on_route(self, item: Item, items: list[Item], position: int) -> bool:
        self.route = self.route or item.word
        return True

    def _on_pulse(self, *_: object) -> bool:
        self.pulse = True
        return True

    def _on_prn(self, *_: object) -> bool:
        self.prn = True
        return True

    def _on_stat(self, *_: object) -> bool:
        self.draft.doses = self.draft.doses or Interval.exactly(1)
        return True

    def _on_divided(self, *_: object) -> bool:
        self.part.divided = True
        return True

    def _on_total(self, *_: object) -> bool:
        self.part.total = True
        return True

    def finish(self, *, assume_daily: bool) -> tuple[DoseStep, ...]:
        """The steps of all that was taken."""
        drafts = [draft for draft in [*self.drafts, self.draft] if draft.says_something]
        return make_steps(
            drafts,
            self.tokens,
            self.text,
            assume_daily=assume_daily and not self.pulse and not self.prn,
            repeated=self.pulse or self.route == "iv",
        )


def _said_of_now(items: list[Item], position: int) -> bool:
    """ "12.5 mg now", "25 mg since": an amount with the word of its change behind it."""
    following = items[position + 1 : position + 3]
    if not following or following[0].kind != "change" or not is_one_of(following[0], "now"):
        return False
    return len(following) == 1 or following[1].kind not in ("amount", "number", "word")


def _is_forward(change: Item) -> bool:
    return is_one_of(change, "forward")
