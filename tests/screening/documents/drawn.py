"""Pages drawn for tests of scans: lines of text in, an image as a scanner would give it out."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

LINES = ("Rheumatology clinic, 15 June 2026", "SpO2 92 % on air, LVEF 58 %", "HBsAg negative, no fever today")


def page(lines: Sequence[str] = LINES, size: int = 30, *, width: int = 760, height: int = 260) -> Image.Image:
    """A page with black lines on white, the first 40 dots from its top."""
    image = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size)
    for number, line in enumerate(lines):
        pen.text((40, 40 + number * size * 2), line, fill=0, font=font)
    return image


def as_file(*pages: Image.Image, kind: str = "PNG") -> bytes:
    """The bytes of an image file; several pages are a TIFF."""
    out = io.BytesIO()
    if len(pages) > 1:
        pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    else:
        pages[0].save(out, kind)
    return out.getvalue()
