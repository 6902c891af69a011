"""Images of pages (PNG, JPEG, TIFF of several pages, WebP, GIF, BMP): bytes in, text with its place on each page out.

An image's size is known from its first bytes: one that is too large is refused before any of it is unpacked.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kb.layout import Page
from screening.documents.content import Content
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits
from screening.documents.pages import content_of
from screening.documents.progress import page_done
from screening.documents.recognition import recogniser
from screening.documents.scan import words_of
from screening.documents.words import Word

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")
_LONGEST = 3600  # pixels of a page's longer side; A4 at 300 dots an inch has 3508, and more shows no more text
_SCANNED_AT = 200.0  # dots an inch, of an image that does not say
_COARSEST, _FINEST = 50.0, 1200.0  # what an image may say of itself and be believed


def read(raw: bytes, where: str, limits: Limits) -> Content:
    """The text of the image's pages, in their order. Raises BadInputError."""
    with _opened(raw, where, limits) as image:
        _check_extra(where)
        pages = [_read(frame) for frame in _frames(image, where, limits)]
    if not any(words for _, words in pages):
        raise BadInputError(f"{where}: no text was found in the image: scan the page again, or give its text")
    return content_of(pages, raw, (_note(len(pages)),))


def _check_extra(where: str) -> None:
    try:
        recogniser()
    except BadInputError as error:  # it knows no file
        raise BadInputError(f"{where}: {error}") from error


def _read(frame: Image) -> tuple[Page, list[Word]]:
    words = words_of(_plain(frame))
    page_done()
    return _size(frame), words


def _note(pages: int) -> str:
    return f"read by character recognition from {'an image' if pages == 1 else f'{pages} images'}"


@contextmanager
def _opened(raw: bytes, where: str, limits: Limits) -> Iterator[Image]:
    """The image, of which only the header was read. Raises BadInputError for one that is too large or damaged."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = limits.megapixels * 1_000_000
    with _told(where, limits):
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    with image:
        _check_size(image, where, limits)
        yield image


@contextmanager
def _told(where: str, limits: Limits) -> Iterator[None]:
    """Turns what the library says of a damaged image into one line."""
    from PIL import Image

    try:
        yield
    except Image.DecompressionBombError as error:
        raise _too_large(where, limits) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, ArithmeticError, LookupError, TypeError) as error:
        raise BadInputError(f"{where}: an image that is damaged or cut off: save or scan it again") from error


def _check_size(image: Image, where: str, limits: Limits) -> None:
    if image.width * image.height > limits.megapixels * 1_000_000:
        raise _too_large(where, limits)


def _too_large(where: str, limits: Limits) -> BadInputError:
    return BadInputError(
        f"{where}: an image of more than {limits.megapixels} megapixels, which no page is: scan it at 200 to 300 dpi"
    )


def _frames(image: Image, where: str, limits: Limits) -> Iterator[Image]:
    """Each page of the image, loaded one after the other, the right way up by what the camera says."""
    from PIL import ImageOps

    with _told(where, limits):
        count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1  # of others: films and previews
    if count > limits.scanned_pages:
        raise BadInputError(
            f"{where}: has {count} pages to be read by character recognition, and {limits.scanned_pages} is the most: "
            "give the pages that matter"
        )
    for number in range(count):
        with _told(where, limits):
            image.seek(number)
            _check_size(image, where, limits)
            image.load()
            page = ImageOps.exif_transpose(image)
        yield page


def _size(image: Image) -> Page:
    """The size of the page in points, by the dots an inch that the image says it has."""
    across, down = (_believed(dots) for dots in image.info.get("dpi", (_SCANNED_AT, _SCANNED_AT)))
    return Page(image.width * 72 / across, image.height * 72 / down)


def _believed(dots: float) -> float:
    return float(dots) if _COARSEST <= float(dots) <= _FINEST else _SCANNED_AT


def _eight_bits(image: Image) -> Image:
    """An image of 16 bits a dot in 8, its lightest dot white."""
    import numpy as np
    from PIL import Image

    dots: Any = np.asarray(image, dtype=np.float32)
    return Image.fromarray((dots * (255 / max(float(dots.max()), 1.0))).clip(0, 255).astype(np.uint8))


def on_white(image: Image) -> Image:
    """The image in colours of 8 bits, what is transparent as white paper."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):  # 16 bits a dot
        image = _eight_bits(image)
    if image.has_transparency_data:
        drawn = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn)
    return image.convert("RGB")


def _plain(image: Image) -> Image:
    """The image on white, no larger than text needs."""
    image = on_white(image)
    image.thumbnail((_LONGEST, _LONGEST))
    return image
