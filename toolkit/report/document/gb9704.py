"""The page of GB/T 9704-2012 (格式 of official documents) in the units that Word, CSS and Typst take."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TWIPS_PER_MM: Final = 1440 / 25.4
_TWIPS_PER_PT: Final = 20
_POINTS_PER_MM: Final = 72 / 25.4


def twips(millimetres: float) -> int:
    """Turn millimetres into twips (1/20 pt)."""
    return round(millimetres * _TWIPS_PER_MM)


#: A4 as Word rounds it, in twips.
PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
#: Margins in millimetres; they leave a text block of 156 x 225 mm.
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37.0, 35.0, 28.0, 26.0
TEXT_WIDTH_MM = 156.0
TOP, BOTTOM, LEFT, RIGHT = (twips(mm) for mm in (TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM))
TEXT_WIDTH, TEXT_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
#: From the paper's edge: the dash of the page number then stands 7 mm under the text block.
HEADER, FOOTER = twips(15), twips(25.5)

LINES, CHARACTERS = 22, 28
#: 2号, 3号, 4号, 小五.
TITLE_PT, BODY_PT, FOOTER_PT, TABLE_PT = 22.0, 16.0, 14.0, 9.0
#: A table's number is made smaller before it is allowed to break over two lines; never below this.
SMALLEST_PT: Final = 5.0
#: How wide a digit is at most, of the fonts that stand in for 宋体 (where it is half an em).
_DIGIT_EM: Final = 0.56
#: Exact line heights in twips.
LINE_PITCH = TEXT_HEIGHT // LINES
TITLE_LINE, TABLE_LINE, FOOTER_LINE = 700, 280, 280
#: 22 lines a page. The character grid of Word is left out: LibreOffice gives each of its characters two cells, others
#: ignore it. Characters drawn in to 98 % stand 28 in a line in every program.
CHARACTER_SCALE = int(100 * TEXT_WIDTH / _TWIPS_PER_PT / CHARACTERS / BODY_PT)

#: Room between a table's rule and its text, on either side.
CELL_MARGIN = 28
BORDER_EIGHTHS = 4


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface by the name an office knows; ``alternative`` is the one name Word may fall back on.

    ``stack`` is what a page or Typst looks for: the office's fonts by either name, then free stand-ins.
    """

    office: str
    alternative: str
    stack: tuple[str, ...]


_TOLD = tomllib.loads(Path(__file__).with_name("faces.toml").read_text(encoding="utf-8"))
FACES: Mapping[str, Face] = {
    name: Face(one["office"], one["alternative"], (*one["stack"], *_TOLD["free"][one["kind"]]))
    for name, one in _TOLD["face"].items()
}
FANG, KAI, HEI, SONG, HEADLINE = FACES.values()


def fitted(text: str, width_mm: float) -> float:
    """Choose the type size, in steps of half a point, at which a number stays on one line of a table's cell."""
    room = width_mm * _POINTS_PER_MM - 2 * CELL_MARGIN / _TWIPS_PER_PT
    ems = sum(_DIGIT_EM if character.isascii() else 1.0 for character in text)
    if ems * TABLE_PT <= room:
        return TABLE_PT
    return max(SMALLEST_PT, math.floor(2 * room / ems) / 2)
