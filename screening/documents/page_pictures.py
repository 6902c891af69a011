"""Pictures of a document's pages, as they are shown: the file and the numbers of pages in, compact images out.

Drawn in the process that also reads files, since a file can be made so that it harms the library that draws it.
"""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screening.documents.errors import BadInputError
from screening.documents.images import FORMATS, on_white
from screening.documents.kinds import kind_of
from screening.documents.limits import Limits
from screening.documents.progress import page_done

if TYPE_CHECKING:
    from PIL.Image import Image

_DPI = 150
_MEGAPIXELS = 2  # A4 at nearly 150 dots an inch: sharp on paper and when enlarged
_MEGA = 1_000_000
_PAPER = 0.5  # of a drawn or faxed page has one colour; of a scanned or photographed one far less
_LOSSLESS_BYTES = 150_000  # a page with a photograph takes more
_QUALITY = 50


@dataclass(frozen=True, slots=True)
class Picture:
    """A page (counted from 0) as it is shown, as a WebP image of `width` by `height` pixels."""

    page: int
    width: int
    height: int
    webp: bytes


def pictures_of(source: bytes, pages: Sequence[int], where: str, limits: Limits) -> tuple[Picture, ...]:
    """Those pages of a PDF or an image file, but for any that is damaged; `where` stands for the file in messages.

    Raises BadInputError where the file cannot be drawn within the limits.
    """
    from screening.documents.guard import guarded

    return guarded(functools.partial(draw, tuple(pages)), source, where, limits)


def draw(pages: tuple[int, ...], source: bytes, where: str, limits: Limits) -> tuple[Picture, ...]:
    """The same, drawn here and now."""
    drawn = _pdf_pages if kind_of(source) == "pdf" else _image_pages
    made = []
    for page, image in drawn(source, pages, where, limits):
        made.append(Picture(page, image.width, image.height, _compact(image)))
        page_done()
    return tuple(made)


def _pdf_pages(source: bytes, pages: Sequence[int], where: str, limits: Limits) -> Iterator[tuple[int, Image]]:
    from pypdfium2 import PdfiumError

    from screening.documents.pdf import flat_page, opened, page_picture

    with opened(source, where) as document:
        document.init_forms()
        for number in pages:
            with contextlib.suppress(PdfiumError), contextlib.closing(flat_page(document, number)) as page:
                yield number, page_picture(page, _DPI, min(_MEGAPIXELS, limits.megapixels)).convert("RGB")


def _image_pages(source: bytes, pages: Sequence[int], where: str, limits: Limits) -> Iterator[tuple[int, Image]]:
    """The pages of an image file, the right way up by what the camera says."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = limits.megapixels * _MEGA
    with Image.open(io.BytesIO(source), formats=FORMATS) as file:
        for number in pages:
            file.seek(number)
            if file.width * file.height > limits.megapixels * _MEGA:
                raise BadInputError(f"{where}: an image of more than {limits.megapixels} megapixels: scan it smaller")
            yield number, _smaller(on_white(ImageOps.exif_transpose(file)))


def _smaller(image: Image) -> Image:
    scale = min((_MEGAPIXELS * _MEGA / (image.width * image.height)) ** 0.5, 1.0)
    image.thumbnail((max(image.width * scale, 1), max(image.height * scale, 1)))
    return image


def _compact(image: Image) -> bytes:
    """The image as WebP: exact where that is small, as of drawn letters."""
    if max(image.convert("L").histogram()) > _PAPER * image.width * image.height:
        exact = _webp(image, lossless=True)
        if len(exact) <= _LOSSLESS_BYTES:
            return exact
    return _webp(image, quality=_QUALITY)


def _webp(image: Image, **how: bool | int) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", **how)
    return file.getvalue()
