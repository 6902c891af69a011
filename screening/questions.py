"""What is missing and worth asking for first: screenings of one dossier in, a ranked list and a ready reply out.

Each thing counts the criteria that it would settle, over all the protocols, against how hard it is to get.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kb.effort import Effort, effort_of, efforts
from kb.vocabulary import vocabulary
from rules.amounts import long_day
from rules.changes import settles
from rules.language import Criterion, leaf_tests
from rules.tests.base import Test
from rules.tests.judgement import Judgement
from screening.pipeline import Screening, newest_day
from screening.text import WIDTH, Line, shown, who_and_when
from screening.writing import Output


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to ask for, how hard it is to get, and the criteria (protocol, id) that it would help to settle."""

    ask: str
    effort: Effort
    settles: tuple[tuple[str, str], ...]

    @property
    def worth(self) -> float:
        """Criteria settled for each unit of effort."""
        return len(self.settles) / self.effort.weight


def missing(screenings: Sequence[Screening]) -> tuple[Missing, ...]:
    """What the verdicts wait for, what settles the most for the least effort first.

    The investigator's judgements are left out, and of several protocols those that are out of the patient's reach.
    """
    found: dict[str, tuple[Effort, dict[tuple[str, str], None]]] = {}
    for screening in screenings if len(screenings) == 1 else filter(_within_reach, screenings):
        for question in dict.fromkeys(question.ask for question in screening.decision.questions):
            asking = _asking(question, screening)
            if not asking:
                continue
            criteria = found.setdefault(question, (_effort(asking), {}))[1]
            protocol = screening.decision.protocol.id
            criteria.update(dict.fromkeys((protocol, one.id) for one in _settled(question, screening)))
    ranked = [Missing(ask, effort, tuple(criteria)) for ask, (effort, criteria) in found.items()]
    return tuple(sorted(ranked, key=lambda one: (-one.worth, one.effort.weight)))


def _within_reach(screening: Screening) -> bool:
    """Of several protocols, one that nothing rules out and most of whose essential matters the letter speaks of."""
    essential = [one for one in screening.decision.answers if one.criterion.essential]
    spoken_of = [one for one in essential if not one.silent]
    return screening.decision.verdict != "ineligible" and 2 * len(spoken_of) > len(essential)


def _asking(ask: str, screening: Screening) -> list[Test]:
    """The tests that ask so."""
    tests = [test for one in screening.decision.answers for test in leaf_tests(one.criterion.tree)]
    return [test for test in tests if _asks(test, ask, screening) and not isinstance(test, Judgement)]


def _asks(test: Test, ask: str, screening: Screening) -> bool:
    finding = screening.decision.findings.get(test.key)
    return ask == ((finding.ask if finding is not None else None) or test.question())


def _settled(ask: str, screening: Screening) -> Iterator[Criterion]:
    """The open criteria that ask so, or that an answer would settle."""
    asked = {question.criterion for question in screening.decision.questions if question.ask == ask}
    for one in screening.decision.answers:
        if one.answer != "unknown":
            continue
        tests = [test for test in leaf_tests(one.criterion.tree) if _asks(test, ask, screening)]
        if one.criterion.id in asked or (tests and settles(one.criterion, tests, screening.decision.findings)):
            yield one.criterion


def _effort(tests: Sequence[Test]) -> Effort:
    terms = vocabulary()
    classes = [effort_of(concept, terms) for test in tests for concept in test.about]
    return min(classes, key=lambda effort: effort.weight)


def questions_json(screenings: Sequence[Screening], found: Sequence[Missing]) -> dict[str, Any]:
    """The ranked list with plain keys."""
    return {
        "documents": [document.name for document in screenings[0].dossier.documents],
        "protocols": [screening.decision.protocol.id for screening in screenings],
        "missing": [
            {
                "ask": one.ask,
                "effort": one.effort.id,
                "settles": [{"protocol": protocol, "criterion": criterion} for protocol, criterion in one.settles],
            }
            for one in found
        ],
    }


