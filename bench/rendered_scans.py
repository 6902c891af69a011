"""Letters as a scanner and a fax machine hand them on: a PDF in, page images without a text layer out.

A clean scan is the printed page at 200 dpi; a fax has gone askew by a degree or two, through a blur, with specks and
torn lines, at 150 to 200 dpi and in black and white alone. The seed is the letter's name.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageFilter

_DOTS = 72.0


def printed(pdf: bytes, dpi: int) -> Iterator[Image.Image]:
    """The pages of a PDF as grey images."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=dpi / _DOTS, grayscale=True).to_pil()
    finally:
        document.close()


def as_scan(name: str, pdf: bytes) -> bytes:
    """A TIFF of the pages at 200 dpi: slightly soft and grainy, as a good scanner gives them."""
    random = _random(name, "scan")
    pages = []
    for page in printed(pdf, 200):
        soft = np.asarray(page.filter(ImageFilter.GaussianBlur(0.5)), dtype=float)
        grain = random.normal(0, 6, soft.shape)
        pages.append(Image.fromarray(np.clip(soft * 0.94 + 8 + grain, 0, 255).astype(np.uint8)))
    return _tiff(pages, 200, "tiff_lzw")


def as_fax(name: str, pdf: bytes) -> bytes:
    """A TIFF of the pages in black and white, as a fax machine hands them on."""
    random = _random(name, "fax")
    dpi = int(random.integers(150, 201))
    pages = [_faxed(page, random) for page in printed(pdf, dpi)]
    return _tiff(pages, dpi, "group4")


def _faxed(page: Image.Image, random: np.random.Generator) -> Image.Image:
    angle = float(random.uniform(1, 2)) * (1 if random.random() < 0.5 else -1)
    turned = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.8)), dtype=float)
    black = soft + random.normal(0, 22, soft.shape) < random.uniform(135, 165)
    specks = random.random(black.shape)
    black = (black | (specks < 0.0008)) & (specks < 0.997)
    for row in random.integers(0, black.shape[0], 3):  # lines lost on the way
        black[row] = black[max(row - 1, 0)]
    return Image.fromarray(~black)


def _tiff(pages: list[Image.Image], dpi: int, compression: str) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression=compression, dpi=(dpi, dpi))
    return out.getvalue()


def _random(name: str, way: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(f"{way} {name}".encode()).digest()[:8], "big"))
