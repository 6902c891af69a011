"""The pages of a letter in the report: the right ones, pictured in the file itself, the words that decide boxed."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4

from kb.layout import Box, Layout
from screening import cli
from screening.documents import BadInputError, Letter, letter_from_text, letters_from_bytes
from screening.documents.limits import limits_in_use
from screening.documents.page_pictures import Picture, pictures_of
from screening.html_report import html_report
from screening.pipeline import Pipeline
from screening.protocols import read_protocol
from screening.whatif import what_if
from tests.screening.documents.making import LETTER, down, letter_pdf, pdf

WIDTH, HEIGHT = A4
ECHO = 72 + 14 * (len(LETTER) - 1)  # points from the top of the page to the foot of the line on the echocardiogram
FILLER = [(72.0, 72.0, "Copy of the ward's menu.")]


@dataclass
class Boxed:
    """A box of the report: where it stands, which words it is around, and where it leads."""

    at: Box
    label: str
    state: str
    target: str
    facts: set[str]


@dataclass
class Sheet:
    """A page of the report."""

    source: str
    title: str
    boxes: list[Boxed] = field(default_factory=list)

    @property
    def image(self) -> Image.Image:
        head, data = self.source.split(",")
        assert head == "data:image/webp;base64"
        return Image.open(io.BytesIO(base64.b64decode(data))).convert("L")


class Report(HTMLParser):
    """What a reader of the page is shown of the letter."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = text
        self.sheets: list[Sheet] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.outside: list[str] = []
        self.words = ""
        self._in_words = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.targets += [given["href"]] if "href" in given else []
        self.outside += [value for key, value in given.items() if key in ("src", "srcset", "action", "data")]
        self._in_words = self._in_words or tag == "pre"
        if tag == "img":
            self.sheets.append(Sheet(given["src"], given["alt"]))
        if given.get("class", "").startswith("box "):
            facts = set(given["data-facts"].split())
            box = Boxed(_place(given["style"]), given["aria-label"], given["class"].split()[1], given["href"], facts)
            self.sheets[-1].boxes.append(box)

    def handle_endtag(self, tag: str) -> None:
        self._in_words = self._in_words and tag != "pre"

    def handle_data(self, data: str) -> None:
        self.words += data if self._in_words else ""

    def box(self, label: str) -> tuple[Sheet, Boxed]:
        [found] = [(sheet, box) for sheet in self.sheets for box in sheet.boxes if label in box.label]
        return found


def _place(style: str) -> Box:
    told = dict(part.split(":") for part in style.split(";"))
    left, top, width, height = (float(told[key].rstrip("%")) / 100 for key in ("left", "top", "width", "height"))
    return Box(left, top, left + width, top + height)


def ink(image: Image.Image, at: Box) -> float:
    """How much of that part of the page is dark."""
    left, top, right, bottom = (
        at.left * image.width,
        at.top * image.height,
        at.right * image.width,
        at.bottom * image.height,
    )
    histogram = image.crop((round(left), round(top), round(right), round(bottom))).histogram()
    return sum(histogram[:128]) / max(sum(histogram), 1)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


def letters(raw: bytes, name: str = "letter.pdf") -> tuple[Letter, ...]:
    return letters_from_bytes(raw, name, name)


def report(pipeline: Pipeline, given: Sequence[Letter]) -> Report:
    return Report(html_report(what_if(pipeline.screen(given)[0], 1)))


@pytest.fixture(scope="module")
def read(pipeline: Pipeline) -> Report:
    """The report of a letter of one page."""
    return report(pipeline, letters(letter_pdf()))


# --- boxes ------------------------------------------------------------------------------------------------------------


def test_the_words_that_stop_the_patient_are_boxed_where_they_stand(read: Report) -> None:
    sheet, box = read.box("LVEF 48 %")
    assert (sheet.title, box.state, box.target) == ("Page 1 of 1", "fail", "#c-I4a")
    assert box.label == "I4a fail: LVEF 48 %"
    assert abs(box.at.bottom - ECHO / HEIGHT) < 0.005
    assert box.at.top < box.at.bottom < box.at.top + 0.02
    assert 72 / WIDTH + 0.2 < box.at.left < box.at.right < 0.5


def test_the_boxed_words_stand_in_the_picture(read: Report) -> None:
    for box in read.sheets[0].boxes:
        assert ink(read.sheets[0].image, box.at) > 0.04, box.label
    _, box = read.box("LVEF 48 %")
    below = replace(box.at, top=box.at.top + 0.03, bottom=box.at.bottom + 0.03)
    assert ink(read.sheets[0].image, below) == 0


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_drawn_turned(pipeline: Pipeline, rotation: int) -> None:
    document = pypdfium2.PdfDocument(letter_pdf())
    document[0].set_rotation(rotation)
    turned = io.BytesIO()
    document.save(turned)
    found = report(pipeline, letters(turned.getvalue()))
    sheet, box = found.box("LVEF 48 %")
    assert (sheet.image.width > sheet.image.height) == (rotation != 180)
    assert ink(sheet.image, box.at) > 0.04
    assert all(ink(sheet.image, one.at) > 0.04 for one in sheet.boxes)


