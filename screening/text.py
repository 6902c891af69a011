"""The report for a nurse's first ten seconds: a screening in, styled lines out, plain where there is no terminal.

Verdict and next action, who and when, what stops the patient, what must be settled, the rest folded into a line each.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.facts import Coded, Document, Fact, Quantity, Time
from kb.patterns import compiled
from rules.amounts import long_day
from rules.decision import Answered
from rules.explanation import doubt_of, reasons
from screening.interface import evidence_of
from screening.pipeline import Screening, newest_day

WIDTH = 100
_QUOTES = 2  # shown of one criterion; explain shows them all
_LONGEST_QUOTE = 160
_AROUND = 36  # characters of its clause shown before and after a quote
_BOUNDARY = compiled(
    r"(?<=[.!?])\s+(?=[A-Z\d(])|[,;]\s+|\.\s*\Z|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)]|[A-Z][^\n:]{0,30}:)|[^\n]*\S {2,}\S)"
)
_NOT_PRINTED = compiled(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")

VERDICTS = {
    "ineligible": ("INELIGIBLE", "bold red"),
    "needs_information": ("NEEDS INFORMATION", "bold yellow"),
    "potentially_eligible": ("POTENTIALLY ELIGIBLE", "bold green"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report and its style, in rich's words."""

    text: str
    style: str = ""


class Groups(NamedTuple):
    """A screening's criteria by what is to be done with them, each group in the protocol's order."""

    stops: list[Answered]
    settle: list[Answered]
    confirm: list[Answered]
    passes: list[Answered]
    beside: list[Answered]


def grouped(answers: Sequence[Answered]) -> Groups:
    """The criteria that stop the patient, those to settle, to confirm, those that pass, and those not in the way."""
    return Groups(
        stops=[one for one in answers if one.stops],
        settle=[one for one in answers if one.waited_for],
        confirm=[one for one in answers if one.answer == "unknown" and not one.waited_for],
        passes=[one for one in answers if one.answer == "pass"],
        beside=[one for one in answers if one.answer == "fail" and not one.stops],
    )


def report(screening: Screening) -> list[Line]:
    """The whole report of one screening."""
    lines = [*_head(screening)]
    stops, settle, confirm, passes, beside = grouped(screening.decision.answers)
    lines += _block("Stops the patient", stops, screening, "red")
    lines += _block("Must be settled", settle, screening, "yellow")
    if stops or settle:
        lines.append(Line(""))
    lines += _titles("To confirm at the visit", confirm)
    lines += _titles("Passes", passes, "green")
    lines += _titles("Not met, and not in the way (another cohort's, or only recommended)", beside)
    if screening.warnings:
        lines.append(Line(""))
        lines += [
            line for warning in screening.warnings for line in _folded("Warning: ", f"{warning.rstrip('.')}.", "yellow")
        ]
    lines += [Line(""), Line(f"Every answer with its proof: eligo explain {_arguments(screening)}", "dim")]
    return lines


def plain(lines: list[Line]) -> str:
    """The report without styles."""
    return "".join(f"{line.text.rstrip()}\n" for line in lines)


# --- who, when and what next ------------------------------------------------------------------------------------------


def _head(screening: Screening) -> Iterator[Line]:
    decision = screening.decision
    word, style = VERDICTS[decision.verdict]
    protocol = decision.protocol
    yield from _folded(f"{word}   ", f"for {protocol.id}, {protocol.title}   {shown(_name(screening))}", style, hang=2)
    for text in (who_and_when(screening), next_step(screening), *provisos(screening)):
        yield from (Line(line) for line in textwrap.wrap(text, WIDTH))


def who_and_when(screening: Screening) -> str:
    """The patient by sex and age, the letter's day and the screening date."""
    return f"{_who(screening)}, {_when(screening)}"


def provisos(screening: Screening) -> Iterator[str]:
    """What the verdict does not say by itself: a draft, a list that is not whole, a verdict for some cohorts."""
    protocol = screening.decision.protocol
    if protocol.status == "draft":
        yield "This protocol is a draft: nobody has approved its reading of the registry yet."
    if protocol.coverage == "partial":
        yield f"Its list of criteria is not complete: {protocol.coverage_note or 'others apply'}."
    for cohort in protocol.cohorts:
        yield f"{cohort.title}: {VERDICTS[screening.decision.cohorts[cohort.id]][0].lower()}."


def _name(screening: Screening) -> str:
    return ", ".join(document.name for document in screening.dossier.documents)


def _arguments(screening: Screening) -> str:
    names = [shown(document.name) for document in screening.dossier.documents]
    return " ".join(["--dossier", *names] if len(names) > 1 else names)


