"""What a letter says in sentences rather than in terms: patterns of `statements.yaml` in, statement facts out.

A pattern is a few words with small slots, turned into one regular expression that cannot run away (every gap is
at most eight words inside one sentence). ConText says whether the statement is negated, of the past or of another.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extraction import triggers
from extraction.closed_histories import closes
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.triggers import PIECE, Triggers
from extraction.when import since_duration
from kb.facts import Assertion, Coded, Course, Fact, Temporality, Time
from kb.kept import kept
from kb.patterns import compiled

_DENIED = compiled(r"\b(?:no|nil|without|not|not any|free of|nothing|never|neither)(?: \w+)?\s+$", re.IGNORECASE)
_INSIDE = compiled(
    r"\b(?:not|never|cannot|without|refus\w+|declin\w+|withheld|unable)"
    r"(?P<yet>\s+(?:yet|been yet|so far)\b)?(?!\s+(?:only|just|merely|to be any)\b)"
    r"|n't\b",
    re.IGNORECASE,
)  # a denial in the gap of a pattern: "consent was not given"
_TURN = compiled(
    r"(?<=, )(?:she|he|this (?:lady|woman|patient|man|gentleman)|the patient) (?:is|has)\b"
    r"|\b(?:but|however|meanwhile|has now|have now|is now|now|and(?=,? (?:(?:she|he|they|so) )?"
    r"(?:agrees|accepts|consents|undertakes|promises|will(?! not| never)|has agreed"
    r"|is (?:willing|happy|prepared))\b))\b",
    re.IGNORECASE,
)
_GAP = r"(?:[^\w.;]{1,4}[\w'/.-]{1,30}){0,8}?[^\w.;]{1,4}"


def compile_pattern(pattern: str) -> str:
    """The regular expression of a pattern of the cue file.

    >>> bool(re.search(compile_pattern("(keen|eager) ... (trial|study)"), "keen to join the trial"))
    True
    """
    out: list[str] = []
    pieces = PIECE.findall(pattern.strip())
    for position, piece in enumerate(pieces):
        if piece == "...":
            out.append(_GAP)
        elif piece.isspace():
            before, after = pieces[position - 1], pieces[position + 1]
            out.append(
                "" if "..." in (before, after) or before == "]" else r"[\s,:-]{0,3}" if after == "[" else r"\s{1,3}"
            )
        elif piece in "([":
            out.append(r"(?:\b(?:" if piece == "(" else r"(?:\s{0,3}(?:")
        elif piece == ")":
            out.append(r")(?![\w]))")
        elif piece == "]":
            out.append(r")(?![\w])\s{0,3})?[\s,:-]{0,3}")
        elif piece == "|":
            out.append("|")
        elif piece == "*":
            out.append(r"\w*")
        else:
            out.append(re.escape(piece))
    return "".join(out)


_CONSENT = compiled(r"\b(?:consent|assent)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Pattern:
    """The patterns of the cue file that say one thing; `assertion` is what they settle themselves."""

    listed: Sequence[str]
    concept: str
    code: str | None
    assertion: Assertion | None

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """As those of one expression of all of them: at each place that of the first listed."""
        expressions = [expression(pattern) for pattern in self.listed]
        at = 0
        while found := [match for one in expressions if (match := one.search(text, at)) is not None]:
            first = min(found, key=re.Match.start)
            yield first
            at = first.end()


@functools.cache
def expression(pattern: str) -> re.Pattern[str]:
    """Made when a text may hold the pattern for the first time."""
    return compiled(rf"(?<!\w)(?:{compile_pattern(pattern)})(?!\w)", re.IGNORECASE)


@functools.cache
def _patterns() -> tuple[Pattern, ...]:
    """All of them, of each concept the settled ones first."""
    found: list[Pattern] = []
    for concept, entry in cues("statements").items():
        found.append(Pattern(entry.get("absent", []), concept, None, "absent"))
        found.append(Pattern(entry.get("possible", []), concept, None, "possible"))
        found += [Pattern(listed, concept, code, None) for code, listed in entry.get("codes", {}).items()]
        found.append(Pattern(entry.get("present", []), concept, None, None))
    return tuple(pattern for pattern in found if pattern.listed)


@functools.cache
def _listed() -> tuple[tuple[int, str], ...]:
    """Every pattern of the cue file with the number of those that it stands among."""
    return tuple((number, one) for number, pattern in enumerate(_patterns()) for one in pattern.listed)


@functools.cache
def _triggers() -> Triggers:
    sources = (Path(__file__), Path(triggers.__file__), Path(__file__).with_suffix(".yaml"))
    return kept("triggers", sources, lambda: Triggers((text, number) for number, (_, text) in enumerate(_listed())))


def _patterns_of(numbers: Iterable[int]) -> list[Pattern]:
    """The patterns of which these are listed, without the others listed."""
    found: dict[int, list[str]] = {}
    for number in sorted(numbers):
        among, pattern = _listed()[number]
        found.setdefault(among, []).append(pattern)
    groups = ((_patterns()[among], listed) for among, listed in found.items())
    return [Pattern(listed, group.concept, group.code, group.assertion) for group, listed in groups]


def find_statements(reading: Reading) -> Iterator[Mention]:
    """A mention of kind "statement" for every pattern found, to be asserted with the others.

    Inside a sentence a statement that settles itself ("declined to take part") takes the place of a bare one.
    """
    texts = [reading.normal[sentence.start : sentence.end] for sentence in reading.sentences]
    for number, (text, held) in enumerate(zip(texts, _triggers().candidates(texts), strict=True)):
        if not held:
            continue
        sentence = reading.sentences[number]
        taken: dict[str, list[tuple[int, int]]] = {}
        settled: set[str] = set()
        candidates = _patterns_of(held)
        for pattern in candidates:
            concept, code, assertion = pattern.concept, pattern.code, pattern.assertion
            if concept in settled and assertion != "absent":
                continue
            for match in pattern.matches(text):
                if assertion == "absent" and _DENIED.search(text[: match.start()]):
                    continue  # "no contraindication to apheresis"
                if _is_of_something_else(concept, text, *match.span()):
                    continue
                if assertion is not None and _is_overtaken(candidates, concept, text, match.start()):
                    continue
                others = [*taken.setdefault(concept, []), *taken.get(_yields_to(concept), [])]
                if _overlaps(match.span(), others):
                    continue
                taken[concept].append(match.span())
                if assertion is not None:
                    settled.add(concept)
                label = "|".join((concept, code or "", assertion or ""))
                start, end = sentence.start + match.start(), sentence.start + match.end()
                yield Mention(start, end, label, "statement", number)


def _is_of_something_else(concept: str, text: str, start: int, end: int) -> bool:
    """ "Gave consent for the biopsy": whether the words beside or in it make it a statement about another thing."""
    not_before, not_behind = (cues("statements")[concept].get(key) for key in ("not_before", "not_behind"))
    if not_before is not None and re.search(not_before, text[:start], re.IGNORECASE):
        return True
    not_inside = cues("statements")[concept].get("not_inside")
    if not_inside is not None and re.search(not_inside, text[start:end], re.IGNORECASE):
        return True
    if not_behind is None:
        return False
    ends = [end, *(word.end() for word in _CONSENT.finditer(text, start, end))]
    return any(re.match(not_behind, text[at:], re.IGNORECASE) for at in ends)


def _is_overtaken(candidates: Sequence[Pattern], concept: str, text: str, start: int) -> bool:
    """ "At first she declined, but has now agreed": whether the same is said the other way round behind it."""
    turn = _TURN.search(text, start)
    bare = [pattern for pattern in candidates if pattern.concept == concept and pattern.assertion is None]
    return turn is not None and any(
        expression(one).search(text, turn.end()) for pattern in bare for one in pattern.listed
    )


def _yields_to(concept: str) -> str:
    """The concept whose statement at the same place says more than this one's."""
    return str(cues("statements")[concept].get("yields_to", ""))


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def read_statements(reading: Reading) -> Iterator[Fact]:
    """Facts of kind statement; what the pattern itself says (absent, possible) stands over ConText's reading."""
    for mention in reading.mentions:
        if mention.kind != "statement":
            continue
        concept, code, settled = mention.concept.split("|")
        if cues("statements")[concept].get("bears_on") == "drugs" and not closes(reading, mention):
            continue
        if _lacks_its_drugs(reading, mention, concept):
            continue
        yield reading.fact(
            "statement",
            concept,
            cues("statements")[concept]["label"],
            mention.start,
            mention.end,
            assertion=settled or _asserted(reading, mention, concept),
            experiencer="patient" if cues("statements")[concept].get("speaker") == "any" else mention.experiencer,
            temporality=_temporality(mention, settled),
            value=Coded(code, reading.text[mention.start : mention.end]) if code else None,
            time=_dated(reading, mention),
            course=_lasting(reading, mention) if cues("statements")[concept].get("lasting") else None,
        )


