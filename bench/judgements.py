"""What a second reader said of disagreements: a YAML file of verdicts in, which side was right at a place out.

The labels of some sets are noisy. A judgement names the row, what was asked, where, who is right and why, in our own
words; the raw figures stay beside the judged ones.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

FOLDER = Path(__file__).with_name("judgements")


class Judgement(BaseModel):
    """`verdict` eligo: the label is wrong or asks for another thing; label: eligo is wrong; both are; or unclear.

    Only a verdict for eligo counts as agreement.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: str
    about: str
    at: int = 0
    mention: str
    verdict: Literal["eligo", "label", "both", "unclear"]
    reason: str


@functools.cache
def judgements(name: str, folder: Path = FOLDER) -> dict[tuple[str, str, int], Judgement]:
    """The judgements of one set by row, question and offset; none where no file is."""
    path = folder / f"{name}.yaml"
    if not path.is_file():
        return {}
    listed = TypeAdapter(list[Judgement]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    return {(one.row, one.about, one.at): one for one in listed}


def eligo_is_right(name: str, row: str, about: str, at: int = 0) -> bool:
    """Whether a second reader sided with eligo there."""
    found = judgements(name).get((row, about, at))
    return found is not None and found.verdict == "eligo"
