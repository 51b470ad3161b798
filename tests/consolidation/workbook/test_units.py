"""The sheet of units: its formulas put figures together as the form says, in any spreadsheet."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from consolidation.test_sums import mixed, summed
from factories.office import recalculate
from openpyxl import load_workbook

from toolkit.consolidation.workbook.book import NOTES, write_book


@pytest.mark.office
def test_means_and_greatest_values_are_live_formulas(tmp_path: Path) -> None:
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_book(mixed(), summed(), "某市"))
    book, plain = load_workbook(recalculate(path, tmp_path / "out"), data_only=True), load_workbook(path)
    for name in mixed().names:
        spot = mixed().layout.spot(name)
        value = book[spot.sheet][spot.cell].value
        assert value == (float(summed().sums[name]) if name in summed().sums else "—"), name
    spot = mixed().layout.spot("t.days.n")
    assert str(plain[spot.sheet][spot.cell].value).startswith("=IF(SUMPRODUCT(ISNUMBER(")


def test_the_notes_say_what_is_not_added_up() -> None:
    book = load_workbook(io.BytesIO(write_book(mixed(), summed(), "某市")))
    told = [str(cell.value) for row in book[NOTES].iter_rows() for cell in row if cell.value]
    assert "平均办理时间（天）：取各单位按“办结（条）／数量”加权的平均数" in told
    assert "最长办理时间：取各单位中最大的数" in told
    assert not any(text.startswith("增减：") for text in told)
