"""A PDF: its bytes in, its text page by page with the place of each word out.

The text layer is read where there is one; a page that is a picture goes to the reader of scans. Nothing in the file is
run and no address in it is followed: the library is built without scripts, and forms are read as they are drawn.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

from kb.layout import Box, Page
from screening.documents.content import Content
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits
from screening.documents.pages import content_of_lines
from screening.documents.pdf_words import PageWords, words_on
from screening.documents.progress import page_done
from screening.documents.words import Line, Word, page_lines

if TYPE_CHECKING:
    from PIL import Image

_SCAN = "screening.documents.scan"  # an extra: reads pages that are pictures
_DPI = 200
_POINTS = 72
_MEGA = 1_000_000
_FEW = 30  # characters on a page that is a picture: a stamp, a page number
_PICTURE = 0.3  # of the page
_RUBBISH = 0.3  # of the characters


def read(raw: bytes, where: str, limits: Limits) -> Content:
    """The text of all pages. Raises BadInputError."""
    with _opened(raw, where) as document:
        count = len(document)
        if count > limits.pages:
            raise BadInputError(
                f"{where}: {count} pages, more than the {limits.pages} that are read: give the letter's own pages"
            )
        notes = [*_notes(document, raw)]
        document.init_forms()
        pages: list[tuple[Page, Sequence[Line]]] = []
        reader = _PageReader(where, limits)
        for number in range(count):
            pages.append(reader.read(document, number))
            page_done()
    if not any(lines for _, lines in pages):
        reasons = [note.split(": ", 1)[1] for note in reader.notes]
        raise BadInputError(f"{where}: {reasons[0] if reasons else 'no text on its pages: give the letter itself'}")
    return content_of_lines(pages, notes=(*notes, *reader.notes))


@contextlib.contextmanager
def _opened(raw: bytes, where: str) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        # the library may give the fault of the file before
        if error.err_code == pdfium.FPDF_ERR_PASSWORD and b"/Encrypt" in raw:
            raise BadInputError(
                f"{where}: a PDF that opens with a password only: save it without one and give that"
            ) from error
        raise BadInputError(f"{where}: a damaged PDF: save or export it again") from error
    try:
        yield document
    finally:
        document.close()


def _notes(document: Any, raw: bytes) -> Iterator[str]:
    """What the file holds besides its pages."""
    attached = document.count_attachments()
    if attached:
        yield f"{attached} file{'s' if attached > 1 else ''} attached inside the PDF and not read: give each by itself"
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0 or b"/JavaScript" in raw:
        yield "the PDF holds a script, which was not run"
    if document.get_formtype() == pdfium.FORMTYPE_XFA_FULL:
        yield "a form that only Adobe's reader can show: if words are missing here, print it to a PDF and give that"


class _PageReader:
    """Reads the pages of one file, one after the other, and notes what could not be read of them."""

    def __init__(self, where: str, limits: Limits) -> None:
        self.notes: list[str] = []
        self._where = where
        self._limits = limits
        self._scanned = 0

    def read(self, document: Any, number: int) -> tuple[Page, list[Line]]:
        """A page's size and its lines; none where it cannot be read, which is noted."""
        try:
            page = _flat(document, number)
        except pypdfium2.PdfiumError:
            self._note(number, "damaged, and not read: save or export it again")
            return Page(0, 0), []
        try:
            return Page(*page.get_size()), self._lines(page, number)
        finally:
            page.close()

    def _note(self, number: int, what: str) -> None:
        self.notes.append(f"page {number + 1}: {what}")

    def _lines(self, page: Any, number: int) -> list[Line]:
        words = words_on(page, self._limits.page_characters)
        if words.is_cut_off:
            raise BadInputError(
                f"{self._where}, page {number + 1}: more than {self._limits.page_characters} characters, "
                "which no letter's page has: give the letter itself"
            )
        picture = _picture_share(page)
        if _is_scan(words, picture):
            return self._scan(page, number, words.hidden)
        if picture > _PICTURE:
            self._note(number, "a picture there is not read: look at it")
        return _lines_of_turns(words)

    def _scan(self, page: Any, number: int, hidden: Sequence[Word]) -> list[Line]:
        """The lines of a page that is a picture; those of the scanner's own recognition where ours is missing."""
        self._scanned += 1
        if self._scanned > self._limits.scanned_pages:
            raise BadInputError(
                f"{self._where}: more than {self._limits.scanned_pages} scanned pages: give the letter's own pages"
            )
        try:
            lines = page_lines(_recognised(page, self._limits))
        except BadInputError as error:
            if hidden:
                self._note(number, "a scan, read as its scanner recognised it: check the quotes against the page")
                return page_lines(hidden)
            self._note(number, str(error))
            return []
        if not lines:
            self._note(number, "a picture in which no words were found: look at it")
        return lines


def _flat(document: Any, number: int) -> Any:
    """A page with what was filled into its form, or typed over it, as part of the page."""
    page = document[number]
    if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS:
        page.close()
        page = document[number]
    return page


def _is_scan(words: PageWords, picture: float) -> bool:
    """Whether the page's words are not in its text layer, or not to be trusted there."""
    if words.count == 0 or words.unreadable > _RUBBISH * words.count:
        return picture > 0 or words.unreadable > 0 or bool(words.hidden)
    return picture > _PICTURE and words.count < _FEW


def _recognised(page: Any, limits: Limits) -> list[Word]:
    try:
        words: list[Word] = importlib.import_module(_SCAN).words_of(page_picture(page, _DPI, limits.megapixels))
    except ImportError as error:
        raise BadInputError("a scan, which is read by an extra: install it with pip install 'eligo[scan]'") from error
    return words


def page_picture(page: Any, dpi: int, megapixels: int) -> Image.Image:
    """The page as it is shown, with no more pixels than that."""
    width, height = page.get_size()
    most = (megapixels * _MEGA / max(width * height, 1)) ** 0.5
    image: Image.Image = page.render(scale=min(dpi / _POINTS, most)).to_pil()
    return image


def _picture_share(page: Any) -> float:
    """How much of the page pictures cover, at most 1."""
    width, height = page.get_size()
    covered = 0.0
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = map(float, drawn.get_bounds())
        covered += abs(right - left) * abs(top - bottom)
    return min(covered / max(float(width * height), 1.0), 1.0)


def _lines_of_turns(words: PageWords) -> list[Line]:
    """The lines written the way that most are, then those written across or askew, such as a stamp in the margin."""
    by_size = sorted(words.seen.items(), key=lambda entry: -sum(len(word.text) for word in entry[1]))
    lines: list[Line] = []
    for turn, those in by_size:
        if turn is None:
            lines += [Line((word,), (0,), apart=True) for word in those]
        else:
            lines += page_lines([_turned(word, turn) for word in those])
    return lines


def _turned(word: Word, turn: int) -> Word:
    """The word on the page turned back by that many quarters, so that writing which was turned by them is upright."""
    if not turn:
        return word
    box = word.box
    for _ in range(turn):
        box = Box(box.top, 1 - box.right, box.bottom, 1 - box.left)
    return dataclasses.replace(word, box=box, stands=word.box)