def test_words_on_two_lines_have_two_boxes_of_one_fact(pipeline: Pipeline) -> None:
    lines = ("Date: 15 June 2026", "", "Lupus. She was given mycophenolate", "mofetil 1.5 g bd. LVEF 60 %.")
    found = report(pipeline, letters(pdf(down(72, 72, lines))))
    two = [box for box in found.sheets[0].boxes if "mycophenolate mofetil" in box.label]
    assert len(two) == 2
    assert two[0].facts == two[1].facts
    assert two[0].at.bottom < two[1].at.bottom


def test_a_box_says_the_gravest_of_what_rests_on_it(read: Report) -> None:
    """Her age passes, and makes the pregnancy test, of which the letter is silent, one that she needs."""
    _, box = read.box("woman of 31")
    assert box.label == "I1 pass; I7a silent; I7b silent; E9 silent: woman of 31"
    assert (box.state, box.target) == ("pass", "#c-I1")


# --- the page as a whole ----------------------------------------------------------------------------------------------


def test_the_pictures_are_in_the_page_itself(read: Report) -> None:
    assert [source.split(",")[0] for source in read.outside] == ["data:image/webp;base64"]
    assert "http:" not in read.html and "https:" not in read.html and "url(" not in read.html
    assert all(target.startswith("#") for target in read.targets)


def test_quotes_lead_to_their_box_and_boxes_to_their_criterion(read: Report) -> None:
    assert len(read.ids) == len(set(read.ids))
    assert {target.removeprefix("#") for target in read.targets} <= set(read.ids)
    on_page = [target for target in read.targets if target.startswith("#d0-p1-")]
    in_text = [target for target in read.targets if target.startswith("#d0-") and target not in on_page]
    assert on_page and not in_text


def test_the_text_stays_at_hand(read: Report) -> None:
    assert read.words == "\n".join(LETTER)
    assert read.html.index("<summary>The text as it was read</summary>") < read.html.index("<pre>")


def test_a_letter_of_text_has_no_picture(pipeline: Pipeline) -> None:
    found = report(pipeline, [letter_from_text("\n".join(LETTER), "letter.txt", "letter.txt")])
    assert found.sheets == [] and found.outside == []
    assert "<summary>The text as it was read</summary>" not in found.html
    assert found.words == "\n".join(LETTER)


def test_each_document_shows_its_own_pages(pipeline: Pipeline) -> None:
    labs = pdf(down(72, 72, ("Date: 10 June 2026", "Laboratory report of a woman of 31", "eGFR 88", "ALT 30 U/L")))
    text = letter_from_text("Date: 16 June 2026\nHBsAg negative in the patient.", "note.txt", "note.txt")
    found = report(pipeline, [*letters(labs, "labs.pdf"), *letters(letter_pdf()), text])
    assert len(found.sheets) == 2
    assert found.box("eGFR 88")[0] is found.sheets[0]
    assert found.box("LVEF 48 %")[0] is found.sheets[1]
    assert len(found.ids) == len(set(found.ids))
    assert {target.removeprefix("#") for target in found.targets} <= set(found.ids)
    assert "HBsAg negative" in found.words


# --- which pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_pages_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "limits.yaml"
    own.write_text("drawn_pages: 2\n", encoding="utf-8")
    monkeypatch.setenv("ELIGO_LIMITS", str(own))


def test_all_pages_of_a_short_document_are_shown(pipeline: Pipeline) -> None:
    found = report(pipeline, letters(pdf(FILLER, down(72, 72, LETTER), FILLER)))
    assert [sheet.title for sheet in found.sheets] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    assert [bool(sheet.boxes) for sheet in found.sheets] == [False, True, False]
    assert re.search(r">[^<]*LVEF 48 %[^<]*</a>” <span class=\"soft\">page 2</span>", found.html)


@pytest.mark.usefixtures("two_pages_at_most")
def test_of_a_long_document_only_the_pages_that_count_are_shown(pipeline: Pipeline) -> None:
    found = report(pipeline, letters(pdf(FILLER, down(72, 72, LETTER), FILLER)))
    assert [sheet.title for sheet in found.sheets] == ["Page 2 of 3"]
    assert "Shown of 3 pages: 2; no answer rests on the others." in found.html


@pytest.mark.usefixtures("two_pages_at_most")
def test_where_too_many_pages_count_those_that_stop_the_patient_are_shown(pipeline: Pipeline) -> None:
    passes = [[(72.0, 72.0, f"{name}.")] for name in ("eGFR 90", "ALT 30 U/L", "Bilirubin 9 umol/L")]
    found = report(pipeline, letters(pdf(*passes, down(72, 72, LETTER))))
    assert [sheet.title for sheet in found.sheets] == ["Page 1 of 4", "Page 4 of 4"]
    assert "Shown of 4 pages: 1 and 4; answers rest on 2 and 3 too: see the text." in found.html
    assert {target.removeprefix("#") for target in found.targets} <= set(found.ids)
    assert any(target.startswith("#d0-p4-") for target in found.targets)


