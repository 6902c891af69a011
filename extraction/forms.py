"""Filled-in forms: a letter's plain text in, one of the same length out in which every answer stands behind a colon.

Tick boxes ("[X] Yes  [ ] No", columns of boxes under "Yes  No"), dotted leaders ("Cancer ....... No"), rows of items
and findings between bars and questions with their answer become "Cancer : No"; what is not ticked becomes blank.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import pairwise

from extraction.bare_answers import with_colons
from extraction.crossed_columns import with_crosses_told
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.scanning import matches_at
from kb.patterns import compiled

_TICKED = r"\[[ _]?[xX✓✔√*][ _]?\]|[☑☒✓✔]|\([xX✓✔]\)"
_EMPTY = r"\[[ _]{0,3}\]|[☐□]|\( {1,3}\)"
_BOX = compiled(rf"(?P<ticked>{_TICKED})|(?P<empty>{_EMPTY})")
_DENIAL_TICKED = compiled(r"(?:does |do |did |has |have )?not\b|no (?:consent|agreement)\b|refus|declin", re.IGNORECASE)
_LIKE_A_BOX = compiled(r"[\[(☑☒✓✔☐□](?:(?<=[☑☒✓✔☐□])|[ _]{0,3}[xX✓✔√*]?[ _]?[\])])")
_ANSWERED = compiled(r"[:?]\s*(?:[yY][eE][sS]|[nN][oO])")
_LEADER = compiled(r"(?<=[\w)?\]:]) ?(?:\.{4,}|(?:\. ){4,}\.?|_{4,}|…{2,}|-{5,})[ :]*(?=\w|\[|[☐☑☒✓])")
_BLANK_LINE = compiled(r"(?<=\s)_{1,12}(?=[\w<>])|(?<=[\w%])_{1,12}(?=\s|$)", re.MULTILINE)  # "LVEF _54_ %"
_ROW = compiled(r"^[ \t]*\|(?P<cells>[^\n]*)\|[ \t]*$", re.MULTILINE)
_BARRED_NUMBER = compiled(r"^[ \t]*\|[ #]*\d{1,3}[.)]?[ ]*\|(?=[^|\n]*$)", re.MULTILINE)  # "|13| Tumour history   none"
_DATES = compiled(r"(?:\| *[\w ./-]{0,10}(?:19|20)?\d\d *(?=\||$)){2}", re.MULTILINE)  # cells that are dates
_HEADER_LINES = 25
_WITHIN = compiled(r"[wW](?<!\w.)(?i:ithin(?: the)?(?= \d{1,2} (?:days|weeks|months)\)?\s*[?:]))")
_MONTH = (
    r"(?:jan|feb|f[eé]v|mar|m[aä]r|mrt|a[pbv]r|ma[yijg]|mei|ju[nli]|giu|lug|aug|ago|ao[uû]|sep|set|o[ckut]t|out|nov|de[czs]"
    r"|dic|d[eé]c|ene|gen)[a-z]{0,7}"
)
_DATE_CELL = compiled(
    rf"(?:\d{{1,2}}[ ./-])?(?:\d{{1,2}}[./-]|{_MONTH}\.?[ ./-]?)?(?:(?:19|20)\d\d|(?<=\D)\d\d)", re.IGNORECASE
)
_LABEL = compiled(r"[\s*•-]*[A-Za-z][\w /&(),'-]{1,60}")
_WIDE = compiled(r" {2,}|\t")


def fill_in(normal: str) -> str:
    """The text with every answer of a form behind a colon; the same text where it holds no form.

    >>> fill_in("Signs of infection ........ No")
    'Signs of infection        : No'
    >>> fill_in("Prior CAR-T?  [ ] Yes  [X] No")
    'Prior CAR-T : No             '
    >>> fill_in("[X] SLE  [ ] SSc")
    '    SLE         '
    """
    out = normal
    if any(sign in out for sign in ("....", ". . .", "____", "……", "-----")):
        out = _LEADER.sub(_colon, out)
    if "_" in out:
        out = _BLANK_LINE.sub(lambda match: " " * len(match.group()), out)
    if "|" in out:
        out = _BARRED_NUMBER.sub(lambda match: " " * len(match.group()), out)
        out = _answered_cells(_rows(_marked(out)))
    if "  " in out:
        out = _wide_answers(with_crosses_told(out))
    out = with_colons(out)
    if _LIKE_A_BOX.search(out) and (len(_BOX.findall(out)) > 1 or re.search(r"\[[xX✓✔]\]|[☑☒]", out)):
        out = _boxes(out)
    out = _questions().sub(_answered_question, out)
    out = _WITHIN.sub(lambda match: "past".rjust(len(match.group())), out)
    return _turned().sub(_turn, out) if _ANSWERED.search(out) else out


def _colon(leader: re.Match[str]) -> str:
    led = leader.string[leader.start() - 1] == ":" or not leader.string[leader.end()].isalnum()
    return ("" if led else ": ").rjust(len(leader.group()))


_CELL = compiled(r"(?:^|(?<=\|))[^|]*")
_MARK = compiled(r"[xX✓✔●•*]")


@functools.cache
def _any(key: str) -> str:
    """The words listed under a key of the forms, the longest first."""
    return "|".join(sorted(map(re.escape, cues("sentences")["form"][key]), key=len, reverse=True))


@functools.cache
def _questions() -> re.Pattern[str]:
    """ "Any malignancy? No", "Any malignancy? - A3. No": a question with its answer in one line."""
    lead = r"(?:(?:[-→=]+>?|A(?:ns(?:wer)?)?[ ]?\d{0,2}[.:)])[ \t]*)?"
    answers = rf"{_any('answers')}|{cues('sentences')['form']['denying']}"
    return compiled(rf"(?P<mark>\?)(?P<space>[ \t:]+{lead})(?=(?:{answers})(?![\w-]))", re.IGNORECASE)


def _answered_question(match: re.Match[str]) -> str:
    return (":" + " " * len(match["space"]))[: len(match.group())]


@functools.cache
def _turned() -> re.Pattern[str]:
    """ "ECG normal: No", "HIV positive: Yes": a result that the answer affirms or turns."""
    words = "|".join(cues("sentences")["form"]["turned"])
    return compiled(
        rf"(?<![\w-])(?P<word>{words})\s*[:?]+\s*(?P<answer>yes|no)(?=[ \t]*$|[ \t]{{2,}}|[ \t]*[,;.(])",
        re.IGNORECASE | re.MULTILINE,
    )


def _turn(match: re.Match[str]) -> str:
    word = match["word"]
    told = cues("sentences")["form"]["turned"][word.lower()] if match["answer"].lower() == "no" else word
    return told.ljust(len(match.group())) if len(told) <= len(match.group()) else match.group()


def _marked(normal: str) -> str:
    """A cross or a tick in a cell under the heads "Yes | No" of a table is the answer that it stands under."""
    lines, heads = normal.split("\n"), []
    for at, line in enumerate(lines):
        cells = [(cell.start(), cell.end(), cell.group()) for cell in _CELL.finditer(line)]
        if _heads(line):
            columns = cues("sentences")["form"]["columns"]
            heads = [word.strip().lower() if word.strip().lower() in columns else "" for _, _, word in cells]
            continue
        if len(cells) != len(heads) or not any(heads):
            heads = heads if "|" in line else []
            continue
        asked = [(cell, head) for cell, head in zip(cells, heads, strict=True) if head]
        marked = [head for (_, _, word), head in asked if _MARK.fullmatch(word.strip())]
        blank = all(not word.strip(" -_") or _MARK.fullmatch(word.strip()) for (_, _, word), _ in asked)
        start, end = asked[0][0][0], asked[-1][0][1]
        if len(marked) == 1 and blank and start > 0:
            lines[at] = line[: start - 1] + f": {marked[0]}".ljust(end - start + 1) + line[end:]
    return "\n".join(lines)


def _rows(normal: str) -> str:
    """Rows of a table whose cells are an item and what was found: "| 23 | Cancer | none |"."""
    heads = [set(_words(row)) for row in _ROW.finditer(normal)]
    known = cues("sentences")["form"]
    form = any(head & set(known["items"]) and head & set(known["findings"]) for head in heads[:3])

    def filled(match: re.Match[str]) -> str:
        row = match.group()
        bars = [at for at, char in enumerate(row) if char == "|"]
        cells = [row[start + 1 : stop] for start, stop in pairwise(bars)]
        numbered = len(cells) == 3 and re.fullmatch(r"\s*#?\d{0,3}[.)]?\s*", cells[0]) is not None
        if len(cells) != 2 + numbered or not re.search(r"\w", cells[-2]):
            return row
        if not form and re.match(rf"\s*(?:{_any('answers')})(?![\w-])", cells[-1], re.IGNORECASE) is None:
            return row
        signs = list(row)
        for bar in bars:
            signs[bar] = " "
        if numbered:
            signs[bars[0] : bars[1]] = " " * (bars[1] - bars[0])
        if re.search(r"\w", cells[-1]):
            signs[bars[-2]] = ":"
        return "".join(signs)

    return _ROW.sub(filled, normal)


def _answered_cells(normal: str) -> str:
    """ "Malignancy | none | last checked in May": a cell that denies what the cell before it names.

    Below a head of dates a cell answers for its own day alone.
    """
    lines = []
    dated = False
    for line in normal.split("\n"):
        dated = bool(line.strip()) and (dated or _DATES.search(line) is not None)
        lines.append(line if dated or _heads(line) else _cell_of_answer().sub(r"\g<name>:", line))
    return "\n".join(lines)


@functools.cache
def _cell_of_answer() -> re.Pattern[str]:
    return compiled(rf"(?P<name>[a-z)\]?] *)\|(?=\s*(?:{_any('denials')})(?!\w))", re.IGNORECASE)


def _wide_answers(normal: str) -> str:
    """ "CANCER  NO      TRANSPLANT  NO": lines of nothing but items and answers, set apart by wide gaps.

    Below a head of several dates they are columns of these, not answers.
    """
    lines = []
    dated = False
    for line in normal.split("\n"):
        dates = sum(_DATE_CELL.fullmatch(cell.strip()) is not None for cell in _WIDE.split(line))
        dated = bool(line.strip()) and (dated or dates > 1)
        lines.append(line if dated else _wide_answer(line))
    return "\n".join(lines)


def _wide_answer(line: str) -> str:
    cells = [cell for cell in _WIDE.split(line.strip()) if cell]
    pairs = list(zip(cells[::2], cells[1::2], strict=False))
    if not pairs or len(cells) % 2 or not all(_LABEL.fullmatch(item) for item, _ in pairs):
        return line
    if not all(_answer_cell().fullmatch(answer) for _, answer in pairs):
        return line
    return _wide_gap().sub(": ", line)


@functools.cache
def _answer_cell() -> re.Pattern[str]:
    return compiled(rf"(?:{_any('answers')})\.?(?: ?\([^()]*\))?", re.IGNORECASE)


@functools.cache
def _wide_gap() -> re.Pattern[str]:
    return compiled(
        rf"(?<=[\w)])(?:  |\t)(?=\s*(?:{_any('answers')})\.?(?: ?\([^()]*\))?(?:\s{{2,}}|$))", re.IGNORECASE
    )


def _words(row: re.Match[str]) -> list[str]:
    return [cell.strip().lower() for cell in row["cells"].split("|")]


def _boxes(normal: str) -> str:
    lines = normal.split("\n")
    return "\n".join(_ticked_line(line, lines[max(0, at - _HEADER_LINES) : at]) for at, line in enumerate(lines))


def _ticked_line(line: str, above: Sequence[str]) -> str:
    boxes = list(_BOX.finditer(line))
    if not boxes:
        return line
    options = _option_run(line, boxes)
    if options is not None:
        return options
    columns = _columns(line, boxes, above) or _refused(line, boxes)
    return columns if columns is not None else _listed(line, boxes)


def _refused(line: str, boxes: Sequence[re.Match[str]]) -> str | None:
    """ "Wish of patient  [ ] agrees to take part  [x] does not agree": what is ticked stands at its label."""
    label = line[: boxes[0].start()].rstrip(" \t:?")
    ticked = [at for at, box in enumerate(boxes) if box["ticked"]]
    if len(boxes) == 1 or len(ticked) != 1 or not label.strip():
        return None
    end = boxes[ticked[0] + 1].start() if ticked[0] + 1 < len(boxes) else len(line)
    option = line[boxes[ticked[0]].end() : end].strip()
    filled = f"{label} : {option}"
    return filled.ljust(len(line)) if _DENIAL_TICKED.match(option) and len(filled) <= len(line) else None


@functools.cache
def _option_behind() -> re.Pattern[str]:
    words = "|".join(cues("sentences")["form"]["options"])
    return compiled(rf"(?<![\w-])(?P<word>{words}) ?$", re.IGNORECASE)


@functools.cache
def _option() -> re.Pattern[str]:
    words = "|".join(cues("sentences")["form"]["options"])
    return compiled(rf" ?(?P<word>{words})(?![\w-]| [^\W\d_])", re.IGNORECASE)


def _option_run(line: str, boxes: Sequence[re.Match[str]]) -> str | None:
    """ "[X] Yes  [ ] No", "Y [ ]  N [x]": the run of options becomes the one that is ticked."""
    run = [(box, word) for box in boxes if (word := _option_behind().search(line[: box.start()]))]
    if len(run) < len(boxes):
        run = [(box, word) for box in boxes if (word := _option().match(line, box.end()))]
    if not run:
        return None
    start = min(min(box.start(), word.start("word")) for box, word in run)
    end = max(max(box.end(), word.end("word")) for box, word in run)
    ticked = [word["word"] for box, word in run if box["ticked"]]
    head = line[:start].rstrip(" \t:?")
    filled = (
        f"{head} : {ticked[0] if len(ticked) == 1 else '?'}" if head.strip() else f": {ticked[0]}" if ticked else ""
    )
    return None if len(filled) > end else filled.ljust(end) + line[end:]


def _columns(line: str, boxes: Sequence[re.Match[str]], above: Sequence[str]) -> str | None:
    """A row of boxes under a heading "Yes  No": the box that is ticked says which."""
    names = next((found for head in reversed(above) if (found := _heads(head))), None)
    if names is None or len(boxes) != len(names) or not line[: boxes[0].start()].strip(" \t|"):
        return None
    if any(line[one.end() : other.start()].strip(" \t|") for one, other in pairwise(boxes)):
        return None
    ticked = [name for box, name in zip(boxes, names, strict=True) if box["ticked"]]
    start, end = boxes[0].start(), boxes[-1].end()
    answer = f": {ticked[0] if len(ticked) == 1 else '?'}"
    return line[:start] + answer.ljust(end - start) + line[end:] if len(answer) <= end - start else None


def _heads(line: str) -> list[str]:
    """The answers that a heading names as its columns, in their order."""
    if _BOX.search(line):
        return []
    words = [word.strip(" |:").lower() for word in _WIDE.split(line.replace("|", "  "))]
    named = [word for word in words if word in cues("sentences")["form"]["columns"]]
    return (
        named
        if {"yes", "no"} <= {"yes" if word in ("yes", "y") else "no" if word in ("no", "n") else word for word in named}
        else []
    )


def _listed(line: str, boxes: Sequence[re.Match[str]]) -> str:
    """ "[X] SLE  [ ] SSc": what is not ticked becomes blank, and the boxes do."""
    signs = list(line)
    first = line[: boxes[0].start()].strip(" \t-*•>:|.)0123456789")
    behind = bool(first) and not line[boxes[-1].end() :].strip() and not first.endswith(":") and ":" not in line
    for at, box in enumerate(boxes):
        low, high = box.span()
        if box["empty"] is not None:
            if behind:
                low = boxes[at - 1].end() if at else len(line) - len(line.lstrip())
            else:
                high = boxes[at + 1].start() if at + 1 < len(boxes) else len(line)
        signs[low:high] = " " * (high - low)
    return "".join(signs)


@functools.cache
def _denied_item() -> re.Pattern[str]:
    return compiled(
        rf"^[ \t>*•#-]*(?:\d{{1,2}}[.)])?(?P<label>[^\n:;]{{2,90}}?)\s*:\s*(?P<answer>{_any('denials')})"
        r"(?=[ \t]*$|[ \t]{2,}|[ \t]*[,;.(])",
        re.IGNORECASE | re.MULTILINE,
    )


def deny_items(reading: Reading) -> None:
    """Sets the mentions of an item answered "No" to absent, whatever window it names: "MI, last 6 months : No"."""
    _deny_windows(reading)
    if ":" not in reading.normal:
        return
    known = cues("sentences")["form"]
    for match in matches_at(_deniable(reading), _denied_item(), reading.normal):
        label = match["label"]
        if re.search(r"[.!?] [A-Z]", label) or set(label.lower().split()) & set(known["verbs"]):
            continue
        for mention in reading.mentions_in(match.start("label"), match.end("label")):
            _deny(mention, match.span("answer"))


@functools.cache
def _denied_windows() -> re.Pattern[str]:
    """ "TRIALS  current NO / last 6 months NO", "Trials (now / last 3 months): no / no": all answered."""
    denial = rf"(?:{_any('denials')})(?![\w-])"
    window = (
        r"(?:(?:at )?(?:now|present|current(?:ly)?|ongoing|ever|before|past|previous(?:ly)?|recent(?:ly)?)"
        r"|(?:(?:in|within|during|over) )?(?:the )?(?:last|past|previous|prior|preceding) (?:[\w-]+ )?"
        r"(?:days?|weeks?|wks?|months?|mths?|mo|years?|yrs?|year))"
    )
    joint = r"\s*(?:[/,;.&-]|and|\s{2})?\s*"
    behind = rf"(?:{window}\s*[:=(–-]*\s*{denial}\)?|{denial}\s*[:(–-]*\s*{window}\)?)"
    return compiled(
        rf"^[ \t>*•#-]*(?:\d{{1,2}}[.)])?(?P<label>[^\n:;.(]{{2,40}}?)(?:\s*[:–-]\s*|\s+)"
        rf"(?:(?P<answer>{behind}(?:{joint}{behind})+)"
        rf"|\({window}(?:{joint}{window})+\)\s*:\s*(?P<answers>{denial}(?:{joint}{denial})+))[ \t.]*$",
        re.IGNORECASE | re.MULTILINE,
    )


def _deny_windows(reading: Reading) -> None:
    for match in matches_at(_deniable(reading), _denied_windows(), reading.normal):
        span = match.span("answer" if match["answer"] else "answers")
        for mention in reading.mentions_in(match.start("label"), match.end("label")):
            _deny(mention, span)


def _deniable(reading: Reading) -> list[int]:
    """Where the lines begin that name something as present."""
    named = (mention.start for mention in reading.mentions if mention.assertion == "present")
    return sorted({reading.normal.rfind("\n", 0, start) + 1 for start in named})


def _deny(mention: Mention, answer: tuple[int, int]) -> None:
    if mention.kind in cues("context")["signs"]["kinds"] and mention.assertion == "present":
        mention.assertion, mention.cue = "absent", answer
