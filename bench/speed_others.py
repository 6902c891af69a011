"""The systems that eligo is compared with: our terms in, readers of a text out.

Stock medspaCy is `medspacy.load()` (sentences, targets, ConText) with the Sectionizer and the same terms as literal
rules. edsnlp lives in an environment of its own: its Python runs `speed_edsnlp.py`, which times itself.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from loguru import logger

from kb.vocabulary import vocabulary

Terms = Mapping[str, tuple[str, ...]]
_WORKER = Path(__file__).with_name("speed_edsnlp.py")


def terms() -> Terms:
    """Every spelling of every term that letters are searched for, by the term's id."""
    return {term.id: tuple(dict.fromkeys((*term.spellings, *term.exact))) for term in vocabulary().terms.values()}


def stock_medspacy(known: Terms) -> Callable[[str], object]:
    """medspaCy as it is loaded, with targets for the terms and its Sectionizer."""
    import medspacy
    from medspacy.ner import TargetRule

    logger.disable("PyRuSH")  # it writes tokens of the text to standard error
    nlp = medspacy.load()
    rules = [TargetRule(spelling, key) for key, spellings in known.items() for spelling in spellings]
    nlp.get_pipe("medspacy_target_matcher").add(rules)
    nlp.add_pipe("medspacy_sectionizer")
    read: Callable[[str], object] = nlp
    return read


class EdsNlp:
    """edsnlp's nearest pipeline in a process of its own, spoken to line by line; without a Python none is started."""

    def __init__(self, python: str, known: Terms) -> None:
        self.versions = {name: version(name) for name in ("spacy", "medspacy", "durable-rules")}
        self._worker: subprocess.Popen[str] | None = None
        if python:
            self._worker = subprocess.Popen(
                [python, str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            self.versions["edsnlp"] = str(self._ask(known))

    def read(self, text: str) -> Mapping[str, float]:
        """The seconds that it took for one text."""
        return {"edsnlp": float(self._ask(text))}

    def _ask(self, content: object) -> Any:
        """Sends one line and waits for the answer. Raises RuntimeError where the process has ended."""
        worker = self._worker
        if worker is None or worker.stdin is None or worker.stdout is None:
            raise RuntimeError("edsnlp was not started: give the Python of an environment that has it")
        _send(worker.stdin, content)
        answer = worker.stdout.readline()
        if not answer:
            raise RuntimeError("edsnlp's process ended: see whether its Python can import edsnlp")
        return json.loads(answer)

    def __enter__(self) -> EdsNlp:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._worker is not None and self._worker.stdin is not None:
            self._worker.stdin.close()
            self._worker.wait()


def _send(stream: IO[str], content: object) -> None:
    stream.write(json.dumps(content) + "\n")
    stream.flush()
