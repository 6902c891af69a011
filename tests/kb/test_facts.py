"""Facts as JSON and back: whatever a fact can hold, what is read back equals what was written."""

from __future__ import annotations

import json
from datetime import date
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from kb import facts
from kb.facts import Coded, Course, Dosing, Fact, Interval, Quantity, Step, Time
from kb.facts_json import from_json, to_json

_words = st.text(max_size=12)
_numbers = st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False)
_days = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@st.composite
def _intervals(draw: st.DrawFn) -> Interval:
    low, high = draw(st.none() | _numbers), draw(st.none() | _numbers)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Interval(low, high, draw(st.booleans()), draw(st.booleans()))


_times = st.builds(Time, st.none() | _days, st.none() | _days, _words)
_spans = st.none() | _intervals()
_steps = st.builds(Step, per_day=_spans, days=_spans, start=st.none() | _times, per_kg=_spans)
_courses = st.builds(
    Course, st.none() | _times, st.none() | _times, st.none() | st.booleans(), st.lists(_steps, max_size=3).map(tuple)
)
_dosings = st.builds(
    Dosing,
    status=st.sampled_from(get_args(facts.MedicationStatus)),
    dose=_spans,
    per_day=_spans,
    per_kg=_spans,
    unit=_words,
    route=st.none() | _words,
    frequency=st.none() | _words,
    duration_days=_spans,
    reason_stopped=st.none() | _words,
    pulse=st.booleans(),
)
_facts = st.builds(
    Fact,
    id=_words,
    kind=st.sampled_from(get_args(facts.Kind)),
    concept=_words,
    label=_words,
    document=st.integers(0, 9),
    start=st.integers(0, 9999),
    end=st.integers(0, 9999),
    quote=_words,
    assertion=st.sampled_from(get_args(facts.Assertion)),
    experiencer=st.sampled_from(get_args(facts.Experiencer)),
    temporality=st.sampled_from(get_args(facts.Temporality)),
    section=st.none() | _words,
    value=st.none() | st.builds(Quantity, _intervals(), _words, _words) | st.builds(Coded, _words, _words),
    reference=_spans,
    time=st.none() | _times,
    course=st.none() | _courses,
    dosing=st.none() | _dosings,
    attributes=st.dictionaries(_words, _words, max_size=3),
)


@given(_facts)
def test_a_fact_read_back_is_the_fact_written(fact: Fact) -> None:
    assert from_json(to_json(fact)) == fact
    assert from_json(json.loads(json.dumps(to_json(fact)))) == fact
