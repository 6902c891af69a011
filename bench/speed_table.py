"""The figures as a page: what `bench.speed` measured goes in, Markdown with its tables comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_NAMES = {
    "medspacy": "stock medspaCy: sentences, the same terms, ConText, sections",
    "edsnlp": "edsnlp: sentences, the same terms, negation, dates, quantities",
    "tokenizer": "eligo: words alone",
    "extraction": "eligo: extraction",
    "screening": "eligo: whole screening",
}
_PARTS = {
    "extraction": "extraction: from the text to facts",
    "findings": "findings: from facts to intervals",
    "rules": "rules and reference: from intervals to answers, decided twice",
    "explanation": "explanation: reasons and proofs, written as JSON",
}


def table(figures: Mapping[str, Any]) -> str:
    """The page of `docs/`, from the JSON of a run."""
    lines = [
        "# Where the time goes",
        "",
        f"Made by `python -m bench.speed`: {figures['letters']} letters of {figures['words']} words in"
        f" {figures['rounds']} rounds, every system in turn, medians, seconds of the processor."
        f" {_versions(figures['versions'])}",
        "",
        *_rows(("system", "words a second"), _speeds(figures["words_per_second"])),
        "",
        *_rows(("how many times faster", ""), figures["ratios"].items()),
        "",
        *_rows(("step of a screening", "of its time"), _steps(figures["shares"])),
    ]
    start = figures.get("start")
    if start:
        lines += ["", *_rows(("start", ""), _start(start))]
    return "\n".join(lines) + "\n"


def _rows(head: tuple[str, str], rows: Iterable[tuple[str, object]]) -> list[str]:
    return [f"| {head[0]} | {head[1]} |", "| --- | ---: |", *(f"| {name} | {value} |" for name, value in rows)]


def _speeds(speeds: Mapping[str, int]) -> Iterable[tuple[str, str]]:
    return ((text, f"{speeds[name]:,}") for name, text in _NAMES.items() if name in speeds)


def _steps(shares: Mapping[str, float]) -> Iterable[tuple[str, str]]:
    return ((text, f"{shares[part]:.0%}") for part, text in _PARTS.items() if part in shares)


def _start(start: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    seconds, size, ratio = start["seconds"], start["megabytes"], start["ratios"]
    yield "import of medspaCy", f"{seconds['import medspacy']:.2f} s"
    yield "first letter screened, from the start of the program", f"{seconds['first letter']:.2f} s"
    yield "that is, times the import of medspaCy", f"{ratio['first letter to import medspacy']}"
    loaded = ", ".join(start["help loads"]) or "no language library"
    yield f"`eligo --help`, which loads {loaded}", f"{seconds['help']:.2f} s"
    yield "memory of stock medspaCy with the same terms", f"{size['medspacy']} MB"
    yield "memory of eligo", f"{size['eligo']} MB"


def _versions(versions: Mapping[str, str]) -> str:
    return "Versions: " + ", ".join(f"{name} {number}" for name, number in versions.items()) + "."
