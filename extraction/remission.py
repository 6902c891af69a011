"""Since when a cancer is over: a mention and its sentence in, the day of remission or of its treatment out.

"In complete remission since 2015" says so; "treated in 2015, no recurrence" dates it by the treatment.
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.when import clause_span
from kb.facts import Time
from kb.vocabulary import vocabulary

_CANCERS = ("malignancy", "cin-3", "carcinoma-in-situ")


def cancer_over_since(reading: Reading, mention: Mention) -> Time | None:
    """The day from which on it has been over; None where the words beside it do not say so."""
    if mention.assertion != "present" or not vocabulary().is_one_of(mention.concept, _CANCERS):
        return None
    known = cues("conditions")
    start, end = clause_span(reading, mention)
    times = [time for time in reading.times_in(start, end) if time.role in ("point", "start") and time.time is not None]
    for time in times:
        if re.search(known["over_since"], reading.normal[start : time.start], re.IGNORECASE):
            return time.time
    for time in times:
        treated = re.search(known["over_by_treatment"], reading.normal[start : time.start], re.IGNORECASE)
        if treated and re.search(known["no_recurrence"], reading.normal[time.end : end], re.IGNORECASE):
            return time.time
    return None
