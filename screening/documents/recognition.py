"""Character recognition: the image of an upright page in, its lines out, character by character with how surely read.

RapidOCR finds the lines; the recognition model inside its package is asked directly, because what it nearly read
("92 or 97") is lost in the library's own answer. Nothing is fetched: both models are given as files of the package.
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening.documents.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Points = NDArray[np.float32]

THREADS = 2  # more gain little on one page, and a computer has other things to do
_DETECTED_AT = 1280  # pixels of the longer side at which lines are looked for: letters stay 8 pixels high
_LEAST_SIDE = 320  # pixels of the shorter side: a smaller image is made larger
_HEIGHT = 48  # pixels of a line, as the model was trained
_STEP = 8  # pixels of a line to each of the model's answers
_BATCH_WIDTH = 8_000  # pixels of all lines that are read at once
_WIDEST = 3_200  # pixels of one line
_RUNNER_UP = 0.02  # what is less likely was not nearly read


@dataclass(frozen=True, slots=True)
class Sign:
    """One character read, where its middle stands along its line (0 to 1), and what it might be instead.

    `after_space` says how likely a space stands before it that was not read as one.
    """

    text: str
    at: float
    confidence: float
    after_space: float = 0.0
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Line:
    """A line found: its four corners on the page in pixels (from the top left, clockwise) and what was read there.

    `image` is the line alone, upright, which shows how far apart its characters stand.
    """

    corners: Points
    signs: tuple[Sign, ...]
    image: Pixels

    @property
    def confidence(self) -> float:
        """The mean of its characters'."""
        return sum(sign.confidence for sign in self.signs) / max(len(self.signs), 1)


class Recogniser:
    """Both models, loaded once: a second or so."""

    def __init__(self) -> None:
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        try:
            import onnxruntime
            import rapidocr
        except ImportError as error:
            raise BadInputError(
                "a scan, which is read by an extra: install it with pip install 'eligo[scan]'"
            ) from error
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        onnxruntime.set_default_logger_severity(4)
        models = Path(rapidocr.__file__).parent / "models"
        self._finder: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.max_side_len": _DETECTED_AT,
                "Global.use_cls": False,
                "Det.limit_side_len": _LEAST_SIDE,
                "Det.model_path": str(_only(models, "*_det_*.onnx")),
                "Rec.model_path": str(_only(models, "*_rec_*.onnx")),
                "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            }
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = True
        self._model = onnxruntime.InferenceSession(
            str(_only(models, "*_rec_*.onnx")), options, providers=["CPUExecutionProvider"]
        )
        known = self._model.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *known, " "]

    def find(self, page: Pixels) -> Points:
        """The corners of the lines on a page, an array of (lines, 4, 2) pixels."""
        import numpy as np

        found = self._finder(page, use_det=True, use_cls=False, use_rec=False)
        return np.zeros((0, 4, 2), np.float32) if found.boxes is None else np.asarray(found.boxes, np.float32)

    def read(self, page: Pixels, corners: Points) -> list[Line]:
        """What stands in each place, in the same order."""
        images = self._finder.crop_text_regions(page, corners)
        order = sorted(range(len(images)), key=lambda number: images[number].shape[1] / images[number].shape[0])
        lines: list[Line | None] = [None] * len(images)
        while order:
            widest = min(_width(images[order[-1]]), _WIDEST)
            batch = [order.pop() for _ in range(min(len(order), max(1, _BATCH_WIDTH // widest)))]
            for number, signs in zip(batch, self._signs([images[number] for number in batch], widest), strict=True):
                lines[number] = Line(corners[number], signs, images[number])
        return [line for line in lines if line is not None]

    def _signs(self, images: list[Pixels], widest: int) -> list[tuple[Sign, ...]]:
        import cv2
        import numpy as np

        given = np.zeros((len(images), 3, _HEIGHT, widest), np.float32)
        widths = [min(_width(image), widest) for image in images]
        for row, (image, width) in enumerate(zip(images, widths, strict=True)):
            resized = cv2.resize(image, (width, _HEIGHT)).astype(np.float32)
            given[row, :, :, :width] = resized.transpose(2, 0, 1) / 127.5 - 1
        (likely,) = self._model.run(None, {self._model.get_inputs()[0].name: given})
        return [self._decoded(row, width) for row, width in zip(likely, widths, strict=True)]

    def _decoded(self, likely: NDArray[np.float32], width: int) -> tuple[Sign, ...]:
        """The characters of a row of probabilities: repeats are one, the blank is none (CTC, greedy)."""
        best = likely.argmax(axis=1)
        signs = []
        start = before = 0
        for step in range(1, len(best) + 1):
            if step < len(best) and best[step] == best[start]:
                continue
            if best[start]:
                space = float(max(likely[before : start + 1, -1]))
                signs.append(
                    self._sign(likely[start:step], int(best[start]), (start + step) / 2 * _STEP / width, space)
                )
                before = step
            start = step
        return tuple(signs)

    def _sign(self, likely: NDArray[np.float32], best: int, at: float, space: float) -> Sign:
        row = max(likely, key=lambda step: float(step[best]))
        others = [
            int(other) for other in row.argsort()[-4:][::-1] if other not in (0, best) and row[other] > _RUNNER_UP
        ]
        return Sign(
            self._characters[best],
            min(at, 1.0),
            float(row[best]),
            space,
            tuple((self._characters[other], float(row[other])) for other in others),
        )


@functools.lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The recogniser of this process. Raises BadInputError where the extra is not installed."""
    return Recogniser()


def _width(image: Pixels) -> int:
    """How wide a line is at the height that the model wants."""
    return max(int(-(-image.shape[1] * _HEIGHT // image.shape[0])), _HEIGHT)


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise BadInputError(
            f"the models of scans are incomplete ({len(found)} files {pattern}): install eligo[scan] anew"
        )
    return found[0]