def _lacks_its_drugs(reading: Reading, mention: Mention, concept: str) -> bool:
    """ "All were well tolerated": whether neither its sentence nor the one before it names the drugs that it is of."""
    referring = cues("statements")[concept].get("of_drugs_named")
    if referring is None or not re.search(referring, reading.normal[mention.start : mention.end], re.IGNORECASE):
        return False
    start = reading.sentences[max(mention.sentence - 1, 0)].start
    end = reading.sentences[mention.sentence].end
    return all(one.kind != "drug" for one in reading.mentions_in(start, end))


def _asserted(reading: Reading, mention: Mention, concept: str) -> Assertion:
    """ "No signs of infection, haemodynamically stable": a denial ends at the comma where a statement stands alone."""
    if cues("statements")[concept].get("either_way"):
        return "present"
    if cues("statements")[concept].get("denied_inside") and mention.assertion == "present":
        inside = _INSIDE.search(reading.normal, mention.start + 1, mention.end)
        if inside is not None:
            return "possible" if inside["yet"] else "absent"
    words = cues("statements")[concept].get("denied_from")
    if mention.assertion != "absent" or mention.cue is None:
        return mention.assertion
    told = None if words is None else compiled(words, re.IGNORECASE).search(reading.normal, mention.start, mention.end)
    if told is None and not cues("statements")[concept].get("stands_alone"):
        return mention.assertion
    if _INSIDE.search(reading.normal, mention.start, mention.end):
        return mention.assertion  # "no pill at present and does not agree to it"
    between = reading.normal[mention.cue[1] : mention.start if told is None else told.start()]
    return "present" if re.search(r"[,;:\n]|\b(?:and|but|with)\b", between) else "absent"


def _temporality(mention: Mention, settled: str) -> Temporality:
    """A plan to do something is what these sentences are made of; only a settled one keeps the present."""
    return "current" if settled or mention.temporality == "planned" else mention.temporality


def _lasting(reading: Reading, mention: Mention) -> Course | None:
    """Since when it has been so: "stable for three months", "unchanged since March"."""
    sentence = reading.sentences[mention.sentence]
    for time in reading.times_in(sentence.start, sentence.end):
        if time.role == "start":
            return Course(time.time, None, True)
        if time.role == "lookback" and time.time is not None and time.time.earliest is not None:
            return Course(Time.on(time.time.earliest, time.time.written), None, True)
        if time.role == "duration":
            return Course(since_duration(reading, time), None, True)
    return None


def _dated(reading: Reading, mention: Mention) -> Time | None:
    sentence = reading.sentences[mention.sentence]
    points = [time for time in reading.times_in(sentence.start, sentence.end) if time.role == "point"]
    return points[0].time if len(points) == 1 else None
