"""Whether the patient has, or had, a disease, a sign or a symptom: the facts in, yes, no or open out.

Ever, now or in a window; size, severity and the like can narrow it. The rules are those of every occurrence.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rules.concepts import Names
from rules.occurrence import Occurrence


class Condition(Occurrence):
    """A disease, a sign or a symptom of the patient."""

    concept: Annotated[str | tuple[str, ...], Names(("condition",))] = Field(alias="condition")