@pytest.mark.usefixtures("two_pages_at_most")
def test_a_long_document_on_which_nothing_rests_is_shown_as_text(pipeline: Pipeline) -> None:
    found = report(pipeline, letters(pdf(FILLER, FILLER, [(72.0, 72.0, "The kitchen was open on Monday.")])))
    assert found.sheets == []
    assert "No answer rests on words of the 3 pages" in found.html
    assert "The kitchen was open" in found.words


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"", "The pages themselves were not stored: this is their text as it was read."),
        (b"%PDF-1.4 and then nothing", "The pages could not be drawn: this is their text as it was read."),
    ],
)
def test_pages_that_are_not_there_are_told_of(pipeline: Pipeline, source: bytes, line: str) -> None:
    [letter] = letters(letter_pdf())
    assert letter.document.layout is not None
    layout = Layout(letter.document.layout.pages, letter.document.layout.pieces, source)
    found = report(pipeline, [replace(letter, document=replace(letter.document, layout=layout))])
    assert found.sheets == []
    assert line in found.html
    assert found.words == "\n".join(LETTER)


def test_a_stored_screening_shows_the_text_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.pdf").write_bytes(letter_pdf())
    (tmp_path / "note.txt").write_text("\n".join(LETTER), encoding="utf-8")
    assert cli.run(["screen", "letter.pdf", "note.txt", "--store", "record.db"]) == 0
    capsys.readouterr()
    told = []
    for key in ("s1", "s2"):
        assert cli.run(["explain", key, "--store", "record.db", "--format", "html"]) == 0
        told.append(Report(capsys.readouterr().out))
    assert all(found.sheets == [] and found.words == "\n".join(LETTER) for found in told)
    assert ["The pages themselves were not stored" in found.html for found in told] == [True, False]


# --- pictures ---------------------------------------------------------------------------------------------------------


def drawn(raw: bytes, *pages: int) -> tuple[Picture, ...]:
    return pictures_of(raw, pages or (0,), "scan", limits_in_use())


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.webp))
    assert image.size == (picture.width, picture.height)
    return image.convert("L")


def saved(image: Image.Image, form: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **how)
    return file.getvalue()


def grey(image: Image.Image, x: int, y: int) -> int:
    value = image.getpixel((x, y))
    assert isinstance(value, int)
    return value


def corner_dark(size: tuple[int, int] = (400, 600), mode: str = "RGB") -> Image.Image:
    """A white page, dark in its top left corner."""
    image = Image.new("RGB", size, "white")
    image.paste((0, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
    return image.convert(mode)


def test_an_image_of_several_pages_gives_those_asked_for() -> None:
    raw = saved(
        Image.new("L", (300, 400), 255), "TIFF", save_all=True, append_images=[corner_dark(), Image.new("1", (50, 60))]
    )
    found = drawn(raw, 1, 2)
    assert [(one.page, one.width, one.height) for one in found] == [(1, 400, 600), (2, 50, 60)]
    assert grey(opened(found[0]), 10, 10) == 0
    assert opened(found[1]).getextrema() == (0, 0)


def test_a_photograph_stands_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn a quarter clockwise
    [found] = drawn(saved(corner_dark((600, 400)), "JPEG", exif=exif, quality=95))
    assert (found.width, found.height) == (400, 600)
    assert grey(opened(found), 390, 10) < 60
    assert grey(opened(found), 10, 10) > 200


def test_what_is_transparent_is_white_paper() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 10, 10))
    [found] = drawn(saved(image, "PNG"))
    assert grey(opened(found), 5, 5) == 0
    assert grey(opened(found), 30, 30) == 255


def test_sixteen_bits_a_dot_are_drawn_too() -> None:
    image = Image.new("I;16", (40, 40), 60000)
    [found] = drawn(saved(image, "PNG"))
    assert opened(found).getextrema() == (255, 255)


def test_a_large_page_is_made_smaller_and_keeps_its_shape() -> None:
    [found] = drawn(saved(corner_dark((3000, 6000)), "PNG"))
    assert abs(found.width * found.height - 2_000_000) < 10_000
    assert abs(found.height / found.width - 2) < 0.01


def test_a_page_of_letters_takes_little_room() -> None:
    [found] = drawn(letter_pdf())
    assert len(found.webp) < 40_000
    assert abs(found.width * found.height - 2_000_000) < 10_000


def test_an_image_beyond_the_limits_is_not_unpacked() -> None:
    small = replace(limits_in_use(), megapixels=1)
    with pytest.raises(BadInputError, match="scan"):
        pictures_of(saved(Image.new("1", (2000, 1000)), "PNG"), (0,), "scan.png", small)


def test_a_damaged_image_is_refused_in_one_line() -> None:
    raw = saved(corner_dark(), "PNG")
    with pytest.raises(BadInputError, match=r"^scan: [^\n]+$"):
        drawn(raw[: len(raw) // 2])
