"""Published case reports with human labels: drugs, doses, test values, denials, age and sex in, P/R/F1 of each out.

Only what is on the frozen lists counts towards recall: `recognised.yaml` has the drugs and analytes of the vocabulary
when it was frozen, with every generic drug and analyte that the set names three times or more. Each figure is given
raw, and once more after a second reader judged the disagreements (`judgements/case-reports.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable

from bench.annotated import read_reports
from bench.case_counting import NAME, Tally
from bench.case_drugs import drug_spans, score_doses, score_drugs
from bench.case_results import finding_spans, score_denials, score_person, score_values
from bench.figures import Figure, Options, Result, Target, run, share
from bench.systems import Mention, facts_of, medspacy_finds
from kb.vocabulary import vocabulary

TARGETS = (
    Target("drug precision", 0.97),
    Target("drug recall", 0.97),
    Target("dose F1", 0.90),
    Target("test value F1", 0.90),
    Target("denied called present", 0.03, at_most=True),
    Target("age", 0.98),
    Target("sex", 0.98),
)


def measure(options: Options) -> Result:
    reports = list(read_reports(options.data))[: options.limit]
    tallies = {name: Tally() for name in ("drug", "dose", "test value", "denied", "age", "sex")}
    stock = {name: Tally() for name in ("drug", "denied")}
    for report in reports:
        facts = facts_of(report.text)
        score_drugs(report, drug_spans(facts), tallies["drug"])
        score_doses(report, facts, tallies["dose"])
        score_values(report, facts, tallies["test value"])
        score_denials(report, list(finding_spans(facts)), tallies["denied"])
        score_person(report, facts, tallies["age"], tallies["sex"])
        mentions = medspacy_finds(report.text, ("drug", "condition"))
        score_drugs(report, _stock_drugs(mentions), stock["drug"])
        score_denials(report, _stock_findings(mentions), stock["denied"])
    counts = {"reports": len(reports)}
    counts |= {name: tally.raw.right + tally.raw.missed for name, tally in tallies.items() if name != "denied"}
    counts["denied findings recognised"] = tallies["denied"].raw.right + tallies["denied"].raw.wrong
    notes = ["medspaCy has the same terms; it reads no doses, values, age or sex."]
    told = [line for tally in tallies.values() for line in tally.told]
    return Result(NAME, counts, {"eligo": _figures(tallies), "medspaCy": _figures(stock)}, TARGETS, notes, told)


def _figures(tallies: dict[str, Tally]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for name, tally in tallies.items():
        if name in ("age", "sex"):
            figures |= {name: tally.raw.recall, f"{name} judged": tally.judged.recall}
        elif name == "denied":
            for suffix, counts in (("", tally.raw), (" judged", tally.judged)):
                figures[f"denied called present{suffix}"] = share(counts.wrong, counts.right + counts.wrong)
        else:
            figures |= tally.figures(name)
    return figures


def _stock_drugs(mentions: Iterable[Mention]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in mentions if vocabulary().kinds.get(one.concept) == "drug"]


def _stock_findings(mentions: Iterable[Mention]) -> list[tuple[int, int, bool]]:
    return [
        (one.start, one.end, not (one.negated or one.historical))
        for one in mentions
        if vocabulary().kinds.get(one.concept) == "condition"
    ]


if __name__ == "__main__":
    run(__doc__ or "", measure)