def questions_lines(screenings: Sequence[Screening], found: Sequence[Missing]) -> list[Line]:
    """The list for a person, what is worth asking for first at its head."""
    name = ", ".join(document.name for document in screenings[0].dossier.documents)
    lines = [Line(f"To ask for   {shown(name)}", "bold"), Line(who_and_when(screenings[0]))]
    if not found:
        return [*lines, Line(""), Line("Nothing: no verdict waits for anything that the referrer could tell.")]
    several = len(screenings) > 1
    for number, one in enumerate(found, 1):
        head = f"{number:>3}. {one.effort.id:<8}"
        told = ", ".join(f"{protocol} {criterion}" if several else criterion for protocol, criterion in one.settles)
        lines.append(Line(""))
        lines += [Line(part) for part in textwrap.wrap(head + one.ask, WIDTH, subsequent_indent=" " * len(head))]
        settled = f"{' ' * len(head)}settles {told}"
        lines += [Line(part, "dim") for part in textwrap.wrap(settled, WIDTH, subsequent_indent=" " * len(head))]
    return lines


# --- the reply --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """A letter back to the referrer: paragraphs before the list, the list by effort, paragraphs behind it."""

    opening: tuple[str, ...]
    asked: tuple[tuple[str, tuple[str, ...]], ...]
    closing: tuple[str, ...]


def reply(screenings: Sequence[Screening], found: Sequence[Missing]) -> Reply:
    """Asks for exactly what is missing; who signs it, and whom it concerns, is left to the sender."""
    written = newest_day(screenings[0].dossier.documents)
    letter = "your referral letter" if written is None else f"your referral letter of {long_day(written)}"
    trials = "; ".join(f"{one.decision.protocol.title} ({one.decision.protocol.id})" for one in screenings)
    many = len(screenings) > 1
    opening = (
        "Dear colleague,",
        f"Thank you for {letter}. It was read against the criteria of {'these trials' if many else 'this trial'}: "
        f"{trials}.",
        "Before we can say whether your patient may be invited to a screening visit, we should be glad to have:"
        if found
        else "Your letter leaves nothing open that we need to ask you for.",
    )
    asked = tuple(
        (effort.title, tuple(one.ask for one in found if one.effort == effort))
        for effort in efforts().values()
        if any(one.effort == effort for one in found)
    )
    closing = (
        "Please give each result with its day and, where the laboratory prints one, its reference range."
        if found
        else "We will write to you again after the trial team's review.",
        "With kind regards",
    )
    return Reply(opening, asked, closing)


def write_reply(path: str, screenings: Sequence[Screening], found: Sequence[Missing]) -> None:
    """Writes the reply, as a Word document where the name ends in .docx. Raises BadInputError where it cannot."""
    letter = reply(screenings, found)
    with Output(path) as sink:
        if path.lower().endswith(".docx"):
            sink.binary(reply_docx(letter))
        else:
            sink.text(reply_text(letter))


def reply_text(letter: Reply) -> str:
    """The reply as plain text, wrapped."""
    parts = [textwrap.fill(text, WIDTH - 20) for text in letter.opening]
    for title, asked in letter.asked:
        items = [textwrap.fill(f"- {ask}", WIDTH - 20, subsequent_indent="  ") for ask in asked]
        parts.append("\n".join([title, *items]))
    parts += [textwrap.fill(text, WIDTH - 20) for text in letter.closing]
    return "\n\n".join(parts) + "\n"


def reply_docx(letter: Reply) -> bytes:
    """The reply as a Word document that can be edited before it is sent."""
    import io

    from docx import Document

    document = Document()
    for text in letter.opening:
        document.add_paragraph(text)
    for title, asked in letter.asked:
        document.add_paragraph().add_run(title).bold = True
        for ask in asked:
            document.add_paragraph(ask, style="List Bullet")
    for text in letter.closing:
        document.add_paragraph(text)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()