def _who(screening: Screening) -> str:
    """The patient by sex and age, as the letter gives them.

    Both are the patient's own facts; where the letter contradicts itself the first is shown, and of several documents
    what the newest says; the rules see all.
    """
    sex = next((fact.value.code for fact in _own(screening, "sex") if isinstance(fact.value, Coded)), None)
    age = _age(screening)
    child = age is not None and age < 18
    nouns = {"female": ("girl", "woman"), "male": ("boy", "man"), None: ("child", "patient")}
    noun = nouns.get(sex, nouns[None])[0 if child else 1]
    if age is None:
        return noun + (", age not stated" if sex else ", age and sex not stated")
    return f"{noun} of {age}" + ("" if sex else ", sex not stated")


def _age(screening: Screening) -> int | None:
    for fact in _own(screening, "age"):
        if isinstance(fact.value, Quantity) and fact.value.interval.low is not None:
            return int(fact.value.interval.low)
    day = screening.decision.as_of
    for fact in _own(screening, "birth-date"):
        if fact.time and fact.time.earliest and fact.time.earliest == fact.time.latest and day:
            born = fact.time.earliest
            return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return None


def _own(screening: Screening, concept: str) -> list[Fact]:
    own = [fact for fact in screening.facts if fact.concept == concept and fact.experiencer == "patient"]
    return sorted(own, key=lambda fact: -fact.document)


def _when(screening: Screening) -> str:
    documents = screening.dossier.documents
    letter, as_of = newest_day(documents), screening.decision.as_of
    written = _written_day(documents[-1].date) if letter is None else long_day(letter)
    what = "letter" if len(documents) == 1 else f"{len(documents)} documents, the newest"
    if as_of is None:
        return f"{what} {written}, no screening date"
    if letter is None:
        return f"{what} {written}, screened as of {long_day(as_of)}"
    if letter == as_of:
        return f"{what} of {written}, screened as of that day"
    age = (as_of - letter).days
    old = f"{age} days old then" if age >= 0 else "written after it"
    return f"{what} of {written}, screened as of {long_day(as_of)} ({old})"


def _written_day(time: Time | None) -> str:
    return "without a date" if time is None else f"dated {shown(time.written)}"


def next_step(screening: Screening) -> str:
    """What to do with the referral now, in a sentence."""
    decision = screening.decision
    count = len({question.ask for question in decision.questions})
    things = f"{count} thing{'' if count == 1 else 's'} (each marked ask)"
    if decision.verdict == "ineligible":
        if decision.recheck_on is None:
            return "Next: do not invite; tell the referrer what stops the patient."
        meanwhile = f"; till then ask the referrer {things}" if count else ""
        day = long_day(decision.recheck_on)
        return f"Next: screen again on {day}, when time will have cleared what stops the patient{meanwhile}."
    if decision.verdict == "needs_information":
        return f"Next: ask the referrer {things}, then screen again."
    return "Next: invite to the screening visit."


# --- criteria ---------------------------------------------------------------------------------------------------------


def _block(title: str, answered: list[Answered], screening: Screening, style: str) -> list[Line]:
    if not answered:
        return []
    lines = [Line(""), Line(title, f"bold {style}")]
    asked: set[str] = set()
    quoted: set[str] = set()
    width = max(len(one.criterion.number) for one in answered) + 2
    for one in answered:
        lines += _criterion(one, screening, width, style, quoted)
        lines += _asks(one, screening, width, asked)
    return lines


def _criterion(one: Answered, screening: Screening, width: int, style: str, quoted: set[str]) -> Iterator[Line]:
    """Title, reasons and quotes; a quote that an earlier criterion has shown (`quoted`) is not repeated."""
    head = f"  {one.criterion.number:<{width}}"
    yield from _folded(head, one.criterion.title, style)
    indent = " " * len(head)
    for sentence in ["The letter does not speak of this."] if one.silent else reasons(one, screening.decision):
        yield from _folded(indent, sentence)
    quotes = [entry for entry in _quotes(one, screening).items() if entry[0] not in quoted]
    quoted.update(quote for quote, _ in quotes[:_QUOTES])
    for quote, aside in quotes[:_QUOTES]:
        yield from _folded(indent, f'"{textwrap.shorten(quote, _LONGEST_QUOTE, placeholder=" …")}"{aside}', "italic")
    if len(quotes) > _QUOTES:
        yield Line(f"{indent}and {len(quotes) - _QUOTES} more", "dim")


def _quotes(one: Answered, screening: Screening) -> dict[str, str]:
    """The words behind an answer, none that another of them holds, and of each its document and page where there are
    several, and its doubt: one of each document first, so that what they say against each other is seen.
    """
    documents = screening.dossier.documents
    named = document_named(screening)
    quotes: dict[str, tuple[str, int]] = {}
    for fact in evidence_of(one, screening):
        document = documents[fact.document]
        place = (
            (f" ({named(fact)})" if len(documents) > 1 else "") + page_told(fact, document) + printable(doubt_of(fact))
        )
        quotes.setdefault(in_context(document.text, fact.start, fact.end), (place, fact.document))
    kept = [quote for quote in quotes if not any(quote != other and _bare(quote) in other for other in quotes)]
    firsts = {quotes[quote][1]: quote for quote in reversed(kept)}
    return {quote: quotes[quote][0] for quote in sorted(kept, key=lambda quote: quote not in firsts.values())}


