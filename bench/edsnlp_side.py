"""Runs in an environment that has edsnlp: JSON Lines on standard input, one JSON answer a line on standard output.

The first line names the task and its settings. It exists because edsnlp and medspaCy need different releases of spaCy;
nothing of this project is imported here.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

logging.disable(logging.CRITICAL)


def main() -> None:
    """Answers row by row."""
    settings, *rows = [json.loads(line) for line in sys.stdin if line.strip()]
    answer = {"negation": negation, "quantities": quantities}[settings.pop("task")](settings)
    for row in rows:
        sys.stdout.write(json.dumps(answer(row)) + "\n")


def _blank() -> Any:
    import edsnlp  # not here but in the environment that runs this

    return edsnlp.blank("eds")


def negation(cues: dict[str, list[str]]) -> Any:
    """Whether the span of a row is negated, by edsnlp's algorithm with the cues given."""
    nlp = _blank()
    nlp.add_pipe("eds.sentences")
    nlp.add_pipe("eds.negation", config={**cues, "verbs": [], "attr": "LOWER"})

    def answer(row: dict[str, Any]) -> bool:
        doc = nlp.make_doc(row["text"])
        span = doc.char_span(*row["span"], label="concept", alignment_mode="expand")
        doc.ents = [span]
        for _, pipe in nlp.pipeline:
            doc = pipe(doc)
        return bool(doc.ents[0]._.negation)

    return answer


def quantities(settings: dict[str, Any]) -> Any:
    """The quantities of a row's text: start, end, value, unit."""
    nlp = _blank()
    nlp.add_pipe("eds.sentences")
    nlp.add_pipe("eds.quantities", config={"quantities": "all", "extract_ranges": True, "use_tables": False})

    def answer(row: dict[str, Any]) -> list[dict[str, Any]]:
        doc = nlp(row["text"])
        return [_quantity(span) for span in doc.spans["quantities"]]

    return answer


def _quantity(span: Any) -> dict[str, Any]:
    quantity = span._.value
    one = quantity if hasattr(quantity, "value") else quantity[0]
    low = one.from_value if hasattr(one, "from_value") else one.value
    high = one.to_value if hasattr(one, "to_value") else one.value
    return {"start": span.start_char, "end": span.end_char, "low": low, "high": high, "text": span.text}


if __name__ == "__main__":
    main()
