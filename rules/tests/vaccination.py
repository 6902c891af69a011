"""Whether the patient had a vaccine of a class: the facts in, yes, no or open out.

One of another class (an inactivated vaccine) answers nothing. The rules are those of every occurrence.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rules.concepts import Names
from rules.occurrence import Occurrence


class Vaccination(Occurrence):
    """A vaccine given to the patient."""

    concept: Annotated[str | tuple[str, ...], Names(("vaccine",))] = Field(alias="vaccination")