def page_told(fact: Fact, document: Document) -> str:
    """Where the quote stands, in a document of several pages."""
    if document.layout is None or len(document.layout.pages) < 2:
        return ""
    page = next((page for page, _ in document.layout.places(fact.start, fact.end)), None)
    return "" if page is None else f" page {page + 1}"


def _bare(quote: str) -> str:
    return quote.strip("… ")


def _asks(one: Answered, screening: Screening, width: int, asked: set[str]) -> Iterator[Line]:
    """The questions of a criterion; one that settles several criteria is put once."""
    indent = " " * (width + 2)
    for question in screening.decision.questions:
        if question.criterion == one.criterion.id:
            again = question.ask in asked
            asked.add(question.ask)
            yield from _folded(f"{indent}ask: ", "(as above)" if again else question.ask, "bold")


def _titles(label: str, answered: list[Answered], style: str = "") -> list[Line]:
    """Their titles folded into two lines; the rest is counted."""
    if not answered:
        return []
    head = f"{label} ({len(answered)}): "
    shown_titles: list[str] = []
    for number, one in enumerate(answered, 1):
        left = len(answered) - number
        more = [f"and {left} more"] if left else []
        if shown_titles and len(head + "; ".join([*shown_titles, one.criterion.title, *more])) > 2 * WIDTH - 20:
            shown_titles.append(f"and {left + 1} more")
            break
        shown_titles.append(one.criterion.title)
    return _folded(head, "; ".join(shown_titles) + ".", style, hang=2)


def shown(text: str) -> str:
    """A letter's words on one line, without characters that a terminal would obey.

    >>> shown("LVEF\\n  48%\\x1b[2J")
    'LVEF 48% [2J'
    """
    return " ".join(printable(text).split())


def in_context(text: str, start: int, end: int) -> str:
    """The quote on one line with the words of its own clause around it, as far as they are near.

    >>> in_context("She is well. Echo in May: LVEF 48%, no effusion. HBsAg negative.", 26, 34)
    'Echo in May: LVEF 48%'
    """
    before, after = _near_words(text, start, end)
    return shown(before + text[start:end] + after)


def quotation(screening: Screening) -> Callable[[Fact], str]:
    """How the quotes of a screening's facts are shown: on one line, in the context of their clause."""
    documents = screening.dossier.documents

    def quoted(fact: Fact) -> str:
        text = documents[fact.document].text  # none, of a stored letter of which only the hash was kept
        return in_context(text, fact.start, fact.end) if text else shown(fact.quote)

    return quoted


def document_named(screening: Screening) -> Callable[[Fact], str]:
    """What a fact's document is called, on one line."""
    documents = screening.dossier.documents
    return lambda fact: shown(documents[fact.document].name)


def _near_words(text: str, start: int, end: int) -> tuple[str, str]:
    """The words of the clause before and behind the quote; what is cut off leaves an ellipsis."""
    earliest, latest = max(0, start - _AROUND), min(len(text), end + _AROUND)
    stops = list(itertools.takewhile(lambda stop: stop.start() < latest, _BOUNDARY.finditer(text, earliest)))
    first = max((stop.end() for stop in stops if stop.end() <= start), default=earliest)
    last = min((stop.start() for stop in stops if stop.start() >= end), default=latest)
    before, after = text[first:start], text[end:last]
    if first == earliest > 0:
        before = "… " + before.partition(" ")[2]
    if last == latest < len(text):
        after = after.rpartition(" ")[0] + " …"
    return before, after


def printable(text: str) -> str:
    """The text with a space for whatever a terminal would obey rather than show."""
    return _NOT_PRINTED.sub(" ", text)


def wrapped(line: str) -> list[str]:
    """A line of an explanation, wrapped with its own indentation and a little more."""
    indent = " " * (len(line) - len(line.lstrip(" ")) + 4)
    return textwrap.wrap(printable(line), WIDTH, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _folded(head: str, text: str, style: str = "", *, hang: int | None = None) -> list[Line]:
    """The text after its head, wrapped under itself, or `hang` columns in."""
    indent = " " * (len(head) if hang is None else hang)
    body = f"{'.' * len(head)}{text}"  # the head's own spaces survive the wrapping
    wrapped = textwrap.wrap(body, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
    return [Line(f"{head}{wrapped[0][len(head) :]}", style), *(Line(line, style) for line in wrapped[1:])]
