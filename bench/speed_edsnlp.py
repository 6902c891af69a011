"""edsnlp in its own environment: the terms, then a text a line in; its version, then the seconds of each text out.

Sentences, terms, negation, dates and quantities: the nearest that it has to an extraction. Needs only edsnlp.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any


def pipeline(terms: Mapping[str, Sequence[str]]) -> Any:
    """The nearest pipeline with the terms matched in any case."""
    import edsnlp
    import edsnlp.pipes as eds

    nlp = edsnlp.blank("eds")
    nlp.add_pipe(eds.sentences())
    nlp.add_pipe(
        eds.matcher(terms={key: list(spellings) for key, spellings in terms.items() if spellings}, attr="LOWER")
    )
    nlp.add_pipe(eds.negation())
    nlp.add_pipe(eds.dates())
    nlp.add_pipe(eds.quantities())
    return nlp


def main() -> None:
    """Answers every line with one line until the input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing else may come between the answers
    nlp = pipeline(json.loads(sys.stdin.readline()))
    print(json.dumps(version("edsnlp")), file=answers, flush=True)
    for line in sys.stdin:
        text = json.loads(line)
        before = time.process_time()
        nlp(text)
        print(json.dumps(time.process_time() - before), file=answers, flush=True)


if __name__ == "__main__":
    main()
