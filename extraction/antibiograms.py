"""What a germ was tested against: the place of a drug's name in, whether it stands in a list of a laboratory out.

"Klebsiella >10^5 CFU/ml, S: meropenem, amikacin; R: ciprofloxacin", "meropenem (S), ciprofloxacin (R)".
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.reading import Reading

_NEAR = 160  # characters before the name in which the culture is told


def is_of_an_antibiogram(reading: Reading, start: int, end: int) -> bool:
    """Whether the name at [start, end) is that of a drug which a germ answers to: nobody took it by that."""
    known, normal = cues("medications")["antibiogram"], reading.normal
    before = normal[max(0, normal.rfind("\n", 0, start) + 1, start - _NEAR) : start]
    if re.search(known["of_a_culture"], before, re.IGNORECASE) is None:
        return False
    listed = re.search(known["letter_before"], before, re.IGNORECASE)
    return listed is not None or re.match(known["letter_behind"], normal[end : end + 8]) is not None
