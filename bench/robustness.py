"""Text without labels: reports of every kind in, crashes and values that are no quotable span out.

Every fact must quote its span, and every written value must stand in the text. `--errors` prints the facts of forty
texts drawn at random (always the same forty), to be read by a person.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.figures import Options, Result, Target, run
from bench.systems import facts_of
from kb.facts import Fact
from kb.facts_json import to_json

TARGETS = (Target("crashes", 0, at_most=True), Target("not quotable", 0, at_most=True))
SAMPLE = 40


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every row of the `.jsonl` and `.jsonl.gz` files of a folder."""
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for number, line in enumerate(content.decode("utf-8").split("\n")):
            if line.strip():
                row: dict[str, Any] = json.loads(line)
                yield f"{path.name}:{row.get('n', number)}", str(row["text"])


def not_quotable(text: str, facts: Iterable[Fact]) -> list[str]:
    """What is wrong with the spans of facts: the quote is not the text there, or is empty.

    >>> not_quotable("no rash", [Fact("f1", "condition", "rash", "Rash", 0, 3, 7, "rash")])
    []
    """
    return [
        f"{fact.kind} {fact.concept} at {fact.start}-{fact.end}"
        for fact in facts
        if not fact.quote or text[fact.start : fact.end] != fact.quote
    ]


def measure(options: Options) -> Result:
    texts = list(texts_of(options.data))[: options.limit]
    read = set(random.Random(40).sample(range(len(texts)), min(SAMPLE, len(texts))))
    kinds: Counter[str] = Counter()
    crashes = wrong = characters = 0
    told: list[str] = []
    for number, (name, text) in enumerate(texts):
        characters += len(text)
        try:
            facts = facts_of(text)
        except Exception as error:  # noqa: BLE001  # a crash is what is counted
            crashes += 1
            told.append(f"{name}\tcrash\t{type(error).__name__}: {error}")
            continue
        faults = not_quotable(text, facts)
        wrong += len(faults)
        told += [f"{name}\tnot quotable\t{fault}" for fault in faults]
        kinds.update(fact.kind for fact in facts)
        if number in read:
            told += _for_reading(name, text, facts)
    figures: dict[str, float | int | None] = {"crashes": crashes, "not quotable": wrong}
    figures |= {f"facts: {kind}": number for kind, number in sorted(kinds.items())}
    return Result("robustness", {"texts": len(texts), "characters": characters}, {"eligo": figures}, TARGETS, [], told)


def _for_reading(name: str, text: str, facts: Iterable[Fact]) -> list[str]:
    shown = [{key: value for key, value in to_json(fact).items() if value not in (None, {}, [])} for fact in facts]
    lines = [json.dumps(one, ensure_ascii=False) for one in shown]
    return [f"=== {name}", text, *lines]


if __name__ == "__main__":
    run(__doc__ or "", measure)
