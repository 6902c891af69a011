"""Whether the patient took part in a study of a type: the facts in, yes, no or open out.

Taking part may last; a registry is not a trial. The rules are those of every occurrence.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rules.concepts import Names
from rules.occurrence import Occurrence


class Study(Occurrence):
    """Taking part in a clinical study."""

    concept: Annotated[str | tuple[str, ...], Names(("procedure",))] = Field(alias="study")
