"""Builds what is made from a form's definition and kept beside it: blank template, Word template, roster to fill in.

Run from the root of the source tree: ``python -m workbook_templates.build``.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from toolkit.collection import roster
from toolkit.collection.roster.sheet import COLUMNS, HEADINGS
from toolkit.instrument.catalogue import known_forms
from toolkit.pipeline.reports.documents import TEMPLATE, blank_document
from toolkit.pipeline.round.start import BLANK_ROSTER
from toolkit.report.word.template import build_template
from toolkit.workbook.template.pen import Page, Pen, StyledCell
from toolkit.workbook.template.write import write_template

HERE = Path(__file__).parent
BLANK = "template.xlsx"
#: Rows that have a drop-down list, and characters that one may have in all.
LAST_ROW, LONGEST_CHOICE = 5_000, 250


def built() -> Mapping[Path, bytes]:
    """Every generated file, by its path under this folder."""
    out = {Path(BLANK_ROSTER): blank_roster(())}
    for kind in known_forms():
        folder = Path(kind.form.folder).name
        out[Path(folder) / BLANK] = write_template(kind)
        out[Path(folder) / TEMPLATE] = build_template(blank_document(kind))
        out[Path(folder) / BLANK_ROSTER] = blank_roster(kind.form.bodies, kind.form.title)
    return out


def blank_roster(bodies: Sequence[str], title: str = "") -> bytes:
    """A roster to fill in, as an .xlsx: code columns are text, so that 001 stays 001; kinds of body are a list."""
    words = tomllib.loads(files(roster).joinpath("blank.toml").read_text(encoding="utf-8"))
    pen = Pen(f"{title}名册")
    page = pen.page("名册")
    text = pen.book.add_format({"num_format": "@", "font_name": "宋体", "font_size": 10.5, "valign": "vcenter"})
    for col, column in enumerate(COLUMNS):
        page.sheet.set_column(col, col, column.width, text)
    page.line(2, (StyledCell(column.heading, "band") for column in COLUMNS))
    page.put(0, 0, StyledCell(f"{title}名册", "left_title"))
    page.put(1, 0, StyledCell(words["help"], "help", cols=len(COLUMNS)))
    for row, points in enumerate((26, 68, 22)):
        page.height(row, points)
    for row, example in enumerate(words["example"], start=3):
        page.line(row, (StyledCell(example.get(column.id, ""), "text_line") for column in COLUMNS))
    _choices(page, "body", bodies)
    _choices(page, "role", ("是", "否", "汇总"))
    page.sheet.freeze_panes(3, 2)
    page.paper(landscape=True, repeat=(2, 2))
    return pen.finish(lock_structure=False)


def _choices(page: Page, column: str, words: Sequence[str]) -> None:
    """A drop-down list; none where the words are too many for the file format."""
    if not words or len(",".join(words)) > LONGEST_CHOICE or any("," in word for word in words):
        return
    col = list(HEADINGS).index(column)
    options = {
        "validate": "list",
        "source": list(words),
        "error_title": "请从列表里选",
        "error_message": f"“{HEADINGS[column]}”只能是列表里的词，或者空着。",
    }
    page.sheet.data_validation(3, col, LAST_ROW, col, options)


if __name__ == "__main__":
    for path, data in built().items():
        (HERE / path).write_bytes(data)
        sys.stdout.write(f"{path} {len(data)}\n")
