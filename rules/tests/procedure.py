"""Whether something was done to the patient: the facts in, yes, no or open out.

One that lasts (dialysis) is in the window while it goes on. The rules are those of every occurrence.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rules.concepts import Names
from rules.occurrence import Occurrence


class Procedure(Occurrence):
    """Something done to the patient."""

    concept: Annotated[str | tuple[str, ...], Names(("procedure",))] = Field(alias="procedure")
